"""What somebody can do about a due item from the list, and what is needed to do it."""

from collections.abc import Mapping
from enum import StrEnum, auto
from functools import lru_cache

from kp4web.domain.actor import Actor
from kp4web.domain.due import DueKind
from kp4web.domain.policy import Access, Action, Field, Relation, access, may


class Act(StrEnum):
    """What somebody can do about a due item from the list."""

    RECORD = auto()
    ATTEMPT = auto()
    MOVE = auto()
    COMPLETE = auto()
    PLAN = auto()
    READ_MESSAGE = auto()
    SETTLE = auto()
    ANSWER = auto()
    LOOK = auto()
    CHANGE_TRACK = auto()
    DECIDE = auto()
    SEEN = auto()
    POSTPONE = auto()
    ASSIGN = auto()
    REVIEW = auto()
    HAND_OVER = auto()
    EXEMPT = auto()
    SIGNAL = auto()
    REVIEW_SIGNAL = auto()
    FACTS = auto()


_ACTS: Mapping[DueKind, tuple[Act, ...]] = {
    DueKind.FOLLOW_UP: (Act.RECORD, Act.ATTEMPT, Act.MOVE, Act.COMPLETE),
    DueKind.CONTACT: (Act.RECORD, Act.ATTEMPT, Act.PLAN),
    DueKind.TWELVE_MONTHS: (Act.RECORD, Act.ATTEMPT),
    DueKind.CLASSIFY: (Act.CHANGE_TRACK, Act.RECORD),
    DueKind.REST_DECISION: (Act.DECIDE,),
    DueKind.ARRANGE_HANDOVER: (Act.HAND_OVER, Act.CHANGE_TRACK, Act.RECORD),
    DueKind.AWAIT_HANDOVER: (Act.HAND_OVER, Act.RECORD),
    DueKind.READ_FEEDBACK: (Act.HAND_OVER,),
    DueKind.WRITE_FEEDBACK: (),
    DueKind.PENSION_APPROACHING: (Act.SEEN,),
    DueKind.PENSION_REACHED: (Act.CHANGE_TRACK, Act.POSTPONE),
    DueKind.ASSIGN: (Act.ASSIGN,),
    DueKind.REVIEW_HANDOVER: (Act.REVIEW,),
    DueKind.MESSAGE: (Act.READ_MESSAGE,),
    DueKind.AGREEMENT: (Act.SETTLE, Act.RECORD),
    DueKind.EXEMPTION_END: (Act.EXEMPT, Act.RECORD),
    DueKind.EXEMPTION_PLAN: (Act.EXEMPT, Act.RECORD),
    DueKind.EXEMPTION_REVIEW: (Act.EXEMPT, Act.RECORD),
    DueKind.SIGNAL_REVIEW: (Act.REVIEW_SIGNAL,),
    DueKind.SIGNAL_RETURNED: (Act.SIGNAL,),
    DueKind.SIGNAL_OUTCOME: (Act.SIGNAL,),
    DueKind.QUESTION: (Act.ANSWER,),
    DueKind.QUESTION_ASKED: (Act.LOOK,),
    DueKind.ANSWER: (Act.LOOK,),
    DueKind.PROFILE_CORRECTED: (Act.FACTS,),
}
"""What can be done about each kind, the first thing first."""
_NEEDS: Mapping[Act, tuple[Action, Field | None]] = {
    Act.RECORD: (Action.CONVERSATION_RECORD, Field.OWN_ENTRY),
    Act.ATTEMPT: (Action.CONVERSATION_RECORD, Field.OWN_ENTRY),
    Act.MOVE: (Action.FOLLOW_UP_CHANGE, Field.FOLLOW_UP_DATE),
    Act.COMPLETE: (Action.FOLLOW_UP_CHANGE, Field.FOLLOW_UP_WHAT),
    Act.PLAN: (Action.FOLLOW_UP_CHANGE, Field.FOLLOW_UP_WHAT),
    Act.READ_MESSAGE: (Action.DUE_ITEM_SETTLE, Field.REPORTS),
    Act.SETTLE: (Action.AGREEMENT_SETTLE, Field.REPORTS),
    Act.ANSWER: (Action.QUESTION_ANSWER, Field.QUESTIONS),
    Act.LOOK: (Action.QUESTIONS_READ, Field.QUESTIONS),
    Act.CHANGE_TRACK: (Action.TRACK_CHANGE, Field.TRACK),
    Act.DECIDE: (Action.TRACK_CHANGE, Field.TRACK),
    Act.SEEN: (Action.DUE_ITEM_SETTLE, Field.TRACK),
    Act.POSTPONE: (Action.DUE_ITEM_SETTLE, Field.TRACK),
    Act.ASSIGN: (Action.DOSSIER_ASSIGN, Field.ASSIGNMENT),
    Act.REVIEW: (Action.HANDOVER_ACCEPT, None),
    Act.HAND_OVER: (Action.DOSSIER_HAND_OVER, Field.TRACK),
    Act.EXEMPT: (Action.EXEMPTION_CHANGE, Field.EXEMPTION),
    Act.SIGNAL: (Action.SIGNAL_DRAFT, Field.SANCTION_SIGNAL),
    Act.REVIEW_SIGNAL: (Action.SIGNAL_REVIEW, Field.SANCTION_SIGNAL),
    Act.FACTS: (Action.DUE_ITEM_SETTLE, Field.TRACK),
}


@lru_cache(maxsize=2_000)
def acts_for(
    actor: Actor, kind: DueKind, held: frozenset[Relation], *, named: bool
) -> tuple[Act, ...]:
    """Return what this actor may do about it; who is named in a follow-up may end or move it."""

    def allowed(act: Act) -> bool:
        action, field = _NEEDS[act]
        if named and act in {Act.MOVE, Act.COMPLETE}:
            return may(actor, action)
        return may(actor, action) and (field is None or access(held, field) >= Access.WRITE)

    return tuple(act for act in _ACTS[kind] if allowed(act))
