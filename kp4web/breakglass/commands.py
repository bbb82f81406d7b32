"""Opening a dossier by giving a reason, and closing it again before the day is over."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import ReasonGrant
from kp4web.breakglass.queries import NOTHING_TO_OPEN
from kp4web.domain.actor import Actor, Role
from kp4web.domain.errors import Forbidden
from kp4web.domain.policy import Action, Relation, opened_by_reason, require
from kp4web.domain.reasons import LASTS, checked_reason
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.worklist.commands import LeaveMessage, add_message, refresh_due_items

_RUNNING = select(ReasonGrant).where(
    ReasonGrant.user_id == bindparam("user_id"), ReasonGrant.dossier_id == bindparam("dossier_id"),
    ReasonGrant.ended_at.is_(None), ReasonGrant.expires_at > bindparam("now"),
)  # fmt: skip


@dataclass(frozen=True)
class OpenWithReason:
    """The intention to see for a day what only a reason opens."""

    reason: str


def open_with_reason(
    session: Session,
    actor: Actor,
    number: str,
    command: OpenWithReason,
    *,
    now: datetime,
    today: date,
) -> ReasonGrant:
    """
    Open a dossier within reach for a day and leave word for its lead.

    Sent twice, or asked again while it is open, it stays the one grant with its own end. Raises
    ``InvalidInput`` for a reason that says too little, ``Forbidden`` where none is needed.
    """
    require(actor, Action.BREAK_GLASS)
    ref = dossier_ref(session, actor, number, lock=True)
    if running := _running(session, actor, ref, now):
        return running
    if not opened_by_reason(ref.relations):
        raise Forbidden(NOTHING_TO_OPEN)
    reason = checked_reason(command.reason)
    grant = ReasonGrant(
        user_id=actor.id, dossier_id=ref.id, municipality_id=ref.municipality_id,
        role=Role.CONSULTANT if Relation.COLLEAGUE in ref.relations else Role.COORDINATOR,
        reason=reason, granted_at=now, expires_at=now + LASTS,
    )  # fmt: skip
    session.add(grant)
    session.flush()
    word = LeaveMessage(f"Ik heb dit dossier ingezien met een reden: {reason}")
    add_message(session, actor, ref, word, now=now, today=today)
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, "break_glass", now=now, reason=reason, grant=grant.id)
    return grant


def close_with_reason(session: Session, actor: Actor, number: str, *, now: datetime) -> DossierRef:
    """End what a reason opened for this actor in this dossier; nothing open is no fault."""
    require(actor, Action.BREAK_GLASS)
    ref = dossier_ref(session, actor, number, lock=True)
    if running := _running(session, actor, ref, now):
        running.ended_at = now
        session.flush()
        record_in(
            session, actor, ref, "break_glass_end", now=now, reason=running.reason,
            grant=running.id,
        )  # fmt: skip
    return ref


def _running(session: Session, actor: Actor, ref: DossierRef, now: datetime) -> ReasonGrant | None:
    """Return the running grant: looked up behind the lock, the actor's own may be older."""
    key = {"user_id": actor.id, "dossier_id": ref.id, "now": now}
    return session.scalars(_RUNNING, key).first()
