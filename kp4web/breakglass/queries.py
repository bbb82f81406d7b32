"""Reading break-glass: what a reason would open, and how often it was used."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import bindparam, distinct, func, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import ReasonGrant
from kp4web.domain.actor import Actor, Role
from kp4web.domain.dates import AMSTERDAM, end_of_day
from kp4web.domain.errors import Forbidden
from kp4web.domain.policy import Action, Field, Relation, opened_by_reason, require
from kp4web.dossiers.queries import DossierRef, dossier_ref

NOTHING_TO_OPEN = "In dit dossier is er niets dat u met een reden kunt openen."


@dataclass(frozen=True, slots=True)
class Asked:
    """The page on which a reason is given: what it would open, or until when it is open."""

    ref: DossierRef
    opens: tuple[Field, ...]
    until: datetime | None


def asked_for(session: Session, actor: Actor, number: str) -> Asked:
    """Return what a reason opens here; raises ``NotFound``, or ``Forbidden`` where nothing."""
    require(actor, Action.BREAK_GLASS)
    ref = dossier_ref(session, actor, number)
    grant = actor.grant_for(ref.id) if Relation.WITH_REASON in ref.relations else None
    without = ref.relations - {Relation.WITH_REASON}
    opens = opened_by_reason(without)
    if not opens:
        raise Forbidden(NOTHING_TO_OPEN)
    return Asked(ref, opens, grant.until if grant else None)


@dataclass(frozen=True, slots=True)
class Count:
    """How often a reason was given with one role: times, dossiers, users."""

    role: str
    times: int
    dossiers: int
    users: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How often in a period, by role and in all."""

    by_role: tuple[Count, ...]
    total: Count


_NUMBERS = (
    func.count(), func.count(distinct(ReasonGrant.dossier_id)),
    func.count(distinct(ReasonGrant.user_id)),
)  # fmt: skip
_IN_PERIOD = (
    ReasonGrant.municipality_id == bindparam("municipality_id"),
    ReasonGrant.granted_at >= bindparam("start"), ReasonGrant.granted_at <= bindparam("end"),
)  # fmt: skip
_TOTAL = select(*_NUMBERS).where(*_IN_PERIOD)
_BY_ROLE = select(ReasonGrant.role, *_NUMBERS).where(*_IN_PERIOD).group_by(ReasonGrant.role)


def counts_for(session: Session, actor: Actor, since: date, until: date) -> Counts:
    """Return how often reasons were given in the own municipality; both days included."""
    require(actor, Action.BREAK_GLASS_COUNT)
    key: dict[str, Any] = {
        "municipality_id": actor.municipality_id,
        "start": datetime.combine(since, time.min, AMSTERDAM), "end": end_of_day(until),
    }  # fmt: skip
    found = {Role(row[0]): row[1:] for row in session.execute(_BY_ROLE, key)}
    return Counts(
        by_role=tuple(
            Count(role.label, *found.get(role, (0, 0, 0)))
            for role in (Role.CONSULTANT, Role.COORDINATOR)
        ),
        total=Count("Samen", *session.execute(_TOTAL, key).one()),
    )
