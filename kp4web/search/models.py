"""What somebody keeps of searching: the filters of the list, under a name of their own."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.extensions import Base


class SavedFilter(Base):
    """A choice of filters that one user keeps; nobody else sees it."""

    __tablename__ = "saved_filter"
    __table_args__ = (
        UniqueConstraint("user_id", "name"),
        CheckConstraint("name <> ''", name="name_filled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str]
    chosen: Mapped[dict[str, str]] = mapped_column(JSON)
    """Name of a filter to its value, as in the address; what is usual is left out."""
    saved_at: Mapped[datetime]
