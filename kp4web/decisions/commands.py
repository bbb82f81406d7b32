"""
Determining a klantprofiel for an applicant ("Profiel vaststellen").

A suggestion and a decision are two records (AVG art. 22): a person decides, always with a
justification. Klantprofiel 4 is offered to the municipality in the same transaction; 1 to 3
close the application (Informatienota West Betuwe 24-11-2020, "Vervolg").
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.applications.commands import close, record_at, require_undecided
from kp4web.applications.models import Application, ApplicationDecision, ElsewhereScore
from kp4web.applications.queries import ApplicationRef, application_ref, last_decider
from kp4web.corrections.commands import Statement as Statement
from kp4web.decisions.correcting import correct_profile as correct_profile
from kp4web.decisions.intentions import BASIS_REASON_MAX as BASIS_REASON_MAX
from kp4web.decisions.intentions import COLOURS as COLOURS
from kp4web.decisions.intentions import INSTRUMENT_MAX as INSTRUMENT_MAX
from kp4web.decisions.intentions import JUSTIFICATION_MAX as JUSTIFICATION_MAX
from kp4web.decisions.intentions import NOTE_MAX as NOTE_MAX
from kp4web.decisions.intentions import REFERENCE_MAX as REFERENCE_MAX
from kp4web.decisions.intentions import CorrectProfile as CorrectProfile
from kp4web.decisions.intentions import DecideProfile as DecideProfile
from kp4web.decisions.intentions import Measured as Measured
from kp4web.decisions.intentions import basis_reason, check_decision, check_note
from kp4web.decisions.intentions import check_score as check_score
from kp4web.domain.actor import Actor
from kp4web.domain.applications import (
    KP4,
    ApplicationState,
    Closing,
    DecisionBasis,
)
from kp4web.domain.errors import DomainError
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.handovers.commands import offer_handover
from kp4web.questionnaires.commands import not_before_ended
from kp4web.questionnaires.models import ProfileSuggestion, Questionnaire, QuestionnaireState

NEWER = "Er is een nieuwere vragenlijst. Bekijk eerst die uitkomst."


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
