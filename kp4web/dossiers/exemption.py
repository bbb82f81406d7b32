"""The table of exemptions; other features find it in ``dossiers.models``."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Text, and_, or_
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.domain.exemptions import Act
from kp4web.extensions import Base
from kp4web.facts import Fact


class Exemption(Fact, Base):
    """
    An exemption on a legal ground; at most one runs per dossier, and a dossier is one person.

    ``ends_on`` is its last day and not ``valid_to``: the row runs on until somebody extends it,
    ends it or records a next one, so that the database itself refuses a second.
    """

    __tablename__ = "exemption"
    key = ("dossier_id",)
    scope = ("municipality_id",)
    content = (
        "ground_id", "reason_id", "organisation_id", "justification", "ends_on", "review_on",
        "plan_due_on", "plan_made_on", "seen_on", "requested_on", "child_born_on", "decided_on",
        "decision_reference", "lapses", "act", "acted_on", "acted_at", "note",
    )  # fmt: skip
    extra_args = (
        CheckConstraint("justification <> ''", name="justification_filled"),
        CheckConstraint("ends_on >= valid_from", name="ends_later"),
        Index(
            "ix_exemption_report", "municipality_id", "valid_from", "valid_to", "ends_on",
            "dossier_id",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    ground_id: Mapped[int] = mapped_column(ForeignKey("legal_ground.id"))
    reason_id: Mapped[int] = mapped_column(ForeignKey("exemption_reason.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    """Who decided."""
    justification: Mapped[str] = mapped_column(Text)
    ends_on: Mapped[date | None]
    review_on: Mapped[date | None]
    plan_due_on: Mapped[date | None]
    plan_made_on: Mapped[date | None]
    seen_on: Mapped[date | None]
    requested_on: Mapped[date | None]
    child_born_on: Mapped[date | None]
    decided_on: Mapped[date]
    decision_reference: Mapped[str] = mapped_column(default="")
    lapses: Mapped[bool] = mapped_column(default=False)
    """Somebody decided not to extend it: its end asks for nothing any more."""
    act: Mapped[Act]
    acted_on: Mapped[date]
    acted_at: Mapped[datetime]
    """Equal to ``recorded_at`` on the row that records the act; a copy keeps the earlier moment."""
    note: Mapped[str] = mapped_column(Text, default="")
    """Why it was extended, corrected or ended; what a review or the plan came to."""

    @classmethod
    def lifted_on(
        cls, day: ColumnElement[date] | date, known_at: ColumnElement[datetime] | None = None
    ) -> ColumnElement[bool]:
        """Return the condition for exemptions that held on the day, as known now or then."""
        not_over = or_(cls.ends_on.is_(None), cls.ends_on >= day)
        return and_(cls.valid_on(day, known_at), not_over)

    @classmethod
    def records_act(cls) -> ColumnElement[bool]:
        """Return the condition for rows that record an act, and are no copy of one."""
        ever_known = or_(cls.superseded_at.is_(None), cls.superseded_at > cls.recorded_at)
        return and_(cls.acted_at == cls.recorded_at, ever_known)
