"""Offering an applicant with klantprofiel 4 to a municipality, and accepting the offer."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kp4web.audit.commands import record
from kp4web.clients.commands import Person, check_person, create_client, fill_person
from kp4web.clients.models import Client, PersonMixin
from kp4web.domain.actor import Actor
from kp4web.domain.due import Norms, review_handover
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.policy import Action, require
from kp4web.domain.tracks import TrackChange, TrackKind
from kp4web.dossiers.models import Dossier, Origin
from kp4web.handovers.models import Handover, HandoverState
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
    """The intention to accept; ``reopen`` is the dossier of the same person that comes back."""

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
    Accept an offered hand-over: the dossier opens today, under investigation, without a lead.

    A person known by BSN is reopened, never doubled: then ``reopen`` must name that dossier.
    Raises ``NotFound`` out of reach, ``DomainError`` when it was accepted before, or
    ``InvalidInput`` at ``reopen``.
    """
    require(actor, Action.HANDOVER_ACCEPT)
    handover = _offered(session, actor, handover_id)
    application = session.get_one(Application, handover.application_id)
    known_number = same_bsn(session, application, handover.municipality_id)
    if known_number is not None and command.reopen != known_number:
        raise InvalidInput(
            "reopen", f"Deze inwoner heeft al dossier {known_number}. Kies heropenen."
        )
    if command.reopen:
        dossier = _reopen(session, actor, command.reopen, now=now, today=today)
    else:
        dossier = _open(session, actor, application, command.number, now=now, today=today)
    store_profile(
        session, client_id=dossier.client_id, profile=application.profile or KP4,
        organisation_id=handover.from_organisation_id, justification=application.justification,
        decided_on=application.decided_on or today, now=now, today=today,
        decided_by_id=application.decided_by_id or actor.id,
    )  # fmt: skip
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
    )
    if handover is None:
        raise NotFound("Deze overdracht bestaat niet of is niet voor u.")
    if handover.state is not HandoverState.OFFERED:
        raise DomainError("Deze overdracht is al geaccepteerd.")
    return handover


def same_bsn(session: Session, person: PersonMixin, municipality_id: int) -> str | None:
    """Return the number of the dossier in the municipality with this person's BSN, if any."""
    if person.bsn_hash is None:
        return None
    return session.scalar(
        select(Dossier.number)
        .join(Client, Client.id == Dossier.client_id)
        .where(Client.municipality_id == municipality_id, Client.bsn_hash == person.bsn_hash)
    )


def _reopen(session: Session, actor: Actor, number: str, *, now: datetime, today: date) -> Dossier:
    track = TrackChange(TrackKind.UNDER_INVESTIGATION, today, REOPENED)
    return change_track(session, actor, number, track, now=now, today=today)


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
