"""Every write of conversations and attempts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, cast

from sqlalchemy import CompoundSelect, Table, bindparam, insert, literal_column, select, union_all
from sqlalchemy.orm import Session

from kp4web.conversations.models import AttemptOutcome as AttemptOutcome
from kp4web.conversations.models import Channel as Channel
from kp4web.conversations.models import ContactAttempt, Conversation, index_report
from kp4web.conversations.models import Participant as Participant
from kp4web.conversations.partners import ForPartner as ForPartner
from kp4web.domain.actor import Actor
from kp4web.domain.applications import LifeArea as LifeArea
from kp4web.domain.attempts import attempts_since
from kp4web.domain.dates import AMSTERDAM, day_of, dutch_date
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.participation import BY_NUMBER
from kp4web.domain.policy import Access, Action, Field, Relation, require
from kp4web.domain.talks import TalkPlan
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.drafts.commands import forget_draft
from kp4web.extensions import rows_of
from kp4web.worklist.commands import (
    AgreementEnding,
    LeaveMessage,
    PlanFollowUp,
    add_agreements,
    add_follow_up,
    add_message,
    end_agreements,
    end_follow_ups,
    refresh_due_items,
)
from kp4web.worklist.commands import MakeAgreement as MakeAgreement
from kp4web.worklist.models import FollowUpEnding

REPORT_LIMIT = 50_000
CONVERSATION_FORM = "gesprek"
SENT_BEFORE = (
    "Dit formulier is al eerder verstuurd, met een andere inhoud. Er is nu niets vastgelegd. "
    "Kijk het dossier na. Verstuur opnieuw als dit een ander gesprek is."
)
SPOKEN = frozenset({Channel.FACE_TO_FACE, Channel.PHONE, Channel.HOME_VISIT, Channel.VIDEO})
"""Channels by which a conversation can count as a contact (2-domain)."""

_KNOWN: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(
        literal_column("'conversation'").label("kind"), Conversation.id, Conversation.held_on
    ).where(Conversation.submission == bindparam("submission")),
    select(literal_column("'attempt'"), ContactAttempt.id, ContactAttempt.held_on).where(
        ContactAttempt.submission == bindparam("submission")
    ),
    select(literal_column("'tried'"), ContactAttempt.id, ContactAttempt.held_on).where(
        ContactAttempt.dossier_id == bindparam("dossier_id")
    ),
)
"""What was sent with this form before, and every day on which somebody was tried in vain."""
_ADD_CONVERSATION = insert(cast(Table, Conversation.__table__)).returning(Conversation.id)
_ADD_ATTEMPT = insert(cast(Table, ContactAttempt.__table__)).returning(ContactAttempt.id)


@dataclass(frozen=True)
class RecordConversation:
    """The intention to record a conversation, or (with an ``attempt``) a failed attempt."""

    held_on: date
    channel: Channel
    attempt: AttemptOutcome | None = None
    held_at: time | None = None
    participants: tuple[Participant, ...] = (Participant.RESIDENT,)
    report: str = ""
    life_areas: frozenset[LifeArea] = frozenset()
    participation_step: int | None = None
    agreements: tuple[MakeAgreement, ...] = ()
    kept: frozenset[int] = field(default_factory=frozenset)
    """Open agreements that were kept."""
    follow_up_on: date | None = None
    follow_up_what: str = ""
    talk: TalkPlan | None = None
    """With a time the follow-up is a planned talk."""
    is_activation: bool = False
    activation_reason: str = ""
    follow_up_user_id: int | None = None
    """A colleague who is to do the follow-up; empty means today's lead."""
    done: frozenset[int] = field(default_factory=frozenset)
    submission: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded: a conversation that took place, or an attempt."""

    id: int
    dossier_id: int
    held_on: date
    is_attempt: bool
    is_contact: bool = False
    """Counts for the contact norm."""


def record_conversation(
    session: Session,
    actor: Actor,
    number: str,
    command: RecordConversation,
    *,
    now: datetime,
    today: date,
    keeps_draft: bool = False,
) -> Recorded:
    """
    Record a conversation or attempt with what follows from it, and forget the draft.

    ``keeps_draft``: it was typed on the form of another dossier; a draft here is another text.

    Returns what was recorded, or the earlier one when the same form was sent before. A colleague
    records an own entry without reading others; the lead gets a due item. Raises
    ``InvalidInput`` at the field, ``Forbidden``, ``NotFound``, or ``DomainError`` when a ticked
    follow-up was settled meanwhile or the same form comes back with another text.
    """
    require(actor, Action.CONVERSATION_RECORD)
    ref = dossier_ref(session, actor, number, lock=True)
    ref.require(Field.OWN_ENTRY, Access.WRITE)
    earlier, tried = _known(session, actor, ref, command.submission)
    if earlier is not None:
        return _repeated(ref, earlier, command)
    _check(ref, command, now, today)
    entry = _add(session, actor, ref, command, now)
    _follow(session, actor, ref, entry, command, now=now, today=today)
    if not keeps_draft:
        forget_draft(session, actor, CONVERSATION_FORM, ref.id)
    refresh_due_items(session, [ref.id], changed=_contacts(ref, entry, tried))
    action = "conversation_record" if command.attempt is None else "attempt_record"
    record_in(session, actor, ref, action, now=now, entry=entry.id)
    return entry


def _check(ref: DossierRef, command: RecordConversation, now: datetime, today: date) -> None:
    if command.held_on > today:
        raise InvalidInput("held_on", "Een gesprek kan niet in de toekomst liggen.")
    clock = now.astimezone(AMSTERDAM).time()
    if command.held_at and command.held_on == day_of(now) and command.held_at > clock:
        raise InvalidInput("held_at", "Dit tijdstip moet nog komen. Vul in hoe laat het was.")
    if command.held_on < ref.opened_on:
        raise InvalidInput(
            "held_on", f"Dit dossier begint op {dutch_date(ref.opened_on)}. Kies die dag of later."
        )
    if len(command.report) > REPORT_LIMIT:
        raise InvalidInput(
            "report",
            f"Gebruik hoogstens {REPORT_LIMIT} tekens. U typte er {len(command.report)}.",
        )
    if command.participation_step not in {None, *BY_NUMBER}:
        raise InvalidInput("participation_step", "Kies een trede van 1 tot en met 6.")
    if Relation.LEAD in ref.relations:
        return
    if command.follow_up_on or command.done:
        raise InvalidInput("follow_up_on", "Alleen de vaste consulent plant en sluit opvolgingen.")
    if command.agreements or command.kept:
        raise InvalidInput("agreement", "Alleen de vaste consulent legt afspraken vast.")


def _add(
    session: Session, actor: Actor, ref: DossierRef, command: RecordConversation, now: datetime
) -> Recorded:
    """Add the row, and its words to be found by."""
    is_attempt, connection = command.attempt is not None, session.connection()
    report, spoken = command.report.strip(), False
    row: dict[str, Any] = {
        "dossier_id": ref.id, "municipality_id": ref.municipality_id, "author_id": actor.id,
        "held_on": command.held_on, "held_at": command.held_at, "channel": command.channel,
        "report": report, "recorded_at": now, "submission": own_key(actor, command.submission),
    }  # fmt: skip
    if is_attempt:
        added = connection.execute(_ADD_ATTEMPT, row | {"outcome": command.attempt})
    else:
        spoken = Participant.RESIDENT in command.participants and command.channel in SPOKEN
        row |= {
            "is_contact": spoken, "participation_step": command.participation_step,
            "participants": [str(p) for p in Participant if p in command.participants],
            "life_areas": [str(area) for area in LifeArea if area in command.life_areas],
        }  # fmt: skip
        added = connection.execute(_ADD_CONVERSATION, row)
    entry_id = added.scalar_one()
    source = "attempt_id" if is_attempt else "conversation_id"
    index_report(connection, ref.id, command.held_on, report, **{source: entry_id})
    return Recorded(entry_id, ref.id, command.held_on, is_attempt, spoken)


def _contacts(ref: DossierRef, entry: Recorded, tried: Sequence[date]) -> dict[str, Any]:
    """Return the projections: the latest contact, and how often was tried since then."""
    last, held_on = ref.last_contact_on, entry.held_on
    if entry.is_attempt:
        tried = [*tried, held_on]
    elif entry.is_contact and (last is None or held_on > last):
        last = held_on
    return {"last_contact_on": last, "attempts_since_contact": attempts_since(tried, last)}


def _follow(
    session: Session,
    actor: Actor,
    ref: DossierRef,
    entry: Recorded,
    command: RecordConversation,
    *,
    now: datetime,
    today: date,
) -> None:
    conversation_id = None if entry.is_attempt else entry.id
    end_follow_ups(session, actor, ref, command.done, FollowUpEnding.DONE, now=now, today=today)
    end_agreements(session, actor, ref, command.kept, AgreementEnding.KEPT, now=now, today=today)
    add_agreements(
        session, actor, ref, command.agreements, now=now, today=today,
        conversation_id=conversation_id,
    )  # fmt: skip
    if command.follow_up_on is not None:
        plan = PlanFollowUp(
            due_on=command.follow_up_on, what=command.follow_up_what.strip(), talk=command.talk,
            is_activation=command.is_activation, activation_reason=command.activation_reason,
            user_id=command.follow_up_user_id,
        )  # fmt: skip
        add_follow_up(
            session, actor, ref, plan, now=now, today=today, conversation_id=conversation_id
        )
    if Relation.LEAD not in ref.relations:
        notice = LeaveMessage(text="" if conversation_id else "Contactpoging vastgelegd.")
        add_message(
            session, actor, ref, notice, now=now, today=today, conversation_id=conversation_id
        )


def _known(
    session: Session, actor: Actor, ref: DossierRef, submission: str | None
) -> tuple[Conversation | ContactAttempt | None, list[date]]:
    """Return what this user recorded with this form before, and the days of failed attempts."""
    earlier: Conversation | ContactAttempt | None = None
    tried: list[date] = []
    asked = {"submission": own_key(actor, submission), "dossier_id": ref.id}
    for row in rows_of(session, _KNOWN, asked).all():
        if row.kind == "conversation":
            earlier = session.get_one(Conversation, row.id)
        elif row.kind == "attempt":
            earlier = session.get_one(ContactAttempt, row.id)
        else:
            tried.append(row.held_on)
    return earlier, tried


def is_recorded(session: Session, actor: Actor, ref: DossierRef, submission: str | None) -> bool:
    """Return whether this user sent the form with this mark: a late save brings nothing back."""
    return bool(submission) and _known(session, actor, ref, submission)[0] is not None


def own_key(actor: Actor, submission: str | None) -> str | None:
    """Return the submission as it is stored: two users can never clash."""
    return f"{actor.id}:{submission}" if submission else None


def _repeated(
    ref: DossierRef, earlier: Conversation | ContactAttempt, command: RecordConversation
) -> Recorded:
    """Return the earlier record for a mere repeat; raise ``DomainError`` for another text."""
    attempt = earlier.outcome if isinstance(earlier, ContactAttempt) else None
    was = (earlier.dossier_id, earlier.held_on, earlier.report, attempt)
    if was != (ref.id, command.held_on, command.report.strip(), command.attempt):
        raise DomainError(SENT_BEFORE)
    return Recorded(earlier.id, ref.id, earlier.held_on, attempt is not None)
