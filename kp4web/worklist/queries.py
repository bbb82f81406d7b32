"""
What one item's form needs, and the dossier it is about.

The page of the work list itself is read in ``overview``; what ought to be due in ``expected``.
"""

from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User, UserRole
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor, Role
from kp4web.domain.agreements import agreed
from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import DomainError, NotFound
from kp4web.domain.policy import Access, Action, Field, access, require
from kp4web.domain.talks import day_and_time
from kp4web.dossiers.queries import DossierRef, dossier_ref, dossier_ref_by_id, reach_of
from kp4web.extensions import AnyRow
from kp4web.worklist.expected import ItemRow as ItemRow
from kp4web.worklist.expected import expected_and_stored as expected_and_stored
from kp4web.worklist.expected import expected_items as expected_items
from kp4web.worklist.models import Agreement, FollowUp, PlannedTalk
from kp4web.worklist.overview import days_for as days_for
from kp4web.worklist.overview import work_for as work_for
from kp4web.worklist.pieces import Wanted as Wanted
from kp4web.worklist.pieces import WorkRow as WorkRow

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
