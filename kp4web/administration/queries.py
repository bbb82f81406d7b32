"""What the administrator keeps, in numbers; one query."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, func, or_, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User, UserSession
from kp4web.domain.actor import Actor, OrganisationKind
from kp4web.domain.policy import Action, require
from kp4web.grounds.models import LegalGround
from kp4web.organisations.models import Organisation
from kp4web.versions.models import QuestionnaireVersion, VersionInForce


@dataclass(frozen=True, slots=True)
class Overview:
    """How many there are of each, and what asks for attention."""

    users: int
    new_users: int
    """Open accounts that never signed in."""
    organisations: int
    without_phone: int
    versions: int
    in_force: int
    """Organisations that have a version of the questionnaire in force."""
    grounds: int


_KEPT = or_(bindparam("keeps_all"), Organisation.id == bindparam("organisation_id"))
_TODAY = bindparam("today", type_=Date)


def _count(*conditions: Any, of: Any) -> Any:
    return select(func.count()).select_from(of).where(*conditions).scalar_subquery()


_USERS = User.__table__.join(Organisation.__table__)
_OVERVIEW = select(
    _count(User.closed_at.is_(None), _KEPT, of=_USERS).label("users"),
    _count(
        User.closed_at.is_(None), _KEPT, User.id.not_in(select(UserSession.user_id)), of=_USERS
    ).label("new_users"),
    _count(_KEPT, of=Organisation).label("organisations"),
    _count(
        _KEPT, Organisation.phone == "", Organisation.kind != OrganisationKind.OPERATOR,
        of=Organisation,
    ).label("without_phone"),
    _count(of=QuestionnaireVersion).label("versions"),
    select(func.count(VersionInForce.organisation_id.distinct())).scalar_subquery()
    .label("in_force"),
    _count(LegalGround.valid_on(_TODAY), of=LegalGround).label("grounds"),
)  # fmt: skip


def overview_for(session: Session, actor: Actor, *, today: date) -> Overview:
    """Return the numbers of what this administrator keeps: the own organisation, or all."""
    require(actor, Action.ADMINISTRATION_READ)
    given = {
        "keeps_all": actor.organisation_kind is OrganisationKind.OPERATOR,
        "organisation_id": actor.organisation_id, "today": today,
    }  # fmt: skip
    return Overview(**session.execute(_OVERVIEW, given).one()._mapping)
