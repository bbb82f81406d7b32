"""The dossier and its dated facts."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.domain.tracks import StopReason, Subgroup, TrackKind
from kp4web.dossiers.correction import Corrected as Corrected
from kp4web.dossiers.correction import Correction as Correction
from kp4web.dossiers.exemption import Exemption as Exemption
from kp4web.dossiers.handover import FeedbackReport as FeedbackReport
from kp4web.dossiers.handover import Handover as Handover
from kp4web.dossiers.signal import SanctionEvidence as SanctionEvidence
from kp4web.dossiers.signal import SanctionSignal as SanctionSignal
from kp4web.dossiers.signal import SanctionStep as SanctionStep
from kp4web.extensions import Base
from kp4web.facts import Fact


class Origin(StrEnum):
    """How a dossier came to be."""

    HANDOVER = "handover"
    TAKEN_OVER = "taken_over"


class Dossier(Base):
    """
    The dossier of one client; the number is its daily key.

    ``opened_on`` and the columns from ``kind`` on are projections: derived from the facts, kept
    in the same transaction by the commands that add facts, checked by ``worklist verify``.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        Index("ix_dossier_holder_lead", "holder_id", "lead_id", "kind"),
        Index("ix_dossier_holder_next", "holder_id", "next_due_on"),
        Index("ix_dossier_municipality", "municipality_id", "opened_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), unique=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    opened_on: Mapped[date]
    origin: Mapped[Origin]
    opening_reason: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    holder_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[TrackKind]
    track_since: Mapped[date]
    planned_end: Mapped[date | None]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    last_contact_on: Mapped[date | None]
    attempts_since_contact: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How often somebody was tried in vain since then; see ``domain.attempts``."""
    next_due_on: Mapped[date | None]


class TrackPeriod(Fact, Base):
    """One spell on one track; a dossier has exactly one on every day from opening."""

    __tablename__ = "track_period"
    key = ("dossier_id",)
    scope = ("municipality_id",)
    content = ("kind", "planned_end", "stop_reason", "reason", "avoid")
    extra_args = (
        CheckConstraint("(kind = 'rest') = (planned_end IS NOT NULL)", name="planned_end"),
        CheckConstraint("(kind = 'stopped') = (stop_reason IS NOT NULL)", name="stop_reason"),
        CheckConstraint("planned_end > valid_from", name="planned_end_later"),
        CheckConstraint("reason <> ''", name="reason_filled"),
        Index(
            "ix_track_period_report",
            "municipality_id", "valid_from", "valid_to", "kind", "dossier_id",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    kind: Mapped[TrackKind]
    planned_end: Mapped[date | None]
    stop_reason: Mapped[StopReason | None]
    reason: Mapped[str] = mapped_column(Text)
    avoid: Mapped[str] = mapped_column(Text, default="")


class SubgroupPeriod(Fact, Base):
    """One spell in one of the six subgroups (deck 2021); several at a time are possible."""

    __tablename__ = "subgroup_period"
    key = ("dossier_id", "subgroup")
    scope = ("municipality_id",)
    content = ()

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    subgroup: Mapped[Subgroup]


class GuidancePeriod(Fact, Base):
    """
    Which organisation guides (holds the dossier): data, because the council may move it.

    The first day is the day the dossier was opened; ``Dossier.opened_on`` repeats it.
    """

    __tablename__ = "guidance_period"
    key = ("dossier_id",)
    scope = ("municipality_id",)
    content = ("organisation_id",)
    extra_args = (
        Index(
            "ix_guidance_period_report",
            "municipality_id", "valid_from", "valid_to", "dossier_id",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))


class ProfileDecision(Fact, Base):
    """The klantprofiel that a person determined, with the justification; never a suggestion."""

    __tablename__ = "profile_decision"
    key = ("client_id",)
    content = ("profile", "organisation_id", "justification")
    extra_args = (
        CheckConstraint("profile BETWEEN 1 AND 4", name="profile"),
        CheckConstraint("justification <> ''", name="justification_filled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    profile: Mapped[int]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    justification: Mapped[str] = mapped_column(Text)
