"""Reading the log, and checking that nobody touched it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.audit.models import GENESIS, AuditEntry, AuditHead, link

_COLUMNS = [c for c in AuditEntry.__table__.columns if c.name != "hash"]


@dataclass(frozen=True, slots=True)
class ChainReport:
    """The outcome of checking the chain: how many entries, and what is wrong with it."""

    entries: int
    faults: tuple[str, ...]


def verify_chain(session: Session) -> ChainReport:
    """Recompute every link; report each change, removal or insertion by its place."""
    previous, expected, faults = GENESIS, 1, []
    rows = session.execute(
        select(AuditEntry.hash.label("stored"), *_COLUMNS).order_by(AuditEntry.id),
        execution_options={"yield_per": 1000},
    )
    for row in rows.mappings():
        columns = {column.name: row[column.name] for column in _COLUMNS}
        if row["id"] != expected:
            faults.append(f"regel {expected} tot en met {row['id'] - 1} ontbreekt")
        elif link(previous, columns) != row["stored"]:
            faults.append(f"regel {row['id']} is veranderd, of die ervoor")
        previous, expected = row["stored"], row["id"] + 1
    head = session.execute(select(AuditHead.last_id, AuditHead.last_hash)).one_or_none()
    if head is None:
        faults.append("het einde van de keten is niet vastgelegd")
    elif (head.last_id, head.last_hash) != (expected - 1, previous):
        faults.append(f"de keten eindigt bij {expected - 1}, vastgelegd is {head.last_id}")
    return ChainReport(entries=expected - 1, faults=tuple(faults))
