"""
The due items that ought to be there, those that are stored, and what one item's form needs.

``expected_items`` computes with ``domain.due`` what ``commands.refresh_due_items`` stores;
``flask --app wsgi worklist verify`` compares the two for every dossier. The page of the work
list itself is read in ``overview``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    String,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from kp4web.accounts.models import User, UserRole
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.domain import due
from kp4web.domain.actor import Actor, Role
from kp4web.domain.agreements import Party, agreed
from kp4web.domain.dates import dutch_date
from kp4web.domain.due import (
    DossierState,
    DueKind,
    LastHandover,
    OpenAgreement,
    OpenFollowUp,
    OpenQuestion,
    RunningExemption,
    UnreadMessage,
    UnseenCorrection,
    WaitingSignal,
)
from kp4web.domain.errors import DomainError, NotFound
from kp4web.domain.handovers import HandoverKind, HandoverState
from kp4web.domain.policy import Access, Action, Field, access, require
from kp4web.domain.sanctions import SignalState
from kp4web.domain.talks import day_and_time
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import (
    Corrected,
    Correction,
    Dossier,
    Exemption,
    FeedbackReport,
    Handover,
    SanctionSignal,
)
from kp4web.dossiers.queries import DossierRef, dossier_ref, dossier_ref_by_id, reach_of
from kp4web.extensions import AnyRow, rows_of
from kp4web.organisations.models import NORMS, MunicipalityNorms, norms_in
from kp4web.worklist.models import (
    Agreement,
    DueItem,
    FollowUp,
    Message,
    PensionNote,
    PlannedTalk,
    ReportQuestion,
)
from kp4web.worklist.overview import days_for as days_for
from kp4web.worklist.overview import work_for as work_for
from kp4web.worklist.pieces import Wanted as Wanted
from kp4web.worklist.pieces import WorkRow as WorkRow

_IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_SEEN = (
    select(func.count(PensionNote.id))
    .where(PensionNote.dossier_id == Dossier.id, PensionNote.postponed_to.is_(None))
    .scalar_subquery()
)
_POSTPONED = (
    select(PensionNote.postponed_to)
    .where(PensionNote.dossier_id == Dossier.id, PensionNote.postponed_to.is_not(None))
    .order_by(PensionNote.id.desc())
    .limit(1)
    .scalar_subquery()
)
_STATE = (
    select(
        Dossier.id, Dossier.municipality_id, Dossier.holder_id, Dossier.lead_id, Dossier.kind,
        Dossier.track_since, Dossier.planned_end, Dossier.opened_on, Dossier.last_contact_on,
        Client.pension_on, _SEEN.label("seen"), _POSTPONED.label("postponed_to"),
        *NORMS, Exemption.id.label("exemption_id"), Exemption.ends_on,
        Exemption.lapses, Exemption.plan_made_on, Exemption.plan_due_on, Exemption.review_on,
    )
    .join(Client, Client.id == Dossier.client_id)
    .outerjoin(Exemption, and_(Exemption.dossier_id == Dossier.id, Exemption.running()))
    .outerjoin(MunicipalityNorms, MunicipalityNorms.municipality_id == Dossier.municipality_id)
    .where(Dossier.id.in_(_IDS))
)  # fmt: skip
_STORED_OR_OPEN: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(
        literal_column("'stored'").label("source"), DueItem.dossier_id, DueItem.id,
        DueItem.due_on.label("on"), DueItem.user_id, DueItem.organisation_id,
        type_coerce(DueItem.kind, String).label("kind"), DueItem.subject_id,
    ).where(DueItem.dossier_id.in_(_IDS)),
    select(
        literal_column("'follow_up'"), FollowUp.dossier_id, FollowUp.id, FollowUp.due_on,
        FollowUp.user_id, null(), null(), null(),
    ).where(FollowUp.dossier_id.in_(_IDS), FollowUp.ended_at.is_(None)),
    select(
        literal_column("'message'"), Message.dossier_id, Message.id, Message.written_on,
        null(), null(), null(), null(),
    ).where(Message.dossier_id.in_(_IDS), Message.read_at.is_(None)),
    select(
        literal_column("'agreement'"), Agreement.dossier_id, Agreement.id, Agreement.due_on,
        null(), null(), type_coerce(Agreement.who, String), null(),
    ).where(
        Agreement.dossier_id.in_(_IDS), Agreement.ended_at.is_(None), Agreement.due_on.is_not(None)
    ),
    select(
        literal_column("'signal'"), SanctionSignal.dossier_id, SanctionSignal.id,
        SanctionSignal.state_on, null(), null(), type_coerce(SanctionSignal.state, String), null(),
    ).where(SanctionSignal.dossier_id.in_(_IDS)),
    select(
        literal_column("'question'"), ReportQuestion.dossier_id, ReportQuestion.id,
        func.coalesce(ReportQuestion.answered_on, ReportQuestion.asked_on),
        null(), null(), case((ReportQuestion.answered_at.is_not(None), "answered")), null(),
    ).where(ReportQuestion.dossier_id.in_(_IDS), ReportQuestion.ended_at.is_(None)),
    select(
        literal_column("'correction'"), Correction.dossier_id, Correction.id,
        Correction.corrected_on, null(), null(), null(), null(),
    ).where(
        Correction.dossier_id.in_(_IDS), Correction.subject == Corrected.PROFILE,
        Correction.seen_at.is_(None),
    ),
    select(
        literal_column("'handover'"), Handover.dossier_id, Handover.id,
        func.coalesce(FeedbackReport.written_on, Handover.ended_on, Handover.offered_on),
        null(), null(), type_coerce(Handover.state, String), FeedbackReport.id,
    ).outerjoin(FeedbackReport, FeedbackReport.handover_id == Handover.id).where(
        Handover.dossier_id.in_(_IDS), Handover.kind == HandoverKind.KP3,
        or_(
            Handover.state == HandoverState.OFFERED,
            and_(
                Handover.state == HandoverState.ACCEPTED, Handover.guided_until.is_(None),
                FeedbackReport.read_at.is_(None),
            ),
        ),
    ),
)  # fmt: skip
"""What is stored and what is waited for, in one statement: every command asks for both."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One due item as it is stored, without its id."""

    dossier_id: int
    municipality_id: int
    organisation_id: int
    kind: DueKind
    due_on: date
    user_id: int | None
    subject_id: int | None

    @property
    def key(self) -> tuple[Any, ...]:
        """Return what makes two rows the same."""
        return (
            self.dossier_id, self.organisation_id, str(self.kind), self.due_on,
            self.user_id, self.subject_id,
        )  # fmt: skip

    @property
    def columns(self) -> dict[str, Any]:
        """Return the row as it is inserted."""
        return {name: getattr(self, name) for name in self.__slots__}


def expected_items(session: Session, dossier_ids: Sequence[int]) -> dict[int, list[ItemRow]]:
    """Return per dossier the due items that must be there, computed anew."""
    return expected_and_stored(session, dossier_ids)[0]


def expected_and_stored(
    session: Session, dossier_ids: Sequence[int], changed: Mapping[str, Any] | None = None
) -> tuple[dict[int, list[ItemRow]], dict[tuple[Any, ...], int]]:
    """
    Return the due items that must be there, and those stored: what they say, and their row.

    ``changed``: columns of the dossiers that are about to be stored.
    """
    waiting: dict[int, list[AnyRow]] = {}
    stored: dict[tuple[Any, ...], int] = {}
    for row in rows_of(session, _STORED_OR_OPEN, {"ids": dossier_ids}):
        if row.source == "stored":
            stored[_key_of(row)] = row.id
        else:
            waiting.setdefault(row.dossier_id, []).append(row)
    states = rows_of(session, _STATE, {"ids": dossier_ids})
    wanted = {row.id: list(_items(row, waiting.get(row.id, ()), changed or {})) for row in states}
    return wanted, stored


def _key_of(row: AnyRow) -> tuple[Any, ...]:
    """Return what ``ItemRow.key`` says, of a stored row."""
    return (
        row.dossier_id, row.organisation_id, str(row.kind), row.on, row.user_id, row.subject_id,
    )  # fmt: skip


def _items(row: AnyRow, waiting: Iterable[AnyRow], changed: Mapping[str, Any]) -> Iterable[ItemRow]:
    norms = norms_in(row)
    for item in due.due_items(_state(row, tuple(waiting), changed), norms):
        yield ItemRow(
            dossier_id=row.id, municipality_id=row.municipality_id,
            organisation_id=row.holder_id, kind=item.kind, due_on=item.due_on,
            user_id=None if item.for_coordinator else item.user_id or row.lead_id,
            subject_id=item.subject_id,
        )  # fmt: skip


def _state(row: AnyRow, waiting: tuple[AnyRow, ...], changed: Mapping[str, Any]) -> DossierState:
    return DossierState(
        kind=TrackKind(row.kind), track_since=row.track_since, planned_end=row.planned_end,
        opened_on=row.opened_on,
        last_contact_on=changed.get("last_contact_on", row.last_contact_on),
        has_lead=row.lead_id is not None, aow_on=row.pension_on,
        pension_seen=bool(row.seen), pension_postponed_to=row.postponed_to,
        follow_ups=tuple(
            OpenFollowUp(w.id, w.on, w.user_id) for w in waiting if w.source == "follow_up"
        ),
        messages=tuple(UnreadMessage(w.id, w.on) for w in waiting if w.source == "message"),
        agreements=tuple(
            OpenAgreement(w.id, w.on, is_ours=w.kind == Party.CONSULTANT)
            for w in waiting if w.source == "agreement"
        ),
        exemption=_exemption(row),
        signals=tuple(
            WaitingSignal(w.id, SignalState(w.kind), w.on) for w in waiting if w.source == "signal"
        ),
        questions=tuple(
            OpenQuestion(w.id, w.on, is_answered=w.kind == "answered")
            for w in waiting if w.source == "question"
        ),
        corrections=tuple(
            UnseenCorrection(w.id, w.on) for w in waiting if w.source == "correction"
        ),
        handover=next((_handover(w) for w in waiting if w.source == "handover"), None),
    )  # fmt: skip


def _handover(row: AnyRow) -> LastHandover:
    has_feedback = row.subject_id is not None
    return LastHandover(row.id, HandoverState(row.kind), row.on, has_feedback)


def _exemption(row: AnyRow) -> RunningExemption | None:
    if row.exemption_id is None:
        return None
    plan_due_on = None if row.plan_made_on else row.plan_due_on
    return RunningExemption(row.ends_on, row.lapses, plan_due_on, row.review_on)


NO_FOLLOW_UP = "Deze opvolging bestaat niet of is niet voor u."
NO_AGREEMENT = "Deze afspraak bestaat niet of is niet voor u."
AGREEMENT_ENDED = "Deze afspraak is intussen afgerond. Er is niets veranderd."
_AGREEMENT = select(
    Agreement.dossier_id, Agreement.due_on, Agreement.what, Agreement.who, Agreement.ended_at,
).where(Agreement.id == bindparam("id"))  # fmt: skip
_FOLLOW_UP = (
    select(
        FollowUp.id, FollowUp.dossier_id, FollowUp.due_on, FollowUp.what, FollowUp.user_id,
        FollowUp.ending, FollowUp.revision, PlannedTalk.minutes, FollowUp.ended_at,
        FollowUp.ended_on, FollowUp.ended_by_id, PlannedTalk.starts_at, PlannedTalk.place,
    )
    .outerjoin(PlannedTalk, PlannedTalk.follow_up_id == FollowUp.id)
    .where(FollowUp.id == bindparam("id"))
)  # fmt: skip
_CONSULTANTS = (
    select(User.id, User.name)
    .join(UserRole, UserRole.user_id == User.id)
    .where(
        User.organisation_id == bindparam("organisation_id"),
        User.closed_at.is_(None),
        UserRole.role == Role.CONSULTANT,
        UserRole.revoked_at.is_(None),
    )
    .order_by(User.name, User.id)
)
_PERSON = select(
    Client.initials, Client.given_name, Client.prefix, Client.surname, Client.pension_on
).where(Client.id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class DossierLine:
    """The dossier that a form is about, and whom."""

    ref: DossierRef
    name: str
    pension_on: date


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open follow-up as the form to move it shows it; ``what`` only for who may read it."""

    id: int
    due_on: date
    what: str | None
    dossier: DossierLine
    starts_at: time | None = None
    """Of a planned talk."""
    place: str | None = None
    """The same; ``None`` for who may not read it."""

    @property
    def when(self) -> str:
        """Return the day it stands on now, with the time of a planned talk."""
        return day_and_time(self.due_on, self.starts_at)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A consultant of the own team."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class OpenAgreementLine:
    """An open agreement as the form to settle it shows it."""

    id: int
    due_on: date | None
    text: str
    dossier: DossierLine


def dossier_line(session: Session, actor: Actor, number: str) -> DossierLine:
    """Return whom a dossier is about; raises ``Forbidden`` or ``NotFound``."""
    return _line(session, dossier_ref(session, actor, number))


def _line(session: Session, ref: DossierRef) -> DossierLine:
    ref.require(Field.PERSON, Access.READ)
    row = session.execute(_PERSON, {"id": ref.client_id}).one()
    name = name_of(row)
    return DossierLine(ref, name, row.pension_on)


def follow_up_row(
    session: Session, actor: Actor, follow_up_id: int, *, missing: str
) -> tuple[AnyRow, DossierRef]:
    """Return a follow-up and its dossier; raises ``NotFound`` (``missing``) out of reach."""
    require(actor, Action.FOLLOW_UP_CHANGE)
    row = session.execute(_FOLLOW_UP, {"id": follow_up_id}).one_or_none()
    if row is None:
        raise NotFound(missing)
    try:
        return row, dossier_ref_by_id(session, actor, row.dossier_id)
    except NotFound as error:
        raise NotFound(missing) from error


def follow_up_for(session: Session, actor: Actor, follow_up_id: int) -> OpenItem:
    """
    Return an open follow-up that the actor may move.

    Raises ``NotFound`` out of reach, ``DomainError`` when it has ended, or ``Forbidden``.
    """
    row, ref = follow_up_row(session, actor, follow_up_id, missing=NO_FOLLOW_UP)
    if row.ended_at is not None:
        raise DomainError(settled(row.ended_on, by_self=row.ended_by_id == actor.id))
    if row.user_id != actor.id:
        ref.require(Field.FOLLOW_UP_DATE, Access.WRITE)
    reads = access(ref.relations, Field.FOLLOW_UP_WHAT) >= Access.READ
    what = row.what if reads else None
    place = row.place if reads else None
    return OpenItem(follow_up_id, row.due_on, what, _line(session, ref), row.starts_at, place)


def consultants_for(session: Session, actor: Actor) -> tuple[Colleague, ...]:
    """Return the consultants of the actor's own team, to whom a follow-up can be given."""
    require(actor, Action.FOLLOW_UP_CHANGE)
    rows = session.execute(_CONSULTANTS, reach_of(actor))
    return tuple(Colleague(*row) for row in rows)


def colleagues_for(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Return the other consultants of the actor's own team: id and name."""
    found = consultants_for(session, actor)
    return tuple((one.id, one.name) for one in found if one.id != actor.id)


def agreement_for(session: Session, actor: Actor, agreement_id: int) -> OpenAgreementLine:
    """
    Return an open agreement that the actor may settle.

    Raises ``NotFound`` out of reach, ``DomainError`` when it has ended, or ``Forbidden``.
    """
    require(actor, Action.AGREEMENT_SETTLE)
    row = session.execute(_AGREEMENT, {"id": agreement_id}).one_or_none()
    if row is None:
        raise NotFound(NO_AGREEMENT)
    try:
        ref = dossier_ref_by_id(session, actor, row.dossier_id)
    except NotFound as error:
        raise NotFound(NO_AGREEMENT) from error
    ref.require(Field.REPORTS, Access.WRITE)
    if row.ended_at is not None:
        raise DomainError(AGREEMENT_ENDED)
    return OpenAgreementLine(
        agreement_id, row.due_on, agreed(row.who, row.what), _line(session, ref)
    )


def settled(ended_on: date | None, *, by_self: bool) -> str:
    """Return what happened to a follow-up that is no longer open."""
    when = f" op {dutch_date(ended_on)}" if ended_on else ""
    who = "door uzelf" if by_self else "door een collega"
    return f"Deze opvolging is al afgehandeld{when}, {who}. Er is niets veranderd."
