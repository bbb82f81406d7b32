"""Rules of a transfer: its steps, its checks, the day, the division, and what history remains."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kp4web.domain.errors import InvalidInput
from kp4web.domain.handovers import Side
from kp4web.domain.periods import (
    PeriodError,
    change,
    change_or_resume,
    current,
    earliest,
    end,
    gaps,
    known,
    overlaps,
)
from kp4web.domain.tracks import TrackKind
from kp4web.domain.transfers import (
    RULES,
    STEPS,
    Effect,
    Finding,
    Load,
    Outcome,
    TransferState,
    blocked_text,
    blocks,
    check_days,
    may_step,
    moving_day,
    outcome_of,
    shown_to,
    spread,
    welcome_text,
)
from tests.unit.domain.test_periods import Fact, apply

DAY = date(2026, 11, 18)


def test_the_side_that_prepares_never_confirms():
    for state in TransferState:
        assert not may_step(state, TransferState.CONFIRMED, Side.SENDER)
        assert not may_step(state, TransferState.OFFERED, Side.RECEIVER)


def test_only_what_was_confirmed_is_executed_by_either_side():
    able = {(s, side) for s in TransferState for side in Side
            if may_step(s, TransferState.EXECUTED, side)}  # fmt: skip
    assert able == {
        (TransferState.CONFIRMED, Side.SENDER),
        (TransferState.CONFIRMED, Side.RECEIVER),
    }


@pytest.mark.parametrize("state", [TransferState.EXECUTED, TransferState.WITHDRAWN])
def test_after_the_end_there_is_no_step(state):
    assert not [to for to in STEPS for side in Side if may_step(state, to, side)]


def test_guidance_never_moves_before_the_council_decided():
    check_days(DAY, DAY)
    with pytest.raises(InvalidInput):
        check_days(DAY, DAY - timedelta(days=1))


def test_every_finding_has_a_rule_and_what_a_reason_kept_secret_is_not_told_to_the_receiver():
    assert set(RULES) == set(Finding)
    seen = set(shown_to(Side.RECEIVER))
    assert set(shown_to(Side.SENDER)) == set(Finding)
    secret = {Finding.SIGNAL_IN_HAND, Finding.SIGNAL_SENT, Finding.ACCESS_REQUEST,
              Finding.REASON_GRANT, Finding.UNFINISHED, Finding.HANDOVER_OPEN,
              Finding.QUESTION_OPEN, Finding.NAMED_FOLLOW_UP}  # fmt: skip
    assert not secret & seen
    assert {f for f in Finding if RULES[f].effect is Effect.LEFT_OUT} <= seen


def test_what_blocks():
    assert {f for f in Finding if blocks(f)} == {
        Finding.HANDOVER_OPEN, Finding.SIGNAL_IN_HAND, Finding.UNFINISHED, Finding.RECEIVER_GONE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "is_held", "outcome"),
    [
        (TrackKind.REST, True, Outcome.MOVED),
        (TrackKind.STOPPED, True, Outcome.STOPPED),
        (TrackKind.SUPPORT, False, Outcome.ELSEWHERE),
        (TrackKind.STOPPED, False, Outcome.ELSEWHERE),
    ],
)
def test_what_becomes_of_a_dossier(kind, is_held, outcome):
    assert outcome_of(kind, is_held=is_held) is outcome


@pytest.mark.parametrize(
    ("guided", "assignable", "moves"),
    [(-100, -30, 0), (-100, None, 0), (3, None, 3), (-100, 5, 5), (7, 7, 7)],
)
def test_a_dossier_moves_on_the_day_or_when_what_was_recorded_since_began(
    guided, assignable, moves
):
    later = None if assignable is None else DAY + timedelta(days=assignable)
    day = moving_day(DAY, DAY + timedelta(days=guided), later)
    assert day == DAY + timedelta(days=moves)


def test_in_rest_the_new_lead_is_not_asked_to_call():
    assert "geen contact" in welcome_text(TrackKind.REST, "Gemeente A")
    assert "maak kennis" in welcome_text(TrackKind.SUPPORT, "Gemeente A")


def test_who_receives_reads_where_the_reason_stands_and_not_which():
    text = blocked_text(["KP4-2026-0002", "KP4-2026-0001"], side=Side.RECEIVER, giver="Gemeente A",
                        receiver="Werkzaak")  # fmt: skip
    assert text.startswith("2 dossiers kunnen nog niet over: KP4-2026-0001, KP4-2026-0002.")
    assert "Gemeente A" in text


# ---------------------------------------------------------------------- dividing

weights = st.decimals("0.3", "2", places=1)
loads = st.lists(st.tuples(st.integers(1, 3), weights), max_size=30).map(
    lambda sizes: [
        Load(tuple(range(100 * n, 100 * n + size)), weight)
        for n, (size, weight) in enumerate(sizes)
    ]
)


@given(loads, st.dictionaries(st.integers(1, 9), st.decimals("0", "50", places=1), min_size=1))
def test_everything_is_given_households_whole_and_nobody_far_above_the_others(given_loads, held):
    divided = spread(given_loads, held)
    assert set(divided) == {dossier for load in given_loads for dossier in load.dossiers}
    total = dict(held)
    for load in given_loads:
        (receiver,) = {divided[dossier] for dossier in load.dossiers}
        total[receiver] += load.weight
    received = set(divided.values())
    heaviest = max((load.weight for load in given_loads), default=Decimal(0))
    for receiver in received:  # who received was at or below everybody else just before
        assert total[receiver] - heaviest <= min(total.values())


def test_the_heaviest_first_and_the_one_with_least_first():
    divided = spread(
        [Load((1,), Decimal("0.3")), Load((2,), Decimal("1.5"))], {8: Decimal(0), 9: Decimal(1)}
    )
    assert divided == {2: 8, 1: 9}


# ---------------------------------------------------------------------- what history remains


events = st.lists(
    st.tuples(
        st.sampled_from(["transfer", "transfer", "assign", "leave"]),
        st.integers(0, 40),  # days until it is executed or recorded
        st.integers(0, 60),  # how many days before that it takes effect
        st.booleans(),  # whether the transfer names a receiver
    ),
    max_size=12,
)


@given(events)
def test_on_every_day_one_organisation_guides_and_the_lead_is_one_of_its_people(history):
    opened = date(2026, 1, 1)
    today, at = opened, datetime(2026, 1, 1, tzinfo=UTC)
    guided = [Fact("town", opened, None, at)]
    spells = []
    for what, wait, back, named in history:
        today, at = today + timedelta(days=wait), at + timedelta(days=wait, minutes=1)
        holder = current(guided).what
        try:
            if what == "assign":
                spells = apply(spells, change(spells, today, today=today, at=at), holder)
            elif what == "leave":
                spells = apply(spells, end(spells, today, today=today, at=at), None)
            else:
                other = "agency" if holder == "town" else "town"
                day = moving_day(
                    today - timedelta(days=back), current(guided).valid_from, earliest(spells)
                )
                guided = moved(guided, day, other, today=today, at=at)
                if named:
                    spells = moved(spells, day, other, today=today, at=at)
                elif current(spells):
                    spells = apply(spells, end(spells, day, today=today, at=at), None)
        except PeriodError:  # nobody to let go
            assert what == "leave"
    assert not gaps(guided)
    assert not overlaps(guided)
    assert not overlaps(spells)
    assert known(guided)[0].valid_from == opened
    assert all(one.what != after.what for one, after in pairwise(known(guided)))
    for number in range((today - opened).days + 1):
        day = opened + timedelta(days=number)
        (guide,) = [r.what for r in known(guided) if holds(r, day)]
        assert [r.what for r in known(spells) if holds(r, day)] in ([], [guide])


def moved(rows, day, what, *, today, at):
    """Return the rows after a transfer to it."""
    plan = change_or_resume(rows, day, lambda row: row.what == what, today=today, at=at)
    return apply(rows, plan, what)


def holds(row, day):
    """Return whether the row is true on the day."""
    return row.valid_from <= day and (row.valid_to is None or day < row.valid_to)
