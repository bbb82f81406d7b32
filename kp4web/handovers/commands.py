"""Offering an applicant with klantprofiel 4 to a municipality, and accepting the offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.audit.commands import record
from kp4web.caseload.commands import end_assignment
from kp4web.caseload.queries import Match, matches_for
from kp4web.clients.commands import Person, check_person, create_client, fill_person
from kp4web.clients.models import Client
from kp4web.domain.actor import Actor
from kp4web.domain.dates import dutch_date
from kp4web.domain.due import Norms, review_handover
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.periods import known
from kp4web.domain.policy import Action, require
from kp4web.domain.tracks import TrackChange, TrackKind
from kp4web.dossiers.models import Dossier, Origin, ProfileDecision
from kp4web.dossiers.queries import dossier_ref
from kp4web.handovers.models import Handover, HandoverState
from kp4web.handovers.queries import NO_HANDOVER, who_is
from kp4web.intake.models import Application
from kp4web.organisations.models import MunicipalityNorms, Organisation, ServedMunicipality
from kp4web.tracks.commands import change_track, start_dossier, store_profile
from kp4web.worklist.models import DueItem

KP4 = 4
OPENED = "Overdracht van Werkzaak geaccepteerd."
REOPENED = "Opnieuw aangeboden door Werkzaak en geaccepteerd."


@dataclass(frozen=True)
class OfferHandover:
    """The intention to offer an applicant for whom klantprofiel 4 was determined."""

    person: Person
    municipality_id: int
    registered_on: date
    justification: str
    note: str


def offer_handover(
    session: Session, actor: Actor, command: OfferHandover, *, now: datetime, today: date
) -> Handover:
    """Register the application with its profile and offer it; raises ``InvalidInput``."""
    require(actor, Action.HANDOVER_OFFER)
    require(actor, Action.PROFILE_DECIDE)
    check_person(command.person, today=today)
    if not command.justification.strip() or not command.note.strip():
        raise InvalidInput("note", "Schrijf een motivering en een korte overdracht.")
    serves = session.get(ServedMunicipality, (actor.organisation_id, command.municipality_id))
    receiver = session.scalar(
        select(Organisation).where(Organisation.municipality_id == command.municipality_id)
    )
    if serves is None or receiver is None:
        raise NotFound("Uw organisatie werkt niet voor deze gemeente.")
    application = Application(
        municipality_id=command.municipality_id, organisation_id=actor.organisation_id,
        registered_on=command.registered_on, registered_at=now, registered_by_id=actor.id,
        profile=KP4, justification=command.justification.strip(), decided_on=today,
        decided_by_id=actor.id,
    )  # fmt: skip
    fill_person(application, command.person)
    session.add(application)
    session.flush()
    handover = Handover(
        application_id=application.id, municipality_id=command.municipality_id,
        from_organisation_id=actor.organisation_id, to_organisation_id=receiver.id,
        note=command.note.strip(), offered_on=today, offered_at=now, offered_by_id=actor.id,
    )  # fmt: skip
    session.add(handover)
    session.flush()
    refresh_handover_item(session, handover)
    record(
        session, actor, "handover_offer", now=now, municipality_id=handover.municipality_id,
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
    match = _chosen(matches_for(session, actor, who_is(application)), command.reopen)
    if match is None:
        dossier = _open(session, actor, application, command.number, now=now, today=today)
    else:
        dossier = _continue(session, actor, match.number, application, now=now, today=today)
    _keep_profile(session, actor, handover, application, dossier, now=now, today=today)
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
        raise DomainError(_accepted_by(session, handover))
    return handover


def _accepted_by(session: Session, handover: Handover) -> str:
    """Return who accepted it when, and what it became."""
    who = session.get(User, handover.ended_by_id)
    dossier = session.get(Dossier, handover.dossier_id)
    by = f" door {who.name}" if who else ""
    on = f" op {dutch_date(handover.ended_on)}" if handover.ended_on else ""
    became = f" Het is dossier {dossier.number}." if dossier else ""
    return f"Deze overdracht is al geaccepteerd{by}{on}.{became}"


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
    actor: Actor,
    handover: Handover,
    application: Application,
    dossier: Dossier,
    *,
    now: datetime,
    today: date,
) -> None:
    """Store the profile that was determined, unless a later decision about this person exists."""
    decided_on = application.decided_on or today
    decisions = known(ProfileDecision.history(session, client_id=dossier.client_id))
    if decisions and decisions[-1].valid_from > decided_on:
        return
    store_profile(
        session, client_id=dossier.client_id, profile=application.profile or KP4,
        organisation_id=handover.from_organisation_id, justification=application.justification,
        decided_on=decided_on, decided_by_id=application.decided_by_id or actor.id,
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
    client = create_client(session, person, municipality_id=application.municipality_id)
    return start_dossier(
        session, actor, client, origin=Origin.HANDOVER, opened_on=today, number=number,
        track=TrackChange(TrackKind.UNDER_INVESTIGATION, today, OPENED), reason=OPENED,
        now=now, today=today,
    )  # fmt: skip


_COPIED = (
    "surname", "birth_date", "initials", "given_name", "prefix", "street", "postcode", "town",
    "phone", "email", "contact_preference", "interpreter", "approach",
)  # fmt: skip
