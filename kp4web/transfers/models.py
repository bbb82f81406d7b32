"""The tables of transfers: what the council decided, its steps, and the dossiers it is about."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.domain.tracks import TrackKind
from kp4web.domain.transfers import Outcome, TransferState
from kp4web.extensions import Base


class Transfer(Base):
    """Guidance of dossiers of one municipality that moves from one organisation to another."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("from_organisation_id <> to_organisation_id", name="two_organisations"),
        CheckConstraint("effective_on >= decided_on", name="decided_first"),
        CheckConstraint("reference <> ''", name="reference_filled"),
        Index("ix_transfer_from", "from_organisation_id", "id"),
        Index("ix_transfer_to", "to_organisation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    from_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    to_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    decided_on: Mapped[date]
    effective_on: Mapped[date]
    reference: Mapped[str] = mapped_column(Text)
    """Of the council's decision."""
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[TransferState] = mapped_column(default=TransferState.DRAFTED)
    """That of the last step."""


class TransferStep(Base):
    """One step of a transfer: to which state, when, by whom, and why."""

    __tablename__ = "transfer_step"
    __table_args__ = (Index("ix_transfer_step_transfer", "transfer_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"))
    state: Mapped[TransferState]
    taken_on: Mapped[date]
    taken_at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")


class TransferDossier(Base):
    """One dossier of a transfer: who receives it, and what became of it."""

    __tablename__ = "transfer_dossier"
    __table_args__ = (
        CheckConstraint(
            "(COALESCE(outcome, '') = 'moved') = (guided_from IS NOT NULL)", name="guided_whole"
        ),
        Index("ix_transfer_dossier_dossier", "dossier_id"),
    )

    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """Empty: to be assigned by the coordinator who receives."""
    outcome: Mapped[Outcome | None]
    kind: Mapped[TrackKind | None]
    """The track at that moment: who gave the dossier away does not follow what comes after."""
    guided_from: Mapped[date | None]
    """The first day on which the other organisation guides."""
    earlier_lead_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
