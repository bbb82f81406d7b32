"""
Every write after a report was saved: additions to it, questions about it, their answers.

The report itself never changes: what is written here stands beside it, with its own date.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.conversations.commands import REPORT_LIMIT as REPORT_LIMIT
from kp4web.conversations.commands import SENT_BEFORE
from kp4web.conversations.models import AdditionKind as AdditionKind
from kp4web.conversations.models import ReportAddition
from kp4web.domain.actor import Actor
from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import DomainError, Forbidden, InvalidInput, NotFound
from kp4web.domain.policy import Action, Relation, require
from kp4web.dossiers.commands import record_in
from kp4web.reports.queries import (
    NO_QUESTION,
    Entry,
    addition_entry_for,
    entry_for,
    entry_of_question,
    require_answering,
    require_asking,
)
from kp4web.worklist.commands import LeaveMessage, add_message, refresh_due_items
from kp4web.worklist.models import ReportQuestion

QUESTION_LIMIT = 5_000
"""Characters of a question, and of its answer."""
REASON_LIMIT = 500


@dataclass(frozen=True)
class AddToReport:
    """The intention to correct or add to a report, or to write down what the resident says."""

    kind: AdditionKind
    text: str
    reason: str = ""
    said_on: date | None = None
    """When the resident said it; empty is today."""
    submission: str | None = None


def add_to_report(
    session: Session,
    actor: Actor,
    number: str,
    conversation_id: int,
    command: AddToReport,
    *,
    now: datetime,
    today: date,
) -> ReportAddition:
    """
    Add a dated correction, addition or response; the report stays as it is, word for word.

    Returns the new row, or the earlier one when the same form was sent before. Raises
    ``InvalidInput`` at the field, ``Forbidden``, ``NotFound``, or ``DomainError`` when the same
    form comes back with another text.
    """
    entry = addition_entry_for(session, actor, number, conversation_id, lock=True)
    submission = _own(actor, command.submission)
    text, reason = command.text.strip(), command.reason.strip()
    is_response = command.kind is AdditionKind.RESPONSE
    dated_on = (command.said_on or today) if is_response else today
    if earlier := _added_before(session, submission):
        was = (earlier.conversation_id, earlier.kind, earlier.text, earlier.reason)
        if was != (entry.id, command.kind, text, "" if is_response else reason):
            raise DomainError(SENT_BEFORE)
        return earlier
    _check(entry, command, dated_on, today)
    added = ReportAddition(
        dossier_id=entry.ref.id, municipality_id=entry.ref.municipality_id,
        conversation_id=entry.id, kind=command.kind, text=text,
        reason="" if is_response else reason, dated_on=dated_on, author_id=actor.id,
        recorded_at=now, submission=submission,
    )  # fmt: skip
    session.add(added)
    session.flush()
    if not {Relation.LEAD, Relation.DEPUTY} & entry.ref.relations:
        notice = f"{command.kind.label} bij het verslag van {dutch_date(entry.held_on)}."
        add_message(
            session, actor, entry.ref, LeaveMessage(notice), now=now, today=today,
            conversation_id=entry.id,
        )  # fmt: skip
        refresh_due_items(session, [entry.ref.id])
    record_in(session, actor, entry.ref, "report_add", now=now, entry=entry.id, addition=added.id)
    return added


def _check(entry: Entry, command: AddToReport, dated_on: date, today: date) -> None:
    is_response = command.kind is AdditionKind.RESPONSE
    if not is_response and not entry.may_correct:
        raise InvalidInput(
            "kind", "Alleen de schrijver van het verslag corrigeert het of vult aan."
        )
    if not command.text.strip():
        raise InvalidInput("text", "Schrijf de tekst op.")
    if len(command.text) > REPORT_LIMIT:
        raise InvalidInput("text", f"Gebruik hoogstens {REPORT_LIMIT} tekens.")
    if not is_response and not command.reason.strip():
        raise InvalidInput("reason", "Schrijf kort op waarom u dit corrigeert of aanvult.")
    if dated_on > today:
        raise InvalidInput("said_on", "Kies vandaag of een eerdere dag.")
    if dated_on < entry.held_on:
        raise InvalidInput(
            "said_on", f"Het gesprek was op {dutch_date(entry.held_on)}. Kies die dag of later."
        )


def _added_before(session: Session, submission: str | None) -> ReportAddition | None:
    if submission is None:
        return None
    return session.scalar(select(ReportAddition).where(ReportAddition.submission == submission))


def was_sent(session: Session, actor: Actor, submission: str | None) -> bool:
    """Return whether the form with this mark was carried out: as an addition, or as a question."""
    own = _own(actor, submission)
    return own is not None and (
        _added_before(session, own) is not None or _asked_before(session, own) is not None
    )


def _own(actor: Actor, submission: str | None) -> str | None:
    """Return the submission as it is stored: two users can never clash."""
    return f"{actor.id}:{submission}" if submission else None


def _asked_before(session: Session, submission: str | None) -> ReportQuestion | None:
    if submission is None:
        return None
    return session.scalar(select(ReportQuestion).where(ReportQuestion.submission == submission))


@dataclass(frozen=True)
class AskQuestion:
    """A coordinator's intention to ask the consultant something about a conversation."""

    question: str
    submission: str | None = None


def ask_question(
    session: Session,
    actor: Actor,
    number: str,
    conversation_id: int,
    command: AskQuestion,
    *,
    now: datetime,
    today: date,
) -> ReportQuestion:
    """Ask about a conversation; the lead gets it as a due item, the coordinators see it wait."""
    require(actor, Action.QUESTION_ASK)
    entry = entry_for(session, actor, number, conversation_id, lock=True)
    require_asking(entry)
    submission, text = _own(actor, command.submission), command.question.strip()
    if earlier := _asked_before(session, submission):
        if (earlier.conversation_id, earlier.question) != (entry.id, text):
            raise DomainError(SENT_BEFORE)
        return earlier
    _check_text("question", text, "Schrijf uw vraag op.")
    if not entry.ref.is_active:
        raise InvalidInput(
            "question", "Dit dossier is gestopt. De consulent krijgt geen vragen meer te zien."
        )
    asked = ReportQuestion(
        dossier_id=entry.ref.id, conversation_id=entry.id, question=text, asked_on=today,
        asked_at=now, asked_by_id=actor.id, submission=submission,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    refresh_due_items(session, [entry.ref.id])
    record_in(session, actor, entry.ref, "question_ask", now=now, question=asked.id)
    return asked


def answer_question(
    session: Session, actor: Actor, question_id: int, answer: str, *, now: datetime, today: date
) -> Entry:
    """
    Answer a question: the lead of today, or who wrote the report. An answer is final.

    Sending the same answer again changes nothing. Raises ``InvalidInput``, ``Forbidden``,
    ``NotFound``, or ``DomainError`` when it was answered or taken back before.
    """
    require(actor, Action.QUESTION_ANSWER)
    entry = entry_of_question(session, actor, question_id, lock=True)
    require_answering(entry)
    text = answer.strip()
    question = _locked(session, question_id)
    if question.answered_at is not None:
        if (question.answered_by_id, question.answer) == (actor.id, text):
            return entry
        raise DomainError("Deze vraag is intussen beantwoord. Er is niets veranderd.")
    if question.ended_at is not None:
        raise DomainError("De coördinator heeft deze vraag intussen ingetrokken.")
    _check_text("answer", text, "Schrijf uw antwoord op.")
    question.answer, question.answered_on, question.answered_at = text, today, now
    question.answered_by_id = actor.id
    refresh_due_items(session, [entry.ref.id])
    record_in(session, actor, entry.ref, "question_answer", now=now, question=question_id)
    return entry


def settle_question(
    session: Session, actor: Actor, question_id: int, *, now: datetime, today: date
) -> tuple[Entry, ReportQuestion]:
    """Take a question off the list: its answer was read, or it is taken back; once is enough."""
    require(actor, Action.QUESTION_ASK)
    entry = entry_of_question(session, actor, question_id, lock=True)
    if not entry.may_settle:
        raise Forbidden("Alleen de coördinator handelt een vraag af.")
    question = _locked(session, question_id)
    if question.ended_at is None:
        question.ended_on, question.ended_at, question.ended_by_id = today, now, actor.id
        refresh_due_items(session, [entry.ref.id])
        record_in(session, actor, entry.ref, "question_settle", now=now, question=question_id)
    return entry, question


def _locked(session: Session, question_id: int) -> ReportQuestion:
    """Return the question as it is now that its dossier is locked."""
    question = session.get(ReportQuestion, question_id, populate_existing=True)
    if question is None:
        raise NotFound(NO_QUESTION)
    return question


def _check_text(field: str, text: str, ask: str) -> None:
    if not text:
        raise InvalidInput(field, ask)
    if len(text) > QUESTION_LIMIT:
        raise InvalidInput(field, f"Gebruik hoogstens {QUESTION_LIMIT} tekens.")
