"""
Every read of the council report: counts on a reference date, as known now or at a moment.

Nothing is stored: the same question gives the same answer in five years. The statements stand in
``counting``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    bindparam,
    select,
)
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.domain.actor import Actor
from kp4web.domain.policy import (
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
from kp4web.extensions import rows_of
from kp4web.figures.counting import COUNTS, SURROUNDINGS
from kp4web.figures.counting import DAY as DAY
from kp4web.figures.counting import KNOWN_AT as KNOWN_AT
from kp4web.figures.counting import MUNICIPALITIES as MUNICIPALITIES
from kp4web.figures.counting import WHOSE as WHOSE
from kp4web.figures.counting import Whose as Whose
from kp4web.figures.counting import counted_for as counted_for
from kp4web.figures.counting import parameters as parameters
from kp4web.figures.models import WelfareCount
from kp4web.figures.moved import Moved as Moved
from kp4web.figures.moved import active_led_by as active_led_by
from kp4web.figures.moved import figures_moved as figures_moved

SEVERAL = "Alle gemeenten"


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
    """The name; ``SEVERAL`` for more than one together."""
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
    def is_held(self) -> bool:
        """Return whether it counts what the reader's organisation held, not all that there was."""
        return self.scope is FigureScope.HELD

    @property
    def is_guarded(self) -> bool:
        """Return whether small numbers are hidden from this reader."""
        return self.scope is FigureScope.COUNTS_ONLY


class _Around(NamedTuple):
    """What stands around the figures: the name of the municipality, its latest welfare count."""

    name: str
    counted_on: date | None = None
    households: int = 0
    source: str = ""


_SEVERAL = _Around(SEVERAL)


def report_for(session: Session, actor: Actor, question: Question) -> Report:
    """Return the report as this actor may see it; raise ``Forbidden``. Two queries."""
    require(actor, Action.REPORT_READ)
    scope = figure_scope(actor)
    values, then = parameters(session, actor, question), question.known_on is not None
    numbers: dict[str, dict[str, int]] = {"track": {}, "all": {}, "subgroup": {}}
    for what, code, number in rows_of(session, COUNTS[WHOSE[scope], then], values):
        numbers[what][code] = number
    around: Any = _SEVERAL
    if len(values["municipalities"]) == 1:
        around = rows_of(session, SURROUNDINGS[then], values).one()
    return _report(question, scope, numbers, around)


def _report(
    question: Question, scope: FigureScope, numbers: Mapping[str, Mapping[str, int]], around: Any
) -> Report:
    counts = {TrackKind(code): number for code, number in numbers["track"].items()}
    everything = numbers["all"][""]
    active = everything - counts.get(TrackKind.STOPPED, 0)
    guarded = scope is FigureScope.COUNTS_ONLY
    including = figures(counts, total=everything, with_stopped=True, guarded=guarded)
    households = None
    if around.counted_on is not None and WHOSE[scope] is Whose.ALL:
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
    .where(WelfareCount.municipality_id == bindparam("municipality_id"))
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
