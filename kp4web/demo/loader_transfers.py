"""Writing the transfer of the demo, by the commands of both coordinators."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from kp4web.accounts.models import User
from kp4web.demo import accounts
from kp4web.demo.events import Event
from kp4web.demo.loading import Keys
from kp4web.demo.transfers import MoveGuidance, OfferTransfer
from kp4web.domain.transfers import Division, TransferState, blocks
from kp4web.dossiers.models import Dossier
from kp4web.transfers.commands import (
    Choice,
    Decision,
    Divide,
    begin_execution,
    carry_out,
    divide,
    leave_out,
    prepare_transfer,
    take_step,
)
from kp4web.transfers.queries import found_in, head_for, lines_of
from kp4web.worklist.commands import settle_message
from kp4web.worklist.models import Message


def move_guidance(keys: Keys, event: MoveGuidance) -> None:
    """Prepare a transfer, leave out what something stands in the way of, divide and execute it."""
    session, giver = keys.who(event)
    taker = keys.actors[event.receiver]
    when: dict[str, Any] = {"now": event.at, "today": event.day}
    decision = Decision(event.decided_on, event.day, event.reference, event.note)
    choice = Choice(frozenset(event.tracks))
    place = keys.municipalities[event.municipality]
    transfer_id = prepare_transfer(session, giver, place, decision, choice, **when).id
    head = head_for(session, giver, transfer_id)
    checked = found_in(session, head, **when)
    lines = lines_of(session, head, checked)
    stuck = [line.number for line in lines if any(map(blocks, line.findings))]
    if stuck:
        leave_out(session, giver, transfer_id, stuck, Choice(), now=when["now"])
    for step, by in ((TransferState.OFFERED, giver), (TransferState.CONFIRMED, taker)):
        take_step(session, by, transfer_id, step, "", **when)
    moving = sorted({line.number for line in lines} - set(stuck))
    users = tuple(keys.actors[email].id for email in event.consultants)
    given = tuple(moving[: len(moving) - event.undivided])
    divide(session, taker, transfer_id, Divide(Division.SPREAD, users, given), **when)
    when["now"] += timedelta(minutes=20)
    execution = begin_execution(session, taker, transfer_id, **when)
    for _step in carry_out(session, taker, execution, **when):
        pass
    _read_messages(keys, event.unread, when["now"] + timedelta(minutes=15))


def offer_transfer(keys: Keys, event: OfferTransfer) -> None:
    """Prepare a transfer and put it before the other side."""
    session, giver = keys.who(event)
    when: dict[str, Any] = {"now": event.at, "today": event.day}
    decision = Decision(event.decided_on, event.effective_on, event.reference, event.note)
    choice = Choice(frozenset(event.tracks))
    place = keys.municipalities[event.municipality]
    made = prepare_transfer(session, giver, place, decision, choice, **when)
    take_step(session, giver, made.id, TransferState.OFFERED, "", **when)


_UNREAD = (
    select(Message.id, Dossier.lead_id)
    .join(Dossier, Dossier.id == Message.dossier_id)
    .join(User, User.id == Dossier.lead_id)
    .where(Message.read_at.is_(None), User.organisation_id == bindparam("organisation_id"))
    .order_by(Message.id)
)


def _read_messages(keys: Keys, unread: int, now: datetime) -> None:
    """Let the new leads read what stands in their dossiers, but for the last few."""
    agency = keys.organisations[accounts.WORK_AGENCY]
    waiting = keys.session.execute(_UNREAD, {"organisation_id": agency}).all()
    leads = {actor.id: actor for actor in keys.actors.values()}
    for row in waiting[: len(waiting) - unread]:
        settle_message(keys.session, leads[row.lead_id], row.id, now=now)


TRANSFER_COMMANDS: dict[type[Event], Callable[[Keys, Any], None]] = {
    MoveGuidance: move_guidance,
    OfferTransfer: offer_transfer,
}
