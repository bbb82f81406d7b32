"""The follow-ups that somebody chose to move, and what became of them; one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor
from kp4web.domain.moves import PlannedMove, Shift, how_it_went, why_not
from kp4web.domain.policy import Access, Action, Field, access, relations, require
from kp4web.domain.talks import day_and_time, follow_up_label
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import IN_REACH, reach_of
from kp4web.extensions import AnyRow
from kp4web.worklist.models import FollowUp, PlannedTalk
from kp4web.worklist.queries import settled

NOT_ALLOWED = "Deze opvolging is van een collega. U kunt haar niet verzetten."
_IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_CHOSEN = (
    select(
        FollowUp.id, FollowUp.due_on, FollowUp.what, FollowUp.user_id, FollowUp.ended_at,
        FollowUp.ended_on, FollowUp.ended_by_id, PlannedTalk.starts_at, Dossier.number,
        Dossier.client_id, Dossier.lead_id, Client.initials, Client.given_name, Client.prefix,
        Client.surname,
    )
    .join(Dossier, Dossier.id == FollowUp.dossier_id)
    .join(Client, Client.id == Dossier.client_id)
    .outerjoin(PlannedTalk, PlannedTalk.follow_up_id == FollowUp.id)
    .where(FollowUp.id.in_(_IDS), IN_REACH)
    .order_by(FollowUp.due_on, FollowUp.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """A follow-up within reach; what the actor may not read is empty."""

    id: int
    number: str
    client_id: int
    name: str
    label: str
    what: str
    due_on: date
    starts_at: time | None
    blocked: str | None
    """Why it cannot be moved at all."""
    settled: str | None
    """What became of it when it is no longer open."""

    @property
    def when(self) -> str:
        """Return when it stands now."""
        return day_and_time(self.due_on, self.starts_at)


@dataclass(frozen=True, slots=True)
class Line:
    """One follow-up with where it was and where it goes or went; or why not."""

    item: Chosen
    from_on: date
    to_on: date
    why_not: str | None

    @property
    def was(self) -> str:
        """Return when it was."""
        return day_and_time(self.from_on, self.item.starts_at)

    @property
    def becomes(self) -> str:
        """Return when it will be."""
        return day_and_time(self.to_on, self.item.starts_at)

    @property
    def move(self) -> PlannedMove:
        """Return the move to confirm."""
        return PlannedMove(self.item.id, self.from_on, self.to_on)


def chosen_for(session: Session, actor: Actor, ids: Sequence[int]) -> tuple[Chosen, ...]:
    """Return these follow-ups, earliest first; what is out of reach is not among them."""
    require(actor, Action.FOLLOW_UP_CHANGE)
    rows = session.execute(_CHOSEN, reach_of(actor) | {"ids": list(ids)})
    return tuple(_chosen(row, actor) for row in rows)


def _chosen(row: AnyRow, actor: Actor) -> Chosen:
    held = relations(actor, lead_id=row.lead_id, dossier_id=None)
    allowed = row.user_id == actor.id or access(held, Field.FOLLOW_UP_DATE) >= Access.WRITE
    ended = None
    if row.ended_at is not None:
        ended = settled(row.ended_on, by_self=row.ended_by_id == actor.id)
    return Chosen(
        id=row.id, number=row.number, client_id=row.client_id,
        name=name_of(row) if access(held, Field.PERSON) >= Access.READ else "",
        label=follow_up_label(row.starts_at),
        what=row.what if access(held, Field.FOLLOW_UP_WHAT) >= Access.READ else "",
        due_on=row.due_on, starts_at=row.starts_at,
        blocked=ended or (None if allowed else NOT_ALLOWED), settled=ended,
    )  # fmt: skip


def preview(items: Sequence[Chosen], to: Shift | date, today: date) -> tuple[Line, ...]:
    """Return where each would go, or why it cannot."""
    return tuple(_previewed(item, to, today) for item in items)


def _previewed(item: Chosen, to: Shift | date, today: date) -> Line:
    to_on = to.of(item.due_on, today) if isinstance(to, Shift) else to
    return Line(item, item.due_on, to_on, item.blocked or why_not(item.due_on, to_on, today))


def results(items: Sequence[Chosen], moves: Sequence[PlannedMove]) -> tuple[Line, ...]:
    """Return what became of each move, as it stands now."""
    known = {item.id: item for item in items}
    return tuple(
        Line(item, move.from_on, move.to_on, how_it_went(item.due_on, move, item.settled))
        for move in moves
        if (item := known.get(move.follow_up_id)) is not None
    )
