"""
Every write of a KP3 hand-over: a dossier that Team Sociaal offers to the work agency.

On acceptance exactly this happens, in one transaction: klantprofiel 3 is determined by the work
agency, the dossier stops as handed over and stays with Team Sociaal, and the job coach is noted
on the hand-over, never as lead (3-visibility, rule 7).
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.domain.actor import Actor, OrganisationKind, Role
from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import DomainError, Forbidden, InvalidInput, NotFound
from kp4web.domain.handovers import KP3, Side
from kp4web.domain.policy import Access, Action, Field, Relation, handover_sides, require
from kp4web.domain.tracks import StopReason, TrackChange
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.extensions import AnyRow
from kp4web.handovers.coaches import is_coach
from kp4web.handovers.models import FeedbackReport, Handover, HandoverKind, HandoverState
from kp4web.handovers.settling import (
    Taken,
    end,
    place_of,
    received,
    refresh_handover_item,
    require_offered,
    sent,
)
from kp4web.organisations.models import Organisation, ServedMunicipality
from kp4web.tracks.commands import move_dossier, standing_of, store_profile

STOPPED = "Werkzaak accepteerde de overdracht."
NO_COACH = "Kies een klantmanager van uw organisatie."
_RECEIVER = (
    select(Organisation)
    .join(ServedMunicipality, ServedMunicipality.organisation_id == Organisation.id)
    .where(
        ServedMunicipality.municipality_id == bindparam("municipality_id"),
        Organisation.kind == OrganisationKind.WORK_AGENCY,
    )
    .order_by(Organisation.id != bindparam("organisation_id"), Organisation.id)
    .limit(1)
)
"""The own organisation where that is the work agency, else the one that serves."""


@dataclass(frozen=True)
class OfferDossier:
    """The intention to offer a dossier in a KP3 track to the work agency."""

    note: str
    """The hand-over report: the only text of Team Sociaal that crosses."""
    talk_wanted: bool = False


def offer_dossier(
    session: Session, actor: Actor, number: str, command: OfferDossier,
    *, now: datetime, today: date,
) -> Handover:  # fmt: skip
    """
    Offer a dossier to the work agency; the lead's act, or the coordinator's.

    The same offer again by the same actor changes nothing. Raises ``InvalidInput`` at ``note``,
    ``DomainError`` outside a KP3 track or when it is offered, ``Forbidden`` or ``NotFound``.
    """
    require(actor, Action.DOSSIER_HAND_OVER)
    ref = dossier_ref(session, actor, number, lock=True)
    require_giver(ref)
    note = command.note.strip()
    standing, last = standing_of(session, ref)
    if last is not None and last.state is HandoverState.OFFERED:
        if (last.offered_by_id, last.note) == (actor.id, note):
            return last
        who = session.get_one(User, last.offered_by_id)
        raise DomainError(
            f"Dit dossier is al aangeboden door {who.name} op {dutch_date(last.offered_on)}."
        )
    standing.offered()
    if not note:
        raise InvalidInput("note", "Schrijf een overdrachtsverslag voor Werkzaak.")
    handover = Handover(
        kind=HandoverKind.KP3, dossier_id=ref.id, municipality_id=ref.municipality_id,
        from_organisation_id=actor.organisation_id,
        to_organisation_id=_receiver(session, actor, ref).id,
        note=note, offered_on=today, offered_at=now, offered_by_id=actor.id,
        talk_wanted=command.talk_wanted,
    )  # fmt: skip
    session.add(handover)
    refresh_handover_item(session, handover)
    record_in(session, actor, ref, "handover_offer", now=now, handover=handover.id)
    return handover


def require_giver(ref: DossierRef) -> None:
    """Raise ``Forbidden`` unless the actor decides on the course and reads hand-overs here."""
    ref.require(Field.TRACK, Access.WRITE)
    ref.require(Field.HANDOVER, Access.READ)


def _receiver(session: Session, actor: Actor, ref: DossierRef) -> Organisation:
    key = {"municipality_id": ref.municipality_id, "organisation_id": actor.organisation_id}
    receiver = session.scalars(_RECEIVER, key).one_or_none()
    if receiver is None:
        raise DomainError("Er is nog geen Werkzaak die voor uw gemeente met dit systeem werkt.")
    return receiver


def withdraw_dossier(
    session: Session, actor: Actor, row: AnyRow, *, now: datetime, today: date
) -> Handover:
    """Take back an offered dossier before it is answered; raises as ``withdraw_handover``."""
    taken = sent(session, actor, row)
    handover = taken.handover
    if (handover.state, handover.ended_by_id) == (HandoverState.WITHDRAWN, actor.id):
        return handover
    require_offered(session, handover)
    standing_of(session, taken.ref)[0].withdrawn()
    end(handover, actor, HandoverState.WITHDRAWN, now=now, today=today)
    refresh_handover_item(session, handover)
    record_in(session, actor, taken.ref, "handover_withdraw", now=now, handover=handover.id)
    return handover


def return_dossier(
    session: Session, actor: Actor, row: AnyRow, reason: str, *, now: datetime, today: date
) -> Handover:
    """Send an offered dossier back: nothing changes but the reason; the job coach's act."""
    taken = received(session, actor, row)
    handover = taken.handover
    if handover.ended_by_id == actor.id and handover.return_reason == reason:
        return handover
    require_offered(session, handover)
    if not taken.is_mine:
        raise Forbidden("Alleen de klantmanager die de overdracht beoordeelt, stuurt hem terug.")
    standing_of(session, taken.ref)[0].returned()
    end(handover, actor, HandoverState.RETURNED, now=now, today=today)
    handover.return_reason = reason
    refresh_handover_item(session, handover)
    record_in(session, actor, taken.ref, "handover_return", now=now, handover=handover.id)
    return handover


@dataclass(frozen=True)
class AcceptDossier:
    """The intention to take a resident over, with the reasons for klantprofiel 3."""

    justification: str
    coach_id: int | None = None
    """Chosen by the coordinator; a job coach takes it personally."""


def accept_dossier(
    session: Session, actor: Actor, handover_id: int, command: AcceptDossier,
    *, now: datetime, today: date,
) -> Handover:  # fmt: skip
    """
    Accept an offered dossier: see the module for what changes.

    Raises ``InvalidInput`` at ``justification`` or ``coach``, ``DomainError`` when it was
    answered or withdrawn before, or ``NotFound`` out of reach.
    """
    require(actor, Action.HANDOVER_ACCEPT)
    row = _to_us(session, actor, handover_id)
    taken = received(session, actor, row)
    handover, ref = taken.handover, taken.ref
    require_offered(session, handover)
    after = standing_of(session, ref)[0].accepted()
    justification = command.justification.strip()
    if not justification:
        raise InvalidInput("justification", "Schrijf waarom klantprofiel 3 past.")
    handover.coach_id = _coach(session, actor, taken, command.coach_id)
    end(handover, actor, HandoverState.ACCEPTED, now=now, today=today)
    session.flush()
    store_profile(
        session, client_id=ref.client_id, profile=KP3, organisation_id=actor.organisation_id,
        justification=justification, decided_on=today, decided_by_id=actor.id,
        now=now, today=today,
    )  # fmt: skip
    stop = TrackChange(after.track, today, STOPPED, stop_reason=StopReason.HANDED_OVER)
    move_dossier(session, actor, ref, stop, now=now, today=today)
    refresh_handover_item(session, handover)
    record_in(session, actor, ref, "handover_accept", now=now, handover=handover.id)
    return handover


def _to_us(session: Session, actor: Actor, handover_id: int) -> AnyRow:
    """Return the place of a KP3 hand-over to the own organisation; ``NotFound`` otherwise."""
    row = place_of(session, actor, handover_id, Side.RECEIVER)
    if row.kind is not HandoverKind.KP3:
        raise NotFound("Deze overdracht bestaat niet of is niet voor u.")
    return row


def _of_dossier(session: Session, actor: Actor, handover_id: int) -> AnyRow:
    """Return the place of a KP3 hand-over for its sender; ``NotFound`` otherwise."""
    row = place_of(session, actor, handover_id, Side.SENDER)
    if row.kind is not HandoverKind.KP3:
        raise NotFound("Deze overdracht bestaat niet of is niet voor u.")
    return row


def _coach(session: Session, actor: Actor, taken: Taken, chosen: int | None) -> int:
    """Return the job coach: the actor, or whom the coordinator chose; raise ``InvalidInput``."""
    if chosen is None and actor.has(Role.JOB_COACH):
        return actor.id
    chosen = chosen or taken.handover.coach_id
    if chosen != actor.id and Relation.AGENCY not in taken.ref.relations:
        raise Forbidden("Alleen de coördinator kiest een andere klantmanager.")
    if not is_coach(session, actor, chosen):
        raise InvalidInput("coach", NO_COACH)
    return int(chosen or 0)


def assign_coach(
    session: Session, actor: Actor, handover_id: int, coach_id: int | None, *, now: datetime
) -> Handover:
    """
    Let a job coach review an offered hand-over, or take over an accepted one.

    The coordinator chooses; a job coach takes one up that nobody has. Raises ``InvalidInput`` at
    ``coach``, ``DomainError`` when it has ended, ``Forbidden`` or ``NotFound``.
    """
    require(actor, Action.COACH_ASSIGN)
    taken = received(session, actor, _to_us(session, actor, handover_id))
    handover = taken.handover
    if handover.state is not HandoverState.ACCEPTED or handover.guided_until is not None:
        require_offered(session, handover)
    chosen = _coach(session, actor, taken, coach_id)
    if chosen != handover.coach_id:
        handover.coach_id = chosen
        refresh_handover_item(session, handover)
        record_in(session, actor, taken.ref, "handover_coach", now=now, handover=handover.id,
                  coach=chosen)  # fmt: skip
    return handover


@dataclass(frozen=True)
class PlanJointTalk:
    """What is agreed about a talk with the resident, the consultant and the job coach."""

    wanted: bool
    planned_on: date | None = None
    held_on: date | None = None


def plan_joint_talk(
    session: Session, actor: Actor, handover_id: int, command: PlanJointTalk,
    *, now: datetime, today: date,
) -> Handover:  # fmt: skip
    """Note whether a joint talk is wanted, planned and held; either side, while it concerns it."""
    require(actor, Action.JOINT_TALK_PLAN)
    taken = _either_side(session, actor, handover_id)
    handover = taken.handover
    if handover.state is not HandoverState.ACCEPTED:
        require_offered(session, handover)
    if command.held_on is not None and command.held_on > today:
        raise InvalidInput("held_on", "Deze dag is nog niet geweest.")
    if command.held_on is not None and command.held_on < handover.offered_on:
        raise InvalidInput("held_on", "Kies een dag na het aanbieden.")
    if command.planned_on is not None and command.planned_on < handover.offered_on:
        raise InvalidInput("planned_on", "Kies een dag na het aanbieden.")
    handover.talk_wanted = command.wanted
    handover.talk_planned_on = command.planned_on if command.wanted else None
    handover.talk_held_on = command.held_on if command.wanted else None
    session.flush()
    record_in(session, actor, taken.ref, "handover_talk", now=now, handover=handover.id)
    return handover


def _either_side(session: Session, actor: Actor, handover_id: int) -> Taken:
    """Return a KP3 hand-over for its sender, or for the job coach it is assigned to."""
    if (HandoverKind.KP3, Side.SENDER) in handover_sides(actor):
        try:
            return sent(session, actor, _of_dossier(session, actor, handover_id))
        except NotFound:
            if not actor.has(Role.JOB_COACH):
                raise
    row = _to_us(session, actor, handover_id)
    taken = received(session, actor, row)
    if not taken.is_mine:
        raise Forbidden("Neem de overdracht eerst op u.")
    return taken


def write_feedback(
    session: Session, actor: Actor, handover_id: int, text: str, *, now: datetime, today: date
) -> FeedbackReport:
    """Tell the last lead how it went; once, by the job coach. Raises ``InvalidInput`` at it."""
    require(actor, Action.FEEDBACK_WRITE)
    taken = received(session, actor, _to_us(session, actor, handover_id))
    if not taken.is_mine or taken.handover.state is not HandoverState.ACCEPTED:
        raise DomainError("Een terugmelding schrijft u over wie u hebt overgenomen.")
    if not text.strip():
        raise InvalidInput("text", "Schrijf hoe het gaat.")
    report = _feedback(session, handover_id)
    if report is not None:
        if (report.written_by_id, report.text) == (actor.id, text.strip()):
            return report
        raise DomainError("De terugmelding is al geschreven. Er is niets veranderd.")
    report = FeedbackReport(
        handover_id=handover_id, text=text.strip(), written_on=today, written_at=now,
        written_by_id=actor.id,
    )  # fmt: skip
    session.add(report)
    refresh_handover_item(session, taken.handover)
    record_in(session, actor, taken.ref, "feedback_write", now=now, handover=handover_id)
    return report


def read_feedback(
    session: Session, actor: Actor, handover_id: int, *, now: datetime, today: date
) -> FeedbackReport:
    """Note that the feedback was read, by the last lead or the coordinator."""
    require(actor, Action.FEEDBACK_READ)
    taken = sent(session, actor, _of_dossier(session, actor, handover_id))
    report = _feedback(session, handover_id)
    if report is None:
        raise DomainError("Er is nog geen terugmelding.")
    if report.read_at is None:
        report.read_on, report.read_at, report.read_by_id = today, now, actor.id
        refresh_handover_item(session, taken.handover)
        record_in(session, actor, taken.ref, "feedback_read", now=now, handover=handover_id)
    return report


def _feedback(session: Session, handover_id: int) -> FeedbackReport | None:
    return session.scalar(select(FeedbackReport).where(FeedbackReport.handover_id == handover_id))
