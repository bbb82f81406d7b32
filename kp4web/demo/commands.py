"""The passwords of the demo accounts: one for all, set again when the demo asks for another."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.accounts.commands import end_all_sessions, passwords
from kp4web.accounts.models import User
from kp4web.demo.accounts import ACCOUNTS, ADMINISTRATOR


def is_loaded(session: Session) -> bool:
    """Return whether the database holds the accounts of the demo."""
    return session.scalar(select(User.id).where(User.email == ADMINISTRATOR)) is not None


def is_empty(session: Session) -> bool:
    """Return whether nobody has an account yet: only then a history may be loaded."""
    return session.scalar(select(User.id).limit(1)) is None


def set_password(session: Session, password: str, *, now: datetime) -> bool:
    """
    Give every demo account this password and end its sessions; flushed.

    Returns ``False`` when they had it already.
    """
    first = session.scalars(select(User).where(User.email == ADMINISTRATOR)).one()
    if passwords.match(first.password_hash, password):
        return False
    emails = [email for email, *_ in ACCOUNTS]
    for user in session.scalars(select(User).where(User.email.in_(emails))):
        user.password_hash, user.password_set_at = passwords.hash(password), now
        user.password_is_initial = False
        end_all_sessions(session, user.id, now=now)
    session.flush()
    return True
