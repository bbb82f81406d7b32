"""
Every read of the council report: counts on a reference date, as known now or at a moment.

One statement counts everything; which of its four forms runs depends on the reader (all dossiers
of the municipality, or those the reader led that day) and on whether an earlier knowledge is
asked for. Nothing is stored: the same question gives the same answer in five years.
"""

from collections.abc import Iterable, Mapping
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
from kp4web.domain.actor import Actor
from kp4web.domain.corrected_figures import CellChange, changed_cells
from kp4web.domain.dates import end_of_day
from kp4web.domain.errors import Forbidden
from kp4web.domain.policy import (
    NO_ACCESS,
    Action,
    FigureScope,
    figure_scope,
    require,
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
from kp4web.domain.tracks import Subgroup, TrackKind
from kp4web.dossiers.models import GuidancePeriod, SubgroupPeriod, TrackPeriod
from kp4web.extensions import AnySelect, UtcDateTime
from kp4web.figures.models import WelfareCount
from kp4web.organisations.models import Municipality

DAY = bindparam("day", type_=Date())
KNOWN_AT: ColumnElement[datetime] = bindparam("known_at", type_=UtcDateTime())
MUNICIPALITY: ColumnElement[int] = bindparam("municipality_id")


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
        GuidancePeriod.municipality_id == MUNICIPALITY, GuidancePeriod.valid_on(DAY, known_at),
        mine(GuidancePeriod.dossier_id),
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


# ---------------------------------------------------------------------- corrections


@dataclass(frozen=True, slots=True)
class Moved:
    """A reference date on which one dossier is about to count as something else."""

    day: date
    before: TrackKind | None
    after: TrackKind | None
    lead_id: int | None
    """Who was its lead that day: a consultant's figures are about own dossiers only."""


def figures_moved(
    session: Session, actor: Actor, moves: Iterable[Moved]
) -> tuple[tuple[CellChange, ...], ...]:
    """
    Return for each day the figures of the report that change, as this actor may see them.

    Empty where the figures that this actor reads do not change. One query for each day.
    """
    require(actor, Action.REPORT_READ)
    scope = figure_scope(actor)
    own, guarded = scope is FigureScope.OWN, scope is FigureScope.COUNTS_ONLY
    return tuple(
        ()
        if own and move.lead_id != actor.id
        else changed_cells(
            _track_counts(session, parameters(actor, Question(move.day)), own=own),
            move.before, move.after, guarded=guarded,
        )
        for move in moves
    )  # fmt: skip


def active_led_by(session: Session, actor: Actor, user_id: int, day: date) -> int:
    """Return how many active dossiers a consultant of the own municipality held on a day."""
    require(actor, Action.CASELOAD_READ)
    values = parameters(actor, Question(day)) | {"user_id": user_id}
    counts = _track_counts(session, values, own=True)
    return sum(number for kind, number in counts.items() if kind.active)


def _track_counts(
    session: Session, values: Mapping[str, Any], *, own: bool
) -> dict[TrackKind, int]:
    rows = session.execute(COUNTS[own, False], values)
    return {TrackKind(code): number for what, code, number in rows if what == "track"}


# ---------------------------------------------------------------------- counts from outside


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
