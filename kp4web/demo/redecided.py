"""Klantprofielen recorded wrongly: one that the municipality has not seen yet, and one before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from kp4web.demo import accounts
from kp4web.demo.days import on_or_after, working_days_before
from kp4web.demo.desk import BEGIN
from kp4web.demo.events import AcceptHandover, Event, OfferHandover
from kp4web.demo.intake_events import DetermineProfile
from kp4web.demo.life import INTAKE
from kp4web.domain.dates import AMSTERDAM, add_days

DAY = "Ik legde het profiel een dag later vast dan het gesprek waarin ik het vaststelde."
PROFILE = "Bij het vastleggen het verkeerde klantprofiel gekozen: het gespreksverslag zegt 3."


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectProfile(Event):
    """Intake corrects what it determined: the day (``days_earlier``), or the profile."""

    application: str
    why: str
    days_earlier: int = 0
    profile: int = 0
    """0: as it was."""


def corrected_profiles(told: Sequence[Event], today: date) -> Iterator[Event]:
    """Yield the corrections: the municipality has not seen the last one yet."""
    day = working_days_before(today, 1)
    accepted = {
        event.handover
        for event in told
        if isinstance(event, AcceptHandover) and event.day < add_days(day, -3)
    }
    offers = [
        event
        for event in told
        if isinstance(event, OfferHandover) and event.application and event.handover in accepted
        and event.municipality == accounts.WEST_BETUWE.municipality and event.day > BEGIN
    ]  # fmt: skip
    if offers:
        yield CorrectProfile(
            at=datetime.combine(day, time(11, 40), AMSTERDAM), by=INTAKE,
            application=offers[-1].application, why=DAY, days_earlier=1,
        )  # fmt: skip
    talked = [one for one in told if isinstance(one, DetermineProfile) and one.basis_reason]
    if talked and (then := on_or_after(add_days(talked[0].day, 2))) < today:
        yield CorrectProfile(
            at=datetime.combine(then, time(9, 50), AMSTERDAM), by=INTAKE,
            application=talked[0].application, why=PROFILE, profile=3,
        )  # fmt: skip
