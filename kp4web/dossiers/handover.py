"""The tables of hand-overs; other features find them in ``dossiers.models``."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.domain.handovers import HandoverKind, HandoverState
from kp4web.extensions import Base

_OPEN_KP4 = text("kind = 'kp4' AND state IN ('offered', 'accepted')")
_OPEN_KP3 = text("kind = 'kp3' AND state = 'offered'")
_GUIDED = text("kind = 'kp3' AND state = 'accepted' AND guided_until IS NULL")


class Handover(Base):
    """
    Somebody offered by one organisation to another; offering again is a new row.

    ``kind`` says which way: KP4 is about an application and gets its dossier when it is accepted,
    KP3 is about a dossier and gets its job coach.
    """

    __tablename__ = "handover"
    __table_args__ = (
        Index("ix_handover_to", "to_organisation_id", "state", "offered_on"),
        Index("ix_handover_from", "from_organisation_id", "state", "offered_on"),
        CheckConstraint("(state = 'offered') = (ended_at IS NULL)", name="ended_whole"),
        CheckConstraint("(state = 'returned') = (return_reason <> '')", name="return_reason"),
        CheckConstraint("(kind = 'kp4') = (application_id IS NOT NULL)", name="application"),
        CheckConstraint("(kind = 'kp4') = (decision_id IS NOT NULL)", name="decision"),
        CheckConstraint(
            "(dossier_id IS NOT NULL) = (kind = 'kp3' OR state = 'accepted')", name="dossier"
        ),
        CheckConstraint("kind = 'kp3' OR coach_id IS NULL", name="coach"),
        CheckConstraint(
            "kind = 'kp4' OR state <> 'accepted' OR coach_id IS NOT NULL", name="coach_known"
        ),
        CheckConstraint(
            "guided_until IS NULL OR (kind = 'kp3' AND state = 'accepted')", name="guided_until"
        ),
        CheckConstraint(
            "talk_wanted OR (talk_planned_on IS NULL AND talk_held_on IS NULL)", name="talk"
        ),
        Index("ix_handover_application", "application_id", "offered_at"),
        Index("ix_handover_coach", "coach_id", "state"),
        Index(
            "uq_handover_open", "application_id", unique=True,
            sqlite_where=_OPEN_KP4, postgresql_where=_OPEN_KP4,
        ),
        Index(
            "uq_handover_open_kp3", "dossier_id", unique=True,
            sqlite_where=_OPEN_KP3, postgresql_where=_OPEN_KP3,
        ),
        Index(
            "uq_handover_guided", "dossier_id", unique=True,
            sqlite_where=_GUIDED, postgresql_where=_GUIDED,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[HandoverKind] = mapped_column(default=HandoverKind.KP4)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("application_decision.id"), index=True
    )
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
    coach_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """The job coach who reviews a KP3 hand-over, and who guides once it is accepted."""
    guided_until: Mapped[date | None]
    """When the dossier was reopened after acceptance: the work agency guides no longer."""
    talk_wanted: Mapped[bool] = mapped_column(default=False)
    """A joint talk with the resident, the consultant and who takes over."""
    talk_planned_on: Mapped[date | None]
    talk_held_on: Mapped[date | None]


class FeedbackReport(Base):
    """What the job coach tells the last lead, some months after a KP3 hand-over."""

    __tablename__ = "feedback_report"
    __table_args__ = (
        CheckConstraint("text <> ''", name="text_filled"),
        CheckConstraint("(read_at IS NULL) = (read_by_id IS NULL)", name="read_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    written_on: Mapped[date]
    written_at: Mapped[datetime]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    read_on: Mapped[date | None]
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
