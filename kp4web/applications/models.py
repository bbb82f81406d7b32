"""Applications: the person as the work agency registered them, apart from any dossier."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.clients.models import HouseholdRelation, PersonMixin
from kp4web.domain.applications import (
    SCORE_MAX,
    ApplicationState,
    Closing,
    DecisionBasis,
    LifeArea,
)
from kp4web.extensions import Base
from kp4web.facts import Known


class Application(PersonMixin, Base):
    """
    An application for welfare by one person; a couple makes two.

    ``state`` is a projection of what happened to it (``domain.applications.state_of``), kept in
    the same transaction and checked by ``worklist verify``.
    """

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("surname <> ''", name="surname_filled"),
        CheckConstraint("(bsn_hash IS NULL) = (bsn_sealed IS NULL)", name="bsn_whole"),
        CheckConstraint("(closing IS NULL) = (closed_at IS NULL)", name="closed_whole"),
        CheckConstraint("partner_id <> id", name="partner_is_another"),
        Index("ix_application_state", "organisation_id", "state", "state_since", "id"),
        Index("ix_application_bsn", "organisation_id", "bsn_hash"),
        Index("ix_application_birth_date", "organisation_id", "birth_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    registered_on: Mapped[date]
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    handler_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    """The intake consultant who handles it; a colleague may take it over."""
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True)
    """The application of the partner, when there is one; it points back."""
    state: Mapped[ApplicationState] = mapped_column(default=ApplicationState.OPEN)
    state_since: Mapped[date]
    closing: Mapped[Closing | None]
    closing_note: Mapped[str] = mapped_column(Text, default="")
    closed_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submission: Mapped[str | None] = mapped_column(unique=True)
    """Key of the form it came from: sent twice, it is registered once."""


class ApplicationMember(Base):
    """Somebody in the applicant's household who does not apply."""

    __tablename__ = "application_member"
    __table_args__ = (CheckConstraint("name <> ''", name="name_filled"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    name: Mapped[str]
    relation: Mapped[HouseholdRelation]
    birth_date: Mapped[date | None]


_KNOWN = text("superseded_at IS NULL")


class ApplicationDecision(Known, Base):
    """
    A klantprofiel that the work agency determined for an applicant, and why; never a suggestion.

    Deciding anew adds a row; the last one counts. A correction supersedes a row and adds what we
    know better: the same decision, so ``first_id`` names the row it began as. What was measured
    elsewhere is named by its instrument, date and reference: its content is not copied.
    """

    __tablename__ = "application_decision"
    __table_args__ = (
        CheckConstraint("profile BETWEEN 1 AND 4", name="profile"),
        CheckConstraint("suggested_profile BETWEEN 1 AND 4", name="suggested_profile"),
        CheckConstraint("measured_profile BETWEEN 1 AND 4", name="measured_profile"),
        CheckConstraint("justification <> ''", name="justification_filled"),
        CheckConstraint(
            "(basis = 'questionnaire') = (questionnaire_id IS NOT NULL)", name="questionnaire"
        ),
        CheckConstraint("(basis = 'conversation') = (basis_reason <> '')", name="basis_reason"),
        CheckConstraint(
            "(basis = 'elsewhere') = (instrument <> '' AND measured_on IS NOT NULL)",
            name="elsewhere_whole",
        ),
        CheckConstraint("superseded_at >= recorded_at", name="known"),
        Index("ix_application_decision_application", "application_id", "decided_at", "id"),
        Index(
            "uq_application_decision_corrected", "first_id", unique=True,
            sqlite_where=_KNOWN, postgresql_where=_KNOWN,
        ),
        Index("ix_application_decision_figures", "organisation_id", "decided_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int | None] = mapped_column(ForeignKey("application_decision.id"))
    """The row as it was first recorded; empty on that row itself."""
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    profile: Mapped[int]
    justification: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    basis: Mapped[DecisionBasis]
    basis_reason: Mapped[str] = mapped_column(Text, default="")
    """Why there is no questionnaire."""
    questionnaire_id: Mapped[int | None] = mapped_column(ForeignKey("questionnaire.id"), index=True)
    suggested_profile: Mapped[int | None]
    """What the questionnaire suggested at that moment; empty when it suggested nothing."""
    instrument: Mapped[str] = mapped_column(default="")
    measured_on: Mapped[date | None]
    measured_profile: Mapped[int | None]
    reference: Mapped[str] = mapped_column(default="")

    @property
    def origin_id(self) -> int:
        """Return what names the decision, whatever we knew of it later."""
        return self.first_id or self.id

    @classmethod
    def is_version_of(cls, decision_id: Any) -> ColumnElement[bool]:
        """Return the condition for every row of the decision that was first recorded so."""
        return or_(cls.id == decision_id, cls.first_id == decision_id)


class ElsewhereScore(Base):
    """The score or colour of one life area as another instrument gave it."""

    __tablename__ = "elsewhere_score"
    __table_args__ = (
        UniqueConstraint("decision_id", "life_area"),
        CheckConstraint("score <> ''", name="score_filled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("application_decision.id"))
    life_area: Mapped[LifeArea]
    score: Mapped[str] = mapped_column(String(SCORE_MAX))
