"""The two standing headings of a dossier: what every case of the deck (23-3-2021) is told by."""

from collections.abc import Mapping
from enum import StrEnum

TEXT_LIMIT = 2_000
"""Characters under one heading: it says how things stand, the reports hold the rest."""


class Heading(StrEnum):
    """A standing heading; the deck prints both in every example case."""

    SUPPORT_NEED = "support_need"
    ACTIVATION = "activation"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return _LABELS[self]

    @property
    def slug(self) -> str:
        """Return the word that stands in an address."""
        return self.label.lower()


_LABELS: Mapping[Heading, str] = {
    Heading.SUPPORT_NEED: "Ondersteuningsvraag",
    Heading.ACTIVATION: "Activering",
}
BY_SLUG: Mapping[str, Heading] = {heading.slug: heading for heading in Heading}

_WHAT_TO_WRITE: Mapping[Heading, str] = {
    Heading.SUPPORT_NEED: "Welke hulp zoekt de inwoner? "
    "Bijvoorbeeld dagbesteding of hulp bij schulden.",
    Heading.ACTIVATION: "Wat doet de inwoner en wat is de volgende stap? "
    "Bijvoorbeeld een taalmaatje of vrijwilligerswerk.",
}
_WHAT_TO_LEAVE = (
    "Tijdens rust hoeft hier niets te staan. Vraag de inwoner nu niet naar activering. "
    "Schrijf alleen op wat al loopt of wat de inwoner zelf noemt."
)
NO_DIAGNOSIS = "Schrijf op wat iemand kan en nodig heeft, geen diagnoses."


def what_to_write(heading: Heading, *, resting: bool) -> str:
    """Return what belongs under a heading; during rest nothing prompts to activation."""
    if resting and heading is Heading.ACTIVATION:
        return _WHAT_TO_LEAVE
    return _WHAT_TO_WRITE[heading]
