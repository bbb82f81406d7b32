"""How the list of hand-overs looks: inbox and outbox, a tab per state, parts of a tab."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from kp4web.domain.handovers import HandoverKind, HandoverState, Side, Way
from kp4web.handovers.lines import HandoverList
from kp4web.handovers.outgoing import Only

TABS = {
    "aangeboden": HandoverState.OFFERED,
    "teruggestuurd": HandoverState.RETURNED,
    "ingetrokken": HandoverState.WITHDRAWN,
    "geaccepteerd": HandoverState.ACCEPTED,
}
WAYS: Mapping[str, tuple[Way, ...]] = {
    "ontvangen": ((HandoverKind.KP4, Side.RECEIVER), (HandoverKind.KP3, Side.RECEIVER)),
    "verstuurd": ((HandoverKind.KP4, Side.SENDER), (HandoverKind.KP3, Side.SENDER)),
    "dossiers": ((HandoverKind.KP3, Side.SENDER),),
}
"""A word of the address, and what it stands for: the first of these that one has."""
WAY_LABELS = {"ontvangen": "Ontvangen", "verstuurd": "Verstuurd", "dossiers": "Uit onze dossiers"}
PARTS = {
    HandoverState.OFFERED: {Only.UNASSIGNED: "Zonder klantmanager", Only.LATE: "Te laat"},
    HandoverState.ACCEPTED: {
        Only.UNASSIGNED: "Zonder klantmanager", Only.FEEDBACK: "Terugmelding nog te doen",
    },
}  # fmt: skip
Address = Callable[..., str]
"""From way, state, page and part to the address."""


def way_named(name: str, ways: Collection[Way]) -> Way | None:
    """Return which of these lists a word of the address stands for, if any."""
    return next((way for way in WAYS.get(name, ()) if way in ways), None)


def name_of(way: Way, ways: Collection[Way]) -> str:
    """Return the word of the address for one of these lists."""
    return next(name for name in WAYS if way_named(name, ways) == way)


def tabs_of(found: HandoverList, address: Address) -> list[dict[str, Any]]:
    """Return a tab for every state."""
    return [
        {
            "label": state.label, "href": address(found.way, state),
            "current": state is found.state, "count": found.counts[state],
        }
        for state in TABS.values()
    ]  # fmt: skip


def ways_in(found: HandoverList, ways: Sequence[Way], address: Address) -> list[dict[str, Any]]:
    """Return inbox and outbox, for who has more than one of them."""
    if len(ways) == 1:
        return []
    names = {name_of(way, ways): way for way in ways}
    return [
        {
            "label": label, "href": address(names[name], HandoverState.OFFERED),
            "current": names[name] == found.way,
        }
        for name, label in WAY_LABELS.items()
        if name in names
    ]  # fmt: skip


def parts_of(found: HandoverList, address: Address) -> list[dict[str, Any]]:
    """Return the parts of this tab, with everything first; none where there are no parts."""
    names = PARTS.get(found.state, {}) if found.parts else {}
    if not names:
        return []
    every = {
        "label": "Alles", "href": address(found.way, found.state), "current": not found.only,
    }  # fmt: skip
    return [
        every,
        *(
            {
                "label": label, "href": address(found.way, found.state, only=only),
                "current": found.only is only, "count": found.parts[only],
            }
            for only, label in names.items()
        ),
    ]  # fmt: skip
