"""The dossiers that somebody opened last, as the log knows them."""

from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Actor
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import reach_of
from kp4web.extensions import rows_of
from kp4web.search.rows import ROWS, DossierRow, row_for

AT_MOST = 10
LOOKED_BACK = 500
"""Entries of the log in which recent dossiers are looked for: some days of work."""
_LAST_ENTRIES = (
    select(AuditEntry.id, AuditEntry.dossier_id, AuditEntry.action)
    .where(AuditEntry.user_id == bindparam("actor_id"))
    .order_by(AuditEntry.id.desc())
    .limit(LOOKED_BACK)
    .subquery()
)
_OPENED = (
    select(_LAST_ENTRIES.c.dossier_id, func.max(_LAST_ENTRIES.c.id).label("last"))
    .where(_LAST_ENTRIES.c.action == "dossier_read")
    .group_by(_LAST_ENTRIES.c.dossier_id)
    .subquery()
)
RECENT_QUERY = (
    ROWS.join(_OPENED, _OPENED.c.dossier_id == Dossier.id)
    .order_by(_OPENED.c.last.desc())
    .limit(AT_MOST)
)


def recent_for(session: Session, actor: Actor, *, today: date) -> tuple[DossierRow, ...]:
    """
    Return the dossiers that the actor opened last, as far as they are within reach now.

    From the log, which has these looks anyway: no second record of who looked at whom.
    """
    rows = rows_of(session, RECENT_QUERY, reach_of(actor) | {"actor_id": actor.id})
    return tuple(row_for(actor, row, today=today) for row in rows)
