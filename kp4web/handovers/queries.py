"""
Every read of hand-overs, from the side of the receiver and of the sender.

Reach: hand-overs to or from the own organisation. The person and the note are selected only
for who reads the package (``policy.reads_package``); everybody else gets the status.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.applications.models import Application, ApplicationDecision
from kp4web.caseload.queries import Match, matches_for
from kp4web.clients.models import ContactPreference
from kp4web.clients.queries import who_is
from kp4web.crypto import vault
from kp4web.domain import bsn as bsn_rules
from kp4web.domain.actor import Actor, OrganisationKind
from kp4web.domain.errors import NotFound
from kp4web.domain.names import display_name
from kp4web.domain.policy import Access, Action, Field, access, may, reads_package, require
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import DossierRef
from kp4web.extensions import AnyRow, AnySelect
from kp4web.handovers.models import Handover, HandoverState
from kp4web.organisations.models import Municipality, Organisation
from kp4web.worklist.models import DueItem

PER_PAGE = 25
NO_HANDOVER = "Deze overdracht bestaat niet of is niet voor u."
_OWN: BindParameter[int] = bindparam("organisation_id")
TO_US = Handover.to_organisation_id == _OWN
FROM_US = Handover.from_organisation_id == _OWN

_SENDER, _RECEIVER = aliased(Organisation), aliased(Organisation)
_OFFERER, _ENDER, _LEAD, _DECIDER = (aliased(User) for _ in range(4))
_STATUS = (
    select(
        Handover.id, Handover.state, Handover.offered_on, Handover.ended_on,
        Handover.municipality_id, Municipality.name.label("municipality"),
        _SENDER.name.label("sender"), _RECEIVER.name.label("receiver"),
        _RECEIVER.team.label("team"), _OFFERER.name.label("offered_by"),
        _ENDER.name.label("ended_by"), DueItem.due_on.label("deadline"),
    )
    .join(Municipality, Municipality.id == Handover.municipality_id)
    .join(_SENDER, _SENDER.id == Handover.from_organisation_id)
    .join(_RECEIVER, _RECEIVER.id == Handover.to_organisation_id)
    .join(_OFFERER, _OFFERER.id == Handover.offered_by_id)
    .outerjoin(_ENDER, _ENDER.id == Handover.ended_by_id)
    .outerjoin(DueItem, DueItem.handover_id == Handover.id)
)  # fmt: skip
_NAME = (
    Application.initials, Application.given_name, Application.prefix, Application.surname,
    Application.birth_date,
)  # fmt: skip
_WITH_NAME = _STATUS.add_columns(*_NAME).join(
    Application, Application.id == Handover.application_id
)
_RECEIVED = (
    _WITH_NAME.add_columns(Dossier.number, Dossier.client_id, _LEAD.name.label("lead"))
    .outerjoin(Dossier, Dossier.id == Handover.dossier_id)
    .outerjoin(_LEAD, _LEAD.id == Dossier.lead_id)
    .where(TO_US)
)
_SENT = _STATUS.where(FROM_US)
_SENT_WITH_NAME = _WITH_NAME.where(FROM_US)


def _page_of(query: AnySelect) -> AnySelect:
    """Return a page of one state: offered ones oldest first, accepted ones newest first."""
    return (
        query.where(Handover.state == bindparam("state"))
        .order_by(Handover.ended_on.desc(), Handover.offered_on, Handover.id)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


def _one_of(query: AnySelect) -> AnySelect:
    return query.where(Handover.id == bindparam("id"))


def _count_of(reach: ColumnElement[bool]) -> AnySelect:
    return select(Handover.state, func.count(Handover.id)).where(reach).group_by(Handover.state)


_LIST_RECEIVED, _ONE_RECEIVED = _page_of(_RECEIVED), _one_of(_RECEIVED)
_LIST_SENT, _ONE_SENT = _page_of(_SENT), _one_of(_SENT)
_LIST_SENT_WITH_NAME, _ONE_SENT_WITH_NAME = _page_of(_SENT_WITH_NAME), _one_of(_SENT_WITH_NAME)
_COUNT_RECEIVED, _COUNT_SENT = _count_of(TO_US), _count_of(FROM_US)


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """A hand-over as a list shows it; without the right to the package only its status."""

    id: int
    municipality_id: int
    state: HandoverState
    municipality: str
    sender: str
    owner: str
    """Who has to do something now."""
    offered_on: date
    offered_by: str
    deadline: date | None
    """By when it is to be reviewed; ``None`` once that was done."""
    ended_on: date | None
    ended_by: str | None
    name: str | None
    birth_date: date | None
    number: str | None
    """The dossier it became, for who reaches it."""
    client_id: int | None
    lead: str | None

    @property
    def is_offered(self) -> bool:
        """Return whether it still waits for an answer."""
        return self.state is HandoverState.OFFERED


@dataclass(frozen=True, slots=True)
class HandoverList:
    """One page of the hand-overs in one state, with the numbers of both."""

    lines: tuple[HandoverLine, ...]
    state: HandoverState
    counts: dict[HandoverState, int]
    page: int
    receiving: bool
    shows_persons: bool

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        return max(1, -(-self.counts[self.state] // PER_PAGE))


def is_receiver(actor: Actor) -> bool:
    """Return whether hand-overs come to the actor's organisation (and not from it)."""
    return actor.organisation_kind is OrganisationKind.MUNICIPALITY


def handovers_for(
    session: Session, actor: Actor, state: HandoverState, *, page: int = 1
) -> HandoverList:
    """Return a page of the hand-overs to or from the own organisation; two queries."""
    require(actor, Action.HANDOVERS_READ)
    receiving = is_receiver(actor)
    accepted = state is HandoverState.ACCEPTED
    reads = reads_package(actor, receiving=receiving, accepted=accepted)
    if receiving:
        query, counting = _LIST_RECEIVED, _COUNT_RECEIVED
    else:
        query, counting = _LIST_SENT_WITH_NAME if reads else _LIST_SENT, _COUNT_SENT
    own = {"organisation_id": actor.organisation_id}
    paging = {"state": state, "limit": PER_PAGE, "offset": (page - 1) * PER_PAGE}
    counts = dict.fromkeys(HandoverState, 0)
    counts |= {HandoverState(row[0]): row[1] for row in session.execute(counting, own)}
    rows = session.execute(query, own | paging)
    lines = tuple(_line(row, reads=reads) for row in rows)
    return HandoverList(lines, state, counts, page, receiving, reads)


def _line(row: AnyRow, *, reads: bool) -> HandoverLine:
    team = f"{row.receiver}, {row.team}" if row.team else row.receiver
    offered = row.state is HandoverState.OFFERED
    person = _name(row) if reads else None
    return HandoverLine(
        id=row.id, municipality_id=row.municipality_id, state=row.state,
        municipality=row.municipality, sender=row.sender,
        owner=f"Coördinator van {team}" if offered else team, offered_on=row.offered_on,
        offered_by=row.offered_by, deadline=row.deadline, ended_on=row.ended_on,
        ended_by=row.ended_by, name=person, birth_date=row.birth_date if reads else None,
        number=getattr(row, "number", None), client_id=getattr(row, "client_id", None),
        lead=getattr(row, "lead", None),
    )  # fmt: skip


def _name(row: AnyRow) -> str:
    return display_name(
        initials=row.initials, given_name=row.given_name, prefix=row.prefix, surname=row.surname
    )


# ---------------------------------------------------------------------- one hand-over

_PACKAGE = (
    select(
        *_NAME, Application.seal, Application.bsn_sealed, Application.bsn_hash,
        Application.street, Application.postcode, Application.town, Application.phone,
        Application.email, Application.contact_preference, Application.interpreter,
        Application.approach, Application.registered_on, ApplicationDecision.profile,
        ApplicationDecision.justification, ApplicationDecision.decided_on,
        _DECIDER.name.label("decided_by"),
        Handover.note, Handover.offered_on, _SENDER.name.label("sender"),
    )
    .join(Handover, Handover.application_id == Application.id)
    .join(_SENDER, _SENDER.id == Handover.from_organisation_id)
    .join(ApplicationDecision, ApplicationDecision.id == Handover.decision_id)
    .join(_DECIDER, _DECIDER.id == ApplicationDecision.decided_by_id)
)  # fmt: skip
_PACKAGE_OF_HANDOVER = _PACKAGE.where(Handover.id == bindparam("id"))
_PACKAGE_OF_DOSSIER = _PACKAGE.where(Handover.dossier_id == bindparam("dossier_id")).order_by(
    Handover.offered_on.desc(), Handover.id.desc()
)


@dataclass(frozen=True, slots=True)
class Package:
    """What a hand-over carries: the person, the profile with its reasons, and the note."""

    name: str
    birth_date: date
    bsn_masked: str | None
    street: str
    postcode: str
    town: str
    phone: str
    email: str
    contact_preference: ContactPreference | None
    interpreter: str
    approach: str
    registered_on: date
    profile: int
    justification: str
    decided_on: date
    decided_by: str
    note: str
    offered_on: date
    sender: str


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """One hand-over as one actor sees it."""

    line: HandoverLine
    package: Package | None
    matches: tuple[Match, ...]
    """Dossiers that may be about the same person; only for who can accept."""
    may_accept: bool

    @property
    def same_person(self) -> Match | None:
        """Return the dossier with the same BSN, when there is one."""
        return next((match for match in self.matches if match.same_bsn), None)


def handover_for(session: Session, actor: Actor, handover_id: int) -> HandoverPage:
    """Return a hand-over to or from the own organisation, or raise ``NotFound``."""
    require(actor, Action.HANDOVERS_READ)
    receiving = is_receiver(actor)
    key = {"id": handover_id, "organisation_id": actor.organisation_id}
    row = session.execute(_ONE_RECEIVED if receiving else _ONE_SENT, key).one_or_none()
    if row is None:
        raise NotFound(NO_HANDOVER)
    offered = row.state is HandoverState.OFFERED
    if not reads_package(actor, receiving=receiving, accepted=not offered):
        return HandoverPage(_line(row, reads=False), None, (), may_accept=False)
    if not receiving:
        row = session.execute(_ONE_SENT_WITH_NAME, key).one()
    found = session.execute(_PACKAGE_OF_HANDOVER, {"id": handover_id}).one()
    may_accept = receiving and offered and may(actor, Action.HANDOVER_ACCEPT)
    matches = matches_for(session, actor, who_is(found)) if may_accept else ()
    return HandoverPage(_line(row, reads=True), _package(found), matches, may_accept)


def packages_of(session: Session, ref: DossierRef) -> tuple[Package, ...]:
    """Return what the hand-overs of a dossier carried, newest first; nothing for who may not."""
    if access(ref.relations, Field.HANDOVER) < Access.READ:
        return ()
    rows = session.execute(_PACKAGE_OF_DOSSIER, {"dossier_id": ref.id})
    return tuple(_package(row) for row in rows)


def _package(row: AnyRow) -> Package:
    bsn = vault.decrypt(row.bsn_sealed, row=row.seal) if row.bsn_sealed is not None else None
    same = set(Package.__dataclass_fields__) - {"name", "bsn_masked"}
    return Package(
        name=_name(row),
        bsn_masked=bsn_rules.mask(bsn) if bsn else None,
        **{field: getattr(row, field) for field in same},
    )
