"""Between whom guidance can move, and which dossiers can be chosen for it."""

from dataclasses import dataclass

from sqlalchemy import BindParameter, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor, OrganisationKind
from kp4web.domain.policy import Action, require
from kp4web.domain.tracks import TrackKind
from kp4web.domain.transfers import TransferState
from kp4web.dossiers.models import Dossier
from kp4web.extensions import AnySelect
from kp4web.organisations.models import Municipality, Organisation, ServedMunicipality
from kp4web.transfers.models import Transfer, TransferDossier
from kp4web.transfers.pieces import Head
from kp4web.transfers.queries import PER_PAGE

_OWN: BindParameter[int] = bindparam("organisation_id")
_FROM, _TO = aliased(Organisation), aliased(Organisation)
_LEAD = aliased(User)


# ---------------------------------------------------------------------- which ways there are


@dataclass(frozen=True, slots=True)
class Way:
    """From whom to whom the guidance of a municipality can move."""

    municipality_id: int
    municipality: str
    from_organisation_id: int
    giver: str
    to_organisation_id: int
    receiver: str


_WAYS = (
    select(
        Municipality.id.label("municipality_id"), Municipality.name.label("municipality"),
        _FROM.id.label("from_organisation_id"), _FROM.name.label("giver"),
        _TO.id.label("to_organisation_id"), _TO.name.label("receiver"),
    )
    .select_from(ServedMunicipality)
    .join(Municipality, Municipality.id == ServedMunicipality.municipality_id)
    .where(_FROM.id == _OWN)
    .order_by(Municipality.name, _TO.id)
)  # fmt: skip
_TO_AGENCY = _WAYS.join(_FROM, _FROM.municipality_id == Municipality.id).join(
    _TO,
    and_(_TO.id == ServedMunicipality.organisation_id, _TO.kind == OrganisationKind.WORK_AGENCY),
)
_FROM_AGENCY = _WAYS.join(
    _FROM,
    and_(
        _FROM.id == ServedMunicipality.organisation_id, _FROM.kind == OrganisationKind.WORK_AGENCY
    ),
).join(_TO, _TO.municipality_id == Municipality.id)


def ways_for(session: Session, actor: Actor) -> tuple[Way, ...]:
    """Return where the own organisation can let its guidance go to, one way per municipality."""
    require(actor, Action.GUIDANCE_TRANSFER)
    from_agency = actor.organisation_kind is OrganisationKind.WORK_AGENCY
    query = _FROM_AGENCY if from_agency else _TO_AGENCY
    ways: dict[int, Way] = {}
    for row in session.execute(query, {"organisation_id": actor.organisation_id}):
        ways.setdefault(row.municipality_id, Way(**row._mapping))
    return tuple(ways.values())


# ---------------------------------------------------------------------- what can be chosen

_LEADS = (
    select(User.id, User.name)
    .join(Dossier, Dossier.lead_id == User.id)
    .where(Dossier.holder_id == _OWN, Dossier.kind != TrackKind.STOPPED)
    .distinct()
    .order_by(User.name, User.id)
)
_IN_OTHER_TRANSFER = (
    select(TransferDossier.dossier_id)
    .join(Transfer, Transfer.id == TransferDossier.transfer_id)
    .where(
        TransferDossier.dossier_id == Dossier.id,
        Transfer.state.in_([state for state in TransferState if state.is_open]),
    )
    .exists()
)
NOBODY = 0
"""Stands for dossiers without a consultant, among the ids of consultants."""


@dataclass(frozen=True)
class Choice:
    """Which active dossiers: by track and by consultant; nothing chosen is every one."""

    tracks: frozenset[TrackKind] = frozenset()
    leads: frozenset[int] = frozenset()
    """Ids of users, and ``NOBODY``."""


def available(way: Way | Head, choice: Choice = Choice()) -> AnySelect:
    """Return the statement for the ids of the dossiers that can still be chosen."""
    query: AnySelect = select(Dossier.id).where(
        Dossier.holder_id == way.from_organisation_id,
        Dossier.municipality_id == way.municipality_id,
        Dossier.kind != TrackKind.STOPPED, ~_IN_OTHER_TRANSFER,
    )  # fmt: skip
    if choice.tracks:
        query = query.where(Dossier.kind.in_(choice.tracks))
    if choice.leads:
        held = Dossier.lead_id.in_(choice.leads - {NOBODY})
        free = Dossier.lead_id.is_(None)
        query = query.where(or_(held, free) if NOBODY in choice.leads else held)
    return query


@dataclass(frozen=True, slots=True)
class Candidate:
    """An active dossier of the own organisation that is not in a transfer yet."""

    number: str
    client_id: int
    name: str
    kind: TrackKind
    lead: str | None


@dataclass(frozen=True, slots=True)
class Candidates:
    """One page of them, and how many there are."""

    lines: tuple[Candidate, ...]
    in_all: int


def candidates_for(
    session: Session, actor: Actor, head: Head, choice: Choice, *, page: int
) -> Candidates:
    """Return a page of the dossiers that can still be taken in, by number."""
    require(actor, Action.GUIDANCE_TRANSFER)
    if not head.gives or not head.state.is_editable:
        return Candidates((), 0)
    rows = session.execute(
        select(
            Dossier.number, Dossier.client_id, Client.initials, Client.given_name, Client.prefix,
            Client.surname, Dossier.kind, _LEAD.name.label("lead"),
            func.count().over().label("in_all"),
        )
        .join(Client, Client.id == Dossier.client_id)
        .outerjoin(_LEAD, _LEAD.id == Dossier.lead_id)
        .where(Dossier.id.in_(available(head, choice)))
        .order_by(Dossier.number)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()  # fmt: skip
    lines = tuple(
        Candidate(row.number, row.client_id, name_of(row), row.kind, row.lead) for row in rows
    )
    return Candidates(lines, rows[0].in_all if rows else 0)


def leads_for(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Return who of the own organisation holds active dossiers."""
    require(actor, Action.GUIDANCE_TRANSFER)
    rows = session.execute(_LEADS, {"organisation_id": actor.organisation_id})
    return tuple((row.id, row.name) for row in rows)
