"""
Every write of follow-ups: planning, moving, completing and taking that back.

Called through ``worklist.commands``, which other features import.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.dates import AMSTERDAM, day_of
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.moves import why_no_day
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.domain.talks import TalkPlan, can_undo
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import DossierRef, dossier_ref, dossier_ref_by_id
from kp4web.worklist.models import FollowUp, FollowUpEnding, FollowUpMove, PlannedTalk
from kp4web.worklist.queries import NO_FOLLOW_UP, consultants_for, settled
from kp4web.worklist.refresh import refresh_due_items

NEEDS_REASON = "Deze inwoner is in rust. Schrijf op waarom er nu toch een activeringsgesprek komt."
_FOLLOW_UP = cast(Table, FollowUp.__table__)
_ADD = insert(_FOLLOW_UP).returning(FollowUp.id)
_ADD_TALK = insert(cast(Table, PlannedTalk.__table__))
_END_ALL = (
    update(_FOLLOW_UP)
    .where(_FOLLOW_UP.c.dossier_id == bindparam("dossier"), _FOLLOW_UP.c.ended_at.is_(None))
    .values(revision=_FOLLOW_UP.c.revision + 1)
    .returning(_FOLLOW_UP.c.id)
)
_END_NAMED = _END_ALL.where(_FOLLOW_UP.c.id.in_(bindparam("ids", expanding=True)))
TOO_LATE_TO_UNDO = (
    "Dit kan niet meer ongedaan worden gemaakt: het is langer dan 10 seconden geleden. "
    "Plan zo nodig een nieuwe opvolging."
)


@dataclass(frozen=True)
class PlanFollowUp:
    """The intention to come back to something on a date."""

    due_on: date
    what: str = ""
    user_id: int | None = None
    """A colleague who is to do it; empty means today's lead."""
    talk: TalkPlan | None = None
    """With a time it is a planned talk."""
    is_activation: bool = False
    activation_reason: str = ""
    """Why there is a talk about activation, while it is rest."""


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
    follow_up_id = add_follow_up(session, actor, ref, command, now=now, today=today)
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, "follow_up_plan", now=now, follow_up=follow_up_id)
    return session.get_one(FollowUp, follow_up_id)


def _planned(
    session: Session, actor: Actor, ref: DossierRef, command: PlanFollowUp
) -> FollowUp | None:
    starts_at = command.talk.starts_at if command.talk else None
    return session.scalars(
        select(FollowUp)
        .outerjoin(PlannedTalk, PlannedTalk.follow_up_id == FollowUp.id)
        .where(
            FollowUp.dossier_id == ref.id,
            FollowUp.ended_at.is_(None),
            FollowUp.due_on == command.due_on,
            FollowUp.what == command.what,
            FollowUp.created_by_id == actor.id,
            FollowUp.user_id.is_not_distinct_from(command.user_id),
            PlannedTalk.starts_at.is_not_distinct_from(starts_at),
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
) -> int:
    """
    Add the row (for commands that refresh and log themselves).

    Returns its id; raises ``InvalidInput``.
    """
    if not ref.is_active:
        raise InvalidInput("follow_up_on", "Dit dossier is gestopt: er is geen opvolging meer.")
    check_day("follow_up_on", command.due_on, today)
    if command.talk is not None:
        _check_time("talk_at", command.due_on, command.talk.starts_at, now)
    if command.user_id is not None:
        _check_colleague(session, actor, command.user_id)
    reason = command.activation_reason.strip() if command.is_activation else ""
    if command.is_activation and ref.kind is TrackKind.REST and not reason:
        raise InvalidInput("activation_reason", NEEDS_REASON)
    row = {
        "dossier_id": ref.id, "municipality_id": ref.municipality_id, "due_on": command.due_on,
        "what": command.what, "user_id": command.user_id, "conversation_id": conversation_id,
        "created_on": today, "created_at": now, "created_by_id": actor.id,
        "is_activation": command.is_activation, "activation_reason": reason,
    }  # fmt: skip
    connection = session.connection()
    follow_up_id = connection.execute(_ADD, row).scalar_one()
    if (talk := command.talk) is not None:
        planned = {
            "follow_up_id": follow_up_id, "starts_at": talk.starts_at, "how": talk.how,
            "minutes": talk.minutes, "place": talk.place.strip(),
        }  # fmt: skip
        connection.execute(_ADD_TALK, planned)
    return follow_up_id


def _check_colleague(session: Session, actor: Actor, user_id: int) -> None:
    """Raise ``InvalidInput`` unless it is a consultant of the own team."""
    if user_id not in {colleague.id for colleague in consultants_for(session, actor)}:
        raise InvalidInput("user", "Kies een consulent van uw eigen team.")


def move_follow_up(
    session: Session,
    actor: Actor,
    follow_up_id: int,
    due_on: date,
    *,
    starts_at: time | None = None,
    place: str | None = None,
    expected: date | None = None,
    now: datetime,
    today: date,
) -> FollowUp:
    """
    Move an open follow-up to another date and keep the move; lead, coordinator or named user.

    ``starts_at`` and ``place``: others for a planned talk; without them the talk keeps its own.
    ``expected``: the date it was shown on; ``DomainError`` when somebody moved it meanwhile.
    """
    require(actor, Action.FOLLOW_UP_CHANGE)
    follow_up, ref = _open_follow_up(session, actor, follow_up_id)
    if follow_up.user_id != actor.id:
        ref.require(Field.FOLLOW_UP_DATE, Access.WRITE)
    if expected is not None and follow_up.due_on not in {expected, due_on}:
        raise DomainError("Deze opvolging is intussen verzet. Er is niets veranderd.")
    check_day("due_on", due_on, today)
    talk = session.get(PlannedTalk, follow_up_id, populate_existing=True)
    was_at = talk.starts_at if talk else None
    to_at = (starts_at or was_at) if talk else None
    was_place = talk.place if talk else None
    to_place = was_place if talk is None or place is None else place.strip()
    if (due_on, to_at, to_place) == (follow_up.due_on, was_at, was_place):
        return follow_up
    if to_place != was_place and follow_up.user_id != actor.id:
        ref.require(Field.FOLLOW_UP_WHAT, Access.WRITE)
    if talk is not None and to_at is not None:
        _check_time("starts_at", due_on, to_at, now)
        talk.starts_at, talk.place = to_at, to_place or ""
    session.add(
        FollowUpMove(
            follow_up_id=follow_up.id, from_on=follow_up.due_on, to_on=due_on,
            from_at=was_at, to_at=to_at, from_place=was_place, to_place=to_place,
            moved_on=today, moved_at=now, moved_by_id=actor.id,
        )
    )  # fmt: skip
    follow_up.due_on = due_on
    follow_up.revision += 1
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


def undo_completion(
    session: Session, actor: Actor, follow_up_id: int, *, now: datetime
) -> DossierRef:
    """
    Take back within ten seconds that this actor completed a follow-up; twice is once.

    Raises ``DomainError`` when it is too late, when it was settled otherwise, or when the
    dossier stopped meanwhile; ``NotFound`` out of reach.
    """
    require(actor, Action.FOLLOW_UP_CHANGE)
    follow_up, ref = _follow_up(session, actor, follow_up_id)
    if follow_up.user_id != actor.id:
        ref.require(Field.FOLLOW_UP_WHAT, Access.WRITE)
    if follow_up.ended_at is None:
        return ref
    if follow_up.ended_by_id != actor.id or follow_up.ending is not FollowUpEnding.DONE:
        raise DomainError(settled(follow_up.ended_on, by_self=follow_up.ended_by_id == actor.id))
    if not can_undo(follow_up.ended_at, now):
        raise DomainError(TOO_LATE_TO_UNDO)
    if not ref.is_active:
        raise DomainError("Dit dossier is intussen gestopt: er is geen opvolging meer.")
    follow_up.ending = follow_up.ended_on = follow_up.ended_at = follow_up.ended_by_id = None
    follow_up.revision += 1
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, "follow_up_undo", now=now, follow_up=follow_up.id)
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
    values = {
        "dossier": ref.id, "ending": ending, "ended_on": today, "ended_at": now,
        "ended_by_id": actor.id,
    }  # fmt: skip
    session.flush()
    if ids is None:
        session.connection().execute(_END_ALL, values)
        return
    ended = session.connection().scalars(_END_NAMED, values | {"ids": list(ids)}).all()
    if len(ended) < len(set(ids)):
        raise DomainError("Een van de opvolgingen is intussen afgehandeld. Kijk het dossier na.")


def _end(
    follow_up: FollowUp, actor: Actor, ending: FollowUpEnding, now: datetime, today: date
) -> None:
    follow_up.ending, follow_up.ended_on, follow_up.ended_at = ending, today, now
    follow_up.ended_by_id = actor.id
    follow_up.revision += 1


def _open_follow_up(
    session: Session, actor: Actor, follow_up_id: int
) -> tuple[FollowUp, DossierRef]:
    """Return an open follow-up within reach, its dossier locked; else ``NotFound`` or 409."""
    follow_up, ref = _follow_up(session, actor, follow_up_id)
    if follow_up.ended_at is not None:
        raise DomainError(settled(follow_up.ended_on, by_self=follow_up.ended_by_id == actor.id))
    return follow_up, ref


def _follow_up(session: Session, actor: Actor, follow_up_id: int) -> tuple[FollowUp, DossierRef]:
    """Return a follow-up within reach, its dossier locked; else ``NotFound``."""
    dossier_id = session.scalar(select(FollowUp.dossier_id).where(FollowUp.id == follow_up_id))
    if dossier_id is None:
        raise NotFound(NO_FOLLOW_UP)
    try:
        ref = dossier_ref_by_id(session, actor, dossier_id, lock=True)
    except NotFound as error:
        raise NotFound(NO_FOLLOW_UP) from error
    return session.get_one(FollowUp, follow_up_id, populate_existing=True), ref


def check_day(field: str, day: date, today: date) -> None:
    """Raise ``InvalidInput`` unless something can be planned on this day."""
    if (why := why_no_day(day, today)) is not None:
        raise InvalidInput(field, why)


def _check_time(field: str, day: date, starts_at: time, now: datetime) -> None:
    if day == day_of(now) and starts_at < now.astimezone(AMSTERDAM).time():
        raise InvalidInput(field, "Dit tijdstip is al voorbij. Kies een later tijdstip.")
