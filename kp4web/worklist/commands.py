"""
Every write of messages and of what settles a due item; follow-ups are in ``followups``.

Each command finds the dossier within the actor's reach itself, checks the policy, changes,
refreshes the due items and logs; the caller commits.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.errors import Forbidden, InvalidInput, NotFound
from kp4web.domain.policy import Access, Action, Field, Relation, require
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import DossierRef, dossier_ref, dossier_ref_by_id
from kp4web.worklist.agreements import AgreementEnding as AgreementEnding
from kp4web.worklist.agreements import MakeAgreement as MakeAgreement
from kp4web.worklist.agreements import add_agreements as add_agreements
from kp4web.worklist.agreements import end_agreements as end_agreements
from kp4web.worklist.agreements import settle_agreement as settle_agreement
from kp4web.worklist.followups import PlanFollowUp as PlanFollowUp
from kp4web.worklist.followups import add_follow_up as add_follow_up
from kp4web.worklist.followups import check_day
from kp4web.worklist.followups import complete_follow_up as complete_follow_up
from kp4web.worklist.followups import end_follow_ups as end_follow_ups
from kp4web.worklist.followups import move_follow_up as move_follow_up
from kp4web.worklist.followups import plan_follow_up as plan_follow_up
from kp4web.worklist.followups import undo_completion as undo_completion
from kp4web.worklist.models import Message, PensionNote
from kp4web.worklist.refresh import refresh_due_items as refresh_due_items
from kp4web.worklist.refresh import refreshed_together as refreshed_together

NO_MESSAGE = "Dit bericht bestaat niet of is niet voor u."


@dataclass(frozen=True)
class LeaveMessage:
    """The intention to leave word for the lead."""

    text: str
    submission: str | None = None


def leave_message(
    session: Session,
    actor: Actor,
    number: str,
    command: LeaveMessage,
    *,
    now: datetime,
    today: date,
) -> Message:
    """Leave a message in a colleague's dossier; the lead gets a due item until it is read."""
    require(actor, Action.MESSAGE_LEAVE)
    ref = dossier_ref(session, actor, number, lock=True)
    if Relation.COLLEAGUE not in ref.relations:
        raise Forbidden("U bent zelf de vaste consulent van dit dossier.")
    if not command.text.strip():
        raise InvalidInput("text", "Schrijf uw bericht op.")
    if earlier := _submitted(session, actor, command.submission):
        return earlier
    message = add_message(session, actor, ref, command, now=now, today=today)
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, "message_leave", now=now, message=message.id)
    return message


def add_message(
    session: Session,
    actor: Actor,
    ref: DossierRef,
    command: LeaveMessage,
    *,
    now: datetime,
    today: date,
    conversation_id: int | None = None,
) -> Message:
    """Add the row (for commands that refresh and log themselves)."""
    message = Message(
        dossier_id=ref.id, author_id=actor.id, written_on=today, written_at=now,
        text=command.text.strip(), submission=command.submission,
        conversation_id=conversation_id,
    )  # fmt: skip
    session.add(message)
    session.flush()
    return message


def _submitted(session: Session, actor: Actor, submission: str | None) -> Message | None:
    if not submission:
        return None
    return session.scalar(
        select(Message).where(Message.submission == submission, Message.author_id == actor.id)
    )


def settle_message(session: Session, actor: Actor, message_id: int, *, now: datetime) -> DossierRef:
    """Note that the lead has read a message; raises ``NotFound`` for anybody out of reach."""
    require(actor, Action.DUE_ITEM_SETTLE)
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound(NO_MESSAGE)
    try:
        ref = dossier_ref_by_id(session, actor, message.dossier_id, lock=True)
    except NotFound as error:
        raise NotFound(NO_MESSAGE) from error
    ref.require(Field.REPORTS, Access.WRITE)
    if message.read_at is None:
        message.read_at, message.read_by_id = now, actor.id
        session.flush()
        refresh_due_items(session, [ref.id])
        record_in(session, actor, ref, "message_read", now=now, message=message.id)
    return ref


@dataclass(frozen=True)
class NotePension:
    """The nearing AOW date was seen, or (with a date) stopping is postponed."""

    note: str
    postponed_to: date | None = None


def note_pension(
    session: Session, actor: Actor, number: str, command: NotePension, *, now: datetime, today: date
) -> PensionNote:
    """Note what was agreed about the AOW date; its due item disappears or moves."""
    require(actor, Action.DUE_ITEM_SETTLE)
    ref = dossier_ref(session, actor, number, lock=True)
    ref.require(Field.TRACK, Access.WRITE)
    if not command.note.strip():
        raise InvalidInput("note", "Schrijf kort op wat u hierover weet of heeft afgesproken.")
    if command.postponed_to is not None:
        check_day("postponed_to", command.postponed_to, today)
    note = PensionNote(
        dossier_id=ref.id, note=command.note.strip(), postponed_to=command.postponed_to,
        recorded_on=today, recorded_at=now, recorded_by_id=actor.id,
    )  # fmt: skip
    session.add(note)
    session.flush()
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, "pension_note", now=now, note=note.id)
    return note
