"""Questionnaires, their answers, and what they suggested."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.extensions import Base


class QuestionnaireState(StrEnum):
    """Where a questionnaire stands; whether it was decided upon is told by the decision."""

    OPEN = "open"
    COMPLETED = "completed"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return {
            QuestionnaireState.OPEN: "Bezig",
            QuestionnaireState.COMPLETED: "Afgerond",
            QuestionnaireState.DISCARDED: "Weggegooid",
        }[self]


class Questionnaire(Base):
    """
    A questionnaire with an applicant, or (a reassessment) in a dossier.

    When klantprofiel 4 is accepted, the completed questionnaires of the application get the
    dossier: from then on its lead reads the answers. Frozen once it is not open any more.
    """

    __tablename__ = "questionnaire"
    __table_args__ = (
        CheckConstraint("application_id IS NOT NULL OR dossier_id IS NOT NULL", name="subject"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_whole"),
        CheckConstraint(
            "(state = 'discarded') = (discard_reason <> '')", name="discard_reason_filled"
        ),
        Index(
            "uq_questionnaire_open_application", "application_id", unique=True,
            sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
        ),
        Index(
            "uq_questionnaire_open_dossier", "dossier_id", unique=True,
            sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
        ),
        Index("ix_questionnaire_application", "application_id", "started_at"),
        Index("ix_questionnaire_dossier", "dossier_id", "started_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    """Who asked the questions."""
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_version.id"))
    state: Mapped[QuestionnaireState] = mapped_column(default=QuestionnaireState.OPEN)
    started_on: Mapped[date]
    started_at: Mapped[datetime]
    started_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    ended_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    discard_reason: Mapped[str] = mapped_column(Text, default="")


class Answer(Base):
    """The answer to one question; ``revision`` counts its changes, so that no tab overwrites."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("questionnaire_id", "question"),
        CheckConstraint("revision > 0", name="revision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire.id"))
    question: Mapped[str]
    """Id of the question in the file."""
    value: Mapped[str | None] = mapped_column(Text)
    """As ``domain.questionnaire.answering.dump`` writes it; empty after clearing."""
    revision: Mapped[int]
    answered_at: Mapped[datetime]
    answered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class ProfileSuggestion(Base):
    """What a completed questionnaire suggested; a suggestion, never a decision (AVG art. 22)."""

    __tablename__ = "profile_suggestion"
    __table_args__ = (CheckConstraint("profile BETWEEN 1 AND 4", name="profile"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire.id"), unique=True)
    profile: Mapped[int | None]
    """Empty: no suggestion."""
    rule: Mapped[str]
    """Id of the rule that decided it."""
    facts: Mapped[str] = mapped_column(Text)
    """The facts of that moment as JSON, so that the outcome can be computed again for ever."""
    computed_at: Mapped[datetime]
