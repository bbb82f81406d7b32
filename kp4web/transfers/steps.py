"""What acts about a transfer begin and end with: the lock, the step, the entry in the log."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.audit.commands import record
from kp4web.domain.actor import Actor
from kp4web.domain.dates import AMSTERDAM, dutch_date
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import Action, require
from kp4web.domain.transfers import TransferState
from kp4web.transfers.models import Transfer, TransferStep
from kp4web.transfers.pieces import Head
from kp4web.transfers.queries import NO_TRANSFER, head_for

_LOCK = select(Transfer).where(Transfer.id == bindparam("id")).with_for_update()


def locked(session: Session, actor: Actor, transfer_id: int) -> tuple[Transfer, Head]:
    """Return the transfer within reach as it is now, locked."""
    require(actor, Action.GUIDANCE_TRANSFER)
    head_for(session, actor, transfer_id)
    options = {"populate_existing": True}
    transfer = session.scalars(_LOCK, {"id": transfer_id}, execution_options=options).one_or_none()
    if transfer is None:
        raise NotFound(NO_TRANSFER)
    return transfer, head_for(session, actor, transfer_id)


def note_step(
    session: Session,
    actor: Actor,
    transfer: Transfer,
    to: TransferState,
    reason: str,
    *,
    now: datetime,
    today: date,
) -> None:
    """Note that the step was taken, and log it."""
    transfer.state = to
    session.add(
        TransferStep(
            transfer_id=transfer.id, state=to, taken_on=today, taken_at=now, by_id=actor.id,
            reason=reason,
        )
    )  # fmt: skip
    session.flush()
    note(session, actor, transfer, f"transfer_{to.value}", now=now)


def happened(session: Session, transfer: Transfer) -> str:
    """Return what the last step was, when and by whom."""
    row = session.execute(
        select(TransferStep.state, TransferStep.taken_at, User.name)
        .join(User, User.id == TransferStep.by_id)
        .where(TransferStep.transfer_id == transfer.id)
        .order_by(TransferStep.id.desc())
        .limit(1)
    ).one()
    at = row.taken_at.astimezone(AMSTERDAM)
    return (
        f"Deze overgang is al {row.state.label.lower()}, op {dutch_date(at.date())} om {at:%H:%M} "
        f"door {row.name}. Er is niets veranderd."
    )


def note(
    session: Session, actor: Actor, transfer: Transfer, act: str, *, now: datetime, **detail: Any
) -> None:
    """Log an act about a transfer, of which municipality and with which numbers."""
    record(
        session, actor, act, now=now, municipality_id=transfer.municipality_id,
        transfer=transfer.id, **detail,
    )  # fmt: skip
