"""Corrections: what was recorded wrongly, who put it right, when and why."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.extensions import Base


class Corrected(StrEnum):
    """Which kind of fact was corrected."""

    TRACK = "track"
    ASSIGNMENT = "assignment"


class Correction(Base):
    """One correction; the rows it replaced stay in their own table, as they were known before."""

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint("why <> ''", name="why_filled"),
        Index("ix_correction_dossier", "dossier_id", "recorded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    subject: Mapped[Corrected]
    why: Mapped[str] = mapped_column(Text)
    replaced: Mapped[list[int]] = mapped_column(JSON)
    """Ids of the rows that it superseded."""
    corrected_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    submission: Mapped[str | None] = mapped_column(unique=True)
    """Key of the form it came from: sent twice, it is recorded once."""
