"""
Every write of a correction: the history that we know better in the place of the one we knew.

What was known stays readable: rows are superseded and added, never changed. Projections and due
items follow in the same transaction.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from kp4web.caseload.models import Assignment
from kp4web.corrections.models import Corrected, Correction
from kp4web.corrections.queries import (
    NO_FACT,
    Held,
    Track,
    assignment_content,
    assignment_for,
    corrected_assignment,
    corrected_track,
    lead_of,
    track_content,
    track_for,
)
from kp4web.domain.actor import Actor
from kp4web.domain.corrections import (
    ASSIGNMENT_REASON_MAX,
    AssignmentCorrection,
    TrackContent,
    TrackCorrection,
    check_texts,
)
from kp4web.domain.errors import DomainError, NotFound
from kp4web.domain.periods import Rewrite, Span, known, rewrite
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.domain.stretches import History
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.models import Dossier, GuidancePeriod, TrackPeriod
from kp4web.dossiers.queries import DossierRef, dossier_ref, dossier_ref_by_id
from kp4web.tracks.commands import project_track, settle_handover
from kp4web.worklist.commands import end_follow_ups, refresh_due_items
from kp4web.worklist.models import FollowUpEnding

CHANGED_MEANWHILE = (
    "Het verloop van dit dossier is gewijzigd terwijl u keek. Er is niets veranderd. "
    "Bekijk opnieuw wat uw correctie verandert."
)

_OF_PROFILE = select(Correction).where(
    Correction.id == bindparam("id"), Correction.subject == Corrected.PROFILE
)


@dataclass(frozen=True)
class Statement:
    """Why something is corrected, on which history that was decided, and in which form."""

    why: str
    basis: str
    submission: str | None = None


def correct_track(
    session: Session,
    actor: Actor,
    number: str,
    track_id: int,
    said: TrackCorrection,
    statement: Statement,
    *,
    now: datetime,
    today: date,
) -> DossierRef:
    """
    Correct a track of a dossier, however far back; sent twice, it is done once.

    Raises ``InvalidInput`` at the field, ``DomainError`` when the history changed meanwhile,
    ``Forbidden`` or ``NotFound``.
    """
    require(actor, Action.TRACK_CHANGE)
    ref = dossier_ref(session, actor, number, lock=True)
    if sent_before(session, actor, statement, Correction.dossier_id == ref.id):
        return ref
    subject = track_for(session, actor, number, track_id, lock=True)
    check_texts(statement.why, said.content.reason if said.content else "")
    after = corrected_track(session, actor, subject, said, today=today)
    _require_same(subject, statement)
    plan = rewrite(subject.rows, [(one.span, one.content) for one in after], track_content, at=now)
    key = {"dossier_id": subject.ref.id, "municipality_id": subject.ref.municipality_id}
    TrackPeriod.rewrite(session, plan, key=key, values=asdict, recorded_by_id=actor.id)
    _move_opening(session, actor, subject.ref, after, now=now)
    dossier = project_track(session, subject.ref.id)
    if subject.ref.is_active and not dossier.kind.active:
        end_follow_ups(
            session, actor, subject.ref, None, FollowUpEnding.CLOSED, now=now, today=today
        )
    settle_handover(session, actor, subject.ref, dossier.kind, now=now, today=today)
    return _finish(session, actor, subject, Corrected.TRACK, statement, plan, today=today)


def correct_assignment(
    session: Session,
    actor: Actor,
    number: str,
    assignment_id: int,
    said: AssignmentCorrection,
    statement: Statement,
    *,
    now: datetime,
    today: date,
) -> DossierRef:
    """Correct who held a dossier, however far back; raises as ``correct_track``."""
    require(actor, Action.DOSSIER_ASSIGN)
    ref = dossier_ref(session, actor, number, lock=True)
    if sent_before(session, actor, statement, Correction.dossier_id == ref.id):
        return ref
    subject = assignment_for(session, actor, number, assignment_id, lock=True)
    reason = said.content.reason if said.content else ""
    check_texts(statement.why, reason, reason_max=ASSIGNMENT_REASON_MAX)
    after = corrected_assignment(session, actor, subject, said, today=today)
    _require_same(subject, statement)
    plan = rewrite(
        subject.rows, [(one.span, one.content) for one in after], assignment_content, at=now
    )
    key = {"dossier_id": subject.ref.id, "municipality_id": subject.ref.municipality_id}
    Assignment.rewrite(session, plan, key=key, values=asdict, recorded_by_id=actor.id)
    session.get_one(Dossier, subject.ref.id).lead_id = lead_of(after)
    return _finish(session, actor, subject, Corrected.ASSIGNMENT, statement, plan, today=today)


def see_correction(
    session: Session, actor: Actor, correction_id: int, *, now: datetime
) -> DossierRef:
    """
    Note that who guides has seen a correction by the work agency; once is enough.

    Raises ``NotFound`` out of reach, or ``Forbidden``.
    """
    require(actor, Action.DUE_ITEM_SETTLE)
    correction = session.scalar(_OF_PROFILE, {"id": correction_id})
    if correction is None or correction.dossier_id is None:
        raise NotFound(NO_FACT)
    ref = dossier_ref_by_id(session, actor, correction.dossier_id, lock=True)
    ref.require(Field.TRACK, Access.WRITE)
    session.refresh(correction)
    if correction.seen_at is None:
        correction.seen_at, correction.seen_by_id = now, actor.id
        session.flush()
        refresh_due_items(session, [ref.id])
        record_in(session, actor, ref, "correction_seen", now=now, correction=correction.id)
    return ref


def sent_before(
    session: Session, actor: Actor, statement: Statement, about: ColumnElement[bool]
) -> bool:
    """Return whether this form made its correction before; what it is about is locked."""
    if statement.submission is None:
        return False
    mark = Correction.submission == own_mark(actor, statement)
    return session.scalar(select(Correction.id).where(mark, about)) is not None


def own_mark(actor: Actor, statement: Statement) -> str | None:
    """Return the submission as it is stored: two users can never clash."""
    return f"{actor.id}:{statement.submission}" if statement.submission else None


def _require_same(subject: Track | Held, statement: Statement) -> None:
    """Raise ``DomainError`` unless it is the history on the screen that is corrected."""
    if subject.basis != statement.basis:
        raise DomainError(CHANGED_MEANWHILE)


def _move_opening(
    session: Session, actor: Actor, ref: DossierRef, after: History[TrackContent], *, now: datetime
) -> None:
    """Let the guidance begin, and the dossier open, on the first day of the first track."""
    opened_on = after[0].span.valid_from
    if opened_on == ref.opened_on:
        return
    rows = GuidancePeriod.history(session, dossier_id=ref.id)
    first, *rest = known(rows)
    wanted = [
        (Span(opened_on, first.valid_to), first.organisation_id),
        *((Span(row.valid_from, row.valid_to), row.organisation_id) for row in rest),
    ]
    GuidancePeriod.rewrite(
        session, rewrite(rows, wanted, lambda row: row.organisation_id, at=now),
        key={"dossier_id": ref.id, "municipality_id": ref.municipality_id},
        values=lambda organisation_id: {"organisation_id": organisation_id},
        recorded_by_id=actor.id,
    )  # fmt: skip
    session.get_one(Dossier, ref.id).opened_on = opened_on


def _finish(
    session: Session,
    actor: Actor,
    subject: Track | Held,
    kind: Corrected,
    statement: Statement,
    plan: Rewrite[Any, Any],
    *,
    today: date,
) -> DossierRef:
    """Record who corrected it and why, and let what follows from the facts follow."""
    ref = subject.ref
    correction = Correction(
        dossier_id=ref.id, municipality_id=ref.municipality_id, subject=kind,
        why=statement.why.strip(), replaced=[row.id for row in plan.superseded],
        corrected_on=today, recorded_at=plan.at, recorded_by_id=actor.id,
        submission=own_mark(actor, statement),
    )  # fmt: skip
    session.add(correction)
    session.flush()
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, f"{kind.value}_correct", now=plan.at, correction=correction.id)
    return ref
