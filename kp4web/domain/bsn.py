"""
The burgerservicenummer: nine digits that pass the 11-test.

Numbers that begin with 9999 are given to nobody; only those appear in demo data and tests.
"""

import re
from collections.abc import Iterator

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u2212]+")
_DIGITS = re.compile(r"[0-9]{9}")
_DEMO_PREFIX = "9999"
_IN_TEXT = re.compile(r"[0-9]+(?:[ \u00a0.\-\u2010-\u2015\u2212][0-9]+)*")
"""Groups of digits with at most one space, dot or dash between them."""


def normalise(text: str) -> str:
    """Return the number without spaces, dots and dashes; eight digits get a leading zero."""
    bare = _SEPARATORS.sub("", text)
    return f"0{bare}" if re.fullmatch(r"[0-9]{8}", bare) else bare


def is_valid(number: str) -> bool:
    """Return whether a normalised number has nine digits, not all zero, and passes the 11-test."""
    if not _DIGITS.fullmatch(number) or number == "000000000":
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=True))
    return total % 11 == 0


def is_in(text: str) -> bool:
    """
    Return whether a text holds what looks like a burgerservicenummer, also in groups of digits.

    Eight digits count only when they stand alone and are no day: most are dates and telephone
    numbers.
    """
    return any(_looks_like(run.group()) for run in _IN_TEXT.finditer(text))


def _looks_like(run: str) -> bool:
    groups = _SEPARATORS.split(run)
    if len(groups) == 1 and len(run) == 8:
        return is_valid(f"0{run}") and not _is_day(run)
    return any(
        is_valid("".join(groups[first:last]))
        for first in range(len(groups))
        for last in range(first + 1, min(first + len(WEIGHTS), len(groups)) + 1)
    )


def _is_day(digits: str) -> bool:
    """Return whether eight digits are a day as people write it: 22112026 or 20261122."""
    for year, month, day in (
        (digits[4:], digits[2:4], digits[:2]), (digits[:4], digits[4:6], digits[6:])
    ):  # fmt: skip
        if "1900" <= year <= "2199" and "01" <= month <= "12" and "01" <= day <= "31":
            return True
    return False


def mask(number: str) -> str:
    """Return the number as screens show it: only the last three digits."""
    return f"•••••• {number[-3:]}"


def demo_numbers() -> Iterator[str]:
    """Yield every valid number of the 9999 series in order: 9,091 of them."""
    for rest in range(100_000):
        number = f"{_DEMO_PREFIX}{rest:05d}"
        if is_valid(number):
            yield number
