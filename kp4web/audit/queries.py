"""Reading the log, and checking that nobody touched it."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.orm import Session

from kp4web.audit.heads import Head, heads
from kp4web.audit.models import GENESIS, AuditEntry, AuditHead, link
from kp4web.crypto import vault
from kp4web.domain.actor import Actor
from kp4web.domain.dates import AMSTERDAM, count_of
from kp4web.extensions import AnyRow

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


@dataclass(frozen=True, slots=True)
class ChainStatus:
    """Where the chain ends, in the database and outside it, and how it was found last."""

    last_id: int
    outside: Head | None
    checked_at: datetime | None
    checked: int
    """How many entries were there then."""
    faults: int


_LAST_CHECK = (
    select(AuditEntry.ended_at, AuditEntry.detail)
    .where(AuditEntry.municipality_id.is_(None), AuditEntry.action == "log_verify")
    .order_by(AuditEntry.id.desc())
    .limit(1)
)


def chain_status(session: Session) -> ChainStatus:
    """Return where the chain ends and what the last check said."""
    last_id = session.scalar(select(AuditHead.last_id)) or 0
    check = session.execute(_LAST_CHECK).one_or_none()
    found = check.detail if check else {}
    return ChainStatus(
        last_id, heads.last(), check.ended_at if check else None, found.get("entries", 0),
        found.get("faults", 0),
    )  # fmt: skip


# ---------------------------------------------------------------------- against the file outside

_NUMBERS: BindParameter[Sequence[int]] = bindparam("numbers", expanding=True)
_HASHES = select(AuditEntry.id, AuditEntry.hash).where(AuditEntry.id.in_(_NUMBERS))
BATCH = 500


@dataclass(frozen=True, slots=True)
class OutsideReport:
    """The outcome of comparing the chain with the heads kept outside the database."""

    heads: int
    unreadable: int
    """Lines that broke off (a full disk); no fault by themselves."""
    last_id: int
    faults: tuple[str, ...]


def written_outside() -> int:
    """Return how much of the file there is; ask before the snapshot in which it is compared."""
    return heads.size()


def verify_outside(session: Session, until: int) -> OutsideReport:
    """
    Compare every head outside with the entry of that number.

    ``until``: see ``written_outside``; what others commit meanwhile is in neither.

    A number that is gone: the end was cut off, or an older copy of the database was put back.
    Another hash: the chain was made again from before it, or went on after such a copy.
    """
    missing: list[Head] = []
    different: list[Head] = []
    count = unreadable = last_id = 0
    try:
        lines = heads.read(until)
        while chunk := list(islice(lines, BATCH)):
            known = [head for head in chunk if head is not None]
            count, unreadable = count + len(known), unreadable + len(chunk) - len(known)
            last_id = max([last_id, *(head.id for head in known)])
            stored = _hashes_of(session, known)
            missing += (head for head in known if head.id not in stored)
            different += (h for h in known if stored.get(h.id, h.hash) != h.hash)
    except OSError:
        return OutsideReport(0, 0, 0, _unless_empty(session))
    faults = (*_told(missing, _MISSING), *_told(different, _DIFFERENT))
    return OutsideReport(count, unreadable, last_id, faults)


_MISSING = (
    "regel {id} ({at}) is er niet meer: het einde is weggehaald, of er is een oudere kopie"
    " van de database teruggezet; het gaat om {count}"
)
_DIFFERENT = (
    "regel {id} ({at}) is een andere dan toen is vastgelegd: de keten is opnieuw gemaakt, of ging"
    " verder na een oudere kopie van de database; het gaat om {count}"
)


def _hashes_of(session: Session, known: Iterable[Head]) -> dict[int, str]:
    rows = session.execute(_HASHES, {"numbers": sorted({head.id for head in known})})
    return {row.id: row.hash for row in rows}


def _told(found: Sequence[Head], words: str) -> tuple[str, ...]:
    """Return one sentence about the first of them, and how many there are."""
    if not found:
        return ()
    first = min(found, key=lambda head: head.id)
    count = count_of(len(found), "vastgelegde stand", "vastgelegde standen")
    return (
        words.format(
            id=first.id, at=f"{first.at.astimezone(AMSTERDAM):%d-%m-%Y %H:%M}", count=count
        ),
    )


def _unless_empty(session: Session) -> tuple[str, ...]:
    """Return the fault that the file is not there, unless nothing was ever logged."""
    if session.scalar(select(AuditHead.last_id)):
        return ("het bestand buiten de database is er niet of is niet te lezen",)
    return ()


# ---------------------------------------------------------------------- about one person

_ABOUT = (
    select(
        AuditEntry.id, AuditEntry.span_id, AuditEntry.started_at, AuditEntry.action,
        AuditEntry.roles, AuditEntry.relation, AuditEntry.organisation_id, AuditEntry.dossier_id,
        AuditEntry.user_id, AuditEntry.reason, AuditEntry.subjects_sealed, AuditEntry.detail,
    )
    .where(
        or_(
            AuditEntry.municipality_id == bindparam("municipality_id"),
            AuditEntry.municipality_id.is_(None),
        )
    )
    .order_by(AuditEntry.id)
)  # fmt: skip


def entries_about(
    session: Session,
    client_id: int,
    *,
    municipality_id: int,
    dossier_id: int,
    applications: Collection[int],
) -> Iterator[AnyRow]:
    """
    Yield every entry about this person, oldest first.

    Whom a list showed is encrypted in its entry: each one of the municipality is opened.
    """
    rows = session.execute(
        _ABOUT, {"municipality_id": municipality_id}, execution_options={"yield_per": 1000}
    )
    for row in rows:
        applied = row.dossier_id is None and row.detail.get("application") in applications
        if row.dossier_id == dossier_id or applied or client_id in subjects_of(row):
            yield row


# ---------------------------------------------------------------------- shown a moment ago

SHOWN_FOR = timedelta(hours=10)
"""As long as a session lasts at most."""
WITH_ROWS = (
    "worklist_read", "dossier_read", "agenda_read", "follow_ups_read", "due_item_read",
    "conversation_form",
)  # fmt: skip
"""Pages with rows of what is due, in which a small form unfolds."""
_LATEST = (
    select(
        AuditEntry.span_id,
        AuditEntry.action,
        AuditEntry.dossier_id,
        AuditEntry.subjects_sealed,
        AuditEntry.detail,
    )
    .where(AuditEntry.user_id == bindparam("user_id"), AuditEntry.started_at >= bindparam("since"))
    .order_by(AuditEntry.id.desc())
    .limit(100)
)


def shown_before(
    session: Session, actor: Actor, *actions: str, now: datetime, dossier_id: int | None = None,
    client_id: int | None = None, **detail: int | None,
) -> bool:  # fmt: skip
    """
    Return whether a page of these actions about the same thing was logged for this actor lately.

    ``actions``: what such pages are logged as. With ``client_id`` a list with that
    person on it counts too. A fragment is part of a page that was logged only when there was such
    a page (rule 5): a header that says so proves nothing.
    """
    asked = [(key, value) for key, value in detail.items() if value is not None]
    latest = session.execute(_LATEST, {"user_id": actor.id, "since": now - SHOWN_FOR})
    return any(
        (dossier_id is not None and row.dossier_id == dossier_id)
        or any(row.detail.get(key) == value for key, value in asked)
        or (client_id is not None and client_id in subjects_of(row))
        for row in latest.all()
        if row.action in actions
    )


def subjects_of(row: AnyRow) -> list[Any]:
    """Return the client ids of an entry."""
    if row.subjects_sealed is None:
        return []
    found: list[Any] = json.loads(vault.decrypt(row.subjects_sealed, row=row.span_id))
    return found
