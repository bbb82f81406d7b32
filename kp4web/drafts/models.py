"""Drafts of forms, and the forms that were sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.domain.drafts import About
from kp4web.extensions import Base


class Draft(Base):
    """What somebody typed and has not sent: one per user, form and subject, kept 30 days."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "form", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    form: Mapped[str]
    """Key of the ``DraftRule``."""
    about: Mapped[About]
    subject_id: Mapped[int]
    """Id of the dossier, application, hand-over or questionnaire; 0 for nothing."""
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Field name to what was typed (a list of strings each)."""
    saved_at: Mapped[datetime] = mapped_column(index=True)


class SentForm(Base):
    """A form that was sent and carried out; sent again, it lands where it went before."""

    __tablename__ = "sent_form"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    submission: Mapped[str] = mapped_column(primary_key=True)
    """Mark of the form as it was shown."""
    content: Mapped[str] = mapped_column(primary_key=True)
    """Keyed hash of what was sent."""
    location: Mapped[str] = mapped_column(default="")
    """The page that came after it; empty while it is being carried out."""
    sent_at: Mapped[datetime] = mapped_column(index=True)
