"""What fits on one sheet of paper: counting lines, and cutting a text to the lines it gets."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet in one size of letter: lines on it, and characters on a line, both with a margin."""

    lines: int
    width: int


NORMAL = Paper(lines=54, width=105)
SMALL = Paper(lines=68, width=130)
"""For long texts: everything on it in a smaller letter."""


def lines_of(text: str, width: int) -> int:
    """Return how many lines a text takes; empty lines are left out."""
    return sum(ceil(len(line) / width) for line in _paragraphs(text))


def first_lines(text: str, lines: int, width: int) -> tuple[str, bool]:
    """Return as much of a text as fits on so many lines, and whether it was cut."""
    kept: list[str] = []
    for paragraph in _paragraphs(text):
        needed = ceil(len(paragraph) / width)
        if needed > lines:
            if lines > 0:
                kept.append(paragraph[: lines * width - 2].rsplit(maxsplit=1)[0])
            text = "\n".join(kept).rstrip(",.;:")
            return f"{text} …".strip(), True
        kept.append(paragraph)
        lines -= needed
    return "\n".join(kept), False


def shared_out(lines: int, wanted: Sequence[int]) -> tuple[int, ...]:
    """Return how many lines each text gets: what it wants, or an equal share of what is left."""
    given = [0] * len(wanted)
    waiting = sorted(range(len(wanted)), key=lambda place: wanted[place])
    while waiting:
        place = waiting[0]
        given[place] = min(wanted[place], max(lines, 0) // len(waiting))
        lines -= given[place]
        waiting = waiting[1:]
    return tuple(given)


def _paragraphs(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if line]
