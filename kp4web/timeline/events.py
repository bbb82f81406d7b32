"""
The statements of the timeline, each built once: what happened, of every kind or of some.

Each branch is cut off by itself: a long history costs no more than a short one.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    FromClause,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from kp4web.accounts.models import User
from kp4web.caseload.models import Assignment
from kp4web.conversations.models import ContactAttempt, Conversation, ReportAddition
from kp4web.corrections.models import Corrected, Correction
from kp4web.domain.handovers import HandoverKind
from kp4web.domain.sanctions import SignalState
from kp4web.dossiers.models import (
    Dossier,
    Exemption,
    GuidancePeriod,
    ProfileDecision,
    SanctionSignal,
    SanctionStep,
    SubgroupPeriod,
    TrackPeriod,
)
from kp4web.extensions import AnySelect
from kp4web.grounds.models import LegalGround
from kp4web.handovers.models import Handover
from kp4web.needs.models import HeadingVersion
from kp4web.organisations.models import Organisation
from kp4web.questionnaires.models import ProfileSuggestion, Questionnaire, QuestionnaireState
from kp4web.timeline.branches import EXCERPT, WHOLE, event, reads, report_of
from kp4web.timeline.parameters import (
    ACTOR,
    CLIENT,
    DOSSIER,
    READS_EXEMPTION,
    READS_HANDOVER,
    READS_NEEDS,
    READS_OUTCOME,
    READS_QUESTIONNAIRES,
    READS_QUESTIONS,
    READS_REPORTS,
    READS_SIGNAL,
    READS_WHAT,
    READS_WHY_EXEMPT,
)
from kp4web.transfers.models import Transfer, TransferDossier
from kp4web.versions.models import QuestionnaireVersion
from kp4web.worklist.models import (
    Agreement,
    FollowUp,
    FollowUpMove,
    Message,
    PensionNote,
    PlannedTalk,
    ReportQuestion,
)


class Kind(StrEnum):
    """What the timeline can be narrowed to; the value stands in the address."""

    CONVERSATIONS = "gesprekken"
    FOLLOW_UPS = "opvolging"
    TRACK = "traject"
    QUESTIONNAIRES = "vragenlijsten"
    HANDOVERS = "overdracht"
    ASSIGNMENTS = "toewijzing"
    HEADINGS = "ondersteuning"
    EXEMPTIONS = "ontheffing"
    SIGNALS = "maatregelsignaal"


def _known_of_dossier(fact: Any) -> tuple[Any, ...]:
    return (fact.dossier_id == DOSSIER, fact.superseded_at.is_(None))


def _before_moving(was: Any, now: Any) -> Any:
    """Return what a follow-up had at first: before its first move, or what it has now."""
    moves = select(was).where(FollowUpMove.follow_up_id == FollowUp.id, was.is_not(None))
    return func.coalesce(moves.order_by(FollowUpMove.id).limit(1).scalar_subquery(), now)


_FIRST_DUE_ON = _before_moving(FollowUpMove.from_on, FollowUp.due_on)
_FIRST_AT = _before_moving(FollowUpMove.from_at, PlannedTalk.starts_at)
_FIRST_PLACE = _before_moving(FollowUpMove.from_place, PlannedTalk.place)
_WHAT = case((READS_WHAT, FollowUp.what))
_BEFORE = aliased(TrackPeriod)
_KIND_BEFORE = (
    select(_BEFORE.kind)
    .where(*_known_of_dossier(_BEFORE), _BEFORE.valid_to == TrackPeriod.valid_from)
    .limit(1)
    .scalar_subquery()
)


def _corrections(subject: Corrected, why: Any = Correction.why) -> AnySelect:
    return event(
        Correction, 42, "correction", Correction.corrected_on,
        [Correction.dossier_id == DOSSIER, Correction.subject == subject],
        author_id=Correction.recorded_by_id, code=Correction.subject, text=why,
    )  # fmt: skip


_NEXT = aliased(Assignment)
_SUCCEEDED = (
    select(_NEXT.id)
    .where(*_known_of_dossier(_NEXT), _NEXT.valid_from == Assignment.valid_to)
    .exists()
)
_FROM = aliased(Organisation)
_COLLEAGUE = aliased(User)

_READS_TALK = or_(READS_REPORTS, Conversation.author_id == ACTOR)
_ADDED = (
    select(func.count(ReportAddition.id))
    .where(ReportAddition.conversation_id == Conversation.id)
    .scalar_subquery()
)
_ASKED = (
    select(func.count(ReportQuestion.id))
    .where(ReportQuestion.conversation_id == Conversation.id)
    .scalar_subquery()
)
_CONVERSATIONS = (
    event(
        Conversation, 80, "conversation", Conversation.held_on,
        [Conversation.dossier_id == DOSSIER], **report_of(Conversation, cut=True),
        more=case((READS_REPORTS, cast(Conversation.participants, Text))),
        extra=case((reads(Conversation), cast(Conversation.life_areas, Text))),
        note=case((reads(Conversation), cast(Conversation.participation_step, Text))),
        ref=case((_READS_TALK, _ADDED)),
        asked=case((or_(READS_QUESTIONS, Conversation.author_id == ACTOR), _ASKED)),
    ),
    event(
        ReportAddition, 82, "addition", ReportAddition.dated_on,
        [ReportAddition.dossier_id == DOSSIER, Conversation.id == ReportAddition.conversation_id,
         _READS_TALK],
        author_id=ReportAddition.author_id, code=ReportAddition.kind, note=ReportAddition.reason,
        text=case((WHOLE, ReportAddition.text),
                  else_=func.substr(ReportAddition.text, 1, EXCERPT)),
        size=func.length(ReportAddition.text), ref=ReportAddition.conversation_id,
        until=Conversation.held_on,
    ),
    event(
        ContactAttempt, 70, "attempt", ContactAttempt.held_on,
        [ContactAttempt.dossier_id == DOSSIER],
        **report_of(ContactAttempt, cut=False), more=ContactAttempt.outcome,
    ),
    event(
        Message, 60, "message", Message.written_on,
        [Message.dossier_id == DOSSIER, Message.conversation_id.is_(None)],
        author_id=Message.author_id,
        text=case((or_(READS_REPORTS, Message.author_id == ACTOR), Message.text)),
    ),
)  # fmt: skip
_FOLLOW_UPS = (
    event(
        FollowUp, 50, "planned", FollowUp.created_on, [FollowUp.dossier_id == DOSSIER],
        joins=[(_COLLEAGUE, _COLLEAGUE.id == FollowUp.user_id),
               (PlannedTalk, PlannedTalk.follow_up_id == FollowUp.id)],
        author_id=FollowUp.created_by_id, text=_WHAT, until=_FIRST_DUE_ON,
        ref=FollowUp.conversation_id, more=_COLLEAGUE.name, extra=cast(_FIRST_AT, Text),
        code=case((READS_WHAT, PlannedTalk.how)), place=case((READS_WHAT, _FIRST_PLACE)),
        note=case((and_(READS_WHAT, FollowUp.is_activation), FollowUp.activation_reason)),
    ),
    event(
        FollowUpMove, 52, "moved", FollowUpMove.moved_on,
        [FollowUp.id == FollowUpMove.follow_up_id, FollowUp.dossier_id == DOSSIER],
        author_id=FollowUpMove.moved_by_id, text=_WHAT, until=FollowUpMove.to_on,
        other_day=FollowUpMove.from_on, extra=cast(FollowUpMove.from_at, Text),
        more=cast(FollowUpMove.to_at, Text),
        place=case((
            and_(READS_WHAT, FollowUpMove.to_place != FollowUpMove.from_place),
            FollowUpMove.to_place,
        )),
    ),
    event(
        FollowUp, 54, "ended", FollowUp.ended_on,
        [FollowUp.dossier_id == DOSSIER, FollowUp.ended_at.is_not(None)],
        joins=[(PlannedTalk, PlannedTalk.follow_up_id == FollowUp.id)],
        author_id=FollowUp.ended_by_id, text=_WHAT, code=FollowUp.ending,
        extra=cast(PlannedTalk.starts_at, Text),
    ),
    event(
        Agreement, 49, "agreed", Agreement.created_on,
        [Agreement.dossier_id == DOSSIER, READS_REPORTS],
        author_id=Agreement.created_by_id, text=Agreement.what, more=Agreement.who,
        until=Agreement.due_on, code=Agreement.ending, ref=Agreement.conversation_id,
    ),
    event(
        Agreement, 53, "agreement_ended", Agreement.ended_on,
        [Agreement.dossier_id == DOSSIER, Agreement.ended_at.is_not(None), READS_REPORTS],
        author_id=Agreement.ended_by_id, text=Agreement.what, more=Agreement.who,
        code=Agreement.ending,
    ),
    event(
        PensionNote, 45, "pension", PensionNote.recorded_on, [PensionNote.dossier_id == DOSSIER],
        author_id=PensionNote.recorded_by_id, text=PensionNote.note,
        until=PensionNote.postponed_to,
    ),
)  # fmt: skip
_COURSE = (
    event(
        TrackPeriod, 40, "track", TrackPeriod.valid_from, _known_of_dossier(TrackPeriod),
        author_id=TrackPeriod.first_recorder(), code=TrackPeriod.kind, text=TrackPeriod.reason,
        more=_KIND_BEFORE, extra=TrackPeriod.avoid, note=TrackPeriod.stop_reason,
        until=TrackPeriod.planned_end,
    ),
    _corrections(Corrected.TRACK),
    event(
        SubgroupPeriod, 30, "subgroup", SubgroupPeriod.valid_from,
        _known_of_dossier(SubgroupPeriod),
        author_id=SubgroupPeriod.first_recorder(), code=SubgroupPeriod.subgroup,
    ),
    event(
        SubgroupPeriod, 31, "subgroup_end", SubgroupPeriod.valid_to,
        [*_known_of_dossier(SubgroupPeriod), SubgroupPeriod.valid_to.is_not(None)],
        author_id=SubgroupPeriod.recorded_by_id, code=SubgroupPeriod.subgroup,
    ),
    event(
        ProfileDecision, 20, "profile", ProfileDecision.valid_from,
        [ProfileDecision.client_id == CLIENT, ProfileDecision.superseded_at.is_(None)],
        joins=[(_FROM, _FROM.id == ProfileDecision.organisation_id)],
        author_id=ProfileDecision.first_recorder(), ref=ProfileDecision.profile,
        text=case((READS_HANDOVER, ProfileDecision.justification)), more=_FROM.name,
    ),
    _corrections(Corrected.PROFILE, case((READS_HANDOVER, Correction.why))),
    event(
        Dossier, 10, "opening", Dossier.opened_on, [Dossier.id == DOSSIER],
        author_id=Dossier.recorded_by_id, code=Dossier.origin, text=Dossier.opening_reason,
    ),
)  # fmt: skip
_PERIOD_BEFORE, _TO = aliased(GuidancePeriod), aliased(Organisation)
_DECIDED = (
    select(Transfer.reference)
    .join(TransferDossier, TransferDossier.transfer_id == Transfer.id)
    .where(TransferDossier.dossier_id == DOSSIER, Transfer.to_organisation_id == _TO.id,
           TransferDossier.guided_from == GuidancePeriod.valid_from)
    .order_by(Transfer.id.desc())
    .limit(1)
    .correlate(GuidancePeriod, _TO)
    .scalar_subquery()
)  # fmt: skip
_HANDOVERS = (
    event(
        GuidancePeriod, 33, "guidance", GuidancePeriod.valid_from,
        [*_known_of_dossier(GuidancePeriod), _PERIOD_BEFORE.id.is_not(None)],
        joins=[
            (_PERIOD_BEFORE, and_(*_known_of_dossier(_PERIOD_BEFORE),
                                  _PERIOD_BEFORE.valid_to == GuidancePeriod.valid_from)),
            (_FROM, _FROM.id == _PERIOD_BEFORE.organisation_id),
            (_TO, _TO.id == GuidancePeriod.organisation_id),
        ],
        author_id=GuidancePeriod.first_recorder(), more=_FROM.name, extra=_TO.name, note=_DECIDED,
    ),
    event(
        Handover, 15, "handover", Handover.ended_on,
        [Handover.dossier_id == DOSSIER, Handover.ended_at.is_not(None), READS_HANDOVER],
        joins=[(_FROM, _FROM.id == Handover.from_organisation_id)],
        author_id=Handover.ended_by_id, more=_FROM.name, code=Handover.kind, note=Handover.state,
        text=case((Handover.kind == HandoverKind.KP4, Handover.note), else_=Handover.return_reason),
    ),
    event(
        Handover, 47, "handover_offered", Handover.offered_on,
        [Handover.dossier_id == DOSSIER, Handover.kind == HandoverKind.KP3, READS_HANDOVER],
        author_id=Handover.offered_by_id, text=Handover.note,
    ),
)  # fmt: skip
_QUESTIONNAIRES = (
    event(
        Questionnaire, 18, "questionnaire", Questionnaire.ended_on,
        [
            Questionnaire.dossier_id == DOSSIER,
            or_(
                and_(Questionnaire.state == QuestionnaireState.COMPLETED, READS_QUESTIONNAIRES),
                and_(Questionnaire.state == QuestionnaireState.DISCARDED, READS_OUTCOME),
            ),
        ],
        joins=[
            (_FROM, and_(_FROM.id == Questionnaire.organisation_id,
                         Questionnaire.application_id.is_not(None))),
            (ProfileSuggestion, and_(ProfileSuggestion.questionnaire_id == Questionnaire.id,
                                     READS_OUTCOME)),
            (QuestionnaireVersion, and_(QuestionnaireVersion.id == Questionnaire.version_id,
                                        READS_OUTCOME)),
        ],
        author_id=Questionnaire.ended_by_id, code=Questionnaire.state, more=_FROM.name,
        text=case((READS_OUTCOME, Questionnaire.discard_reason)), ref=ProfileSuggestion.profile,
        note=case((QuestionnaireVersion.validated, "validated"),
                  (QuestionnaireVersion.validated.is_(False), "example")),
    ),
    event(
        Questionnaire, 17, "questionnaire_begun", Questionnaire.started_on,
        [Questionnaire.dossier_id == DOSSIER, Questionnaire.state == QuestionnaireState.OPEN,
         READS_OUTCOME],
        author_id=Questionnaire.started_by_id,
    ),
)  # fmt: skip
_ASSIGNMENTS = (
    event(
        Assignment, 35, "assignment", Assignment.valid_from, _known_of_dossier(Assignment),
        joins=[(_COLLEAGUE, _COLLEAGUE.id == Assignment.user_id)],
        author_id=Assignment.first_recorder(), text=Assignment.reason, more=_COLLEAGUE.name,
    ),
    event(
        Assignment, 34, "assignment_end", Assignment.valid_to,
        [*_known_of_dossier(Assignment), Assignment.valid_to.is_not(None), ~_SUCCEEDED],
        joins=[(_COLLEAGUE, _COLLEAGUE.id == Assignment.user_id)],
        author_id=Assignment.recorded_by_id, more=_COLLEAGUE.name,
    ),
    _corrections(Corrected.ASSIGNMENT),
)  # fmt: skip
_HEADINGS = (
    event(
        HeadingVersion, 58, "heading", HeadingVersion.written_on,
        [HeadingVersion.dossier_id == DOSSIER, READS_NEEDS],
        author_id=HeadingVersion.recorded_by_id, code=HeadingVersion.heading,
        ref=HeadingVersion.version, size=func.length(HeadingVersion.text),
        text=case((WHOLE, HeadingVersion.text),
                  else_=func.substr(HeadingVersion.text, 1, EXCERPT)),
    ),
)  # fmt: skip
_EXEMPTIONS = (
    event(
        Exemption, 38, "exemption", Exemption.acted_on,
        [Exemption.dossier_id == DOSSIER, Exemption.records_act(), READS_EXEMPTION],
        joins=[(LegalGround, LegalGround.id == Exemption.ground_id)],
        author_id=Exemption.recorded_by_id, code=Exemption.act, more=LegalGround.name,
        extra=LegalGround.article, until=Exemption.ends_on, other_day=Exemption.valid_from,
        text=case((READS_WHY_EXEMPT, case((Exemption.note != "", Exemption.note),
                                          else_=Exemption.justification))),
    ),
)  # fmt: skip
_SUBMITTED = aliased(SanctionStep)
_SIGNALS = (
    event(
        SanctionStep, 56, "signal", SanctionStep.taken_on,
        [
            SanctionSignal.id == SanctionStep.signal_id, SanctionSignal.dossier_id == DOSSIER,
            READS_SIGNAL, SanctionStep.state != SignalState.DRAFTED,
            select(_SUBMITTED.id)
            .where(_SUBMITTED.signal_id == SanctionSignal.id,
                   _SUBMITTED.state == SignalState.SUBMITTED)
            .exists(),
        ],
        author_id=SanctionStep.by_id, code=SanctionStep.state, text=SanctionStep.reason,
        more=SanctionSignal.outcome,
    ),
)  # fmt: skip
_EVENTS: Mapping[Kind, tuple[AnySelect, ...]] = {
    Kind.CONVERSATIONS: _CONVERSATIONS,
    Kind.FOLLOW_UPS: _FOLLOW_UPS,
    Kind.TRACK: _COURSE,
    Kind.QUESTIONNAIRES: _QUESTIONNAIRES,
    Kind.HANDOVERS: _HANDOVERS,
    Kind.ASSIGNMENTS: _ASSIGNMENTS,
    Kind.HEADINGS: _HEADINGS,
    Kind.EXEMPTIONS: _EXEMPTIONS,
    Kind.SIGNALS: _SIGNALS,
}


@cache
def events_of(kinds: frozenset[Kind]) -> AnySelect:
    """
    Return the statement for the events of these kinds, of every kind when there is none.

    It gives those before ``on``, ``sort``, ``id`` and not before ``since``, the newest first,
    at most ``rows``; reports are cut unless ``whole``.
    """
    branches = [branch for kind in Kind if not kinds or kind in kinds for branch in _EVENTS[kind]]
    events: FromClause = union_all(*branches).subquery()
    return (
        select(events, User.name.label("author"))
        .outerjoin(User, User.id == events.c.author_id)
        .order_by(events.c.day.desc(), events.c.sort.desc(), events.c.id.desc())
        .limit(bindparam("rows", type_=Integer))
    )
