"""
The list of exemptions: those that end soon, all that run, and dossiers without one.

A coordinator sees the dossiers that the own organisation holds, a consultant the own ones, an
income officer the active dossiers of the municipalities served. Two queries for any number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor, Role
from kp4web.domain.dates import add_months
from kp4web.domain.exemptions import ENDS_SOON_MONTHS, reach_words
from kp4web.domain.policy import Action, require
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier, Exemption
from kp4web.dossiers.queries import IN_REACH
from kp4web.exemptions.queries import SERVED
from kp4web.extensions import AnySelect
from kp4web.grounds.models import LegalGround
from kp4web.organisations.models import Municipality

ROWS = 25
_TODAY = bindparam("today", type_=Date)


class Which(StrEnum):
    """What the list shows; the value stands in the address."""

    SOON = "loopt-af"
    RUNNING = "loopt"
    NONE = "zonder"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return _WHICH_LABELS[self]


_WHICH_LABELS: Mapping[Which, str] = {
    Which.SOON: "Loopt af of is verlopen",
    Which.RUNNING: "Loopt nu",
    Which.NONE: "Zonder ontheffing",
}


class Reach(StrEnum):
    """How somebody reaches the dossiers on the list."""

    TEAM = "team"
    OWN = "own"
    SERVED = "served"


@dataclass(frozen=True, slots=True)
class ExemptionRow:
    """One person on the list: who, whose, and the exemption, if there is one."""

    number: str
    client_id: int
    name: str
    lead: str | None
    municipality: str
    ground: str | None
    starts_on: date | None
    ends_on: date | None
    until: str | None
    is_over: bool
    lapses: bool


@dataclass(frozen=True, slots=True)
class Exemptions:
    """One page of the list."""

    which: Which
    reach: Reach
    page: int
    pages: int
    total: int
    rows: tuple[ExemptionRow, ...]


_LEAD = aliased(User)
_HOLDS = or_(Exemption.ends_on.is_(None), Exemption.ends_on >= _TODAY)
_WANTED: Mapping[Which, ColumnElement[bool]] = {
    Which.SOON: Exemption.ends_on <= bindparam("soon", type_=Date),
    Which.RUNNING: and_(Exemption.id.is_not(None), _HOLDS),
    Which.NONE: or_(Exemption.id.is_(None), ~_HOLDS),
}
_REACHES: Mapping[Reach, ColumnElement[bool]] = {
    Reach.TEAM: IN_REACH,
    Reach.OWN: and_(IN_REACH, Dossier.lead_id == bindparam("actor_id")),
    Reach.SERVED: SERVED,
}


@cache
def _rows(which: Which, reach: Reach, *, counts: bool) -> AnySelect:
    columns: tuple[Any, ...] = (func.count(),)
    if not counts:
        columns = (
            Dossier.number, Dossier.client_id, Client.initials, Client.given_name, Client.prefix,
            Client.surname, _LEAD.name.label("lead"), Municipality.name.label("municipality"),
            LegalGround.name.label("ground"), Exemption.valid_from, Exemption.ends_on,
            Exemption.lapses,
        )  # fmt: skip
    query = (
        select(*columns)
        .select_from(Dossier)
        .outerjoin(Exemption, and_(Exemption.dossier_id == Dossier.id, Exemption.running()))
        .where(Dossier.kind != TrackKind.STOPPED, _WANTED[which], _REACHES[reach])
    )
    if counts:
        return query
    return (
        query.join(Client, Client.id == Dossier.client_id)
        .join(Municipality, Municipality.id == Dossier.municipality_id)
        .outerjoin(LegalGround, LegalGround.id == Exemption.ground_id)
        .outerjoin(_LEAD, _LEAD.id == Dossier.lead_id)
        .order_by(Exemption.ends_on.is_(None), Exemption.ends_on, Dossier.number)
        .limit(ROWS)
        .offset(bindparam("skip"))
    )


def reach_to(actor: Actor) -> Reach:
    """
    Return how this actor reaches the list, the widest way; raise ``Forbidden`` for who does not.

    The municipalities served hold all that a team of the work agency holds.
    """
    require(actor, Action.EXEMPTION_READ)
    if actor.has(Role.INCOME_OFFICER):
        return Reach.SERVED
    if actor.has(Role.COORDINATOR):
        return Reach.TEAM
    return Reach.OWN


def exemptions_for(
    session: Session, actor: Actor, which: Which, *, page: int, today: date
) -> Exemptions:
    """Return one page of the list; a page past the last one gives the last."""
    reach = reach_to(actor)
    given = {
        "organisation_id": actor.organisation_id, "actor_id": actor.id, "today": today,
        "soon": add_months(today, ENDS_SOON_MONTHS),
    }  # fmt: skip
    total = session.scalar(_rows(which, reach, counts=True), given) or 0
    pages = max(1, -(-total // ROWS))
    page = min(max(page, 1), pages)
    found = session.execute(
        _rows(which, reach, counts=False), given | {"skip": (page - 1) * ROWS}
    ).all()
    rows = tuple(_row(row, today) for row in found)
    return Exemptions(which, reach, page, pages, total, rows)


def _row(row: Any, today: date) -> ExemptionRow:
    has = row.valid_from is not None
    return ExemptionRow(
        number=row.number, client_id=row.client_id, name=name_of(row), lead=row.lead,
        municipality=row.municipality, ground=row.ground, starts_on=row.valid_from,
        ends_on=row.ends_on, until=reach_words(row.ends_on, today) if has else None,
        is_over=row.ends_on is not None and row.ends_on < today, lapses=bool(row.lapses),
    )  # fmt: skip
