"""
Two times on every fact that is ever counted: when it was true, and when we knew it.

A row is true from ``valid_from`` up to (not including) ``valid_to`` and was known from
``recorded_at`` up to (not including) ``superseded_at``. Rows are only ever added; the one
thing written to a stored row is ``superseded_at``. So closing a running row supersedes it
and adds a copy with an end, and whatever was known at an earlier moment stays readable.

Pure: these functions look at the rows of one subject and return a ``Plan``; who stores rows
carries it out. ``superseded_at`` equal to ``recorded_at`` means: never known to anyone.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Generic, Protocol, TypeVar

from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import DomainError


class PeriodError(DomainError):
    """A day does not fit the history; the text is Dutch and fit to show."""


class Period(Protocol):
    """
    What every bitemporal row has.

    ``Any`` stands for ``date``, ``date | None``, ``datetime`` and ``datetime | None``: a mapped
    column is a descriptor, and the type checker does not look through one in a protocol.
    """

    @property
    def valid_from(self) -> Any:
        """Return the first day on which it was true."""

    @property
    def valid_to(self) -> Any:
        """Return the first day on which it was no longer true; ``None`` is until further notice."""

    @property
    def recorded_at(self) -> Any:
        """Return the moment from which we knew it."""

    @property
    def superseded_at(self) -> Any:
        """Return the moment from which we knew better; ``None`` is still known."""


Row = TypeVar("Row", bound=Period)
Content = TypeVar("Content", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``valid_from`` up to, not including, ``valid_to``; ``None`` has no end."""

    valid_from: date
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise PeriodError("De einddatum moet na de begindatum liggen.")


@dataclass(frozen=True, slots=True)
class Plan(Generic[Row]):
    """What to store: supersede these rows, copy those with a trimmed span, add the new one."""

    superseded: tuple[Row, ...]
    remains: tuple[tuple[Row, Span], ...]
    span: Span | None
    """The days of the new content; ``None`` when there is none."""
    at: datetime
    """The moment to stamp: never before anything already stamped on these rows."""


@dataclass(frozen=True, slots=True)
class Rewrite(Generic[Row, Content]):
    """What to store so that another history is known: supersede these rows, add those spans."""

    superseded: tuple[Row, ...]
    added: tuple[tuple[Span, Content], ...]
    at: datetime
    """The moment to stamp, as in a ``Plan``."""


def change(rows: Sequence[Row], on: date, *, today: date, at: datetime) -> Plan[Row]:
    """
    Plan new content from a day until further notice.

    On the very day the running row began it supersedes that row. Raises ``PeriodError`` when
    the day lies in the future, before the running row began or, when nothing runs, before the
    last row ended.
    """
    _require_not_future(on, today)
    first = earliest(rows)
    if first is not None and on < first:
        raise PeriodError(f"De datum mag niet voor {dutch_date(first)} liggen.")
    return overwrite(rows, on, None, at=at)


def change_or_resume(
    rows: Sequence[Row],
    on: date,
    is_same: Callable[[Row], bool],
    *,
    today: date,
    at: datetime,
) -> Plan[Row]:
    """
    Plan new content as ``change`` does, or let the row up to that day run on when it ``is_same``.

    So what came back on the very day it left is one row, as it began. Raises as ``change`` does.
    """
    plan = change(rows, on, today=today, at=at)
    before = valid_on(rows, on - timedelta(days=1))
    if before is None or not is_same(before):
        return plan
    others = tuple(row for row in plan.superseded if row is not before)
    return Plan((before, *others), ((before, Span(before.valid_from)),), None, plan.at)


def end(rows: Sequence[Row], on: date, *, today: date, at: datetime) -> Plan[Row]:
    """
    Plan the end of the running row without a successor; ``on`` is the first day without it.

    On the very day it began, nothing of it remains. Raises ``PeriodError`` when nothing runs,
    or the day lies in the future or before the running row began.
    """
    _require_not_future(on, today)
    running = current(rows)
    if running is None:
        raise PeriodError("Er loopt op dit moment niets dat u kunt beëindigen.")
    if on < running.valid_from:
        raise PeriodError(f"De datum mag niet voor {dutch_date(running.valid_from)} liggen.")
    remains = ((running, Span(running.valid_from, on)),) if on > running.valid_from else ()
    return Plan((running,), remains, None, _moment(rows, at))


def correct(
    rows: Sequence[Row],
    start: date,
    end: date | None,
    *,
    today: date,
    at: datetime,
    gaps_allowed: bool = False,
) -> Plan[Row]:
    """
    Plan new content for any days that have begun, however far back; ``end`` is exclusive.

    Raises ``PeriodError`` when it starts or ends in the future (then the running row would begin
    there), ends before it starts or, unless
    ``gaps_allowed``, neither overlaps nor touches what is known (or ends what must run on).
    """
    _require_not_future(start, today)
    _require_not_future(end or start, today)
    if not gaps_allowed:
        _require_no_new_gap(known(rows), Span(start, end))
    return overwrite(rows, start, end, at=at)


def overwrite(rows: Sequence[Row], start: date, end: date | None, *, at: datetime) -> Plan[Row]:
    """Plan new content for these days over whatever is known now; the rest of it remains."""
    span = Span(start, end)
    hit = tuple(row for row in known(rows) if _overlap(row, span))
    remains = tuple((row, rest) for row in hit for rest in _rests(row, span))
    return Plan(hit, remains, span, _moment(rows, at))


def rewrite(
    rows: Sequence[Row],
    wanted: Sequence[tuple[Span, Content]],
    content_of: Callable[[Row], Content],
    *,
    at: datetime,
) -> Rewrite[Row, Content]:
    """
    Plan a whole history in the place of the one known now; what stays the same is left alone.

    Raises ``PeriodError`` when two of the wanted spans share a day.
    """
    ordered = sorted(wanted, key=lambda pair: pair[0].valid_from)
    for (earlier, _), (later, _) in pairwise(ordered):
        if earlier.valid_to is None or earlier.valid_to > later.valid_from:
            raise PeriodError("Twee periodes overlappen elkaar.")
    there = {(Span(row.valid_from, row.valid_to), content_of(row)): row for row in known(rows)}
    return Rewrite(
        superseded=tuple(row for pair, row in there.items() if pair not in ordered),
        added=tuple(pair for pair in ordered if pair not in there),
        at=_moment(rows, at),
    )


def known(rows: Iterable[Row], known_at: datetime | None = None) -> tuple[Row, ...]:
    """Return what was known at a moment, in order of time; without a moment: what is known now."""
    found = (row for row in rows if _known(row, known_at))
    return tuple(sorted(found, key=lambda row: row.valid_from))


def valid_on(rows: Iterable[Row], day: date, known_at: datetime | None = None) -> Row | None:
    """Return the row that was true on a day, as known at a moment or now."""
    return next(
        (
            row
            for row in rows
            if row.valid_from <= day
            and (row.valid_to is None or day < row.valid_to)
            and _known(row, known_at)
        ),
        None,
    )


def current(rows: Iterable[Row]) -> Row | None:
    """Return the row that runs until further notice, as known now."""
    return next((r for r in rows if r.valid_to is None and r.superseded_at is None), None)


def overlaps(rows: Iterable[Row], known_at: datetime | None = None) -> tuple[tuple[Row, Row], ...]:
    """Return neighbours of which both were true on the same day; must be empty."""
    pairs = pairwise(known(rows, known_at))
    return tuple((a, b) for a, b in pairs if a.valid_to is None or a.valid_to > b.valid_from)


def gaps(rows: Iterable[Row], known_at: datetime | None = None) -> tuple[Span, ...]:
    """Return the days between the first row and the last on which nothing was true."""
    pairs = pairwise(known(rows, known_at))
    return tuple(
        Span(a.valid_to, b.valid_from)
        for a, b in pairs
        if a.valid_to is not None and a.valid_to < b.valid_from
    )


def _require_not_future(day: date, today: date) -> None:
    if day > today:
        raise PeriodError("De datum mag niet in de toekomst liggen.")


def _require_no_new_gap(rows: Sequence[Row], span: Span) -> None:
    if not rows and span.valid_to is not None:
        raise PeriodError("De eerste periode heeft geen einddatum.")
    if rows and not any(_touches(row, span) for row in rows):
        raise PeriodError("De periode moet aansluiten op wat al is vastgelegd.")


def earliest(rows: Sequence[Row]) -> date | None:
    """Return the first day on which a change may happen; ``None`` while there is no history."""
    rows_now = known(rows)
    if not rows_now:
        return None
    last = rows_now[-1]
    day: date = last.valid_from if last.valid_to is None else last.valid_to
    return day


def _moment(rows: Sequence[Row], at: datetime) -> datetime:
    """Return ``at``, or the latest moment on the rows when the clock went back."""
    stamps = (stamp for row in rows for stamp in (row.recorded_at, row.superseded_at) if stamp)
    latest: datetime = max([at, *stamps])
    return latest


def _known(row: Period, known_at: datetime | None) -> bool:
    if known_at is None:
        return row.superseded_at is None
    return row.recorded_at <= known_at and (
        row.superseded_at is None or known_at < row.superseded_at
    )


def _overlap(row: Period, span: Span) -> bool:
    return (span.valid_to is None or row.valid_from < span.valid_to) and (
        row.valid_to is None or span.valid_from < row.valid_to
    )


def _touches(row: Period, span: Span) -> bool:
    return (span.valid_to is None or row.valid_from <= span.valid_to) and (
        row.valid_to is None or span.valid_from <= row.valid_to
    )


def _rests(row: Period, span: Span) -> Iterable[Span]:
    """Return what is left of a row, before and after the span laid over it."""
    if row.valid_from < span.valid_from:
        yield Span(row.valid_from, span.valid_from)
    if span.valid_to is not None and (row.valid_to is None or span.valid_to < row.valid_to):
        yield Span(span.valid_to, row.valid_to)
