"""Logging an act in a dossier, the same way from every feature."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kp4web.audit.commands import record
from kp4web.domain.actor import Actor
from kp4web.dossiers.queries import DossierRef


def record_in(
    session: Session, actor: Actor, ref: DossierRef, action: str, *, now: datetime, **detail: Any
) -> None:
    """
    Queue the log entry of an act in this dossier: whose data, and what the actor is to it.

    ``detail`` holds ids and codes, never names or typed text.
    """
    record(
        session, actor, action, now=now, subjects=[ref.client_id], dossier_id=ref.id,
        municipality_id=ref.municipality_id, relation=ref.relations, **detail,
    )  # fmt: skip
