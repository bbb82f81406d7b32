"""
Comparing every due item and every projection with the facts they follow from.

Dossiers come in batches, each read with the same few queries, so that a hundred thousand of
them need no more memory than five hundred. Run it in one snapshot: see ``cli``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.applications.models import Application, ApplicationDecision
from kp4web.caseload.models import Assignment
from kp4web.conversations.models import ContactAttempt, Conversation
from kp4web.domain.applications import ApplicationState, state_of
from kp4web.domain.attempts import attempts_since
from kp4web.domain.due import Norms, ReceivedHandover, received_items
from kp4web.domain.tracks import TrackKind, ran_since
from kp4web.dossiers.models import (
    Dossier,
    GuidancePeriod,
    SanctionSignal,
    SanctionStep,
    TrackPeriod,
)
from kp4web.extensions import AnyRow
from kp4web.handovers.models import FeedbackReport, Handover, HandoverKind, HandoverState
from kp4web.organisations.models import MunicipalityNorms
from kp4web.questionnaires.models import Questionnaire, QuestionnaireState
from kp4web.worklist.models import DueItem
from kp4web.worklist.queries import expected_items

BATCH = 500
_IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_AFTER: BindParameter[int] = bindparam("after")
_PROJECTED = (
    "opened_on", "kind", "track_since", "planned_end", "holder_id", "lead_id", "last_contact_on",
    "attempts_since_contact", "next_due_on",
)  # fmt: skip
_DOSSIERS = (
    select(
        Dossier.id, Dossier.number, *(getattr(Dossier, name) for name in _PROJECTED),
        User.organisation_id.label("led_from"),
    )
    .outerjoin(User, User.id == Dossier.lead_id)
    .where(Dossier.id > _AFTER)
    .order_by(Dossier.id)
    .limit(bindparam("batch"))
)  # fmt: skip
_TRACKS = (
    select(
        TrackPeriod.dossier_id, TrackPeriod.kind, TrackPeriod.valid_from, TrackPeriod.valid_to,
        TrackPeriod.planned_end,
    )
    .where(TrackPeriod.dossier_id.in_(_IDS), TrackPeriod.superseded_at.is_(None))
    .order_by(TrackPeriod.dossier_id, TrackPeriod.valid_from)
)  # fmt: skip
_OPENINGS = (
    select(GuidancePeriod.dossier_id, func.min(GuidancePeriod.valid_from))
    .where(GuidancePeriod.dossier_id.in_(_IDS), GuidancePeriod.superseded_at.is_(None))
    .group_by(GuidancePeriod.dossier_id)
)
_HOLDERS = select(GuidancePeriod.dossier_id, GuidancePeriod.organisation_id).where(
    GuidancePeriod.dossier_id.in_(_IDS), GuidancePeriod.running()
)
_LEADS = select(Assignment.dossier_id, Assignment.user_id).where(
    Assignment.dossier_id.in_(_IDS), Assignment.running()
)
_CONTACTS = (
    select(Conversation.dossier_id, func.max(Conversation.held_on))
    .where(Conversation.dossier_id.in_(_IDS), Conversation.is_contact)
    .group_by(Conversation.dossier_id)
)
_TRIED = (
    select(ContactAttempt.dossier_id, ContactAttempt.held_on)
    .where(ContactAttempt.dossier_id.in_(_IDS))
    .order_by(ContactAttempt.dossier_id)
)
_STORED = select(
    DueItem.dossier_id, DueItem.municipality_id, DueItem.organisation_id, DueItem.kind,
    DueItem.due_on, DueItem.user_id, DueItem.subject_id,
).where(DueItem.dossier_id.in_(_IDS))  # fmt: skip
_LAST_STEP = (
    select(SanctionStep.state)
    .where(SanctionStep.signal_id == SanctionSignal.id)
    .order_by(SanctionStep.id.desc())
    .limit(1)
    .scalar_subquery()
)
_STRAY_SIGNALS = select(SanctionSignal.dossier_id, SanctionSignal.id).where(
    SanctionSignal.dossier_id.in_(_IDS), SanctionSignal.state != _LAST_STEP
)
_HANDOVERS = (
    select(
        Handover.id, Handover.kind, Handover.municipality_id, Handover.to_organisation_id,
        Handover.state, Handover.offered_on, Handover.ended_on, Handover.coach_id,
        and_(
            Handover.kind == HandoverKind.KP3, Handover.state == HandoverState.ACCEPTED,
            Handover.guided_until.is_(None),
        ).label("guides"),
        FeedbackReport.id.label("feedback_id"), Dossier.kind.label("track"), MunicipalityNorms,
    )
    .outerjoin(Dossier, Dossier.id == Handover.dossier_id)
    .outerjoin(FeedbackReport, FeedbackReport.handover_id == Handover.id)
    .outerjoin(MunicipalityNorms, MunicipalityNorms.municipality_id == Handover.municipality_id)
    .where(Handover.id > _AFTER)
    .order_by(Handover.id)
    .limit(bindparam("batch"))
)  # fmt: skip
_STORED_HANDOVERS = select(
    DueItem.handover_id, DueItem.municipality_id, DueItem.organisation_id, DueItem.kind,
    DueItem.due_on, DueItem.user_id,
).where(DueItem.handover_id.in_(_IDS))  # fmt: skip

_LAST_HANDOVER = (
    select(Handover.state)
    .where(Handover.application_id == Application.id)
    .order_by(Handover.offered_at.desc(), Handover.id.desc())
    .limit(1)
    .scalar_subquery()
)
_LAST_DECIDED_AT = (
    select(func.max(ApplicationDecision.decided_at))
    .where(ApplicationDecision.application_id == Application.id)
    .correlate(Application)
    .scalar_subquery()
)
_RUNNING = exists().where(
    Questionnaire.application_id == Application.id,
    Questionnaire.state == QuestionnaireState.OPEN,
)
_UNDECIDED_OUTCOME = exists().where(
    Questionnaire.application_id == Application.id,
    Questionnaire.state == QuestionnaireState.COMPLETED,
    or_(_LAST_DECIDED_AT.is_(None), Questionnaire.ended_at > _LAST_DECIDED_AT),
)
_APPLICATIONS = (
    select(
        Application.id, Application.state,
        Application.closed_at.is_not(None).label("closed"),
        _LAST_HANDOVER.label("handover"), _RUNNING.label("running"),
        _UNDECIDED_OUTCOME.label("undecided_outcome"),
        and_(
            Application.state == ApplicationState.ACCEPTED,
            exists().where(
                Questionnaire.application_id == Application.id,
                Questionnaire.state == QuestionnaireState.COMPLETED,
                Questionnaire.dossier_id.is_(None),
            ),
        ).label("left_behind"),
    )
    .where(Application.id > _AFTER)
    .order_by(Application.id)
    .limit(bindparam("batch"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """Something stored that the facts contradict; ``subject`` is a number, never a name."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """How many dossiers, hand-overs or applications were compared, and what is wrong with them."""

    compared: int
    differences: tuple[Difference, ...]


def verify_dossiers(session: Session, *, batch: int = BATCH, after: int = 0) -> Iterator[Batch]:
    """Yield the outcome for each batch of dossiers, those with an id up to ``after`` left out."""
    while rows := session.execute(_DOSSIERS, {"after": after, "batch": batch}).all():
        yield Batch(len(rows), tuple(_compare(session, rows)))
        after = rows[-1].id


def _compare(session: Session, rows: Sequence[AnyRow]) -> Iterator[Difference]:
    given = {"ids": [row.id for row in rows]}
    facts = _facts(session, given)
    wanted = expected_items(session, given["ids"])
    stray = {row[0]: row[1] for row in session.execute(_STRAY_SIGNALS, given)}
    stored: dict[int, list[AnyRow]] = {}
    for item in session.execute(_STORED, given):
        stored.setdefault(item.dossier_id, []).append(item)
    for row in rows:
        items = wanted[row.id]
        told = facts[row.id] | {"next_due_on": min((i.due_on for i in items), default=None)}
        for name in _PROJECTED:
            if getattr(row, name) != told.get(name):
                text = f"{name} is {getattr(row, name)}, de feiten zeggen {told.get(name)}"
                yield Difference(row.number, text)
        for text in _item_differences(map(_item, items), map(_item, stored.get(row.id, ()))):
            yield Difference(row.number, text)
        if row.led_from not in {None, row.holder_id}:
            text = f"lead_id is {row.lead_id}, van een andere organisatie dan holder_id zegt"
            yield Difference(row.number, text)
        if row.id in stray:
            text = "de stand van het maatregelsignaal is niet die van de laatste stap"
            yield Difference(row.number, text)


def _facts(session: Session, given: dict[str, list[int]]) -> dict[int, dict[str, Any]]:
    """Return per dossier what its projections must be, from the facts alone."""
    facts: dict[int, dict[str, Any]] = {dossier_id: {} for dossier_id in given["ids"]}
    tracks = session.execute(_TRACKS, given)
    for dossier_id, spells in groupby(tracks, lambda row: row.dossier_id):
        course = list(spells)
        facts[dossier_id] |= {
            "kind": course[-1].kind, "track_since": ran_since(course),
            "planned_end": course[-1].planned_end,
        }  # fmt: skip
    for name, query in (
        ("opened_on", _OPENINGS), ("holder_id", _HOLDERS), ("lead_id", _LEADS),
        ("last_contact_on", _CONTACTS),
    ):  # fmt: skip
        for dossier_id, value in session.execute(query, given):
            facts[dossier_id][name] = value
    tried: dict[int, list[date]] = {}
    for dossier_id, day in session.execute(_TRIED, given):
        tried.setdefault(dossier_id, []).append(day)
    for dossier_id, fact in facts.items():
        days = tried.get(dossier_id, ())
        fact["attempts_since_contact"] = attempts_since(days, fact.get("last_contact_on"))
    return facts


Key = tuple[str, date, int, int, int | None, int | None]


def _item(row: Any) -> Key:
    """Return all that a due item says, apart from its own id."""
    return (
        str(row.kind), row.due_on, row.municipality_id, row.organisation_id, row.user_id,
        row.subject_id,
    )  # fmt: skip


def _item_differences(wanted: Iterable[Key], stored: Iterable[Key]) -> Iterator[str]:
    ought, there = Counter(wanted), Counter(stored)
    for key in sorted((ought - there), key=repr):
        yield f"{_said(key)} ontbreekt"
    for key in sorted((there - ought), key=repr):
        yield f"{_said(key)} hoort er niet te zijn"


def _said(key: Key) -> str:
    kind, due_on, _municipality, organisation, user, subject = key
    parts = {"organisation": organisation, "user": user, "subject": subject}
    return f"{kind} {due_on} " + " ".join(f"{k}={v}" for k, v in parts.items() if v is not None)


def verify_handovers(session: Session, *, batch: int = BATCH) -> Iterator[Batch]:
    """Yield the outcome for each batch of hand-overs: what the receiver has to do about them."""
    after = 0
    while rows := session.execute(_HANDOVERS, {"after": after, "batch": batch}).all():
        yield Batch(len(rows), tuple(_compare_handovers(session, rows)))
        after = rows[-1].id


def _compare_handovers(session: Session, rows: Sequence[AnyRow]) -> Iterator[Difference]:
    stored: dict[int, list[Key]] = {}
    for item in session.execute(_STORED_HANDOVERS, {"ids": [row.id for row in rows]}):
        key = (str(item.kind), item.due_on, item.municipality_id, item.organisation_id,
               item.user_id, None)  # fmt: skip
        stored.setdefault(item.handover_id, []).append(key)
    for row in rows:
        for text in _item_differences(_received_items(row), stored.get(row.id, ())):
            yield Difference(f"overdracht {row.id}", text)
        if _guided_wrongly(row):
            yield Difference(f"overdracht {row.id}", "het traject past niet bij de overdracht")


def _received_items(row: AnyRow) -> Iterator[Key]:
    norms = row.MunicipalityNorms.norms if row.MunicipalityNorms else Norms()
    handover = ReceivedHandover(
        row.id, row.kind, row.state, row.offered_on, row.ended_on, row.coach_id,
        awaits_feedback=bool(row.guides) and row.feedback_id is None,
    )  # fmt: skip
    for item in received_items(handover, norms):
        yield (
            str(item.kind), item.due_on, row.municipality_id, row.to_organisation_id,
            item.user_id, None,
        )  # fmt: skip


def _guided_wrongly(row: AnyRow) -> bool:
    """Return whether a dossier has two guiding organisations, or is offered outside KP3."""
    offered = row.kind is HandoverKind.KP3 and row.state is HandoverState.OFFERED
    active = row.track is not None and row.track is not TrackKind.STOPPED
    return (row.guides and active) or (offered and row.track is not TrackKind.KP3)


def verify_applications(session: Session, *, batch: int = BATCH, after: int = 0) -> Iterator[Batch]:
    """Yield the outcome for each batch of applications: where they stand by what happened."""
    while rows := session.execute(_APPLICATIONS, {"after": after, "batch": batch}).all():
        yield Batch(len(rows), tuple(_compare_applications(rows)))
        after = rows[-1].id


def _compare_applications(rows: Sequence[AnyRow]) -> Iterator[Difference]:
    for row in rows:
        told = state_of(
            closed=row.closed, running=row.running, undecided_outcome=row.undecided_outcome,
            offered=row.handover is HandoverState.OFFERED,
            accepted=row.handover is HandoverState.ACCEPTED,
            returned=row.handover in {HandoverState.RETURNED, HandoverState.WITHDRAWN},
        )  # fmt: skip
        if row.state is not told:
            text = f"state is {row.state.value}, de feiten zeggen {told.value}"
            yield Difference(f"aanvraag {row.id}", text)
        if row.left_behind:
            yield Difference(f"aanvraag {row.id}", "een vragenlijst ging niet mee naar het dossier")
