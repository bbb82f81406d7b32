"""What somebody is to one dossier, and what the matrix gives for it."""

from collections.abc import Collection, Mapping
from functools import cache

from kp4web.domain.actor import Actor, Role
from kp4web.domain.errors import Forbidden
from kp4web.domain.handovers import HandoverState
from kp4web.domain.policy.fields import ANSWER_FIELDS, SECRET_WHEN_HIDDEN, Field
from kp4web.domain.policy.matrix import MATRIX, Access, Relation
from kp4web.domain.questionnaire.definition import DataClass


def relations(
    actor: Actor, *, lead_id: int | None, dossier_id: int | None, deputy_id: int | None = None
) -> frozenset[Relation]:
    """
    Return what the actor is to a dossier that the own organisation holds.

    ``dossier_id``: which dossier, for a reason that was given; ``None`` for any dossier.
    ``deputy_id``: who stands in for the lead today, if anybody.
    """
    found = set()
    if actor.has(Role.CONSULTANT):
        found.add(_as_consultant(actor, lead_id, deputy_id))
    if actor.has(Role.COORDINATOR):
        found.add(Relation.COORDINATOR)
    leads = {Relation.LEAD, Relation.DEPUTY} & found
    if found and not leads and actor.grant_for(dossier_id) is not None:
        found.add(Relation.WITH_REASON)
    return frozenset(found)


def _as_consultant(actor: Actor, lead_id: int | None, deputy_id: int | None) -> Relation:
    if lead_id == actor.id:
        return Relation.LEAD
    return Relation.DEPUTY if deputy_id == actor.id else Relation.COLLEAGUE


def application_relations(actor: Actor, *, accepted: bool) -> frozenset[Relation]:
    """
    Return what the actor is to an application that the own organisation registered.

    Once klantprofiel 4 is accepted the status is all that is left.
    """
    found = set()
    if actor.has(Role.INTAKE):
        found.add(Relation.HANDED_ON if accepted else Relation.INTAKE)
    if actor.has(Role.AGENCY_COORDINATOR):
        found.add(Relation.AGENCY)
    return frozenset(found)


def received_relations(
    actor: Actor, *, coach_id: int | None, state: HandoverState, ended: bool
) -> frozenset[Relation]:
    """
    Return what the actor is to a KP3 hand-over that was offered to the own organisation.

    ``coach_id``: to whom it is assigned; ``ended``: the dossier was reopened after acceptance.
    Nobody is anything to it who was not assigned to it, or has no task with the person any more.
    """
    found = set()
    runs = not ended and state in {HandoverState.OFFERED, HandoverState.ACCEPTED}
    if actor.has(Role.JOB_COACH) and coach_id == actor.id and runs:
        found.add(Relation.HANDED_OVER)
    if actor.has(Role.AGENCY_COORDINATOR):
        found.add(Relation.AGENCY)
    return frozenset(found)


def readable_classes(held: Collection[Relation]) -> frozenset[DataClass]:
    """Return the classes of answers that these relations may read, whatever the life area."""
    return frozenset(kind for kind, field in ANSWER_FIELDS.items() if reads(held, field))


def writable_classes(held: Collection[Relation]) -> frozenset[DataClass]:
    """Return the classes of answers that these relations may give, whatever the life area."""
    return frozenset(k for k, f in ANSWER_FIELDS.items() if access(held, f) >= Access.WRITE)


def access(held: Collection[Relation], field: Field) -> Access:
    """
    Return the furthest reach that these relations give together into the field.

    A cell that asks for a reason counts as reading once one is given, and until then as nothing.
    """
    return _reach(frozenset(held))[field]


def reads(held: Collection[Relation], field: Field) -> bool:
    """Return whether these relations may read the field itself, not only a status of it."""
    return access(held, field) >= Access.READ


def visible_fields(held: Collection[Relation]) -> frozenset[Field]:
    """Return the fields that these relations may read."""
    return _readable(frozenset(held))


@cache
def _readable(held: frozenset[Relation]) -> frozenset[Field]:
    return frozenset(field for field in Field if reads(held, field))


def opened_by_reason(held: Collection[Relation]) -> tuple[Field, ...]:
    """Return the fields that a reason would open, in the order of the matrix."""
    if not held:
        return ()
    now, then = _reach(frozenset(held)), _reach(frozenset(held) | {Relation.WITH_REASON})
    return tuple(field for field in Field if now[field] < Access.READ <= then[field])


def opened_dossiers(actor: Actor, field: Field) -> tuple[int, ...]:
    """Return the dossiers of which a reason opens this field to the actor, by their id."""
    return tuple(
        grant.dossier_id
        for grant in actor.grants
        if reads(relations(actor, lead_id=None, dossier_id=grant.dossier_id), field)
    )


def shown_as_hidden(held: Collection[Relation]) -> tuple[Field, ...]:
    """Return the fields to show as "niet zichtbaar": hidden, and known to be there."""
    return tuple(f for f in Field if not access(held, f) and f not in SECRET_WHEN_HIDDEN)


@cache
def _reach(held: frozenset[Relation]) -> Mapping[Field, Access]:
    """Return the column of the table for these relations: asked for many times on one page."""
    has_reason = Relation.WITH_REASON in held
    return {
        field: max(
            (_resolved(row.get(relation, Access.NONE), has_reason) for relation in held),
            default=Access.NONE,
        )
        for field, row in MATRIX.items()
    }


def _resolved(level: Access, has_reason: bool) -> Access:
    if level is Access.REASON:
        return Access.READ if has_reason else Access.NONE
    return level


def require_access(held: Collection[Relation], field: Field, level: Access) -> None:
    """Raise ``Forbidden`` unless these relations reach this far into the field."""
    if access(held, field) < level:
        raise Forbidden("U mag dit niet doen in dit dossier.")
