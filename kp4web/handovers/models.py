"""Hand-overs and how they ended."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.domain.handovers import HandoverState as HandoverState
from kp4web.extensions import Base


class Handover(Base):
    """
    An applicant with klantprofiel 4 offered by the work agency to a municipality.

    Offering again after a return is a new row.
    """

    __tablename__ = "handover"
    __table_args__ = (
        Index("ix_handover_to", "to_organisation_id", "state", "offered_on"),
        Index("ix_handover_from", "from_organisation_id", "state", "offered_on"),
        CheckConstraint("(state = 'offered') = (ended_at IS NULL)", name="ended_whole"),
        CheckConstraint("(state = 'returned') = (return_reason <> '')", name="return_reason"),
        Index("ix_handover_application", "application_id", "offered_at"),
        Index(
            "uq_handover_open", "application_id", unique=True,
            sqlite_where=text("state <> 'returned'"),
            postgresql_where=text("state <> 'returned'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("application_decision.id"), index=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    from_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    to_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    note: Mapped[str] = mapped_column(Text)
    offered_on: Mapped[date]
    offered_at: Mapped[datetime]
    offered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[HandoverState] = mapped_column(default=HandoverState.OFFERED)
    ended_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    return_reason: Mapped[str] = mapped_column(Text, default="")
