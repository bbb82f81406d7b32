"""Taking over dossiers and assigning them to consultants, one or several at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User, UserRole
from kp4web.caseload.models import Assignment
from kp4web.caseload.queries import Match, matches_for
from kp4web.clients.commands import Person as Person  # the form builds one too
from kp4web.clients.commands import check_person, who_is_typed
from kp4web.domain.actor import Actor, Role
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.periods import change, current, end
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.domain.tracks import TrackChange, check_change
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.tracks.commands import OpenDossier, open_dossier
from kp4web.worklist.commands import refresh_due_items

REASON_LIMIT = 500
AT_ONCE = 500


@dataclass(frozen=True)
class AssignDossiers:
    """The intention to give dossiers, by number, to a consultant."""

    numbers: tuple[str, ...]
    user_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """What happened to one dossier: from whom it came, and whether anything changed."""

    number: str
    earlier_lead_id: int | None
    changed: bool


def assign_dossiers(
    session: Session, actor: Actor, command: AssignDossiers, *, now: datetime, today: date
) -> list[Assigned]:
    """
    Make a consultant of the own organisation the lead of these dossiers from today.

    All of them or none. Returns the result per dossier; who is the lead already stays it.
    Raises ``InvalidInput`` at the field, ``Forbidden`` or ``NotFound`` (one is out of reach).
    """
    require(actor, Action.DOSSIER_ASSIGN)
    if not command.numbers:
        raise InvalidInput("dossier", "Kies eerst een of meer dossiers.")
    if len(command.numbers) > AT_ONCE:
        raise InvalidInput("dossier", f"Kies hoogstens {AT_ONCE} dossiers tegelijk.")
    if not command.reason.strip():
        raise InvalidInput("reason", "Schrijf op waarom u deze dossiers zo verdeelt.")
    if len(command.reason) > REASON_LIMIT:
        raise InvalidInput("reason", f"Gebruik hier hoogstens {REASON_LIMIT} tekens.")
    if not _is_consultant(session, actor, command.user_id):
        raise InvalidInput("user", "Kies een consulent van uw eigen team.")
    refs = [dossier_ref(session, actor, n, lock=True) for n in sorted(set(command.numbers))]
    results = [_assign(session, actor, ref, command, now=now, today=today) for ref in refs]
    session.flush()
    refresh_due_items(session, [ref.id for ref in refs])
    return results


def _is_consultant(session: Session, actor: Actor, user_id: int) -> bool:
    query = (
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            User.id == user_id,
            User.organisation_id == actor.organisation_id,
            User.closed_at.is_(None),
            UserRole.role == Role.CONSULTANT,
            UserRole.revoked_at.is_(None),
        )
    )
    return session.scalar(query) is not None


def _assign(
    session: Session,
    actor: Actor,
    ref: DossierRef,
    command: AssignDossiers,
    *,
    now: datetime,
    today: date,
) -> Assigned:
    ref.require(Field.ASSIGNMENT, Access.WRITE)
    if ref.lead_id == command.user_id:
        return Assigned(ref.number, ref.lead_id, changed=False)
    if not ref.is_active:
        raise InvalidInput(
            "dossier", f"Dossier {ref.number} is gestopt en kan niet worden toegewezen."
        )
    rows = Assignment.history(session, dossier_id=ref.id)
    Assignment.store(
        session, change(rows, today, today=today, at=now),
        key={"dossier_id": ref.id, "municipality_id": ref.municipality_id},
        content={"user_id": command.user_id, "reason": command.reason.strip()},
        recorded_by_id=actor.id,
    )  # fmt: skip
    session.get_one(Dossier, ref.id).lead_id = command.user_id
    record_in(
        session, actor, ref, "dossier_assign", now=now, lead=command.user_id, earlier=ref.lead_id
    )
    return Assigned(ref.number, ref.lead_id, changed=True)


def end_assignment(
    session: Session, actor: Actor, ref: DossierRef, *, now: datetime, today: date
) -> None:
    """
    Leave a dossier without a lead from today (behind the lock of the command that does so).

    Due items are refreshed by the caller. Nothing happens when nobody holds it.
    """
    rows = Assignment.history(session, dossier_id=ref.id)
    if current(rows) is None:
        return
    key = {"dossier_id": ref.id, "municipality_id": ref.municipality_id}
    plan = end(rows, today, today=today, at=now)
    Assignment.store(session, plan, key=key, content={}, recorded_by_id=actor.id)
    session.get_one(Dossier, ref.id).lead_id = None
    record_in(session, actor, ref, "dossier_unassign", now=now, earlier=ref.lead_id)


@dataclass(frozen=True)
class TakeOverDossier:
    """The intention to take over an existing dossier, with a consultant for it when chosen."""

    person: Person
    opened_on: date
    track: TrackChange
    """The running track; its ``valid_from`` is since when."""
    reason: str
    partner_of: str | None = None
    """Number of the dossier of somebody in the same household."""
    user_id: int | None = None
    confirmed: frozenset[str] = frozenset()
    """Numbers of the dossiers that look like this person's, and are not."""


class PossibleDouble(DomainError):
    """Dossiers with the same name and birth date exist; who opens another one says so."""

    def __init__(self, matches: Collection[Match]) -> None:
        super().__init__("Er is al een dossier met deze naam en geboortedatum.")
        self.matches = tuple(matches)


def take_over_dossier(
    session: Session, actor: Actor, command: TakeOverDossier, *, now: datetime, today: date
) -> Dossier:
    """
    Open a dossier for somebody who is guided already, and assign it when a lead was chosen.

    Raises ``InvalidInput`` at the field, ``PossibleDouble`` for a look-alike that was not
    confirmed, or ``Forbidden``.
    """
    require(actor, Action.DOSSIER_OPEN)
    _check_opening(session, actor, command, today=today)
    opening = OpenDossier(
        person=command.person, opened_on=command.opened_on, track=command.track,
        reason=command.reason, partner_of=command.partner_of,
    )  # fmt: skip
    dossier = open_dossier(session, actor, opening, now=now, today=today)
    if command.user_id is not None:
        giving = AssignDossiers((dossier.number,), command.user_id, command.reason)
        assign_dossiers(session, actor, giving, now=now, today=today)
    return dossier


def _check_opening(
    session: Session, actor: Actor, command: TakeOverDossier, *, today: date
) -> None:
    """Check what only counts when somebody types it; the rest is checked by ``open_dossier``."""
    person = command.person
    check_person(person, today=today)
    check_change(None, None, command.track)
    if command.opened_on < person.birth_date:
        raise InvalidInput("opened_on", "De openingsdatum ligt voor de geboortedatum.")
    if command.partner_of:
        try:
            dossier_ref(session, actor, command.partner_of)
        except NotFound as error:
            raise InvalidInput("partner_of", str(error)) from error
    if command.user_id is not None and not _is_consultant(session, actor, command.user_id):
        raise InvalidInput("user", "Kies een consulent van uw eigen team.")
    matches = matches_for(session, actor, who_is_typed(person))
    alike = [match for match in matches if not match.same_bsn and not match.other_bsn]
    if not {match.number for match in alike} <= command.confirmed:
        raise PossibleDouble(alike)
