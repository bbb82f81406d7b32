"""Choosing who of the receiving team gets which dossiers of a transfer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session, aliased

from kp4web.caseload.models import Assignment
from kp4web.caseload.queries import overview_for
from kp4web.clients.models import Client
from kp4web.domain.actor import Actor
from kp4web.domain.caseload import attention
from kp4web.domain.errors import DomainError, Forbidden, InvalidInput
from kp4web.domain.policy import NO_ACCESS
from kp4web.domain.transfers import Division, Load, spread
from kp4web.dossiers.models import Dossier
from kp4web.transfers.models import TransferDossier
from kp4web.transfers.steps import happened, locked, note

NO_CONSULTANT = "Kies een consulent van uw eigen team."
_CHOSEN = cast(Table, TransferDossier.__table__)


@dataclass(frozen=True)
class Divide:
    """Who receives which dossiers of a transfer."""

    how: Division
    users: tuple[int, ...] = ()
    numbers: tuple[str, ...] | None = None
    """Without numbers: every dossier that nobody receives yet, or with ``TO`` none."""


def divide(
    session: Session,
    actor: Actor,
    transfer_id: int,
    command: Divide,
    *,
    now: datetime,
    today: date,
) -> int:
    """
    Choose who of the own team receives dossiers; return how many got somebody, or nobody again.

    Spreading gives each to whoever has least, a household to one. Raises ``InvalidInput``,
    ``Forbidden`` for who gives, ``DomainError`` when it is not there to be divided.
    """
    transfer, head = locked(session, actor, transfer_id)
    if head.gives:
        raise Forbidden(NO_ACCESS)
    if not head.may_divide:
        raise DomainError(happened(session, transfer))
    held = _held(session, actor, today=today)
    if not set(command.users) <= set(held):
        raise InvalidInput("user", NO_CONSULTANT)
    if command.how in {Division.TO, Division.SPREAD} and not command.users:
        field = "user" if command.how is Division.TO else "users"
        raise InvalidInput(field, "Kies aan wie u de dossiers geeft.")
    loads = _loads(session, transfer.id, command.numbers)
    given: Mapping[int, int | None]
    if command.how is Division.SPREAD:
        given = spread(loads, {user: held[user] for user in command.users})
    elif command.how is Division.FORMER:
        given = _former(session, transfer.id, held, loads)
    else:
        receiver = command.users[0] if command.how is Division.TO else None
        given = {dossier: receiver for load in loads for dossier in load.dossiers}
    _give(session, transfer.id, given)
    note(session, actor, transfer, "transfer_divide", now=now, number=len(given))
    return len(given)


def _held(session: Session, actor: Actor, *, today: date) -> dict[int, Decimal]:
    """Return how much each open consultant of the own team holds."""
    choices = overview_for(session, actor, today=today).choices
    return {one.user_id: one.weight for one in choices if one.user_id is not None}


def _loads(session: Session, transfer_id: int, numbers: Collection[str] | None) -> list[Load]:
    query = (
        select(TransferDossier.dossier_id, Dossier.kind, Client.household_id)
        .join(Dossier, Dossier.id == TransferDossier.dossier_id)
        .join(Client, Client.id == Dossier.client_id)
        .where(TransferDossier.transfer_id == transfer_id)
        .order_by(TransferDossier.dossier_id)
    )
    if numbers is None:
        query = query.where(TransferDossier.receiver_id.is_(None))
    else:
        query = query.where(Dossier.number.in_(numbers))
    households: dict[int, list[tuple[int, Decimal]]] = {}
    for row in session.execute(query):
        weight = attention(row.kind, 0)
        households.setdefault(row.household_id, []).append((row.dossier_id, weight))
    return [
        Load(tuple(d for d, _ in members), sum((w for _, w in members), Decimal(0)))
        for members in households.values()
    ]


def _former(
    session: Session, transfer_id: int, held: Collection[int], loads: list[Load]
) -> dict[int, int]:
    """Return who of the own team held each of these dossiers last."""
    wanted = {dossier for load in loads for dossier in load.dossiers}
    chosen = aliased(TransferDossier)
    rows = session.execute(
        select(Assignment.dossier_id, Assignment.user_id)
        .join(chosen, chosen.dossier_id == Assignment.dossier_id)
        .where(chosen.transfer_id == transfer_id)
        .order_by(Assignment.recorded_at, Assignment.valid_from)  # superseded on its own day too
    )
    return {row.dossier_id: row.user_id for row in rows
            if row.dossier_id in wanted and row.user_id in held}  # fmt: skip


def _give(session: Session, transfer_id: int, given: Mapping[int, int | None]) -> None:
    if given:
        session.connection().execute(
            update(_CHOSEN)
            .where(_CHOSEN.c.transfer_id == transfer_id,
                   _CHOSEN.c.dossier_id == bindparam("dossier"))
            .values(receiver_id=bindparam("receiver")),
            [{"dossier": dossier, "receiver": user} for dossier, user in given.items()],
        )  # fmt: skip
