"""Applications: the person as the work agency registered them, apart from any dossier."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.clients.models import PersonMixin
from kp4web.extensions import Base


class Application(PersonMixin, Base):
    """An application for welfare with the profile that was determined and why."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("profile BETWEEN 1 AND 4", name="profile"),
        CheckConstraint("(profile IS NULL) = (decided_on IS NULL)", name="decided_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    registered_on: Mapped[date]
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    profile: Mapped[int | None]
    justification: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
