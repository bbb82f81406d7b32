"""The table "Due items" of the domain, both sides of every threshold."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kp4web.domain.due import (
    DossierState,
    DueKind,
    LastHandover,
    Norms,
    OpenAgreement,
    OpenFollowUp,
    OpenQuestion,
    ReceivedHandover,
    RunningExemption,
    UnreadMessage,
    WaitingSignal,
    due_items,
    next_date,
    propose_follow_up,
    received_items,
    review_handover,
)
from kp4web.domain.handovers import HandoverKind, HandoverState
from kp4web.domain.sanctions import SignalState
from kp4web.domain.tracks import TrackKind

NORMS = Norms()
DAY = timedelta(days=1)
OPENED = date(2026, 1, 5)
SINCE = date(2026, 3, 2)
SPOKEN = date(2026, 4, 15)
PLANNED_END = date(2026, 12, 31)
AOW = date(2027, 5, 31)


def state(kind, **changes):
    known = {"planned_end": PLANNED_END} if kind is TrackKind.REST else {}
    given = {"track_since": SINCE, "opened_on": OPENED, "has_lead": True, **known, **changes}
    return DossierState(kind, **given)


def dates(of, norms=NORMS):
    return {item.kind: item.due_on for item in due_items(of, norms)}


INVESTIGATION = state(TrackKind.UNDER_INVESTIGATION)
SUPPORT = state(TrackKind.SUPPORT)
REST = state(TrackKind.REST)
KP3 = state(TrackKind.KP3)
STOPPED = state(TrackKind.STOPPED)
EVERYTHING = {
    "has_lead": False,
    "aow_on": AOW,
    "follow_ups": (OpenFollowUp(1, date(2027, 1, 4)),),
    "messages": (UnreadMessage(2, date(2026, 5, 1)),),
    "agreements": (OpenAgreement(3, date(2026, 9, 1), is_ours=True),),
    "exemption": RunningExemption(date(2027, 3, 1), False, date(2026, 8, 1), date(2026, 9, 9)),
    "signals": tuple(
        WaitingSignal(place, signal, date(2026, 6, 1)) for place, signal in enumerate(SignalState)
    ),
    "questions": (OpenQuestion(4, date(2026, 9, 2), is_answered=False),),
}


def test_every_kind_has_its_own_label():
    assert len({kind.label for kind in DueKind}) == len(DueKind)


def test_under_investigation_waits_for_contact_and_classification():
    assert dates(INVESTIGATION) == {
        DueKind.CONTACT: date(2026, 4, 13),
        DueKind.CLASSIFY: date(2026, 5, 25),
        DueKind.TWELVE_MONTHS: date(2027, 1, 5),
    }


def test_support_waits_for_contact_within_three_months():
    assert dates(SUPPORT) == {
        DueKind.CONTACT: date(2026, 6, 2),
        DueKind.TWELVE_MONTHS: date(2027, 1, 5),
    }


def test_kp3_waits_for_the_handover():
    assert dates(KP3) == {
        DueKind.ARRANGE_HANDOVER: date(2026, 3, 16),
        DueKind.TWELVE_MONTHS: date(2027, 1, 5),
    }


def test_rest_waits_for_the_decision_only():
    assert dates(REST) == {DueKind.REST_DECISION: date(2026, 11, 19)}


def test_in_rest_only_people_pension_and_the_law_add_to_the_decision():
    assert set(dates(replace(REST, **EVERYTHING))) == {
        DueKind.REST_DECISION,
        DueKind.AGREEMENT,
        DueKind.FOLLOW_UP,
        DueKind.MESSAGE,
        DueKind.QUESTION_ASKED,
        DueKind.PENSION_APPROACHING,
        DueKind.PENSION_REACHED,
        DueKind.EXEMPTION_END,
        DueKind.EXEMPTION_PLAN,
        DueKind.EXEMPTION_REVIEW,
        DueKind.SIGNAL_REVIEW,
        DueKind.SIGNAL_RETURNED,
        DueKind.SIGNAL_OUTCOME,
    }


def test_stopped_waits_for_nothing():
    assert due_items(replace(STOPPED, **EVERYTHING), NORMS) == ()
    assert next_date(()) is None


def test_rest_without_an_end_is_no_state():
    with pytest.raises(ValueError, match="planned_end"):
        state(TrackKind.REST, planned_end=None)


@pytest.mark.parametrize(
    ("spoken", "due"),
    [
        (SINCE - DAY, date(2026, 6, 2)),
        (SINCE, date(2026, 6, 2)),
        (SINCE + DAY, date(2026, 6, 3)),
        (SPOKEN, date(2026, 7, 15)),
        (None, date(2026, 6, 2)),
    ],
)
def test_contact_counts_from_the_later_of_last_contact_and_start(spoken, due):
    assert dates(replace(SUPPORT, last_contact_on=spoken))[DueKind.CONTACT] == due


@pytest.mark.parametrize("of", [INVESTIGATION, SUPPORT], ids=["investigation", "support"])
def test_a_follow_up_soon_enough_takes_the_place_of_contact(of):
    latest = dates(of)[DueKind.CONTACT] + timedelta(weeks=4)
    for day, hidden in ((SINCE, True), (latest, True), (latest + DAY, False)):
        followed = replace(of, follow_ups=(OpenFollowUp(9, day),))
        assert (DueKind.CONTACT not in dates(followed)) is hidden
        assert dates(followed)[DueKind.FOLLOW_UP] == day


def test_one_follow_up_soon_enough_is_enough():
    far, near = OpenFollowUp(1, date(2028, 1, 1)), OpenFollowUp(2, SINCE + DAY, user_id=5)
    assert DueKind.CONTACT not in dates(replace(SUPPORT, follow_ups=(far, near)))


def test_a_follow_up_keeps_its_colleague():
    items = due_items(
        replace(KP3, follow_ups=(OpenFollowUp(7, SPOKEN, 5), OpenFollowUp(8, SPOKEN))), NORMS
    )
    found = [(i.subject_id, i.user_id) for i in items if i.kind is DueKind.FOLLOW_UP]
    assert found == [(7, 5), (8, None)]


def test_a_message_waits_from_the_day_it_was_left():
    (item,) = (i for i in due_items(replace(REST, messages=(UnreadMessage(3, SPOKEN),)), NORMS)
               if i.kind is DueKind.MESSAGE)  # fmt: skip
    assert (item.due_on, item.subject_id, item.for_coordinator) == (SPOKEN, 3, False)


def test_pension_is_announced_until_seen_and_reached_on_its_date():
    announced = dates(replace(REST, aow_on=AOW))
    assert announced[DueKind.PENSION_APPROACHING] == date(2026, 11, 30)
    assert announced[DueKind.PENSION_REACHED] == AOW
    seen = dates(replace(REST, aow_on=AOW, pension_seen=True))
    assert DueKind.PENSION_APPROACHING not in seen
    assert seen[DueKind.PENSION_REACHED] == AOW


def test_postponing_moves_the_date_on_which_pension_is_due():
    postponed = dates(replace(KP3, aow_on=AOW, pension_postponed_to=AOW + 30 * DAY))
    assert postponed[DueKind.PENSION_REACHED] == AOW + 30 * DAY
    assert postponed[DueKind.PENSION_APPROACHING] == date(2026, 11, 30)


@pytest.mark.parametrize(
    "of", [INVESTIGATION, SUPPORT, KP3], ids=["investigation", "support", "kp3"]
)
def test_without_a_lead_the_coordinator_has_a_week_to_assign(of):
    assert DueKind.ASSIGN not in dates(of)
    (item,) = (i for i in due_items(replace(of, has_lead=False), NORMS) if i.kind is DueKind.ASSIGN)
    assert (item.due_on, item.for_coordinator) == (date(2026, 1, 12), True)


def test_twelve_months_count_from_the_last_contact_or_the_opening():
    assert dates(KP3)[DueKind.TWELVE_MONTHS] == date(2027, 1, 5)
    spoken = replace(KP3, last_contact_on=date(2024, 2, 29))
    assert dates(spoken)[DueKind.TWELVE_MONTHS] == date(2025, 2, 28)


def test_only_what_the_coordinator_watches_is_for_the_coordinator():
    items = due_items(replace(INVESTIGATION, **EVERYTHING), NORMS)
    assert {i.kind for i in items if i.for_coordinator} == {
        DueKind.ASSIGN,
        DueKind.TWELVE_MONTHS,
        DueKind.SIGNAL_REVIEW,
        DueKind.QUESTION_ASKED,
    }


def test_an_exemption_asks_eight_weeks_before_its_end_unless_it_is_settled():
    running = RunningExemption(ends_on=date(2027, 3, 1))
    assert dates(replace(REST, exemption=running))[DueKind.EXEMPTION_END] == date(2027, 1, 4)
    lapsing = replace(running, lapses=True)
    assert DueKind.EXEMPTION_END not in dates(replace(REST, exemption=lapsing))
    for endless in (RunningExemption(), None):
        assert set(dates(replace(REST, exemption=endless))) == {DueKind.REST_DECISION}


def test_a_signal_waits_for_the_coordinator_then_for_the_lead_and_else_for_nobody():
    found = {
        signal: [
            (item.kind, item.due_on, item.for_coordinator)
            for item in due_items(replace(REST, signals=(WaitingSignal(1, signal, SINCE),)), NORMS)
            if item.kind is not DueKind.REST_DECISION
        ]
        for signal in SignalState
    }
    assert {signal: items for signal, items in found.items() if items} == {
        SignalState.SUBMITTED: [(DueKind.SIGNAL_REVIEW, SINCE + 7 * DAY, True)],
        SignalState.RETURNED: [(DueKind.SIGNAL_RETURNED, SINCE, False)],
        SignalState.ANSWERED: [(DueKind.SIGNAL_OUTCOME, SINCE, False)],
    }


def test_an_offered_handover_waits_two_weeks_for_its_receiver():
    item = review_handover(4, SINCE, NORMS)
    assert (item.kind, item.due_on, item.subject_id) == (
        DueKind.REVIEW_HANDOVER,
        date(2026, 3, 16),
        4,
    )
    assert item.for_coordinator


OFFERED = LastHandover(4, HandoverState.OFFERED, SINCE)
HANDED_OVER = DossierState(
    TrackKind.STOPPED, SINCE, SINCE, handover=LastHandover(4, HandoverState.ACCEPTED, SINCE)
)


def test_an_offered_dossier_waits_for_the_answer_and_no_longer_for_arranging_it():
    items = due_items(replace(KP3, handover=OFFERED), NORMS)
    assert (DueKind.AWAIT_HANDOVER, date(2026, 3, 16), 4) in {
        (item.kind, item.due_on, item.subject_id) for item in items
    }
    assert DueKind.ARRANGE_HANDOVER not in {item.kind for item in items}


def test_after_a_hand_over_the_last_lead_waits_for_feedback_only():
    (item,) = due_items(HANDED_OVER, NORMS)
    assert (item.kind, item.due_on) == (DueKind.READ_FEEDBACK, date(2026, 6, 2))
    told = LastHandover(4, HandoverState.ACCEPTED, SINCE, has_feedback=True)
    (item,) = due_items(replace(HANDED_OVER, handover=told), NORMS)
    assert item.due_on == SINCE
    assert due_items(replace(HANDED_OVER, handover=None), NORMS) == ()


@pytest.mark.parametrize(
    ("state", "awaits", "wanted"),
    [
        (HandoverState.OFFERED, False, (DueKind.REVIEW_HANDOVER, date(2026, 3, 16), 7)),
        (HandoverState.ACCEPTED, True, (DueKind.WRITE_FEEDBACK, date(2026, 6, 2), 7)),
        (HandoverState.ACCEPTED, False, None),
        (HandoverState.RETURNED, False, None),
        (HandoverState.WITHDRAWN, False, None),
    ],
)
def test_what_a_hand_over_asks_of_its_receiver(state, awaits, wanted):
    handover = ReceivedHandover(4, HandoverKind.KP3, state, SINCE, SINCE, 7, awaits)
    found = [(item.kind, item.due_on, item.user_id) for item in received_items(handover, NORMS)]
    assert found == ([wanted] if wanted else [])


def test_every_norm_moves_a_date():
    states = [replace(of, **EVERYTHING) for of in (INVESTIGATION, SUPPORT, KP3, REST)]
    states += [replace(SUPPORT, follow_ups=(OpenFollowUp(1, date(2026, 6, 25)),)), HANDED_OVER]
    without_effect = {"rest_max_months"}  # limits the form: tracks.check_change
    for norm in fields(Norms):
        other = replace(NORMS, **{norm.name: 1})
        moved = any(due_items(of, NORMS) != due_items(of, other) for of in states)
        moved |= review_handover(1, SINCE, NORMS) != review_handover(1, SINCE, other)
        assert moved is (norm.name not in without_effect), norm.name


days = st.dates(date(2019, 1, 1), date(2030, 12, 31))
states = st.builds(
    DossierState,
    kind=st.sampled_from(TrackKind),
    track_since=days,
    opened_on=days,
    planned_end=days,
    last_contact_on=st.none() | days,
    has_lead=st.booleans(),
    aow_on=st.none() | days,
    pension_seen=st.booleans(),
    pension_postponed_to=st.none() | days,
    follow_ups=st.lists(
        st.builds(OpenFollowUp, st.integers(1, 9), days, st.none() | st.integers(1, 9)), max_size=3
    ).map(tuple),
    messages=st.lists(st.builds(UnreadMessage, st.integers(1, 9), days), max_size=2).map(tuple),
)


@given(states)
def test_every_active_dossier_has_a_next_date_and_a_stopped_one_has_none(of):
    items = due_items(of, NORMS)
    assert bool(items) is of.kind.active
    assert (next_date(items) is not None) is of.kind.active


@given(states)
def test_the_next_date_is_the_first_of_the_items(of):
    items = due_items(of, NORMS)
    assert [i.due_on for i in items] == sorted(i.due_on for i in items)
    assert next_date(reversed(items)) == (items[0].due_on if items else None)


@given(states)
def test_a_contact_never_brings_contact_nearer(of):
    if of.kind.active and of.last_contact_on:
        later = replace(of, last_contact_on=of.last_contact_on + DAY)
        for kind in (DueKind.CONTACT, DueKind.TWELVE_MONTHS):
            before, after = dates(of).get(kind), dates(later).get(kind)
            assert before is None or after is None or before <= after


@pytest.mark.parametrize(
    ("kind", "held_on", "proposed"),
    [
        (TrackKind.UNDER_INVESTIGATION, date(2026, 11, 20), date(2027, 1, 1)),
        (TrackKind.UNDER_INVESTIGATION, date(2026, 11, 21), date(2027, 1, 1)),
        (TrackKind.UNDER_INVESTIGATION, date(2026, 11, 22), date(2027, 1, 1)),
        (TrackKind.UNDER_INVESTIGATION, date(2026, 11, 23), date(2027, 1, 4)),
        (TrackKind.SUPPORT, date(2026, 11, 20), date(2027, 2, 19)),
        (TrackKind.KP3, date(2026, 11, 20), date(2026, 12, 4)),
        (TrackKind.REST, date(2026, 11, 18), date(2026, 11, 19)),
        (TrackKind.REST, date(2026, 11, 19), None),
        (TrackKind.STOPPED, date(2026, 11, 20), None),
    ],
)
def test_the_proposed_follow_up_keeps_the_norm(kind, held_on, proposed):
    planned_end = PLANNED_END if kind is TrackKind.REST else None
    assert propose_follow_up(kind, held_on, planned_end, NORMS) == proposed


@given(st.sampled_from(TrackKind), days, st.none() | days)
def test_a_proposal_is_a_working_day_after_the_conversation(kind, held_on, planned_end):
    on = propose_follow_up(kind, held_on, planned_end, NORMS)
    assert on is None or (on > held_on and on.weekday() < 5)


@pytest.mark.parametrize("kind", [kind for kind in TrackKind if kind.active])
def test_rest_is_silent_about_agreements_of_others(kind):
    ours, theirs = (OpenAgreement(n, date(2026, 9, n), is_ours=n == 1) for n in (1, 2))
    found = [
        item.subject_id
        for item in due_items(state(kind, agreements=(ours, theirs)), NORMS)
        if item.kind is DueKind.AGREEMENT
    ]
    assert found == ([1] if kind is TrackKind.REST else [1, 2])


ASKED = (OpenQuestion(4, date(2026, 5, 4), is_answered=False),)
ANSWERED = (OpenQuestion(4, date(2026, 5, 6), is_answered=True),)


def about_questions(of):
    wanted = (DueKind.QUESTION, DueKind.QUESTION_ASKED, DueKind.ANSWER)
    return [(i.kind, i.due_on, i.for_coordinator) for i in due_items(of, NORMS) if i.kind in wanted]


@pytest.mark.parametrize("of", [INVESTIGATION, SUPPORT, REST, KP3])
def test_a_question_is_the_leads_to_answer_and_the_coordinators_to_wait_for(of):
    assert about_questions(replace(of, questions=ASKED)) == [
        (DueKind.QUESTION, date(2026, 5, 11), False),
        (DueKind.QUESTION_ASKED, date(2026, 5, 18), True),
    ]


def test_an_answer_is_the_coordinators_to_read():
    assert about_questions(replace(SUPPORT, questions=ANSWERED)) == [
        (DueKind.ANSWER, date(2026, 5, 13), True)
    ]


def test_without_a_lead_a_question_waits_and_when_stopped_it_is_silent():
    nobody = replace(SUPPORT, has_lead=False, questions=ASKED)
    assert about_questions(nobody) == [(DueKind.QUESTION_ASKED, date(2026, 5, 18), True)]
    assert due_items(replace(STOPPED, questions=ASKED), NORMS) == ()
