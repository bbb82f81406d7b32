"""
Whom nobody has: people who wait for somebody to take them up, longer than a few days.

Every coordinator finds the own side only. The work agency reads no person here, as everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import BindParameter, Date, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.caseload.models import Assignment
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor, Role
from kp4web.domain.dates import add_days
from kp4web.domain.handovers import NOBODY_DAYS, HandoverKind, HandoverState, Side
from kp4web.domain.policy import Action, handover_sides, require
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier, Handover
from kp4web.extensions import AnyRow, AnySelect
from kp4web.organisations.models import Municipality

SHOWN = 100
_OWN: BindParameter[int] = bindparam("organisation_id")
_BEFORE: BindParameter[date] = bindparam("before", type_=Date)
_KINDS: BindParameter[list[HandoverKind]] = bindparam("kinds", expanding=True)
_OPEN = aliased(Handover)
_COACH = aliased(User)


class Why(StrEnum):
    """Why somebody is on the list."""

    UNANSWERED = "unanswered"
    NOT_OFFERED = "not_offered"
    NO_LEAD = "no_lead"
    NO_COACH = "no_coach"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return WHY_LABELS[self]


WHY_LABELS: Mapping[Why, str] = {
    Why.UNANSWERED: "Aangeboden en nog niet beantwoord",
    Why.NOT_OFFERED: "KP3-traject, nog niet aangeboden",
    Why.NO_LEAD: "Actief dossier zonder vaste consulent",
    Why.NO_COACH: "Geaccepteerd, klantmanager is weg",
}


@dataclass(frozen=True, slots=True)
class NobodysLine:
    """Somebody whom nobody has; about a hand-over its status only."""

    why: Why
    since: date
    municipality: str
    handover_id: int | None = None
    number: str | None = None
    name: str | None = None
    client_id: int | None = None


_UNANSWERED = (
    select(Handover.id, Handover.offered_on.label("since"), Municipality.name.label("place"))
    .join(Municipality, Municipality.id == Handover.municipality_id)
    .where(
        Handover.to_organisation_id == _OWN, Handover.kind.in_(_KINDS),
        Handover.state == HandoverState.OFFERED, Handover.offered_on < _BEFORE,
    )
    .order_by(Handover.offered_on, Handover.id)
    .limit(SHOWN)
)  # fmt: skip
_NO_COACH = (
    select(Handover.id, Handover.ended_on.label("since"), Municipality.name.label("place"))
    .join(Municipality, Municipality.id == Handover.municipality_id)
    .join(_COACH, _COACH.id == Handover.coach_id)
    .where(
        Handover.to_organisation_id == _OWN, Handover.kind == HandoverKind.KP3,
        Handover.state == HandoverState.ACCEPTED, Handover.guided_until.is_(None),
        Handover.ended_on < _BEFORE, _COACH.closed_at.is_not(None),
    )
    .order_by(Handover.ended_on, Handover.id)
    .limit(SHOWN)
)  # fmt: skip
_LEFT_ON = (
    select(func.max(Assignment.valid_to))
    .where(Assignment.dossier_id == Dossier.id, Assignment.superseded_at.is_(None))
    .scalar_subquery()
)
_WITHOUT = func.coalesce(_LEFT_ON, Dossier.opened_on, type_=Date)
"""Since when nobody leads it: the last lead left, or it was opened."""
_DOSSIERS = (
    select(
        Dossier.number, Dossier.client_id, Dossier.kind, Dossier.lead_id, Dossier.opened_on,
        Dossier.track_since, _WITHOUT.label("without"), Municipality.name.label("place"),
        Client.initials,
        Client.given_name, Client.prefix, Client.surname,
    )
    .join(Client, Client.id == Dossier.client_id)
    .join(Municipality, Municipality.id == Dossier.municipality_id)
    .where(Dossier.holder_id == _OWN)
    .order_by(Dossier.track_since, Dossier.number)
    .limit(SHOWN)
)  # fmt: skip
_NO_LEAD = _DOSSIERS.where(
    Dossier.lead_id.is_(None), Dossier.kind != TrackKind.STOPPED, _WITHOUT < _BEFORE
)
_NOT_OFFERED = _DOSSIERS.where(
    Dossier.kind == TrackKind.KP3, Dossier.track_since < _BEFORE,
    ~exists().where(
        and_(_OPEN.dossier_id == Dossier.id, _OPEN.state == HandoverState.OFFERED)
    ),
)  # fmt: skip


def nobodys_for(session: Session, actor: Actor, *, today: date) -> tuple[NobodysLine, ...]:
    """
    Return whom nobody on the own side has had for more than five days, longest first.

    Who divides dossiers finds those; who receives hand-overs finds those. Some do both.
    """
    require(actor, Action.NOBODY_READ)
    received = [kind for kind, side in handover_sides(actor) if side is Side.RECEIVER]
    given = {
        "organisation_id": actor.organisation_id, "before": add_days(today, -NOBODY_DAYS),
        "kinds": received,
    }  # fmt: skip
    parts: dict[Why, AnySelect] = {}
    if received:
        parts |= {Why.UNANSWERED: _UNANSWERED}
    if HandoverKind.KP3 in received:
        parts |= {Why.NO_COACH: _NO_COACH}
    if actor.has(Role.COORDINATOR):
        parts |= {Why.NOT_OFFERED: _NOT_OFFERED, Why.NO_LEAD: _NO_LEAD}
    found = [
        _line(why, row) for why, query in parts.items() for row in session.execute(query, given)
    ]
    return tuple(sorted(found, key=lambda line: (line.since, line.why)))


def _line(why: Why, row: AnyRow) -> NobodysLine:
    if why in {Why.UNANSWERED, Why.NO_COACH}:
        return NobodysLine(why, row.since, row.place, handover_id=row.id)
    since = row.without if why is Why.NO_LEAD else row.track_since
    return NobodysLine(
        why, since, row.place, number=row.number, name=name_of(row),
        client_id=row.client_id,
    )  # fmt: skip
