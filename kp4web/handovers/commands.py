"""Offering an applicant with klantprofiel 4 to a municipality, and accepting the offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.applications.commands import move
from kp4web.applications.models import Application, ApplicationDecision, ApplicationMember
from kp4web.applications.queries import application_ref, last_decision
from kp4web.audit.commands import record
from kp4web.caseload.commands import end_assignment
from kp4web.caseload.queries import Match, matches_for
from kp4web.clients.commands import Person, create_client
from kp4web.clients.models import Client, HouseholdMember, HouseholdRelation
from kp4web.clients.queries import who_is
from kp4web.domain.actor import Actor
from kp4web.domain.applications import KP4, ApplicationState
from kp4web.domain.dates import dutch_date
from kp4web.domain.due import Norms, review_handover
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.periods import known
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.domain.tracks import TrackChange, TrackKind
from kp4web.dossiers.models import Dossier, Origin, ProfileDecision
from kp4web.dossiers.queries import dossier_ref
from kp4web.handovers.models import Handover, HandoverState
from kp4web.handovers.queries import NO_HANDOVER
from kp4web.organisations.models import MunicipalityNorms, Organisation
from kp4web.questionnaires.commands import pass_to_dossier
from kp4web.tracks.commands import change_track, start_dossier, store_profile
from kp4web.worklist.models import DueItem

OPENED = "Overdracht van Werkzaak geaccepteerd."
REOPENED = "Opnieuw aangeboden door Werkzaak en geaccepteerd."


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
        application_id=application.id, decision_id=decision.id,
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
    """Offer a returned applicant again, with the same decision; raises as ``offer_handover``."""
    require(actor, Action.HANDOVER_OFFER)
    ref = application_ref(session, actor, application_id, lock=True)
    ref.require(Field.HANDOVER, Access.WRITE)
    if ref.state is not ApplicationState.RETURNED:
        raise DomainError("Alleen een teruggestuurde aanvraag kunt u opnieuw aanbieden.")
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
    Send an offered hand-over back to the work agency: nothing changes but the reason.

    Raises ``InvalidInput`` at ``return_reason``, ``NotFound`` out of reach, or ``DomainError``
    when it was answered before.
    """
    require(actor, Action.HANDOVER_ACCEPT)
    if not command.reason.strip():
        raise InvalidInput("return_reason", "Schrijf waarom u de overdracht terugstuurt.")
    handover = _offered(session, actor, handover_id)
    handover.state, handover.return_reason = HandoverState.RETURNED, command.reason.strip()
    handover.ended_on, handover.ended_at, handover.ended_by_id = today, now, actor.id
    move(session.get_one(Application, handover.application_id), ApplicationState.RETURNED,
         today=today)  # fmt: skip
    session.flush()
    refresh_handover_item(session, handover)
    record(
        session, actor, "handover_return", now=now, municipality_id=handover.municipality_id,
        handover=handover.id,
    )  # fmt: skip
    return handover


def refresh_handover_item(session: Session, handover: Handover) -> None:
    """Store what the receiver still has to do about a hand-over."""
    session.execute(delete(DueItem).where(DueItem.handover_id == handover.id))
    if handover.state is not HandoverState.OFFERED:
        return
    norms = session.get(MunicipalityNorms, handover.municipality_id)
    item = review_handover(handover.id, handover.offered_on, norms.norms if norms else Norms())
    session.add(
        DueItem(
            handover_id=handover.id,
            municipality_id=handover.municipality_id,
            organisation_id=handover.to_organisation_id,
            kind=item.kind,
            due_on=item.due_on,
        )
    )
    session.flush()


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
    handover = _offered(session, actor, handover_id)
    application = session.get_one(Application, handover.application_id)
    decision = session.get_one(ApplicationDecision, handover.decision_id)
    match = _chosen(matches_for(session, actor, who_is(application)), command.reopen)
    if match is None:
        dossier = _open(session, actor, application, command.number, now=now, today=today)
    else:
        dossier = _continue(session, actor, match.number, application, now=now, today=today)
    _keep_profile(session, decision, dossier, now=now, today=today)
    move(application, ApplicationState.ACCEPTED, today=today)
    pass_to_dossier(session, application.id, dossier.id)
    handover.state, handover.dossier_id = HandoverState.ACCEPTED, dossier.id
    handover.ended_on, handover.ended_at, handover.ended_by_id = today, now, actor.id
    session.flush()
    refresh_handover_item(session, handover)
    record(
        session, actor, "handover_accept", now=now, subjects=[dossier.client_id],
        dossier_id=dossier.id, municipality_id=handover.municipality_id, handover=handover.id,
    )  # fmt: skip
    return dossier


def _offered(session: Session, actor: Actor, handover_id: int) -> Handover:
    handover = session.scalar(
        select(Handover)
        .where(Handover.id == handover_id, Handover.to_organisation_id == actor.organisation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if handover is None:
        raise NotFound(NO_HANDOVER)
    if handover.state is not HandoverState.OFFERED:
        raise DomainError(_answered_by(session, handover))
    return handover


def _answered_by(session: Session, handover: Handover) -> str:
    """Return who answered it when, and what it became."""
    who = session.get(User, handover.ended_by_id)
    dossier = session.get(Dossier, handover.dossier_id)
    by = f" door {who.name}" if who else ""
    on = f" op {dutch_date(handover.ended_on)}" if handover.ended_on else ""
    became = f" Het is dossier {dossier.number}." if dossier else ""
    return f"Deze overdracht is al {handover.state.label.lower()}{by}{on}.{became}"


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


def _continue(
    session: Session,
    actor: Actor,
    number: str,
    application: Application,
    *,
    now: datetime,
    today: date,
) -> Dossier:
    """Go on with the dossier of the same person; a stopped one reopens and waits for a lead."""
    ref = dossier_ref(session, actor, number, lock=True)
    dossier = session.get_one(Dossier, ref.id)
    if not ref.is_active:
        end_assignment(session, actor, ref, now=now, today=today)
        track = TrackChange(TrackKind.UNDER_INVESTIGATION, today, REOPENED)
        dossier = change_track(session, actor, number, track, now=now, today=today)
    _complete(session.get_one(Client, ref.client_id), application)
    session.flush()
    return dossier


def _complete(client: Client, application: Application) -> None:
    """Fill in what was unknown of a person; what is known stays as it is."""
    if client.bsn_hash is None:
        client.set_bsn(application.reveal_bsn())
    if not (client.street or client.postcode or client.town):
        client.street, client.town = application.street, application.town
        client.postcode = application.postcode
    for name in ("phone", "email", "contact_preference", "interpreter", "approach"):
        setattr(client, name, getattr(client, name) or getattr(application, name))


def _keep_profile(
    session: Session,
    decision: ApplicationDecision,
    dossier: Dossier,
    *,
    now: datetime,
    today: date,
) -> None:
    """Store the profile that was determined, unless a later decision about this person exists."""
    decisions = known(ProfileDecision.history(session, client_id=dossier.client_id))
    if decisions and decisions[-1].valid_from > decision.decided_on:
        return
    store_profile(
        session, client_id=dossier.client_id, profile=decision.profile,
        organisation_id=decision.organisation_id, justification=decision.justification,
        decided_on=decision.decided_on, decided_by_id=decision.decided_by_id,
        now=now, today=today,
    )  # fmt: skip


def _open(
    session: Session,
    actor: Actor,
    application: Application,
    number: str | None,
    *,
    now: datetime,
    today: date,
) -> Dossier:
    person = Person(
        **{name: getattr(application, name) for name in _COPIED}, bsn=application.reveal_bsn()
    )
    home = _home_of_partner(session, application)
    client = create_client(
        session, person, municipality_id=application.municipality_id, household_id=home
    )
    if home is None:
        _bring_members(session, application, client)
    return start_dossier(
        session, actor, client, origin=Origin.HANDOVER, opened_on=today, number=number,
        track=TrackChange(TrackKind.UNDER_INVESTIGATION, today, OPENED), reason=OPENED,
        now=now, today=today,
    )  # fmt: skip


def _home_of_partner(session: Session, application: Application) -> int | None:
    """Return the household of the partner whose hand-over was accepted before, if any."""
    if application.partner_id is None:
        return None
    return session.scalar(
        select(Client.household_id)
        .join(Dossier, Dossier.client_id == Client.id)
        .join(Handover, Handover.dossier_id == Dossier.id)
        .where(
            Handover.application_id == application.partner_id,
            Client.municipality_id == application.municipality_id,
        )
        .limit(1)
    )


def _bring_members(session: Session, application: Application, client: Client) -> None:
    """Copy who else lives there; a partner with an own application is no mere member."""
    members = session.scalars(
        select(ApplicationMember).where(ApplicationMember.application_id == application.id)
    )
    session.add_all(
        HouseholdMember(
            household_id=client.household_id, name=member.name, relation=member.relation,
            birth_date=member.birth_date,
        )
        for member in members
        if application.partner_id is None or member.relation is not HouseholdRelation.PARTNER
    )  # fmt: skip
    session.flush()


_COPIED = (
    "surname", "birth_date", "initials", "given_name", "prefix", "street", "postcode", "town",
    "phone", "email", "contact_preference", "interpreter", "approach",
)  # fmt: skip
