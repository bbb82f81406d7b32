"""Two people change one record: whose value stands in each field, and who must choose where."""

from enum import StrEnum, auto


class Side(StrEnum):
    """Whose value a field gets."""

    MINE = auto()
    THEIRS = auto()
    BOTH = auto()
    """Both changed it, to different values: a person chooses."""


def side_of(*, was: str | None, mine: str, theirs: str) -> Side:
    """
    Return whose value stands, from what it was when the form was opened.

    ``was`` is ``None`` when that is unknown: then what was typed stands.
    """
    if was is None or was == theirs or mine == theirs:
        return Side.MINE
    return Side.THEIRS if mine == was else Side.BOTH
