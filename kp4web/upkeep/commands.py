"""What the night does: forget what is long over, and note how the log was found."""

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


@dataclass(frozen=True, slots=True)
class Verified:
    """What checking the log found: entries, heads outside the database, faults."""

    entries: int
    heads: int
    faults: int


def record_verified(session: Session, verified: Verified, *, now: datetime) -> None:
    """Log how the log was found, for the data protection officer to read."""
    record(
        session, None, "log_verify", now=now, status="fault" if verified.faults else "ok",
        entries=verified.entries, heads=verified.heads, faults=verified.faults,
    )  # fmt: skip


def _delete(
    session: Session,
    table: type[UserSession] | type[SignInAttempt],
    condition: ColumnElement[bool],
) -> int:
    count = session.scalar(select(func.count(table.id)).where(condition)) or 0
    session.execute(delete(table).where(condition))
    return count
