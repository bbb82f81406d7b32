"""Moving several follow-ups in one transaction, each with its own result."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.errors import DomainError
from kp4web.domain.moves import MOST_AT_ONCE, PlannedMove
from kp4web.domain.policy import Action, require
from kp4web.worklist.commands import move_follow_up, refreshed_together
from kp4web.worklist.models import FollowUp

_IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_IN_ORDER = (
    select(FollowUp.id).where(FollowUp.id.in_(_IDS)).order_by(FollowUp.dossier_id, FollowUp.id)
)


def move_several(
    session: Session, actor: Actor, moves: Sequence[PlannedMove], *, now: datetime, today: date
) -> None:
    """
    Move each follow-up that still stands where it was shown; leave the others as they are.

    What is refused (out of reach, settled, moved meanwhile, a day that cannot be) is skipped; the
    page of the result tells why. The same moves again change nothing.
    """
    require(actor, Action.FOLLOW_UP_CHANGE)
    wanted = {move.follow_up_id: move for move in moves[:MOST_AT_ONCE]}
    in_order = session.scalars(_IN_ORDER, {"ids": list(wanted)}).all()  # no two wait for each other
    with refreshed_together(session):
        for follow_up_id in in_order:
            move = wanted[follow_up_id]
            try:
                move_follow_up(
                    session, actor, follow_up_id, move.to_on, expected=move.from_on,
                    now=now, today=today,
                )  # fmt: skip
            except DomainError:
                continue
