"""A course as a coloured band over time: where each track begins and how wide it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kp4web.domain.dates import dutch_date
from kp4web.domain.tracks import TrackKind

THINNEST = 1.0
"""Percent of the band that a track of a few days still gets, to be seen."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A track on the band; start and width in percent, ``text`` says its days."""

    kind: str
    label: str
    text: str
    start: float
    width: float


def band(spells: Iterable[tuple[TrackKind, date, date | None]], today: date) -> tuple[Segment, ...]:
    """
    Return the band from the first day to today; ``spells`` are kind, first day, first day after.

    They come in order of time, at least one; those of one kind in a row are one segment.
    """
    merged: list[tuple[TrackKind, date, date | None]] = []
    for kind, start, end in spells:
        if merged and merged[-1][0] is kind:
            merged[-1] = (kind, merged[-1][1], end)
        else:
            merged.append((kind, start, end))
    first = merged[0][1]
    return tuple(_segment(spell, first, today) for spell in merged)


def _segment(spell: tuple[TrackKind, date, date | None], first: date, today: date) -> Segment:
    kind, start, end = spell
    days, until = max((today - first).days, 1), min(end or today, today)
    width = max(100 * (until - start).days / days, THINNEST) if until > first else 100.0
    text = f"{dutch_date(start)} tot {dutch_date(end)}" if end else f"sinds {dutch_date(start)}"
    place = min(100 * (start - first).days / days, 100 - width)
    return Segment(kind.value, kind.label, text, place, width)
