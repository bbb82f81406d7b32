"""The AOW date of a person: birth date plus the age that the law sets (AOW art. 7a)."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from kp4web.domain.dates import add_months

TABLE = Path(__file__).parents[1] / "data" / "pension-age.toml"
"""The table that comes with the application."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """Birth dates from ``first`` up to and including ``last`` with their age in months."""

    first: date
    last: date
    months: int
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class PensionTable:
    """Brackets that together hold every birth date exactly once, in order."""

    brackets: tuple[Bracket, ...]

    def __post_init__(self) -> None:
        ends = (self.brackets[0].first, self.brackets[-1].last)
        touching = all(b.first - a.last == timedelta(days=1) for a, b in pairwise(self.brackets))
        forward = all(b.first <= b.last for b in self.brackets)
        if ends != (date.min, date.max) or not touching or not forward:
            raise ValueError("the pension table has a gap or an overlap")


@dataclass(frozen=True, slots=True)
class PensionDate:
    """The day on which somebody reaches the AOW age."""

    on: date
    provisional: bool
    """The age for this birth date is not yet set by law."""


def read_table(path: Path) -> PensionTable:
    """Return the table in a TOML file; raise ``ValueError`` on a gap, overlap or missing age."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        before, later = raw["before"], raw["provisional"]
        brackets = [
            Bracket(date.min, before["until"], _months(before)),
            *(Bracket(row["from"], row["until"], _months(row)) for row in raw["rows"]),
            Bracket(later["from"], date.max, _months(later), provisional=True),
        ]
    except (KeyError, TypeError) as error:
        raise ValueError(f"the pension table lacks something: {error}") from error
    return PensionTable(tuple(brackets))


def aow_date(birth_date: date, table: PensionTable) -> PensionDate:
    """Return the AOW date; where that day does not exist, the last day of the month."""
    bracket = next(b for b in table.brackets if birth_date <= b.last)
    return PensionDate(add_months(birth_date, bracket.months), bracket.provisional)


def months_until(aow_on: date, today: date) -> int:
    """Return in how many calendar months somebody reaches the AOW age, rounded up; 0 after it."""
    months = (aow_on.year - today.year) * 12 + aow_on.month - today.month
    return max(0, months + (add_months(today, months) < aow_on))


def _months(row: dict[str, Any]) -> int:
    years, months = row["age"]
    return int(years) * 12 + int(months)
