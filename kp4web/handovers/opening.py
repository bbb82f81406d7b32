"""What an accepted hand-over does at the receiver: a new dossier, or an existing one goes on."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.applications.models import Application, ApplicationDecision, ApplicationMember
from kp4web.caseload.commands import end_assignment
from kp4web.clients.commands import Person, create_client
from kp4web.clients.models import Client, HouseholdMember, HouseholdRelation
from kp4web.domain.actor import Actor
from kp4web.domain.applications import ApplicationState
from kp4web.domain.periods import known
from kp4web.domain.tracks import TrackChange, TrackKind
from kp4web.dossiers.models import Dossier, Origin, ProfileDecision
from kp4web.dossiers.queries import dossier_ref
from kp4web.handovers.models import Handover
from kp4web.tracks.commands import change_track, start_dossier, store_profile

OPENED = "Overdracht van Werkzaak geaccepteerd."
REOPENED = "Opnieuw aangeboden door Werkzaak en geaccepteerd."


def continue_dossier(
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


def keep_profile(
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


def open_dossier(
    session: Session,
    actor: Actor,
    application: Application,
    number: str | None,
    *,
    now: datetime,
    today: date,
) -> Dossier:
    """Open a dossier for the applicant, in the household of the partner when that came first."""
    person = Person(
        **{name: getattr(application, name) for name in _COPIED}, bsn=application.reveal_bsn()
    )
    home = _home_of_partner(session, application)
    client = create_client(
        session, person, municipality_id=application.municipality_id, household_id=home
    )
    _bring_members(session, application, client.household_id)
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


def _bring_members(session: Session, application: Application, household_id: int) -> None:
    """Copy who else lives there and is not known there yet."""
    members = session.scalars(
        select(ApplicationMember)
        .where(ApplicationMember.application_id == application.id)
        .order_by(ApplicationMember.id)
    )
    there = session.scalars(
        select(HouseholdMember).where(HouseholdMember.household_id == household_id)
    )
    present = {_who(member) for member in there}
    partner_applies = _partner_applies(session, application)
    for member in members:
        is_applicant = partner_applies and member.relation is HouseholdRelation.PARTNER
        if is_applicant or _who(member) in present:
            continue
        present.add(_who(member))
        session.add(
            HouseholdMember(
                household_id=household_id, name=member.name, relation=member.relation,
                birth_date=member.birth_date,
            )
        )  # fmt: skip
    session.flush()


def _who(member: ApplicationMember | HouseholdMember) -> tuple[str, date | None]:
    return " ".join(member.name.casefold().split()), member.birth_date


def _partner_applies(session: Session, application: Application) -> bool:
    """Return whether the partner may come along as a resident: then it is no mere member."""
    if application.partner_id is None:
        return False
    partner = session.get_one(Application, application.partner_id)
    return partner.state is not ApplicationState.CLOSED


_COPIED = (
    "surname", "birth_date", "initials", "given_name", "prefix", "street", "postcode", "town",
    "phone", "email", "contact_preference", "interpreter", "approach",
)  # fmt: skip
