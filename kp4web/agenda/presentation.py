"""How the agenda looks: its days with what is due, and what was due before them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kp4web.domain.agenda import Week, week_of
from kp4web.domain.dates import MONTHS, count_of
from kp4web.domain.due import DueKind
from kp4web.worklist.queries import WorkRow

LONG_DAYS = ("Maandag", "Dinsdag", "Woensdag", "Donderdag", "Vrijdag", "Zaterdag", "Zondag")
IN_CELL = 4
"""Items in one day of a month; the rest is a click away."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a day."""

    row: WorkRow
    is_late: bool

    @property
    def at(self) -> str:
        """Return the time of a planned talk."""
        return f"{self.row.starts_at:%H:%M}" if self.row.starts_at else ""

    @property
    def talk_id(self) -> int | None:
        """Return the planned talk of which there is a calendar file."""
        planned = self.row.kind is DueKind.FOLLOW_UP and self.row.starts_at
        return self.row.subject_id if planned else None

    @property
    def late(self) -> str:
        """Return that it is late, in words."""
        return "te laat" if self.is_late else ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day with what is due on it."""

    on: date
    items: tuple[Item, ...]
    is_today: bool
    is_outside: bool
    """Of another month than the one shown."""

    @property
    def title(self) -> str:
        """Return the day in words: ``Maandag``, and its date beside it."""
        return LONG_DAYS[self.on.weekday()]

    @property
    def date(self) -> str:
        """Return the date without the year: ``16 november``."""
        return f"{self.on.day} {MONTHS[self.on.month - 1]}"

    @property
    def shown(self) -> tuple[Item, ...]:
        """Return what fits in the cell of a month."""
        return self.items[:IN_CELL]

    @property
    def more(self) -> int:
        """Return how many do not fit."""
        return max(len(self.items) - IN_CELL, 0)

    @property
    def week(self) -> Week:
        """Return the week the day is in."""
        return week_of(self.on)


@dataclass(frozen=True, slots=True)
class Agenda:
    """A week or a month with everything due in it."""

    days: tuple[Day, ...]
    before: tuple[Item, ...]
    """What was due before the first day and is still open; only when today is shown."""
    is_cut: bool
    """There is more than the page holds."""

    @property
    def weeks(self) -> tuple[tuple[Day, ...], ...]:
        """Return the days by seven."""
        return tuple(self.days[n : n + 7] for n in range(0, len(self.days), 7))

    @property
    def count(self) -> int:
        """Return how many items stand on the days."""
        return sum(len(day.items) for day in self.days)

    @property
    def lead(self) -> str:
        """Return the line on top: ``12 datums, 2 te laat``."""
        late = sum(item.is_late for day in self.days for item in day.items) + len(self.before)
        parts = [count_of(self.count, "datum", "datums")]
        return ", ".join([*parts, f"{late} te laat"] if late else parts)


def agenda_of(
    rows: Iterable[WorkRow], days: tuple[date, ...], today: date, *, month: int | None, is_cut: bool
) -> Agenda:
    """Return the days with their rows; ``month`` is the one shown, for a month."""
    by_day: dict[date, list[Item]] = {}
    for row in rows:
        by_day.setdefault(row.due_on, []).append(Item(row, row.due_on < today))
    before = [item for on, items in by_day.items() if on < days[0] for item in items]
    shown = tuple(_day(on, by_day, today, month) for on in days)
    return Agenda(shown, tuple(before), is_cut)


def _day(on: date, by_day: Mapping[date, list[Item]], today: date, month: int | None) -> Day:
    outside = month is not None and on.month != month
    return Day(on, tuple(by_day.get(on, ())), on == today, outside)
