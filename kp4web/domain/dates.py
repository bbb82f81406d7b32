"""
Days and moments: calendar months, weeks, the end of a day in Amsterdam, Dutch wording.

Arithmetic never leaves the calendar: beyond the first or last day that exists it stays there.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WEEKDAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip
SATURDAY = 5


def add_months(day: date, months: int) -> date:
    """Return the same day so many calendar months on, or the last of that month without it."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def add_weeks(day: date, weeks: int) -> date:
    """Return the same weekday so many weeks on."""
    return add_days(day, 7 * weeks)


def add_days(day: date, days: int) -> date:
    """Return the day so many days on."""
    ordinal = day.toordinal() + days
    return date.fromordinal(min(max(ordinal, date.min.toordinal()), date.max.toordinal()))


def end_of_day(day: date) -> datetime:
    """Return the last microsecond of the day in Amsterdam, as a moment in UTC."""
    return datetime.combine(day, time.max, AMSTERDAM).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """Return the day in Amsterdam on which the (aware) moment falls."""
    return moment.astimezone(AMSTERDAM).date()


@lru_cache(maxsize=64)
def week_end(day: date) -> date:
    """Return the Sunday of the week that the day is in."""
    return add_days(day, 6 - day.weekday())


def working_day(day: date) -> date:
    """Return the day itself, or the Friday before it in a weekend; holidays are not known."""
    return add_days(day, min(0, SATURDAY - 1 - day.weekday()))


def whole_years(birth_date: date, on: date) -> int:
    """
    Return the age in whole years on a day; 0 before birth.

    Who was born on 29 February gains a year on 28 February where the 29th does not exist,
    as with the AOW date.
    """
    years = on.year - birth_date.year
    if add_months(birth_date, 12 * years) > on:
        years -= 1
    return max(years, 0)


def dutch_date(day: date) -> str:
    """Return the day as ``22-11-2026``."""
    return f"{day.day:02d}-{day.month:02d}-{day.year:04d}"


def dutch_day(day: date) -> str:
    """Return the day with its weekday, as ``zo 22-11-2026``."""
    return f"{WEEKDAYS[day.weekday()]} {dutch_date(day)}"


def dutch_long_date(day: date) -> str:
    """Return the day in words, as ``22 november 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def distance(day: date, today: date) -> str:
    """Return how far the day is from today: ``95 dagen geleden``, ``morgen``, ``over 3 dagen``."""
    days = (day - today).days
    near = {-1: "gisteren", 0: "vandaag", 1: "morgen"}
    if days in near:
        return near[days]
    return f"over {days} dagen" if days > 0 else f"{-days} dagen geleden"


def count_of(number: int, one: str, many: str) -> str:
    """Return a number with its noun: ``1 week``, ``6 weken``."""
    return f"{number} {one if number == 1 else many}"
