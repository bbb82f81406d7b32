"""
The council of Buren lets Werkzaak guide who is in rest: the last thing before today.

That of West Betuwe decided the same about who is in support; it waits for Werkzaak to confirm.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from kp4web.demo import accounts
from kp4web.demo.days import working_days_before
from kp4web.demo.events import Event
from kp4web.domain.dates import AMSTERDAM, add_months
from kp4web.domain.tracks import TrackKind

FIRST = date(2022, 3, 1)
"""Before this day nothing moves: the golden history stays as it is."""
CLOSING = time(18)
"""After all else of the day: whoever guided until then does not come back to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveGuidance(Event):
    """A transfer from its preparation by ``by`` to its execution, in one afternoon."""

    municipality: str
    tracks: tuple[TrackKind, ...]
    decided_on: date
    reference: str
    note: str
    receiver: str
    """The coordinator who confirms it and divides."""
    consultants: tuple[str, ...]
    undivided: int
    """How many are left for the coordinator to give to somebody."""
    unread: int
    """How many of the messages about it the new leads have still to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTransfer(Event):
    """A transfer that is prepared and put before the other side, no more."""

    municipality: str
    tracks: tuple[TrackKind, ...]
    decided_on: date
    effective_on: date
    reference: str
    note: str


def transfers(today: date) -> Iterator[Event]:
    """Yield one that waits, and one that is executed on the last working day before today."""
    day = working_days_before(today, 1)
    if day < FIRST:
        return
    offered = working_days_before(today, 3)
    yield OfferTransfer(
        at=datetime.combine(offered, time(15, 40), AMSTERDAM), by=accounts.WEST_BETUWE.coordinator,
        municipality=accounts.WEST_BETUWE.municipality, tracks=(TrackKind.SUPPORT,),
        decided_on=working_days_before(offered, 10),
        effective_on=add_months(offered.replace(day=1), 2),
        reference=f"Raadsbesluit {offered.year}-87",
        note="Proef voor een jaar: Werkzaak begeleidt wie ondersteuning krijgt.",
    )  # fmt: skip
    decided_on = add_months(day, -1)
    yield MoveGuidance(
        at=datetime.combine(day, CLOSING, AMSTERDAM), by=accounts.BUREN.coordinator,
        municipality=accounts.BUREN.municipality, tracks=(TrackKind.REST,), decided_on=decided_on,
        reference=f"Raadsbesluit {decided_on.year}-117",
        note="Wie in rust is, begeleidt Werkzaak voortaan. Team Sociaal houdt de anderen.",
        receiver=accounts.AGENCY_TEAM, consultants=accounts.AGENCY_CONSULTANTS, undivided=2,
        unread=2,
    )  # fmt: skip
