"""
Every read of hand-overs, from the side of the receiver and of the sender.

Reach: hand-overs to or from the own organisation. The person, the note and the reason of a
return are there for who reads them (``policy.reads_handover``); everybody else gets the status.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from sqlalchemy import BindParameter, and_, bindparam, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.applications.models import Application
from kp4web.applications.queries import application_ref
from kp4web.caseload.queries import Match, matches_for
from kp4web.clients.queries import name_of, who_is
from kp4web.domain.actor import Actor, OrganisationKind, Role
from kp4web.domain.applications import ApplicationState
from kp4web.domain.errors import DomainError, Forbidden, NotFound
from kp4web.domain.handovers import AfterReturn, HandoverPart, Side, Way, after_return
from kp4web.domain.policy import (
    NO_ACCESS,
    Access,
    Action,
    Field,
    handover_sides,
    may,
    reads_handover,
    require,
)
from kp4web.dossiers.models import Dossier
from kp4web.extensions import AnyRow, AnySelect
from kp4web.handovers.coaches import coaches_of as coaches_of
from kp4web.handovers.lines import NO_HANDOVER as NO_HANDOVER
from kp4web.handovers.lines import PER_PAGE, HandoverLine, HandoverList
from kp4web.handovers.models import Handover, HandoverKind, HandoverState
from kp4web.handovers.nobody import nobodys_for as nobodys_for
from kp4web.handovers.outgoing import DossierHandover as DossierHandover
from kp4web.handovers.outgoing import Only as Only
from kp4web.handovers.outgoing import departure_for as departure_for
from kp4web.handovers.outgoing import dossier_handover_for as dossier_handover_for
from kp4web.handovers.outgoing import dossiers_for
from kp4web.handovers.packages import Brought, Package, brought_by, package_of
from kp4web.handovers.packages import packages_of as packages_of
from kp4web.organisations.models import Municipality, Organisation
from kp4web.worklist.models import DueItem

NOT_RETURNED = "Alleen een teruggestuurde aanvraag kunt u opnieuw aanbieden."
_OWN: BindParameter[int] = bindparam("organisation_id")
TO_US = Handover.to_organisation_id == _OWN
FROM_US = Handover.from_organisation_id == _OWN
_STILL_OURS = or_(Handover.dossier_id.is_(None), Dossier.holder_id == _OWN)
"""What was accepted goes along with the guidance: afterwards the other team reads the dossier."""

_SENDER, _RECEIVER = aliased(Organisation), aliased(Organisation)
_OFFERER, _ENDER, _LEAD, _HANDLER = (aliased(User) for _ in range(4))
_LATER = aliased(Handover)
_OFFERED_LATER = exists().where(
    _LATER.application_id == Handover.application_id, _LATER.id > Handover.id
)
_STATUS = (
    select(
        Handover.id, Handover.application_id, Handover.state, Handover.offered_on,
        Handover.ended_on, Handover.municipality_id, Municipality.name.label("municipality"),
        _SENDER.name.label("sender"), _RECEIVER.name.label("receiver"),
        _RECEIVER.team.label("team"), _OFFERER.name.label("offered_by"),
        _ENDER.name.label("ended_by"), DueItem.due_on.label("deadline"),
        Application.state.label("application_state"), _HANDLER.name.label("handler"),
        _OFFERED_LATER.label("offered_later"),
    )
    .join(Application, Application.id == Handover.application_id)
    .join(Municipality, Municipality.id == Handover.municipality_id)
    .join(_SENDER, _SENDER.id == Handover.from_organisation_id)
    .join(_RECEIVER, _RECEIVER.id == Handover.to_organisation_id)
    .join(_OFFERER, _OFFERER.id == Handover.offered_by_id)
    .join(_HANDLER, _HANDLER.id == Application.handler_id)
    .outerjoin(_ENDER, _ENDER.id == Handover.ended_by_id)
    .outerjoin(DueItem, DueItem.handover_id == Handover.id)
)  # fmt: skip
_CONTENT = _STATUS.add_columns(
    Application.initials, Application.given_name, Application.prefix, Application.surname,
    Application.birth_date, Handover.return_reason, Handover.note,
)  # fmt: skip
_RECEIVED = (
    _CONTENT.add_columns(Dossier.number, Dossier.client_id, _LEAD.name.label("lead"))
    .outerjoin(Dossier, Dossier.id == Handover.dossier_id)
    .outerjoin(_LEAD, _LEAD.id == Dossier.lead_id)
    .where(TO_US, _STILL_OURS)
)
_SENT = _STATUS.where(FROM_US)
_SENT_WITH_CONTENT = _CONTENT.where(FROM_US)
_WAITS_FOR_SENDER = and_(
    Handover.state.in_((HandoverState.RETURNED, HandoverState.WITHDRAWN)),
    Application.state == ApplicationState.RETURNED,
    ~_OFFERED_LATER,
)
_OFFERED_FIRST = (Handover.offered_on, Handover.id)
_ENDED_LAST = (Handover.ended_on.desc(), Handover.id.desc())
_TO_DO_FIRST = (case((_WAITS_FOR_SENDER, 0), else_=1), *_ENDED_LAST)


def _pages_of(query: AnySelect, *, sent: bool) -> Mapping[HandoverState, AnySelect]:
    """Return a page per state: offered ones oldest first, the others newest first."""
    orders = {
        HandoverState.OFFERED: _OFFERED_FIRST,
        HandoverState.RETURNED: _TO_DO_FIRST if sent else _ENDED_LAST,
        HandoverState.WITHDRAWN: _TO_DO_FIRST if sent else _ENDED_LAST,
        HandoverState.ACCEPTED: _ENDED_LAST,
    }
    return {
        state: query.where(Handover.state == state)
        .order_by(*order)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
        for state, order in orders.items()
    }


def _one_of(query: AnySelect) -> AnySelect:
    return query.where(Handover.id == bindparam("id"))


_LIST_RECEIVED, _ONE_RECEIVED = _pages_of(_RECEIVED, sent=False), _one_of(_RECEIVED)
_LIST_SENT, _ONE_SENT = _pages_of(_SENT, sent=True), _one_of(_SENT)
_LIST_SENT_WITH_CONTENT = _pages_of(_SENT_WITH_CONTENT, sent=True)
_ONE_SENT_WITH_CONTENT = _one_of(_SENT_WITH_CONTENT)
_COUNT_RECEIVED = (
    select(Handover.state, func.count(Handover.id), literal(0))
    .outerjoin(Dossier, Dossier.id == Handover.dossier_id)
    .where(TO_US, _STILL_OURS)
    .group_by(Handover.state)
)
_COUNT_SENT = (
    select(Handover.state, func.count(Handover.id), func.count(case((_WAITS_FOR_SENDER, 1))))
    .join(Application, Application.id == Handover.application_id)
    .where(FROM_US)
    .group_by(Handover.state)
)


def side_of(actor: Actor) -> Side:
    """Return whether hand-overs come to the actor's organisation or from it."""
    kind = actor.organisation_kind
    return Side.RECEIVER if kind is OrganisationKind.MUNICIPALITY else Side.SENDER


_WAYS: tuple[Way, ...] = tuple(product(HandoverKind, (Side.RECEIVER, Side.SENDER)))


def ways_of(actor: Actor) -> tuple[Way, ...]:
    """Return which lists of hand-overs this actor has, the most usual one first."""
    has = handover_sides(actor)
    usual = (HandoverKind.KP3, Side.RECEIVER) if actor.has(Role.JOB_COACH) else None
    return tuple(sorted((way for way in _WAYS if way in has), key=lambda way: way != usual))


def handovers_for(
    session: Session, actor: Actor, state: HandoverState, *, way: Way,
    only: Only | None = None, page: int = 1, today: date = date.min,
) -> HandoverList:  # fmt: skip
    """
    Return a page of the hand-overs to or from the own organisation; two queries.

    ``way``: which of them; ``only``: a part of it (KP3). Raises ``Forbidden`` for what this actor
    has nothing to do with.
    """
    require(actor, Action.HANDOVERS_READ)
    if way not in handover_sides(actor):
        raise Forbidden(NO_ACCESS)
    kind, side = way
    if kind is HandoverKind.KP3:
        return dossiers_for(session, actor, side, state, only, page=page, today=today)
    reads = {part: reads_handover(actor, part, side, state, accepted=False)
             for part in HandoverPart}  # fmt: skip
    if side is Side.RECEIVER:
        queries, counting = _LIST_RECEIVED, _COUNT_RECEIVED
    else:
        queries = _LIST_SENT_WITH_CONTENT if any(reads.values()) else _LIST_SENT
        counting = _COUNT_SENT
    own = {"organisation_id": actor.organisation_id}
    found = session.execute(counting, own).all()
    counts = dict.fromkeys(HandoverState, 0) | {HandoverState(row[0]): row[1] for row in found}
    paging = {"limit": PER_PAGE, "offset": (page - 1) * PER_PAGE}
    lines = tuple(_line(row, actor) for row in session.execute(queries[state], own | paging))
    return HandoverList(
        lines, state, counts, sum(row[2] for row in found), page, side,
        reads[HandoverPart.PACKAGE], reads[HandoverPart.RETURN_REASON],
        may_register=may(actor, Action.APPLICATION_REGISTER),
    )  # fmt: skip


def _reads(actor: Actor, part: HandoverPart, row: AnyRow) -> bool:
    accepted = row.application_state is ApplicationState.ACCEPTED
    return reads_handover(actor, part, side_of(actor), row.state, accepted=accepted)


def _line(row: AnyRow, actor: Actor) -> HandoverLine:
    person = _reads(actor, HandoverPart.PACKAGE, row)
    reason = _reads(actor, HandoverPart.RETURN_REASON, row)
    sent = side_of(actor) is Side.SENDER
    returned = row.state in {HandoverState.RETURNED, HandoverState.WITHDRAWN}
    return HandoverLine(
        id=row.id, municipality_id=row.municipality_id, state=row.state,
        municipality=row.municipality, sender=row.sender, owner=_owner(row, sent=sent),
        offered_on=row.offered_on, offered_by=row.offered_by, deadline=row.deadline,
        ended_on=row.ended_on, ended_by=row.ended_by,
        after_return=after_return(row.application_state, offered_later=row.offered_later)
        if sent and returned else None,
        name=name_of(row) if person else None, birth_date=row.birth_date if person else None,
        reason=row.return_reason if reason else None,
        application_id=row.application_id if sent and person else None,
        number=getattr(row, "number", None), client_id=getattr(row, "client_id", None),
        lead=getattr(row, "lead", None),
    )  # fmt: skip


def _owner(row: AnyRow, *, sent: bool) -> str:
    team = f"{row.receiver}, {row.team}" if row.team else row.receiver
    if row.state in {HandoverState.RETURNED, HandoverState.WITHDRAWN}:
        return str(row.handler if sent else row.sender)
    return f"Coördinator van {team}" if row.state is HandoverState.OFFERED else str(team)


# ---------------------------------------------------------------------- one hand-over

_EARLIER = (
    select(
        Handover.id, Handover.state, Handover.ended_on, Handover.return_reason,
        _ENDER.name.label("ended_by"), Application.state.label("application_state"),
    )
    .join(Application, Application.id == Handover.application_id)
    .join(_ENDER, _ENDER.id == Handover.ended_by_id)
    .where(
        Handover.application_id == bindparam("application_id"),
        Handover.state == HandoverState.RETURNED, Handover.id < bindparam("id"),
    )
    .order_by(Handover.id.desc())
)  # fmt: skip
_EARLIER_OF = {Side.RECEIVER: _EARLIER.where(TO_US), Side.SENDER: _EARLIER.where(FROM_US)}


@dataclass(frozen=True, slots=True)
class Return:
    """An earlier return of the same applicant, with its reason."""

    id: int
    on: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """One hand-over as one actor sees it."""

    line: HandoverLine
    side: Side
    package: Package | None = None
    brought: Brought | None = None
    """What comes along beside the package; with the package only."""
    earlier: tuple[Return, ...] = ()
    matches: tuple[Match, ...] = ()
    """Dossiers that may be about the same person; only for who can accept."""
    may_answer: bool = False
    """Accept it, or send it back."""
    may_offer_again: bool = False
    may_withdraw: bool = False

    @property
    def same_person(self) -> Match | None:
        """Return the dossier with the same BSN, when there is one."""
        return next((match for match in self.matches if match.same_bsn), None)

    @property
    def receiving(self) -> bool:
        """Return whether it comes to the own organisation."""
        return self.side is Side.RECEIVER


_KIND = select(Handover.kind).where(Handover.id == bindparam("id"))


def kind_of(
    session: Session, actor: Actor, handover_id: int, side: Side | None = None
) -> HandoverKind:
    """
    Return which way a hand-over goes; the rest of the reach is asked of what follows.

    Raises ``NotFound`` when there is none, or none of that kind on this ``side`` for the actor.
    """
    kind = session.scalars(_KIND, {"id": handover_id}).one_or_none()
    sides = (side,) if side else tuple(Side)
    if kind is None or not any((kind, one) in handover_sides(actor) for one in sides):
        raise NotFound(NO_HANDOVER)
    return kind


def handover_for(session: Session, actor: Actor, handover_id: int) -> HandoverPage:
    """Return a hand-over to or from the own organisation, or raise ``NotFound``."""
    require(actor, Action.HANDOVERS_READ)
    side = side_of(actor)
    if (HandoverKind.KP4, side) not in handover_sides(actor):
        raise NotFound(NO_HANDOVER)
    key = {"id": handover_id, "organisation_id": actor.organisation_id}
    row = session.execute(_ONE_RECEIVED if side is Side.RECEIVER else _ONE_SENT, key).one_or_none()
    if row is None:
        raise NotFound(NO_HANDOVER)
    if side is Side.SENDER and any(_reads(actor, part, row) for part in HandoverPart):
        row = session.execute(_ONE_SENT_WITH_CONTENT, key).one()
    line = _line(row, actor)
    if not _reads(actor, HandoverPart.PACKAGE, row):
        return HandoverPage(line, side)
    package, found = package_of(session, handover_id)
    may_answer = side is Side.RECEIVER and line.is_offered and may(actor, Action.HANDOVER_ACCEPT)
    again = line.after_return is AfterReturn.TO_DO and may(actor, Action.HANDOVER_OFFER)
    return HandoverPage(
        line, side, package, brought_by(session, handover_id), _earlier(session, actor, row),
        matches_for(session, actor, who_is(found)) if may_answer else (),
        may_answer=may_answer, may_offer_again=again,
        may_withdraw=side is Side.SENDER
        and line.is_offered
        and may(actor, Action.HANDOVER_WITHDRAW),
    )  # fmt: skip


def _earlier(session: Session, actor: Actor, row: AnyRow) -> tuple[Return, ...]:
    key = {"id": row.id, "application_id": row.application_id,
           "organisation_id": actor.organisation_id}  # fmt: skip
    rows = session.execute(_EARLIER_OF[side_of(actor)], key)
    return tuple(
        Return(one.id, one.ended_on, one.ended_by, one.return_reason)
        for one in rows
        if _reads(actor, HandoverPart.RETURN_REASON, one)
    )


# ---------------------------------------------------------------------- offering again

_LAST = (
    select(Handover.id)
    .where(Handover.application_id == bindparam("application_id"))
    .order_by(Handover.id.desc())
    .limit(1)
)
_RECEIVER_NOW = (
    select(Organisation.name, Organisation.team)
    .join(Application, Application.municipality_id == Organisation.municipality_id)
    .where(Application.id == bindparam("application_id"))
)


@dataclass(frozen=True, slots=True)
class Offering:
    """What stands beside the form to offer an applicant again."""

    application_id: int
    returned: HandoverPage
    receiver: str
    note: str = field(repr=False)
    """The note of the time before."""


def offering_for(session: Session, actor: Actor, application_id: int) -> Offering:
    """Return what a returned applicant is offered again with; raises as ``offer_again``."""
    require(actor, Action.HANDOVER_OFFER)
    ref = application_ref(session, actor, application_id)
    ref.require(Field.HANDOVER, Access.WRITE)
    if ref.state is not ApplicationState.RETURNED:
        raise DomainError(NOT_RETURNED)
    key = {"application_id": ref.id}
    page = handover_for(session, actor, session.scalars(_LAST, key).one())
    receiver = session.execute(_RECEIVER_NOW, key).one()
    team = f"{receiver.team} van {receiver.name}" if receiver.team else receiver.name
    note = page.package.note if page.package else ""
    return Offering(ref.id, page, team, note)
