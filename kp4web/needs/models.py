"""What stands under the two headings of a dossier, version after version."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.domain.headings import Heading
from kp4web.extensions import Base


class HeadingVersion(Base):
    """
    A text under a heading as somebody saved it; never changed, the highest version holds.

    An empty text says that there is nothing any more.
    """

    __tablename__ = "heading_version"
    __table_args__ = (
        UniqueConstraint("dossier_id", "heading", "version"),
        CheckConstraint("version > 1 OR (version = 1 AND text <> '')", name="version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    heading: Mapped[Heading]
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    written_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
