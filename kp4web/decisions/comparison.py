"""An outcome beside the earlier ones of the same person, per life area."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kp4web.domain.questionnaire.scoring import Scores, rounded


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier completed questionnaire of the same person, scored by its own file."""

    id: int
    ended_on: date
    file: str
    """Title and version of its file."""
    scores: Scores


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One life area (or the total) now and before."""

    label: str
    before: tuple[int | None, ...]
    """Oldest first."""
    now: int | None
    difference: str
    """Against the last one before: ``12 minder``."""
    meaning: str
    """``beter``, ``slechter``, ``gelijk``, or that it cannot be said."""
    tone: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The scores of one questionnaire beside those before."""

    earlier: tuple[Earlier, ...]
    """Oldest first."""
    rows: tuple[ComparedRow, ...]
    total: ComparedRow
    other_files: tuple[str, ...]
    """Files other than that of this questionnaire: then scores need not mean the same."""
    left_out: int
    """Even earlier ones that are not shown."""


def compare(
    scores: Scores, file: str, earlier: Sequence[Earlier], *, left_out: int = 0
) -> Comparison | None:
    """Return the scores beside those before (newest first), or ``None`` without any."""
    if not earlier:
        return None
    oldest_first = tuple(reversed(earlier))
    rows = tuple(
        _compared(
            area.label,
            [one.scores.areas[code].score if code in one.scores.areas else None
             for one in oldest_first],
            area.score,
        )
        for code, area in scores.areas.items()
    )  # fmt: skip
    total = _compared("Totaal", [one.scores.total for one in oldest_first], scores.total)
    others = tuple(dict.fromkeys(one.file for one in oldest_first if one.file != file))
    return Comparison(oldest_first, rows, total, others, left_out)


def _compared(label: str, before: Sequence[Fraction | None], now: Fraction | None) -> ComparedRow:
    """Compare as shown, in whole numbers: what looks alike is called alike."""
    was = tuple(None if one is None else rounded(one) for one in before)
    value, last = None if now is None else rounded(now), was[-1]
    if value is None or last is None:
        return ComparedRow(label, was, value, "", "niet te vergelijken", "neutral")
    change = value - last
    if not change:
        return ComparedRow(label, was, value, "0", "gelijk", "neutral")
    better = change < 0
    return ComparedRow(
        label, was, value, f"{abs(change)} {'minder' if better else 'meer'}",
        "beter" if better else "slechter", "ok" if better else "warn",
    )  # fmt: skip
