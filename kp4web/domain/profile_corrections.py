"""
Correcting a klantprofiel that was determined: its day, the profile itself, its basis and reasons.

The organisation that decided corrects its own decision (3-visibility: "profile decision", intake
W). Where another profile would have led the applicant elsewhere, ``course_of`` says what follows
from it, or what to do instead.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kp4web.domain.applications import KP4, ApplicationState, Closing, DecisionBasis, LifeArea
from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import InvalidInput

NOT_LAST = "Daarna is opnieuw een klantprofiel vastgesteld. Dat telt nu: corrigeer dat."
UNDECIDED = (
    "Deze aanvraag wacht op een nieuw klantprofiel. Stel dat vast: daarna telt dit profiel niet "
    "meer."
)
OFFERED = (
    "De aanvraag is met klantprofiel 4 aangeboden aan de gemeente. Trek eerst de overdracht in. "
    "Daarna kunt u het profiel corrigeren."
)
ACCEPTED = (
    "De gemeente begeleidt deze inwoner onder klantprofiel 4. Had dit een ander klantprofiel "
    "moeten zijn? Overleg met Team Sociaal: zij stoppen het dossier, of dragen het over aan "
    "Werkzaak (KP3)."
)
NO_RECEIVER = (
    "Deze gemeente werkt nog niet met dit systeem. Klantprofiel 4 kan hier niet worden aangeboden."
)


class Course(StrEnum):
    """What follows for the application from the corrected profile."""

    STAYS = "stays"
    CLOSES = "closes"
    """Klantprofiel 4 was not right after all: as if 1, 2 or 3 was determined."""
    OFFERS = "offers"
    """Klantprofiel 4 was right after all: it is offered to the municipality now."""


@dataclass(frozen=True, slots=True)
class DecisionContent:
    """What was determined, on what it rests and why; everything but who did it."""

    profile: int
    decided_on: date
    justification: str
    basis: DecisionBasis
    basis_reason: str = ""
    questionnaire_id: int | None = None
    suggested_profile: int | None = None
    instrument: str = ""
    measured_on: date | None = None
    measured_profile: int | None = None
    reference: str = ""
    scores: tuple[tuple[LifeArea, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Days:
    """Between which days the decision can have been taken, and why not outside them."""

    earliest: date
    before: str
    latest: date
    after: str

    def check(self, day: date) -> None:
        """Raise ``InvalidInput`` at the day when it cannot be."""
        if day < self.earliest:
            raise InvalidInput(
                "decided_on", f"Kies {dutch_date(self.earliest)} of later: {self.before}"
            )
        if day > self.latest:
            raise InvalidInput(
                "decided_on", f"Kies {dutch_date(self.latest)} of eerder: {self.after}"
            )


@dataclass(frozen=True, slots=True)
class Place:
    """Where the application stands, and whether this decision is the one that counts."""

    state: ApplicationState
    closing: Closing | None
    is_last: bool
    receives: bool = True
    """Whether the municipality works with this system, so that it can be offered."""

    @property
    def fixed(self) -> str:
        """Return why the profile itself cannot be corrected, and what to do; empty when it can."""
        if self.state is ApplicationState.ACCEPTED:
            return ACCEPTED
        if not self.is_last:
            return NOT_LAST
        if self.state is ApplicationState.OFFERED:
            return OFFERED
        ended = {ApplicationState.RETURNED, ApplicationState.CLOSED}
        return "" if self.state in ended else UNDECIDED


def course_of(place: Place, was: int, becomes: int) -> Course:
    """Return what follows from another profile; raises ``InvalidInput`` where it cannot be."""
    if was == becomes:
        return Course.STAYS
    if place.fixed:
        raise InvalidInput("profile", place.fixed)
    if place.state is ApplicationState.RETURNED and becomes != KP4:
        return Course.CLOSES
    if place.closing is Closing.PROFILE and becomes == KP4:
        if not place.receives:
            raise InvalidInput("profile", NO_RECEIVER)
        return Course.OFFERS
    return Course.STAYS


def changed_words(was: DecisionContent, becomes: DecisionContent) -> tuple[str, ...]:
    """Return what a correction changes in the decision itself, in sentences."""
    lines = []
    if was.profile != becomes.profile:
        lines.append(f"Klantprofiel {was.profile} wordt klantprofiel {becomes.profile}.")
    if was.decided_on != becomes.decided_on:
        lines.append(
            f"Vastgesteld op {dutch_date(was.decided_on)} wordt {dutch_date(becomes.decided_on)}."
        )
    if was.basis is not becomes.basis:
        lines.append(f"Het profiel rust op: {_label(becomes)}, in plaats van {_label(was)}.")
    elif _rests_on(was) != _rests_on(becomes):
        lines.append("Waar het profiel op rust, wordt aangepast.")
    if was.justification != becomes.justification:
        lines.append("De motivering wordt vervangen.")
    return tuple(lines)


def _label(content: DecisionContent) -> str:
    return content.basis.label.lower()


def _rests_on(content: DecisionContent) -> tuple[object, ...]:
    return (
        content.basis_reason, content.questionnaire_id, content.instrument, content.measured_on,
        content.measured_profile, content.reference, content.scores,
    )  # fmt: skip
