"""
Preparing a transfer: what the council decided, which dossiers, who receives them, its steps.

Every command locks the transfer first, so that of two people at once one has the step and the other
hears what happened. Carrying it out is in ``execution``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.errors import DomainError, Forbidden, InvalidInput
from kp4web.domain.policy import NO_ACCESS, Action, require
from kp4web.domain.transfers import (
    NEEDS_REASON,
    NOTE_MAX,
    REASON_MAX,
    REFERENCE_MAX,
    TransferState,
    check_days,
    is_takers,
)
from kp4web.dossiers.models import Dossier
from kp4web.extensions import AnySelect
from kp4web.organisations.models import Organisation
from kp4web.transfers.choosing import NOBODY as NOBODY
from kp4web.transfers.choosing import Choice as Choice
from kp4web.transfers.choosing import Way, available, ways_for
from kp4web.transfers.division import Divide as Divide
from kp4web.transfers.division import divide as divide
from kp4web.transfers.execution import Progress as Progress
from kp4web.transfers.execution import begin_execution as begin_execution
from kp4web.transfers.execution import carry_out as carry_out
from kp4web.transfers.models import Transfer, TransferDossier
from kp4web.transfers.pieces import Head
from kp4web.transfers.steps import happened, locked, note, note_step

NOTHING_CHOSEN = (
    "Er zijn geen actieve dossiers die hierbij horen, of ze staan al in een andere overgang."
)
_CHOSEN = cast(Table, TransferDossier.__table__)


@dataclass(frozen=True)
class Decision:
    """What the council decided."""

    decided_on: date
    effective_on: date
    reference: str
    note: str = ""


# ---------------------------------------------------------------------- what it is about


def prepare_transfer(
    session: Session,
    actor: Actor,
    municipality_id: int,
    decision: Decision,
    choice: Choice,
    *,
    now: datetime,
    today: date,
) -> Transfer:
    """
    Prepare to let the guidance of these dossiers go to the other organisation.

    Raises ``InvalidInput`` at the field or ``Forbidden``; nothing moves before it is executed.
    """
    require(actor, Action.GUIDANCE_TRANSFER)
    way = _way(session, actor, municipality_id)
    _one_at_a_time(session, way.from_organisation_id)
    transfer = Transfer(
        municipality_id=way.municipality_id, from_organisation_id=way.from_organisation_id,
        to_organisation_id=way.to_organisation_id, **_checked(decision),
    )  # fmt: skip
    session.add(transfer)
    session.flush()
    if not _add(session, transfer.id, available(way, choice)):
        raise InvalidInput("tracks", NOTHING_CHOSEN)
    note_step(session, actor, transfer, TransferState.DRAFTED, "", now=now, today=today)
    return transfer


def change_decision(
    session: Session, actor: Actor, transfer_id: int, decision: Decision, *, now: datetime
) -> None:
    """Mend what was noted of the council's decision, while the transfer is in preparation."""
    transfer, _head = _editable(session, actor, transfer_id)
    for name, value in _checked(decision).items():
        setattr(transfer, name, value)
    session.flush()
    note(session, actor, transfer, "transfer_change", now=now)


def _way(session: Session, actor: Actor, municipality_id: int) -> Way:
    ways = {way.municipality_id: way for way in ways_for(session, actor)}
    if municipality_id not in ways:
        raise InvalidInput("municipality", "Kies een gemeente uit de lijst.")
    return ways[municipality_id]


def _checked(decision: Decision) -> dict[str, Any]:
    check_days(decision.decided_on, decision.effective_on)
    reference, note = decision.reference.strip(), decision.note.strip()
    if not reference:
        raise InvalidInput("reference", "Vul het kenmerk van het raadsbesluit in.")
    for field, text, most in (("reference", reference, REFERENCE_MAX), ("note", note, NOTE_MAX)):
        if len(text) > most:
            raise InvalidInput(field, f"Gebruik hier hoogstens {most} tekens.")
    return {
        "decided_on": decision.decided_on, "effective_on": decision.effective_on,
        "reference": reference, "note": note,
    }  # fmt: skip


def _one_at_a_time(session: Session, organisation_id: int) -> None:
    """Wait for whoever chooses dossiers of this organisation: none may be in two transfers."""
    session.execute(
        select(Organisation.id)
        .where(Organisation.id == organisation_id)
        .with_for_update(key_share=True)
    )


def _add(session: Session, transfer_id: int, dossiers: AnySelect) -> int:
    ids = session.scalars(dossiers.order_by(Dossier.id)).all()
    rows = [{"transfer_id": transfer_id, "dossier_id": dossier_id} for dossier_id in ids]
    if rows:
        session.execute(insert(_CHOSEN), rows)
    return len(rows)


def add_dossiers(
    session: Session,
    actor: Actor,
    transfer_id: int,
    numbers: Collection[str] | None,
    choice: Choice,
    *,
    now: datetime,
) -> int:
    """Take dossiers in: these by number, or all of a choice (``None``); return how many."""
    transfer, head = _editable(session, actor, transfer_id)
    _one_at_a_time(session, head.from_organisation_id)
    query = available(head, choice)
    if numbers is not None:
        query = query.where(Dossier.number.in_(numbers))
    added = _add(session, transfer.id, query)
    note(session, actor, transfer, "transfer_choose", now=now, added=added)
    return added


def leave_out(
    session: Session,
    actor: Actor,
    transfer_id: int,
    numbers: Collection[str] | None,
    choice: Choice,
    *,
    now: datetime,
) -> int:
    """
    Leave dossiers out: these by number, or all of a choice (``None``); return how many.

    Also after it was confirmed: what stands in the way of one dossier must not hold up the others.
    """
    transfer, head = locked(session, actor, transfer_id)
    if not head.gives:
        raise Forbidden(NO_ACCESS)
    _require_open(session, transfer)
    chosen = select(Dossier.id).where(Dossier.holder_id == head.from_organisation_id)
    if numbers is not None:
        chosen = chosen.where(Dossier.number.in_(numbers))
    if choice.tracks:
        chosen = chosen.where(Dossier.kind.in_(choice.tracks))
    done = session.execute(
        delete(_CHOSEN).where(
            _CHOSEN.c.transfer_id == transfer.id, _CHOSEN.c.dossier_id.in_(chosen)
        )
    )
    left = cast(Any, done).rowcount
    note(session, actor, transfer, "transfer_choose", now=now, left=left)
    return int(left)


# ---------------------------------------------------------------------- its steps


def take_step(
    session: Session,
    actor: Actor,
    transfer_id: int,
    to: TransferState,
    reason: str,
    *,
    now: datetime,
    today: date,
) -> None:
    """
    Put the transfer before the other side, confirm it, send it back or withdraw it.

    Raises ``Forbidden`` for the other side's step, ``DomainError`` with what happened when it is
    no longer there to be taken, ``InvalidInput`` without the reason that it needs.
    """
    transfer, head = locked(session, actor, transfer_id)
    if to is TransferState.EXECUTED or not is_takers(to, head.side):
        raise Forbidden(NO_ACCESS)
    if not head.may(to):
        raise DomainError(happened(session, transfer))
    why = reason.strip()
    if to in NEEDS_REASON and not why:
        raise InvalidInput("reason", "Schrijf op waarom, zodat de ander weet wat er moet gebeuren.")
    if len(why) > REASON_MAX:
        raise InvalidInput("reason", f"Gebruik hier hoogstens {REASON_MAX} tekens.")
    if to is TransferState.OFFERED and not head.dossiers:
        raise DomainError("Er is geen dossier gekozen. Kies eerst welke dossiers overgaan.")
    note_step(session, actor, transfer, to, why if to in NEEDS_REASON else "", now=now, today=today)


def _editable(session: Session, actor: Actor, transfer_id: int) -> tuple[Transfer, Head]:
    transfer, head = locked(session, actor, transfer_id)
    if not head.gives:
        raise Forbidden(NO_ACCESS)
    if not transfer.state.is_editable:
        raise DomainError(happened(session, transfer))
    return transfer, head


def _require_open(session: Session, transfer: Transfer) -> None:
    if not transfer.state.is_open:
        raise DomainError(happened(session, transfer))
