"""
Figures of the council report: counts per track, shares, partition check, small-number guard.

The guard is for readers who may see counts only (rule 6 of ``3-visibility``): 1 to 4 becomes
"<5", 0 stays 0, the smallest other cell that is not 0 becomes "afgeschermd". The report exists
with and without stopped dossiers and both can be put side by side, so both are guarded at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kp4web.domain.tracks import TrackKind

ACTIVE_KINDS = (
    TrackKind.KP3,
    TrackKind.SUPPORT,
    TrackKind.REST,
    TrackKind.UNDER_INVESTIGATION,
)
"""The active tracks in the order of the note to the council."""
ALL_KINDS = (*ACTIVE_KINDS, TrackKind.STOPPED)
SMALL = range(1, 5)
"""Numbers that could point at a person."""
SMALL_WORD = "<5"
HIDDEN_WORD = "afgeschermd"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the history: which day, as known on which day (its end), how much of it."""

    reference_date: date
    known_on: date | None = None
    """``None`` is the latest knowledge."""
    with_stopped: bool = False
    place: int | None = None
    """Of one municipality only, for who works in several; ``None`` is all of them."""


@dataclass(frozen=True, slots=True)
class KindCount:
    """The number of dossiers in one track; ``count`` and ``share`` are ``None`` when hidden."""

    kind: TrackKind
    count: int | None
    shown: str
    """For the screen: the number, ``<5`` or ``afgeschermd``."""
    share: str | None
    """Of the total, as ``51,5%``; also ``None`` while the total is 0 or hidden."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One view of the report, ready to show: nothing hidden is in it."""

    cells: tuple[KindCount, ...]
    total: int | None
    total_shown: str
    check: str
    """The partition check as a sentence."""
    adds_up: bool


def figures(
    counts: Mapping[TrackKind, int], *, total: int, with_stopped: bool, guarded: bool
) -> Figures:
    """
    Return the figures of one view, with or without stopped dossiers.

    ``counts`` holds every track, stopped too, whichever view is asked for: the guard looks at
    both. ``total`` is that of the view, counted apart from the cells.
    """
    kinds = ALL_KINDS if with_stopped else ACTIVE_KINDS
    numbers = {kind: counts.get(kind, 0) for kind in ALL_KINDS}
    hidden = _hidden_cells(numbers) if guarded else frozenset()
    adds_up = sum(numbers[kind] for kind in kinds) == total
    total_hidden = bool(hidden) and not (adds_up and _total_may_show(numbers, with_stopped))
    return Figures(
        cells=tuple(
            KindCount(
                kind=kind,
                count=None if kind in hidden else numbers[kind],
                shown=_shown(numbers[kind], kind in hidden),
                share=None if kind in hidden or total_hidden else share(numbers[kind], total),
            )
            for kind in kinds
        ),
        total=None if total_hidden else total,
        total_shown=HIDDEN_WORD if total_hidden else number_text(total),
        check=_check([numbers[kind] for kind in kinds], total, bool(hidden)),
        adds_up=adds_up,
    )


def share(count: int, total: int) -> str | None:
    """
    Return the percentage with one decimal, or ``None`` without a positive total.

    Rounded half up, each by itself; what is not nothing never reads 0,0% and what is not all
    never 100,0%.
    """
    if total <= 0:
        return None
    tenths = (2000 * count + total) // (2 * total)
    if tenths == 0 and count > 0:
        return "<0,1%"
    if tenths == 1000 and count < total:
        return ">99,9%"
    return f"{tenths // 10},{tenths % 10}%"


def whole_share(count: int, total: int) -> str | None:
    """Return the percentage as the deck of 2021 shows it, in whole percents; see ``share``."""
    if total <= 0:
        return None
    percent = (200 * count + total) // (2 * total)
    if percent == 0 and count > 0:
        return "<1%"
    if percent == 100 and count < total:
        return ">99%"
    return f"{percent}%"


def single_count(count: int, *, guarded: bool) -> str:
    """Return a number that stands alone, such as a subgroup, for the screen."""
    return _shown(count, guarded and count in SMALL)


def partition_words(numbers: Sequence[int], *, guarded: bool) -> list[str]:
    """
    Return the cells of a partition for the screen; its total may be known from elsewhere.

    Small cells are hidden, and so many of the smallest others that what is hidden together leaves
    each small cell open between 1 and 4.
    """
    hidden = _hidden_of(numbers) if guarded else frozenset()
    return [_shown(number, place in hidden) for place, number in enumerate(numbers)]


def _hidden_of(numbers: Sequence[int]) -> frozenset[int]:
    """Return the places to hide: the small ones, and their cover."""
    small = [place for place, number in enumerate(numbers) if number in SMALL]
    others = sorted(
        (place for place, number in enumerate(numbers) if number >= SMALL.stop),
        key=lambda place: numbers[place],
    )
    cover: list[int] = []
    while small and others and not (cover and _leaves_open(numbers, small, cover, others)):
        cover.append(others.pop(0))
    return frozenset([*small, *cover])


def _leaves_open(
    numbers: Sequence[int], small: Sequence[int], cover: Sequence[int], rest: Sequence[int]
) -> bool:
    """Return whether each small cell can still be 1 and 4 for who knows the sum of the hidden."""
    together = sum(numbers[place] for place in (*small, *cover))
    lowest = SMALL.stop * len(cover) + len(small) - 1 + max(SMALL)
    if together < lowest:
        return False
    if not rest:
        return True
    highest = numbers[rest[0]] * len(cover) + max(SMALL) * (len(small) - 1) + min(SMALL)
    return together <= highest


def number_text(number: int) -> str:
    """Return a whole number the Dutch way: ``1.234``."""
    return f"{number:,}".replace(",", ".")


def _check(numbers: Iterable[int], total: int, hidden: bool) -> str:
    numbers = list(numbers)
    adds_up = sum(numbers) == total
    if hidden:
        return "som klopt" if adds_up else "som klopt niet"
    terms = " + ".join(number_text(number) for number in numbers)
    if adds_up:
        return f"{terms} = {number_text(total)}, klopt"
    return (
        f"{terms} = {number_text(sum(numbers))}, maar het totaal is {number_text(total)}: "
        "klopt niet"
    )


def _shown(number: int, hidden: bool) -> str:
    if hidden:
        return SMALL_WORD if number in SMALL else HIDDEN_WORD
    return number_text(number)


def _hidden_cells(numbers: Mapping[TrackKind, int]) -> frozenset[TrackKind]:
    """Return every cell that either view must hide."""
    hidden: set[TrackKind] = set()
    for kinds in (ACTIVE_KINDS, ALL_KINDS):
        small = {kind for kind in kinds if numbers[kind] in SMALL}
        cover = _smallest_other(numbers, kinds) if small else None
        hidden |= small | ({cover} if cover else set())
    return frozenset(hidden)


def _smallest_other(
    numbers: Mapping[TrackKind, int], kinds: tuple[TrackKind, ...]
) -> TrackKind | None:
    """Return the smallest cell that is neither 0 nor small; of equals the first."""
    others = (kind for kind in kinds if numbers[kind] >= SMALL.stop)
    return min(others, key=lambda kind: numbers[kind], default=None)


def _total_may_show(numbers: Mapping[TrackKind, int], with_stopped: bool) -> bool:
    """
    Return whether a total leaves every small cell open between 1 and 4.

    With both totals on view their difference is the number of stopped dossiers: a small number
    of those hides the total that includes them. The total of the active ones less the cells in
    sight is what the hidden cells are together; it is hidden too unless each small cell could
    still be 1, 2, 3 or 4. That only depends on what is in sight with the totals, so that a
    shown total tells nothing else, and a hidden one keeps at least 1 and 2 possible.
    """
    if with_stopped and numbers[TrackKind.STOPPED] in SMALL:
        return False
    small = sum(numbers[kind] in SMALL for kind in ACTIVE_KINDS)
    if not small:
        return True
    cover = _smallest_other(numbers, ACTIVE_KINDS)
    lowest, highest = _limits(numbers, cover) if cover else (0, 0)
    together = sum(numbers[k] for k in ACTIVE_KINDS if numbers[k] in SMALL or k is cover)
    enough = lowest + small - 1 + max(SMALL)
    few_enough = highest is None or together <= highest + max(SMALL) * (small - 1) + min(SMALL)
    return together >= enough and few_enough


def _limits(numbers: Mapping[TrackKind, int], cover: TrackKind) -> tuple[int, int | None]:
    """Return between which numbers the covering cell lies for who knows how it is chosen."""
    lowest, highest = SMALL.stop, None
    for kind in ALL_KINDS:
        number = numbers[kind]
        if kind is cover or number < SMALL.stop:
            continue
        if number < numbers[cover]:  # stopped dossiers only: they cover the view that has them
            lowest = number + 1
            continue
        most = number if ALL_KINDS.index(cover) < ALL_KINDS.index(kind) else number - 1
        highest = most if highest is None else min(highest, most)
    return lowest, highest
