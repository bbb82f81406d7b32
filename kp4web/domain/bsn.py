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


def mask(number: str) -> str:
    """Return the number as screens show it: only the last three digits."""
    return f"•••••• {number[-3:]}"


def demo_numbers() -> Iterator[str]:
    """Yield every valid number of the 9999 series in order: 9,091 of them."""
    for rest in range(100_000):
        number = f"{_DEMO_PREFIX}{rest:05d}"
        if is_valid(number):
            yield number
