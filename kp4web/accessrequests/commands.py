"""Preparing, releasing, returning and withdrawing an access request."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.accessrequests.models import AccessRequest
from kp4web.accessrequests.queries import NO_REQUEST
from kp4web.audit.commands import record
from kp4web.domain.accessrequests import (
    OPEN_FOR,
    IdentityCheck,
    RequestState,
    checked_receipt,
    checked_text,
)
from kp4web.domain.actor import Actor
from kp4web.domain.errors import DomainError, NotFound
from kp4web.domain.policy import Access, Action, Field, Relation, require
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import DossierRef, dossier_ref

ONE_OPEN = "Voor dit dossier wacht al een inzageverzoek op vrijgave."
FOUR_EYES = "U bereidde dit verzoek zelf voor. Iemand anders moet het vrijgeven."
IDENTITY_MISSING = "Schrijf op welk bewijs is gezien, door wie en wanneer. Neem geen nummer over."
REASON_MISSING = "Schrijf op waarom, zodat de ander weet wat er moet gebeuren."

_BY_ID = AccessRequest.id == bindparam("id")
_OF_DOSSIER = (
    select(AccessRequest)
    .where(_BY_ID, AccessRequest.dossier_id == bindparam("dossier_id"))
    .with_for_update()
)
_OF_MUNICIPALITY = (
    select(AccessRequest)
    .where(_BY_ID, AccessRequest.municipality_id == bindparam("municipality_id"))
    .with_for_update()
)
_WAITING = select(AccessRequest.id).where(
    AccessRequest.dossier_id == bindparam("dossier_id"),
    AccessRequest.state == RequestState.PREPARED,
)


@dataclass(frozen=True)
class PrepareRequest:
    """The intention to have everything about a resident brought together."""

    received_on: date
    identity: IdentityCheck
    identity_note: str


def prepare_request(
    session: Session,
    actor: Actor,
    number: str,
    command: PrepareRequest,
    *,
    now: datetime,
    today: date,
) -> AccessRequest:
    """Prepare a request for the privacy officer; one at a time waits per dossier."""
    ref = _ref(session, actor, number)
    if session.scalar(_WAITING, {"dossier_id": ref.id}) is not None:
        raise DomainError(ONE_OPEN)
    request = AccessRequest(
        dossier_id=ref.id, municipality_id=ref.municipality_id,
        received_on=checked_receipt(command.received_on, today), identity=command.identity,
        identity_note=checked_text("identity_note", command.identity_note, IDENTITY_MISSING),
        prepared_at=now, prepared_by_id=actor.id,
    )  # fmt: skip
    session.add(request)
    session.flush()
    record_in(session, actor, ref, "access_request_prepare", now=now, request=request.id)
    return request


def withdraw_request(
    session: Session, actor: Actor, number: str, request_id: int, reason: str, *, now: datetime
) -> None:
    """End a request that waits: the resident does not want it any more, or it was a mistake."""
    ref = _ref(session, actor, number)
    request = session.scalars(_OF_DOSSIER, {"id": request_id, "dossier_id": ref.id}).one_or_none()
    if request is None:
        raise NotFound(NO_REQUEST)
    why = checked_text("reason", reason, REASON_MISSING)
    _end(request, actor, RequestState.WITHDRAWN, now, why)
    record_in(session, actor, ref, "access_request_withdraw", now=now, request=request.id)
    session.flush()


def release_request(session: Session, actor: Actor, request_id: int, *, now: datetime) -> None:
    """Let the coordinator open the document, for a limited time; never one's own request."""
    request = _for_release(session, actor, request_id)
    if request.prepared_by_id == actor.id:
        raise DomainError(FOUR_EYES)
    _end(request, actor, RequestState.RELEASED, now)
    request.open_until = now + OPEN_FOR
    _record(session, actor, request, "access_request_release", now)


def return_request(
    session: Session, actor: Actor, request_id: int, reason: str, *, now: datetime
) -> None:
    """Send a request back to who prepared it, with what is missing."""
    request = _for_release(session, actor, request_id)
    why = checked_text("reason", reason, REASON_MISSING)
    _end(request, actor, RequestState.RETURNED, now, why)
    _record(session, actor, request, "access_request_return", now)


def _ref(session: Session, actor: Actor, number: str) -> DossierRef:
    require(actor, Action.ACCESS_REQUEST_PREPARE)
    ref = dossier_ref(session, actor, number, lock=True)
    ref.require(Field.ACCESS_REQUEST, Access.WRITE)
    return ref


def _for_release(session: Session, actor: Actor, request_id: int) -> AccessRequest:
    require(actor, Action.ACCESS_REQUEST_RELEASE)
    key = {"id": request_id, "municipality_id": actor.municipality_id}
    request = session.scalars(_OF_MUNICIPALITY, key).one_or_none()
    if request is None:
        raise NotFound(NO_REQUEST)
    return request


def _end(
    request: AccessRequest, actor: Actor, state: RequestState, now: datetime, reason: str = ""
) -> None:
    if request.state is not RequestState.PREPARED:
        raise DomainError(f"Dit verzoek is al afgehandeld: {request.state.label.lower()}.")
    request.state, request.end_reason = state, reason
    request.ended_at, request.ended_by_id = now, actor.id


def _record(
    session: Session, actor: Actor, request: AccessRequest, act: str, now: datetime
) -> None:
    """Log an act of the privacy officer, who has no relation to the dossier but this task."""
    record(
        session, actor, act, now=now, dossier_id=request.dossier_id, request=request.id,
        municipality_id=request.municipality_id, relation=[Relation.PRIVACY],
    )  # fmt: skip
    session.flush()
