"""Choosing the digest; claiming one before it is sent, and noting how that ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.audit.commands import record
from kp4web.digest.models import DigestSent, DigestSetting
from kp4web.digest.queries import digest_for
from kp4web.domain.actor import Actor
from kp4web.domain.dates import add_days
from kp4web.domain.digest import Digest, Rhythm, SendOutcome
from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import Action, require

KEPT_DAYS = 30
LONGEST_SEND = timedelta(hours=1)
"""After this a claim without an outcome is one that broke off."""
_LOCK = select(User.id).where(User.id == bindparam("user_id")).with_for_update(key_share=True)
_INSERTS: Mapping[str, Callable[..., Any]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


@dataclass(frozen=True)
class SetDigest:
    """The intention to get the digest this often; 0 is Monday."""

    rhythm: Rhythm
    weekday: int = 0


@dataclass(frozen=True, slots=True)
class ClaimedDigest:
    """A digest that is this process's to send."""

    id: int
    email: str
    actor: Actor
    digest: Digest


def set_digest(session: Session, actor: Actor, command: SetDigest, *, now: datetime) -> None:
    """Let the actor get the digest this often; raises ``InvalidInput`` for no such weekday."""
    require(actor, Action.WORKLIST_READ)
    if command.weekday not in range(7):
        raise InvalidInput("weekday", "Kies een dag van de week.")
    session.execute(_LOCK, {"user_id": actor.id})
    row = session.get(DigestSetting, actor.id)
    if row is None:
        row = DigestSetting(user_id=actor.id)
        session.add(row)
    row.rhythm, row.weekday, row.changed_at = command.rhythm, command.weekday, now
    record(session, actor, "digest_set", now=now, rhythm=command.rhythm.value)
    session.flush()


def claim_digest(
    session: Session, user_id: int, *, now: datetime, today: date
) -> ClaimedDigest | None:
    """
    Claim the digest of a user for today; ``None`` when there is none or another has it.

    The caller commits before sending. Only what was certainly not sent can be claimed again.
    """
    prepared = digest_for(session, user_id, today=today)
    if prepared is None:
        return None
    email, actor, digest = prepared
    claimed = _claim_anew(session, user_id, now, today) or _claim_again(
        session, user_id, now, today
    )
    return ClaimedDigest(claimed, email, actor, digest) if claimed else None


def _claim_anew(session: Session, user_id: int, now: datetime, today: date) -> int | None:
    insert = _INSERTS[session.get_bind().dialect.name]
    claim = (
        insert(DigestSent)
        .values(user_id=user_id, for_day=today, claimed_at=now)
        .on_conflict_do_nothing(index_elements=["user_id", "for_day"])
        .returning(DigestSent.id)
    )
    claimed: int | None = session.scalar(claim)
    return claimed


def _claim_again(session: Session, user_id: int, now: datetime, today: date) -> int | None:
    return session.scalar(
        update(DigestSent)
        .where(
            DigestSent.user_id == user_id,
            DigestSent.for_day == today,
            DigestSent.outcome == SendOutcome.REFUSED,
        )
        .values(claimed_at=now, outcome=None, ended_at=None)
        .returning(DigestSent.id)
        .execution_options(synchronize_session=False)
    )


def end_digest(
    session: Session, claimed: ClaimedDigest, outcome: SendOutcome, *, now: datetime
) -> None:
    """Note how sending a claimed digest ended, and log it: counts, never a number."""
    session.execute(
        update(DigestSent)
        .where(DigestSent.id == claimed.id)
        .values(outcome=outcome, ended_at=now)
        .execution_options(synchronize_session=False)
    )
    digest = claimed.digest
    record(
        session, None, "digest_send", now=now, municipality_id=claimed.actor.municipality_id,
        status="ok" if outcome is SendOutcome.SENT else "failed", user=claimed.actor.id,
        outcome=outcome.value, late=digest.late, today=digest.today, week=digest.week,
        dossiers=len(digest.numbers),
    )  # fmt: skip
    session.flush()


def end_broken_digests(session: Session, *, now: datetime) -> list[int]:
    """
    Note of claims of over an hour ago that nobody knows how they ended; return whose.

    The process that had them is gone. They may have been sent, so nobody sends them again.
    """
    return list(
        session.scalars(
            update(DigestSent)
            .where(DigestSent.outcome.is_(None), DigestSent.claimed_at < now - LONGEST_SEND)
            .values(outcome=SendOutcome.UNKNOWN, ended_at=now)
            .returning(DigestSent.user_id)
            .execution_options(synchronize_session=False)
        )
    )


def forget_digests(session: Session, *, today: date) -> None:
    """Delete the record of digests of over thirty days ago."""
    session.execute(
        delete(DigestSent)
        .where(DigestSent.for_day < add_days(today, -KEPT_DAYS))
        .execution_options(synchronize_session=False)
    )
