"""Every write of accounts by their owner: signing in, sessions, own password."""

import hashlib
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kp4web.accounts.models import ReasonGrant, SignInAttempt, User, UserSession
from kp4web.accounts.queries import actor_of, failures_since, user_by_email
from kp4web.audit.commands import record
from kp4web.crypto import vault
from kp4web.domain.actor import Actor
from kp4web.domain.errors import InvalidInput, NotFound, TooMany
from kp4web.domain.passwords import objection
from kp4web.domain.policy import Action, require

WINDOW = timedelta(minutes=15)
ACCOUNT_FAILURES, ADDRESS_FAILURES = 5, 30
UNKNOWN = "Het e-mailadres of het wachtwoord klopt niet."
SLOW_DOWN = "Te veel mislukte pogingen. Wacht een kwartier en probeer het dan opnieuw."


class Passwords:
    """Argon2id; ``cheap`` for tests, where thousands of accounts are made."""

    def __init__(self) -> None:
        self.use(cheap=False)

    def use(self, *, cheap: bool) -> None:
        """Choose the cost; called once when the application is built."""
        self._hasher = PasswordHasher(1, 8, 1) if cheap else PasswordHasher()
        self._nobody = _unknown_hash(self._hasher)

    def hash(self, password: str) -> str:
        """Return the hash to store."""
        return self._hasher.hash(password)

    def match(self, stored: str | None, password: str) -> bool:
        """Return whether the password fits; an unknown account costs as much time."""
        try:
            return self._hasher.verify(stored or self._nobody, password) and stored is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def _unknown_hash(hasher: PasswordHasher) -> str:
    """Return the hash of a password that nobody knows, without the work of computing one."""
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v=19${cost}${salt}${digest}"


passwords = Passwords()


@dataclass(frozen=True)
class SignIn:
    """The intention to sign in, from which address and browser."""

    email: str
    password: str = field(repr=False)
    address: str = ""
    browser: str = ""


def sign_in(session: Session, command: SignIn, *, now: datetime, idle: timedelta) -> str | None:
    """
    Start a session for the account with this e-mail address and password.

    Returns the token, or ``None`` when they do not fit; the attempt is kept either way, so the
    caller commits. Raises ``TooMany`` after too many failures of the account or the address.
    """
    account = vault.keyed_hash(command.email.strip().lower(), purpose="account")
    address = vault.keyed_hash(command.address, purpose="address")
    if (
        failures_since(session, now - WINDOW, account_hash=account) >= ACCOUNT_FAILURES
        or failures_since(session, now - WINDOW, address_hash=address) >= ADDRESS_FAILURES
    ):
        raise TooMany(SLOW_DOWN)
    user = user_by_email(session, command.email)
    fits = passwords.match(user.password_hash if user else None, command.password)
    session.add(SignInAttempt(account_hash=account, address_hash=address, at=now, succeeded=fits))
    if user is None or not fits:
        return None
    record(session, actor_of(session, user.id), "sign_in", now=now)
    return start_session(session, user, now=now, idle=idle, browser=command.browser)


def start_session(
    session: Session,
    user: User,
    *,
    now: datetime,
    idle: timedelta = timedelta(minutes=30),
    browser: str = "",
) -> str:
    """Start a session of this user and return its token; only the hash is stored."""
    token = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user.id,
            browser=browser[:80],
            created_at=now,
            last_seen_at=now,
            expires_at=now + idle,
        )
    )
    session.flush()
    return token


def token_hash(token: str) -> str:
    """Return the hash under which a session token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def touch_session(
    session: Session, session_id: int, *, now: datetime, idle: timedelta, longest: timedelta
) -> datetime:
    """Note that the session was used; return its end: ``idle`` on, within ``longest`` in all."""
    row = session.get_one(UserSession, session_id)
    row.last_seen_at = now
    row.expires_at = min(now + idle, row.created_at + longest)
    return row.expires_at


def end_session(session: Session, actor: Actor, session_id: int, *, now: datetime) -> None:
    """End one of the actor's own sessions; raise ``NotFound`` for anybody else's."""
    require(actor, Action.OWN_ACCOUNT)
    own = session.scalar(
        select(UserSession).where(
            UserSession.id == session_id,
            UserSession.user_id == actor.id,
            UserSession.ended_at.is_(None),
        )
    )
    if own is None:
        raise NotFound("Deze sessie bestaat niet of is al beëindigd.")
    own.ended_at = now
    record(session, actor, "session_end", now=now, ended=session_id)


def end_grants(session: Session, user_id: int, *, now: datetime) -> None:
    """End what a reason opened for a user: the role that could give one is gone."""
    session.execute(
        update(ReasonGrant)
        .where(
            ReasonGrant.user_id == user_id,
            ReasonGrant.ended_at.is_(None),
            ReasonGrant.expires_at > now,
        )
        .values(ended_at=now)
    )


def end_all_sessions(
    session: Session, user_id: int, *, now: datetime, except_id: int | None = None
) -> None:
    """End every running session of a user, but the one named."""
    session.execute(
        update(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            UserSession.id != (except_id or 0),
        )
        .values(ended_at=now)
    )


@dataclass(frozen=True)
class ChangePassword:
    """The intention to replace the own password."""

    password: str = field(repr=False)
    new_password: str = field(repr=False)


def change_password(
    session: Session, actor: Actor, command: ChangePassword, *, now: datetime, session_id: int
) -> None:
    """
    Replace the actor's own password and end the actor's other sessions.

    Raises ``InvalidInput`` at the field that is wrong.
    """
    require(actor, Action.OWN_ACCOUNT)
    user = session.get_one(User, actor.id)
    if not passwords.match(user.password_hash, command.password):
        raise InvalidInput("password", "Dit is niet uw huidige wachtwoord.")
    if wrong := objection(command.new_password, email=user.email, name=user.name):
        raise InvalidInput("new_password", wrong)
    if command.new_password == command.password:
        raise InvalidInput("new_password", "Kies een ander wachtwoord dan u nu heeft.")
    user.password_hash = passwords.hash(command.new_password)
    user.password_set_at = now
    user.password_is_initial = False
    end_all_sessions(session, user.id, now=now, except_id=session_id)
    record(session, actor, "password_change", now=now)


def set_shortcuts(session: Session, actor: Actor, *, on: bool) -> None:
    """Let single keys do something on the actor's own pages, or not (WCAG 2.1.4)."""
    require(actor, Action.OWN_ACCOUNT)
    session.execute(update(User).where(User.id == actor.id).values(shortcuts=on))
