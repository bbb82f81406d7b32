"""How the list of hand-overs looks: inbox and outbox, a tab per state, parts of a tab."""

from collections.abc import Callable, Sequence
from typing import Any

from kp4web.domain.handovers import HandoverState, Side
from kp4web.handovers.lines import HandoverList
from kp4web.handovers.outgoing import Only

TABS = {
    "aangeboden": HandoverState.OFFERED,
    "teruggestuurd": HandoverState.RETURNED,
    "ingetrokken": HandoverState.WITHDRAWN,
    "geaccepteerd": HandoverState.ACCEPTED,
}
WAYS = {"ontvangen": Side.RECEIVER, "verstuurd": Side.SENDER}
PARTS = {
    HandoverState.OFFERED: {Only.UNASSIGNED: "Zonder klantmanager", Only.LATE: "Te laat"},
    HandoverState.ACCEPTED: {
        Only.UNASSIGNED: "Zonder klantmanager", Only.FEEDBACK: "Terugmelding nog te doen",
    },
}  # fmt: skip
Address = Callable[..., str]
"""From side, state, page and part to the address."""


def tabs_of(found: HandoverList, address: Address) -> list[dict[str, Any]]:
    """Return a tab for every state."""
    return [
        {
            "label": state.label, "href": address(found.side, state),
            "current": state is found.state, "count": found.counts[state],
        }
        for state in TABS.values()
    ]  # fmt: skip


def ways_in(found: HandoverList, ways: Sequence[Side], address: Address) -> list[dict[str, Any]]:
    """Return inbox and outbox, for who has both."""
    if len(ways) < len(WAYS):
        return []
    return [
        {
            "label": way.capitalize(), "href": address(side, HandoverState.OFFERED),
            "current": side is found.side,
        }
        for way, side in WAYS.items()
    ]  # fmt: skip


def parts_of(found: HandoverList, address: Address) -> list[dict[str, Any]]:
    """Return the parts of this tab, with everything first; none where there are no parts."""
    names = PARTS.get(found.state, {}) if found.parts else {}
    if not names:
        return []
    every = {
        "label": "Alles", "href": address(found.side, found.state), "current": not found.only,
    }  # fmt: skip
    return [
        every,
        *(
            {
                "label": label, "href": address(found.side, found.state, only=only),
                "current": found.only is only, "count": found.parts[only],
            }
            for only, label in names.items()
        ),
    ]  # fmt: skip
