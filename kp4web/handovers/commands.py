"""
Offering, answering and withdrawing a hand-over; accepting one about an applicant (KP4).

What is particular to a dossier that goes to the work agency (KP3) stands in ``leaving``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from kp4web.applications.commands import move
from kp4web.applications.models import Application, ApplicationDecision
from kp4web.applications.queries import application_ref, decision_as_known, last_decision
from kp4web.audit.commands import record
from kp4web.caseload.queries import Match, matches_for
from kp4web.clients.queries import who_is
from kp4web.domain.actor import Actor
from kp4web.domain.applications import KP4, ApplicationState
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.handovers import Side
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.dossiers.models import Dossier
from kp4web.handovers.leaving import (
    AcceptDossier as AcceptDossier,
)
from kp4web.handovers.leaving import (
    OfferDossier as OfferDossier,
)
from kp4web.handovers.leaving import (
    PlanJointTalk as PlanJointTalk,
)
from kp4web.handovers.leaving import (
    accept_dossier as accept_dossier,
)
from kp4web.handovers.leaving import (
    assign_coach as assign_coach,
)
from kp4web.handovers.leaving import (
    offer_dossier as offer_dossier,
)
from kp4web.handovers.leaving import (
    plan_joint_talk as plan_joint_talk,
)
from kp4web.handovers.leaving import (
    read_feedback as read_feedback,
)
from kp4web.handovers.leaving import (
    require_giver as require_giver,
)
from kp4web.handovers.leaving import (
    return_dossier,
    withdraw_dossier,
)
from kp4web.handovers.leaving import (
    write_feedback as write_feedback,
)
from kp4web.handovers.models import Handover, HandoverKind, HandoverState
from kp4web.handovers.opening import continue_dossier, keep_profile, open_dossier
from kp4web.handovers.queries import NO_HANDOVER, NOT_RETURNED
from kp4web.handovers.settling import (
    end,
    locked,
    place_of,
    refresh_handover_item,
    require_offered,
)
from kp4web.organisations.models import Organisation
from kp4web.questionnaires.commands import pass_to_dossier
from kp4web.tracks.commands import held_elsewhere

SEND_BACK = "Stuur de overdracht terug en schrijf dat erbij. Er is niets veranderd."
REASON_MAX = 2000
NOTE_MAX = 4000
_OPEN = select(Handover).where(
    Handover.application_id == bindparam("application_id"),
    Handover.state == HandoverState.OFFERED,
)


def offer_handover(
    session: Session,
    actor: Actor,
    application: Application,
    decision: ApplicationDecision,
    note: str,
    *,
    now: datetime,
    today: date,
) -> Handover:
    """
    Offer an applicant for whom klantprofiel 4 was determined to the municipality.

    Called behind the lock on the application, by the commands that decide or offer again.
    Raises ``InvalidInput`` at ``note``, or ``NotFound`` without a receiver.
    """
    require(actor, Action.HANDOVER_OFFER)
    if not note.strip():
        raise InvalidInput("note", "Schrijf een korte overdracht voor Team Sociaal.")
    receiver = session.scalar(
        select(Organisation).where(Organisation.municipality_id == application.municipality_id)
    )
    if receiver is None:
        raise NotFound("Deze gemeente werkt nog niet met dit systeem.")
    handover = Handover(
        application_id=application.id, decision_id=decision.origin_id,
        municipality_id=application.municipality_id,
        from_organisation_id=actor.organisation_id, to_organisation_id=receiver.id,
        note=note.strip(), offered_on=today, offered_at=now, offered_by_id=actor.id,
    )  # fmt: skip
    session.add(handover)
    move(application, ApplicationState.OFFERED, today=today)
    session.flush()
    refresh_handover_item(session, handover)
    record(
        session, actor, "handover_offer", now=now, municipality_id=handover.municipality_id,
        handover=handover.id, application=application.id,
    )  # fmt: skip
    return handover


def offer_again(
    session: Session, actor: Actor, application_id: int, note: str, *, now: datetime, today: date
) -> Handover:
    """
    Offer a returned applicant again, with the same decision; raises as ``offer_handover``.

    The same offer again by the same actor changes nothing.
    """
    require(actor, Action.HANDOVER_OFFER)
    ref = application_ref(session, actor, application_id, lock=True)
    ref.require(Field.HANDOVER, Access.WRITE)
    if ref.state is ApplicationState.OFFERED:
        open_one = session.scalars(_OPEN, {"application_id": ref.id}).one()
        if (open_one.offered_by_id, open_one.note) == (actor.id, note.strip()):
            return open_one
    if ref.state is not ApplicationState.RETURNED:
        raise DomainError(NOT_RETURNED)
    decision = last_decision(session, ref.id)
    if decision is None or decision.profile != KP4:
        raise DomainError("Stel eerst klantprofiel 4 vast.")
    application = session.get_one(Application, ref.id)
    return offer_handover(session, actor, application, decision, note, now=now, today=today)


@dataclass(frozen=True)
class ReturnHandover:
    """The intention to send an offered hand-over back, with the reason."""

    reason: str


def return_handover(
    session: Session, actor: Actor, handover_id: int, command: ReturnHandover,
    *, now: datetime, today: date,
) -> Handover:  # fmt: skip
    """
    Send an offered hand-over back to who offered it: nothing changes but the reason.

    The same return again by the same actor changes nothing. Raises ``InvalidInput`` at
    ``reason``, ``NotFound`` out of reach, or ``DomainError`` when it was answered before.
    """
    require(actor, Action.HANDOVER_ACCEPT)
    reason = command.reason.strip()
    if not reason:
        raise InvalidInput("reason", "Schrijf waarom u de overdracht terugstuurt.")
    row = place_of(session, actor, handover_id, Side.RECEIVER)
    if row.kind is HandoverKind.KP3:
        return return_dossier(session, actor, row, reason, now=now, today=today)
    handover = locked(session, row.id)
    if handover.ended_by_id == actor.id and handover.return_reason == reason:
        return handover
    require_offered(session, handover)
    end(handover, actor, HandoverState.RETURNED, now=now, today=today)
    handover.return_reason = reason
    move(_applicant(session, handover), ApplicationState.RETURNED, today=today)
    session.flush()
    refresh_handover_item(session, handover)
    record(
        session, actor, "handover_return", now=now, municipality_id=handover.municipality_id,
        handover=handover.id,
    )  # fmt: skip
    return handover


def withdraw_handover(
    session: Session, actor: Actor, handover_id: int, *, now: datetime, today: date
) -> Handover:
    """
    Take back what was offered, before it is answered; the sender's act, for both kinds.

    Once more by the same actor changes nothing. Raises ``NotFound`` out of reach, or
    ``DomainError`` when it was answered before.
    """
    require(actor, Action.HANDOVER_WITHDRAW)
    row = place_of(session, actor, handover_id, Side.SENDER)
    if row.kind is HandoverKind.KP3:
        return withdraw_dossier(session, actor, row, now=now, today=today)
    handover = locked(session, row.id)
    if (handover.state, handover.ended_by_id) == (HandoverState.WITHDRAWN, actor.id):
        return handover
    require_offered(session, handover)
    application = _applicant(session, handover)
    application_ref(session, actor, application.id).require(Field.HANDOVER, Access.WRITE)
    end(handover, actor, HandoverState.WITHDRAWN, now=now, today=today)
    move(application, ApplicationState.RETURNED, today=today)
    refresh_handover_item(session, handover)
    record(
        session, actor, "handover_withdraw", now=now, municipality_id=handover.municipality_id,
        handover=handover.id, application=application.id,
    )  # fmt: skip
    return handover


@dataclass(frozen=True)
class AcceptHandover:
    """
    The intention to accept.

    ``reopen`` is the number of the dossier of the same person; empty text says that every
    look-alike is somebody else; ``None`` says nothing about it.
    """

    reopen: str | None = None
    number: str | None = None
    """A dossier number to keep; drawn when empty."""


def accept_handover(
    session: Session,
    actor: Actor,
    handover_id: int,
    command: AcceptHandover,
    *,
    now: datetime,
    today: date,
) -> Dossier:
    """
    Accept an offered hand-over: the dossier is under investigation today, without a lead.

    A person who has a dossier gets no second one: a stopped dossier reopens, a running one takes
    the hand-over as it is, with its track and lead. Raises ``NotFound`` out of reach,
    ``DomainError`` when it was accepted before, or ``InvalidInput`` at ``reopen``.
    """
    require(actor, Action.HANDOVER_ACCEPT)
    row = place_of(session, actor, handover_id, Side.RECEIVER)
    if row.kind is not HandoverKind.KP4:
        raise NotFound(NO_HANDOVER)
    handover = locked(session, row.id)
    require_offered(session, handover)
    application = _applicant(session, handover)
    decision = decision_as_known(session, handover.decision_id)
    who = who_is(application)
    if elsewhere := held_elsewhere(session, actor, who.bsn_hash):
        raise DomainError(f"{elsewhere} {SEND_BACK}")
    match = _chosen(matches_for(session, actor, who), command.reopen)
    if match is None:
        dossier = open_dossier(session, actor, application, command.number, now=now, today=today)
    else:
        dossier = continue_dossier(session, actor, match.number, application, now=now, today=today)
    keep_profile(session, decision, dossier, now=now, today=today)
    move(application, ApplicationState.ACCEPTED, today=today)
    pass_to_dossier(session, application.id, dossier.id)
    handover.dossier_id = dossier.id
    end(handover, actor, HandoverState.ACCEPTED, now=now, today=today)
    refresh_handover_item(session, handover)
    record(
        session, actor, "handover_accept", now=now, subjects=[dossier.client_id],
        dossier_id=dossier.id, municipality_id=handover.municipality_id, handover=handover.id,
    )  # fmt: skip
    return dossier


def _applicant(session: Session, handover: Handover) -> Application:
    """
    Return the application as it is now, locked together with that of the partner.

    Of a couple accepted at one moment the second then finds the household of the first.
    """
    couple = session.scalars(
        select(Application)
        .where(
            or_(
                Application.id == handover.application_id,
                Application.partner_id == handover.application_id,
            )
        )
        .order_by(Application.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return next(one for one in couple if one.id == handover.application_id)


def _chosen(matches: Sequence[Match], reopen: str | None) -> Match | None:
    """Return the dossier of this person, or ``None`` for a new one; raise ``InvalidInput``."""
    same = next((match for match in matches if match.same_bsn), None)
    if same is not None and reopen != same.number:
        raise InvalidInput(
            "reopen",
            f"Deze inwoner heeft al dossier {same.number}. Kies dat dossier.",
        )
    if reopen is None and matches:
        raise InvalidInput("reopen", "Kies of dit dezelfde inwoner is.")
    chosen = next((match for match in matches if match.number == reopen), None)
    if reopen and chosen is None:
        raise InvalidInput("reopen", "Kies een van de dossiers die hierbij staan.")
    return chosen
