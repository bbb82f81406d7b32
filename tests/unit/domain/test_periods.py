"""The bitemporal mechanism: thresholds by hand, and random histories by the thousand."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kp4web.domain.errors import DomainError
from kp4web.domain.periods import (
    PeriodError,
    Span,
    change,
    change_or_resume,
    correct,
    current,
    end,
    gaps,
    known,
    overlaps,
    overwrite,
    valid_on,
)

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Fact:
    what: str
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None = None


def apply(rows, plan, what):
    """Carry out a plan the way a store does: stamp, copy, add."""
    gone = {id(row) for row in plan.superseded}
    kept = [replace(row, superseded_at=plan.at) if id(row) in gone else row for row in rows]
    copies = [Fact(row.what, span.valid_from, span.valid_to, plan.at) for row, span in plan.remains]
    new = [Fact(what, plan.span.valid_from, plan.span.valid_to, plan.at)] if plan.span else []
    return [*kept, *copies, *new]


def history(*changes):
    """Return the rows after changes of (what, day), an hour apart, the last at NOW - 1 hour."""
    rows = []
    for back, (what, day) in zip(range(len(changes), 0, -1), changes, strict=True):
        rows = apply(rows, change(rows, day, today=TODAY, at=NOW - back * HOUR), what)
    return rows


def spans(rows, known_at=None):
    return [(row.what, row.valid_from, row.valid_to) for row in known(rows, known_at)]


MARCH, MAY, JULY = date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)


def test_the_first_row_may_begin_on_any_day_until_today():
    for day in (date(2001, 1, 1), TODAY):
        assert change([], day, today=TODAY, at=NOW).span == Span(day, None)


def test_nothing_begins_in_the_future():
    with pytest.raises(PeriodError, match="toekomst"):
        change([], TODAY + DAY, today=TODAY, at=NOW)
    with pytest.raises(PeriodError, match="toekomst"):
        change(history(("a", MARCH)), TODAY + DAY, today=TODAY, at=NOW)


def test_a_period_error_is_a_rule_of_the_domain():
    assert issubclass(PeriodError, DomainError)


def test_a_change_closes_the_running_row_by_superseding_it():
    rows = history(("a", MARCH))
    plan = change(rows, MAY, today=TODAY, at=NOW)
    assert plan.superseded == (rows[0],)
    assert plan.remains == ((rows[0], Span(MARCH, MAY)),)
    assert plan.span == Span(MAY, None)
    after = apply(rows, plan, "b")
    assert spans(after) == [("a", MARCH, MAY), ("b", MAY, None)]
    assert spans(after, NOW - HOUR) == [("a", MARCH, None)]


def test_a_change_on_the_day_the_row_began_replaces_it():
    rows = history(("a", MARCH), ("b", MAY))
    after = apply(rows, change(rows, MAY, today=TODAY, at=NOW), "c")
    assert spans(after) == [("a", MARCH, MAY), ("c", MAY, None)]


def test_a_change_does_not_reach_before_the_running_row():
    rows = history(("a", MARCH), ("b", MAY))
    with pytest.raises(PeriodError, match="01-05-2026"):
        change(rows, MAY - DAY, today=TODAY, at=NOW)


@pytest.mark.parametrize(
    ("day", "what", "left"),
    [
        (MAY, "a", [("a", MARCH, None)]),  # back on the day it left: it never left
        (MAY, "c", [("a", MARCH, MAY), ("c", MAY, None)]),
        (JULY, "a", [("a", MARCH, MAY), ("b", MAY, JULY), ("a", JULY, None)]),
        (JULY, "b", [("a", MARCH, MAY), ("b", MAY, None)]),
    ],
)
def test_what_comes_back_on_the_day_it_left_runs_on_and_what_was_known_stays(day, what, left):
    rows = history(("a", MARCH), ("b", MAY))
    plan = change_or_resume(rows, day, lambda row: row.what == what, today=TODAY, at=NOW)
    after = apply(rows, plan, what)
    assert spans(after) == left
    assert spans(after, NOW - HOUR) == [("a", MARCH, MAY), ("b", MAY, None)]


def test_nobody_in_between_and_back_on_the_day_it_ended_is_one_row():
    rows = history(("a", MARCH))
    rows = apply(rows, end(rows, MAY, today=TODAY, at=NOW), "")
    for day, left in ((MAY, [("a", MARCH, None)]), (JULY, [("a", MARCH, MAY), ("a", JULY, None)])):
        plan = change_or_resume(rows, day, lambda row: row.what == "a", today=TODAY, at=NOW)
        assert spans(apply(rows, plan, "a")) == left


def test_an_end_leaves_the_row_closed():
    rows = history(("a", MARCH))
    plan = end(rows, MAY, today=TODAY, at=NOW)
    assert plan.span is None
    after = apply(rows, plan, "")
    assert spans(after) == [("a", MARCH, MAY)]
    assert current(after) is None


def test_an_end_on_the_first_day_leaves_nothing():
    rows = history(("a", MARCH))
    plan = end(rows, MARCH, today=TODAY, at=NOW)
    assert plan.remains == ()
    assert spans(apply(rows, plan, "")) == []


def test_an_end_has_limits():
    rows = history(("a", MARCH))
    with pytest.raises(PeriodError, match="01-03-2026"):
        end(rows, MARCH - DAY, today=TODAY, at=NOW)
    with pytest.raises(PeriodError, match="toekomst"):
        end(rows, TODAY + DAY, today=TODAY, at=NOW)
    with pytest.raises(PeriodError, match="niets"):
        end(apply(rows, end(rows, MAY, today=TODAY, at=NOW), ""), JULY, today=TODAY, at=NOW)
    with pytest.raises(PeriodError, match="niets"):
        end([], JULY, today=TODAY, at=NOW)


def test_after_an_end_the_next_row_begins_then_or_later():
    rows = history(("a", MARCH))
    rows = apply(rows, end(rows, MAY, today=TODAY, at=NOW), "")
    with pytest.raises(PeriodError, match="01-05-2026"):
        change(rows, MAY - DAY, today=TODAY, at=NOW)
    touching = apply(rows, change(rows, MAY, today=TODAY, at=NOW), "b")
    assert not gaps(touching)
    later = apply(rows, change(rows, JULY, today=TODAY, at=NOW), "b")
    assert gaps(later) == (Span(MAY, JULY),)


def test_a_correction_cuts_through_several_rows():
    rows = history(("a", MARCH), ("b", MAY), ("c", JULY))
    start, stop = date(2026, 4, 1), date(2026, 8, 1)
    plan = correct(rows, start, stop, today=TODAY, at=NOW)
    assert len(plan.superseded) == 3
    after = apply(rows, plan, "x")
    assert spans(after) == [("a", MARCH, start), ("x", start, stop), ("c", stop, None)]
    assert spans(after, NOW - DAY / 24) == [
        ("a", MARCH, MAY),
        ("b", MAY, JULY),
        ("c", JULY, None),
    ]


def test_a_correction_within_one_row_splits_it():
    rows = history(("a", MARCH))
    after = apply(rows, correct(rows, MAY, JULY, today=TODAY, at=NOW), "x")
    assert spans(after) == [("a", MARCH, MAY), ("x", MAY, JULY), ("a", JULY, None)]


def test_a_correction_may_reach_before_the_history_when_it_touches():
    rows = history(("a", MAY))
    plan = correct(rows, MARCH, MAY, today=TODAY, at=NOW)
    assert plan.superseded == ()
    assert spans(apply(rows, plan, "x")) == [("x", MARCH, MAY), ("a", MAY, None)]


def test_a_correction_that_would_leave_a_gap_is_refused_unless_gaps_are_allowed():
    rows = history(("a", MAY))
    with pytest.raises(PeriodError, match="aansluiten"):
        correct(rows, MARCH, MAY - DAY, today=TODAY, at=NOW)
    plan = correct(rows, MARCH, MAY - DAY, today=TODAY, at=NOW, gaps_allowed=True)
    assert gaps(apply(rows, plan, "x")) == (Span(MAY - DAY, MAY),)


def test_a_correction_has_limits():
    with pytest.raises(PeriodError, match="toekomst"):
        correct([], TODAY + DAY, None, today=TODAY, at=NOW)
    assert correct([], TODAY, None, today=TODAY, at=NOW).span == Span(TODAY)
    rows = history(("a", MARCH))
    with pytest.raises(PeriodError, match="toekomst"):
        correct(rows, MAY, TODAY + DAY, today=TODAY, at=NOW)
    assert correct(rows, MAY, TODAY, today=TODAY, at=NOW).span == Span(MAY, TODAY)
    for stop in (MAY, MAY - DAY):
        with pytest.raises(PeriodError, match="na de begindatum"):
            correct(rows, MAY, stop, today=TODAY, at=NOW)
    assert correct(rows, MAY, MAY + DAY, today=TODAY, at=NOW).span == Span(MAY, MAY + DAY)


def test_a_history_without_gaps_does_not_begin_with_a_closed_row():
    with pytest.raises(PeriodError, match="geen einddatum"):
        correct([], MARCH, MAY, today=TODAY, at=NOW)
    plan = correct([], MARCH, MAY, today=TODAY, at=NOW, gaps_allowed=True)
    assert plan.span == Span(MARCH, MAY)


def test_a_clock_that_went_back_does_not_touch_earlier_answers():
    rows = history(("a", MARCH), ("b", MAY))
    latest = max(row.recorded_at for row in rows)
    plan = change(rows, JULY, today=TODAY, at=latest - 5 * HOUR)
    assert plan.at == latest


def test_a_row_superseded_at_the_moment_it_was_recorded_was_never_known():
    never = Fact("a", MARCH, None, NOW, NOW)
    for moment in (NOW - HOUR, NOW, NOW + HOUR, None):
        assert known([never], moment) == ()
        assert valid_on([never], MAY, moment) is None


def test_a_day_and_a_moment_select_one_row():
    row = Fact("a", MARCH, MAY, NOW, NOW + HOUR)
    assert valid_on([row], MARCH, NOW) is row
    assert valid_on([row], MARCH - DAY, NOW) is None
    assert valid_on([row], MAY - DAY, NOW) is row
    assert valid_on([row], MAY, NOW) is None
    tick = timedelta(microseconds=1)
    assert valid_on([row], MARCH, NOW - tick) is None
    assert valid_on([row], MARCH, NOW + HOUR - tick) is row
    assert valid_on([row], MARCH, NOW + HOUR) is None
    assert valid_on([row], MARCH) is None


def test_overlaps_and_gaps_are_found():
    a, b = Fact("a", MARCH, JULY, NOW), Fact("b", MAY, None, NOW)
    assert overlaps([b, a]) == ((a, b),)
    assert not gaps([a, b])
    short = replace(a, valid_to=MAY - DAY)
    assert gaps([short, b]) == (Span(MAY - DAY, MAY),)
    assert not overlaps([short, b])


def test_overwrite_lays_new_days_over_whatever_is_there():
    rows = history(("a", MARCH), ("b", MAY))
    plan = overwrite(rows, MARCH - DAY, None, at=NOW)
    assert len(plan.superseded) == 2
    assert plan.remains == ()


EPOCH = date(2020, 1, 1)
START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS, HOURS = 60, 40
"""Small numbers, so that days and moments collide and the clock often goes back."""
TICK = timedelta(microseconds=1)


class History:
    """One history under random operations; every answer once given must stay the answer."""

    def __init__(self):
        self.rows = []
        self.today = EPOCH
        self.serial = 0
        self.answers = {}
        """(day, moment) -> what, for moments before the latest stamp: those are settled."""

    def attempt(self, operation, *days, hours, **options):
        """Carry out an operation, or nothing when it is refused; return whether it was done."""
        try:
            at = START + hours * HOUR
            plan = operation(self.rows, *days, today=self.today, at=at, **options)
        except PeriodError:
            return False
        self.serial += 1
        self.settle(plan.at)
        self.rows = apply(self.rows, plan, f"#{self.serial}")
        return True

    def settle(self, latest):
        """Note what is answered now about every moment that lies before the next change."""
        stamps = {row.recorded_at for row in self.rows}
        for moment in {m for stamp in stamps for m in (stamp - TICK, stamp) if m < latest}:
            for day in range(-1, DAYS + 32, 4):
                key = (EPOCH + day * DAY, moment)
                self.answers.setdefault(key, self.answer(key))

    def answer(self, key):
        row = valid_on(self.rows, *key)
        return row and row.what

    def check(self, *, gap_free):
        assert all(self.answer(key) == answer for key, answer in self.answers.items())
        for moment in {None} | {row.recorded_at for row in self.rows}:
            assert not overlaps(self.rows, moment)
            assert not gap_free or not gaps(self.rows, moment)
        assert all(r.superseded_at is None or r.superseded_at >= r.recorded_at for r in self.rows)


class Histories(RuleBasedStateMachine):
    """Facts without gaps, as tracks are: changes and corrections, which hypothesis shrinks."""

    gap_free = True

    def __init__(self):
        super().__init__()
        self.history = History()

    @rule(days=st.integers(0, DAYS))
    def time_passes(self, days):
        self.history.today = max(self.history.today, EPOCH + days * DAY)

    @rule(day=st.integers(0, DAYS), hours=st.integers(0, HOURS))
    def changed(self, day, hours):
        self.history.attempt(change, EPOCH + day * DAY, hours=hours)

    @precondition(lambda self: current(self.history.rows))
    @rule(hours=st.integers(0, HOURS))
    def changed_again_on_its_first_day(self, hours):
        first_day = current(self.history.rows).valid_from
        assert self.history.attempt(change, first_day, hours=hours)

    @rule(
        day=st.integers(0, DAYS),
        length=st.none() | st.integers(1, 30),
        hours=st.integers(0, HOURS),
    )
    def corrected(self, day, length, hours):
        start = EPOCH + day * DAY
        stop = None if length is None else start + length * DAY
        options = {} if self.gap_free else {"gaps_allowed": True}
        self.history.attempt(correct, start, stop, hours=hours, **options)

    @invariant()
    def it_holds(self):
        self.history.check(gap_free=self.gap_free)


class GappyHistories(Histories):
    """Facts that end without a successor, as assignments and subgroups do."""

    gap_free = False

    @rule(day=st.integers(0, DAYS), hours=st.integers(0, HOURS))
    def ended(self, day, hours):
        self.history.attempt(end, EPOCH + day * DAY, hours=hours)


Histories.TestCase.settings = settings(max_examples=300, stateful_step_count=15, deadline=None)
GappyHistories.TestCase.settings = settings(max_examples=300, stateful_step_count=15, deadline=None)
TestGapFreeHistories = Histories.TestCase
TestGappyHistories = GappyHistories.TestCase


@pytest.mark.parametrize("gap_free", [True, False])
def test_thousands_of_random_histories_keep_every_answer(gap_free):
    chance = random.Random(20201102)
    done = 0
    for _ in range(1500):
        story = History()
        for _ in range(chance.randint(1, 12)):
            story.today = max(story.today, EPOCH + chance.randint(0, DAYS) * DAY)
            start = EPOCH + chance.randint(0, DAYS) * DAY
            hours = chance.randint(0, HOURS)
            kind = chance.choice((change, change, correct, correct) if gap_free else OPERATIONS)
            if kind is correct:
                stop = chance.choice((None, start + chance.randint(1, 30) * DAY))
                done += story.attempt(correct, start, stop, hours=hours, gaps_allowed=not gap_free)
            else:
                done += story.attempt(kind, start, hours=hours)
        story.check(gap_free=gap_free)
    assert done > 3000


OPERATIONS = (change, change, correct, correct, end)
