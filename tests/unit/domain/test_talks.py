"""Planned talks in words and times, moving several, and the weeks and months of the agenda."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from kp4web.domain.agenda import Month, month_from, month_of, week_from, week_of
from kp4web.domain.moves import PlannedMove, Shift, how_it_went, move_from, why_not
from kp4web.domain.talks import (
    TalkHow,
    TalkPlan,
    can_undo,
    day_and_time,
    follow_up_label,
    follow_up_words,
    is_cancelled,
    moved_words,
    starts,
)

TODAY = date(2026, 11, 18)
TALK = TalkPlan(time(10, 30), TalkHow.HOME, 45, "Dorpsstraat 1")


def words(what="", talk=None, *, is_activation=False, reason=""):
    return follow_up_words(what, talk, is_activation=is_activation, activation_reason=reason)


def test_a_follow_up_with_a_time_is_a_planned_talk():
    assert follow_up_label(None) == "Opvolging"
    assert follow_up_label(time(0)) == "Gepland gesprek"  # midnight is a time too
    assert day_and_time(TODAY, None) == "wo 18-11-2026"
    assert day_and_time(TODAY, time(9, 5)) == "wo 18-11-2026 om 09:05"


def test_the_words_hold_what_was_written_down_and_no_more():
    assert words() == ""
    assert words("Bellen.") == "Bellen"
    assert words(talk=TalkPlan(time(9), TalkHow.PHONE)) == "Telefonisch"
    assert words("Post lezen", TALK) == "Huisbezoek, Dorpsstraat 1, 45 minuten. Post lezen"
    assert words(is_activation=True) == "Activeringsgesprek"
    assert words("Kijken", is_activation=True, reason="Hij vroeg het.") == (
        "Kijken. Activeringsgesprek in rust, omdat: Hij vroeg het"
    )


@pytest.mark.parametrize(("times", "said"), [(0, ""), (1, "1 keer verzet"), (3, "3 keer verzet")])
def test_how_often_it_was_moved(times, said):
    assert moved_words(times) == said


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2026, 11, 18), time(10, 30), datetime(2026, 11, 18, 9, 30, tzinfo=UTC)),
        (date(2026, 7, 1), time(10, 30), datetime(2026, 7, 1, 8, 30, tzinfo=UTC)),
        (date(2028, 2, 29), time(0, 15), datetime(2028, 2, 28, 23, 15, tzinfo=UTC)),
    ],
)
def test_a_talk_begins_by_the_clock_in_the_netherlands(day, at, utc):
    assert starts(day, at) == utc


def test_ten_seconds_to_take_back_and_not_a_moment_more():
    ended = datetime(2026, 11, 18, 9, tzinfo=UTC)
    assert can_undo(ended, ended + timedelta(seconds=10))
    assert not can_undo(ended, ended + timedelta(seconds=10, microseconds=1))


def test_a_talk_is_cancelled_when_it_was_closed_or_ended_before_it_began():
    begins = datetime(2026, 11, 18, 9, tzinfo=UTC)
    early, late = begins - timedelta(minutes=1), begins + timedelta(minutes=50)
    assert not is_cancelled(begins, None, was_done=False)
    assert not is_cancelled(begins, late, was_done=True)
    assert is_cancelled(begins, early, was_done=True)
    assert is_cancelled(begins, late, was_done=False)


@pytest.mark.parametrize(
    ("shift", "due_on", "to_on"),
    [
        (Shift.WEEK, date(2026, 11, 2), date(2026, 11, 25)),
        (Shift.QUARTER, date(2026, 11, 2), date(2027, 2, 18)),
        (Shift.EACH_WEEK, date(2026, 11, 20), date(2026, 11, 27)),
        (Shift.EACH_MONTH, date(2027, 1, 31), date(2027, 2, 28)),
    ],
)
def test_all_go_to_one_day_or_each_from_its_own(shift, due_on, to_on):
    assert shift.of(due_on, TODAY) == to_on


@pytest.mark.parametrize(
    ("to_on", "said"),
    [
        (date(2026, 11, 20), "Staat al op deze dag."),
        (date(2026, 11, 17), "De nieuwe dag, 17-11-2026, is al voorbij."),
        (date(2035, 1, 1), "Kies een dag binnen vijf jaar."),
        (date(2026, 11, 18), None),
    ],
)
def test_what_cannot_be_moved_says_why(to_on, said):
    assert why_not(date(2026, 11, 20), to_on, TODAY) == said


def test_a_move_in_an_address_is_read_back_or_not_at_all():
    move = PlannedMove(12, date(2026, 11, 2), date(2026, 11, 25))
    assert move_from(str(move)) == move
    days = "2026-11-02_2026-11-25"
    for text in ("", "12", "12_2026-11-02", "12_2026-02-30_2026-11-25", f"0_{days}",
                 f"{2**31}_{days}", f"²_{days}", "x" * 5000):  # fmt: skip
        assert move_from(text) is None


def test_the_result_tells_what_stands_now():
    move = PlannedMove(12, date(2026, 11, 2), date(2026, 11, 25))
    assert how_it_went(move.to_on, move, None) is None
    assert how_it_went(move.from_on, move, None) == "Niet verzet."
    assert how_it_went(date(2026, 12, 1), move, None) == (
        "Intussen door iemand anders verzet naar di 01-12-2026."
    )
    assert how_it_went(move.to_on, move, "Al afgehandeld.") == "Al afgehandeld."


def test_a_week_has_seven_days_also_over_the_year():
    week = week_of(date(2026, 12, 31))
    assert (week.code, week.days[0], week.days[-1]) == (
        "2026-W53", date(2026, 12, 28), date(2027, 1, 3),
    )  # fmt: skip
    assert week.title == "Week 53, 28 december 2026 tot en met 3 januari 2027"
    assert week_of(TODAY).title == "Week 47, 16 november tot en met 22 november 2026"
    assert week_from(week.code) == week
    assert week.later(1).code == "2027-W01"


def test_a_month_shows_whole_weeks():
    month = month_of(date(2028, 2, 29))
    assert (month.code, month.title) == ("2028-02", "Februari 2028")
    assert month.days[0] == date(2028, 1, 31)
    assert month.days[-1] == date(2028, 3, 5)
    assert len(month.days) % 7 == 0
    assert month.later(-2) == Month(date(2027, 12, 1))
    assert month_from("2028-02") == month


@pytest.mark.parametrize("text", ["", "2026-W54", "2026-W00", "1999-W01", "2200-W01", "²026-W01"])
def test_what_names_no_week_or_month_is_nothing(text):
    assert week_from(text) is None
    assert month_from(text.replace("W", "").replace("54", "13")) is None
