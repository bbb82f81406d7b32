"""Follow-ups, agreements, the record of a settled pension item, and due items as rows."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.domain.agreements import AgreementEnding, Party
from kp4web.domain.due import DueKind
from kp4web.domain.talks import LONGEST_MINUTES, TalkHow
from kp4web.extensions import Base


class FollowUpEnding(StrEnum):
    """How a follow-up ended."""

    DONE = "done"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return {FollowUpEnding.DONE: "Afgehandeld", FollowUpEnding.CLOSED: "Gesloten"}[self]


class FollowUp(Base):
    """Something to come back to on a date; belongs to the dossier, shown to today's lead."""

    __tablename__ = "follow_up"
    __table_args__ = (
        CheckConstraint("(ending IS NULL) = (ended_at IS NULL)", name="ended_whole"),
        CheckConstraint("activation_reason = '' OR is_activation", name="reason_of_activation"),
        Index(
            "ix_follow_up_open", "dossier_id", "due_on",
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_follow_up_dossier", "dossier_id", "due_on", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    due_on: Mapped[date]
    what: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """A colleague who is to do it; empty means today's lead."""
    created_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    ending: Mapped[FollowUpEnding | None]
    ended_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    is_activation: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It is about activation: during rest that asks for a reason."""
    activation_reason: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How often it changed: the sequence of its calendar file, which only rises."""


class PlannedTalk(Base):
    """The time and place of a follow-up: then it is an appointment to speak with each other."""

    __tablename__ = "planned_talk"
    __table_args__ = (CheckConstraint(f"minutes BETWEEN 1 AND {LONGEST_MINUTES}", name="minutes"),)

    follow_up_id: Mapped[int] = mapped_column(
        ForeignKey("follow_up.id"), primary_key=True, autoincrement=False
    )
    starts_at: Mapped[time]
    """On the day of the follow-up, as the clock in the Netherlands shows it."""
    minutes: Mapped[int | None]
    how: Mapped[TalkHow]
    place: Mapped[str] = mapped_column(Text, default="")


class FollowUpMove(Base):
    """One move of a follow-up to another date, a planned talk with its time and place."""

    __tablename__ = "follow_up_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date]
    from_at: Mapped[time | None]
    to_at: Mapped[time | None]
    from_place: Mapped[str | None] = mapped_column(Text)
    to_place: Mapped[str | None] = mapped_column(Text)
    moved_on: Mapped[date]
    moved_at: Mapped[datetime]
    moved_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class Agreement(Base):
    """What somebody is to do by a day, agreed in a conversation; ends, and is never changed."""

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("what <> ''", name="what_filled"),
        CheckConstraint("(ending IS NULL) = (ended_at IS NULL)", name="ended_whole"),
        Index(
            "ix_agreement_open", "dossier_id", "due_on",
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_agreement_dossier", "dossier_id", "created_on", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    what: Mapped[str] = mapped_column(Text)
    who: Mapped[Party]
    due_on: Mapped[date | None]
    """Empty: it stands open without a day, and is no due item."""
    created_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    ending: Mapped[AgreementEnding | None]
    ended_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class Message(Base):
    """A colleague's word to the lead: a message, or the notice of a conversation recorded."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_dossier", "dossier_id", "written_at"),
        CheckConstraint("text <> '' OR conversation_id IS NOT NULL", name="says_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_on: Mapped[date]
    written_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text, default="")
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    submission: Mapped[str | None] = mapped_column(unique=True)
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class ReportQuestion(Base):
    """
    A coordinator's question at the report of a conversation, and the consultant's answer.

    It ends when a coordinator has read the answer, or takes the question back before there is one.
    """

    __tablename__ = "report_question"
    __table_args__ = (
        CheckConstraint("question <> ''", name="question_filled"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered_whole"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_whole"),
        Index(
            "ix_report_question_open", "dossier_id",
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    question: Mapped[str] = mapped_column(Text)
    asked_on: Mapped[date]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    submission: Mapped[str | None] = mapped_column(unique=True)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class PensionNote(Base):
    """That the nearing AOW date was seen, or that stopping at the AOW date was postponed."""

    __tablename__ = "pension_note"
    __table_args__ = (CheckConstraint("note <> ''", name="note_filled"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    note: Mapped[str] = mapped_column(Text)
    postponed_to: Mapped[date | None]
    """Empty: the nearing date was seen."""
    recorded_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class DueItem(Base):
    """
    A date that a dossier or a hand-over waits for, as ``domain.due`` computes it.

    ``user_id`` is whose work list shows it; empty means the coordinators of ``organisation_id``.
    """

    __tablename__ = "due_item"
    __table_args__ = (
        CheckConstraint("(dossier_id IS NULL) <> (handover_id IS NULL)", name="one_subject"),
        Index("ix_due_item_user", "user_id", "due_on", "id"),
        Index(
            "ix_due_item_coordinators", "organisation_id", "due_on", "id",
            sqlite_where=text("user_id IS NULL"), postgresql_where=text("user_id IS NULL"),
        ),
        Index("ix_due_item_dossier", "dossier_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"))
    handover_id: Mapped[int | None] = mapped_column(ForeignKey("handover.id"), index=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[DueKind]
    due_on: Mapped[date]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    subject_id: Mapped[int | None]
    """The follow-up, message, agreement or question it is about."""
