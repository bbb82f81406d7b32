"""What is not about one dossier: parts of a hand-over by its state, and figures by role."""

from collections.abc import Mapping
from enum import StrEnum, auto

from kp4web.domain.actor import Actor, OrganisationKind, Role
from kp4web.domain.errors import Forbidden
from kp4web.domain.handovers import HandoverKind, HandoverPart, HandoverState, Side
from kp4web.domain.policy.actions import NO_ACCESS

HANDOVER_SIDES: Mapping[Role, frozenset[tuple[HandoverKind, Side]]] = {
    Role.COORDINATOR: frozenset(
        {(HandoverKind.KP4, Side.RECEIVER), (HandoverKind.KP3, Side.SENDER)}
    ),
    Role.CONSULTANT: frozenset({(HandoverKind.KP3, Side.SENDER)}),
    Role.INTAKE: frozenset({(HandoverKind.KP4, Side.SENDER)}),
    Role.AGENCY_COORDINATOR: frozenset(
        {(HandoverKind.KP4, Side.SENDER), (HandoverKind.KP3, Side.RECEIVER)}
    ),
    Role.JOB_COACH: frozenset({(HandoverKind.KP3, Side.RECEIVER)}),
}
"""Which hand-overs a role has to do with; of KP3 the relation decides what is read of one."""

HANDOVER_READERS: Mapping[tuple[HandoverPart, Side, HandoverState], frozenset[Role]] = {
    (HandoverPart.PACKAGE, Side.RECEIVER, HandoverState.OFFERED): frozenset({Role.COORDINATOR}),
    (HandoverPart.PACKAGE, Side.RECEIVER, HandoverState.ACCEPTED): frozenset({Role.COORDINATOR}),
    (HandoverPart.PACKAGE, Side.SENDER, HandoverState.OFFERED): frozenset({Role.INTAKE}),
    (HandoverPart.PACKAGE, Side.SENDER, HandoverState.RETURNED): frozenset({Role.INTAKE}),
    (HandoverPart.PACKAGE, Side.SENDER, HandoverState.WITHDRAWN): frozenset({Role.INTAKE}),
    (HandoverPart.RETURN_REASON, Side.RECEIVER, HandoverState.RETURNED): frozenset(
        {Role.COORDINATOR}
    ),
    (HandoverPart.RETURN_REASON, Side.SENDER, HandoverState.RETURNED): frozenset({Role.INTAKE}),
}
"""
Roles that read a part of a KP4 hand-over in a state; unlisted: the status, dates and owner only.

Who returned a hand-over has no task with the person any more, and keeps its own reason.
"""


class FigureScope(StrEnum):
    """Which figures a reader of the council report gets."""

    MUNICIPALITY = auto()
    """Every dossier of the own municipality, exact."""
    HELD = auto()
    """The dossiers that the own organisation held on the reference date, exact."""
    COUNTS_ONLY = auto()
    """The same behind the small-number guard, without the dossiers behind a figure."""
    OWN = auto()
    """The dossiers of which the reader was lead on the reference date, exact."""


FIGURE_SCOPES: tuple[tuple[Role, FigureScope, frozenset[OrganisationKind]], ...] = (
    (Role.COORDINATOR, FigureScope.MUNICIPALITY, frozenset({OrganisationKind.MUNICIPALITY})),
    (Role.COORDINATOR, FigureScope.HELD, frozenset({OrganisationKind.WORK_AGENCY})),
    (Role.POLICY_OFFICER, FigureScope.COUNTS_ONLY, frozenset({OrganisationKind.MUNICIPALITY})),
    (Role.CONSULTANT, FigureScope.OWN, frozenset(OrganisationKind)),
)
"""The first role that the actor has, in an organisation of such a kind, decides."""


def figure_scope(actor: Actor) -> FigureScope:
    """Return which figures of the report this actor gets; raise ``Forbidden`` when none."""
    scope = next(
        (scope for role, scope, kinds in FIGURE_SCOPES
         if actor.has(role) and actor.organisation_kind in kinds),
        None,
    )  # fmt: skip
    if scope is None:
        raise Forbidden(NO_ACCESS)
    return scope


def reads_handover(
    actor: Actor, part: HandoverPart, side: Side, state: HandoverState, *, accepted: bool
) -> bool:
    """
    Return whether the actor reads this part of a hand-over, beyond its status.

    ``accepted``: the applicant was accepted, through this hand-over or another one; from then on
    the sender has the status only, also of what came back before.
    """
    if accepted and side is Side.SENDER:
        return False
    return bool(actor.roles & HANDOVER_READERS.get((part, side, state), frozenset()))


def handover_sides(actor: Actor) -> frozenset[tuple[HandoverKind, Side]]:
    """
    Return which hand-overs this actor has to do with: their kind, and on which side.

    An applicant comes in at the municipality, whoever guides there.
    """
    found = frozenset[tuple[HandoverKind, Side]]().union(
        *(HANDOVER_SIDES.get(role, frozenset()) for role in actor.roles)
    )
    if actor.organisation_kind is OrganisationKind.MUNICIPALITY:
        return found
    return found - {(HandoverKind.KP4, Side.RECEIVER)}
