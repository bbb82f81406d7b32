"""Screening rounds: a promise to classify, and the dossiers it is about."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.extensions import Base


class ScreeningRound(Base):
    """A project to look at every dossier again, such as "Screening 2019-2020"."""

    __tablename__ = "screening_round"
    __table_args__ = (CheckConstraint("ends_on > starts_on", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class ScreeningMember(Base):
    """A dossier in a round; its outcome is read from the tracks, not kept here."""

    __tablename__ = "screening_member"

    round_id: Mapped[int] = mapped_column(ForeignKey("screening_round.id"), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True, index=True)
    added_on: Mapped[date]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
