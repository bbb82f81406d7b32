"""Who looked at one dossier, for its lead and for the coordinator of the team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Actor
from kp4web.domain.looks import Act, visits
from kp4web.domain.policy import Access, Action, Field, Relation, require
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.extensions import AnyRow
from kp4web.logbook.rows import SYSTEM, act_words, relation_words
from kp4web.organisations.models import Organisation

PAGE_SIZE = 200
"""Entries on one page; several together are one visit."""


@dataclass(frozen=True, slots=True)
class LookedLine:
    """One visit: who was there, from when until when, what they did and why."""

    who: str
    organisation: str
    relation: str
    begins: datetime
    ends: datetime
    acts: tuple[str, ...]
    reasons: tuple[str, ...]
    with_reason: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """One page of visits to a dossier, newest first; ``earlier`` is where the next page begins."""

    ref: DossierRef
    lines: tuple[LookedLine, ...]
    earlier: int | None


_BEFORE: BindParameter[int | None] = bindparam("before")
_OF_DOSSIER = (
    select(
        AuditEntry.id, AuditEntry.started_at, AuditEntry.user_id, AuditEntry.relation,
        AuditEntry.action, AuditEntry.reason, User.name, Organisation.name.label("organisation"),
    )
    .outerjoin(User, User.id == AuditEntry.user_id)
    .outerjoin(Organisation, Organisation.id == AuditEntry.organisation_id)
    .where(AuditEntry.dossier_id == bindparam("dossier_id"), AuditEntry.id < _BEFORE)
    .order_by(AuditEntry.id.desc())
    .limit(PAGE_SIZE + 1)
)  # fmt: skip
_OF_OTHERS = _OF_DOSSIER.where(
    or_(AuditEntry.user_id.is_(None), AuditEntry.user_id != bindparam("me"))
)
_NEWEST = 2**31 - 1


def looked_for(
    session: Session, actor: Actor, number: str, *, everybody: bool, before: int | None
) -> Looked:
    """
    Return who looked at the dossier and changed it, as visits, newest first.

    ``everybody``: the actor too. Raises ``NotFound`` out of reach, ``Forbidden`` for a colleague.
    """
    require(actor, Action.LOOKED_READ)
    ref = dossier_ref(session, actor, number)
    ref.require(Field.LOOKED, Access.READ)
    key: dict[str, Any] = {"dossier_id": ref.id, "before": before or _NEWEST}
    query = _OF_DOSSIER if everybody else _OF_OTHERS
    rows = session.execute(query, key if everybody else key | {"me": actor.id}).all()
    shown = rows[:PAGE_SIZE]
    return Looked(ref, _lines(shown), shown[-1].id if len(rows) > PAGE_SIZE else None)


def _lines(rows: Sequence[AnyRow]) -> tuple[LookedLine, ...]:
    who = {row.user_id: (row.name or SYSTEM, row.organisation or "") for row in rows}
    acts = (
        Act(row.id, row.started_at, row.user_id, row.relation, row.action, row.reason)
        for row in rows
    )
    return tuple(
        LookedLine(
            *who[visit.user_id], relation_words(visit.relation), visit.begins, visit.ends,
            tuple(_counted(code, times) for code, times in visit.actions), visit.reasons,
            Relation.WITH_REASON in visit.relation.split(",")
            or any(code == "break_glass" for code, _ in visit.actions),
        )
        for visit in visits(acts)
    )  # fmt: skip


def _counted(code: str, times: int) -> str:
    return act_words(code) if times == 1 else f"{act_words(code)} ({times} keer)"
