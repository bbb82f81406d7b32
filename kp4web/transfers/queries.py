"""
Every read of transfers: which ways there are, one transfer with its checks, its dossiers.

Reach: coordinators of the organisation that gives and, once it was put before them, of the one that
receives. Who receives reads no name before the guidance moves; afterwards whoever holds a dossier
reads it, and the other side its number only: one condition, ``holder_id``, says so.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User, UserRole
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor, Role
from kp4web.domain.errors import NotFound
from kp4web.domain.handovers import Side
from kp4web.domain.policy import Action, require
from kp4web.domain.transfers import (
    RULES,
    Effect,
    Finding,
    TransferState,
    outcome_of,
    shown_to,
)
from kp4web.dossiers.models import Dossier
from kp4web.extensions import AnyRow, rows_of
from kp4web.organisations.models import Municipality, Organisation
from kp4web.transfers.checks import found_in as found_in
from kp4web.transfers.models import Transfer, TransferDossier, TransferStep
from kp4web.transfers.pieces import Found, Head, Line, Person, Report, Step

NO_TRANSFER = "Deze overgang bestaat niet of is niet voor u."
PER_PAGE = 50

_OWN: BindParameter[int] = bindparam("organisation_id")
_FROM, _TO = aliased(Organisation), aliased(Organisation)
_OFFERED_ONCE = (
    select(TransferStep.id)
    .where(TransferStep.transfer_id == Transfer.id, TransferStep.state == TransferState.OFFERED)
    .exists()
)
IN_REACH = or_(
    Transfer.from_organisation_id == _OWN,
    and_(Transfer.to_organisation_id == _OWN, _OFFERED_ONCE),
)
"""The condition of every query of transfers; bind ``organisation_id``."""
_HEADS = (
    select(
        Transfer.id, Transfer.state, Transfer.municipality_id,
        Municipality.name.label("municipality"),
        Transfer.from_organisation_id, _FROM.name.label("giver"),
        Transfer.to_organisation_id, _TO.name.label("receiver"),
        Transfer.decided_on, Transfer.effective_on, Transfer.reference, Transfer.note,
        select(func.count())
        .where(TransferDossier.transfer_id == Transfer.id)
        .scalar_subquery()
        .label("dossiers"),
    )
    .join(Municipality, Municipality.id == Transfer.municipality_id)
    .join(_FROM, _FROM.id == Transfer.from_organisation_id)
    .join(_TO, _TO.id == Transfer.to_organisation_id)
    .where(IN_REACH)
)  # fmt: skip
_LIST = _HEADS.order_by(Transfer.id.desc()).limit(100)
_ONE = _HEADS.where(Transfer.id == bindparam("id"))
_WAITING = select(func.count(Transfer.id)).where(
    or_(
        and_(Transfer.to_organisation_id == _OWN, Transfer.state == TransferState.OFFERED),
        and_(Transfer.from_organisation_id == _OWN, Transfer.state == TransferState.RETURNED),
        and_(
            IN_REACH,
            Transfer.state == TransferState.CONFIRMED,
            Transfer.effective_on <= bindparam("today"),
        ),
    )
)
_STEPS = (
    select(
        TransferStep.state, TransferStep.taken_on, TransferStep.taken_at, User.name.label("by"),
        Organisation.name.label("organisation"), TransferStep.reason,
    )
    .join(User, User.id == TransferStep.by_id)
    .join(Organisation, Organisation.id == User.organisation_id)
    .where(TransferStep.transfer_id == bindparam("id"))
    .order_by(TransferStep.id)
)  # fmt: skip
_LEAD, _RECEIVER = aliased(User), aliased(User)
_NOT_YET = TransferDossier.outcome.is_(None)
_WAITS = and_(_NOT_YET, Dossier.holder_id == Transfer.from_organisation_id)
_FORMER_LEAD = case((_WAITS, Dossier.lead_id), else_=TransferDossier.earlier_lead_id)
_FOLLOWS = or_(_WAITS, Dossier.holder_id == _OWN)
"""Whether the reader's side still follows the dossier: who gave it away does not."""
_ROWS = (
    select(
        TransferDossier.dossier_id, Dossier.number, Dossier.client_id,
        func.coalesce(TransferDossier.kind, Dossier.kind).label("kind"),
        case((_FOLLOWS, Dossier.track_since)).label("track_since"),
        case((_FOLLOWS, Dossier.planned_end)).label("planned_end"),
        case((_FOLLOWS, Dossier.next_due_on)).label("next_due_on"),
        Dossier.holder_id, _FORMER_LEAD.label("lead_id"), _LEAD.name.label("lead"),
        TransferDossier.receiver_id, _RECEIVER.name.label("receiver"), TransferDossier.outcome,
        TransferDossier.guided_from,
    )
    .join(Dossier, Dossier.id == TransferDossier.dossier_id)
    .join(Transfer, Transfer.id == TransferDossier.transfer_id)
    .outerjoin(_LEAD, _LEAD.id == _FORMER_LEAD)
    .outerjoin(_RECEIVER, _RECEIVER.id == TransferDossier.receiver_id)
    .where(TransferDossier.transfer_id == bindparam("id"))
    .order_by(Dossier.number)
)  # fmt: skip
_PEOPLE = (
    select(User.id, User.name, User.organisation_id, UserRole.role)
    .join(UserRole, UserRole.user_id == User.id)
    .where(
        User.organisation_id.in_(bindparam("organisations", expanding=True)),
        User.closed_at.is_(None), UserRole.revoked_at.is_(None),
        UserRole.role.in_([Role.CONSULTANT, Role.COORDINATOR]),
    )
    .order_by(User.name, User.id)
)  # fmt: skip
_NAMES = select(Client.id, Client.initials, Client.given_name, Client.prefix, Client.surname).where(
    Client.id.in_(bindparam("ids", expanding=True))
)


# ---------------------------------------------------------------------- the list and one head


def transfers_for(session: Session, actor: Actor) -> tuple[Head, ...]:
    """Return the transfers from and to the own organisation, the latest first."""
    require(actor, Action.GUIDANCE_TRANSFER)
    own = {"organisation_id": actor.organisation_id}
    return tuple(_head(actor, row) for row in session.execute(_LIST, own))


def waiting_for(session: Session, actor: Actor, *, today: date) -> int:
    """Return how many transfers wait for a step of the own organisation; one query."""
    require(actor, Action.GUIDANCE_TRANSFER)
    own = {"organisation_id": actor.organisation_id, "today": today}
    return int(rows_of(session, _WAITING, own).scalar_one())


def head_for(session: Session, actor: Actor, transfer_id: int) -> Head:
    """Return one transfer within reach without its dossiers, or raise ``NotFound``."""
    require(actor, Action.GUIDANCE_TRANSFER)
    key = {"organisation_id": actor.organisation_id, "id": transfer_id}
    row = session.execute(_ONE, key).one_or_none()
    if row is None:
        raise NotFound(NO_TRANSFER)
    return _head(actor, row)


def _head(actor: Actor, row: AnyRow) -> Head:
    gives = row.from_organisation_id == actor.organisation_id
    return Head(**row._mapping, side=Side.SENDER if gives else Side.RECEIVER)


# ---------------------------------------------------------------------- one transfer


def transfer_for(
    session: Session, actor: Actor, transfer_id: int, *, now: datetime, today: date
) -> Report:
    """Return one transfer with everything its page says; raise ``NotFound`` out of reach."""
    head = head_for(session, actor, transfer_id)
    steps = tuple(Step(*row) for row in session.execute(_STEPS, {"id": head.id}))
    people = _people(session, head)
    if not head.shows_dossiers:
        return Report(head, steps, (), (), 0, *people)
    checked = found_in(session, head, now=now, today=today) if head.state.is_open else {}
    seen = set(shown_to(head.side))
    lines = lines_of(session, head, {
        dossier_id: tuple(f for f in found if f in seen) for dossier_id, found in checked.items()
    })  # fmt: skip
    hidden = sum(
        any(f not in seen and RULES[f].effect is Effect.BLOCKS for f in found)
        for found in checked.values()
    )
    return Report(head, steps, lines, _found(lines, checked), hidden, *people)


def lines_of(
    session: Session, head: Head, findings: Mapping[int, Collection[Finding]]
) -> tuple[Line, ...]:
    """Return every dossier of the transfer, by number, without names."""
    own = head.from_organisation_id if head.gives else head.to_organisation_id
    return tuple(
        Line(
            dossier_id=row.dossier_id, number=row.number, client_id=row.client_id, kind=row.kind,
            track_since=row.track_since, planned_end=row.planned_end, next_due_on=row.next_due_on,
            is_ours=row.holder_id == own, lead_id=row.lead_id, lead=row.lead,
            receiver_id=row.receiver_id, receiver=row.receiver,
            outcome=row.outcome
            or outcome_of(row.kind, is_held=row.holder_id == head.from_organisation_id),
            guided_from=row.guided_from, findings=tuple(findings.get(row.dossier_id, ())),
        )
        for row in session.execute(_ROWS, {"id": head.id, "organisation_id": own})
    )  # fmt: skip


def _found(lines: Sequence[Line], checked: Any) -> tuple[Found, ...]:
    numbers: dict[Finding, list[str]] = {}
    people: dict[Finding, set[str]] = {}
    for line in lines:
        for finding in line.findings:
            numbers.setdefault(finding, []).append(line.number)
            people.setdefault(finding, set()).update(checked[line.dossier_id][finding])
    return tuple(
        Found(finding, tuple(numbers[finding]), tuple(sorted(people[finding])))
        for finding in RULES
        if finding in numbers
    )


def _people(session: Session, head: Head) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    sides = (head.from_organisation_id, head.to_organisation_id)
    roles: dict[tuple[int, int, str], set[Role]] = {}
    for row in session.execute(_PEOPLE, {"organisations": sides}):
        roles.setdefault((row.organisation_id, row.id, row.name), set()).add(row.role)
    giving, receiving = (
        tuple(
            Person(user_id, name, Role.CONSULTANT in held, Role.COORDINATOR in held)
            for (organisation_id, user_id, name), held in roles.items()
            if organisation_id == side
        )
        for side in sides
    )
    return giving, receiving


def names_for(session: Session, lines: Sequence[Line]) -> dict[int, str]:
    """Return the names of the residents on these lines, of the dossiers that are the reader's."""
    ids = [line.client_id for line in lines if line.is_ours]
    return {row.id: name_of(row) for row in session.execute(_NAMES, {"ids": ids})} if ids else {}
