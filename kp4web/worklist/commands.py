"""
Every write of follow-ups and messages, and of what settles a due item.

Each command finds the dossier within the actor's reach itself, checks the policy, changes,
refreshes the due items and logs; the caller commits.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.dates import add_months
from kp4web.domain.errors import DomainError, Forbidden, InvalidInput, NotFound
from kp4web.domain.policy import Access, Action, Field, Relation, require
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import DossierRef, dossier_ref, dossier_ref_by_id
from kp4web.worklist.agreements import AgreementEnding as AgreementEnding
from kp4web.worklist.agreements import MakeAgreement as MakeAgreement
from kp4web.worklist.agreements import add_agreements as add_agreements
from kp4web.worklist.agreements import end_agreements as end_agreements
from kp4web.worklist.agreements import settle_agreement as settle_agreement
from kp4web.worklist.models import (
    FollowUp,
    FollowUpEnding,
    FollowUpMove,
    Message,
    PensionNote,
)
from kp4web.worklist.queries import NO_FOLLOW_UP, settled
from kp4web.worklist.refresh import refresh_due_items as refresh_due_items
from kp4web.worklist.refresh import refreshed_together as refreshed_together

NO_MESSAGE = "Dit bericht bestaat niet of is niet voor u."
FURTHEST_MONTHS = 60
"""How far ahead a follow-up may be planned, in months."""


@dataclass(frozen=True)
class PlanFollowUp:
    """The intention to come back to something on a date."""

    due_on: date
    what: str = ""
    user_id: int | None = None
    """A colleague who is to do it; empty means today's lead."""


def plan_follow_up(
    session: Session,
    actor: Actor,
    number: str,
    command: PlanFollowUp,
    *,
    now: datetime,
    today: date,
) -> FollowUp:
    """
    Plan a follow-up in a dossier; sending the same one again lands on the first.

    Raises ``InvalidInput`` at the field, ``Forbidden`` or ``NotFound``.
    """
    require(actor, Action.FOLLOW_UP_CHANGE)
    ref = dossier_ref(session, actor, number, lock=True)
    ref.require(Field.FOLLOW_UP_WHAT, Access.WRITE)
    if earlier := _planned(session, actor, ref, command):
        return earlier
    follow_up = add_follow_up(session, actor, ref, command, now=now, today=today)
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, "follow_up_plan", now=now, follow_up=follow_up.id)
    return follow_up


def _planned(
    session: Session, actor: Actor, ref: DossierRef, command: PlanFollowUp
) -> FollowUp | None:
    return session.scalars(
        select(FollowUp).where(
            FollowUp.dossier_id == ref.id,
            FollowUp.ended_at.is_(None),
            FollowUp.due_on == command.due_on,
            FollowUp.what == command.what,
            FollowUp.created_by_id == actor.id,
        )
    ).first()


def add_follow_up(
    session: Session,
    actor: Actor,
    ref: DossierRef,
    command: PlanFollowUp,
    *,
    now: datetime,
    today: date,
    conversation_id: int | None = None,
) -> FollowUp:
    """Add the row (for commands that refresh and log themselves); raises ``InvalidInput``."""
    if not ref.is_active:
        raise InvalidInput("follow_up_on", "Dit dossier is gestopt: er is geen opvolging meer.")
    _check_day("follow_up_on", command.due_on, today)
    follow_up = FollowUp(
        dossier_id=ref.id, municipality_id=ref.municipality_id, due_on=command.due_on,
        what=command.what, user_id=command.user_id, conversation_id=conversation_id,
        created_on=today, created_at=now, created_by_id=actor.id,
    )  # fmt: skip
    session.add(follow_up)
    session.flush()
    return follow_up


def move_follow_up(
    session: Session, actor: Actor, follow_up_id: int, due_on: date, *, now: datetime, today: date
) -> FollowUp:
    """Move an open follow-up to another date and keep the move; lead, coordinator or named user."""
    require(actor, Action.FOLLOW_UP_CHANGE)
    follow_up, ref = _open_follow_up(session, actor, follow_up_id)
    if follow_up.user_id != actor.id:
        ref.require(Field.FOLLOW_UP_DATE, Access.WRITE)
    _check_day("due_on", due_on, today)
    if due_on == follow_up.due_on:
        return follow_up
    session.add(
        FollowUpMove(
            follow_up_id=follow_up.id,
            from_on=follow_up.due_on,
            to_on=due_on,
            moved_on=today,
            moved_at=now,
            moved_by_id=actor.id,
        )
    )
    follow_up.due_on = due_on
    session.flush()
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, "follow_up_move", now=now, follow_up=follow_up.id)
    return follow_up


def complete_follow_up(
    session: Session, actor: Actor, follow_up_id: int, *, now: datetime, today: date
) -> DossierRef:
    """Complete an open follow-up; the lead or the colleague named in it."""
    require(actor, Action.FOLLOW_UP_CHANGE)
    follow_up, ref = _open_follow_up(session, actor, follow_up_id)
    if follow_up.user_id != actor.id:
        ref.require(Field.FOLLOW_UP_WHAT, Access.WRITE)
    _end(follow_up, actor, FollowUpEnding.DONE, now, today)
    session.flush()
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, "follow_up_complete", now=now, follow_up=follow_up.id)
    return ref


def end_follow_ups(
    session: Session,
    actor: Actor,
    ref: DossierRef,
    ids: Collection[int] | None,
    ending: FollowUpEnding,
    *,
    now: datetime,
    today: date,
) -> None:
    """
    End open follow-ups of a dossier: those named, or all (``None``).

    For commands that refresh and log themselves. Raises ``DomainError`` when a named one is
    not open in this dossier (somebody else was first).
    """
    if ids is not None and not ids:
        return
    query = update(FollowUp).where(FollowUp.dossier_id == ref.id, FollowUp.ended_at.is_(None))
    if ids is not None:
        query = query.where(FollowUp.id.in_(ids))
    ended = session.scalars(
        query.values(ending=ending, ended_on=today, ended_at=now, ended_by_id=actor.id).returning(
            FollowUp.id
        )
    ).all()
    if ids is not None and len(ended) < len(set(ids)):
        raise DomainError("Een van de opvolgingen is intussen afgehandeld. Kijk het dossier na.")


def _end(
    follow_up: FollowUp, actor: Actor, ending: FollowUpEnding, now: datetime, today: date
) -> None:
    follow_up.ending, follow_up.ended_on, follow_up.ended_at = ending, today, now
    follow_up.ended_by_id = actor.id


def _open_follow_up(
    session: Session, actor: Actor, follow_up_id: int
) -> tuple[FollowUp, DossierRef]:
    """Return an open follow-up within reach, its dossier locked; else ``NotFound`` or 409."""
    dossier_id = session.scalar(select(FollowUp.dossier_id).where(FollowUp.id == follow_up_id))
    if dossier_id is None:
        raise NotFound(NO_FOLLOW_UP)
    try:
        ref = dossier_ref_by_id(session, actor, dossier_id, lock=True)
    except NotFound as error:
        raise NotFound(NO_FOLLOW_UP) from error
    follow_up = session.get_one(FollowUp, follow_up_id, populate_existing=True)
    if follow_up.ended_at is not None:
        raise DomainError(settled(follow_up.ended_on, by_self=follow_up.ended_by_id == actor.id))
    return follow_up, ref


def _check_day(field: str, day: date, today: date) -> None:
    if day < today:
        raise InvalidInput(field, "Kies vandaag of een dag daarna.")
    if day > add_months(today, FURTHEST_MONTHS):
        raise InvalidInput(field, "Kies een dag binnen vijf jaar.")


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
        _check_day("postponed_to", command.postponed_to, today)
    note = PensionNote(
        dossier_id=ref.id, note=command.note.strip(), postponed_to=command.postponed_to,
        recorded_on=today, recorded_at=now, recorded_by_id=actor.id,
    )  # fmt: skip
    session.add(note)
    session.flush()
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, "pension_note", now=now, note=note.id)
    return note
