"""Reading the sheet for a talk: what somebody wants to know on one page, five minutes before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.orm import Session

from kp4web.conversations.queries import RecentReport, recent_talks
from kp4web.domain.actor import Actor
from kp4web.domain.agreements import agreed
from kp4web.domain.dates import dutch_day
from kp4web.domain.due import DueKind
from kp4web.extensions import AnyRow
from kp4web.timeline.paper import NORMAL, SMALL, Paper, first_lines, lines_of, shared_out
from kp4web.timeline.parameters import DOSSIER
from kp4web.timeline.pieces import Around, Head
from kp4web.timeline.queries import keys_of
from kp4web.worklist.models import Agreement

TALKS = 3
"""Conversations on the sheet."""
OPEN_LINES = 5
"""Follow-ups, and agreements, on the sheet; how many more there are is said."""
WHAT_LENGTH = 95
"""Characters of one follow-up or agreement: one line."""
READ_OF_REPORT = 12_000
"""Characters read of a report: more than a sheet holds."""
HEADING_LINES = 3
"""Lines for what stands under each of the two headings."""
AVOID_LINES, REASON_LINES = 8, 3
"""Lines for what to avoid during rest, and for why; the approach is never cut."""
AROUND_TEXTS = 21
"""Lines of the head, the facts and the headings."""

_AGREEMENTS = (
    select(Agreement.who, func.substr(Agreement.what, 1, 200, type_=Text).label("what"),
           Agreement.due_on)
    .where(
        Agreement.dossier_id == DOSSIER,
        Agreement.ended_at.is_(None),
        bindparam("reads_reports"),
    )
    .order_by(Agreement.due_on.is_(None), Agreement.due_on, Agreement.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Talk:
    """An earlier conversation; ``text`` is ``None`` when it is not for this actor."""

    held_on: date
    how: str
    author: str
    text: str | None
    is_cut: bool = False
    about: str = ""
    """Life areas and step, for who reads the report."""


@dataclass(frozen=True, slots=True)
class Line:
    """A follow-up or an agreement that is open, on one line."""

    day: str
    what: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Open:
    """What is open of one sort, the first to come above, and how many more there are."""

    lines: tuple[Line, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page before a talk, cut so that it fits on one sheet."""

    household: str
    avoid: str
    reason: str
    """Why it is rest; what to avoid and why are empty on every other track."""
    headings: tuple[tuple[str, str], ...]
    """What stands under the headings that are filled in; empty when not for this actor."""
    dates: Open
    agreements: Open
    talks: tuple[Talk, ...]
    is_small: bool
    """The texts are long: a smaller letter."""


def sheet_for(session: Session, actor: Actor, head: Head, around: Around, *, today: date) -> Sheet:
    """Return the sheet of a dossier whose top this actor has read; two queries."""
    keys = keys_of(actor, head)
    latest = recent_talks(
        session, actor, head.id, TALKS, reads_reports=keys["reads_reports"], longest=READ_OF_REPORT
    )
    talks = [_talk(one) for one in latest]
    agreements = _open(_agreement(row, today) for row in session.execute(_AGREEMENTS, keys))
    dates = _open(
        Line(due.when, _short(f"{due.label}: {due.what}" if due.what else due.label),
             due.is_late)
        for due in around.due if due.kind != DueKind.AGREEMENT and not due.is_far
    )  # fmt: skip
    household = _household(around)
    resting = head.kind == "rest"
    avoid = _running(head.avoid if resting else "", AVOID_LINES)
    reason = _running(head.reason if resting else "", REASON_LINES)
    headings = tuple(
        (one.heading.label, _running(one.text, HEADING_LINES))
        for one in around.headings or () if one.text
    )  # fmt: skip
    lines = len(dates.lines) + len(agreements.lines)
    under = (f"{label}: {text}" for label, text in headings)
    paper, free = _paper((head.approach, avoid, reason, household, *under), lines, talks)
    return Sheet(
        household, avoid, reason, headings, dates, agreements, tuple(_cut(talks, free, paper)),
        is_small=paper is SMALL,
    )  # fmt: skip


def _running(text: str, lines: int) -> str:
    """Return the text without its line breaks, cut to so many lines."""
    return first_lines(" ".join(text.split()), lines, NORMAL.width)[0]


def _paper(always: Sequence[str], rows: int, talks: Sequence[Talk]) -> tuple[Paper, int]:
    """Return the size of letter, and the lines it leaves to the reports."""
    for paper in (NORMAL, SMALL):
        texts = always if paper is NORMAL else [" ".join(text.split()) for text in always]
        used = AROUND_TEXTS + rows + sum(lines_of(text, paper.width) for text in texts)
        free = paper.lines - used - len(talks) - sum(bool(talk.about) for talk in talks)
        if free >= sum(min(lines_of(talk.text or "", paper.width), 6) for talk in talks):
            return paper, free
    return SMALL, max(free, len(talks))


def _cut(talks: Sequence[Talk], free: int, paper: Paper) -> Iterable[Talk]:
    wanted = [lines_of(talk.text or "", paper.width) for talk in talks]
    for talk, lines in zip(talks, shared_out(free, wanted), strict=True):
        if talk.text is None:
            yield talk
        else:
            text, is_cut = first_lines(talk.text, lines, paper.width)
            yield replace(talk, text=text, is_cut=is_cut)


def _talk(one: RecentReport) -> Talk:
    """Return a talk; what was added stands above its report, where the cut does not reach it."""
    added = [
        f"{each.kind.label}, {dutch_day(each.dated_on)}: {each.text[:READ_OF_REPORT]}"
        for each in one.added
    ]
    text = None if one.report is None else "\n".join([*added, one.report])
    return Talk(one.held_on, one.channel.label, one.author, text, about=one.about)


def _agreement(row: AnyRow, today: date) -> Line:
    day = dutch_day(row.due_on) if row.due_on else "Zonder datum"
    late = row.due_on is not None and row.due_on < today
    return Line(day, _short(agreed(row.who, row.what)), late)


def _open(lines: Iterable[Line]) -> Open:
    found = tuple(lines)
    return Open(found[:OPEN_LINES], max(len(found) - OPEN_LINES, 0))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WHAT_LENGTH else f"{line[: WHAT_LENGTH - 2]} …"


def _household(around: Around) -> str:
    """Return the household in one line: ``Partner J. Bakker (58), kind Bo (11)``."""
    people = [f"partner {partner.name} ({partner.age})" for partner in around.partners]
    people += [
        f"{member.relation.lower()} {member.name}"
        + (f" ({member.age})" if member.age is not None else "")
        for member in around.members if member.until is None
    ]  # fmt: skip
    return ", ".join(people)[:400]
