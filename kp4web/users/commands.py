"""Every write of users by an administrator: create, change roles, new password, close."""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.accounts.commands import end_all_sessions, end_grants, passwords
from kp4web.accounts.models import User, UserRole
from kp4web.audit.commands import record
from kp4web.domain.actor import ROLES_OF, Actor, OrganisationKind, Role
from kp4web.domain.directory import check_phone
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.policy import Action, require
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.organisations.models import Organisation

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
NO_USER = "Deze gebruiker bestaat niet of is niet voor u."


@dataclass(frozen=True)
class CreateUser:
    """The intention to give somebody an account."""

    email: str
    name: str
    organisation_id: int
    roles: frozenset[Role]
    phone: str = ""


def create_user(
    session: Session, actor: Actor, command: CreateUser, *, now: datetime
) -> tuple[User, str]:
    """
    Create an account with an initial password that must be replaced at the first sign-in.

    Returns the user and the password, which is stored nowhere else. Raises ``InvalidInput``.
    """
    require(actor, Action.USERS_MANAGE)
    organisation = session.get(Organisation, command.organisation_id)
    if organisation is None or not _manages(actor, organisation.id):
        raise InvalidInput("organisation", "Kies een organisatie uit de lijst.")
    email = check_new_user(session, command.email, organisation.kind, command.roles)
    phone = check_phone(command.phone)
    password = initial_password()
    user = add_user(
        session, email=email, name=command.name.strip(), organisation_id=organisation.id,
        roles=command.roles, password=password, initial=True, created_by_id=actor.id, now=now,
    )  # fmt: skip
    user.phone = phone
    record(session, actor, "user_create", now=now, user=user.id,
           roles=",".join(sorted(command.roles)))  # fmt: skip
    return user, password


def check_new_user(
    session: Session, email: str, kind: OrganisationKind, roles: Collection[Role]
) -> str:
    """Return the address as it is stored; raise ``InvalidInput`` at what keeps an account out."""
    address = email.strip().lower()
    if not EMAIL.fullmatch(address):
        raise InvalidInput(
            "email", "Dit is geen e-mailadres. Schrijf bijvoorbeeld naam@gemeente.nl."
        )
    if session.scalar(select(User.id).where(User.email == address)) is not None:
        raise InvalidInput("email", "Er is al een account met dit e-mailadres.")
    _check_roles(kind, roles)
    return address


def install_user(
    session: Session,
    *,
    email: str,
    name: str,
    organisation_id: int,
    roles: Collection[Role],
    password: str,
    now: datetime,
) -> User:
    """Add an account from the command line: nobody is signed in, the log names no actor."""
    user = add_user(
        session, email=email, name=name, organisation_id=organisation_id, roles=roles,
        password=password, initial=True, now=now,
    )  # fmt: skip
    record(session, None, "user_create", now=now, user=user.id, roles=",".join(sorted(roles)))
    return user


def add_user(
    session: Session,
    *,
    email: str,
    name: str,
    organisation_id: int,
    roles: Collection[Role],
    password: str,
    initial: bool = False,
    created_by_id: int | None = None,
    now: datetime,
) -> User:
    """Add the rows of an account (behind the lock of the command, or from the command line)."""
    user = User(
        email=email, name=name, organisation_id=organisation_id,
        password_hash=passwords.hash(password), password_set_at=now,
        password_is_initial=initial, created_at=now, created_by_id=created_by_id,
    )  # fmt: skip
    session.add(user)
    session.flush()
    session.add_all(
        UserRole(user_id=user.id, role=role, granted_at=now, granted_by_id=created_by_id)
        for role in sorted(roles)
    )
    session.flush()
    return user


def initial_password() -> str:
    """Return a password to hand over once, without characters that look alike."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))


def change_roles(
    session: Session, actor: Actor, user_id: int, roles: frozenset[Role], *, now: datetime
) -> User:
    """Give a user exactly these roles, keep the history and end the user's sessions."""
    user, kind = _managed(session, actor, user_id)
    _check_roles(kind, roles)
    if user.id == actor.id and Role.ADMINISTRATOR not in roles:
        raise InvalidInput("roles", "U kunt uw eigen beheerdersrol niet afnemen.")
    running = session.scalars(
        select(UserRole).where(UserRole.user_id == user.id, UserRole.revoked_at.is_(None))
    ).all()
    if Role.CONSULTANT in {row.role for row in running} - roles:
        _refuse_with_dossiers(session, user.id, "roles")
    for row in running:
        if row.role not in roles:
            row.revoked_at, row.revoked_by_id = now, actor.id
    session.flush()
    if {row.role for row in running} - roles:
        end_grants(session, user.id, now=now)
    for role in sorted(roles - {row.role for row in running}):
        session.add(UserRole(user_id=user.id, role=role, granted_at=now, granted_by_id=actor.id))
    session.flush()
    if user.id != actor.id:
        end_all_sessions(session, user.id, now=now)
    record(session, actor, "user_roles", now=now, user=user.id, roles=",".join(sorted(roles)))
    return user


def change_phone(
    session: Session, actor: Actor, user_id: int, phone: str, *, now: datetime
) -> User:
    """Set the number on which others call a user; raises ``InvalidInput`` for no number."""
    user, _kind = _managed(session, actor, user_id)
    user.phone = check_phone(phone)
    session.flush()
    record(session, actor, "user_phone", now=now, user=user.id)
    return user


def reset_password(
    session: Session, actor: Actor, user_id: int, *, now: datetime
) -> tuple[User, str]:
    """Give a user a new initial password and end the user's sessions; returns both."""
    user, _kind = _managed(session, actor, user_id)
    if user.id == actor.id:
        raise DomainError("Verander uw eigen wachtwoord bij Mijn account.")
    password = initial_password()
    user.password_hash, user.password_set_at = passwords.hash(password), now
    user.password_is_initial = True
    end_all_sessions(session, user.id, now=now)
    record(session, actor, "user_password_reset", now=now, user=user.id)
    return user, password


def close_user(session: Session, actor: Actor, user_id: int, *, now: datetime) -> User:
    """Close an account for good; a consultant with running dossiers is refused first."""
    user, _kind = _managed(session, actor, user_id)
    if user.id == actor.id:
        raise DomainError("U kunt uw eigen account niet sluiten.")
    _refuse_with_dossiers(session, user.id, "user")
    user.closed_at, user.closed_by_id = now, actor.id
    end_all_sessions(session, user.id, now=now)
    end_grants(session, user.id, now=now)
    record(session, actor, "user_close", now=now, user=user.id)
    return user


def _manages(actor: Actor, organisation_id: int) -> bool:
    """An administrator of the operator manages everybody, another only the own organisation."""
    operator = actor.organisation_kind is OrganisationKind.OPERATOR
    return operator or actor.organisation_id == organisation_id


def _managed(session: Session, actor: Actor, user_id: int) -> tuple[User, OrganisationKind]:
    require(actor, Action.USERS_MANAGE)
    user = session.get(User, user_id)
    if user is None or not _manages(actor, user.organisation_id):
        raise NotFound(NO_USER)
    if user.closed_at is not None:
        raise DomainError("Dit account is gesloten.")
    return user, session.get_one(Organisation, user.organisation_id).kind


def _check_roles(kind: OrganisationKind, roles: Collection[Role]) -> None:
    if not roles:
        raise InvalidInput("roles", "Kies minstens een rol.")
    if wrong := sorted(role.label for role in roles if role not in ROLES_OF[kind]):
        raise InvalidInput("roles", f"Deze organisatie kent niet de rol {', '.join(wrong)}.")


def _refuse_with_dossiers(session: Session, user_id: int, field: str) -> None:
    leads = select(Dossier.id).where(Dossier.lead_id == user_id, Dossier.kind != TrackKind.STOPPED)
    if session.scalar(leads.limit(1)) is not None:
        raise InvalidInput(
            field, "Deze consulent heeft nog dossiers. Laat de coördinator die eerst verdelen."
        )
