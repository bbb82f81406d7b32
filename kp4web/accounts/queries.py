"""Reads of users and sessions; some run before anybody is signed in, so without an actor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import ReasonGrant, SignInAttempt, User, UserRole, UserSession
from kp4web.domain.actor import Actor, Grant, OrganisationKind, Role
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import Action, require
from kp4web.extensions import AnyRow, rows_of
from kp4web.organisations.models import Organisation

_ROLES = aliased(UserRole)
_SIGNED_IN = (
    select(
        UserSession.id.label("session_id"), UserSession.last_seen_at, UserSession.expires_at,
        User.id, User.name, User.email, User.password_is_initial, User.shortcuts,
        Organisation.id.label("organisation_id"), Organisation.kind,
        Organisation.name.label("organisation"), Organisation.team,
        Organisation.municipality_id, _ROLES.role, ReasonGrant.dossier_id, ReasonGrant.reason,
        ReasonGrant.expires_at.label("until"),
    )
    .join(User, User.id == UserSession.user_id)
    .join(Organisation, Organisation.id == User.organisation_id)
    .outerjoin(_ROLES, (_ROLES.user_id == User.id) & _ROLES.revoked_at.is_(None))
    .outerjoin(
        ReasonGrant,
        (ReasonGrant.user_id == User.id)
        & (ReasonGrant.expires_at > bindparam("now"))
        & ReasonGrant.ended_at.is_(None),
    )
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


def signed_in(session: Session, token_hash: str, *, now: datetime) -> SignedIn | None:
    """
    Return who holds this running session of an open account, or ``None``; one query.

    With the dossiers that a reason opens at this moment: each request looks again.
    """
    rows = rows_of(session, _SIGNED_IN, {"token_hash": token_hash, "now": now}).all()
    if not rows:
        return None
    first = rows[0]
    return SignedIn(
        session_id=first.session_id, last_seen_at=first.last_seen_at,
        expires_at=first.expires_at, email=first.email,
        organisation_label=f"{first.organisation}, {first.team}" if first.team
        else first.organisation,
        password_is_initial=first.password_is_initial, shortcuts=first.shortcuts,
        actor=_actor(rows, _grants(rows)),
    )  # fmt: skip


def _grants(rows: Sequence[AnyRow]) -> tuple[Grant, ...]:
    """Return each grant once: the rows hold every role beside every grant."""
    found = {
        row.dossier_id: Grant(row.dossier_id, row.reason, row.until)
        for row in rows
        if row.dossier_id is not None
    }
    return tuple(found[dossier_id] for dossier_id in sorted(found))


def _actor(rows: Sequence[AnyRow], grants: tuple[Grant, ...] = ()) -> Actor:
    first = rows[0]
    return Actor(
        id=first.id, name=first.name,
        roles=frozenset(Role(row.role) for row in rows if row.role is not None),
        organisation_id=first.organisation_id,
        organisation_kind=OrganisationKind(first.kind), municipality_id=first.municipality_id,
        grants=grants,
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
_GRANTS = select(
    ReasonGrant.dossier_id, ReasonGrant.reason, ReasonGrant.expires_at.label("until")
).where(
    ReasonGrant.user_id == bindparam("user_id"), ReasonGrant.ended_at.is_(None),
    ReasonGrant.expires_at > bindparam("now"),
)  # fmt: skip


def actor_of(session: Session, user_id: int, *, now: datetime | None = None) -> Actor:
    """
    Return the user as an actor (command line, demo, another user); raise ``NotFound``.

    ``now``: with the dossiers that a reason opens at that moment.
    """
    rows = session.execute(_ACTOR, {"user_id": user_id}).all()
    if not rows:
        raise NotFound("Deze gebruiker bestaat niet.")
    key = {"user_id": user_id, "now": now}
    return _actor(rows, _grants(session.execute(_GRANTS, key).all()) if now else ())


_NAMED = (
    select(User.id)
    .where(
        User.organisation_id == bindparam("organisation_id"),
        User.closed_at.is_(None),
        or_(
            User.email == bindparam("folded"),
            User.name == bindparam("name"),
            func.lower(User.name) == bindparam("folded"),
        ),
    )
    .order_by(User.id)
    .limit(2)
)


def colleagues_named(session: Session, organisation_id: int, name: str) -> list[int]:
    """Return whose name or address this is within an organisation; two at most."""
    key = {"organisation_id": organisation_id, "name": name, "folded": name.lower()}
    return list(session.scalars(_NAMED, key))


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
