"""What every command about a hand-over needs: find it within reach, locked; end it; its dates."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.domain.actor import Actor
from kp4web.domain.dates import dutch_date
from kp4web.domain.due import Norms, ReceivedHandover, received_items
from kp4web.domain.errors import DomainError, NotFound
from kp4web.domain.handovers import Side
from kp4web.domain.policy import Relation, handover_sides, received_relations
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import DossierRef, dossier_ref_by_id, handed_over_ref
from kp4web.extensions import AnyRow
from kp4web.handovers.models import FeedbackReport, Handover, HandoverKind, HandoverState
from kp4web.handovers.queries import NO_HANDOVER
from kp4web.organisations.models import MunicipalityNorms
from kp4web.worklist.commands import refresh_due_items
from kp4web.worklist.models import DueItem

_PLACE = select(
    Handover.id, Handover.kind, Handover.state, Handover.dossier_id, Handover.coach_id,
    Handover.guided_until, Handover.from_organisation_id, Handover.to_organisation_id,
    Handover.application_id,
).where(Handover.id == bindparam("id"))  # fmt: skip
_LOCKED = select(Handover).where(Handover.id == bindparam("id")).with_for_update()


@dataclass(frozen=True, slots=True)
class Taken:
    """A KP3 hand-over in hand: itself and its dossier, both locked."""

    handover: Handover
    ref: DossierRef

    @property
    def is_mine(self) -> bool:
        """Return whether the actor is the job coach it is assigned to."""
        return Relation.HANDED_OVER in self.ref.relations


def place_of(session: Session, actor: Actor, handover_id: int, side: Side) -> AnyRow:
    """
    Return where a hand-over is to be found, on this side; raise ``NotFound`` out of reach.

    The sender of a dossier is who holds it now; ``sent`` asks that of the dossier itself.
    """
    row = session.execute(_PLACE, {"id": handover_id}).one_or_none()
    if row is None or (row.kind, side) not in handover_sides(actor):
        raise NotFound(NO_HANDOVER)
    own = row.to_organisation_id if side is Side.RECEIVER else row.from_organisation_id
    by_dossier = row.kind is HandoverKind.KP3 and side is Side.SENDER
    if own != actor.organisation_id and not by_dossier:
        raise NotFound(NO_HANDOVER)
    return row


def locked(session: Session, handover_id: int) -> Handover:
    """Return a hand-over as it is now, locked."""
    options = {"populate_existing": True}
    return session.scalars(_LOCKED, {"id": handover_id}, execution_options=options).one()


def sent(session: Session, actor: Actor, row: AnyRow) -> Taken:
    """Return a KP3 hand-over of a dossier that the actor reaches; ``NotFound`` for others."""
    try:
        ref = dossier_ref_by_id(session, actor, row.dossier_id, lock=True)
    except NotFound as error:
        raise NotFound(NO_HANDOVER) from error
    if not ref.relations & {Relation.LEAD, Relation.DEPUTY, Relation.COORDINATOR}:
        raise NotFound(NO_HANDOVER)
    return Taken(locked(session, row.id), ref)


def received(session: Session, actor: Actor, row: AnyRow) -> Taken:
    """
    Return a KP3 hand-over that the actor may take up; ``DomainError`` when a colleague has it.

    That is the job coach it is assigned to, any of them while it is assigned to nobody, and the
    coordinator of the work agency. The dossier is locked first, as every command does.
    """
    ref = handed_over_ref(session, row.dossier_id, frozenset(), lock=True)
    handover = locked(session, row.id)
    held = received_relations(
        actor, coach_id=handover.coach_id, state=handover.state,
        ended=handover.guided_until is not None,
    )  # fmt: skip
    mine = handover.coach_id in {None, actor.id}
    if not held and not mine:
        require_offered(session, handover)
        raise DomainError("Een collega heeft deze overdracht op zich genomen.")
    return Taken(handover, handed_over_ref(session, ref.id, held))


def require_offered(session: Session, handover: Handover) -> None:
    """Raise ``DomainError`` unless it waits for an answer; says what happened."""
    if handover.state is not HandoverState.OFFERED:
        raise DomainError(answered_by(session, handover))


def answered_by(session: Session, handover: Handover) -> str:
    """Return who answered or withdrew it when, and what it became."""
    who = session.get(User, handover.ended_by_id) if handover.ended_by_id else None
    became = ""
    if handover.kind is HandoverKind.KP4 and handover.dossier_id:
        dossier = session.get(Dossier, handover.dossier_id)
        ours = dossier is not None and dossier.holder_id == handover.to_organisation_id
        became = f" Het is dossier {dossier.number}." if dossier and ours else ""
    by = f" door {who.name}" if who else ""
    on = f" op {dutch_date(handover.ended_on)}" if handover.ended_on else ""
    return f"Deze overdracht is al {handover.state.label.lower()}{by}{on}.{became}"


def end(
    handover: Handover, actor: Actor, state: HandoverState, *, now: datetime, today: date
) -> None:
    """Note how an offered hand-over ended."""
    handover.state, handover.ended_on = state, today
    handover.ended_at, handover.ended_by_id = now, actor.id


def refresh_handover_item(session: Session, handover: Handover) -> None:
    """Store what a hand-over asks of its receiver, and of the dossier it comes from."""
    session.flush()
    session.execute(delete(DueItem).where(DueItem.handover_id == handover.id))
    norms = session.get(MunicipalityNorms, handover.municipality_id)
    for item in received_items(_received(session, handover), norms.norms if norms else Norms()):
        session.add(
            DueItem(
                handover_id=handover.id, municipality_id=handover.municipality_id,
                organisation_id=handover.to_organisation_id, kind=item.kind, due_on=item.due_on,
                user_id=item.user_id,
            )
        )  # fmt: skip
    session.flush()
    if handover.kind is HandoverKind.KP3 and handover.dossier_id is not None:
        refresh_due_items(session, [handover.dossier_id])


def _received(session: Session, handover: Handover) -> ReceivedHandover:
    guides = (
        handover.kind is HandoverKind.KP3
        and handover.state is HandoverState.ACCEPTED
        and handover.guided_until is None
    )
    told = guides and session.scalar(
        select(FeedbackReport.id).where(FeedbackReport.handover_id == handover.id)
    )
    return ReceivedHandover(
        handover.id, handover.kind, handover.state, handover.offered_on, handover.ended_on,
        handover.coach_id, awaits_feedback=guides and not told,
    )  # fmt: skip
