"""The job coaches of a work agency: who can review a KP3 hand-over and guide after it."""

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User, UserRole
from kp4web.domain.actor import Actor, Role

_COACHES = (
    select(User.id, User.name)
    .join(UserRole, and_(UserRole.user_id == User.id, UserRole.role == Role.JOB_COACH))
    .where(
        User.organisation_id == bindparam("organisation_id"), User.closed_at.is_(None),
        UserRole.revoked_at.is_(None),
    )
    .order_by(User.name, User.id)
)  # fmt: skip
_COACH = _COACHES.where(User.id == bindparam("id"))


def coaches_of(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Return the job coaches of the own organisation."""
    found = session.execute(_COACHES, {"organisation_id": actor.organisation_id})
    return tuple((row.id, row.name) for row in found)


def is_coach(session: Session, actor: Actor, user_id: int | None) -> bool:
    """Return whether this is a job coach of the own organisation."""
    key = {"id": user_id or 0, "organisation_id": actor.organisation_id}
    return session.execute(_COACH, key).one_or_none() is not None
