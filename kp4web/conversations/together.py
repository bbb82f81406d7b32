"""
One conversation in the dossiers of both partners: one transaction, an entry in each.

Each dossier keeps its own text, follow-up, due items and log entry. Who is the resident in one
is the partner in the other, so a contact counts where that resident took part.
"""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from kp4web.conversations.commands import (
    SENT_BEFORE,
    RecordConversation,
    Recorded,
    own_key,
    record_conversation,
)
from kp4web.conversations.models import ContactAttempt, Conversation, Participant
from kp4web.conversations.partners import ForPartner, partner_for
from kp4web.domain.actor import Actor
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.policy import Action, require
from kp4web.dossiers.queries import dossier_ref, dossier_ref_by_id

NO_PARTNER = (
    "Er is nu geen dossier van de partner waarin u dit kunt vastleggen. "
    "Kies ‘Alleen in dit dossier’."
)
_MIRRORED = {
    Participant.RESIDENT: Participant.PARTNER,
    Participant.PARTNER: Participant.RESIDENT,
}
_AT_PARTNER = {
    "report": "partner_report", "follow_up_on": "partner_follow_up_on",
    "follow_up_what": "partner_follow_up_what",
}  # fmt: skip


def record_together(
    session: Session,
    actor: Actor,
    number: str,
    command: RecordConversation,
    partner: ForPartner,
    *,
    now: datetime,
    today: date,
) -> tuple[Recorded, Recorded]:
    """
    Record a conversation (or attempt) in the dossier and in that of the partner, or in neither.

    Both dossiers are locked in the order of their id. Raises what ``record_conversation``
    raises, for the partner at the fields of the partner.
    """
    require(actor, Action.CONVERSATION_RECORD)
    here = dossier_ref(session, actor, number)
    there = partner_for(session, actor, here.client_id)
    if there is None or there.number != partner.number:
        raise InvalidInput("partner", NO_PARTNER)
    for dossier_id in sorted((here.id, there.dossier_id)):
        dossier_ref_by_id(session, actor, dossier_id, lock=True)
    if partner_for(session, actor, here.client_id) != there:
        raise DomainError("Er is net iets veranderd in het dossier van de partner. Kijk het na.")
    first, second = _both(command, partner)
    _check_sent(session, actor, first, second)
    made = record_conversation(session, actor, number, first, now=now, today=today)
    try:
        beside = record_conversation(
            session, actor, there.number, second, now=now, today=today, keeps_draft=True
        )
    except InvalidInput as error:
        raise _at_partner(error, partner) from error
    return made, beside


def _both(
    command: RecordConversation, partner: ForPartner
) -> tuple[RecordConversation, RecordConversation]:
    """Return what to record in each dossier; the step and agreements are of the resident only."""
    present = frozenset(command.participants)
    if partner.was_there:
        present |= {Participant.PARTNER}
    mirrored = {_MIRRORED.get(one, one) for one in present}
    second = RecordConversation(
        held_on=command.held_on, held_at=command.held_at, channel=command.channel,
        attempt=command.attempt, participants=_in_order(mirrored),
        report=command.report if partner.report is None else partner.report,
        life_areas=command.life_areas, follow_up_on=partner.follow_up_on,
        follow_up_what=partner.follow_up_what, done=partner.done,
        submission=f"{command.submission}+" if command.submission else None,
    )  # fmt: skip
    return replace(command, participants=_in_order(present)), second


def _in_order(present: set[Participant] | frozenset[Participant]) -> tuple[Participant, ...]:
    return tuple(one for one in Participant if one in present)


def _check_sent(
    session: Session, actor: Actor, first: RecordConversation, second: RecordConversation
) -> None:
    """Raise ``DomainError`` when the same form was sent before, then for one dossier only."""
    keys = [key for c in (first, second) if (key := own_key(actor, c.submission))]
    sent = session.scalars(
        union_all(
            *(select(e.submission).where(e.submission.in_(keys))
              for e in (Conversation, ContactAttempt))
        )
    ).all()  # fmt: skip
    if len(sent) == 1:
        raise DomainError(SENT_BEFORE)


def _at_partner(error: InvalidInput, partner: ForPartner) -> InvalidInput:
    """Return the refusal at the field of the form that says it, naming the partner's dossier."""
    place = _AT_PARTNER.get(error.field, "partner")
    if place == "partner_report" and partner.report is None:
        place = "report"
    return InvalidInput(place, f"In het dossier van de partner: {error}")
