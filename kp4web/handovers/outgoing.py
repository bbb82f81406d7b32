"""
Every read of KP3 hand-overs, from the side of Team Sociaal and of the work agency.

Reach: of the own dossiers, or to the own organisation; a consultant finds those of dossiers held
as lead, a job coach those assigned personally and, by their status only, those that nobody has.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor, OrganisationKind, Role
from kp4web.domain.errors import NotFound
from kp4web.domain.handovers import HandoverKind, HandoverState, Side
from kp4web.domain.policy import (
    Access,
    Action,
    Field,
    Relation,
    access,
    handover_sides,
    may,
    received_relations,
    relations,
)
from kp4web.dossiers.models import Dossier, FeedbackReport, Handover
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.extensions import AnyRow, AnySelect
from kp4web.handovers.carried import Carried, carried_by
from kp4web.handovers.coaches import coaches_of
from kp4web.handovers.lines import NO_HANDOVER, PER_PAGE, HandoverLine, HandoverList
from kp4web.organisations.models import Municipality, Organisation, ServedMunicipality
from kp4web.worklist.models import DueItem

_ACTOR: BindParameter[int] = bindparam("actor_id")
_OWN: BindParameter[int] = bindparam("organisation_id")
_SENDER, _RECEIVER = aliased(Organisation), aliased(Organisation)
_OFFERER, _ENDER, _LEAD, _COACH, _TELLER = (aliased(User) for _ in range(5))
_IS_KP3 = Handover.kind == HandoverKind.KP3
_MINE = Handover.coach_id == _ACTOR


class Only(StrEnum):
    """A part of one tab."""

    UNASSIGNED = "zonder-klantmanager"
    LATE = "te-laat"
    FEEDBACK = "terugmelding"
    """Accepted, and nothing was reported back yet."""


_PARTS: Mapping[Only, ColumnElement[bool]] = {
    Only.UNASSIGNED: or_(Handover.coach_id.is_(None), _COACH.closed_at.is_not(None)),
    Only.LATE: DueItem.due_on < bindparam("today"),
    Only.FEEDBACK: and_(
        Handover.state == HandoverState.ACCEPTED, Handover.guided_until.is_(None),
        FeedbackReport.id.is_(None),
    ),
}  # fmt: skip
_STATUS = (
    select(
        Handover.id, Handover.kind, Handover.state, Handover.offered_on, Handover.offered_at,
        Handover.ended_on, Handover.municipality_id, Handover.dossier_id, Handover.coach_id,
        Handover.guided_until, Handover.talk_wanted, Handover.talk_planned_on,
        Handover.talk_held_on, Municipality.name.label("municipality"),
        _SENDER.name.label("sender"), _RECEIVER.name.label("receiver"),
        _OFFERER.name.label("offered_by"), _ENDER.name.label("ended_by"),
        _COACH.name.label("coach"), _COACH.closed_at.label("coach_closed_at"),
        DueItem.due_on.label("deadline"), FeedbackReport.written_on, FeedbackReport.read_on,
    )
    .join(Dossier, Dossier.id == Handover.dossier_id)
    .join(Municipality, Municipality.id == Handover.municipality_id)
    .join(_SENDER, _SENDER.id == Handover.from_organisation_id)
    .join(_RECEIVER, _RECEIVER.id == Handover.to_organisation_id)
    .join(_OFFERER, _OFFERER.id == Handover.offered_by_id)
    .outerjoin(_ENDER, _ENDER.id == Handover.ended_by_id)
    .outerjoin(_COACH, _COACH.id == Handover.coach_id)
    .outerjoin(DueItem, DueItem.handover_id == Handover.id)
    .outerjoin(FeedbackReport, FeedbackReport.handover_id == Handover.id)
    .where(_IS_KP3)
)  # fmt: skip
_NAMES = (
    Client.initials, Client.given_name, Client.prefix, Client.surname, Client.birth_date,
    Handover.return_reason, Handover.note, FeedbackReport.text.label("feedback"),
    _TELLER.name.label("feedback_by"),
)  # fmt: skip
_CONTENT = (
    _STATUS.add_columns(
        *_NAMES, Dossier.number, Dossier.client_id, Dossier.lead_id, _LEAD.name.label("lead")
    )
    .join(Client, Client.id == Dossier.client_id)
    .outerjoin(_LEAD, _LEAD.id == Dossier.lead_id)
    .outerjoin(_TELLER, _TELLER.id == FeedbackReport.written_by_id)
)
_FROM_US = Dossier.holder_id == _OWN
"""Who holds the dossier now, whoever offered it: the guidance may have been transferred since."""
_TO_US = Handover.to_organisation_id == _OWN
_FREE = and_(Handover.coach_id.is_(None), Handover.state == HandoverState.OFFERED)


class View(StrEnum):
    """Whose list it is: it decides which rows there are, and whether persons are selected."""

    LEAD = "lead"
    TEAM = "team"
    COACH = "coach"
    AGENCY = "agency"


_REACH: Mapping[View, ColumnElement[bool]] = {
    View.LEAD: and_(_FROM_US, Dossier.lead_id == _ACTOR),
    View.TEAM: _FROM_US,
    View.COACH: and_(_TO_US, or_(_MINE, _FREE)),
    View.AGENCY: _TO_US,
}
_OWN_CONTENT = _STATUS.add_columns(
    *(case((_MINE, column)).label(column.key) for column in (
        Client.initials, Client.given_name, Client.prefix, Client.surname, Client.birth_date,
        Handover.return_reason, Dossier.number, Dossier.client_id, Handover.note,
    )),
    case((_MINE, FeedbackReport.text)).label("feedback"), _TELLER.name.label("feedback_by"),
    _LEAD.name.label("lead"), Dossier.lead_id,
).join(Client, Client.id == Dossier.client_id).outerjoin(
    _LEAD, and_(_LEAD.id == Dossier.lead_id, _MINE)
).outerjoin(_TELLER, _TELLER.id == FeedbackReport.written_by_id)  # fmt: skip
_COLUMNS: Mapping[View, AnySelect] = {
    View.LEAD: _CONTENT, View.TEAM: _CONTENT, View.COACH: _OWN_CONTENT, View.AGENCY: _STATUS,
}  # fmt: skip
_ORDER: Mapping[HandoverState, tuple[Any, ...]] = {
    HandoverState.OFFERED: (Handover.offered_on, Handover.id),
}


def _page_of(view: View, state: HandoverState, only: Only | None) -> AnySelect:
    query = _COLUMNS[view].where(_REACH[view], Handover.state == state)
    if only is not None:
        query = query.where(_PARTS[only])
    last = (Handover.ended_on.desc(), Handover.id.desc())
    return query.order_by(*_ORDER.get(state, last)).limit(PER_PAGE).offset(bindparam("offset"))


_LISTS = {
    (view, state, only): _page_of(view, state, only)
    for view in View for state in HandoverState for only in (None, *Only)
}  # fmt: skip
_COUNTS = {
    view: select(
        Handover.state, func.count(Handover.id),
        *(func.count(case((_PARTS[only], 1))).label(only.name) for only in Only),
    )
    .join(Dossier, Dossier.id == Handover.dossier_id)
    .outerjoin(_COACH, _COACH.id == Handover.coach_id)
    .outerjoin(DueItem, DueItem.handover_id == Handover.id)
    .outerjoin(FeedbackReport, FeedbackReport.handover_id == Handover.id)
    .where(_IS_KP3, _REACH[view])
    .group_by(Handover.state)
    for view in View
}  # fmt: skip
_ONE = {view: _COLUMNS[view].where(_REACH[view], Handover.id == bindparam("id")) for view in View}


def view_of(actor: Actor, side: Side) -> View:
    """Return whose list an actor gets on this side: the widest one of the roles."""
    if side is Side.SENDER:
        return View.TEAM if actor.has(Role.COORDINATOR) else View.LEAD
    return View.COACH if actor.has(Role.JOB_COACH) else View.AGENCY


def dossiers_for(
    session: Session, actor: Actor, side: Side, state: HandoverState, only: Only | None,
    *, page: int, today: date,
) -> HandoverList:  # fmt: skip
    """Return a page of KP3 hand-overs on this side; two queries."""
    view = view_of(actor, side)
    given = {"actor_id": actor.id, "organisation_id": actor.organisation_id, "today": today}
    found = session.execute(_COUNTS[view], given).all()
    counts = dict.fromkeys(HandoverState, 0) | {HandoverState(row[0]): row[1] for row in found}
    here = next((row for row in found if row[0] == state), None)
    parts: dict[StrEnum, int] = {one: getattr(here, one.name) if here else 0 for one in Only}
    rows = session.execute(_LISTS[view, state, only], given | {"offset": (page - 1) * PER_PAGE})
    return HandoverList(
        tuple(_line(row, actor, side) for row in rows), state, counts, 0, page, side,
        view is not View.AGENCY, view is not View.AGENCY, may_register=False,
        kind=HandoverKind.KP3, only=only, parts=parts,
        number=parts[only] if only else counts[state],
    )  # fmt: skip


def _line(row: AnyRow, actor: Actor, side: Side) -> HandoverLine:
    named = getattr(row, "surname", None) is not None
    known = named or None
    return HandoverLine(
        id=row.id, municipality_id=row.municipality_id, state=row.state,
        municipality=row.municipality, sender=row.sender, owner=_owner(row, side),
        offered_on=row.offered_on, offered_by=row.offered_by, deadline=row.deadline,
        ended_on=row.ended_on, ended_by=row.ended_by, after_return=None,
        name=known and name_of(row), birth_date=known and row.birth_date,
        reason=(getattr(row, "return_reason", None) or None), application_id=None,
        number=getattr(row, "number", None), client_id=getattr(row, "client_id", None),
        lead=getattr(row, "lead", None), kind=HandoverKind.KP3, receiver=row.receiver,
        coach=None if row.coach_closed_at else row.coach, is_mine=row.coach_id == actor.id,
        talk_wanted=row.talk_wanted, talk_planned_on=row.talk_planned_on,
        talk_held_on=row.talk_held_on, guided_until=row.guided_until,
        told_on=row.written_on, told_read_on=row.read_on,
    )  # fmt: skip


def _owner(row: AnyRow, side: Side) -> str:
    if row.state in {HandoverState.RETURNED, HandoverState.WITHDRAWN}:
        return str(row.sender)
    if row.coach and not row.coach_closed_at:
        return str(row.coach)
    return "Nog geen klantmanager" if side is Side.RECEIVER else f"{row.receiver}"


# ---------------------------------------------------------------------- one hand-over


@dataclass(frozen=True, slots=True)
class Told:
    """What the job coach reported back."""

    text: str
    on: date
    by: str
    read_on: date | None


@dataclass(frozen=True, slots=True)
class DossierHandover:
    """One KP3 hand-over as one actor sees it, with what can be done about it."""

    line: HandoverLine
    side: Side
    carried: Carried | None = None
    note: str | None = field(default=None, repr=False)
    told: Told | None = None
    coaches: tuple[tuple[int, str], ...] = ()
    """Among whom the coordinator chooses."""
    may_take: bool = False
    may_answer: bool = False
    may_choose: bool = False
    may_withdraw: bool = False
    may_plan: bool = False
    may_tell: bool = False
    may_note_read: bool = False

    @property
    def receiving(self) -> bool:
        """Return whether it comes to the own organisation."""
        return self.side is Side.RECEIVER


def dossier_handover_for(session: Session, actor: Actor, handover_id: int) -> DossierHandover:
    """
    Return a KP3 hand-over to or from the own organisation, or raise ``NotFound``.

    At a work agency that guides one person can stand on both sides: what one may do is added up.
    """
    sent = _found(session, actor, handover_id, Side.SENDER, _sent)
    received = _found(session, actor, handover_id, Side.RECEIVER, _received)
    if sent is None or received is None:
        if (found := sent or received) is None:
            raise NotFound(NO_HANDOVER)
        return found
    return replace(
        sent, coaches=received.coaches, may_take=received.may_take,
        may_answer=received.may_answer, may_choose=received.may_choose,
        may_plan=sent.may_plan or received.may_plan, may_tell=received.may_tell,
    )  # fmt: skip


def _found(
    session: Session, actor: Actor, handover_id: int, side: Side,
    read: Callable[[Session, Actor, AnyRow], DossierHandover | None],
) -> DossierHandover | None:  # fmt: skip
    """Return the hand-over as the actor sees it on this side, if there is anything there."""
    if (HandoverKind.KP3, side) not in handover_sides(actor):
        return None
    key = {
        "id": handover_id, "actor_id": actor.id, "organisation_id": actor.organisation_id,
    }  # fmt: skip
    row = session.execute(_ONE[view_of(actor, side)], key).one_or_none()
    return None if row is None else read(session, actor, row)


def _sent(session: Session, actor: Actor, row: AnyRow) -> DossierHandover | None:
    held = relations(actor, lead_id=row.lead_id, dossier_id=row.dossier_id)
    if access(held, Field.HANDOVER) < Access.READ:
        return None
    gives = may(actor, Action.DOSSIER_HAND_OVER) and access(held, Field.TRACK) >= Access.WRITE
    offered, accepted = _stands(row)
    told = _told(row)
    return DossierHandover(
        _line(row, actor, Side.SENDER), Side.SENDER,
        carried_by(session, row.dossier_id, held, at=row.offered_at, on=row.offered_on),
        row.note, told, may_withdraw=offered and gives, may_plan=gives and (offered or accepted),
        may_note_read=told is not None and told.read_on is None,
    )  # fmt: skip


def _received(session: Session, actor: Actor, row: AnyRow) -> DossierHandover:
    held = received_relations(
        actor, coach_id=row.coach_id, state=row.state, ended=row.guided_until is not None
    )
    offered, accepted = _stands(row)
    chooses = Relation.AGENCY in held and (offered or accepted)
    line = _line(row, actor, Side.RECEIVER)
    shared: dict[str, Any] = {
        "may_choose": chooses,
        "coaches": coaches_of(session, actor) if chooses else (),
        "may_take": offered and row.coach_id is None and actor.has(Role.JOB_COACH),
    }
    if Relation.HANDED_OVER not in held:
        return DossierHandover(line, Side.RECEIVER, **shared)
    told = _told(row)
    return DossierHandover(
        line, Side.RECEIVER,
        carried_by(session, row.dossier_id, held, at=row.offered_at, on=row.offered_on),
        row.note, told, may_answer=offered, may_plan=offered or accepted,
        may_tell=accepted and told is None, **shared,
    )  # fmt: skip


def _stands(row: AnyRow) -> tuple[bool, bool]:
    runs = row.guided_until is None
    return row.state is HandoverState.OFFERED, row.state is HandoverState.ACCEPTED and runs


def _told(row: AnyRow) -> Told | None:
    if not row.feedback:
        return None
    return Told(row.feedback, row.written_on, row.feedback_by, row.read_on)


# ---------------------------------------------------------------------- the page of a dossier

_AGENCY_OF = (
    select(Organisation.name)
    .join(ServedMunicipality, ServedMunicipality.organisation_id == Organisation.id)
    .where(ServedMunicipality.municipality_id == bindparam("municipality_id"))
    .order_by(Organisation.id != _OWN, Organisation.id)
    .limit(1)
)
"""To whom a dossier is offered: to the own organisation where that is the work agency."""
_OF_DOSSIER = (
    _CONTENT.where(Handover.dossier_id == bindparam("dossier_id"), _FROM_US)
    .order_by(Handover.id.desc())
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Departure:
    """The hand-overs of one dossier, and what would cross now."""

    ref: DossierRef
    agency: str | None
    lines: tuple[HandoverLine, ...]
    preview: Carried
    may_offer: bool
    inside: bool
    """The work agency holds it: it goes from a consultant to a job coach there."""

    @property
    def open_line(self) -> HandoverLine | None:
        """Return the one that waits for an answer."""
        return next((line for line in self.lines if line.is_offered), None)


def departure_for(
    session: Session, actor: Actor, number: str, *, now: datetime, today: date
) -> Departure:
    """Return the page about handing a dossier over; raises ``Forbidden`` or ``NotFound``."""
    ref = dossier_ref(session, actor, number)
    ref.require(Field.HANDOVER, Access.READ)
    key = {
        "dossier_id": ref.id, "organisation_id": actor.organisation_id, "actor_id": actor.id,
        "municipality_id": ref.municipality_id,
    }  # fmt: skip
    lines = tuple(_line(row, actor, Side.SENDER) for row in session.execute(_OF_DOSSIER, key))
    agency = session.scalars(_AGENCY_OF, key).one_or_none()
    writes = access(ref.relations, Field.TRACK) >= Access.WRITE
    ready = ref.kind.value == "kp3" and not any(line.is_offered for line in lines)
    return Departure(
        ref, agency, lines, carried_by(session, ref.id, ref.relations, at=now, on=today),
        may_offer=ready and writes and agency is not None,
        inside=actor.organisation_kind is OrganisationKind.WORK_AGENCY,
    )  # fmt: skip
