"""
Every read of the council report: counts on a reference date, as known now or at a moment.

One statement counts everything; which of its four forms runs depends on the reader (all dossiers
of the municipality, or those the reader led that day) and on whether an earlier knowledge is
asked for. Nothing is stored: the same question gives the same answer in five years.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import Any

from sqlalchemy import (
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

from kp4web.accounts.models import User
from kp4web.caseload.models import Assignment
from kp4web.clients.models import Client
from kp4web.domain.actor import Actor
from kp4web.domain.dates import end_of_day
from kp4web.domain.errors import Forbidden
from kp4web.domain.names import display_name
from kp4web.domain.policy import (
    NO_ACCESS,
    Action,
    Field,
    FigureScope,
    figure_scope,
    relations,
    require,
    visible_fields,
)
from kp4web.domain.reporting import (
    SMALL_WORD,
    Figures,
    Question,
    figures,
    number_text,
    single_count,
    whole_share,
)
from kp4web.domain.tracks import StopReason, Subgroup, TrackKind, ran_since
from kp4web.dossiers.models import Dossier, SubgroupPeriod, TrackPeriod
from kp4web.dossiers.queries import IN_REACH, reach_of
from kp4web.extensions import AnySelect, UtcDateTime
from kp4web.figures.models import WelfareCount
from kp4web.organisations.models import Municipality

DAY = bindparam("day", type_=Date())
KNOWN_AT: ColumnElement[datetime] = bindparam("known_at", type_=UtcDateTime())
MUNICIPALITY: ColumnElement[int] = bindparam("municipality_id")
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class SubgroupCount:
    """The dossiers in one subgroup; ``count`` and ``share`` are ``None`` when hidden."""

    subgroup: Subgroup
    count: int | None
    shown: str
    share: str | None


@dataclass(frozen=True, slots=True)
class Households:
    """The figure from outside: households on welfare on a date of its own."""

    counted_on: date
    number: int
    source: str

    @property
    def number_text(self) -> str:
        """Return the number the Dutch way."""
        return number_text(self.number)


@dataclass(frozen=True, slots=True)
class Report:
    """The answer, ready to show: nothing hidden is in it."""

    question: Question
    scope: FigureScope
    municipality: str
    figures: Figures
    everything_shown: str
    """All dossiers, stopped ones too: what the shares of the subgroups are of."""
    subgroups: tuple[SubgroupCount, ...]
    households: Households | None

    @property
    def is_own(self) -> bool:
        """Return whether it counts the reader's own dossiers only."""
        return self.scope is FigureScope.OWN

    @property
    def is_guarded(self) -> bool:
        """Return whether small numbers are hidden from this reader."""
        return self.scope is FigureScope.COUNTS_ONLY


def led_by_user(dossier_id: Any, known_at: ColumnElement[datetime] | None) -> ColumnElement[bool]:
    """Return the condition for dossiers of which the bound user was lead on the bound day."""
    return dossier_id.in_(  # type: ignore[no-any-return]
        select(Assignment.dossier_id).where(
            Assignment.user_id == bindparam("user_id"), Assignment.valid_on(DAY, known_at)
        )
    )


def _counts(own: bool, then: bool) -> CompoundSelect[Any]:
    """Return the statement: (what, code, number) for tracks, for all dossiers, for subgroups."""
    known_at = KNOWN_AT if then else None

    def mine(dossier_id: Any) -> ColumnElement[bool]:
        return led_by_user(dossier_id, known_at) if own else true()

    tracks: AnySelect = (
        select(literal_column("'track'"), cast(TrackPeriod.kind, String), func.count())
        .where(
            TrackPeriod.municipality_id == MUNICIPALITY, TrackPeriod.valid_on(DAY, known_at),
            mine(TrackPeriod.dossier_id),
        )
        .group_by(TrackPeriod.kind)
    )  # fmt: skip
    everything: AnySelect = select(
        literal_column("'all'"), literal_column("''"), func.count()
    ).where(
        Dossier.municipality_id == MUNICIPALITY, Dossier.opened_on <= DAY,
        Dossier.recorded_at <= KNOWN_AT if then else true(), mine(Dossier.id),
    )  # fmt: skip
    subgroups: AnySelect = (
        select(literal_column("'subgroup'"), cast(SubgroupPeriod.subgroup, String), func.count())
        .where(
            SubgroupPeriod.municipality_id == MUNICIPALITY, SubgroupPeriod.valid_on(DAY, known_at),
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
            WelfareCount.municipality_id == MUNICIPALITY, WelfareCount.counted_on <= DAY,
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
        .where(Municipality.id == MUNICIPALITY)
    )  # fmt: skip


COUNTS = {(own, then): _counts(own, then) for own, then in product((False, True), repeat=2)}
"""The counting statement by (own dossiers only, as known at an earlier moment)."""
SURROUNDINGS = {then: _surroundings(then) for then in (False, True)}


def report_for(session: Session, actor: Actor, question: Question) -> Report:
    """Return the report as this actor may see it; raise ``Forbidden``. Two queries."""
    require(actor, Action.REPORT_READ)
    scope = figure_scope(actor)
    values, then = parameters(actor, question), question.known_on is not None
    own = scope is FigureScope.OWN
    numbers: dict[str, dict[str, int]] = {"track": {}, "all": {}, "subgroup": {}}
    for what, code, number in session.execute(COUNTS[own, then], values):
        numbers[what][code] = number
    around = session.execute(SURROUNDINGS[then], values).one()
    return _report(question, scope, numbers, around)


def parameters(actor: Actor, question: Question) -> dict[str, Any]:
    """Return what every statement of the report binds; ``Forbidden`` without municipality."""
    if actor.municipality_id is None:
        raise Forbidden(NO_ACCESS)
    values: dict[str, Any] = {
        "municipality_id": actor.municipality_id, "day": question.reference_date,
        "user_id": actor.id,
    }  # fmt: skip
    if question.known_on is not None:
        values["known_at"] = end_of_day(question.known_on)
    return values


def _report(
    question: Question, scope: FigureScope, numbers: Mapping[str, Mapping[str, int]], around: Any
) -> Report:
    counts = {TrackKind(code): number for code, number in numbers["track"].items()}
    everything = numbers["all"][""]
    active = everything - counts.get(TrackKind.STOPPED, 0)
    guarded = scope is FigureScope.COUNTS_ONLY
    including = figures(counts, total=everything, with_stopped=True, guarded=guarded)
    households = None
    if around.counted_on is not None and scope is not FigureScope.OWN:
        households = Households(around.counted_on, around.households, around.source)
    return Report(
        question=question, scope=scope, municipality=around.name, households=households,
        figures=including if question.with_stopped
        else figures(counts, total=active, with_stopped=False, guarded=guarded),
        everything_shown=including.total_shown,
        subgroups=_subgroups(numbers["subgroup"], including.total, guarded=guarded),
    )  # fmt: skip


def _subgroups(
    numbers: Mapping[str, int], everything: int | None, *, guarded: bool
) -> tuple[SubgroupCount, ...]:
    """Return each subgroup by itself; no share of a total that is hidden."""
    rows = []
    for subgroup in Subgroup:
        number = numbers.get(subgroup, 0)
        shown = single_count(number, guarded=guarded)
        hidden = shown == SMALL_WORD
        share = None if hidden or everything is None else whole_share(number, everything)
        rows.append(SubgroupCount(subgroup, None if hidden else number, shown, share))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class RecordedCount:
    """A recorded number of households, who recorded it and whether a later entry replaced it."""

    counted_on: date
    number: int
    source: str
    recorded_at: datetime
    recorded_by: str
    replaced: bool

    @property
    def number_text(self) -> str:
        """Return the number the Dutch way."""
        return number_text(self.number)


_RECORDED = (
    select(
        WelfareCount.counted_on, WelfareCount.households, WelfareCount.source,
        WelfareCount.recorded_at, User.name,
    )
    .join(User, User.id == WelfareCount.recorded_by_id)
    .where(WelfareCount.municipality_id == MUNICIPALITY)
    .order_by(
        WelfareCount.counted_on.desc(), WelfareCount.recorded_at.desc(), WelfareCount.id.desc()
    )
    .limit(100)
)  # fmt: skip


def welfare_counts_of(session: Session, actor: Actor) -> list[RecordedCount]:
    """Return what was recorded for the own municipality, the latest date first."""
    require(actor, Action.WELFARE_COUNT_RECORD)
    rows = session.execute(_RECORDED, {"municipality_id": actor.municipality_id}).all()
    days = [None, *(row.counted_on for row in rows)]
    return [
        RecordedCount(*row, replaced=row.counted_on == before)
        for row, before in zip(rows, days, strict=False)
    ]


@dataclass(frozen=True, slots=True)
class DossierBehind:
    """A dossier behind a figure: its track on the reference date, its name as today."""

    number: str
    client_id: int
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
    page: int
    pages: int
    rows: tuple[DossierBehind, ...]


ORDERS: Mapping[str, tuple[Any, ...]] = {
    "nummer": (Dossier.number,),
    "naam": (Client.sort_name, Dossier.number),
}
"""By which one may sort, and the columns for it."""


def _behind(own: bool, then: bool, *columns: Any) -> AnySelect:
    """Return the statement for columns of the dossiers behind a figure, within reach."""
    known_at = KNOWN_AT if then else None
    return (
        select(*columns)
        .join(Dossier, Dossier.id == TrackPeriod.dossier_id)
        .where(
            IN_REACH, TrackPeriod.municipality_id == MUNICIPALITY,
            TrackPeriod.valid_on(DAY, known_at),
            TrackPeriod.kind.in_(bindparam("kinds", expanding=True)),
            led_by_user(TrackPeriod.dossier_id, known_at) if own else true(),
        )
    )  # fmt: skip


_PERSON = (Client.initials, Client.given_name, Client.prefix, Client.surname)
_BEHIND = (
    Dossier.id, Dossier.number, Dossier.client_id, Dossier.lead_id, *_PERSON, TrackPeriod.kind,
    TrackPeriod.valid_to, TrackPeriod.planned_end, TrackPeriod.stop_reason,
)  # fmt: skip
COUNT_BEHIND = {
    (own, then): _behind(own, then, func.count()).select_from(TrackPeriod)
    for own, then in product((False, True), repeat=2)
}
PAGE_BEHIND = {
    (own, then, order): _behind(own, then, *_BEHIND)
    .join(Client, Client.id == Dossier.client_id)
    .order_by(*columns)
    .limit(PAGE_SIZE)
    .offset(bindparam("skip"))
    for own, then in product((False, True), repeat=2)
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
    own, then = scope is FigureScope.OWN, question.known_on is not None
    values = parameters(actor, question) | reach_of(actor) | {"kinds": list(kinds)}
    total = session.scalar(COUNT_BEHIND[own, then], values) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    values["skip"] = (page - 1) * PAGE_SIZE
    found = session.execute(PAGE_BEHIND[own, then, order], values).all()
    values["dossier_ids"] = [row.id for row in found]
    courses: dict[int, list[Any]] = {row.id: [] for row in found}
    for step in session.execute(_COURSE[then], values):
        courses[step.dossier_id].append(step)
    rows = tuple(_dossier(actor, row, ran_since(courses[row.id])) for row in found)
    return PageBehind(total=total, page=page, pages=pages, rows=rows)


def _dossier(actor: Actor, row: Any, since: date) -> DossierBehind:
    seen = visible_fields(relations(actor, lead_id=row.lead_id))
    name = display_name(
        initials=row.initials, given_name=row.given_name, prefix=row.prefix, surname=row.surname
    )
    return DossierBehind(
        number=row.number, client_id=row.client_id, kind=row.kind, since=since,
        name=name if Field.PERSON in seen else None, until=row.valid_to,
        planned_end=row.planned_end, stop_reason=row.stop_reason,
    )  # fmt: skip
