"""
Reading access requests: the list for the privacy officer, those of a dossier, the document.

Reach: the coordinator of the team that holds the dossier; the privacy officer sees the requests
of the own municipality, never the dossier or the document.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, case, select
from sqlalchemy.orm import Session, aliased

from kp4web.accessrequests.export import Section, applications_of, counts_of, sections_of
from kp4web.accessrequests.models import AccessRequest
from kp4web.accounts.models import User
from kp4web.audit.models import ACTS
from kp4web.audit.queries import entries_about
from kp4web.domain.accessrequests import IdentityCheck, RequestState, answer_before
from kp4web.domain.actor import Actor, Role
from kp4web.domain.errors import DomainError, NotFound
from kp4web.domain.policy import Access, Action, Field, Relation, require
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.extensions import AnyRow, AnySelect
from kp4web.organisations.models import Organisation

NO_REQUEST = "Dit inzageverzoek bestaat niet of is niet voor u."
LISTED = 100
"""How many requests the list shows at most."""
NOT_OPEN = "De uitdraai is niet vrijgegeven, of de termijn om haar te openen is voorbij."


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as both sides see it; nothing of the dossier but its number."""

    id: int
    dossier_id: int
    client_id: int
    number: str
    received_on: date
    answer_before: date
    identity: IdentityCheck
    identity_note: str
    prepared_at: datetime
    prepared_by_id: int
    prepared_by: str
    state: RequestState
    ended_at: datetime | None
    ended_by: str
    end_reason: str
    open_until: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Return whether the released document can be opened at this moment."""
        return self.open_until is not None and now < self.open_until


@dataclass(frozen=True, slots=True)
class OfDossier:
    """The requests of one dossier, newest first."""

    ref: DossierRef
    lines: tuple[RequestLine, ...]

    @property
    def waits(self) -> bool:
        """Return whether one waits for the privacy officer."""
        return any(line.state is RequestState.PREPARED for line in self.lines)


@dataclass(frozen=True, slots=True)
class ForRelease:
    """One request for the privacy officer, with how much there is of what."""

    line: RequestLine
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """One act by which somebody saw or changed data of the person; no name of the employee."""

    at: datetime
    act: str
    roles: str
    relation: str
    organisation: str
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """All that is held about the person, and who saw it."""

    ref: DossierRef
    line: RequestLine
    sections: tuple[Section, ...]
    looks: tuple[Look, ...]


_PREPARER, _ENDER = aliased(User), aliased(User)
_REQUESTS = (
    select(
        AccessRequest.id, AccessRequest.dossier_id, Dossier.client_id, Dossier.number,
        AccessRequest.received_on, AccessRequest.identity, AccessRequest.identity_note,
        AccessRequest.prepared_at, AccessRequest.prepared_by_id,
        _PREPARER.name.label("prepared_by"), AccessRequest.state, AccessRequest.ended_at,
        _ENDER.name.label("ended_by"), AccessRequest.end_reason, AccessRequest.open_until,
    )
    .join(Dossier, Dossier.id == AccessRequest.dossier_id)
    .join(_PREPARER, _PREPARER.id == AccessRequest.prepared_by_id)
    .outerjoin(_ENDER, _ENDER.id == AccessRequest.ended_by_id)
)  # fmt: skip
_IN_MUNICIPALITY = _REQUESTS.where(
    AccessRequest.municipality_id == bindparam("municipality_id")
).order_by(
    case((AccessRequest.state == RequestState.PREPARED, 0), else_=1),
    AccessRequest.received_on.desc(), AccessRequest.id.desc(),
)  # fmt: skip
_LIST = _IN_MUNICIPALITY.limit(LISTED)
_ONE = _IN_MUNICIPALITY.where(AccessRequest.id == bindparam("id"))
_OF_DOSSIER = _REQUESTS.where(AccessRequest.dossier_id == bindparam("dossier_id")).order_by(
    AccessRequest.prepared_at.desc(), AccessRequest.id.desc()
)
_ONE_OF_DOSSIER = _OF_DOSSIER.where(AccessRequest.id == bindparam("id"))
_ORGANISATIONS = select(Organisation.id, Organisation.name)


def requests_for(session: Session, actor: Actor) -> tuple[RequestLine, ...]:
    """Return the requests of the own municipality, those that wait first."""
    require(actor, Action.ACCESS_REQUEST_RELEASE)
    return _lines(session, _LIST, {"municipality_id": actor.municipality_id})


def request_for(session: Session, actor: Actor, request_id: int) -> ForRelease:
    """Return one request of the own municipality, or raise ``NotFound``."""
    require(actor, Action.ACCESS_REQUEST_RELEASE)
    key = {"municipality_id": actor.municipality_id, "id": request_id}
    line = _one(session, _ONE, key)
    waits = line.state is RequestState.PREPARED
    return ForRelease(line, counts_of(session, line.client_id) if waits else ())


def requests_of(session: Session, actor: Actor, number: str) -> OfDossier:
    """Return the requests of a dossier; raises ``NotFound`` out of reach, or ``Forbidden``."""
    ref = _ref(session, actor, number)
    return OfDossier(ref, _lines(session, _OF_DOSSIER, {"dossier_id": ref.id}))


def document_for(
    session: Session, actor: Actor, number: str, request_id: int, *, now: datetime
) -> Document:
    """
    Return the released document as the data stand now.

    Raises ``NotFound`` for a request that is not of this dossier, ``DomainError`` when it is not
    released or the time to open it is over.
    """
    ref = _ref(session, actor, number)
    line = _one(session, _ONE_OF_DOSSIER, {"dossier_id": ref.id, "id": request_id})
    if not line.is_open(now):
        raise DomainError(NOT_OPEN)
    return Document(ref, line, sections_of(session, ref.client_id), _looks(session, ref))


def _ref(session: Session, actor: Actor, number: str) -> DossierRef:
    require(actor, Action.ACCESS_REQUEST_PREPARE)
    ref = dossier_ref(session, actor, number)
    ref.require(Field.ACCESS_REQUEST, Access.WRITE)
    return ref


def _lines(session: Session, query: AnySelect, key: Mapping[str, Any]) -> tuple[RequestLine, ...]:
    return tuple(map(_line, session.execute(query, dict(key))))


def _one(session: Session, query: AnySelect, key: Mapping[str, Any]) -> RequestLine:
    row = session.execute(query, dict(key)).one_or_none()
    if row is None:
        raise NotFound(NO_REQUEST)
    return _line(row)


def _line(row: AnyRow) -> RequestLine:
    values = dict(row._mapping) | {"ended_by": row.ended_by or ""}
    return RequestLine(**values, answer_before=answer_before(row.received_on))


def _looks(session: Session, ref: DossierRef) -> tuple[Look, ...]:
    organisations = {row.id: row.name for row in session.execute(_ORGANISATIONS)}
    rows = entries_about(
        session, ref.client_id, municipality_id=ref.municipality_id, dossier_id=ref.id,
        applications=applications_of(session, ref.client_id),
    )  # fmt: skip
    return tuple(
        Look(
            row.started_at, ACTS.get(row.action, row.action),
            ", ".join(Role(code).label for code in row.roles.split(",") if code) or "Systeem",
            ", ".join(Relation(code).label for code in row.relation.split(",") if code),
            organisations.get(row.organisation_id, ""),
            row.reason if row.dossier_id == ref.id else "",
        )
        for row in rows
    )  # fmt: skip
