from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kp4web.domain.dates import add_months
from kp4web.domain.pension import TABLE, PensionTable, aow_date, read_table

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def table():
    return read_table(TABLE)


@pytest.mark.parametrize(
    ("born", "reaches"),
    [
        ("1956-01-20", "2022-08-20"),
        ("1955-08-31", "2021-12-31"),
        ("1960-12-31", "2027-12-31"),
        ("1961-01-01", "2028-04-01"),
        ("1961-11-30", "2029-02-28"),
        ("1964-09-30", "2031-12-30"),
        ("1960-02-29", "2027-02-28"),
        ("1947-12-31", "2012-12-31"),
        ("1948-01-01", "2013-02-01"),
        ("1964-10-01", "2032-01-01"),
    ],
)
def test_known_dates(table, born, reaches):
    assert aow_date(date.fromisoformat(born), table).on == date.fromisoformat(reaches)


def test_the_age_is_provisional_from_october_1964(table):
    assert not aow_date(date(1964, 9, 30), table).provisional
    assert aow_date(date(1964, 10, 1), table).provisional
    assert aow_date(date(1990, 6, 1), table).on == date(2057, 9, 1)


def test_every_birth_date_is_in_exactly_one_bracket(table):
    day = date(1940, 1, 1)
    while day < date(1980, 1, 1):
        assert sum(b.first <= day <= b.last for b in table.brackets) == 1, day
        day += DAY


def test_who_is_born_later_never_reaches_the_age_earlier(table):
    day, last = date(1940, 1, 1), date.min
    while day < date(1980, 1, 1):
        reached = aow_date(day, table).on
        assert reached >= last, day
        day, last = day + DAY, reached


@given(st.dates())
def test_every_birth_date_has_an_aow_date(born):
    table = read_table(TABLE)
    on = aow_date(born, table).on
    assert on in {add_months(born, b.months) for b in table.brackets}


@pytest.mark.parametrize("days", [-1, 1])
def test_a_gap_or_an_overlap_is_refused(table, days):
    first, second, *rest = table.brackets
    moved = replace(second, first=second.first + days * DAY)
    with pytest.raises(ValueError, match="gap or an overlap"):
        PensionTable((first, moved, *rest))


def test_a_table_must_reach_over_all_days(table):
    with pytest.raises(ValueError, match="gap or an overlap"):
        PensionTable(table.brackets[1:])
    with pytest.raises(ValueError, match="gap or an overlap"):
        PensionTable(table.brackets[:-1])


@pytest.mark.parametrize(
    "text",
    ["", "rows = 1", "before = {}", "before = { until = 1947-12-31, age = [65] }", "not toml"],
)
def test_a_broken_file_is_refused(tmp_path, text):
    path = tmp_path / "ages.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r".+"):
        read_table(path)
