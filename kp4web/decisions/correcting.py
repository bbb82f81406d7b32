"""
Correcting a klantprofiel that was determined: what is known better takes the place of the row.

The decision stays the same one (``first_id``), so what was offered to the municipality needs no
change. Who guides the resident is told: the correction waits on the work list until it is seen.
"""

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy.orm import Session

from kp4web.applications.commands import close, record_at
from kp4web.applications.models import Application, ApplicationDecision, ElsewhereScore
from kp4web.applications.queries import ApplicationRef
from kp4web.audit.commands import record
from kp4web.corrections.commands import Statement, own_mark, sent_before
from kp4web.corrections.models import Corrected, Correction
from kp4web.decisions.corrected import (
    Resident,
    Subject,
    application_of,
    becomes,
    content_of,
    decision_for,
    moment,
    resident_after,
)
from kp4web.decisions.intentions import CorrectProfile, check_note
from kp4web.domain.actor import Actor
from kp4web.domain.applications import ApplicationState, Closing
from kp4web.domain.corrections import check_texts
from kp4web.domain.errors import DomainError
from kp4web.domain.periods import rewrite
from kp4web.domain.policy import Action, require
from kp4web.domain.profile_corrections import Course, DecisionContent, course_of
from kp4web.dossiers.models import ProfileDecision
from kp4web.handovers.commands import offer_handover
from kp4web.worklist.commands import refresh_due_items

CHANGED_MEANWHILE = (
    "Er is iets gewijzigd bij deze aanvraag terwijl u keek. Uw correctie is niet vastgelegd. "
    "Bekijk opnieuw wat die verandert."
)


def correct_profile(
    session: Session,
    actor: Actor,
    decision_id: int,
    said: CorrectProfile,
    statement: Statement,
    *,
    now: datetime,
    today: date,
) -> ApplicationRef:
    """
    Correct a decision of the own organisation, however far back; sent twice, it is done once.

    Raises ``InvalidInput`` at the field, ``DomainError`` when something changed meanwhile,
    ``Forbidden`` or ``NotFound``.
    """
    require(actor, Action.PROFILE_DECIDE)
    ref = application_of(session, actor, decision_id, lock=True)
    if sent_before(session, actor, statement, Correction.application_id == ref.id):
        return ref
    subject = decision_for(session, actor, decision_id, lock=True)
    check_texts(statement.why, "")
    content = becomes(subject, said, today=today)
    course = course_of(subject.place, subject.content.profile, content.profile)
    if course is Course.OFFERS:
        check_note(said.decision.note)
    if subject.basis != statement.basis:
        raise DomainError(CHANGED_MEANWHILE)
    at = moment(subject, now)
    decision = _replace(session, subject, content, at=at)
    if subject.resident is not None:
        _rewrite(session, subject, subject.resident, content, at=at)
    correction = _note(session, actor, subject, statement, at=at, today=today)
    if subject.resident is not None:
        refresh_due_items(session, [subject.resident.dossier.id])
    _record(session, actor, subject, correction, now=at)
    _go_on(session, actor, subject, decision, course, said.decision.note, now=at, today=today)
    return ref


def _replace(
    session: Session, subject: Subject, content: DecisionContent, *, at: datetime
) -> ApplicationDecision:
    """Supersede the row, and add what we know better: decided by the same person as before."""
    row, values = subject.row, asdict(content)
    scores = values.pop("scores")
    row.superseded_at = at
    session.flush()  # before the insert: two known rows of one decision are refused
    decision = ApplicationDecision(
        first_id=row.origin_id, application_id=row.application_id,
        organisation_id=row.organisation_id, decided_at=row.decided_at,
        decided_by_id=row.decided_by_id, recorded_at=at, **values,
    )  # fmt: skip
    session.add(decision)
    session.flush()
    session.add_all(
        ElsewhereScore(decision_id=decision.id, life_area=area, score=score)
        for area, score in scores
    )
    session.flush()
    return decision


def _rewrite(
    session: Session,
    subject: Subject,
    resident: Resident,
    content: DecisionContent,
    *,
    at: datetime,
) -> None:
    """Let the profiles of the resident say the same: still determined by who determined it."""
    after = resident_after(resident, content)
    wanted = [(one.span, one.content) for one in after]
    plan = rewrite(resident.rows, wanted, content_of, at=at)
    ProfileDecision.rewrite(
        session, plan, key={"client_id": resident.dossier.client_id},
        values=lambda said: dict(zip(ProfileDecision.content, said, strict=True)),
        recorded_by_id=subject.row.decided_by_id,
    )  # fmt: skip


def _note(
    session: Session, actor: Actor, subject: Subject, statement: Statement,
    *, at: datetime, today: date,
) -> Correction:  # fmt: skip
    resident = subject.resident
    correction = Correction(
        dossier_id=resident.dossier.id if resident else None, application_id=subject.ref.id,
        municipality_id=subject.ref.municipality_id, subject=Corrected.PROFILE,
        why=statement.why.strip(), replaced=[subject.row.id], corrected_on=today, recorded_at=at,
        recorded_by_id=actor.id, submission=own_mark(actor, statement),
    )  # fmt: skip
    session.add(correction)
    session.flush()
    return correction


def _record(
    session: Session, actor: Actor, subject: Subject, correction: Correction, *, now: datetime
) -> None:
    """Queue the log entry; of a resident it is one of the dossier too, for who guides."""
    if subject.resident is None:
        record_at(session, actor, subject.ref, "profile_correct", now=now, correction=correction.id)
        return
    dossier = subject.resident.dossier
    record(
        session, actor, "profile_correct", now=now, subjects=[dossier.client_id],
        dossier_id=dossier.id, municipality_id=dossier.municipality_id,
        relation=subject.ref.relations, application=subject.ref.id, correction=correction.id,
    )  # fmt: skip


def _go_on(
    session: Session, actor: Actor, subject: Subject, decision: ApplicationDecision,
    course: Course, note: str, *, now: datetime, today: date,
) -> None:  # fmt: skip
    """Let the application end, or go to the municipality after all."""
    if course is Course.STAYS:
        return
    application = session.get_one(Application, subject.ref.id)
    if course is Course.CLOSES:
        close(application, actor, Closing.PROFILE, "", now=now, today=today)
        session.flush()
        return
    application.closing = application.closed_on = application.closed_at = None
    application.closed_by_id, application.closing_note = None, ""
    application.state = ApplicationState.OPEN
    offer_handover(session, actor, application, decision, note, now=now, today=today)
