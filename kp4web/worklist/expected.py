"""
The due items that ought to be there, and those that are stored.

``expected_items`` computes with ``domain.due`` what ``commands.refresh_due_items`` stores;
``flask --app wsgi worklist verify`` compares the two for every dossier.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    String,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from kp4web.clients.models import Client
from kp4web.domain import due
from kp4web.domain.agreements import Party
from kp4web.domain.due import (
    DossierState,
    DueKind,
    LastHandover,
    OpenAgreement,
    OpenFollowUp,
    OpenQuestion,
    RunningExemption,
    UnreadMessage,
    UnseenCorrection,
    WaitingSignal,
)
from kp4web.domain.handovers import HandoverKind, HandoverState
from kp4web.domain.sanctions import SignalState
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import (
    Corrected,
    Correction,
    Dossier,
    Exemption,
    FeedbackReport,
    Handover,
    SanctionSignal,
)
from kp4web.extensions import AnyRow, rows_of
from kp4web.organisations.models import NORMS, MunicipalityNorms, norms_in
from kp4web.worklist.models import (
    Agreement,
    DueItem,
    FollowUp,
    Message,
    PensionNote,
    ReportQuestion,
)

_IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_SEEN = (
    select(func.count(PensionNote.id))
    .where(PensionNote.dossier_id == Dossier.id, PensionNote.postponed_to.is_(None))
    .scalar_subquery()
)
_POSTPONED = (
    select(PensionNote.postponed_to)
    .where(PensionNote.dossier_id == Dossier.id, PensionNote.postponed_to.is_not(None))
    .order_by(PensionNote.id.desc())
    .limit(1)
    .scalar_subquery()
)
_STATE = (
    select(
        Dossier.id, Dossier.municipality_id, Dossier.holder_id, Dossier.lead_id, Dossier.kind,
        Dossier.track_since, Dossier.planned_end, Dossier.opened_on, Dossier.last_contact_on,
        Client.pension_on, _SEEN.label("seen"), _POSTPONED.label("postponed_to"),
        *NORMS, Exemption.id.label("exemption_id"), Exemption.ends_on,
        Exemption.lapses, Exemption.plan_made_on, Exemption.plan_due_on, Exemption.review_on,
    )
    .join(Client, Client.id == Dossier.client_id)
    .outerjoin(Exemption, and_(Exemption.dossier_id == Dossier.id, Exemption.running()))
    .outerjoin(MunicipalityNorms, MunicipalityNorms.municipality_id == Dossier.municipality_id)
    .where(Dossier.id.in_(_IDS))
)  # fmt: skip
_STORED_OR_OPEN: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(
        literal_column("'stored'").label("source"), DueItem.dossier_id, DueItem.id,
        DueItem.due_on.label("on"), DueItem.user_id, DueItem.organisation_id,
        type_coerce(DueItem.kind, String).label("kind"), DueItem.subject_id,
    ).where(DueItem.dossier_id.in_(_IDS)),
    select(
        literal_column("'follow_up'"), FollowUp.dossier_id, FollowUp.id, FollowUp.due_on,
        FollowUp.user_id, null(), null(), null(),
    ).where(FollowUp.dossier_id.in_(_IDS), FollowUp.ended_at.is_(None)),
    select(
        literal_column("'message'"), Message.dossier_id, Message.id, Message.written_on,
        null(), null(), null(), null(),
    ).where(Message.dossier_id.in_(_IDS), Message.read_at.is_(None)),
    select(
        literal_column("'agreement'"), Agreement.dossier_id, Agreement.id, Agreement.due_on,
        null(), null(), type_coerce(Agreement.who, String), null(),
    ).where(
        Agreement.dossier_id.in_(_IDS), Agreement.ended_at.is_(None), Agreement.due_on.is_not(None)
    ),
    select(
        literal_column("'signal'"), SanctionSignal.dossier_id, SanctionSignal.id,
        SanctionSignal.state_on, null(), null(), type_coerce(SanctionSignal.state, String), null(),
    ).where(SanctionSignal.dossier_id.in_(_IDS)),
    select(
        literal_column("'question'"), ReportQuestion.dossier_id, ReportQuestion.id,
        func.coalesce(ReportQuestion.answered_on, ReportQuestion.asked_on),
        null(), null(), case((ReportQuestion.answered_at.is_not(None), "answered")), null(),
    ).where(ReportQuestion.dossier_id.in_(_IDS), ReportQuestion.ended_at.is_(None)),
    select(
        literal_column("'correction'"), Correction.dossier_id, Correction.id,
        Correction.corrected_on, null(), null(), null(), null(),
    ).where(
        Correction.dossier_id.in_(_IDS), Correction.subject == Corrected.PROFILE,
        Correction.seen_at.is_(None),
    ),
    select(
        literal_column("'handover'"), Handover.dossier_id, Handover.id,
        func.coalesce(FeedbackReport.written_on, Handover.ended_on, Handover.offered_on),
        null(), null(), type_coerce(Handover.state, String), FeedbackReport.id,
    ).outerjoin(FeedbackReport, FeedbackReport.handover_id == Handover.id).where(
        Handover.dossier_id.in_(_IDS), Handover.kind == HandoverKind.KP3,
        or_(
            Handover.state == HandoverState.OFFERED,
            and_(
                Handover.state == HandoverState.ACCEPTED, Handover.guided_until.is_(None),
                FeedbackReport.read_at.is_(None),
            ),
        ),
    ),
)  # fmt: skip
"""What is stored and what is waited for, in one statement: every command asks for both."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One due item as it is stored, without its id."""

    dossier_id: int
    municipality_id: int
    organisation_id: int
    kind: DueKind
    due_on: date
    user_id: int | None
    subject_id: int | None

    @property
    def key(self) -> tuple[Any, ...]:
        """Return what makes two rows the same."""
        return (
            self.dossier_id, self.organisation_id, str(self.kind), self.due_on,
            self.user_id, self.subject_id,
        )  # fmt: skip

    @property
    def columns(self) -> dict[str, Any]:
        """Return the row as it is inserted."""
        return {name: getattr(self, name) for name in self.__slots__}


def expected_items(session: Session, dossier_ids: Sequence[int]) -> dict[int, list[ItemRow]]:
    """Return per dossier the due items that must be there, computed anew."""
    return expected_and_stored(session, dossier_ids)[0]


def expected_and_stored(
    session: Session, dossier_ids: Sequence[int], changed: Mapping[str, Any] | None = None
) -> tuple[dict[int, list[ItemRow]], dict[tuple[Any, ...], int]]:
    """
    Return the due items that must be there, and those stored: what they say, and their row.

    ``changed``: columns of the dossiers that are about to be stored.
    """
    waiting: dict[int, list[AnyRow]] = {}
    stored: dict[tuple[Any, ...], int] = {}
    for row in rows_of(session, _STORED_OR_OPEN, {"ids": dossier_ids}):
        if row.source == "stored":
            stored[_key_of(row)] = row.id
        else:
            waiting.setdefault(row.dossier_id, []).append(row)
    states = rows_of(session, _STATE, {"ids": dossier_ids})
    wanted = {row.id: list(_items(row, waiting.get(row.id, ()), changed or {})) for row in states}
    return wanted, stored


def _key_of(row: AnyRow) -> tuple[Any, ...]:
    """Return what ``ItemRow.key`` says, of a stored row."""
    return (
        row.dossier_id, row.organisation_id, str(row.kind), row.on, row.user_id, row.subject_id,
    )  # fmt: skip


def _items(row: AnyRow, waiting: Iterable[AnyRow], changed: Mapping[str, Any]) -> Iterable[ItemRow]:
    norms = norms_in(row)
    for item in due.due_items(_state(row, tuple(waiting), changed), norms):
        yield ItemRow(
            dossier_id=row.id, municipality_id=row.municipality_id,
            organisation_id=row.holder_id, kind=item.kind, due_on=item.due_on,
            user_id=None if item.for_coordinator else item.user_id or row.lead_id,
            subject_id=item.subject_id,
        )  # fmt: skip


def _state(row: AnyRow, waiting: tuple[AnyRow, ...], changed: Mapping[str, Any]) -> DossierState:
    return DossierState(
        kind=TrackKind(row.kind), track_since=row.track_since, planned_end=row.planned_end,
        opened_on=row.opened_on,
        last_contact_on=changed.get("last_contact_on", row.last_contact_on),
        has_lead=row.lead_id is not None, aow_on=row.pension_on,
        pension_seen=bool(row.seen), pension_postponed_to=row.postponed_to,
        follow_ups=tuple(
            OpenFollowUp(w.id, w.on, w.user_id) for w in waiting if w.source == "follow_up"
        ),
        messages=tuple(UnreadMessage(w.id, w.on) for w in waiting if w.source == "message"),
        agreements=tuple(
            OpenAgreement(w.id, w.on, is_ours=w.kind == Party.CONSULTANT)
            for w in waiting if w.source == "agreement"
        ),
        exemption=_exemption(row),
        signals=tuple(
            WaitingSignal(w.id, SignalState(w.kind), w.on) for w in waiting if w.source == "signal"
        ),
        questions=tuple(
            OpenQuestion(w.id, w.on, is_answered=w.kind == "answered")
            for w in waiting if w.source == "question"
        ),
        corrections=tuple(
            UnseenCorrection(w.id, w.on) for w in waiting if w.source == "correction"
        ),
        handover=next((_handover(w) for w in waiting if w.source == "handover"), None),
    )  # fmt: skip


def _handover(row: AnyRow) -> LastHandover:
    has_feedback = row.subject_id is not None
    return LastHandover(row.id, HandoverState(row.kind), row.on, has_feedback)


def _exemption(row: AnyRow) -> RunningExemption | None:
    if row.exemption_id is None:
        return None
    plan_due_on = None if row.plan_made_on else row.plan_due_on
    return RunningExemption(row.ends_on, row.lapses, plan_due_on, row.review_on)
