"""Every read of users by an administrator."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User, UserRole, UserSession
from kp4web.domain.actor import Actor, OrganisationKind, Role
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import Action, require
from kp4web.extensions import AnyRow
from kp4web.organisations.models import Organisation

_WITHIN_REACH = or_(bindparam("operator"), User.organisation_id == bindparam("organisation_id"))
_LAST_SEEN = (
    select(func.max(UserSession.last_seen_at))
    .where(UserSession.user_id == User.id)
    .scalar_subquery()
)
_USERS = (
    select(
        User.id, User.name, User.email, User.phone, User.created_at, User.closed_at,
        User.password_is_initial, Organisation.name.label("organisation"),
        Organisation.kind, _LAST_SEEN.label("last_seen_at"),
    )
    .join(Organisation, Organisation.id == User.organisation_id)
    .where(_WITHIN_REACH)
    .order_by(Organisation.name, User.name, User.id)
)  # fmt: skip
_ONE = _USERS.where(User.id == bindparam("user_id"))
_ROLES = (
    select(UserRole.user_id, UserRole.role)
    .join(User, User.id == UserRole.user_id)
    .where(UserRole.revoked_at.is_(None), _WITHIN_REACH)
)
_ORGANISATIONS = (
    select(Organisation.id, Organisation.name, Organisation.kind)
    .where(or_(bindparam("operator"), Organisation.id == bindparam("organisation_id")))
    .order_by(Organisation.name)
)


@dataclass(frozen=True, slots=True)
class UserLine:
    """A user as the administrator sees one."""

    id: int
    name: str
    email: str
    phone: str
    organisation: str
    organisation_kind: OrganisationKind
    roles: tuple[Role, ...]
    created_at: datetime
    closed_at: datetime | None
    last_seen_at: datetime | None
    password_is_initial: bool

    @property
    def role_labels(self) -> str:
        """Return the roles in words."""
        return ", ".join(role.label for role in self.roles) or "Geen rol"


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """An organisation in which the administrator can make accounts."""

    id: int
    name: str
    kind: OrganisationKind


def users_for(session: Session, actor: Actor) -> list[UserLine]:
    """Return the users that this administrator keeps: of the own organisation, or all."""
    scope = _scope(actor)
    roles: dict[int, list[Role]] = defaultdict(list)
    for user_id, role in session.execute(_ROLES, scope):
        roles[user_id].append(role)
    return [_line(row, roles[row.id]) for row in session.execute(_USERS, scope)]


def user_for(session: Session, actor: Actor, user_id: int) -> UserLine:
    """Return one user that this administrator keeps, or raise ``NotFound``."""
    scope = _scope(actor)
    row = session.execute(_ONE, scope | {"user_id": user_id}).one_or_none()
    if row is None:
        raise NotFound("Deze gebruiker bestaat niet of is niet voor u.")
    roles = [role for owner, role in session.execute(_ROLES, scope) if owner == user_id]
    return _line(row, roles)


def organisations_for(session: Session, actor: Actor) -> list[OrganisationLine]:
    """Return the organisations in which this administrator can make accounts."""
    return [
        OrganisationLine(row.id, row.name, OrganisationKind(row.kind))
        for row in session.execute(_ORGANISATIONS, _scope(actor))
    ]


def _scope(actor: Actor) -> dict[str, object]:
    require(actor, Action.USERS_MANAGE)
    return {
        "operator": actor.organisation_kind is OrganisationKind.OPERATOR,
        "organisation_id": actor.organisation_id,
    }


def _line(row: AnyRow, roles: list[Role]) -> UserLine:
    return UserLine(
        id=row.id, name=row.name, email=row.email, phone=row.phone, organisation=row.organisation,
        organisation_kind=OrganisationKind(row.kind),
        roles=tuple(role for role in Role if role in roles), created_at=row.created_at,
        closed_at=row.closed_at, last_seen_at=row.last_seen_at,
        password_is_initial=row.password_is_initial,
    )  # fmt: skip
