"""What a search term can mean: a dossier number, a birth date, a BSN, or the words of a name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, auto

from kp4web.domain.bsn import is_valid, normalise
from kp4web.domain.names import search_words

_NUMBER = re.compile(r"(?:kp4)?[\s\-–]*([0-9]{4})[\s\-–]*([0-9]{4,9})", re.IGNORECASE)
_NUMBER_END = re.compile(r"(?:kp4[\s\-–]*)?([0-9]{1,7})", re.IGNORECASE)
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-–/. ]([0-9]{1,2})[-–/. ]([0-9]{4}|[0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-–/. ]([0-9]{1,2})[-–/. ]([0-9]{1,2})")
_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4}|[0-9]{2})")
_DIGITS_YEAR_FIRST = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
SHORTEST_NUMBER = 4
"""Digits after the year of a dossier number, at least."""


class By(StrEnum):
    """By what somebody searches: for the log, which never holds the term itself."""

    NUMBER = auto()
    BSN = auto()
    BIRTH_DATE = auto()
    NAME = auto()
    REPORTS = auto()


@dataclass(frozen=True, slots=True)
class Meaning:
    """Everything that one term can mean; digits can mean several things at once."""

    number: str | None = field(default=None, repr=False)
    """A whole dossier number."""
    number_end: str | None = field(default=None, repr=False)
    """The digits after the year."""
    bsn: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)
    """Folded words of a name."""

    @property
    def by(self) -> tuple[By, ...]:
        """Return what is searched by, the most exact first."""
        found = {
            By.NUMBER: self.number or self.number_end,
            By.BSN: self.bsn,
            By.BIRTH_DATE: self.birth_date,
            By.NAME: self.words,
        }
        return tuple(by for by, value in found.items() if value)


def meaning_of(term: str, *, today: date) -> Meaning:
    """Return what the term can mean; a year of two digits is the last such year until today."""
    text = term.strip()
    whole, end = _NUMBER.fullmatch(text), _NUMBER_END.fullmatch(text)
    if not (whole or end) and any(character.isalpha() for character in text):
        return Meaning(words=search_words(text))
    bsn = normalise(text)
    return Meaning(
        number=f"KP4-{whole[1]}-{whole[2]}" if whole else None,
        number_end=end[1].zfill(SHORTEST_NUMBER) if end else None,
        bsn=bsn if is_valid(bsn) else None,
        birth_date=next(_days(text, today), None),
    )


def _days(text: str, today: date) -> Iterator[date]:
    """Yield the days that the text can mean, in the order in which people write them."""
    for pattern in (_DAY_FIRST, _DIGITS):
        if found := pattern.fullmatch(text):
            yield from _day(_year(found[3], today), found[2], found[1])
    for pattern in (_YEAR_FIRST, _DIGITS_YEAR_FIRST):
        if found := pattern.fullmatch(text):
            yield from _day(int(found[1]), found[2], found[3])


def _year(digits: str, today: date) -> int:
    if len(digits) > 2:
        return int(digits)
    century = today.year - today.year % 100
    year = century + int(digits)
    return year if year <= today.year else year - 100


def _day(year: int, month: str, day: str) -> Iterator[date]:
    try:
        yield date(year, int(month), int(day))
    except ValueError:
        return
