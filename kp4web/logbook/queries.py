"""Reading the log of the own municipality, newest first."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.audit.models import ACTS, AuditEntry
from kp4web.domain.actor import Actor, Role
from kp4web.domain.dates import AMSTERDAM, end_of_day
from kp4web.domain.policy import Action, Relation, require
from kp4web.dossiers.models import Dossier
from kp4web.extensions import AnyRow
from kp4web.organisations.models import Organisation

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What part of the log is asked for; empty means everything."""

    user_id: int | None = None
    action: str | None = None
    since: date | None = None
    until: date | None = None
    """The last day, that day included."""


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
    require(actor, Action.LOG_READ)
    query = _ENTRIES.where(AuditEntry.municipality_id == actor.municipality_id)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    rows = session.execute(_narrowed(query, asked).limit(PAGE_SIZE + 1)).all()
    lines = tuple(
        LogLine(
            id=row.id, at=row.started_at, who=row.who or "Systeem",
            organisation=row.organisation or "", roles=_roles(row.roles),
            relation=_relations(row.relation),
            action=ACTS.get(row.action, row.action), dossier=row.dossier or "",
            reason=row.reason, status=row.status, with_reason=_has_reason(row),
        )
        for row in rows[:PAGE_SIZE]
    )  # fmt: skip
    return LogPage(lines, more=len(rows) > PAGE_SIZE)


def _narrowed(query: Select[*tuple[object, ...]], asked: LogFilter) -> Select[*tuple[object, ...]]:
    if asked.user_id is not None:
        query = query.where(AuditEntry.user_id == asked.user_id)
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


def _has_reason(row: AnyRow) -> bool:
    return row.action == "break_glass" or Relation.WITH_REASON in row.relation.split(",")


def _roles(codes: str) -> str:
    return ", ".join(Role(code).label for code in codes.split(",") if code)


def _relations(codes: str) -> str:
    return ", ".join(Relation(code).label for code in codes.split(",") if code)
