"""
The statements of the council report, each built once, and what they bind.

One statement counts everything; which of its six forms runs depends on the reader (all dossiers
of the municipality, those the own organisation held, or those the reader led that day) and on
whether an earlier knowledge is asked for.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum, auto
from itertools import product
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from kp4web.caseload.models import Assignment
from kp4web.domain.actor import Actor
from kp4web.domain.dates import end_of_day
from kp4web.domain.errors import Forbidden, NotFound
from kp4web.domain.policy import NO_ACCESS, FigureScope
from kp4web.domain.reporting import Question
from kp4web.dossiers.models import GuidancePeriod, SubgroupPeriod, TrackPeriod
from kp4web.extensions import AnySelect, UtcDateTime
from kp4web.figures.models import WelfareCount
from kp4web.organisations.models import Municipality
from kp4web.organisations.queries import places_of

DAY = bindparam("day", type_=Date())
KNOWN_AT: ColumnElement[datetime] = bindparam("known_at", type_=UtcDateTime())
MUNICIPALITIES: BindParameter[Sequence[int]] = bindparam("municipalities", expanding=True)
"""One for who works in one; a work agency may ask for all it serves together."""


class Whose(StrEnum):
    """Whose dossiers a statement counts."""

    ALL = auto()
    HELD = auto()
    """Those that the bound organisation held on the bound day."""
    OWN = auto()
    """Those of which the bound user was lead on the bound day."""


WHOSE: Mapping[FigureScope, Whose] = {
    FigureScope.MUNICIPALITY: Whose.ALL, FigureScope.COUNTS_ONLY: Whose.ALL,
    FigureScope.HELD: Whose.HELD, FigureScope.OWN: Whose.OWN,
}  # fmt: skip


def counted_for(
    whose: Whose, dossier_id: Any, known_at: ColumnElement[datetime] | None
) -> ColumnElement[bool]:
    """Return the condition for the dossiers that count for this reader."""
    if whose is Whose.ALL:
        return true()
    if whose is Whose.HELD:
        held = select(GuidancePeriod.dossier_id).where(
            GuidancePeriod.municipality_id.in_(MUNICIPALITIES),
            GuidancePeriod.organisation_id == bindparam("organisation_id"),
            GuidancePeriod.valid_on(DAY, known_at),
        )
    else:
        held = select(Assignment.dossier_id).where(
            Assignment.user_id == bindparam("user_id"), Assignment.valid_on(DAY, known_at)
        )
    return dossier_id.in_(held)  # type: ignore[no-any-return]


def _counts(whose: Whose, then: bool) -> CompoundSelect[Any]:
    """Return the statement: (what, code, number) for tracks, for all dossiers, for subgroups."""
    known_at = KNOWN_AT if then else None

    def mine(dossier_id: Any) -> ColumnElement[bool]:
        return counted_for(whose, dossier_id, known_at)

    tracks: AnySelect = (
        select(literal_column("'track'"), cast(TrackPeriod.kind, String), func.count())
        .where(
            TrackPeriod.municipality_id.in_(MUNICIPALITIES), TrackPeriod.valid_on(DAY, known_at),
            mine(TrackPeriod.dossier_id),
        )
        .group_by(TrackPeriod.kind)
    )  # fmt: skip
    everything: AnySelect = select(
        literal_column("'all'"), literal_column("''"), func.count()
    ).where(
        GuidancePeriod.municipality_id.in_(MUNICIPALITIES), GuidancePeriod.valid_on(DAY, known_at),
        mine(GuidancePeriod.dossier_id),
    )  # fmt: skip
    subgroups: AnySelect = (
        select(literal_column("'subgroup'"), cast(SubgroupPeriod.subgroup, String), func.count())
        .where(
            SubgroupPeriod.municipality_id.in_(MUNICIPALITIES),
            SubgroupPeriod.valid_on(DAY, known_at),
            mine(SubgroupPeriod.dossier_id),
        )
        .group_by(SubgroupPeriod.subgroup)
    )  # fmt: skip
    return union_all(tracks, everything, subgroups)


def _surroundings(then: bool) -> AnySelect:
    """Return the statement for the name of the municipality with its latest welfare count."""
    latest = (
        select(WelfareCount.id)
        .where(
            WelfareCount.municipality_id.in_(MUNICIPALITIES), WelfareCount.counted_on <= DAY,
            WelfareCount.recorded_at <= KNOWN_AT if then else true(),
        )
        .order_by(
            WelfareCount.counted_on.desc(), WelfareCount.recorded_at.desc(),
            WelfareCount.id.desc(),
        )
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip
    return (
        select(
            Municipality.name, WelfareCount.counted_on, WelfareCount.households,
            WelfareCount.source,
        )
        .join(WelfareCount, WelfareCount.id == latest, isouter=True)
        .where(Municipality.id.in_(MUNICIPALITIES))
    )  # fmt: skip


COUNTS = {(whose, then): _counts(whose, then) for whose, then in product(Whose, (False, True))}
"""The counting statement by (whose dossiers, as known at an earlier moment)."""
SURROUNDINGS = {then: _surroundings(then) for then in (False, True)}


def parameters(session: Session, actor: Actor, question: Question) -> dict[str, Any]:
    """
    Return what every statement of the report binds.

    Raises ``Forbidden`` for who works in no municipality, ``NotFound`` for a place of others.
    """
    places = places_of(session, actor)
    if not places:
        raise Forbidden(NO_ACCESS)
    if question.place is not None and actor.municipality_id is None:
        if question.place not in places:
            raise NotFound("Deze gemeente bestaat niet of is niet voor u.")
        places = (question.place,)
    values: dict[str, Any] = {
        "municipalities": list(places), "day": question.reference_date, "user_id": actor.id,
        "organisation_id": actor.organisation_id,
    }  # fmt: skip
    if question.known_on is not None:
        values["known_at"] = end_of_day(question.known_on)
    return values
