"""Reading the course of a dossier: where it stands, how it came there, what is still open."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    bindparam,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.clients.models import Client
from kp4web.domain.actor import Actor
from kp4web.domain.names import display_name
from kp4web.domain.policy import Access, Action, Field, access, require
from kp4web.domain.tracks import StopReason, Subgroup, TrackKind
from kp4web.dossiers.models import SubgroupPeriod, TrackPeriod
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.worklist.models import FollowUp

_DOSSIER: BindParameter[int] = bindparam("dossier_id")
_NAME = select(Client.initials, Client.given_name, Client.prefix, Client.surname).where(
    Client.id == bindparam("client_id")
)
_TRACKS = (
    select(
        TrackPeriod.kind, TrackPeriod.valid_from, TrackPeriod.valid_to, TrackPeriod.planned_end,
        TrackPeriod.stop_reason, TrackPeriod.reason, TrackPeriod.avoid,
        User.name.label("recorded_by"),
    )
    .join(User, User.id == TrackPeriod.first_recorder())
    .where(TrackPeriod.dossier_id == _DOSSIER, TrackPeriod.superseded_at.is_(None))
    .order_by(TrackPeriod.valid_from.desc())
)  # fmt: skip
_OPEN: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(
        literal_column("'follow_up'").label("kind"), FollowUp.id, FollowUp.due_on.label("on"),
        FollowUp.what.label("text"),
    ).where(FollowUp.dossier_id == _DOSSIER, FollowUp.ended_at.is_(None)),
    select(
        literal_column("'subgroup'"), null(), SubgroupPeriod.valid_from, SubgroupPeriod.subgroup
    ).where(
        SubgroupPeriod.dossier_id == _DOSSIER,
        SubgroupPeriod.superseded_at.is_(None),
        SubgroupPeriod.valid_to.is_(None),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spell:
    """One spell on a track, as known now; ``valid_to`` is the first day after it."""

    kind: TrackKind
    valid_from: date
    valid_to: date | None
    planned_end: date | None
    stop_reason: StopReason | None
    reason: str
    avoid: str
    recorded_by: str


@dataclass(frozen=True, slots=True)
class OpenFollowUp:
    """A follow-up that is still open; ``what`` is empty for who may not read it."""

    id: int
    due_on: date
    what: str


@dataclass(frozen=True, slots=True)
class Course:
    """What the page about the course of a dossier shows to one actor."""

    ref: DossierRef
    name: str
    spells: tuple[Spell, ...]
    """The newest first."""
    follow_ups: tuple[OpenFollowUp, ...]
    subgroups: tuple[Subgroup, ...]
    may_change: bool

    @property
    def running(self) -> Spell:
        """Return the spell that runs now."""
        return self.spells[0]


def course_for(session: Session, actor: Actor, number: str) -> Course:
    """Return the course of a dossier within reach; raises ``Forbidden`` or ``NotFound``."""
    require(actor, Action.DOSSIER_READ)
    ref = dossier_ref(session, actor, number)
    ref.require(Field.TRACK, Access.READ)
    key = {"dossier_id": ref.id, "client_id": ref.client_id}
    person = session.execute(_NAME, key).one()
    reads_what = access(ref.relations, Field.FOLLOW_UP_WHAT) >= Access.READ
    waiting = session.execute(_OPEN, key).all()
    return Course(
        ref=ref,
        name=display_name(**person._mapping),
        spells=tuple(Spell(**row._mapping) for row in session.execute(_TRACKS, key)),
        follow_ups=tuple(
            OpenFollowUp(row.id, row.on, row.text if reads_what else "")
            for row in sorted(waiting, key=lambda row: row.on)
            if row.kind == "follow_up"
        ),
        subgroups=tuple(Subgroup(row.text) for row in waiting if row.kind == "subgroup"),
        may_change=access(ref.relations, Field.TRACK) >= Access.WRITE,
    )
