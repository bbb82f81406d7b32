"""Figures from outside that a report shows beside its own."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.extensions import Base


class WelfareCount(Base):
    """Households on welfare in a municipality on a date; the newest entry per date counts."""

    __tablename__ = "welfare_count"
    __table_args__ = (
        CheckConstraint("households >= 0", name="households"),
        CheckConstraint("source <> ''", name="source_filled"),
        Index("ix_welfare_count_date", "municipality_id", "counted_on", "recorded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    counted_on: Mapped[date]
    households: Mapped[int]
    source: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
