"""Corrections: what was recorded wrongly, who put it right, when and why."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.extensions import Base

_UNSEEN = text("subject = 'profile' AND seen_at IS NULL")


class Corrected(StrEnum):
    """Which kind of fact was corrected."""

    TRACK = "track"
    ASSIGNMENT = "assignment"
    PROFILE = "profile"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return {
            Corrected.TRACK: "Traject",
            Corrected.ASSIGNMENT: "Toewijzing",
            Corrected.PROFILE: "Profielbepaling",
        }[self]


class Correction(Base):
    """
    One correction; the rows it replaced stay in their own table, as they were known before.

    Of a profile it is about the decision at an application; the dossier is the one that opened by
    it, if any, and its consultants are told: ``seen_at`` is when one of them took note.
    """

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint("why <> ''", name="why_filled"),
        CheckConstraint(
            "(subject = 'profile') = (application_id IS NOT NULL)", name="application"
        ),
        CheckConstraint("subject = 'profile' OR dossier_id IS NOT NULL", name="dossier"),
        CheckConstraint("(seen_at IS NULL) = (seen_by_id IS NULL)", name="seen_whole"),
        Index("ix_correction_dossier", "dossier_id", "recorded_at"),
        Index("ix_correction_application", "application_id"),
        Index(
            "ix_correction_unseen", "dossier_id",
            sqlite_where=_UNSEEN, postgresql_where=_UNSEEN,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    subject: Mapped[Corrected]
    why: Mapped[str] = mapped_column(Text)
    replaced: Mapped[list[int]] = mapped_column(JSON)
    """Ids of the rows that it superseded; of a profile the decision at the application."""
    corrected_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    submission: Mapped[str | None] = mapped_column(unique=True)
    """Key of the form it came from: sent twice, it is recorded once."""
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
