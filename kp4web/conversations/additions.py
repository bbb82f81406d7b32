"""The latest conversations of a dossier, and what was added to reports after they were saved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import BindParameter, Boolean, Text, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.conversations.models import AdditionKind, Channel, Conversation, ReportAddition
from kp4web.domain.actor import Actor
from kp4web.domain.participation import touched
from kp4web.extensions import AnyRow

RECENT = 2
"""Earlier reports beside the form: enough to know what was said."""
WHOLE = 1_000_000
"""Characters: more than any report has."""
_IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_ADDER = aliased(User)
_COLUMNS = (
    ReportAddition.id.label("addition_id"), ReportAddition.kind, ReportAddition.text,
    ReportAddition.reason, ReportAddition.dated_on, ReportAddition.recorded_at,
    _ADDER.name.label("adder"),
)  # fmt: skip
_ADDITIONS = (
    select(ReportAddition.conversation_id, *_COLUMNS)
    .join(_ADDER, _ADDER.id == ReportAddition.author_id)
    .where(ReportAddition.conversation_id.in_(_IDS))
    .order_by(ReportAddition.recorded_at, ReportAddition.id)
)
_LATEST = (
    select(Conversation.id)
    .where(Conversation.dossier_id == bindparam("dossier_id"))
    .order_by(Conversation.held_on.desc(), Conversation.id.desc())
    .limit(bindparam("number"))
    .subquery()
)
_READABLE = or_(
    bindparam("reads_reports", type_=Boolean), Conversation.author_id == bindparam("actor_id")
)
_REPORT = func.substr(Conversation.report, 1, bindparam("longest"), type_=Text)
_RECENT = (
    select(
        Conversation.id, Conversation.held_on, Conversation.channel,
        case((_READABLE, _REPORT)).label("report"),
        case((_READABLE, Conversation.life_areas)).label("life_areas"),
        case((_READABLE, Conversation.participation_step)).label("participation_step"),
        User.name.label("author"), *_COLUMNS,
    )
    .join(_LATEST, _LATEST.c.id == Conversation.id)
    .join(User, User.id == Conversation.author_id)
    .outerjoin(
        ReportAddition, and_(ReportAddition.conversation_id == Conversation.id, _READABLE)
    )
    .outerjoin(_ADDER, _ADDER.id == ReportAddition.author_id)
    .order_by(
        Conversation.held_on.desc(), Conversation.id.desc(), ReportAddition.recorded_at,
        ReportAddition.id,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Added:
    """What was added to a report: a correction, an addition or the resident's response."""

    id: int
    kind: AdditionKind
    text: str
    reason: str
    dated_on: date
    recorded_at: datetime
    author: str


@dataclass(frozen=True, slots=True)
class RecentReport:
    """An earlier conversation with what was added to its report, to know what was said."""

    id: int
    held_on: date
    channel: Channel
    report: str | None
    """``None`` when it is not for this actor; then nothing of what it was about is told either."""
    life_areas: Sequence[str]
    participation_step: int | None
    author: str
    added: tuple[Added, ...]

    @property
    def about(self) -> str:
        """Return the life areas and the step, in one line."""
        return ". ".join(touched(self.life_areas, self.participation_step))


def recent_talks(
    session: Session, actor: Actor, dossier_id: int, number: int = RECENT,
    *, reads_reports: bool, longest: int = WHOLE,
) -> tuple[RecentReport, ...]:  # fmt: skip
    """
    Return the latest conversations of a dossier within reach, the newest first; one query.

    Who does not read reports reads the own ones; ``longest``: characters of each that are read.
    """
    asked = {
        "dossier_id": dossier_id, "actor_id": actor.id, "number": number, "longest": longest,
        "reads_reports": reads_reports,
    }  # fmt: skip
    rows = session.execute(_RECENT, asked).all()
    return tuple(_recent(list(of_one)) for _, of_one in groupby(rows, key=lambda row: row.id))


def _recent(rows: Sequence[AnyRow]) -> RecentReport:
    row = rows[0]
    return RecentReport(
        id=row.id, held_on=row.held_on, channel=Channel(row.channel), report=row.report,
        life_areas=row.life_areas or (), participation_step=row.participation_step,
        author=row.author, added=tuple(_added(each) for each in rows if each.addition_id),
    )  # fmt: skip


def additions_to(session: Session, readable: Iterable[int]) -> Mapping[int, tuple[Added, ...]]:
    """Return per conversation what was added to its report, the oldest first."""
    found: dict[int, tuple[Added, ...]] = {}
    ids = list(readable)
    for row in session.execute(_ADDITIONS, {"ids": ids}) if ids else ():
        found[row.conversation_id] = (*found.get(row.conversation_id, ()), _added(row))
    return found


def _added(row: AnyRow) -> Added:
    return Added(
        id=row.addition_id, kind=AdditionKind(row.kind), text=row.text, reason=row.reason,
        dated_on=row.dated_on, recorded_at=row.recorded_at, author=row.adder,
    )  # fmt: skip
