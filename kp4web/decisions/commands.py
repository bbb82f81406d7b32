"""
Determining a klantprofiel for an applicant ("Profiel vaststellen").

A suggestion and a decision are two records (AVG art. 22): a person decides, always with a
justification. Klantprofiel 4 is offered to the municipality in the same transaction; 1 to 3
close the application (Informatienota West Betuwe 24-11-2020, "Vervolg").
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.applications.commands import close, record_at, require_undecided
from kp4web.applications.models import Application, ApplicationDecision, ElsewhereScore
from kp4web.applications.queries import ApplicationRef, application_ref, last_decider
from kp4web.corrections.commands import Statement as Statement
from kp4web.domain.actor import Actor
from kp4web.domain.applications import (
    KP4,
    PROFILE_LABELS,
    SCORE_MAX,
    ApplicationState,
    Closing,
    DecisionBasis,
    LifeArea,
)
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.handovers.commands import offer_handover
from kp4web.questionnaires.commands import not_before_ended
from kp4web.questionnaires.models import ProfileSuggestion, Questionnaire, QuestionnaireState

JUSTIFICATION_MAX = 4000
NOTE_MAX = 4000
BASIS_REASON_MAX = 500
INSTRUMENT_MAX = 100
REFERENCE_MAX = 60
NEWER = "Er is een nieuwere vragenlijst. Bekijk eerst die uitkomst."
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


def decide_profile(
    session: Session, actor: Actor, application_id: int, command: DecideProfile,
    *, now: datetime, today: date,
) -> ApplicationDecision:  # fmt: skip
    """
    Determine the klantprofiel, and offer the applicant (4) or close the application (1-3).

    Raises ``InvalidInput`` at the field, ``DomainError`` when it was decided before or a
    questionnaire still runs, ``NotFound`` out of reach.
    """
    require(actor, Action.PROFILE_DECIDE)
    ref = application_ref(session, actor, application_id, lock=True)
    ref.require(Field.HANDOVER, Access.WRITE)
    require_still_undecided(session, ref)
    check_decision(command, today=today)
    if command.profile == KP4:
        check_note(command.note)
    suggestion = _suggestion(session, ref, command)
    now = not_before_ended(session, now, application_id=ref.id)
    decision = ApplicationDecision(
        application_id=ref.id, organisation_id=ref.organisation_id, profile=command.profile,
        justification=command.justification.strip(), decided_on=today, decided_at=now,
        recorded_at=now, decided_by_id=actor.id, basis=command.basis,
        basis_reason=basis_reason(command),
        questionnaire_id=suggestion and suggestion.questionnaire_id,
        suggested_profile=suggestion and suggestion.profile,
    )  # fmt: skip
    _add_measured(session, decision, command.measured)
    application = session.get_one(Application, ref.id)
    record_at(session, actor, ref, "profile_decide", now=now, profile=command.profile,
              basis=command.basis.value)  # fmt: skip
    if command.profile == KP4:
        offer_handover(session, actor, application, decision, command.note, now=now, today=today)
    else:
        close(application, actor, Closing.PROFILE, "", now=now, today=today)
        session.flush()
    return decision


def require_still_undecided(session: Session, ref: ApplicationRef) -> None:
    """Raise ``DomainError`` unless it waits for a decision; tells who decided in between."""
    last = last_decider(session, ref.id)
    ended = ref.state in {ApplicationState.OFFERED, ApplicationState.CLOSED}
    if last is not None and ended and last.closing in {None, Closing.PROFILE}:
        raise DomainError(
            f"{last.name} heeft intussen klantprofiel {last.profile} vastgesteld. "
            "Er is niets veranderd. Open de aanvraag opnieuw."
        )
    require_undecided(ref)


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


def _suggestion(
    session: Session, ref: ApplicationRef, command: DecideProfile
) -> ProfileSuggestion | None:
    """Return the suggestion on the screen; raise ``DomainError`` when it is not the last."""
    if command.basis is not DecisionBasis.QUESTIONNAIRE:
        return None
    last = session.scalar(
        select(ProfileSuggestion)
        .join(Questionnaire, Questionnaire.id == ProfileSuggestion.questionnaire_id)
        .where(
            Questionnaire.application_id == ref.id,
            Questionnaire.state == QuestionnaireState.COMPLETED,
        )
        .order_by(Questionnaire.ended_at.desc(), Questionnaire.id.desc())
        .limit(1)
    )
    if last is None or last.questionnaire_id != command.questionnaire_id:
        raise DomainError(NEWER)
    return last


def _add_measured(
    session: Session, decision: ApplicationDecision, measured: Measured | None
) -> None:
    if measured is not None and decision.basis is DecisionBasis.ELSEWHERE:
        decision.instrument = measured.instrument.strip()
        decision.measured_on, decision.measured_profile = measured.measured_on, measured.profile
        decision.reference = measured.reference.strip()
    session.add(decision)
    session.flush()
    if measured is not None and decision.basis is DecisionBasis.ELSEWHERE:
        session.add_all(
            ElsewhereScore(decision_id=decision.id, life_area=area, score=text.strip().lower())
            for area, text in measured.scores
            if text.strip()
        )
