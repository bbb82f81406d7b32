"""
Writing the log: an act is queued with the change and chained when the transaction commits.

The head of the chain is one row. It is locked last, just before the commit, so that two
transactions never wait for each other's dossiers while holding it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import (
    BindParameter,
    Table,
    bindparam,
    column,
    event,
    insert,
    select,
    table,
    update,
)
from sqlalchemy.orm import Session

from kp4web.audit.heads import Head, heads
from kp4web.audit.models import AuditEntry, AuditHead, link
from kp4web.crypto import vault
from kp4web.domain.actor import Actor
from kp4web.domain.policy import Relation

ACTIVITY = "begeleiding-klantprofiel-4"
"""The processing activity in the register of processing (AVG 30)."""
_PENDING, _MOVED = "pending_audit", "moved_audit_head"
_HEAD, _ENTRIES = cast(Table, AuditHead.__table__), cast(Table, AuditEntry.__table__)
_LOCK_HEAD = (
    update(_HEAD)
    .values(last_id=_HEAD.c.last_id + bindparam("acts"))
    .returning(_HEAD.c.last_id, _HEAD.c.last_hash)
)
_APPEND = insert(_ENTRIES)
_MOVE_HEAD = update(_HEAD).values(last_hash=bindparam("hash"))
_CLIENT = table("client", column("id"), column("municipality_id"))
_SHOWN: BindParameter[Sequence[int]] = bindparam("shown", expanding=True)
_HOMES = select(_CLIENT.c.id, _CLIENT.c.municipality_id).where(_CLIENT.c.id.in_(_SHOWN))


@dataclass(slots=True)
class _Act:
    columns: dict[str, Any]
    subjects: list[int] = field(default_factory=list)


def record(
    session: Session,
    actor: Actor | None,
    action: str,
    *,
    now: datetime,
    subjects: Iterable[int] = (),
    municipality_id: int | None = None,
    dossier_id: int | None = None,
    relation: Iterable[str] = (),
    reason: str = "",
    status: str = "ok",
    **detail: Any,
) -> None:
    """
    Queue one entry; it is written and chained by the commit of this transaction.

    ``subjects`` are client ids; ``detail`` holds ids and codes, never names or typed text.
    Without ``municipality_id`` the entry belongs to the actor's own municipality, and of somebody
    who works for several there is one for each municipality of which persons were shown. What is
    done in a dossier that a reason opened carries that reason.
    """
    relations = sorted(relation)
    if not reason and actor and Relation.WITH_REASON in relations:
        reason = getattr(actor.grant_for(dossier_id), "reason", "")
    columns = {
        "trace_id": session.info.get("trace_id") or uuid4().hex,
        "span_id": uuid4().hex[:16],
        "activity": ACTIVITY,
        "action": str(action),
        "started_at": min(session.info.get("started_at", now), now),
        "ended_at": now,
        "status": status,
        "user_id": actor and actor.id,
        "roles": ",".join(sorted(actor.roles)) if actor else "",
        "organisation_id": actor and actor.organisation_id,
        "municipality_id": municipality_id or (actor and actor.municipality_id),
        "dossier_id": dossier_id,
        "relation": ",".join(relations),
        "reason": reason,
        "detail": {key: value for key, value in detail.items() if value is not None},
    }
    if not session.in_transaction():
        session.begin()  # so that a rollback tells us, also before the first query
    session.info.setdefault(_PENDING, []).append(_Act(columns, sorted(set(subjects))))


@event.listens_for(Session, "before_commit")
def _append_to_chain(session: Session) -> None:
    """Write what was queued: lock the head, link every entry, move the head."""
    if session.in_nested_transaction():
        return  # a savepoint: what was queued waits for the commit itself
    acts: list[_Act] = session.info.pop(_PENDING, [])
    if not acts:
        return
    session.flush()
    connection = session.connection()
    acts = list(_per_municipality(session, acts))
    head = connection.execute(_LOCK_HEAD, {"acts": len(acts)}).one()
    previous, rows = head.last_hash, []
    for number, act in enumerate(acts, start=head.last_id - len(acts) + 1):
        sealed = None
        if act.subjects:
            sealed = vault.encrypt(json.dumps(act.subjects), row=act.columns["span_id"])
        row = {"id": number, **act.columns, "subjects_sealed": sealed}
        previous = row["hash"] = link(previous, row)
        rows.append(row)
    connection.execute(_APPEND, rows)
    connection.execute(_MOVE_HEAD, {"hash": previous})
    session.info[_MOVED] = Head(head.last_id, previous, rows[-1]["ended_at"])


def _per_municipality(session: Session, acts: Iterable[_Act]) -> Iterator[_Act]:
    """Yield each act; what showed persons of several municipalities once for each of them."""
    for act in acts:
        if act.columns["municipality_id"] is not None or not act.subjects:
            yield act
            continue
        found = {row.id: row for row in session.execute(_HOMES, {"shown": act.subjects})}
        homes: dict[int | None, list[int]] = {}
        for subject in act.subjects:
            home = found[subject].municipality_id if subject in found else None
            homes.setdefault(home, []).append(subject)
        for home, subjects in homes.items():
            own = {"municipality_id": home, "span_id": uuid4().hex[:16]}
            yield _Act(act.columns | own, subjects)


@event.listens_for(Session, "after_commit")
def _write_outside(session: Session) -> None:
    """Leave the head outside the database too, now that it is certain."""
    if not session.in_nested_transaction() and (head := session.info.pop(_MOVED, None)):
        heads.append(head)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: object) -> None:
    """What was rolled back did not happen, so it is not logged either."""
    if not session.in_nested_transaction():
        session.info.pop(_PENDING, None)
        session.info.pop(_MOVED, None)
