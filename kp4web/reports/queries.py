"""
Every read of what was added to a report after it was saved, and of the questions about it.

Additions are read by who reads the report. A question and its answer are for the lead, the
coordinators and the author of the report; a coordinator reads those without the report.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.conversations.models import Channel, Conversation
from kp4web.conversations.queries import NO_CONVERSATION, Added, additions_to
from kp4web.domain.actor import Actor
from kp4web.domain.errors import Forbidden, NotFound
from kp4web.domain.policy import Access, Action, Field, Relation, access, may, require
from kp4web.dossiers.queries import DossierRef, dossier_ref, dossier_ref_by_id
from kp4web.worklist.models import ReportQuestion

NO_QUESTION = "Deze vraag bestaat niet of is niet voor u."
_ENTRY = (
    select(
        Conversation.id, Conversation.author_id, Conversation.held_on, Conversation.held_at,
        Conversation.channel, User.name.label("author"), Client.initials, Client.given_name,
        Client.prefix, Client.surname,
    )
    .join(User, User.id == Conversation.author_id)
    .join(Client, Client.id == bindparam("client_id"))
    .where(
        Conversation.id == bindparam("conversation_id"),
        Conversation.dossier_id == bindparam("dossier_id"),
    )
)  # fmt: skip
_ASKER, _ANSWERER = aliased(User), aliased(User)
_QUESTIONS = (
    select(
        ReportQuestion.id, ReportQuestion.question, ReportQuestion.asked_at, ReportQuestion.answer,
        ReportQuestion.answered_at, ReportQuestion.ended_on, _ASKER.name.label("asker"),
        _ANSWERER.name.label("answerer"),
    )
    .join(_ASKER, _ASKER.id == ReportQuestion.asked_by_id)
    .outerjoin(_ANSWERER, _ANSWERER.id == ReportQuestion.answered_by_id)
    .where(ReportQuestion.conversation_id == bindparam("conversation_id"))
    .order_by(ReportQuestion.asked_at, ReportQuestion.id)
)  # fmt: skip
_OF_QUESTION = select(ReportQuestion.dossier_id, ReportQuestion.conversation_id).where(
    ReportQuestion.id == bindparam("id")
)

_WAITS = select(ReportQuestion.ended_on, ReportQuestion.answered_at).where(
    ReportQuestion.id == bindparam("id")
)


@dataclass(frozen=True, slots=True)
class Entry:
    """The conversation that something is added to or asked about, and who is about to do so."""

    ref: DossierRef
    id: int
    name: str
    held_on: date
    held_at: time | None
    channel: Channel
    author: str
    is_author: bool
    """This actor wrote the report, and may still write an own entry in this dossier."""

    @property
    def may_correct(self) -> bool:
        """Return whether this actor corrects or adds to the report: nobody but its author."""
        return self.is_author

    @property
    def may_respond(self) -> bool:
        """Return whether this actor writes down what the resident says about the report."""
        return self.is_author or access(self.ref.relations, Field.REPORTS) >= Access.WRITE

    @property
    def reads_questions(self) -> bool:
        """Return whether questions about this conversation are for this actor."""
        return self.is_author or access(self.ref.relations, Field.QUESTIONS) >= Access.READ

    @property
    def may_answer(self) -> bool:
        """Return whether this actor answers: the lead of today, or who wrote the report."""
        return self.is_author or self._leads

    @property
    def may_ask(self) -> bool:
        """Return whether this actor asks: a coordinator, but not about an own dossier."""
        return self.may_settle and not self._leads and not self.is_author

    @property
    def _leads(self) -> bool:
        return bool({Relation.LEAD, Relation.DEPUTY} & self.ref.relations)

    @property
    def may_settle(self) -> bool:
        """Return whether this actor takes a question off the list of the coordinators."""
        return Relation.COORDINATOR in self.ref.relations


@dataclass(frozen=True, slots=True)
class Question:
    """A question at a report with its answer, when there is one."""

    id: int
    text: str
    asked_at: datetime
    asker: str
    answer: str
    answered_at: datetime | None
    answerer: str
    ended_on: date | None

    @property
    def is_open(self) -> bool:
        """Return whether it waits for an answer."""
        return self.ended_on is None and self.answered_at is None

    @property
    def is_unread(self) -> bool:
        """Return whether it was answered, and no coordinator has read that."""
        return self.ended_on is None and self.answered_at is not None

    @property
    def is_withdrawn(self) -> bool:
        """Return whether it was taken back before there was an answer."""
        return self.ended_on is not None and self.answered_at is None


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What came after one report, as far as it is for this actor, and what may be added."""

    added: tuple[Added, ...]
    questions: tuple[Question, ...]
    may_correct: bool
    may_respond: bool
    may_answer: bool


def entry_for(
    session: Session, actor: Actor, number: str, conversation_id: int, *, lock: bool = False
) -> Entry:
    """Return the conversation of a dossier within reach; raises ``NotFound`` or ``Forbidden``."""
    return _entry(session, actor, dossier_ref(session, actor, number, lock=lock), conversation_id)


def entry_of_question(
    session: Session, actor: Actor, question_id: int, *, lock: bool = False
) -> Entry:
    """Return the conversation a question is about, when the question is for this actor."""
    row = session.execute(_OF_QUESTION, {"id": question_id}).one_or_none()
    if row is None:
        raise NotFound(NO_QUESTION)
    try:
        ref = dossier_ref_by_id(session, actor, row.dossier_id, lock=lock)
        entry = _entry(session, actor, ref, row.conversation_id)
    except NotFound as error:
        raise NotFound(NO_QUESTION) from error
    if not entry.reads_questions:
        raise NotFound(NO_QUESTION)
    return entry


def _entry(session: Session, actor: Actor, ref: DossierRef, conversation_id: int) -> Entry:
    key = {"conversation_id": conversation_id, "dossier_id": ref.id, "client_id": ref.client_id}
    row = session.execute(_ENTRY, key).one_or_none()
    if row is None:
        raise NotFound(NO_CONVERSATION)
    writes = access(ref.relations, Field.OWN_ENTRY) >= Access.WRITE
    return Entry(
        ref=ref, id=row.id, name=name_of(row), held_on=row.held_on, held_at=row.held_at,
        channel=Channel(row.channel), author=row.author,
        is_author=row.author_id == actor.id and writes,
    )  # fmt: skip


def addition_entry_for(
    session: Session, actor: Actor, number: str, conversation_id: int, *, lock: bool = False
) -> Entry:
    """Return the conversation whose report this actor may add to; else ``NotFound``."""
    require(actor, Action.REPORT_ADD)
    entry = entry_for(session, actor, number, conversation_id, lock=lock)
    if not entry.may_respond:
        raise NotFound(NO_CONVERSATION)
    return entry


def questions_for(
    session: Session, actor: Actor, number: str, conversation_id: int
) -> tuple[Entry, tuple[Question, ...]]:
    """Return a conversation with the questions about it; ``NotFound`` for who may read none."""
    require(actor, Action.QUESTIONS_READ)
    entry = entry_for(session, actor, number, conversation_id)
    if not entry.reads_questions:
        raise NotFound(NO_CONVERSATION)
    return entry, _questions(session, entry)


def aftermath_for(session: Session, actor: Actor, number: str, conversation_id: int) -> Aftermath:
    """Return what came after a report that this actor has just read; two more queries."""
    require(actor, Action.CONVERSATION_READ)
    entry = entry_for(session, actor, number, conversation_id)
    adds = may(actor, Action.REPORT_ADD)
    return Aftermath(
        added=additions_to(session, [entry.id]).get(entry.id, ()),
        questions=_questions(session, entry) if entry.reads_questions else (),
        may_correct=adds and entry.may_correct, may_respond=adds and entry.may_respond,
        may_answer=may(actor, Action.QUESTION_ANSWER) and entry.may_answer,
    )  # fmt: skip


def _questions(session: Session, entry: Entry) -> tuple[Question, ...]:
    rows: Iterable[Any] = session.execute(_QUESTIONS, {"conversation_id": entry.id})
    return tuple(
        Question(
            id=row.id, text=row.question, asked_at=row.asked_at, asker=row.asker,
            answer=row.answer, answered_at=row.answered_at, answerer=row.answerer or "",
            ended_on=row.ended_on,
        )
        for row in rows
    )  # fmt: skip


def answerable_for(session: Session, actor: Actor, question_id: int) -> tuple[Entry, bool]:
    """Return the conversation of a question this actor may answer, and whether it still waits."""
    entry = entry_of_question(session, actor, question_id)
    require_answering(entry)
    row = session.execute(_WAITS, {"id": question_id}).one()
    return entry, row.ended_on is None and row.answered_at is None


def require_answering(entry: Entry) -> None:
    """Raise ``Forbidden`` unless this actor may answer questions about this conversation."""
    if not entry.may_answer:
        raise Forbidden("De vaste consulent of de schrijver van het verslag geeft antwoord.")


def require_asking(entry: Entry) -> None:
    """Raise ``Forbidden`` unless this actor may ask about this conversation."""
    if not entry.may_ask:
        raise Forbidden("U stelt geen vraag over een dossier of gesprek van uzelf.")
