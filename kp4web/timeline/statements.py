"""
The statements of the dossier page, built once: the head, what stands around it, the timeline.

Rows of different kinds share one shape of columns, so that one ``UNION ALL`` reads them all.
Each branch of the timeline is cut off by itself: a long history costs no more than a short one.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    String,
    Text,
    Time,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from kp4web.accounts.models import User
from kp4web.caseload.models import Assignment
from kp4web.clients.models import Client, Contact, HouseholdMember
from kp4web.conversations.models import ContactAttempt, Conversation
from kp4web.dossiers.models import Dossier, ProfileDecision, SubgroupPeriod, TrackPeriod
from kp4web.dossiers.queries import IN_REACH
from kp4web.extensions import AnySelect
from kp4web.handovers.models import Handover
from kp4web.organisations.models import MunicipalityNorms, Organisation
from kp4web.questionnaires.models import ProfileSuggestion, Questionnaire, QuestionnaireState
from kp4web.versions.models import QuestionnaireVersion
from kp4web.worklist.models import DueItem, FollowUp, FollowUpMove, Message, PensionNote

EXCERPT = 300
"""Characters of an older report on the page."""
IN_FULL = 3
"""How many of the latest reports are shown in full."""
NO_DAY = date(9999, 12, 31)
NO_ID = 2**31 - 1

_DOSSIER = bindparam("dossier_id", type_=Integer)
_CLIENT = bindparam("client_id", type_=Integer)
_HOUSEHOLD = bindparam("household_id", type_=Integer)
_ACTOR = bindparam("actor_id", type_=Integer)
_READS_REPORTS = bindparam("reads_reports", type_=Boolean)
_READS_BIRTH = bindparam("reads_birth", type_=Boolean)
_READS_WHAT = bindparam("reads_what", type_=Boolean)
_READS_HANDOVER = bindparam("reads_handover", type_=Boolean)
_READS_QUESTIONNAIRES = bindparam("reads_questionnaires", type_=Boolean)
_READS_OUTCOME = bindparam("reads_outcome", type_=Boolean)

HEAD = (
    select(
        Dossier.id, Dossier.number, Dossier.client_id, Dossier.municipality_id,
        Dossier.opened_on, Dossier.lead_id, Dossier.kind, Dossier.track_since,
        Dossier.planned_end, Dossier.last_contact_on, Client.initials, Client.given_name,
        Client.prefix, Client.surname, Client.birth_date, Client.seal, Client.bsn_sealed,
        Client.street, Client.postcode, Client.town, Client.phone, Client.email,
        Client.contact_preference, Client.interpreter, Client.approach, Client.household_id,
        Client.pension_on, Client.pension_provisional, User.name.label("lead"),
        TrackPeriod.reason, TrackPeriod.avoid, TrackPeriod.stop_reason, ProfileDecision.profile,
        ProfileDecision.valid_from.label("profile_on"), Organisation.name.label("profile_by"),
        MunicipalityNorms,
    )
    .join(Client, Client.id == Dossier.client_id)
    .join(TrackPeriod, and_(TrackPeriod.dossier_id == Dossier.id, TrackPeriod.running()))
    .outerjoin(User, User.id == Dossier.lead_id)
    .outerjoin(
        ProfileDecision, and_(ProfileDecision.client_id == Client.id, ProfileDecision.running())
    )
    .outerjoin(Organisation, Organisation.id == ProfileDecision.organisation_id)
    .outerjoin(MunicipalityNorms, MunicipalityNorms.municipality_id == Dossier.municipality_id)
    .where(Dossier.number == bindparam("number"), IN_REACH)
)  # fmt: skip
"""The dossier, its person and what runs today; one row, or none out of reach."""

_SHAPE: Mapping[str, Any] = {
    "row_id": Integer(), "ref": Integer(), "code": String(), "text": Text(), "more": Text(),
    "extra": Text(), "note": Text(), "day": Date(), "until": Date(), "other_day": Date(),
}  # fmt: skip


def _part(part: str, **columns: Any) -> AnySelect:
    """Return a select in the shared shape: the columns given, ``NULL`` for the others."""
    return select(literal_column(f"'{part}'").label("part"), *_shaped(_SHAPE, columns))


def _shaped(shape: Mapping[str, Any], columns: Mapping[str, Any]) -> list[ColumnElement[Any]]:
    """Return the columns in the order of the shape; a text column loses its enumeration."""
    return [
        (
            type_coerce(columns[name], kind) if name in columns else cast(null(), kind)
        ).label(name)
        for name, kind in shape.items()
    ]  # fmt: skip


_COLLEAGUE = aliased(User)
_PARTNER = aliased(Dossier)
AROUND = union_all(
    _part(
        "track", row_id=TrackPeriod.id, code=TrackPeriod.kind, day=TrackPeriod.valid_from,
        until=TrackPeriod.valid_to, other_day=TrackPeriod.planned_end,
    ).where(TrackPeriod.dossier_id == _DOSSIER, TrackPeriod.superseded_at.is_(None)),
    _part("subgroup", code=SubgroupPeriod.subgroup, day=SubgroupPeriod.valid_from).where(
        SubgroupPeriod.dossier_id == _DOSSIER, SubgroupPeriod.running()
    ),
    _part(
        "due", row_id=DueItem.id, ref=DueItem.subject_id, code=DueItem.kind, day=DueItem.due_on,
        text=case((_READS_WHAT, FollowUp.what)), more=_COLLEAGUE.name,
        note=cast(FollowUp.user_id, Text),
    )
    .outerjoin(FollowUp, and_(FollowUp.id == DueItem.subject_id, DueItem.kind == "follow_up"))
    .outerjoin(_COLLEAGUE, _COLLEAGUE.id == FollowUp.user_id)
    .where(DueItem.dossier_id == _DOSSIER, bindparam("reads_dates", type_=Boolean)),
    _part(
        "contact", row_id=Contact.id, text=Contact.name, more=Contact.role,
        extra=Contact.organisation, code=Contact.phone, day=Contact.since, until=Contact.until,
        other_day=Contact.discussed_on,
    ).where(Contact.client_id == _CLIENT, bindparam("reads_contacts", type_=Boolean)),
    _part(
        "member", row_id=HouseholdMember.id, text=HouseholdMember.name,
        code=HouseholdMember.relation, other_day=HouseholdMember.birth_date,
        day=HouseholdMember.since, until=HouseholdMember.until,
    ).where(HouseholdMember.household_id == _HOUSEHOLD, _READS_BIRTH),
    _part(
        "partner", row_id=Client.id, text=Client.surname, more=Client.prefix,
        extra=Client.initials, code=Client.given_name, note=_PARTNER.number,
        other_day=Client.birth_date,
    )
    .outerjoin(
        _PARTNER,
        and_(
            _PARTNER.client_id == Client.id,
            _PARTNER.holder_id == bindparam("organisation_id"),
        ),
    )
    .where(Client.household_id == _HOUSEHOLD, Client.id != _CLIENT, _READS_BIRTH),
)  # fmt: skip
"""Tracks as known now, subgroups, due items, and the people around the resident."""


class Kind(StrEnum):
    """What the timeline can be narrowed to; the value stands in the address."""

    ALL = ""
    CONVERSATIONS = "gesprekken"
    FOLLOW_UPS = "opvolging"
    TRACK = "traject"
    ASSIGNMENTS = "toewijzing"


_EVENT: Mapping[str, Any] = {
    "author_id": Integer(), "ref": Integer(), "size": Integer(), "at": Time(), "code": String(),
    "text": Text(), "more": Text(), "extra": Text(), "note": Text(), "until": Date(),
    "other_day": Date(),
}  # fmt: skip


def _event(
    source: type[Any], sort: int, kind: str, on: Any, where: Iterable[Any] = (), *,
    joins: Iterable[tuple[Any, Any]] = (), **columns: Any,
) -> AnySelect:  # fmt: skip
    """
    Return the events of one kind before the place asked for, the newest first, cut off.

    ``sort`` orders what happened on one day: what follows from something else is higher.
    """
    before = or_(
        on < bindparam("on"),
        bindparam("sort", type_=Integer) > sort,
        and_(bindparam("sort", type_=Integer) == sort, source.id < bindparam("id", type_=Integer)),
    )
    query = select(
        literal_column(str(sort), Integer).label("sort"), literal_column(f"'{kind}'").label("kind"),
        source.id.label("id"), on.label("day"), *_shaped(_EVENT, columns),
    ).select_from(source)  # fmt: skip
    for target, condition in joins:
        query = query.outerjoin(target, condition)
    query = query.where(on <= bindparam("on", type_=Date), before, *where)
    rows = query.order_by(on.desc(), source.id.desc()).limit(bindparam("rows", type_=Integer))
    return select(rows.subquery())


def _report(entry: Any, *, cut: bool) -> dict[str, Any]:
    """Return the columns of a report: for its readers, and for who wrote it."""
    readable = or_(_READS_REPORTS, entry.author_id == _ACTOR)
    newest = aliased(entry)
    latest = (
        select(newest.id)
        .where(newest.dossier_id == _DOSSIER)
        .order_by(newest.held_on.desc(), newest.id.desc())
        .limit(IN_FULL)
    )
    text = entry.report
    if cut:
        whole = or_(~_READS_REPORTS, entry.id.in_(select(latest.subquery().c.id)))
        text = case((whole, entry.report), else_=func.substr(entry.report, 1, EXCERPT))
    return {
        "author_id": entry.author_id, "at": entry.held_at, "code": entry.channel,
        "text": case((readable, text)), "size": case((readable, func.length(entry.report))),
    }  # fmt: skip


def _known_of_dossier(fact: Any) -> tuple[Any, ...]:
    return (fact.dossier_id == _DOSSIER, fact.superseded_at.is_(None))


_FIRST_DUE_ON = func.coalesce(
    select(FollowUpMove.from_on)
    .where(FollowUpMove.follow_up_id == FollowUp.id)
    .order_by(FollowUpMove.id)
    .limit(1)
    .scalar_subquery(),
    FollowUp.due_on,
)
_WHAT = case((_READS_WHAT, FollowUp.what))
_BEFORE = aliased(TrackPeriod)
_KIND_BEFORE = (
    select(_BEFORE.kind)
    .where(*_known_of_dossier(_BEFORE), _BEFORE.valid_to == TrackPeriod.valid_from)
    .limit(1)
    .scalar_subquery()
)
_NEXT = aliased(Assignment)
_SUCCEEDED = (
    select(_NEXT.id)
    .where(*_known_of_dossier(_NEXT), _NEXT.valid_from == Assignment.valid_to)
    .exists()
)
_FROM = aliased(Organisation)

_CONVERSATIONS = (
    _event(
        Conversation, 80, "conversation", Conversation.held_on,
        [Conversation.dossier_id == _DOSSIER], **_report(Conversation, cut=True),
        more=case((_READS_REPORTS, cast(Conversation.participants, Text))),
    ),
    _event(
        ContactAttempt, 70, "attempt", ContactAttempt.held_on,
        [ContactAttempt.dossier_id == _DOSSIER],
        **_report(ContactAttempt, cut=False), more=ContactAttempt.outcome,
    ),
    _event(
        Message, 60, "message", Message.written_on,
        [Message.dossier_id == _DOSSIER, Message.conversation_id.is_(None)],
        author_id=Message.author_id,
        text=case((or_(_READS_REPORTS, Message.author_id == _ACTOR), Message.text)),
    ),
)  # fmt: skip
_FOLLOW_UPS = (
    _event(
        FollowUp, 50, "planned", FollowUp.created_on, [FollowUp.dossier_id == _DOSSIER],
        joins=[(_COLLEAGUE, _COLLEAGUE.id == FollowUp.user_id)],
        author_id=FollowUp.created_by_id, text=_WHAT, until=_FIRST_DUE_ON,
        ref=FollowUp.conversation_id, more=_COLLEAGUE.name,
    ),
    _event(
        FollowUpMove, 52, "moved", FollowUpMove.moved_on,
        [FollowUp.id == FollowUpMove.follow_up_id, FollowUp.dossier_id == _DOSSIER],
        author_id=FollowUpMove.moved_by_id, text=_WHAT, until=FollowUpMove.to_on,
        other_day=FollowUpMove.from_on,
    ),
    _event(
        FollowUp, 54, "ended", FollowUp.ended_on,
        [FollowUp.dossier_id == _DOSSIER, FollowUp.ended_at.is_not(None)],
        author_id=FollowUp.ended_by_id, text=_WHAT, code=FollowUp.ending,
    ),
    _event(
        PensionNote, 45, "pension", PensionNote.recorded_on, [PensionNote.dossier_id == _DOSSIER],
        author_id=PensionNote.recorded_by_id, text=PensionNote.note,
        until=PensionNote.postponed_to,
    ),
)  # fmt: skip
_COURSE = (
    _event(
        TrackPeriod, 40, "track", TrackPeriod.valid_from, _known_of_dossier(TrackPeriod),
        author_id=TrackPeriod.first_recorder(), code=TrackPeriod.kind, text=TrackPeriod.reason,
        more=_KIND_BEFORE, extra=TrackPeriod.avoid, note=TrackPeriod.stop_reason,
        until=TrackPeriod.planned_end,
    ),
    _event(
        SubgroupPeriod, 30, "subgroup", SubgroupPeriod.valid_from,
        _known_of_dossier(SubgroupPeriod),
        author_id=SubgroupPeriod.first_recorder(), code=SubgroupPeriod.subgroup,
    ),
    _event(
        SubgroupPeriod, 31, "subgroup_end", SubgroupPeriod.valid_to,
        [*_known_of_dossier(SubgroupPeriod), SubgroupPeriod.valid_to.is_not(None)],
        author_id=SubgroupPeriod.recorded_by_id, code=SubgroupPeriod.subgroup,
    ),
    _event(
        ProfileDecision, 20, "profile", ProfileDecision.valid_from,
        [ProfileDecision.client_id == _CLIENT, ProfileDecision.superseded_at.is_(None)],
        joins=[(_FROM, _FROM.id == ProfileDecision.organisation_id)],
        author_id=ProfileDecision.first_recorder(), ref=ProfileDecision.profile,
        text=case((_READS_HANDOVER, ProfileDecision.justification)), more=_FROM.name,
    ),
    _event(
        Handover, 15, "handover", Handover.ended_on,
        [Handover.dossier_id == _DOSSIER, Handover.ended_at.is_not(None), _READS_HANDOVER],
        joins=[(_FROM, _FROM.id == Handover.from_organisation_id)],
        author_id=Handover.ended_by_id, text=Handover.note, more=_FROM.name,
    ),
    _event(
        Dossier, 10, "opening", Dossier.opened_on, [Dossier.id == _DOSSIER],
        author_id=Dossier.recorded_by_id, code=Dossier.origin, text=Dossier.opening_reason,
    ),
)  # fmt: skip
_QUESTIONNAIRES = (
    _event(
        Questionnaire, 18, "questionnaire", Questionnaire.ended_on,
        [
            Questionnaire.dossier_id == _DOSSIER,
            or_(
                and_(Questionnaire.state == QuestionnaireState.COMPLETED, _READS_QUESTIONNAIRES),
                and_(Questionnaire.state == QuestionnaireState.DISCARDED, _READS_OUTCOME),
            ),
        ],
        joins=[
            (_FROM, and_(_FROM.id == Questionnaire.organisation_id,
                         Questionnaire.application_id.is_not(None))),
            (ProfileSuggestion, and_(ProfileSuggestion.questionnaire_id == Questionnaire.id,
                                     _READS_OUTCOME)),
            (QuestionnaireVersion, and_(QuestionnaireVersion.id == Questionnaire.version_id,
                                        _READS_OUTCOME)),
        ],
        author_id=Questionnaire.ended_by_id, code=Questionnaire.state, more=_FROM.name,
        text=case((_READS_OUTCOME, Questionnaire.discard_reason)), ref=ProfileSuggestion.profile,
        note=case((QuestionnaireVersion.validated, "validated"),
                  (QuestionnaireVersion.validated.is_(False), "example")),
    ),
    _event(
        Questionnaire, 17, "questionnaire_begun", Questionnaire.started_on,
        [Questionnaire.dossier_id == _DOSSIER, Questionnaire.state == QuestionnaireState.OPEN,
         _READS_OUTCOME],
        author_id=Questionnaire.started_by_id,
    ),
)  # fmt: skip
_ASSIGNMENTS = (
    _event(
        Assignment, 35, "assignment", Assignment.valid_from, _known_of_dossier(Assignment),
        joins=[(_COLLEAGUE, _COLLEAGUE.id == Assignment.user_id)],
        author_id=Assignment.first_recorder(), text=Assignment.reason, more=_COLLEAGUE.name,
    ),
    _event(
        Assignment, 34, "assignment_end", Assignment.valid_to,
        [*_known_of_dossier(Assignment), Assignment.valid_to.is_not(None), ~_SUCCEEDED],
        joins=[(_COLLEAGUE, _COLLEAGUE.id == Assignment.user_id)],
        author_id=Assignment.recorded_by_id, more=_COLLEAGUE.name,
    ),
)  # fmt: skip


def _newest(*branches: AnySelect) -> AnySelect:
    events: FromClause = union_all(*branches).subquery()
    return (
        select(events, User.name.label("author"))
        .outerjoin(User, User.id == events.c.author_id)
        .order_by(events.c.day.desc(), events.c.sort.desc(), events.c.id.desc())
        .limit(bindparam("rows", type_=Integer))
    )


TIMELINE: Mapping[Kind, AnySelect] = {
    Kind.ALL: _newest(*_CONVERSATIONS, *_FOLLOW_UPS, *_COURSE, *_QUESTIONNAIRES, *_ASSIGNMENTS),
    Kind.CONVERSATIONS: _newest(*_CONVERSATIONS),
    Kind.FOLLOW_UPS: _newest(*_FOLLOW_UPS),
    Kind.TRACK: _newest(*_COURSE, *_QUESTIONNAIRES),
    Kind.ASSIGNMENTS: _newest(*_ASSIGNMENTS),
}
"""Per filter the events before ``on``, ``sort``, ``id``, the newest first, at most ``rows``."""
