"""The addresses around the list of dossiers; only structure is in them, no person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from kp4web.domain.due_words import DueGroup
from kp4web.domain.tracks import Subgroup, TrackKind
from kp4web.search.queries import Sort

MINE, ALL, NOBODY = "mij", "alle", "geen"
"""Words for whose dossiers; anything else is the id of a colleague."""
WITH_STOPPED = "alle"
TRACK_OFFERS = (
    ("", "Alle lopende trajecten"),
    (WITH_STOPPED, "Ook gestopte dossiers"),
    *((kind.value, kind.label) for kind in TrackKind),
)
GROUP_OFFERS = (("", "Alle datums"), *((which.value, which.label) for which in DueGroup))
SUBGROUP_OFFERS = (("", "Alle subgroepen"), *((group.value, group.label) for group in Subgroup))
FILTERS = ("traject", "groep", "subgroep", "gemeente")
"""What one filters by beside whose dossiers; the last is there for who works in several."""
WHOSE_LABELS = {
    MINE: "Mijn dossiers",
    ALL: "Alle dossiers van het team",
    NOBODY: "Zonder consulent",
}
SORT_LABELS = {
    Sort.NAME: "Naam",
    Sort.NUMBER: "Dossiernummer",
    Sort.SINCE: "Begin van het traject",
    Sort.LAST: "Laatste contact",
    Sort.NEXT: "Volgende datum",
}


def place_offers(places: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return the municipalities to choose from, with all of them first."""
    return [("", "Alle gemeenten"), *((str(key), name) for key, name in places.items())]


def sort_offers(asked: str) -> list[tuple[str, str]]:
    """Return the orders to choose from; one that is turned round only when it is asked for."""
    offers = [(sort.value, label) for sort, label in SORT_LABELS.items()]
    turned = [(f"-{sort.value}", f"{label}, omgekeerd") for sort, label in SORT_LABELS.items()]
    return offers + [offer for offer in turned if offer[0] == asked]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address without it."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses around one page of the list; what is usual is left out of them."""

    base: str
    chosen: Mapping[str, str]
    usual: Mapping[str, str]

    def of(self, **changes: str) -> str:
        """Return the address of the list with other choices, from its first page on."""
        chosen = {**self.chosen, **changes}
        given = {name: value for name, value in chosen.items() if value != self.usual.get(name)}
        return f"{self.base}?{urlencode(given)}" if given else self.base

    def of_kept(self, chosen: Mapping[str, str]) -> str:
        """Return the address of filters that somebody kept; what is no filter is left out."""
        known = {name: value for name, value in chosen.items() if name in self.usual}
        return self.of(**(dict(self.usual) | known))

    def is_now(self, chosen: Mapping[str, str]) -> bool:
        """Return whether these are the filters of this very list."""
        return dict(self.usual) | dict(chosen) == dict(self.chosen)

    def page(self, number: int) -> str:
        """Return the address of another page."""
        return self.of(pagina=str(number)) if number > 1 else self.of()

    def sorted_by(self, sort: str) -> str:
        """Return the address sorted by this; what it is sorted by already is turned round."""
        return self.of(sort=f"-{sort}" if self.chosen["sort"] == sort else sort)

    def direction(self, sort: str) -> str | None:
        """Return ``ascending`` or ``descending`` when the list is sorted by this."""
        return {sort: "ascending", f"-{sort}": "descending"}.get(self.chosen["sort"])

    def chips(self, labels: Mapping[str, str]) -> list[Chip]:
        """Return the filters that are on; ``labels`` are the words of each choice."""
        on = [name for name in FILTERS if self.chosen.get(name)]
        chips = [Chip(labels[name], self.of(**{name: ""})) for name in on]
        if self.chosen["consulent"] not in WHOSE_LABELS:
            chips.append(Chip(labels["consulent"], self.of(consulent=ALL)))
        return chips

    def without_filters(self) -> str:
        """Return the address of the whole list, in the same order."""
        consulent = self.chosen["consulent"]
        kept = consulent if consulent in WHOSE_LABELS else ALL
        none = {name: "" for name in FILTERS if name in self.chosen}
        return self.of(**none, consulent=kept)

    def tabs(self, whose: Iterable[str]) -> list[dict[str, Any]]:
        """Return the ways to the own dossiers, those of the team, and those of nobody."""
        chosen = self.chosen["consulent"]
        return [
            {"label": WHOSE_LABELS[one], "href": self.of(consulent=one), "current": one == chosen}
            for one in whose
        ]
