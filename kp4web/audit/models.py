"""The tables of the log: entries in a chain, and its head."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.extensions import Base


class AuditEntry(Base):
    """
    One act: who looked at or changed what, when and why.

    Fields follow the Dutch standard Logboek Dataverwerkingen (trace, span, processing activity,
    encrypted subjects, start, end, status) plus actor, roles, relation and reason.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_municipality", "municipality_id", "id"),
        Index("ix_audit_entry_user", "user_id", "id"),
        Index("ix_audit_entry_dossier", "dossier_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The place in the chain: 1, 2, 3 ... without holes."""
    trace_id: Mapped[str]
    span_id: Mapped[str]
    activity: Mapped[str]
    action: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    status: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    roles: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"))
    relation: Mapped[str]
    reason: Mapped[str]
    subjects_sealed: Mapped[bytes | None]
    """Client ids as a JSON list, encrypted."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Ids and codes only, never names or typed text."""
    hash: Mapped[str]
    """Keyed hash over this entry and the hash of the one before."""


class AuditHead(Base):
    """The last link of the chain: one row, locked last in every transaction that logs."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    last_id: Mapped[int]
    last_hash: Mapped[str]
