"""Every write about questionnaires: starting one, answering, completing it, throwing it away."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from kp4web.applications.commands import move
from kp4web.applications.models import Application, ApplicationDecision
from kp4web.applications.queries import application_ref
from kp4web.audit.commands import record
from kp4web.clients.commands import pension_table
from kp4web.clients.models import Client
from kp4web.domain.actor import Actor
from kp4web.domain.applications import KP4, ApplicationState
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.pension import aow_date, months_until
from kp4web.domain.periods import valid_on
from kp4web.domain.policy import Access, Action, Field, require, require_access, writable_classes
from kp4web.domain.questionnaire.answering import dump
from kp4web.domain.questionnaire.definition import Definition, Question, Value
from kp4web.domain.questionnaire.outcome import Facts, Outcome, outcome
from kp4web.dossiers.models import ProfileDecision
from kp4web.dossiers.queries import dossier_ref
from kp4web.questionnaires.models import (
    Answer,
    ProfileSuggestion,
    Questionnaire,
    QuestionnaireState,
)
from kp4web.questionnaires.moments import moment_of_end
from kp4web.questionnaires.moments import not_before_ended as not_before_ended
from kp4web.questionnaires.queries import (
    Given,
    QuestionnaireRef,
    answers_of,
    previous_of,
    questionnaire_ref,
    total_of,
)
from kp4web.versions.queries import definition_of, version_in_force

NONE_IN_FORCE = "Er is voor uw organisatie geen vragenlijst in gebruik. Vraag het de beheerder."
REASON_MAX = 500


def start_for_application(
    session: Session, actor: Actor, application_id: int, *, now: datetime, today: date
) -> Questionnaire:
    """
    Start a questionnaire with an applicant, or return the one that runs: a double click is one.

    Raises ``DomainError`` when the application no longer waits for one.
    """
    require(actor, Action.QUESTIONNAIRE_FILL_IN)
    ref = application_ref(session, actor, application_id, lock=True)
    ref.require(Field.ANSWERS_GENERAL, Access.WRITE)
    if running := _running(session, Questionnaire.application_id == ref.id):
        return running
    if not ref.state.undecided:
        raise DomainError(f"Deze aanvraag is al {ref.state.label.lower()}.")
    made = _start(session, actor, ref.municipality_id, application_id=ref.id, now=now, today=today)
    move(session.get_one(Application, ref.id), ApplicationState.RUNNING, today=today)
    session.flush()
    return made


def start_for_dossier(
    session: Session, actor: Actor, number: str, *, now: datetime, today: date
) -> Questionnaire:
    """
    Start a reassessment in an own dossier, or return the one that runs: a double click is one.

    Raises ``DomainError`` when the dossier has stopped.
    """
    require(actor, Action.QUESTIONNAIRE_FILL_IN)
    ref = dossier_ref(session, actor, number, lock=True)
    ref.require(Field.ANSWERS_GENERAL, Access.WRITE)
    if not ref.is_active:
        raise DomainError("Dit dossier is gestopt. Open het eerst opnieuw.")
    if running := _running(session, Questionnaire.dossier_id == ref.id):
        return running
    return _start(session, actor, ref.municipality_id, dossier_id=ref.id, now=now, today=today)


def _running(session: Session, subject: ColumnElement[bool]) -> Questionnaire | None:
    is_open = Questionnaire.state == QuestionnaireState.OPEN
    return session.scalar(select(Questionnaire).where(subject, is_open))


def _start(
    session: Session, actor: Actor, municipality_id: int,
    *, now: datetime, today: date, **subject: int,
) -> Questionnaire:  # fmt: skip
    version_id = version_in_force(session, actor.organisation_id, today)
    if version_id is None:
        raise DomainError(NONE_IN_FORCE)
    made = Questionnaire(
        **subject, municipality_id=municipality_id, organisation_id=actor.organisation_id,
        version_id=version_id, state=QuestionnaireState.OPEN, started_on=today,
        started_at=not_before_ended(session, now, **subject), started_by_id=actor.id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _record(session, actor, questionnaire_ref(session, actor, made.id), "questionnaire_start",
            now=now)  # fmt: skip
    return made


@dataclass(frozen=True)
class SaveAnswer:
    """The intention to answer one question; ``revision`` is the one the page showed (0: none)."""

    question: str
    value: Value | None
    """``None`` clears the answer."""
    revision: int


class Overtaken(DomainError):
    """Answers were changed elsewhere since the page was shown (409); nothing was written."""

    def __init__(self, questions: Collection[str]) -> None:
        super().__init__("Dit antwoord is intussen op een andere plek veranderd.")
        self.questions = frozenset(questions)


def save_answer(
    session: Session, actor: Actor, questionnaire_id: int, command: SaveAnswer, *, now: datetime
) -> int:
    """
    Save the answer to one question and return its revision; the same answer again is no change.

    Raises ``DomainError`` for a frozen questionnaire or a question of another one, ``Overtaken``
    when somebody changed it in between.
    """
    require(actor, Action.QUESTIONNAIRE_FILL_IN)
    ref = questionnaire_ref(session, actor, questionnaire_id, lock=True)
    return save_answers(session, actor, ref, {command.question: command}, now=now)[command.question]


def save_answers(
    session: Session,
    actor: Actor,
    ref: QuestionnaireRef,
    commands: Mapping[str, SaveAnswer],
    *,
    now: datetime,
) -> dict[str, int]:
    """Save several answers behind the lock of ``ref`` and return the revisions; all or nothing."""
    definition = definition_of(session, ref.version_id)
    given = answers_of(session, ref.id, definition)
    after = give_answers(session, actor, ref, definition, given, commands, now=now)
    return {question: after.revisions.get(question, 0) for question in commands}


def give_answers(
    session: Session, actor: Actor, ref: QuestionnaireRef, definition: Definition, given: Given,
    commands: Mapping[str, SaveAnswer], *, now: datetime,
) -> Given:  # fmt: skip
    """
    Save several answers, all or nothing, and return all answers as they are then.

    ``given`` are all answers, read behind the lock of ``ref``; it saves reading them again.
    """
    require_open(ref)
    for question in commands:
        require_question(ref, definition, question)
    changed = {one.question: one for one in commands.values() if _differs(given, one)}
    overtaken = [q for q, one in changed.items() if one.revision != given.revisions.get(q, 0)]
    if overtaken:
        raise Overtaken(overtaken)
    for command in changed.values():
        _write(session, actor, ref, command, now=now)
    return _after(given, changed)


def require_question(ref: QuestionnaireRef, definition: Definition, question_id: str) -> Question:
    """Return a question of this questionnaire the actor may answer, or raise ``DomainError``."""
    question = definition.by_id.get(question_id)
    if question is None or question.data_class not in writable_classes(ref.relations):
        raise DomainError("Deze vraag hoort niet bij deze vragenlijst. Open de pagina opnieuw.")
    return question


def _differs(given: Given, command: SaveAnswer) -> bool:
    kept = given.answers.get(command.question)
    if kept is None or command.value is None:
        return kept is not command.value
    return dump(kept) != dump(command.value)


def _write(
    session: Session, actor: Actor, ref: QuestionnaireRef, command: SaveAnswer, *, now: datetime
) -> None:
    row = {
        "value": None if command.value is None else dump(command.value),
        "revision": command.revision + 1, "answered_at": now, "answered_by_id": actor.id,
    }  # fmt: skip
    if command.revision:
        where = (Answer.questionnaire_id == ref.id, Answer.question == command.question)
        session.execute(update(Answer).where(*where).values(row))
    else:
        row |= {"questionnaire_id": ref.id, "question": command.question}
        session.execute(insert(Answer).values(row))


def _after(given: Given, changed: Mapping[str, SaveAnswer]) -> Given:
    answers, revisions = dict(given.answers), dict(given.revisions)
    for question, command in changed.items():
        answers.pop(question, None)
        if command.value is not None:
            answers[question] = command.value
        revisions[question] = command.revision + 1
    return Given(answers, revisions)


def require_open(ref: QuestionnaireRef) -> None:
    """Raise ``DomainError`` for frozen answers, ``Forbidden`` for who only reads them."""
    require_access(ref.relations, Field.ANSWERS_GENERAL, Access.WRITE)
    if ref.state is not QuestionnaireState.OPEN:
        raise DomainError(
            f"Deze vragenlijst is al {ref.state.label.lower()}: de antwoorden staan vast. "
            "Begin een nieuwe vragenlijst als er iets is veranderd."
        )


def complete_questionnaire(
    session: Session, actor: Actor, questionnaire_id: int, *, now: datetime, today: date
) -> ProfileSuggestion:
    """
    Complete a questionnaire: its answers are frozen and the suggestion is computed and stored.

    Raises ``DomainError`` when it is not open any more.
    """
    require(actor, Action.QUESTIONNAIRE_FILL_IN)
    ref = _to_end(session, actor, questionnaire_id)
    facts = facts_of(session, ref, today=today)
    found = _outcome(session, ref, facts)
    row, ended_at = session.get_one(Questionnaire, ref.id), moment_of_end(session, ref, now)
    row.state = QuestionnaireState.COMPLETED
    row.ended_on, row.ended_at, row.ended_by_id = today, ended_at, actor.id
    suggestion = ProfileSuggestion(
        questionnaire_id=ref.id, profile=found.profile, facts=facts.dump(), computed_at=now,
        rule=found.decided_by.rule_id if found.decided_by else "",
    )  # fmt: skip
    session.add(suggestion)
    if ref.of_application:
        _move_application(session, ref, ApplicationState.WAITING, today=today)
    session.flush()
    _record(session, actor, ref, "questionnaire_complete", now=now)
    return suggestion


def _to_end(session: Session, actor: Actor, questionnaire_id: int) -> QuestionnaireRef:
    """
    Return an open questionnaire, locked after its application as every other command does.

    The other way round, completing one while the application moves would wait for each other.
    """
    seen = questionnaire_ref(session, actor, questionnaire_id)
    if seen.of_application and seen.application_id is not None:
        application_ref(session, actor, seen.application_id, lock=True)
    ref = questionnaire_ref(session, actor, questionnaire_id, lock=True)
    require_open(ref)
    return ref


def facts_of(session: Session, ref: QuestionnaireRef, *, today: date) -> Facts:
    """
    Return what the rules may know of the person today, within the reach of ``ref``.

    Who has a running dossier has klantprofiel 4, also when no decision was brought along.
    """
    birth_date, profile = ref.birth_date, None
    if ref.client_id is not None and not ref.of_application:
        birth_date = session.get_one(Client, ref.client_id).birth_date
        rows = ProfileDecision.history(session, client_id=ref.client_id)
        decision = valid_on(rows, today)
        profile = decision.profile if decision else KP4
    months = None
    if birth_date is not None:
        months = months_until(aow_date(birth_date, pension_table()).on, today)
    return Facts(
        months_to_pension=months, current_profile=profile,
        previous_total=_previous(session, ref),
    )  # fmt: skip


def _previous(session: Session, ref: QuestionnaireRef) -> Fraction | None:
    previous = previous_of(session, ref)
    return total_of(session, previous) if previous else None


def _outcome(session: Session, ref: QuestionnaireRef, facts: Facts) -> Outcome:
    definition = definition_of(session, ref.version_id)
    return outcome(definition, answers_of(session, ref.id, definition).answers, facts)


@dataclass(frozen=True)
class DiscardQuestionnaire:
    """The intention to throw a questionnaire away that is still open, with the reason."""

    reason: str


def discard_questionnaire(
    session: Session, actor: Actor, questionnaire_id: int, command: DiscardQuestionnaire,
    *, now: datetime, today: date,
) -> None:  # fmt: skip
    """Throw an open questionnaire away; raises ``InvalidInput`` at ``reason``, ``DomainError``."""
    require(actor, Action.QUESTIONNAIRE_FILL_IN)
    if not command.reason.strip():
        raise InvalidInput("reason", "Schrijf waarom u de vragenlijst weggooit.")
    ref = _to_end(session, actor, questionnaire_id)
    row, ended_at = session.get_one(Questionnaire, ref.id), moment_of_end(session, ref, now)
    row.state, row.discard_reason = QuestionnaireState.DISCARDED, command.reason.strip()
    row.ended_on, row.ended_at, row.ended_by_id = today, ended_at, actor.id
    session.flush()
    if ref.of_application:
        _move_application(session, ref, _state_without(session, ref), today=today)
    _record(session, actor, ref, "questionnaire_discard", now=now)


def _state_without(session: Session, ref: QuestionnaireRef) -> ApplicationState:
    """Return where the application stands when this questionnaire no longer counts."""
    decided_at = session.scalar(
        select(ApplicationDecision.decided_at)
        .where(ApplicationDecision.application_id == ref.application_id)
        .order_by(ApplicationDecision.decided_at.desc())
        .limit(1)
    )
    completed = select(Questionnaire.id).where(
        Questionnaire.application_id == ref.application_id,
        Questionnaire.state == QuestionnaireState.COMPLETED,
    )
    if decided_at is not None:
        completed = completed.where(Questionnaire.ended_at > decided_at)
    if session.scalar(completed.limit(1)) is not None:
        return ApplicationState.WAITING
    return ApplicationState.RETURNED if decided_at is not None else ApplicationState.OPEN


def _move_application(
    session: Session, ref: QuestionnaireRef, state: ApplicationState, *, today: date
) -> None:
    application = session.get_one(Application, ref.application_id, populate_existing=True)
    move(application, state, today=today)
    session.flush()


def pass_to_dossier(session: Session, application_id: int, dossier_id: int) -> None:
    """Give the completed questionnaires of an application to the dossier (its acceptance)."""
    session.execute(
        update(Questionnaire)
        .where(
            Questionnaire.application_id == application_id,
            Questionnaire.state == QuestionnaireState.COMPLETED,
        )
        .values(dossier_id=dossier_id)
    )


def _record(
    session: Session, actor: Actor, ref: QuestionnaireRef, action: str, *, now: datetime
) -> None:
    record(
        session, actor, action, now=now, municipality_id=ref.municipality_id,
        subjects=[ref.client_id] if ref.client_id else [], relation=ref.relations,
        dossier_id=None if ref.of_application else ref.dossier_id,
        questionnaire=ref.id, application=ref.application_id,
    )  # fmt: skip
