"""Weeks and months of an agenda, as they stand in an address."""

import re
from dataclasses import dataclass
from datetime import date

from kp4web.domain.dates import MONTHS, add_days, add_months, dutch_long_date, week_end

FIRST_YEAR, LAST_YEAR = 2000, 2199


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from Monday."""

    monday: date

    @property
    def days(self) -> tuple[date, ...]:
        """Return the days to show, Monday first."""
        return tuple(add_days(self.monday, n) for n in range(7))

    @property
    def title(self) -> str:
        """Return the week in words: ``Week 47, 16 november tot en met 22 november 2026``."""
        first, last = self.days[0], self.days[-1]
        start = dutch_long_date(first)
        if first.year == last.year:
            start = start.rsplit(" ", 1)[0]
        return f"Week {first.isocalendar().week}, {start} tot en met {dutch_long_date(last)}"

    @property
    def code(self) -> str:
        """Return the week as an address holds it: ``2026-W47``."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02d}"

    def later(self, number: int) -> "Week":
        """Return the week so many weeks on."""
        return Week(add_days(self.monday, 7 * number))


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month, shown in whole weeks."""

    first: date

    @property
    def days(self) -> tuple[date, ...]:
        """Return the days to show: whole weeks, from the Monday before the first of the month."""
        start = week_of(self.first).monday
        last = week_end(add_days(add_months(self.first, 1), -1))
        return tuple(add_days(start, n) for n in range((last - start).days + 1))

    @property
    def title(self) -> str:
        """Return the month in words: ``November 2026``."""
        return f"{MONTHS[self.first.month - 1].capitalize()} {self.first.year}"

    @property
    def code(self) -> str:
        """Return the month as an address holds it: ``2026-11``."""
        return f"{self.first:%Y-%m}"

    def later(self, number: int) -> "Month":
        """Return the month so many months on."""
        return Month(add_months(self.first, number))


def week_of(day: date) -> Week:
    """Return the week that a day is in."""
    return Week(add_days(day, -day.weekday()))


def month_of(day: date) -> Month:
    """Return the month that a day is in."""
    return Month(day.replace(day=1))


def week_from(text: str) -> Week | None:
    """Return the week that ``2026-W47`` names, or ``None``."""
    found = re.fullmatch(r"(\d{4})-W(\d{2})", text, re.ASCII)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    try:
        return Week(date.fromisocalendar(int(found[1]), int(found[2]), 1))
    except ValueError:
        return None


def month_from(text: str) -> Month | None:
    """Return the month that ``2026-11`` names, or ``None``."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    month = int(found[2])
    return Month(date(int(found[1]), month, 1)) if 1 <= month <= 12 else None
