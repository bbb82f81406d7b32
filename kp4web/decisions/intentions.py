"""What somebody may want with a klantprofiel: determine it, correct it; and what that asks."""

import re
from dataclasses import dataclass
from datetime import date

from kp4web.domain.applications import PROFILE_LABELS, SCORE_MAX, DecisionBasis, LifeArea
from kp4web.domain.errors import InvalidInput

JUSTIFICATION_MAX = 4000
NOTE_MAX = 4000
BASIS_REASON_MAX = 500
INSTRUMENT_MAX = 100
REFERENCE_MAX = 60
COLOURS = ("groen", "geel", "oranje", "rood", "blauw", "grijs")
"""What an instrument may give a life area instead of a number."""
_NUMBER = re.compile(r"-?[0-9]{1,5}([.,][0-9]{1,2})?%?")


@dataclass(frozen=True)
class Measured:
    """An outcome of another instrument: named, not copied."""

    instrument: str
    measured_on: date
    profile: int | None = None
    reference: str = ""
    scores: tuple[tuple[LifeArea, str], ...] = ()
    """A number or one of ``COLOURS`` per life area: what lies behind it is not copied."""


@dataclass(frozen=True)
class DecideProfile:
    """The intention to determine a klantprofiel."""

    profile: int
    justification: str
    basis: DecisionBasis
    note: str = ""
    """The short hand-over to the municipality; only for klantprofiel 4."""
    questionnaire_id: int | None = None
    basis_reason: str = ""
    """Why there is no questionnaire."""
    measured: Measured | None = None


@dataclass(frozen=True)
class CorrectProfile:
    """The intention to correct a decision: as it should have been recorded, and on which day."""

    decided_on: date | None
    decision: DecideProfile


def check_decision(command: DecideProfile, *, today: date) -> None:
    """Raise ``InvalidInput`` at the field unless it is a decision with its reasons."""
    if command.profile not in PROFILE_LABELS:
        raise InvalidInput("profile", "Kies een klantprofiel.")
    if not command.justification.strip():
        raise InvalidInput("justification", "Schrijf waarom u dit klantprofiel vaststelt.")
    if command.basis is DecisionBasis.CONVERSATION and not command.basis_reason.strip():
        raise InvalidInput("basis_reason", "Schrijf waarom er geen vragenlijst is.")
    if command.basis is DecisionBasis.ELSEWHERE:
        _check_measured(command.measured, today=today)


def check_note(note: str) -> None:
    """Raise ``InvalidInput`` without a word for who guides the resident next."""
    if not note.strip():
        raise InvalidInput("note", "Schrijf een korte overdracht voor Team Sociaal.")


def _check_measured(measured: Measured | None, *, today: date) -> None:
    if measured is None or not measured.instrument.strip():
        raise InvalidInput("instrument", "Schrijf met welk instrument er is gemeten.")
    if measured.measured_on > today:
        raise InvalidInput("measured_on", "De datum kan niet in de toekomst liggen.")
    for area, text in measured.scores:
        check_score(f"score_{area}", text)


def check_score(field: str, text: str) -> None:
    """Raise ``InvalidInput`` at the field for what is no number or colour; empty is none."""
    typed = text.strip()
    fits = _NUMBER.fullmatch(typed) is not None or typed.lower() in COLOURS
    if typed and not (fits and len(typed) <= SCORE_MAX):
        colours = ", ".join(COLOURS)
        raise InvalidInput(field, f"Schrijf een getal of een kleur. De kleuren zijn: {colours}.")


def basis_reason(command: DecideProfile) -> str:
    """Return why there is no questionnaire; nothing when there is one, or a measurement."""
    without = command.basis is DecisionBasis.CONVERSATION
    return command.basis_reason.strip() if without else ""
