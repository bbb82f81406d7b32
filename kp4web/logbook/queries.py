"""Reading the log of the own municipality, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.audit.models import AuditEntry
from kp4web.audit.queries import ChainStatus, chain_status
from kp4web.domain.actor import Actor
from kp4web.domain.dates import AMSTERDAM, end_of_day
from kp4web.domain.policy import Action, Relation, require
from kp4web.dossiers.models import Dossier
from kp4web.extensions import AnyRow, AnySelect
from kp4web.logbook.rows import SYSTEM, act_words, has_reason, relation_words, role_words
from kp4web.organisations.models import Organisation

PAGE_SIZE = 50
EXPORTED = 20_000
"""How many lines an export holds at most."""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What part of the log is asked for; empty means everything."""

    user_id: int | None = None
    dossier: str | None = None
    action: str | None = None
    relation: Relation | None = None
    since: date | None = None
    until: date | None = None
    """The last day, that day included."""

    def codes(self) -> dict[str, Any]:
        """Return what was asked for, as the log keeps it."""
        return {
            "of_user": self.user_id, "of_dossier": self.dossier, "of_action": self.action,
            "of_relation": self.relation and self.relation.value,
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogLine:
    """One act as the log shows it; whose data it was is the dossier, never a name."""

    id: int
    at: datetime
    who: str
    organisation: str
    roles: str
    relation: str
    action: str
    dossier: str
    reason: str
    status: str
    with_reason: bool
    """Whether the dossier was open because of a reason, or was opened with one."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of the log; ``more`` says whether older entries follow."""

    lines: tuple[LogLine, ...]
    more: bool


_ENTRIES = (
    select(
        AuditEntry.id, AuditEntry.started_at, AuditEntry.action, AuditEntry.roles,
        AuditEntry.relation, AuditEntry.reason, AuditEntry.status,
        User.name.label("who"), Organisation.name.label("organisation"),
        Dossier.number.label("dossier"),
    )
    .outerjoin(User, User.id == AuditEntry.user_id)
    .outerjoin(Organisation, Organisation.id == AuditEntry.organisation_id)
    .outerjoin(Dossier, Dossier.id == AuditEntry.dossier_id)
    .order_by(AuditEntry.id.desc())
)  # fmt: skip


def log_for(session: Session, actor: Actor, asked: LogFilter, *, before: int | None) -> LogPage:
    """Return a page of the log of the own municipality, from before an entry on."""
    query = _asked(actor, asked)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    rows = session.execute(query.limit(PAGE_SIZE + 1)).all()
    return LogPage(tuple(map(_line, rows[:PAGE_SIZE])), more=len(rows) > PAGE_SIZE)


def log_lines(session: Session, actor: Actor, asked: LogFilter) -> Iterator[LogLine]:
    """Yield the log of the own municipality, newest first, ``EXPORTED`` lines at most."""
    rows = session.execute(
        _asked(actor, asked).limit(EXPORTED), execution_options={"yield_per": 1000}
    )
    return map(_line, rows)


def chain_for(session: Session, actor: Actor) -> ChainStatus:
    """Return where the chain of the log ends and how it was found last."""
    require(actor, Action.LOG_READ)
    return chain_status(session)


def _asked(actor: Actor, asked: LogFilter) -> AnySelect:
    require(actor, Action.LOG_READ)
    query = _ENTRIES.where(AuditEntry.municipality_id == actor.municipality_id)
    return _narrowed(query, asked)


def _line(row: AnyRow) -> LogLine:
    return LogLine(
        id=row.id, at=row.started_at, who=row.who or SYSTEM,
        organisation=row.organisation or "", roles=role_words(row.roles),
        relation=relation_words(row.relation), action=act_words(row.action),
        dossier=row.dossier or "", reason=row.reason, status=row.status,
        with_reason=has_reason(row.action, row.relation),
    )  # fmt: skip


def _narrowed(query: AnySelect, asked: LogFilter) -> AnySelect:
    if asked.user_id is not None:
        query = query.where(AuditEntry.user_id == asked.user_id)
    if asked.dossier is not None:
        query = query.where(Dossier.number == asked.dossier)
    if asked.relation is not None:
        query = query.where(AuditEntry.relation.contains(asked.relation.value))
    if asked.action is not None:
        query = query.where(AuditEntry.action == asked.action)
    if asked.since is not None:
        start = datetime.combine(asked.since, time.min, AMSTERDAM)
        query = query.where(AuditEntry.started_at >= start)
    if asked.until is not None:
        query = query.where(AuditEntry.started_at <= end_of_day(asked.until))
    return query


def people_in_log(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Return who can be asked for: everybody with an entry in the log of the municipality."""
    require(actor, Action.LOG_READ)
    seen = select(AuditEntry.user_id).where(AuditEntry.municipality_id == actor.municipality_id)
    rows = session.execute(
        select(User.id, User.name).where(User.id.in_(seen)).order_by(User.name, User.id)
    )
    return [(row.id, row.name) for row in rows]
