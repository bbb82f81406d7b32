"""What the night forgets: drafts, sessions and attempts to sign in that are long over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import SignInAttempt, UserSession
from kp4web.audit.commands import record
from kp4web.drafts import commands as drafts

KEPT = timedelta(days=30)
"""How long an ended session and an attempt to sign in are kept."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows were deleted."""

    drafts: int
    sessions: int
    attempts: int


def forget_old(session: Session, *, now: datetime) -> Forgotten:
    """Delete what nobody needs any more, and log how many; what runs is left alone."""
    limit = now - KEPT
    over = or_(UserSession.ended_at < limit, UserSession.expires_at < limit)
    forgotten = Forgotten(
        drafts=drafts.forget_old(session, now=now),
        sessions=_delete(session, UserSession, over),
        attempts=_delete(session, SignInAttempt, SignInAttempt.at < limit),
    )
    record(
        session, None, "nightly", now=now, drafts=forgotten.drafts, sessions=forgotten.sessions,
        attempts=forgotten.attempts,
    )  # fmt: skip
    session.flush()
    return forgotten


def _delete(
    session: Session,
    table: type[UserSession] | type[SignInAttempt],
    condition: ColumnElement[bool],
) -> int:
    count = session.scalar(select(func.count(table.id)).where(condition)) or 0
    session.execute(delete(table).where(condition))
    return count
