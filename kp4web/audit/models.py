"""The tables of the log: entries in a chain, its head, and how one link follows another."""

import json
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.crypto import vault
from kp4web.extensions import Base

GENESIS = "0" * 64
"""The hash before the first entry."""


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


def canonical(columns: dict[str, Any]) -> str:
    """Return the columns of an entry (without its hash) in one fixed spelling."""
    return json.dumps({k: columns[k] for k in sorted(columns)}, default=_spell, sort_keys=True)


def link(previous: str, columns: dict[str, Any]) -> str:
    """Return the hash of an entry that follows the hash ``previous``."""
    return vault.keyed_hash(previous + canonical(columns), purpose="audit")


def _spell(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot log a {type(value).__name__}")
