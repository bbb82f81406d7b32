"""Assignments: which consultant holds which dossier, since when."""

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.extensions import Base
from kp4web.facts import Fact


class Assignment(Fact, Base):
    """One spell of a dossier with one lead; between two spells nobody holds it."""

    __tablename__ = "assignment"
    key = ("dossier_id",)
    scope = ("municipality_id",)
    content = ("user_id", "reason")
    extra_args = (Index("ix_assignment_user", "user_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
