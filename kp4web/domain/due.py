"""
Every date a dossier waits for: the one function behind list, badge, overview and report.

The table of rules is that of ``2-domain`` ("Due items"); the numbers are norms that a
municipality may set. What is due does not depend on today; only its wording does, see
``due_words``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from kp4web.domain.dates import add_days, add_months, add_weeks, working_day
from kp4web.domain.due_kinds import ABOUT_QUESTIONS as ABOUT_QUESTIONS
from kp4web.domain.due_kinds import SIGNAL_KINDS as SIGNAL_KINDS
from kp4web.domain.due_kinds import DueKind as DueKind
from kp4web.domain.handovers import HandoverKind, HandoverState
from kp4web.domain.sanctions import SignalState
from kp4web.domain.tracks import REST_MAX_MONTHS, TrackKind


@dataclass(frozen=True, slots=True)
class Norms:
    """How long things may take; a municipality may set its own numbers."""

    investigation_contact_weeks: int = 6
    support_contact_months: int = 3
    classify_weeks: int = 12
    rest_decision_weeks: int = 6
    rest_max_months: int = REST_MAX_MONTHS
    arrange_handover_weeks: int = 2
    assign_days: int = 7
    review_handover_days: int = 14
    floor_months: int = 12
    pension_notice_months: int = 6
    follow_up_slack_weeks: int = 4
    exemption_notice_weeks: int = 8
    review_signal_days: int = 7
    answer_days: int = 7
    feedback_months: int = 3


@dataclass(frozen=True, slots=True)
class OpenFollowUp:
    """A follow-up still to be done; ``user_id`` names a colleague, ``None`` is today's lead."""

    id: int
    due_on: date
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class UnreadMessage:
    """A colleague's message that the lead has not read, and the day it was left."""

    id: int
    on: date


@dataclass(frozen=True, slots=True)
class OpenAgreement:
    """An agreement with a day that is not settled; ``is_ours``: the consultant is to keep it."""

    id: int
    due_on: date
    is_ours: bool


@dataclass(frozen=True, slots=True)
class RunningExemption:
    """The dates of the exemption that runs; ``lapses``: it is settled that it is not extended."""

    ends_on: date | None = None
    lapses: bool = False
    plan_due_on: date | None = None
    """Empty when no plan is asked for, or it is there."""
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class WaitingSignal:
    """A sanction signal that waits for somebody, since a day."""

    id: int
    state: SignalState
    since: date


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A coordinator's question at a report; ``on`` is the day it was asked, or answered."""

    id: int
    on: date
    is_answered: bool


@dataclass(frozen=True, slots=True)
class UnseenCorrection:
    """A correction of the klantprofiel by the work agency that nobody here has seen yet."""

    id: int
    on: date


@dataclass(frozen=True, slots=True)
class LastHandover:
    """The last KP3 hand-over of a dossier, as long as somebody waits for something about it."""

    id: int
    state: HandoverState
    since: date
    """When it was offered or accepted, or when the feedback was written."""
    has_feedback: bool = False
    """Written, and not read yet."""


@dataclass(frozen=True, slots=True)
class ReceivedHandover:
    """A hand-over as its receiver has to do with it."""

    id: int
    kind: HandoverKind
    state: HandoverState
    offered_on: date
    ended_on: date | None = None
    coach_id: int | None = None
    awaits_feedback: bool = False
    """Accepted, still guided by the receiver, and nothing was reported back yet."""


@dataclass(frozen=True, slots=True)
class DossierState:
    """What the due items of one dossier follow from."""

    kind: TrackKind
    track_since: date
    """Start of the running track, consecutive rows of the same kind included."""
    opened_on: date
    planned_end: date | None = None
    """Of rest, where it is required."""
    last_contact_on: date | None = None
    has_lead: bool = False
    aow_on: date | None = None
    pension_seen: bool = False
    pension_postponed_to: date | None = None
    follow_ups: tuple[OpenFollowUp, ...] = ()
    messages: tuple[UnreadMessage, ...] = ()
    agreements: tuple[OpenAgreement, ...] = ()
    exemption: RunningExemption | None = None
    signals: tuple[WaitingSignal, ...] = ()
    questions: tuple[OpenQuestion, ...] = ()
    corrections: tuple[UnseenCorrection, ...] = ()
    handover: LastHandover | None = None

    def __post_init__(self) -> None:
        if self.kind is TrackKind.REST and self.planned_end is None:
            raise ValueError("rest without planned_end would wait for nothing")


@dataclass(frozen=True, slots=True)
class DueItem:
    """One date with what is due; for the coordinators, a named colleague or else the lead."""

    kind: DueKind
    due_on: date
    subject_id: int | None = None
    """The follow-up, message, agreement, hand-over, signal or question it is about."""
    for_coordinator: bool = False
    user_id: int | None = None


def due_items(state: DossierState, norms: Norms) -> tuple[DueItem, ...]:
    """
    Return every date the dossier waits for, earliest first.

    Once it has stopped that is nothing, but for the feedback after a KP3 hand-over. An active
    dossier always waits for at least one: classifying, the decision on rest, the hand-over, or
    the floor of twelve months.
    """
    if not state.kind.active:
        return tuple(_from_feedback(state, norms))
    items = [
        *_from_people(state), *_from_track(state, norms), *_from_pension(state, norms),
        *_from_exemption(state, norms), *_from_signals(state, norms),
        *_from_questions(state, norms),
    ]  # fmt: skip
    if state.kind is not TrackKind.REST:
        items += _from_coordinator(state, norms)
    return tuple(sorted(items, key=lambda i: (i.due_on, i.kind, i.subject_id or 0)))


def next_date(items: Iterable[DueItem]) -> date | None:
    """Return the earliest date among the items, or ``None`` when nothing is due."""
    return min((item.due_on for item in items), default=None)


def review_handover(handover_id: int, offered_on: date, norms: Norms) -> DueItem:
    """Return what an offered hand-over waits for, on the receiver's side."""
    due_on = add_days(offered_on, norms.review_handover_days)
    return DueItem(DueKind.REVIEW_HANDOVER, due_on, handover_id, for_coordinator=True)


def received_items(handover: ReceivedHandover, norms: Norms) -> tuple[DueItem, ...]:
    """Return what a hand-over asks of its receiver: review it, later tell how it went."""
    if handover.state is HandoverState.OFFERED:
        item = review_handover(handover.id, handover.offered_on, norms)
        return (replace(item, user_id=handover.coach_id),)
    if handover.awaits_feedback and handover.ended_on is not None:
        due_on = add_months(handover.ended_on, norms.feedback_months)
        return (
            DueItem(DueKind.WRITE_FEEDBACK, due_on, handover.id, user_id=handover.coach_id),
        )  # fmt: skip
    return ()


def contact_norm_on(kind: TrackKind, since: date, norms: Norms) -> date | None:
    """Return when a next contact is due after ``since``; ``None`` where no norm exists."""
    if kind is TrackKind.UNDER_INVESTIGATION:
        return add_weeks(since, norms.investigation_contact_weeks)
    if kind is TrackKind.SUPPORT:
        return add_months(since, norms.support_contact_months)
    return None


def propose_follow_up(
    kind: TrackKind, held_on: date, planned_end: date | None, norms: Norms
) -> date | None:
    """
    Return the follow-up date that keeps the norm after a conversation; never in a weekend.

    In rest that is the decision before its end, if still to come; ``None`` when there is
    nothing to propose.
    """
    on = contact_norm_on(kind, held_on, norms)
    if kind is TrackKind.KP3:
        on = add_weeks(held_on, norms.arrange_handover_weeks)
    if kind is TrackKind.REST and planned_end is not None:
        on = add_weeks(planned_end, -norms.rest_decision_weeks)
    if on is None or working_day(on) <= held_on:
        return None
    return working_day(on)


def _from_people(state: DossierState) -> Iterator[DueItem]:
    """Yield what somebody asked for; rest is silent about what the resident or others promised."""
    for follow_up in state.follow_ups:
        yield DueItem(
            DueKind.FOLLOW_UP, follow_up.due_on, follow_up.id, user_id=follow_up.user_id
        )  # fmt: skip
    for message in state.messages:
        yield DueItem(DueKind.MESSAGE, message.on, message.id)
    for correction in state.corrections:
        yield DueItem(
            DueKind.PROFILE_CORRECTED, correction.on, correction.id,
            for_coordinator=not state.has_lead,
        )  # fmt: skip
    for agreement in state.agreements:
        if agreement.is_ours or state.kind is not TrackKind.REST:
            yield DueItem(DueKind.AGREEMENT, agreement.due_on, agreement.id)


def _from_questions(state: DossierState, norms: Norms) -> Iterator[DueItem]:
    """
    Yield the lead's question to answer and what the coordinators wait for; in rest too.

    A coordinator is never late while the consultant still has time, and once as much again.
    """
    for question in state.questions:
        answer_on = add_days(question.on, norms.answer_days)
        if question.is_answered:
            yield DueItem(DueKind.ANSWER, answer_on, question.id, for_coordinator=True)
            continue
        if state.has_lead:
            yield DueItem(DueKind.QUESTION, answer_on, question.id)
        chase_on = add_days(answer_on, norms.answer_days)
        yield DueItem(DueKind.QUESTION_ASKED, chase_on, question.id, for_coordinator=True)


def _from_track(state: DossierState, norms: Norms) -> Iterator[DueItem]:
    """Yield what the track asks of the lead."""
    contact_on = contact_norm_on(
        state.kind, max(state.last_contact_on or state.track_since, state.track_since), norms
    )
    if contact_on is not None and not _soon_followed_up(state, contact_on, norms):
        yield DueItem(DueKind.CONTACT, contact_on)
    if state.kind is TrackKind.UNDER_INVESTIGATION:
        yield DueItem(DueKind.CLASSIFY, add_weeks(state.track_since, norms.classify_weeks))
    if state.kind is TrackKind.REST and state.planned_end is not None:
        decide_on = add_weeks(state.planned_end, -norms.rest_decision_weeks)
        yield DueItem(DueKind.REST_DECISION, decide_on)
    if state.kind is TrackKind.KP3:
        yield _handover_item(state, norms)


def _handover_item(state: DossierState, norms: Norms) -> DueItem:
    """Return what a KP3 track asks: to offer, and once offered quietly to watch the answer."""
    offered = state.handover
    if offered is not None and offered.state is HandoverState.OFFERED:
        due_on = add_days(offered.since, norms.review_handover_days)
        return DueItem(DueKind.AWAIT_HANDOVER, due_on, offered.id)
    arrange_on = add_weeks(state.track_since, norms.arrange_handover_weeks)
    return DueItem(DueKind.ARRANGE_HANDOVER, arrange_on)


def _from_feedback(state: DossierState, norms: Norms) -> Iterator[DueItem]:
    """Yield when the last lead hears how it went after a KP3 hand-over, or may read it."""
    handover = state.handover
    if handover is None or handover.state is not HandoverState.ACCEPTED:
        return
    months = 0 if handover.has_feedback else norms.feedback_months
    yield DueItem(DueKind.READ_FEEDBACK, add_months(handover.since, months), handover.id)


def _soon_followed_up(state: DossierState, contact_on: date, norms: Norms) -> bool:
    latest = add_weeks(contact_on, norms.follow_up_slack_weeks)
    return any(follow_up.due_on <= latest for follow_up in state.follow_ups)


def _from_pension(state: DossierState, norms: Norms) -> Iterator[DueItem]:
    """Yield the AOW date and the notice before it (AOW art. 7a)."""
    if state.aow_on is None:
        return
    if not state.pension_seen:
        notice_on = add_months(state.aow_on, -norms.pension_notice_months)
        yield DueItem(DueKind.PENSION_APPROACHING, notice_on)
    yield DueItem(DueKind.PENSION_REACHED, state.pension_postponed_to or state.aow_on)


def _from_exemption(state: DossierState, norms: Norms) -> Iterator[DueItem]:
    """Yield the dates that the law sets (Pw 9 and 9a): they do not stop for rest."""
    running = state.exemption
    if running is None:
        return
    if running.ends_on is not None and not running.lapses:
        notice_on = add_weeks(running.ends_on, -norms.exemption_notice_weeks)
        yield DueItem(DueKind.EXEMPTION_END, notice_on)
    if running.plan_due_on is not None:
        yield DueItem(DueKind.EXEMPTION_PLAN, running.plan_due_on)
    if running.review_on is not None:
        yield DueItem(DueKind.EXEMPTION_REVIEW, running.review_on)


def _from_signals(state: DossierState, norms: Norms) -> Iterator[DueItem]:
    """Yield who is next with a sanction signal; a draft and one at the agency wait for nobody."""
    for signal in state.signals:
        if signal.state is SignalState.SUBMITTED:
            review_on = add_days(signal.since, norms.review_signal_days)
            yield DueItem(DueKind.SIGNAL_REVIEW, review_on, signal.id, for_coordinator=True)
        if signal.state is SignalState.RETURNED:
            yield DueItem(DueKind.SIGNAL_RETURNED, signal.since, signal.id)
        if signal.state is SignalState.ANSWERED:
            yield DueItem(DueKind.SIGNAL_OUTCOME, signal.since, signal.id)


def _from_coordinator(state: DossierState, norms: Norms) -> Iterator[DueItem]:
    """Yield what the coordinator watches; in rest the decision takes its place."""
    if not state.has_lead:
        assign_on = add_days(state.opened_on, norms.assign_days)
        yield DueItem(DueKind.ASSIGN, assign_on, for_coordinator=True)
    spoken_on = state.last_contact_on or state.opened_on
    floor_on = add_months(spoken_on, norms.floor_months)
    yield DueItem(DueKind.TWELVE_MONTHS, floor_on, for_coordinator=True)
