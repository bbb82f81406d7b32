"""Moving several follow-ups at once: where each goes, and why one does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kp4web.domain.dates import add_months, add_weeks, dutch_date, dutch_day

FURTHEST_MONTHS = 60
"""How far ahead a follow-up may be planned, in months."""
MOST_AT_ONCE = 100
"""Follow-ups in one go."""


class Shift(StrEnum):
    """A way to move: all to one day, or each so much later than it stands now."""

    WEEK = "over-1-week"
    TWO_WEEKS = "over-2-weken"
    MONTH = "over-1-maand"
    QUARTER = "over-3-maanden"
    EACH_WEEK = "elk-1-week"
    EACH_TWO_WEEKS = "elk-2-weken"
    EACH_MONTH = "elk-1-maand"

    @property
    def label(self) -> str:
        """Return the Dutch words on the button."""
        return _SHIFTS[self][0]

    @property
    def is_each(self) -> bool:
        """Return whether each goes from its own day."""
        return self.value.startswith("elk")

    def of(self, due_on: date, today: date) -> date:
        """Return the new day of what is due on this one."""
        _, weeks, months = _SHIFTS[self]
        return add_months(add_weeks(due_on if self.is_each else today, weeks), months)


_SHIFTS: Mapping[Shift, tuple[str, int, int]] = {
    Shift.WEEK: ("+1 week", 1, 0),
    Shift.TWO_WEEKS: ("+2 weken", 2, 0),
    Shift.MONTH: ("+1 maand", 0, 1),
    Shift.QUARTER: ("+3 maanden", 0, 3),
    Shift.EACH_WEEK: ("1 week", 1, 0),
    Shift.EACH_TWO_WEEKS: ("2 weken", 2, 0),
    Shift.EACH_MONTH: ("1 maand", 0, 1),
}


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """One follow-up with the day it stood on when it was shown, and the day it is to go to."""

    follow_up_id: int
    from_on: date
    to_on: date

    def __str__(self) -> str:
        return f"{self.follow_up_id}_{self.from_on.isoformat()}_{self.to_on.isoformat()}"


def move_from(text: str) -> PlannedMove | None:
    """Return the move that an address or a form names, or ``None`` when it names none."""
    parts = text[:40].split("_")
    if len(parts) != 3 or not (parts[0].isascii() and parts[0].isdecimal()):
        return None
    try:
        move = PlannedMove(int(parts[0]), *(date.fromisoformat(day) for day in parts[1:]))
    except ValueError:
        return None
    return move if 0 < move.follow_up_id < 2**31 else None


def why_no_day(day: date, today: date) -> str | None:
    """Return why nothing can be planned on this day, or ``None`` when it can."""
    if day < today:
        return "Kies vandaag of een dag daarna."
    if day > add_months(today, FURTHEST_MONTHS):
        return "Kies een dag binnen vijf jaar."
    return None


def why_not(due_on: date, to_on: date, today: date) -> str | None:
    """Return why one of several cannot go to this day, or ``None`` when it can."""
    if to_on == due_on:
        return "Staat al op deze dag."
    if to_on < today:
        return f"De nieuwe dag, {dutch_date(to_on)}, is al voorbij."
    return why_no_day(to_on, today)


def how_it_went(due_on: date, move: PlannedMove, settled: str | None) -> str | None:
    """
    Return why a follow-up is not where the move wanted it, or ``None`` when it is there.

    ``settled``: the sentence about one that is no longer open.
    """
    if settled is not None:
        return settled
    if due_on == move.to_on:
        return None
    if due_on == move.from_on:
        return "Niet verzet."
    return f"Intussen door iemand anders verzet naar {dutch_day(due_on)}."
