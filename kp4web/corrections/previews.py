"""
What a correction changes, before it is saved: days, figures of the council report, caseloads.

Everything follows from the history before and after and from the counting statement of the
report; nothing is stored for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kp4web.caseload.models import Assignment
from kp4web.corrections.queries import (
    Held,
    Track,
    corrected_assignment,
    corrected_track,
    lead_of,
    names_of,
    span_of,
)
from kp4web.domain.actor import Actor
from kp4web.domain.corrected_figures import CellChange, lead_days, track_days
from kp4web.domain.corrections import (
    AssignmentContent,
    AssignmentCorrection,
    TrackContent,
    TrackCorrection,
)
from kp4web.domain.periods import known
from kp4web.domain.policy import FigureScope, figure_scope
from kp4web.domain.stretches import DayChange, History, Stretch, content_on, reference_dates
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import GuidancePeriod, TrackPeriod
from kp4web.dossiers.queries import DossierRef
from kp4web.figures.queries import Moved, active_led_by, figures_moved
from kp4web.worklist.models import FollowUp

FIGURES_SHOWN = 40
"""Reference dates in a preview: ten years of quarters."""


@dataclass(frozen=True, slots=True)
class FigureLine:
    """What a correction changes in the report of one reference date, for one reader."""

    day: date
    before: TrackKind | None
    after: TrackKind | None
    cells: tuple[CellChange, ...]
    """Empty when the figures that this reader gets stay the same."""


@dataclass(frozen=True, slots=True)
class TrackPreview:
    """What a correction of a track changes."""

    before: TrackContent
    content: TrackContent | None
    """What stands there after it; ``None`` when it was not there at all."""
    after: History[TrackContent]
    days: tuple[DayChange[TrackKind], ...]
    figures: tuple[FigureLine, ...]
    left_out: int
    """Earlier reference dates that change too, and are not counted here."""
    is_own: bool
    """The figures are those of the reader's own dossiers."""
    kind_now: TrackKind
    kind_then: TrackKind
    """The track that runs now, and the one that runs after the correction."""
    open_follow_ups: int
    """How many are closed by it: only when it turns out to have stopped."""


def track_preview(
    session: Session,
    actor: Actor,
    subject: Track,
    said: TrackCorrection,
    *,
    today: date,
    also: Sequence[date] = (),
) -> TrackPreview:
    """Return what the correction changes, nothing stored; raises ``InvalidInput``."""
    after = corrected_track(session, actor, subject, said, today=today)
    days = track_days(subject.history, after)
    dates = reference_dates(days, today=today, also=also)
    leads, holders = _leads(session, subject.ref), _holders(session, subject.ref)
    moves = [
        Moved(
            day, _kind_on(subject.history, day), _kind_on(after, day), content_on(leads, day),
            content_on(holders, day),
        )
        for day in dates[:FIGURES_SHOWN]
    ]  # fmt: skip
    cells = figures_moved(session, actor, moves)
    now, then = subject.history[-1].content.kind, after[-1].content.kind
    return TrackPreview(
        before=subject.stretch.content, content=said.content, after=after, days=days,
        figures=tuple(
            FigureLine(move.day, move.before, move.after, each)
            for move, each in zip(moves, cells, strict=True)
        ),
        left_out=len(dates) - len(moves), is_own=figure_scope(actor) is FigureScope.OWN,
        kind_now=now, kind_then=then,
        open_follow_ups=_open_follow_ups(session, subject.ref) if now.active > then.active else 0,
    )  # fmt: skip


def _kind_on(history: History[TrackContent], day: date) -> TrackKind | None:
    content = content_on(history, day)
    return None if content is None else content.kind


def _leads(session: Session, ref: DossierRef) -> History[int]:
    rows = known(Assignment.history(session, dossier_id=ref.id))
    return tuple(Stretch(span_of(row), row.user_id) for row in rows)


def _holders(session: Session, ref: DossierRef) -> History[int]:
    rows = known(GuidancePeriod.history(session, dossier_id=ref.id))
    return tuple(Stretch(span_of(row), row.organisation_id) for row in rows)


_WAITING = select(func.count(FollowUp.id)).where(
    FollowUp.dossier_id == bindparam("dossier_id"), FollowUp.ended_at.is_(None)
)


def _open_follow_ups(session: Session, ref: DossierRef) -> int:
    return session.scalar(_WAITING, {"dossier_id": ref.id}) or 0


@dataclass(frozen=True, slots=True)
class Caseload:
    """How many active dossiers somebody held on a day, before and after a correction."""

    name: str
    before: int
    after: int

    @property
    def words(self) -> str:
        """Return it as ``K. Jansen 21 wordt 20``."""
        return f"{self.name} {self.before} wordt {self.after}"


@dataclass(frozen=True, slots=True)
class CaseloadLine:
    """The caseloads that a correction changes on one reference date."""

    day: date
    caseloads: tuple[Caseload, ...]


@dataclass(frozen=True, slots=True)
class AssignmentPreview:
    """What a correction of an assignment changes."""

    before: AssignmentContent
    after: History[AssignmentContent]
    days: tuple[DayChange[int], ...]
    names: dict[int, str]
    figures: tuple[CaseloadLine, ...]
    left_out: int
    was_stopped: bool
    """On some of these dates the dossier was not active: caseloads count active ones only."""
    lead_now: int | None
    lead_then: int | None
    """Who holds it now, and who does after the correction."""


def assignment_preview(
    session: Session,
    actor: Actor,
    subject: Held,
    said: AssignmentCorrection,
    *,
    today: date,
    also: Sequence[date] = (),
) -> AssignmentPreview:
    """Return whose caseload changes on which days; raises ``InvalidInput``."""
    after = corrected_assignment(session, actor, subject, said, today=today)
    days = lead_days(subject.history, after)
    dates = reference_dates(days, today=today, also=also)
    names = names_of(session, {one.content.user_id for one in (*subject.history, *after)})
    tracks = known(TrackPeriod.history(session, dossier_id=subject.ref.id))
    course = tuple(Stretch(span_of(row), row.kind) for row in tracks)
    active = [day for day in dates if (kind := content_on(course, day)) and kind.active]
    shown = active[:FIGURES_SHOWN]
    lines = [
        CaseloadLine(day, _caseloads(session, actor, subject.history, after, day, names))
        for day in shown
    ]
    return AssignmentPreview(
        before=subject.stretch.content, after=after, days=days, names=names, figures=tuple(lines),
        left_out=len(active) - len(shown),
        was_stopped=len(active) < len(dates), lead_now=lead_of(subject.history),
        lead_then=lead_of(after),
    )  # fmt: skip


def _caseloads(
    session: Session,
    actor: Actor,
    before: History[AssignmentContent],
    after: History[AssignmentContent],
    day: date,
    names: dict[int, str],
) -> tuple[Caseload, ...]:
    was, becomes = (content_on(history, day) for history in (before, after))
    found = []
    for content, step in ((was, -1), (becomes, 1)):
        if content is not None:
            held = active_led_by(session, actor, content.user_id, day)
            found.append(Caseload(names[content.user_id], held, held + step))
    return tuple(found)
