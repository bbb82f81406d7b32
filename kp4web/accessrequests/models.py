"""The table of access requests; what is exported is never stored."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.domain.accessrequests import IdentityCheck, RequestState
from kp4web.extensions import Base


class AccessRequest(Base):
    """
    A request of a resident: prepared by a coordinator, then released or ended otherwise.

    ``open_until``: until when the released document can be opened.
    """

    __tablename__ = "access_request"
    __table_args__ = (
        CheckConstraint("identity_note <> ''", name="identity_note_filled"),
        CheckConstraint("(state = 'prepared') = (ended_at IS NULL)", name="ended_whole"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_whole"),
        CheckConstraint("(state = 'released') = (open_until IS NOT NULL)", name="open_until"),
        CheckConstraint(
            "(state IN ('returned', 'withdrawn')) = (end_reason <> '')", name="end_reason_filled"
        ),
        Index(
            "uq_access_request_prepared", "dossier_id", unique=True,
            sqlite_where=text("state = 'prepared'"), postgresql_where=text("state = 'prepared'"),
        ),
        Index("ix_access_request_dossier", "dossier_id", "prepared_at"),
        Index("ix_access_request_municipality", "municipality_id", "state", "received_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    received_on: Mapped[date]
    identity: Mapped[IdentityCheck]
    identity_note: Mapped[str] = mapped_column(Text)
    """Which proof was seen and by whom; no number and no copy of it."""
    prepared_at: Mapped[datetime]
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[RequestState] = mapped_column(default=RequestState.PREPARED)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    end_reason: Mapped[str] = mapped_column(Text, default="")
    open_until: Mapped[datetime | None]
