"""Who reads what of a hand-over: role by side, state and what became of the applicant."""

from itertools import product

import pytest

from kp4web.domain.actor import Actor, OrganisationKind, Role
from kp4web.domain.applications import ApplicationState
from kp4web.domain.handovers import (
    HANDOVER_LABELS,
    AfterReturn,
    HandoverPart,
    HandoverState,
    Side,
    after_return,
)
from kp4web.domain.policy import reads_handover

PACKAGE, REASON = HandoverPart.PACKAGE, HandoverPart.RETURN_REASON
OFFERED, RETURNED, ACCEPTED = (
    HandoverState.OFFERED, HandoverState.RETURNED, HandoverState.ACCEPTED,
)  # fmt: skip
READERS = {  # everything else is nobody
    (PACKAGE, Side.RECEIVER, OFFERED): Role.COORDINATOR,
    (PACKAGE, Side.RECEIVER, ACCEPTED): Role.COORDINATOR,
    (PACKAGE, Side.SENDER, OFFERED): Role.INTAKE,
    (PACKAGE, Side.SENDER, RETURNED): Role.INTAKE,
    (PACKAGE, Side.SENDER, HandoverState.WITHDRAWN): Role.INTAKE,
    (REASON, Side.RECEIVER, RETURNED): Role.COORDINATOR,
    (REASON, Side.SENDER, RETURNED): Role.INTAKE,
}
CASES = list(product(HandoverPart, Side, HandoverState, Role, (False, True)))


@pytest.mark.parametrize(("part", "side", "state", "role", "accepted"), CASES)
def test_a_role_reads_a_part_where_the_table_says(part, side, state, role, accepted):
    actor = Actor(1, "x", frozenset({role}), 1, OrganisationKind.MUNICIPALITY, 1)
    expected = READERS.get((part, side, state)) is role
    if accepted and side is Side.SENDER:
        expected = False
    assert reads_handover(actor, part, side, state, accepted=accepted) is expected


@pytest.mark.parametrize("state", ApplicationState)
def test_what_happened_after_a_return(state):
    told = {
        ApplicationState.RUNNING: AfterReturn.RUNNING,
        ApplicationState.WAITING: AfterReturn.WAITING,
        ApplicationState.CLOSED: AfterReturn.CLOSED,
        ApplicationState.RETURNED: AfterReturn.TO_DO,
    }
    if state in told:
        assert after_return(state, offered_later=False) is told[state]
    assert after_return(state, offered_later=True) is AfterReturn.AGAIN


def test_every_state_has_its_words():
    assert [state.label for state in HANDOVER_LABELS] == [
        "Aangeboden", "Teruggestuurd", "Ingetrokken", "Geaccepteerd",
    ]  # fmt: skip
    assert len({step.label for step in AfterReturn}) == len(AfterReturn)
    assert set(HANDOVER_LABELS) == set(HandoverState)
