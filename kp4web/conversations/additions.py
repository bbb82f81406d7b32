"""Reading what was added to reports after they were saved; only for reports already readable."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.conversations.models import AdditionKind, Channel, Conversation, ReportAddition
from kp4web.domain.participation import touched
from kp4web.extensions import AnyRow

RECENT = 2
"""Earlier reports beside the form: enough to know what was said."""
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
    .limit(RECENT)
    .subquery()
)
_RECENT = (
    select(
        Conversation.id, Conversation.held_on, Conversation.channel, Conversation.report,
        Conversation.life_areas, Conversation.participation_step,
        User.name.label("author"), *_COLUMNS,
    )
    .join(_LATEST, _LATEST.c.id == Conversation.id)
    .join(User, User.id == Conversation.author_id)
    .outerjoin(ReportAddition, ReportAddition.conversation_id == Conversation.id)
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
    """An earlier report with what was added to it, to know what was said."""

    id: int
    held_on: date
    channel: Channel
    report: str
    life_areas: Sequence[str]
    participation_step: int | None
    author: str
    added: tuple[Added, ...]

    @property
    def about(self) -> str:
        """Return the life areas and the step, in one line."""
        return ". ".join(touched(self.life_areas, self.participation_step))


def recent_reports(session: Session, dossier_id: int) -> tuple[RecentReport, ...]:
    """Return the latest reports of a dossier whose reports this actor reads; one query."""
    rows = session.execute(_RECENT, {"dossier_id": dossier_id}).all()
    return tuple(_recent(list(of_one)) for _, of_one in groupby(rows, key=lambda row: row.id))


def _recent(rows: Sequence[AnyRow]) -> RecentReport:
    row = rows[0]
    return RecentReport(
        id=row.id, held_on=row.held_on, channel=Channel(row.channel), report=row.report,
        life_areas=row.life_areas, participation_step=row.participation_step,
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
