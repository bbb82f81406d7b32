"""Agreements made in a conversation: who is to do what, and how it ended."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from kp4web.domain.dates import dutch_date


class Party(StrEnum):
    """Who is to keep an agreement."""

    RESIDENT = "resident"
    CONSULTANT = "consultant"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return PARTY_LABELS[self]


PARTY_LABELS: Mapping[Party, str] = {
    Party.RESIDENT: "Inwoner",
    Party.CONSULTANT: "Consulent",
    Party.OTHER: "Iemand anders",
}


class AgreementEnding(StrEnum):
    """How an agreement ended; nothing follows from it by itself."""

    KEPT = "kept"
    NOT_KEPT = "not_kept"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return ENDING_LABELS[self]


ENDING_LABELS: Mapping[AgreementEnding, str] = {
    AgreementEnding.KEPT: "Nagekomen",
    AgreementEnding.NOT_KEPT: "Niet nagekomen",
    AgreementEnding.DROPPED: "Vervallen",
}


def agreed(who: Party, what: str) -> str:
    """Return an agreement in one line: ``Inwoner: de huisarts bellen``."""
    return f"{who.label}: {what}"


def agreed_title(
    who: Party, due_on: date | None = None, ending: AgreementEnding | None = None
) -> str:
    """Return what an agreement is called: ``Afspraak (inwoner, uiterlijk 01-12-2026)``."""
    parts = [who.label.lower()]
    if due_on:
        parts.append(f"uiterlijk {dutch_date(due_on)}")
    if ending:
        parts.append(ending.label.lower())
    return f"Afspraak ({', '.join(parts)})"
