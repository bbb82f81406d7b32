from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kp4web.domain.dates import (
    add_days,
    add_months,
    add_weeks,
    count_of,
    day_of,
    distance,
    dutch_date,
    dutch_day,
    end_of_day,
    week_end,
    whole_years,
    working_day,
)

days = st.dates()
recent = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
        (date(9999, 12, 5), 1, date.max),
        (date(1, 1, 5), -1, date.min),
    ],
)
def test_months_are_calendar_months(day, months, expected):
    assert add_months(day, months) == expected


@given(recent, st.integers(-600, 600))
def test_adding_months_lands_in_that_month_on_the_same_or_its_last_day(day, months):
    result = add_months(day, months)
    assert (result.year * 12 + result.month) - (day.year * 12 + day.month) == months
    assert result.day == day.day or (result + timedelta(days=1)).month != result.month


@given(days, st.integers(-(10**6), 10**6))
def test_arithmetic_never_leaves_the_calendar(day, number):
    assert date.min <= add_months(day, number) <= date.max
    assert date.min <= add_weeks(day, number) <= date.max


@given(recent, st.integers(-500, 500))
def test_weeks_keep_the_weekday(day, weeks):
    assert add_weeks(day, weeks) - day == timedelta(weeks=weeks)
    assert add_days(day, weeks) - day == timedelta(days=weeks)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 22), datetime(2026, 11, 22, 22, 59, 59, 999999, UTC)),
        (date(2026, 7, 1), datetime(2026, 7, 1, 21, 59, 59, 999999, UTC)),
        (date(2026, 3, 28), datetime(2026, 3, 28, 22, 59, 59, 999999, UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 21, 59, 59, 999999, UTC)),
        (date(2026, 10, 24), datetime(2026, 10, 24, 21, 59, 59, 999999, UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 22, 59, 59, 999999, UTC)),
    ],
)
def test_a_day_ends_in_amsterdam(day, expected):
    assert end_of_day(day) == expected
    assert end_of_day(day).utcoffset() == timedelta(0)


@given(recent)
def test_the_end_of_a_day_is_its_last_microsecond(day):
    assert day_of(end_of_day(day)) == day
    assert day_of(end_of_day(day) + timedelta(microseconds=1)) == day + timedelta(days=1)


@given(days)
def test_the_end_of_a_day_exists_for_every_day(day):
    assert end_of_day(day).tzinfo is not None


@given(recent)
def test_a_week_ends_on_its_sunday(day):
    assert week_end(day).weekday() == 6
    assert timedelta(0) <= week_end(day) - day <= timedelta(days=6)


def test_a_sunday_ends_its_own_week():
    assert week_end(date(2026, 11, 22)) == date(2026, 11, 22)
    assert week_end(date(2026, 11, 23)) == date(2026, 11, 29)
    assert week_end(date.max) == date.max


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 21), date(2026, 11, 20)),
        (date(2026, 11, 22), date(2026, 11, 20)),
        (date(2026, 11, 23), date(2026, 11, 23)),
    ],
)
def test_a_weekend_gives_the_friday_before(day, expected):
    assert working_day(day) == expected


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(1972, 5, 10), date(2026, 5, 9), 53),
        (date(1972, 5, 10), date(2026, 5, 10), 54),
        (date(1960, 2, 29), date(2026, 2, 27), 65),
        (date(1960, 2, 29), date(2026, 2, 28), 66),
        (date(1960, 2, 29), date(2024, 2, 28), 63),
        (date(1960, 2, 29), date(2024, 2, 29), 64),
        (date(2026, 5, 10), date(2025, 5, 10), 0),
    ],
)
def test_age_in_whole_years(born, on, age):
    assert whole_years(born, on) == age


@given(recent, recent)
def test_age_grows_on_the_birthday_only(born, on):
    grown = whole_years(born, on) - whole_years(born, on - timedelta(days=1))
    birthday = on >= born and add_months(born, 12 * (on.year - born.year)) == on
    assert grown == (1 if birthday and on.year > born.year else 0)


def test_dates_are_written_the_dutch_way():
    assert dutch_date(date(2026, 11, 2)) == "02-11-2026"
    assert dutch_day(date(2026, 11, 22)) == "zo 22-11-2026"
    assert dutch_day(date(2026, 11, 23)) == "ma 23-11-2026"


@pytest.mark.parametrize(
    ("days_off", "words"),
    [
        (-95, "95 dagen geleden"),
        (-2, "2 dagen geleden"),
        (-1, "gisteren"),
        (0, "vandaag"),
        (1, "morgen"),
        (2, "over 2 dagen"),
    ],
)
def test_distance_in_words(days_off, words):
    today = date(2026, 11, 22)
    assert distance(today + timedelta(days=days_off), today) == words


def test_a_number_with_its_noun():
    assert count_of(1, "week", "weken") == "1 week"
    assert count_of(0, "week", "weken") == "0 weken"
    assert count_of(6, "week", "weken") == "6 weken"
