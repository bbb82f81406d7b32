"""
Where an application stands, and what may be decided about it.

Source: Informatienota West Betuwe 24-11-2020 ("Vervolg"): the work agency determines the
klantprofiel during the application; klantprofiel 4 goes to the municipality, 1 to 3 stay.
"""

from collections.abc import Mapping
from enum import StrEnum

KP4 = 4
"""The klantprofiel that the municipality guides."""
SCORE_MAX = 20
"""Characters in the score of a life area that was measured elsewhere."""

PROFILE_LABELS: Mapping[int, str] = {
    1: "Direct beschikbaar voor betaald werk.",
    2: "Met tijdelijke ondersteuning snel beschikbaar voor betaald werk.",
    3: (
        "Met iets langere ondersteuning beschikbaar voor betaald werk "
        "binnen een periode van 2 jaar."
    ),
    4: "Geen reëel perspectief op betaald werk binnen een periode van 2 jaar.",
}
"""The klantprofielen in the words of the note of 2020."""


class ApplicationState(StrEnum):
    """Where an application stands; exactly one, see ``state_of``."""

    OPEN = "open"
    RUNNING = "running"
    WAITING = "waiting"
    OFFERED = "offered"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return STATE_LABELS[self]

    @property
    def undecided(self) -> bool:
        """Return whether a klantprofiel may be determined now."""
        return self in {self.OPEN, self.WAITING, self.RETURNED}


STATE_LABELS: Mapping[ApplicationState, str] = {
    ApplicationState.OPEN: "Open",
    ApplicationState.RUNNING: "Vragenlijst bezig",
    ApplicationState.WAITING: "Wacht op profiel",
    ApplicationState.OFFERED: "Aangeboden",
    ApplicationState.RETURNED: "Terug bij intake",
    ApplicationState.ACCEPTED: "Geaccepteerd",
    ApplicationState.CLOSED: "Afgesloten",
}


class Closing(StrEnum):
    """Why an application is closed without a hand-over."""

    PROFILE = "profile"
    WITHDRAWN = "withdrawn"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return CLOSING_LABELS[self]


CLOSING_LABELS: Mapping[Closing, str] = {
    Closing.PROFILE: "Klantprofiel 1, 2 of 3",
    Closing.WITHDRAWN: "Aanvraag ingetrokken",
    Closing.OTHER: "Anders",
}


class DecisionBasis(StrEnum):
    """What a determined klantprofiel rests on."""

    QUESTIONNAIRE = "questionnaire"
    ELSEWHERE = "elsewhere"
    CONVERSATION = "conversation"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return BASIS_LABELS[self]


BASIS_LABELS: Mapping[DecisionBasis, str] = {
    DecisionBasis.QUESTIONNAIRE: "Vragenlijst",
    DecisionBasis.ELSEWHERE: "Uitkomst van een meting elders",
    DecisionBasis.CONVERSATION: "Zonder vragenlijst",
}


class LifeArea(StrEnum):
    """The five life areas of the note of 2020 (Dariuz)."""

    WORK = "work"
    HEALTH = "health"
    SOCIAL = "social"
    HOUSING_MONEY = "housing_money"
    JUSTICE = "justice"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return LIFE_AREA_LABELS[self]


LIFE_AREA_LABELS: Mapping[LifeArea, str] = {
    LifeArea.WORK: "Werk en werk zoeken",
    LifeArea.HEALTH: "Gezondheid en verslaving",
    LifeArea.SOCIAL: "Sociale omgeving",
    LifeArea.HOUSING_MONEY: "Huisvesting en financiën",
    LifeArea.JUSTICE: "Justitie",
}


def state_of(
    *,
    closed: bool,
    offered: bool = False,
    accepted: bool = False,
    returned: bool = False,
    running: bool = False,
    undecided_outcome: bool = False,
) -> ApplicationState:
    """
    Return where an application stands.

    ``offered``, ``accepted`` and ``returned`` are about its last hand-over, ``running`` about a
    questionnaire that is still open, ``undecided_outcome`` about one completed after the last
    decision.
    """
    tried = (
        (closed, ApplicationState.CLOSED),
        (accepted, ApplicationState.ACCEPTED),
        (offered, ApplicationState.OFFERED),
        (running, ApplicationState.RUNNING),
        (undecided_outcome, ApplicationState.WAITING),
        (returned, ApplicationState.RETURNED),
    )
    return next((state for holds, state in tried if holds), ApplicationState.OPEN)
