"""Three patterns in the log that ask for a question: reasons, other caseloads, many dossiers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, distinct, func, not_, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.audit.models import LOOKS, AuditEntry
from kp4web.domain.actor import Actor
from kp4web.domain.dates import AMSTERDAM, end_of_day
from kp4web.domain.looks import MANY_DOSSIERS, busiest_hour
from kp4web.domain.policy import Action, Relation, require
from kp4web.extensions import AnySelect

SHOWN = 50
"""How many employees each list shows at most."""


@dataclass(frozen=True, slots=True)
class Often:
    """How often one employee did something, and in how many dossiers."""

    user_id: int
    who: str
    times: int
    dossiers: int


@dataclass(frozen=True, slots=True)
class Rush:
    """The most dossiers that one employee opened within an hour, and when that began."""

    user_id: int
    who: str
    dossiers: int
    began: datetime | None


@dataclass(frozen=True, slots=True)
class Patterns:
    """What stands out in a period, most first."""

    reasons: tuple[Often, ...]
    outside: tuple[Often, ...]
    rushes: tuple[Rush, ...]


_IN_PERIOD = and_(
    AuditEntry.municipality_id == bindparam("municipality_id"),
    AuditEntry.started_at >= bindparam("start"), AuditEntry.started_at <= bindparam("end"),
)  # fmt: skip
_LOOKED = and_(_IN_PERIOD, AuditEntry.action.in_(sorted(LOOKS)), AuditEntry.dossier_id.is_not(None))
_TIMES, _DOSSIERS = func.count(), func.count(distinct(AuditEntry.dossier_id))
_OFTEN = (
    select(AuditEntry.user_id, User.name, _TIMES.label("times"), _DOSSIERS.label("dossiers"))
    .join(User, User.id == AuditEntry.user_id)
    .group_by(AuditEntry.user_id, User.name)
    .order_by(_TIMES.desc(), User.name, AuditEntry.user_id)
    .limit(SHOWN)
)
_REASONS = _OFTEN.where(_IN_PERIOD, AuditEntry.action == "break_glass")
_OUTSIDE = _OFTEN.where(
    _LOOKED, AuditEntry.relation.contains(Relation.COLLEAGUE.value),
    not_(AuditEntry.relation.contains(Relation.LEAD.value)),
    not_(AuditEntry.relation.contains(Relation.DEPUTY.value)),
)  # fmt: skip
_BUSY = (
    select(AuditEntry.user_id)
    .where(_LOOKED)
    .group_by(AuditEntry.user_id)
    .having(_DOSSIERS > MANY_DOSSIERS)
)
_USERS: BindParameter[Sequence[int]] = bindparam("users", expanding=True)
_MOMENTS = (
    select(AuditEntry.user_id, User.name, AuditEntry.started_at, AuditEntry.dossier_id)
    .join(User, User.id == AuditEntry.user_id)
    .where(_LOOKED, AuditEntry.user_id.in_(_USERS))
    .order_by(AuditEntry.user_id, AuditEntry.started_at, AuditEntry.id)
)


def patterns_for(session: Session, actor: Actor, since: date, until: date) -> Patterns:
    """Return what stands out in the log of the own municipality; both days included."""
    require(actor, Action.LOG_READ)
    key: dict[str, Any] = {
        "municipality_id": actor.municipality_id,
        "start": datetime.combine(since, time.min, AMSTERDAM), "end": end_of_day(until),
    }  # fmt: skip
    return Patterns(
        reasons=_often(session, _REASONS, key),
        outside=_often(session, _OUTSIDE, key),
        rushes=tuple(_rushes(session, key)),
    )


def _often(session: Session, query: AnySelect, key: dict[str, Any]) -> tuple[Often, ...]:
    return tuple(Often(*row) for row in session.execute(query, key))


def _rushes(session: Session, key: dict[str, Any]) -> list[Rush]:
    """Return whose busiest hour held too many dossiers; only they can who opened that many."""
    users = session.scalars(_BUSY, key).all()
    rows = session.execute(_MOMENTS, key | {"users": users}, execution_options={"yield_per": 1000})
    found = []
    for (user_id, name), looks in groupby(rows, lambda row: (row.user_id, row.name)):
        most, began = busiest_hour((row.started_at, row.dossier_id) for row in looks)
        if most > MANY_DOSSIERS:
            found.append(Rush(user_id, name, most, began))
    return sorted(found, key=lambda rush: (-rush.dossiers, rush.who, rush.user_id))
