"""Working days of a Dutch office: no weekends, no public holidays."""

from datetime import date, timedelta
from functools import cache

from kp4web.domain.dates import SATURDAY

DAY = timedelta(days=1)


def on_or_after(day: date) -> date:
    """Return the day itself or the first working day after it."""
    while not is_working_day(day):
        day += DAY
    return day


def on_or_before(day: date) -> date:
    """Return the day itself or the last working day before it."""
    while not is_working_day(day):
        day -= DAY
    return day


def working_days_before(day: date, number: int) -> date:
    """Return the working day so many working days before a day."""
    for _ in range(number):
        day = on_or_before(day - DAY)
    return day


def is_working_day(day: date) -> bool:
    """Return whether the office is open."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the public holidays of a year."""
    easter = _easter(year)
    moving = (easter + timedelta(days=n) for n in (-2, 1, 39, 50))
    king = date(year, 4, 27)
    fixed = (date(year, 1, 1), king, date(year, 12, 25), date(year, 12, 26))
    return frozenset((*moving, *fixed))


def _easter(year: int) -> date:
    """Return Easter Sunday (the anonymous Gregorian rule)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
