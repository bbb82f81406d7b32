"""What a KP3 hand-over has to do with the track: who guides follows from both together."""

from datetime import date, datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.handovers import HandoverKind, HandoverState, Standing
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.models import Handover
from kp4web.dossiers.queries import DossierRef
from kp4web.worklist.models import DueItem

_LAST = (
    select(Handover)
    .where(Handover.dossier_id == bindparam("dossier_id"), Handover.kind == HandoverKind.KP3)
    .order_by(Handover.id.desc())
    .limit(1)
    .with_for_update()
)


def standing_of(session: Session, ref: DossierRef) -> tuple[Standing, Handover | None]:
    """Return where a dossier and its last KP3 hand-over stand, both locked."""
    last = session.scalars(
        _LAST, {"dossier_id": ref.id}, execution_options={"populate_existing": True}
    ).one_or_none()
    if last is None:
        return Standing(ref.kind), None
    return Standing(ref.kind, last.state, last.guided_until is not None), last


def settle_handover(
    session: Session, actor: Actor, ref: DossierRef, track: TrackKind, *, now: datetime, today: date
) -> None:
    """Let the last hand-over follow a change of track; for commands that refresh and log."""
    before, handover = standing_of(session, ref)
    after = before.moved(track)
    if handover is None or after == before:
        return
    if after.ended and not before.ended:
        handover.guided_until = today
    elif after.handover is HandoverState.WITHDRAWN is not before.handover:
        handover.state, handover.ended_on = HandoverState.WITHDRAWN, today
        handover.ended_at, handover.ended_by_id = now, actor.id
        record_in(session, actor, ref, "handover_withdraw", now=now, handover=handover.id)
    else:
        return
    session.execute(delete(DueItem).where(DueItem.handover_id == handover.id))
    session.flush()
