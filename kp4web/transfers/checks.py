"""
What stands in the way of moving each dossier, and what comes along: one statement for all of them.

The rules are in ``domain.transfers``; the page shows what this finds, and the execution asks again.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    and_,
    bindparam,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import String

from kp4web.accessrequests.models import AccessRequest
from kp4web.accounts.models import ReasonGrant, User, UserRole
from kp4web.clients.models import Client
from kp4web.domain.accessrequests import RequestState
from kp4web.domain.actor import Role
from kp4web.domain.drafts import About
from kp4web.domain.due import DueKind
from kp4web.domain.handovers import HandoverKind, HandoverState
from kp4web.domain.sanctions import SignalState
from kp4web.domain.tracks import TrackKind
from kp4web.domain.transfers import Finding, decision_until
from kp4web.dossiers.models import Dossier, Handover, SanctionSignal
from kp4web.drafts.models import Draft
from kp4web.extensions import AnySelect
from kp4web.questionnaires.models import Questionnaire
from kp4web.transfers.models import TransferDossier
from kp4web.worklist.models import DueItem, FollowUp, PlannedTalk, ReportQuestion

DECISIONS = (
    DueKind.CLASSIFY, DueKind.REST_DECISION, DueKind.PENSION_REACHED, DueKind.EXEMPTION_END,
    DueKind.EXEMPTION_PLAN, DueKind.EXEMPTION_REVIEW,
)  # fmt: skip
"""Due items for which somebody has to know the resident."""


class Place(Protocol):
    """What the checks need to know of a transfer."""

    @property
    def id(self) -> int:
        """Return its id."""

    @property
    def from_organisation_id(self) -> int:
        """Return which organisation gives."""

    @property
    def to_organisation_id(self) -> int:
        """Return which organisation receives."""

    @property
    def effective_on(self) -> date:
        """Return the day on which it takes effect."""


_FROM: BindParameter[int] = bindparam("giver")
_TO: BindParameter[int] = bindparam("receiver")
_CHOSEN = TransferDossier.transfer_id == bindparam("transfer_id")
_OF = TransferDossier.dossier_id
_WAITS = FollowUp.ended_at.is_(None)
_COLLEAGUE = aliased(User)
_OTHER, _OTHER_CLIENT, _OTHER_ROW = aliased(Dossier), aliased(Client), aliased(TransferDossier)
_CAN_FINISH = and_(User.organisation_id == _FROM, User.closed_at.is_(None))
_IS_CHOSEN = (
    select(_OTHER_ROW.dossier_id)
    .where(_OTHER_ROW.transfer_id == TransferDossier.transfer_id,
           _OTHER_ROW.dossier_id == _OTHER.id)
    .exists()
)  # fmt: skip
_CAN_RECEIVE = (
    select(User.id)
    .join(UserRole, UserRole.user_id == User.id)
    .where(
        User.id == TransferDossier.receiver_id, User.organisation_id == _TO,
        User.closed_at.is_(None), UserRole.role == Role.CONSULTANT, UserRole.revoked_at.is_(None),
    )
    .exists()
)  # fmt: skip


def _branch(finding: Finding, *joins: tuple[Any, Any], who: Any = None) -> AnySelect:
    """Return the dossiers that have what is joined, with the name of whom it waits for."""
    name = null() if who is None else type_coerce(who, String)
    query: AnySelect = select(
        literal_column(f"'{finding.value}'").label("finding"), _OF.label("dossier_id"),
        name.label("who"),
    )  # fmt: skip
    for target, condition in joins:
        query = query.join(target, condition)
    return query.where(_CHOSEN)


_DOSSIER = (Dossier, Dossier.id == _OF)
_OPEN_FOLLOW_UP = (FollowUp, and_(FollowUp.dossier_id == _OF, _WAITS))


def _signal(*states: SignalState) -> tuple[Any, Any]:
    return (
        SanctionSignal,
        and_(SanctionSignal.dossier_id == _OF, SanctionSignal.state.in_(states)),
    )


_CHECKS: CompoundSelect[*tuple[Any, ...]] = union_all(
    _branch(Finding.ELSEWHERE, _DOSSIER).where(Dossier.holder_id != _FROM),
    _branch(Finding.STOPPED, _DOSSIER).where(
        Dossier.holder_id == _FROM, Dossier.kind == TrackKind.STOPPED
    ),
    _branch(
        Finding.HANDOVER_OPEN,
        (Handover, and_(Handover.dossier_id == _OF, Handover.kind == HandoverKind.KP3,
                        Handover.state == HandoverState.OFFERED)),
    ),
    _branch(Finding.SIGNAL_IN_HAND, _signal(SignalState.SUBMITTED, SignalState.RETURNED)),
    _branch(
        Finding.UNFINISHED, _signal(SignalState.DRAFTED),
        (User, User.id == SanctionSignal.author_id), who=User.name,
    ),
    _branch(
        Finding.UNFINISHED,
        (Draft, and_(Draft.about == About.DOSSIER, Draft.subject_id == _OF)),
        (User, and_(User.id == Draft.user_id, _CAN_FINISH)), who=User.name,
    ),
    _branch(
        Finding.UNFINISHED,
        (Questionnaire, Questionnaire.dossier_id == _OF),
        (Draft, and_(Draft.about == About.QUESTIONNAIRE, Draft.subject_id == Questionnaire.id)),
        (User, and_(User.id == Draft.user_id, _CAN_FINISH)), who=User.name,
    ),
    _branch(
        Finding.RECEIVER_GONE, (User, User.id == TransferDossier.receiver_id), who=User.name
    ).where(~_CAN_RECEIVE),
    _branch(Finding.SIGNAL_SENT, _signal(SignalState.SENT)),
    _branch(
        Finding.ACCESS_REQUEST,
        (AccessRequest, and_(
            AccessRequest.dossier_id == _OF,
            or_(AccessRequest.state == RequestState.PREPARED,
                AccessRequest.open_until > bindparam("now")),
        )),
    ),
    _branch(
        Finding.QUESTION_OPEN,
        (ReportQuestion, and_(ReportQuestion.dossier_id == _OF, ReportQuestion.ended_at.is_(None))),
    ),
    _branch(
        Finding.REASON_GRANT,
        (ReasonGrant, and_(ReasonGrant.dossier_id == _OF, ReasonGrant.ended_at.is_(None),
                           ReasonGrant.expires_at > bindparam("now"))),
        (User, User.id == ReasonGrant.user_id), who=User.name,
    ),
    _branch(
        Finding.DECISION_DUE,
        (DueItem, and_(DueItem.dossier_id == _OF, DueItem.kind.in_(DECISIONS),
                       DueItem.due_on <= bindparam("until"))),
    ),
    _branch(
        Finding.PLANNED_TALK, _OPEN_FOLLOW_UP,
        (PlannedTalk, PlannedTalk.follow_up_id == FollowUp.id),
    ).where(FollowUp.due_on >= bindparam("from_day")),
    _branch(
        Finding.NAMED_FOLLOW_UP, _OPEN_FOLLOW_UP,
        (_COLLEAGUE, and_(_COLLEAGUE.id == FollowUp.user_id, _COLLEAGUE.organisation_id != _TO)),
        who=_COLLEAGUE.name,
    ),
    _branch(
        Finding.HOUSEHOLD_SPLIT, _DOSSIER, (Client, Client.id == Dossier.client_id),
        (_OTHER_CLIENT, and_(_OTHER_CLIENT.household_id == Client.household_id,
                             _OTHER_CLIENT.id != Client.id)),
        (_OTHER, and_(_OTHER.client_id == _OTHER_CLIENT.id, _OTHER.holder_id == _FROM,
                      _OTHER.kind != TrackKind.STOPPED)),
    ).where(~_IS_CHOSEN),
)  # fmt: skip
_STAYS = (Finding.ELSEWHERE, Finding.STOPPED)


def found_in(
    session: Session, transfer: Place, *, now: datetime, today: date
) -> dict[int, dict[Finding, set[str]]]:
    """
    Return per dossier of the transfer what was found, each with the names it waits for.

    Of a dossier that stays where it is nothing else is told: it keeps nobody waiting.
    """
    rows = session.execute(
        _CHECKS,
        {
            "transfer_id": transfer.id, "giver": transfer.from_organisation_id,
            "receiver": transfer.to_organisation_id, "now": now,
            "until": decision_until(transfer.effective_on, today),
            "from_day": max(transfer.effective_on, today),
        },
    )  # fmt: skip
    return _collected((Finding(row.finding), row.dossier_id, row.who) for row in rows)


def _collected(
    rows: Iterable[tuple[Finding, int, str | None]],
) -> dict[int, dict[Finding, set[str]]]:
    found: dict[int, dict[Finding, set[str]]] = {}
    for finding, dossier_id, who in rows:
        found.setdefault(dossier_id, {}).setdefault(finding, set()).update({who} if who else ())
    for kinds in found.values():
        if stays := next((finding for finding in _STAYS if finding in kinds), None):
            kinds.clear()
            kinds[stays] = set()
    return found
