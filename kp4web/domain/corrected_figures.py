"""
What a correction of one dossier changes: days, caseloads and figures of the council report.

Computed from the history before and after; the figures of a day are those of ``reporting``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kp4web.domain.corrections import AssignmentContent, TrackContent
from kp4web.domain.reporting import ALL_KINDS, HIDDEN_WORD, Figures, figures, number_text
from kp4web.domain.stretches import DayChange, History, Stretch, day_changes, span_words
from kp4web.domain.tracks import TrackKind


def kinds_of(history: History[TrackContent]) -> History[TrackKind]:
    """Return the history with only what reports count."""
    return tuple(Stretch(one.span, one.content.kind) for one in history)


def leads_of(history: History[AssignmentContent]) -> History[int]:
    """Return the history with only who held the dossier."""
    return tuple(Stretch(one.span, one.content.user_id) for one in history)


def track_days(
    before: History[TrackContent], after: History[TrackContent]
) -> tuple[DayChange[TrackKind], ...]:
    """Return the days that count as another track."""
    return day_changes(kinds_of(before), kinds_of(after))


def lead_days(
    before: History[AssignmentContent], after: History[AssignmentContent]
) -> tuple[DayChange[int], ...]:
    """Return the days on which somebody else held the dossier."""
    return day_changes(leads_of(before), leads_of(after))


def track_words(change: DayChange[TrackKind]) -> str:
    """Return a sentence about days that count as another track."""
    days = span_words(change.span)
    was, becomes = (kind and _word(kind) for kind in (change.before, change.after))
    if was is None:
        return f"{days} telt dit dossier mee als {becomes}; eerst telde het niet mee."
    if becomes is None:
        return f"{days} telt dit dossier niet mee; eerst telde het als {was}."
    return f"{days} telt dit dossier als {becomes} in plaats van {was}."


def lead_words(change: DayChange[int], names: Mapping[int, str]) -> str:
    """Return a sentence about days on which somebody else held the dossier."""
    was, becomes = (names[who] if who else "niemand" for who in (change.before, change.after))
    return f"{span_words(change.span)} staat dit dossier bij {becomes} in plaats van bij {was}."


def _word(kind: TrackKind) -> str:
    return kind.label if kind is TrackKind.KP3 else kind.label.lower()


@dataclass(frozen=True, slots=True)
class CellChange:
    """One figure of the report before and after a correction, as this reader may see it."""

    label: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """Return it as ``rust 67 wordt 68``."""
        return f"{self.label} {self.before} wordt {self.after}"


def counts_after(
    counts: Mapping[TrackKind, int], was: TrackKind | None, becomes: TrackKind | None
) -> dict[TrackKind, int]:
    """Return the counts of a day when one dossier counts as something else on it."""
    after = {kind: counts.get(kind, 0) for kind in TrackKind}
    if was is not None:
        after[was] -= 1
    if becomes is not None:
        after[becomes] += 1
    return after


def changed_cells(
    counts: Mapping[TrackKind, int],
    was: TrackKind | None,
    becomes: TrackKind | None,
    *,
    guarded: bool,
) -> tuple[CellChange, ...]:
    """
    Return the figures of a reference date that a correction of one dossier changes.

    ``guarded``: as for a reader who sees counts only. What is hidden before or after is hidden on
    both sides, for the reader knows that it changed by one.
    """
    after = counts_after(counts, was, becomes)
    found = [
        _cell(_word(kind), _of(counts, kind, guarded), _of(after, kind, guarded))
        for kind in ALL_KINDS
        if counts.get(kind, 0) != after[kind]
    ]
    if _active(counts) != _active(after):
        totals = (_view(numbers, False, guarded).total for numbers in (counts, after))
        found.append(_cell("totaal actief", *totals))
    return tuple(found)


def _cell(label: str, before: int | None, after: int | None) -> CellChange:
    if before is None or after is None:
        return CellChange(label, HIDDEN_WORD, HIDDEN_WORD)
    return CellChange(label, number_text(before), number_text(after))


def _of(counts: Mapping[TrackKind, int], kind: TrackKind, guarded: bool) -> int | None:
    cells = _view(counts, True, guarded).cells
    return next(cell.count for cell in cells if cell.kind is kind)


def _view(counts: Mapping[TrackKind, int], with_stopped: bool, guarded: bool) -> Figures:
    total = sum(counts.values()) if with_stopped else _active(counts)
    return figures(counts, total=total, with_stopped=with_stopped, guarded=guarded)


def _active(counts: Mapping[TrackKind, int]) -> int:
    return sum(number for kind, number in counts.items() if kind.active)
