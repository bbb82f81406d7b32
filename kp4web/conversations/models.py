"""Conversations held, attempts to reach somebody, and drafts."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import cast

from sqlalchemy import (
    DDL,
    JSON,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    Table,
    Text,
    event,
    insert,
    text,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from kp4web.conversations.indexed import IndexedText
from kp4web.extensions import Base


class Channel(StrEnum):
    """How a conversation was held: face to face where possible, else by phone (note 2020)."""

    FACE_TO_FACE = "face_to_face"
    PHONE = "phone"
    HOME_VISIT = "home_visit"
    VIDEO = "video"
    IN_WRITING = "in_writing"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return CHANNEL_LABELS[self]


CHANNEL_LABELS = {
    Channel.FACE_TO_FACE: "Op kantoor",
    Channel.PHONE: "Telefonisch",
    Channel.HOME_VISIT: "Huisbezoek",
    Channel.VIDEO: "Videobellen",
    Channel.IN_WRITING: "Schriftelijk",
}


class AttemptOutcome(StrEnum):
    """Why an attempt to speak somebody did not become a conversation."""

    NO_ANSWER = "no_answer"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return ATTEMPT_LABELS[self]


ATTEMPT_LABELS = {
    AttemptOutcome.NO_ANSWER: "Geen gehoor",
    AttemptOutcome.NO_SHOW: "Niet verschenen",
    AttemptOutcome.CANCELLED: "Afgezegd",
}


class Participant(StrEnum):
    """Who took part in a conversation beside the consultant."""

    RESIDENT = "resident"
    PARTNER = "partner"
    INTERPRETER = "interpreter"
    PROFESSIONAL = "professional"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return PARTICIPANT_LABELS[self]


PARTICIPANT_LABELS = {
    Participant.RESIDENT: "Inwoner",
    Participant.PARTNER: "Partner",
    Participant.INTERPRETER: "Tolk",
    Participant.PROFESSIONAL: "Hulpverlener",
    Participant.OTHER: "Iemand anders",
}


class _Moment:
    """When and how; shared by conversations and attempts, which are kept apart."""

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    held_on: Mapped[date]
    held_at: Mapped[time | None]
    channel: Mapped[Channel]
    report: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime]
    submission: Mapped[str | None] = mapped_column(unique=True)
    """Sent along with the form: a repeat of the same form lands on the first record."""


class Conversation(_Moment, Base):
    """A conversation that took place; ``held_on`` counts in reports, not ``recorded_at``."""

    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_dossier", "dossier_id", "held_on", "id"),
        Index("ix_conversation_contact", "dossier_id", "is_contact", "held_on"),
        CheckConstraint("participation_step BETWEEN 1 AND 6", name="participation_step"),
    )

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    participants: Mapped[list[str]] = mapped_column(JSON)
    """Values of ``Participant``."""
    life_areas: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    """Values of ``LifeArea``: what the conversation touched."""
    participation_step: Mapped[int | None]
    """Of the Participatieladder, as the consultant saw it that day."""
    is_contact: Mapped[bool]
    """Counts for the contact norm: the resident took part and it was spoken (2-domain)."""


class ContactAttempt(_Moment, Base):
    """An attempt that failed: nobody answered, came, or it was called off."""

    __tablename__ = "contact_attempt"
    __table_args__ = (Index("ix_contact_attempt_dossier", "dossier_id", "held_on", "id"),)

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    outcome: Mapped[AttemptOutcome]


class AdditionKind(StrEnum):
    """What is added to a report after it was saved: it is final, and nothing in it changes."""

    CORRECTION = "correction"
    ADDITION = "addition"
    RESPONSE = "response"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return ADDITION_LABELS[self]


ADDITION_LABELS = {
    AdditionKind.CORRECTION: "Correctie",
    AdditionKind.ADDITION: "Aanvulling",
    AdditionKind.RESPONSE: "Reactie van de inwoner",
}


class ReportAddition(Base):
    """A dated correction of or addition to a report, or what the resident says about it."""

    __tablename__ = "report_addition"
    __table_args__ = (
        Index("ix_report_addition_dossier", "dossier_id", "dated_on", "id"),
        CheckConstraint("text <> ''", name="text_filled"),
        CheckConstraint("kind = 'response' OR reason <> ''", name="reason_filled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    kind: Mapped[AdditionKind]
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it is corrected or added; a resident needs none."""
    dated_on: Mapped[date]
    """The day it was added, or the day on which the resident said it."""
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    submission: Mapped[str | None] = mapped_column(unique=True)


ONE_SOURCE = (
    "(CASE WHEN conversation_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN attempt_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN addition_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN heading_version_id IS NULL THEN 0 ELSE 1 END) = 1"
)


class ReportText(Base):
    """
    The words of one report, folded, to be found by; of a conversation, an attempt or an addition.

    So is what stands under a heading of the dossier now; what stood there before is not found.

    Made with an entity by itself; who inserts past the ORM calls ``index_report`` too. SQLite
    finds them through ``report_index`` (FTS5), which follows this table; PostgreSQL through the
    index on the words.
    """

    __tablename__ = "report_text"
    __table_args__ = (
        CheckConstraint(ONE_SOURCE, name="one_source"),
        Index("ix_report_text_words", "words", postgresql_using="gin").ddl_if("postgresql"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), unique=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("contact_attempt.id"), unique=True)
    addition_id: Mapped[int | None] = mapped_column(ForeignKey("report_addition.id"), unique=True)
    heading_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("heading_version.id"), unique=True
    )
    held_on: Mapped[date]
    """The day of the conversation or attempt, of the addition, or on which a heading changed."""
    words: Mapped[str] = mapped_column(IndexedText)


FOLLOW_REPORT_TEXT = (
    """
    CREATE VIRTUAL TABLE report_index USING fts5(
        words, dossier_id, content='report_text', content_rowid='id',
        tokenize='unicode61 remove_diacritics 0', prefix='3'
    )
    """,
    """
    CREATE TRIGGER report_text_added AFTER INSERT ON report_text BEGIN
        INSERT INTO report_index (rowid, words, dossier_id)
        VALUES (new.id, new.words, new.dossier_id);
    END
    """,
    """
    CREATE TRIGGER report_text_removed AFTER DELETE ON report_text BEGIN
        INSERT INTO report_index (report_index, rowid, words, dossier_id)
        VALUES ('delete', old.id, old.words, old.dossier_id);
    END
    """,
    """
    CREATE TRIGGER report_text_changed AFTER UPDATE ON report_text BEGIN
        INSERT INTO report_index (report_index, rowid, words, dossier_id)
        VALUES ('delete', old.id, old.words, old.dossier_id);
        INSERT INTO report_index (rowid, words, dossier_id)
        VALUES (new.id, new.words, new.dossier_id);
    END
    """,
)
"""What SQLite needs beside the table; the migrations make the same."""


def _on_sqlite(statement: str) -> DDL:
    return DDL(statement).execute_if("sqlite")  # type: ignore[no-untyped-call]


_REPORT_TEXT = cast(Table, ReportText.__table__)
for _statement in FOLLOW_REPORT_TEXT:
    event.listen(_REPORT_TEXT, "after_create", _on_sqlite(_statement))
event.listen(_REPORT_TEXT, "before_drop", _on_sqlite("DROP TABLE IF EXISTS report_index"))


@event.listens_for(Conversation, "after_insert")
def _index_conversation(
    _mapper: Mapper[Conversation], connection: Connection, entry: Conversation
) -> None:
    index_report(
        connection, entry.dossier_id, entry.held_on, entry.report, conversation_id=entry.id
    )


@event.listens_for(ContactAttempt, "after_insert")
def _index_attempt(
    _mapper: Mapper[ContactAttempt], connection: Connection, entry: ContactAttempt
) -> None:
    index_report(connection, entry.dossier_id, entry.held_on, entry.report, attempt_id=entry.id)


@event.listens_for(ReportAddition, "after_insert")
def _index_addition(
    _mapper: Mapper[ReportAddition], connection: Connection, added: ReportAddition
) -> None:
    index_report(connection, added.dossier_id, added.dated_on, added.text, addition_id=added.id)


_ADD_WORDS = insert(_REPORT_TEXT)


def index_report(
    connection: Connection, dossier_id: int, held_on: date, text: str, **source: int
) -> None:
    """Make a text findable; ``source`` is the one column that says where it stands."""
    if text:
        row = {"dossier_id": dossier_id, "held_on": held_on, "words": text}
        connection.execute(_ADD_WORDS, row | source)
