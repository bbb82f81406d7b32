"""
The dossiers behind a figure of the council report, a page at a time and within reach.

The same conditions as the counting statements of ``queries``: a figure and its dossiers agree. What
another organisation holds today counts in the figure, and is told as a number.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor
from kp4web.domain.errors import Forbidden
from kp4web.domain.policy import (
    NO_ACCESS,
    Field,
    FigureScope,
    figure_scope,
    relations,
    visible_fields,
)
from kp4web.domain.reporting import Question
from kp4web.domain.tracks import StopReason, TrackKind, ran_since
from kp4web.dossiers.models import Dossier, TrackPeriod
from kp4web.dossiers.queries import IN_REACH, reach_of
from kp4web.extensions import AnySelect
from kp4web.figures.queries import (
    DAY,
    KNOWN_AT,
    MUNICIPALITIES,
    WHOSE,
    Whose,
    counted_for,
    parameters,
)
from kp4web.organisations.models import Municipality

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class DossierBehind:
    """A dossier behind a figure: its track on the reference date, its name as today."""

    number: str
    client_id: int
    place: str
    """The municipality, for who works in several; else nothing."""
    name: str | None
    """``None`` for who may not see it."""
    kind: TrackKind
    since: date
    """Since when that track ran without a break."""
    until: date | None
    """The first day without it, as far as known."""
    planned_end: date | None
    stop_reason: StopReason | None


@dataclass(frozen=True, slots=True)
class PageBehind:
    """One page of the dossiers behind a figure."""

    total: int
    elsewhere: int
    """Dossiers in the figure that another organisation holds today: they are not listed."""
    page: int
    pages: int
    rows: tuple[DossierBehind, ...]


ORDERS: Mapping[str, tuple[Any, ...]] = {
    "nummer": (Dossier.number,),
    "naam": (Client.sort_name, Dossier.number),
}
"""By which one may sort, and the columns for it."""


def _behind(whose: Whose, then: bool, *columns: Any) -> AnySelect:
    """Return the statement for columns of the dossiers behind a figure."""
    known_at = KNOWN_AT if then else None
    return (
        select(*columns)
        .join(Dossier, Dossier.id == TrackPeriod.dossier_id)
        .where(
            TrackPeriod.municipality_id.in_(MUNICIPALITIES),
            TrackPeriod.valid_on(DAY, known_at),
            TrackPeriod.kind.in_(bindparam("kinds", expanding=True)),
            counted_for(whose, TrackPeriod.dossier_id, known_at),
        )
    )  # fmt: skip


_PERSON = (Client.initials, Client.given_name, Client.prefix, Client.surname)
_BEHIND = (
    Dossier.id, Dossier.number, Dossier.client_id, Dossier.lead_id, *_PERSON, TrackPeriod.kind,
    TrackPeriod.valid_to, TrackPeriod.planned_end, TrackPeriod.stop_reason,
    Municipality.name.label("municipality"),
)  # fmt: skip
_FORMS = tuple(product(Whose, (False, True)))
COUNT_BEHIND = {
    (whose, then): _behind(
        whose, then, func.count().label("everything"), func.count(case((IN_REACH, 1))).label("here")
    ).select_from(TrackPeriod)
    for whose, then in _FORMS
}
PAGE_BEHIND = {
    (whose, then, order): _behind(whose, then, *_BEHIND)
    .join(Client, Client.id == Dossier.client_id)
    .join(Municipality, Municipality.id == Dossier.municipality_id)
    .where(IN_REACH)
    .order_by(*columns)
    .limit(PAGE_SIZE)
    .offset(bindparam("skip"))
    for whose, then in _FORMS
    for order, columns in ORDERS.items()
}
_COURSE = {
    then: select(
        TrackPeriod.dossier_id, TrackPeriod.kind, TrackPeriod.valid_from, TrackPeriod.valid_to
    )
    .where(
        TrackPeriod.dossier_id.in_(bindparam("dossier_ids", expanding=True)),
        TrackPeriod.valid_from <= DAY, TrackPeriod.known(KNOWN_AT if then else None),
    )
    .order_by(TrackPeriod.dossier_id, TrackPeriod.valid_from)
    for then in (False, True)
}  # fmt: skip


def dossiers_behind(
    session: Session,
    actor: Actor,
    question: Question,
    kinds: Collection[TrackKind],
    *,
    order: str,
    page: int,
) -> PageBehind:
    """
    Return one page of the dossiers behind a figure; the page is brought within what there is.

    Raises ``Forbidden`` for who sees counts only. Three queries.
    """
    scope = figure_scope(actor)
    if scope is FigureScope.COUNTS_ONLY:
        raise Forbidden(NO_ACCESS)
    whose, then = WHOSE[scope], question.known_on is not None
    values = parameters(session, actor, question) | reach_of(actor) | {"kinds": list(kinds)}
    everything, total = session.execute(COUNT_BEHIND[whose, then], values).one()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    values["skip"] = (page - 1) * PAGE_SIZE
    found = session.execute(PAGE_BEHIND[whose, then, order], values).all()
    values["dossier_ids"] = [row.id for row in found]
    courses: dict[int, list[Any]] = {row.id: [] for row in found}
    for step in session.execute(_COURSE[then], values):
        courses[step.dossier_id].append(step)
    rows = tuple(_dossier(actor, row, ran_since(courses[row.id])) for row in found)
    return PageBehind(total=total, elsewhere=everything - total, page=page, pages=pages, rows=rows)


def _dossier(actor: Actor, row: Any, since: date) -> DossierBehind:
    seen = visible_fields(relations(actor, lead_id=row.lead_id, dossier_id=None))
    name = name_of(row)
    return DossierBehind(
        number=row.number, client_id=row.client_id, kind=row.kind, since=since,
        place=row.municipality if actor.municipality_id is None else "",
        name=name if Field.PERSON in seen else None, until=row.valid_to,
        planned_end=row.planned_end, stop_reason=row.stop_reason,
    )  # fmt: skip
