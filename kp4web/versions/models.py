"""Versions of the questionnaire file, and which one an organisation uses from when."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.extensions import Base
from kp4web.facts import Fact


class QuestionnaireVersion(Base):
    """One version of a questionnaire file, word for word; never changed."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("file_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[str]
    version: Mapped[str]
    title: Mapped[str]
    validated: Mapped[bool]
    content: Mapped[str] = mapped_column(Text)
    """The TOML text."""
    sha256: Mapped[str] = mapped_column(unique=True)
    added_on: Mapped[date]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """Empty when it was added from the command line."""


class VersionInForce(Fact, Base):
    """Which version an organisation uses for new questionnaires, from when."""

    __tablename__ = "version_in_force"
    key = ("organisation_id",)
    content = ("version_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_version.id"))
