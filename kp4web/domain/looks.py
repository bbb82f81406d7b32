"""Reading a log: acts that belong together, and how many dossiers somebody opened in an hour."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

PAUSE = timedelta(minutes=30)
"""Without an act for this long, what follows is another visit."""
HOUR = timedelta(hours=1)
MANY_DOSSIERS = 30
"""More different dossiers than this within an hour is unusual."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would compute."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act in a dossier: by whom, what they were to it then, what, and why."""

    id: int
    at: datetime
    user_id: int | None
    relation: str
    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What one user did in a dossier without a pause; ``actions`` counts each act."""

    user_id: int | None
    relation: str
    begins: datetime
    ends: datetime
    actions: tuple[tuple[str, int], ...]
    reasons: tuple[str, ...]


def visits(acts: Iterable[Act]) -> Iterator[Visit]:
    """Yield the visits of which these acts, newest first, are made; newest first."""
    running: dict[tuple[int | None, str], list[Act]] = {}
    found: list[list[Act]] = []
    for act in acts:
        key = (act.user_id, act.relation)
        group = running.get(key)
        if group is None or group[-1].at - act.at > PAUSE:
            group = running[key] = []
            found.append(group)
        group.append(act)
    return map(_visit, found)


def _visit(acts: list[Act]) -> Visit:
    counted = Counter(act.action for act in reversed(acts))
    reasons = dict.fromkeys(act.reason for act in reversed(acts) if act.reason)
    return Visit(
        acts[0].user_id, acts[0].relation, acts[-1].at, acts[0].at, tuple(counted.items()),
        tuple(reasons),
    )  # fmt: skip


def busiest_hour(looks: Iterable[tuple[datetime, int]]) -> tuple[int, datetime | None]:
    """
    Return the most different dossiers within sixty minutes, and when those began.

    ``looks``: moment and dossier, oldest first.
    """
    window: deque[tuple[datetime, int]] = deque()
    inside: Counter[int] = Counter()
    most, began = 0, None
    for at, dossier_id in looks:
        window.append((at, dossier_id))
        inside[dossier_id] += 1
        while at - window[0][0] >= HOUR:
            gone = window.popleft()[1]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
        if len(inside) > most:
            most, began = len(inside), window[0][0]
    return most, began


def plain_cell(text: str) -> str:
    """Return the text as a spreadsheet shows it: what would be a formula gets a quote before it."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
