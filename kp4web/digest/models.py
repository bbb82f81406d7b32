"""How often a user wants the digest, and each one that was sent or tried."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.domain.digest import Rhythm, SendOutcome
from kp4web.extensions import Base


class DigestSetting(Base):
    """How often one user wants the digest; without a row: never."""

    __tablename__ = "digest_setting"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, autoincrement=False
    )
    rhythm: Mapped[Rhythm]
    weekday: Mapped[int]
    """The day of a weekly digest: 0 is Monday."""
    changed_at: Mapped[datetime]


class DigestSent(Base):
    """
    One digest of one user for one day, claimed before it is sent (docs/decisions/0017).

    Who inserts the row sends the e-mail: the pair is unique, on however many machines.
    """

    __tablename__ = "digest_sent"
    __table_args__ = (
        UniqueConstraint("user_id", "for_day"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended_whole"),
        Index("ix_digest_sent_for_day", "for_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    for_day: Mapped[date]
    claimed_at: Mapped[datetime]
    outcome: Mapped[SendOutcome | None]
    ended_at: Mapped[datetime | None]
