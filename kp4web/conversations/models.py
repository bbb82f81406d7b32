"""Conversations held, attempts to reach somebody, and drafts."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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
    )

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    participants: Mapped[list[str]] = mapped_column(JSON)
    """Values of ``Participant``."""
    is_contact: Mapped[bool]
    """Counts for the contact norm: the resident took part and it was spoken (2-domain)."""


class ContactAttempt(_Moment, Base):
    """An attempt that failed: nobody answered, came, or it was called off."""

    __tablename__ = "contact_attempt"
    __table_args__ = (Index("ix_contact_attempt_dossier", "dossier_id", "held_on", "id"),)

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    outcome: Mapped[AttemptOutcome]


class Draft(Base):
    """What somebody typed and has not sent: one per user, form and dossier, kept 30 days."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "form", "dossier_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    form: Mapped[str]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Field name to what was typed (a list of strings each)."""
    saved_at: Mapped[datetime] = mapped_column(index=True)
