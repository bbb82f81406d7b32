"""Writing what intake did and which questions were answered, by the commands of the application."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from kp4web.applications import commands as applications
from kp4web.applications.queries import last_decision
from kp4web.clients.models import HouseholdRelation
from kp4web.decisions.commands import (
    CorrectProfile,
    DecideProfile,
    Measured,
    Statement,
    correct_profile,
    decide_profile,
)
from kp4web.decisions.queries import decision_for
from kp4web.demo import intake_events as told
from kp4web.demo import redecided
from kp4web.demo.answers import EXAMPLE
from kp4web.demo.events import Event, OfferHandover
from kp4web.demo.loading import Keys, person_of
from kp4web.domain.applications import KP4, Closing, DecisionBasis, LifeArea
from kp4web.domain.dates import add_days
from kp4web.handovers.commands import ReturnHandover, return_handover
from kp4web.handovers.models import Handover
from kp4web.questionnaires import commands as questionnaires
from kp4web.questionnaires.queries import questionnaire_ref
from kp4web.versions.commands import add_version, put_in_force

BEFORE_QUESTIONNAIRES = "Vastgesteld in een gesprek, voordat de vragenlijst er was."


def add_version_of_example(keys: Keys, event: told.AddVersion) -> None:
    """Add the example of the questionnaire file."""
    content = EXAMPLE.read_text(encoding="utf-8")
    made = add_version(*keys.who(event), content, now=event.at, today=event.day)
    keys.versions[event.version] = made.id


def use_version(keys: Keys, event: told.PutInForce) -> None:
    """Put a version in force for each organisation."""
    for organisation in event.organisations:
        put_in_force(
            *keys.who(event), keys.organisations[organisation], keys.versions[event.version],
            event.from_on, now=event.at, today=event.day,
        )  # fmt: skip


def register(keys: Keys, event: told.RegisterApplicant) -> None:
    """Register an application; that of a partner is known already."""
    command = applications.RegisterApplication(
        person=person_of(event.person), municipality_id=keys.municipalities[event.municipality],
        registered_on=event.registered_on,
        members=tuple(
            applications.Member(one.name, HouseholdRelation(one.relation), one.birth_date)
            for one in event.members
        ),
        partner_of=keys.applications[event.partner_of] if event.partner_of else None,
    )  # fmt: skip
    made = applications.register_application(
        *keys.who(event), command, now=event.at, today=event.day
    )
    keys.applications[event.application] = made.id


def offer(keys: Keys, event: OfferHandover) -> None:
    """Determine klantprofiel 4 and so offer the applicant, who may have to be registered first."""
    if not event.application:
        registering = told.RegisterApplicant(
            at=event.at, by=event.by, application=event.handover, person=event.person,
            municipality=event.municipality, registered_on=event.registered_on,
        )  # fmt: skip
        register(keys, registering)
    deciding = DecideProfile(
        profile=KP4, justification=event.justification, note=event.note,
        **_rests_on(keys, event.questionnaire, BEFORE_QUESTIONNAIRES),
    )  # fmt: skip
    application_id = keys.applications[event.application or event.handover]
    decision = decide_profile(
        *keys.who(event), application_id, deciding, now=event.at, today=event.day
    )
    made = keys.session.scalars(select(Handover).where(Handover.decision_id == decision.id))
    keys.handovers[event.handover] = made.one().id


def _rests_on(keys: Keys, questionnaire: str, reason: str) -> dict[str, Any]:
    if questionnaire:
        return {
            "basis": DecisionBasis.QUESTIONNAIRE,
            "questionnaire_id": keys.questionnaires[questionnaire],
        }
    return {"basis": DecisionBasis.CONVERSATION, "basis_reason": reason}


def decide(keys: Keys, event: told.DetermineProfile) -> None:
    """Determine klantprofiel 1, 2 or 3."""
    basis = _rests_on(keys, event.questionnaire, event.basis_reason)
    if event.measured is not None:
        basis = {"basis": DecisionBasis.ELSEWHERE, "measured": _measured(event.measured)}
    command = DecideProfile(profile=event.profile, justification=event.justification, **basis)
    decide_profile(
        *keys.who(event), keys.applications[event.application], command,
        now=event.at, today=event.day,
    )  # fmt: skip


def _measured(found: told.ElsewhereOutcome) -> Measured:
    return Measured(
        instrument=found.instrument, measured_on=found.measured_on, profile=found.profile,
        reference=found.reference,
        scores=tuple((LifeArea(code), score) for code, score in found.scores),
    )  # fmt: skip


def correct(keys: Keys, event: redecided.CorrectProfile) -> None:
    """Correct what was determined."""
    session, actor = keys.who(event)
    last = last_decision(session, keys.applications[event.application])
    assert last is not None, event.application  # noqa: S101 -- the story decides before it corrects
    subject = decision_for(session, actor, last.id)
    known = subject.content
    decision = DecideProfile(
        profile=event.profile or known.profile, justification=known.justification,
        basis=known.basis, basis_reason=known.basis_reason,
    )  # fmt: skip
    day = max(add_days(known.decided_on, -event.days_earlier), subject.days.earliest)
    correct_profile(
        session, actor, last.id, CorrectProfile(day, decision),
        Statement(event.why, subject.basis), now=event.at, today=event.day,
    )  # fmt: skip


def close(keys: Keys, event: told.CloseApplication) -> None:
    """Close an application without a klantprofiel."""
    command = applications.CloseApplication(Closing(event.closing), event.note)
    applications.close_application(
        *keys.who(event), keys.applications[event.application], command,
        now=event.at, today=event.day,
    )  # fmt: skip


def send_back(keys: Keys, event: told.ReturnHandover) -> None:
    """Send an offered hand-over back."""
    return_handover(
        *keys.who(event), keys.handovers[event.handover], ReturnHandover(event.reason),
        now=event.at, today=event.day,
    )  # fmt: skip


def start(keys: Keys, event: told.StartQuestionnaire) -> None:
    """Begin a questionnaire with an applicant, or in a dossier."""
    if event.application:
        made = questionnaires.start_for_application(
            *keys.who(event), keys.applications[event.application], now=event.at, today=event.day
        )
    else:
        made = questionnaires.start_for_dossier(
            *keys.who(event), keys.numbers[event.dossier], now=event.at, today=event.day
        )
    keys.questionnaires[event.questionnaire] = made.id


def answer(keys: Keys, event: told.GiveAnswers) -> None:
    """Answer the questions of one sitting."""
    ref = questionnaire_ref(*keys.who(event), keys.questionnaires[event.questionnaire], lock=True)
    given = {
        question: questionnaires.SaveAnswer(question, value, revision=0)
        for question, value in event.answers
    }
    questionnaires.save_answers(*keys.who(event), ref, given, now=event.at)


def complete(keys: Keys, event: told.CompleteQuestionnaire) -> None:
    """Complete a questionnaire."""
    questionnaires.complete_questionnaire(
        *keys.who(event), keys.questionnaires[event.questionnaire], now=event.at, today=event.day
    )


def discard(keys: Keys, event: told.DiscardQuestionnaire) -> None:
    """Throw a questionnaire away."""
    questionnaires.discard_questionnaire(
        *keys.who(event), keys.questionnaires[event.questionnaire],
        questionnaires.DiscardQuestionnaire(event.reason), now=event.at, today=event.day,
    )  # fmt: skip


INTAKE_COMMANDS: dict[type[Event], Callable[[Keys, Any], None]] = {
    OfferHandover: offer,
    told.AddVersion: add_version_of_example,
    told.PutInForce: use_version,
    told.RegisterApplicant: register,
    told.StartQuestionnaire: start,
    told.GiveAnswers: answer,
    told.CompleteQuestionnaire: complete,
    told.DiscardQuestionnaire: discard,
    told.DetermineProfile: decide,
    told.ReturnHandover: send_back,
    redecided.CorrectProfile: correct,
    told.CloseApplication: close,
}
