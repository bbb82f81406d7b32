"""The tables of sanction signals; other features find them in ``dossiers.models``."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.domain.sanctions import SignalGround, SignalOutcome, SignalState
from kp4web.extensions import Base

_OPEN = text("state IN ('drafted', 'submitted', 'returned', 'sent')")


class SanctionSignal(Base):
    """
    A signal to the work agency; a draft changes, what was sent does not.

    ``state`` is a projection of the last step, checked by ``worklist verify``.
    """

    __tablename__ = "sanction_signal"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (outcome_on IS NULL)", name="outcome_whole"),
        CheckConstraint(
            "(outcome IS NOT NULL) = (state IN ('answered', 'seen'))", name="outcome_known"
        ),
        Index(
            "uq_sanction_signal_open", "dossier_id", unique=True,
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        Index("ix_sanction_signal_dossier", "dossier_id", "id"),
        Index("ix_sanction_signal_list", "municipality_id", "state", "state_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    ground: Mapped[SignalGround]
    warning_id: Mapped[int] = mapped_column(ForeignKey("sanction_warning.id"))
    """The words about the consequence that stood on the form."""
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"))
    track_start: Mapped[str] = mapped_column(Text, default="")
    explanation: Mapped[str] = mapped_column(Text, default="")
    culpability: Mapped[str] = mapped_column(Text, default="")
    urgent_reasons: Mapped[str] = mapped_column(Text, default="")
    heard_on: Mapped[date | None]
    drafted_on: Mapped[date]
    drafted_at: Mapped[datetime]
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    revision: Mapped[int] = mapped_column(default=1)
    """Counts the changes, so that two windows do not overwrite each other."""
    state: Mapped[SignalState]
    state_on: Mapped[date]
    outcome: Mapped[SignalOutcome | None]
    outcome_on: Mapped[date | None]
    outcome_text: Mapped[str] = mapped_column(Text, default="")


class SanctionStep(Base):
    """One step of a signal: to which state, when, by whom, and why."""

    __tablename__ = "sanction_step"
    __table_args__ = (Index("ix_sanction_step_signal", "signal_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    signal_id: Mapped[int] = mapped_column(ForeignKey("sanction_signal.id"))
    state: Mapped[SignalState]
    taken_on: Mapped[date] = mapped_column(index=True)
    taken_at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")


class SanctionEvidence(Base):
    """A contact attempt that was chosen as evidence."""

    __tablename__ = "sanction_evidence"

    signal_id: Mapped[int] = mapped_column(ForeignKey("sanction_signal.id"), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("contact_attempt.id"), primary_key=True)
