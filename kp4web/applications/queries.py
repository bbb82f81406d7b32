"""
Every read of applications.

Reach: intake consultants and the coordinator of the work agency reach the applications that
their own organisation registered; what they see of one follows from their relation to it, and
is no more than the status once klantprofiel 4 is accepted (3-visibility).
"""

from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.applications.models import Application, ApplicationDecision
from kp4web.domain.actor import Actor
from kp4web.domain.applications import ApplicationState
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import (
    Access,
    Action,
    Field,
    Relation,
    application_relations,
    require,
    require_access,
)
from kp4web.extensions import AnyRow

NO_APPLICATION = "Deze aanvraag bestaat niet of is niet voor u."
_OWN: BindParameter[int] = bindparam("organisation_id")
IN_REACH = Application.organisation_id == _OWN
"""The condition every query of applications carries; bind it with ``reach_of``."""


@dataclass(frozen=True, slots=True)
class ApplicationRef:
    """An application within reach of one actor, and what that actor is to it."""

    id: int
    municipality_id: int
    organisation_id: int
    handler_id: int
    partner_id: int | None
    state: ApplicationState
    relations: frozenset[Relation]

    def require(self, field: Field, level: Access) -> None:
        """Raise ``Forbidden`` unless the actor reaches this far into the field."""
        require_access(self.relations, field, level)


_REF = select(
    Application.id, Application.municipality_id, Application.organisation_id,
    Application.handler_id, Application.partner_id, Application.state,
).where(Application.id == bindparam("id"), IN_REACH)  # fmt: skip
_LOCKED = _REF.with_for_update(key_share=True)


def reach_of(actor: Actor) -> dict[str, int]:
    """Return the parameters for ``IN_REACH``; raise ``Forbidden`` for roles without them."""
    require(actor, Action.APPLICATIONS_READ)
    return {"organisation_id": actor.organisation_id}


def application_ref(
    session: Session, actor: Actor, application_id: int, *, lock: bool = False
) -> ApplicationRef:
    """Return the application with this id within the actor's reach, or raise ``NotFound``."""
    key = {"id": application_id} | reach_of(actor)
    row = session.execute(_LOCKED if lock else _REF, key).one_or_none()
    if row is None:
        raise NotFound(NO_APPLICATION)
    accepted = row.state is ApplicationState.ACCEPTED
    return ApplicationRef(**row._mapping, relations=application_relations(actor, accepted=accepted))


_LAST_DECISION = (
    select(ApplicationDecision)
    .where(ApplicationDecision.application_id == bindparam("application_id"))
    .order_by(ApplicationDecision.decided_at.desc(), ApplicationDecision.id.desc())
    .limit(1)
)


def last_decision(session: Session, application_id: int) -> ApplicationDecision | None:
    """Return the decision that counts now (behind the lock of the command that asks)."""
    return session.scalar(_LAST_DECISION, {"application_id": application_id})


_LAST_DECIDER = (
    select(User.name, ApplicationDecision.profile)
    .join(User, User.id == ApplicationDecision.decided_by_id)
    .where(ApplicationDecision.application_id == bindparam("application_id"))
    .order_by(ApplicationDecision.decided_at.desc(), ApplicationDecision.id.desc())
    .limit(1)
)


def last_decider(session: Session, application_id: int) -> AnyRow | None:
    """Return the name and profile of the decision that counts now (behind the lock)."""
    return session.execute(_LAST_DECIDER, {"application_id": application_id}).one_or_none()
