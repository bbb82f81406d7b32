"""Assigning dossiers to consultants, one or several at a time, with history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User, UserRole
from kp4web.audit.commands import record
from kp4web.caseload.models import Assignment
from kp4web.domain.actor import Actor, Role
from kp4web.domain.errors import InvalidInput
from kp4web.domain.periods import change
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import DossierRef, dossier_ref
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
    record(
        session, actor, "dossier_assign", now=now, subjects=[ref.client_id], dossier_id=ref.id,
        municipality_id=ref.municipality_id, relation=ref.relations,
        lead=command.user_id, earlier=ref.lead_id,
    )  # fmt: skip
    return Assigned(ref.number, ref.lead_id, changed=True)


def numbers_of(results: Sequence[Assigned]) -> list[str]:
    """Return the numbers of the dossiers that changed hands."""
    return [result.number for result in results if result.changed]
