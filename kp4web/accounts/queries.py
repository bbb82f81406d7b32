"""Reads of users and sessions; some run before anybody is signed in, so without an actor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import SignInAttempt, User, UserRole, UserSession
from kp4web.domain.actor import Actor, OrganisationKind, Role
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import Action, require
from kp4web.extensions import AnyRow
from kp4web.organisations.models import Organisation

_ROLES = aliased(UserRole)
_SIGNED_IN = (
    select(
        UserSession.id.label("session_id"), UserSession.last_seen_at, UserSession.expires_at,
        User.id, User.name, User.email, User.password_is_initial, User.shortcuts,
        Organisation.id.label("organisation_id"), Organisation.kind,
        Organisation.name.label("organisation"), Organisation.team,
        Organisation.municipality_id, _ROLES.role,
    )
    .join(User, User.id == UserSession.user_id)
    .join(Organisation, Organisation.id == User.organisation_id)
    .outerjoin(_ROLES, (_ROLES.user_id == User.id) & _ROLES.revoked_at.is_(None))
    .where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.ended_at.is_(None),
        User.closed_at.is_(None),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in with this session; what flask-login calls the user."""

    session_id: int
    last_seen_at: datetime
    expires_at: datetime
    email: str
    organisation_label: str
    password_is_initial: bool
    shortcuts: bool
    """Whether single keys do something on the pages."""
    actor: Actor
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return the session, not the user: that is what flask-login would remember."""
        return str(self.session_id)


def signed_in(session: Session, token_hash: str) -> SignedIn | None:
    """Return who holds this running session of an open account, or ``None``; one query."""
    rows = session.execute(_SIGNED_IN, {"token_hash": token_hash}).all()
    if not rows:
        return None
    first = rows[0]
    return SignedIn(
        session_id=first.session_id, last_seen_at=first.last_seen_at,
        expires_at=first.expires_at, email=first.email,
        organisation_label=f"{first.organisation}, {first.team}" if first.team
        else first.organisation,
        password_is_initial=first.password_is_initial, shortcuts=first.shortcuts,
        actor=_actor(rows),
    )  # fmt: skip


def _actor(rows: Sequence[AnyRow]) -> Actor:
    first = rows[0]
    return Actor(
        id=first.id, name=first.name,
        roles=frozenset(Role(row.role) for row in rows if row.role is not None),
        organisation_id=first.organisation_id,
        organisation_kind=OrganisationKind(first.kind), municipality_id=first.municipality_id,
    )  # fmt: skip


_ACTOR = (
    select(
        User.id, User.name, Organisation.id.label("organisation_id"), Organisation.kind,
        Organisation.municipality_id, UserRole.role,
    )
    .join(Organisation, Organisation.id == User.organisation_id)
    .outerjoin(UserRole, (UserRole.user_id == User.id) & UserRole.revoked_at.is_(None))
    .where(User.id == bindparam("user_id"))
)  # fmt: skip


def actor_of(session: Session, user_id: int) -> Actor:
    """Return the user as an actor (command line, demo, tests); raise ``NotFound``."""
    rows = session.execute(_ACTOR, {"user_id": user_id}).all()
    if not rows:
        raise NotFound("Deze gebruiker bestaat niet.")
    return _actor(rows)


def user_by_email(session: Session, email: str) -> User | None:
    """Return the open account with this e-mail address, or ``None``."""
    return session.scalar(
        select(User).where(User.email == email.strip().lower(), User.closed_at.is_(None))
    )


_FAILURES = select(func.count(SignInAttempt.id)).where(
    SignInAttempt.at > bindparam("since"), SignInAttempt.succeeded.is_(False)
)


def failures_since(
    session: Session, since: datetime, *, account_hash: str = "", address_hash: str = ""
) -> int:
    """Return how often signing in failed since a moment, for an account or an address."""
    if account_hash:
        last_success = (
            select(func.coalesce(func.max(SignInAttempt.id), 0))
            .where(SignInAttempt.account_hash == account_hash, SignInAttempt.succeeded)
            .scalar_subquery()
        )
        query = _FAILURES.where(
            SignInAttempt.account_hash == account_hash, SignInAttempt.id > last_success
        )
    else:
        query = _FAILURES.where(SignInAttempt.address_hash == address_hash)
    return session.scalar(query, {"since": since}) or 0


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One of the actor's own running sessions."""

    id: int
    browser: str
    created_at: datetime
    last_seen_at: datetime


def own_sessions(session: Session, actor: Actor, now: datetime) -> list[OwnSession]:
    """Return the actor's running sessions, the latest first."""
    require(actor, Action.OWN_ACCOUNT)
    query = (
        select(
            UserSession.id, UserSession.browser, UserSession.created_at, UserSession.last_seen_at
        )
        .where(
            UserSession.user_id == actor.id,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return [OwnSession(*row) for row in session.execute(query)]
