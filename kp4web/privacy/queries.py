"""Explaining who sees what: somebody of the own organisation, a field, and maybe a dossier."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.accounts.queries import actor_of, colleagues_named
from kp4web.domain.actor import Actor, Role
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.handovers import HandoverKind, HandoverState
from kp4web.domain.policy import (
    Action,
    Field,
    Relation,
    application_relations,
    reads,
    received_relations,
    relations,
    require,
)
from kp4web.domain.policy.explain import Why, relations_by_role, why, why_by_role
from kp4web.dossiers.models import Handover
from kp4web.dossiers.queries import NO_DOSSIER, DossierRef, dossier_ref

NOBODY = "In uw organisatie is niemand met deze naam. Schrijf de hele naam of het e-mailadres."
SEVERAL = "Er zijn meer mensen met deze naam. Schrijf het e-mailadres."


@dataclass(frozen=True, slots=True)
class Explained:
    """Who was asked about, which field and dossier, and why they see it or not."""

    person: str
    user_id: int
    field: Field
    roles: str
    ref: DossierRef | None
    why: Why


def explain_for(
    session: Session, actor: Actor, *, person: str, field: Field, number: str, now: datetime
) -> Explained:
    """
    Return why somebody of the own organisation sees the field or not; nobody named is oneself.

    Without a number what the roles give. Raises ``InvalidInput`` for nobody or several of that
    name, and the same for a dossier out of reach as for one that does not exist.
    """
    require(actor, Action.POLICY_READ)
    whom = _person(session, actor, person, now)
    if not number:
        found, ref = why_by_role(field, whom.roles), None
    else:
        ref = _dossier(session, actor, number)
        found = why(field, _held(session, actor, whom, ref))
    roles = ", ".join(sorted(role.label for role in whom.roles))
    return Explained(whom.name, whom.id, field, roles, ref, found)


def _person(session: Session, actor: Actor, name: str, now: datetime) -> Actor:
    if not name:
        return actor
    found = colleagues_named(session, actor.organisation_id, name)
    if len(found) != 1:
        raise InvalidInput("person", SEVERAL if found else NOBODY)
    return actor if found[0] == actor.id else actor_of(session, found[0], now=now)


def _dossier(session: Session, actor: Actor, number: str) -> DossierRef:
    try:
        return dossier_ref(session, actor, number)
    except DomainError as error:
        raise InvalidInput("number", NO_DOSSIER) from error


def _held(session: Session, actor: Actor, whom: Actor, ref: DossierRef) -> frozenset[Relation]:
    """Return what the person is to the dossier; a reason only for who may know of it."""
    held = relations(whom, lead_id=ref.lead_id, dossier_id=ref.id) | relations_by_role(whom)
    held |= _through_handovers(session, whom, ref)
    if whom.id == actor.id or reads(ref.relations, Field.LOOKED):
        return held
    return held - {Relation.WITH_REASON}


_HANDOVERS = select(
    Handover.kind, Handover.state, Handover.coach_id, Handover.guided_until,
    Handover.from_organisation_id, Handover.to_organisation_id,
).where(Handover.dossier_id == bindparam("dossier_id"))  # fmt: skip


def _through_handovers(session: Session, whom: Actor, ref: DossierRef) -> frozenset[Relation]:
    """Return what the person is to the dossier by a task of the work agency other than guiding."""
    held = frozenset[Relation]()
    if whom.has(Role.INCOME_OFFICER) and ref.is_active:
        held |= {Relation.INCOME}
    for row in session.execute(_HANDOVERS, {"dossier_id": ref.id}):
        accepted = row.state is HandoverState.ACCEPTED
        sent = row.from_organisation_id == whom.organisation_id
        if row.kind is HandoverKind.KP4 and sent and accepted:
            held |= application_relations(whom, accepted=True)
        if row.kind is HandoverKind.KP3 and row.to_organisation_id == whom.organisation_id:
            held |= received_relations(
                whom, coach_id=row.coach_id, state=row.state, ended=row.guided_until is not None
            )
    return held
