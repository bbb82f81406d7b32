"""
Hand-overs of the demo from Team Sociaal to Werkzaak, from 2022 on.

Whoever stops as handed over was offered before and is accepted that day (``loader_departures``);
of who stands in a KP3 track today, some are offered, came back or were taken back.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from kp4web.demo import accounts
from kp4web.demo.days import on_or_after, working_days_before
from kp4web.demo.departure_events import (
    OfferDossier,
    ReadFeedback,
    ReturnDossier,
    TakeDossier,
    WithdrawDossier,
    WriteFeedback,
)
from kp4web.demo.events import Event, StopDossier
from kp4web.demo.life import Life
from kp4web.demo.reviews import standing
from kp4web.domain.dates import AMSTERDAM, add_days, add_months
from kp4web.domain.tracks import StopReason, TrackKind

FIRST = date(2022, 3, 1)
"""Before this day nobody is offered: the golden history stays as it is."""
REPORTS = (
    """Wil graag weer iets met de handen doen. Komt afspraken na en belt zelf als het niet lukt.
    Vier ochtenden per week is nu haalbaar, met iemand die meekijkt.""",
    """Is in de afgelopen maanden opgeknapt en vraagt zelf naar werk. Rustige omgeving en een vaste
    begeleider helpen. Reist zelfstandig met de bus.""",
    """De zorg thuis is geregeld, er is weer tijd. Heeft vroeger in de winkel gewerkt en wil dat
    weer. Begin met een proefplaatsing.""",
)
FEEDBACK = (
    "Werkt drie ochtenden per week in een leerwerkplek. De begeleider is tevreden.",
    "Het gaat met vallen en opstaan. We zoeken een plek dichter bij huis.",
)
TOO_EARLY = "De inwoner zag er zelf nog tegenop. Praat eerst samen over wat er nodig is."
STATES = ("taken", "returned", "late", "withdrawn", "none")


def departures(lives: Sequence[Life], today: date) -> Iterator[Event]:
    """Yield the hand-overs of every life from 2022 up to today."""
    if today < FIRST:
        return
    waiting, gone = 0, 0
    for number, life in enumerate(lives):
        left = _left_on(life)
        if left is not None:
            yield from _in_vain(life, left, gone, number)
            gone += 1
            yield from _handed_over(life, left, number, today)
        elif life.plan.team is accounts.WEST_BETUWE and _stands_in_kp3(life, today):
            yield from _of_today(life, STATES[waiting % len(STATES)], number, today)
            waiting += 1


def _left_on(life: Life) -> date | None:
    """Return when somebody stopped as handed over after the golden years."""
    stops = (event for event in life.events if isinstance(event, StopDossier))
    return next(
        (
            event.day for event in stops
            if event.stop_reason is StopReason.HANDED_OVER and event.day >= FIRST
        ),
        None,
    )  # fmt: skip


def _stands_in_kp3(life: Life, today: date) -> bool:
    stands = standing(life, today)
    return stands is not None and stands.kind is TrackKind.KP3 and stands.lead is not None


def _in_vain(life: Life, left: date, turn: int, number: int) -> Iterator[Event]:
    """Yield an earlier offer that came back, or was taken back: of two in every three."""
    offered, key = working_days_before(left, 7), life.plan.key
    stands = standing(life, offered)
    if turn % 3 == 0 or stands is None or stands.kind is not TrackKind.KP3 or not stands.lead:
        return
    yield _offer(life, offered, stands.lead, number + 1)
    day = working_days_before(left, 5)
    if turn % 3 == 1:
        yield TakeDossier(at=_at(day, time(10, 15)), by=accounts.JOB_COACH, dossier=key)
        yield ReturnDossier(
            at=_at(day, time(14, 10)), by=accounts.JOB_COACH, dossier=key, reason=TOO_EARLY
        )
    else:
        yield WithdrawDossier(at=_at(day, time(16, 0)), by=stands.lead, dossier=key)


def _handed_over(life: Life, left: date, number: int, today: date) -> Iterator[Event]:
    """Yield the offer some days before, and the feedback some months after, mostly read."""
    offered = working_days_before(left, 4)
    stands = standing(life, offered)
    if stands is None or stands.kind is not TrackKind.KP3 or stands.lead is None:
        return
    yield _offer(life, offered, stands.lead, number)
    told = on_or_after(add_days(add_months(left, 3), -6))
    if told < today:
        yield WriteFeedback(
            at=_at(told, time(15, 20)), by=accounts.JOB_COACH, dossier=life.plan.key,
            text=FEEDBACK[number % len(FEEDBACK)],
        )  # fmt: skip
    read = on_or_after(add_days(told, 2))
    if read < add_days(today, -20):
        yield ReadFeedback(at=_at(read, time(9, 40)), by=stands.lead, dossier=life.plan.key)


def _of_today(life: Life, state: str, number: int, today: date) -> Iterator[Event]:
    """Yield how far the hand-over of somebody in a KP3 track is today."""
    days = {"taken": 5, "returned": 6, "late": 7, "withdrawn": 4}
    if state == "none":
        return
    offered = working_days_before(today, days[state])
    stands = standing(life, offered)
    if stands is None or stands.kind is not TrackKind.KP3 or stands.lead is None:
        return
    yield _offer(life, offered, stands.lead, number)
    key, day = life.plan.key, working_days_before(today, 2)
    if state in {"taken", "returned"}:
        taken = working_days_before(today, 3)
        yield TakeDossier(at=_at(taken, time(11, 5)), by=accounts.JOB_COACH, dossier=key)
    if state == "returned":
        yield ReturnDossier(
            at=_at(day, time(14, 10)), by=accounts.JOB_COACH, dossier=key, reason=TOO_EARLY
        )
    if state == "withdrawn":
        yield WithdrawDossier(at=_at(day, time(16, 0)), by=stands.lead, dossier=key)


def _offer(life: Life, day: date, by: str, number: int) -> OfferDossier:
    return OfferDossier(
        at=_at(day, time(16, 25)), by=by, dossier=life.plan.key, talk_wanted=number % 2 == 0,
        note=" ".join(REPORTS[number % len(REPORTS)].split()),
    )  # fmt: skip


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, AMSTERDAM)
