"""Why somebody sees a field of a dossier, or not: the relation found, and the rule it meets."""

from collections.abc import Collection
from dataclasses import dataclass

from kp4web.domain.actor import Actor, Role
from kp4web.domain.policy.document import with_note
from kp4web.domain.policy.fields import SECRET_WHEN_HIDDEN, Field
from kp4web.domain.policy.matrix import MATRIX, Access, Relation
from kp4web.domain.policy.meanings import RELATIONS_OF
from kp4web.domain.policy.rights import access

PER_DOSSIER = frozenset(
    {
        Role.CONSULTANT, Role.COORDINATOR, Role.INTAKE, Role.JOB_COACH, Role.AGENCY_COORDINATOR,
        Role.INCOME_OFFICER,
    }
)  # fmt: skip
"""Roles of which the dossier, or a hand-over of it, decides what they are to it."""
ANSWERS = {
    Access.WRITE: "Ja: lezen en wijzigen.",
    Access.READ: "Ja: lezen.",
    Access.STATUS: "Alleen de stand.",
    Access.COUNTS: "Nee. Alleen meegeteld in aantallen.",
    Access.REASON: "Nee, tenzij met een reden.",
    Access.NONE: "Nee.",
}


@dataclass(frozen=True, slots=True)
class Why:
    """The answer in a few words, and each rule that led to it."""

    answer: str
    rules: tuple[str, ...]


def why(field: Field, held: Collection[Relation]) -> Why:
    """Return whether these relations see the field, and by which rule."""
    if not held:
        return Why(ANSWERS[Access.NONE], (f"Geen relatie met dit dossier. {NOTHING}",))
    reached = access(held, field)
    if not reached and any(_cell(field, relation) is Access.REASON for relation in held):
        reached = Access.REASON
    found = tuple(_rule(field, relation) for relation in Relation if relation in held)
    return Why(ANSWERS[reached], (*found, *_consequence(field, reached)))


def why_by_role(field: Field, roles: Collection[Role]) -> Why:
    """Return what the roles see of the field without a dossier: what each relation gives."""
    could_be = [one for role in Role if role in roles for one in RELATIONS_OF[role]]
    rules = tuple(_rule(field, relation) for relation in could_be)
    if len({_cell(field, relation) for relation in could_be}) > 1:
        return Why("Dat hangt af van het dossier.", rules)
    return Why(why(field, could_be).answer, rules or (NOTHING,))


def relations_by_role(actor: Actor) -> frozenset[Relation]:
    """Return what the actor is to every dossier of the own municipality by role alone."""
    roles = actor.roles - PER_DOSSIER
    return frozenset(one for role in roles for one in RELATIONS_OF[role])


NOTHING = "Wat niet is genoemd, is er niet."


def _cell(field: Field, relation: Relation) -> Access:
    return MATRIX[field].get(relation, Access.NONE)


def _rule(field: Field, relation: Relation) -> str:
    if relation is Relation.WITH_REASON:
        return f"{relation.label}: een regel die om een reden vraagt, geldt nu als lezen."
    return f"{with_note(field, relation)}: {_cell(field, relation).label}."


def _consequence(field: Field, reached: Access) -> tuple[str, ...]:
    if reached is Access.REASON:
        return ("Er is nu geen reden opgegeven, of die is niet voor u te zien.",)
    if reached is Access.NONE and field in SECRET_WHEN_HIDDEN:
        return ("Het staat dan nergens, ook niet dat het er is.",)
    return ()
