"""
Correcting a history: what was known becomes what we know better, and which days that changes.

A history is a row of stretches in order of time, as known at one moment. Pure: nothing here knows
who stores it. The days that change are computed from the two histories themselves, so that a
preview cannot say anything else than what is stored.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import zip_longest
from typing import Generic, TypeVar

from kp4web.domain.dates import add_days, dutch_date
from kp4web.domain.periods import Span

C = TypeVar("C", bound=Hashable)
QUARTERS = ((3, 31), (6, 30), (9, 30), (12, 31))


class Verdict(StrEnum):
    """What was wrong with a stretch."""

    CHANGED = "changed"
    """Something in it: its first day, its content."""
    EARLIER_WENT_ON = "earlier_went_on"
    """It was not there: what came before went on."""
    LATER_BEGAN = "later_began"
    """It was not there: what came after began earlier."""
    NOTHING = "nothing"
    """It was not there, and nothing else was."""


@dataclass(frozen=True, slots=True)
class Stretch(Generic[C]):
    """Some days with what was true on them."""

    span: Span
    content: C


@dataclass(frozen=True, slots=True)
class DayChange(Generic[C]):
    """Days on which something else is true than we thought; ``None`` is nothing."""

    span: Span
    before: C | None
    after: C | None


History = tuple[Stretch[C], ...]


def touches(history: History[C], index: int) -> bool:
    """Return whether this stretch begins on the day the one before it ended."""
    return index > 0 and history[index - 1].span.valid_to == history[index].span.valid_from


def moved(history: History[C], index: int, start: date) -> History[C]:
    """
    Return the history in which this stretch began on another day.

    The one before it, when it touches, ends that day; otherwise it is cut only where they would
    overlap. The day must lie after the start of the one before, and before the own end.
    """
    changed = list(history)
    one = history[index]
    if index > 0:
        before = history[index - 1]
        if touches(history, index) or (before.span.valid_to or start) > start:
            changed[index - 1] = replace(before, span=Span(before.span.valid_from, start))
    changed[index] = replace(one, span=Span(start, one.span.valid_to))
    return tuple(changed)


def ended(history: History[C], index: int, end: date | None) -> History[C]:
    """Return the history in which this stretch ended on another day (exclusive)."""
    one = history[index]
    return (
        *history[:index],
        replace(one, span=Span(one.span.valid_from, end)),
        *history[index + 1 :],
    )


def replaced(history: History[C], index: int, content: C) -> History[C]:
    """Return the history in which something else was true on these days."""
    return (*history[:index], replace(history[index], content=content), *history[index + 1 :])


def without(
    history: History[C], index: int, verdict: Verdict, alike: Callable[[C, C], bool]
) -> History[C]:
    """
    Return the history without this stretch; a neighbour takes its days unless nothing did.

    When both neighbours then say the same (``alike``), they become one.
    """
    gone, left, right = history[index].span, history[:index], history[index + 1 :]
    if verdict is Verdict.NOTHING:
        return (*left, *right)
    both = bool(left and right) and touches(history, index) and touches(history, index + 1)
    if verdict is Verdict.EARLIER_WENT_ON:
        heir, end = left[-1], gone.valid_to
        if both and alike(heir.content, right[0].content):
            end, right = right[0].span.valid_to, right[1:]
        return (*left[:-1], replace(heir, span=Span(heir.span.valid_from, end)), *right)
    heir, start = right[0], gone.valid_from
    if both and alike(left[-1].content, heir.content):
        start, left = left[-1].span.valid_from, left[:-1]
    return (*left, replace(heir, span=Span(start, heir.span.valid_to)), *right[1:])


def content_on(history: Iterable[Stretch[C]], day: date) -> C | None:
    """Return what was true on a day, or ``None`` when nothing was."""
    for one in history:
        if one.span.valid_from <= day and (one.span.valid_to is None or day < one.span.valid_to):
            return one.content
    return None


def day_changes(
    before: Sequence[Stretch[C]], after: Sequence[Stretch[C]]
) -> tuple[DayChange[C], ...]:
    """Return the days on which the two histories differ, in order, as few spans as possible."""
    spans = [one.span for one in (*before, *after)]
    edges = sorted({day for span in spans for day in (span.valid_from, span.valid_to) if day})
    found: list[DayChange[C]] = []
    for start, end in zip_longest(edges, edges[1:]):
        was, becomes = content_on(before, start), content_on(after, start)
        if was == becomes:
            continue
        last = found[-1] if found else None
        if last and last.span.valid_to == start and (last.before, last.after) == (was, becomes):
            found[-1] = replace(last, span=Span(last.span.valid_from, end))
        else:
            found.append(DayChange(Span(start, end), was, becomes))
    return tuple(found)


def reference_dates(
    changes: Iterable[DayChange[C]], *, today: date, also: Iterable[date] = ()
) -> tuple[date, ...]:
    """
    Return the days within the changes that a report is likely to be about, the newest first.

    Every end of a quarter up to today, today itself, and the days asked for.
    """
    found: set[date] = set()
    for change in changes:
        last = min(change.span.valid_to - timedelta(1), today) if change.span.valid_to else today
        first = change.span.valid_from
        ends = (date(year, *end) for year in range(first.year, last.year + 1) for end in QUARTERS)
        found |= {day for day in (*ends, today, *also) if first <= day <= last}
    return tuple(sorted(found, reverse=True))


def span_words(span: Span) -> str:
    """Return the days in words: ``Op``, ``Van ... tot en met`` or ``Vanaf``."""
    start = dutch_date(span.valid_from)
    if span.valid_to is None:
        return f"Vanaf {start}"
    last = add_days(span.valid_to, -1)
    if last == span.valid_from:
        return f"Op {start}"
    return f"Van {start} tot en met {dutch_date(last)}"
