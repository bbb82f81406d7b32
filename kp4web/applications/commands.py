"""Every write about applications but the decision: registering, changing, closing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kp4web.applications.models import Application, ApplicationMember
from kp4web.applications.queries import ApplicationRef, application_ref
from kp4web.audit.commands import record
from kp4web.clients.commands import Person, check_person, fill_person
from kp4web.clients.models import HouseholdRelation
from kp4web.domain.actor import Actor
from kp4web.domain.applications import ApplicationState, Closing
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.organisations.models import ServedMunicipality


@dataclass(frozen=True)
class Member:
    """Somebody in the applicant's household who does not apply, as typed."""

    name: str
    relation: HouseholdRelation
    birth_date: date | None = None


@dataclass(frozen=True)
class RegisterApplication:
    """The intention to register one person's application."""

    person: Person
    municipality_id: int
    registered_on: date
    members: tuple[Member, ...] = ()
    partner_of: int | None = None
    """The application of the partner, when that came first."""
    submission: str | None = None


def register_application(
    session: Session, actor: Actor, command: RegisterApplication, *, now: datetime, today: date
) -> Application:
    """Register an application; raises ``InvalidInput`` at the field, or ``NotFound``."""
    require(actor, Action.APPLICATION_REGISTER)
    check_person(command.person, today=today)
    if command.registered_on > today:
        raise InvalidInput("registered_on", "De datum kan niet in de toekomst liggen.")
    check_members(command.members, today=today)
    served = session.get(ServedMunicipality, (actor.organisation_id, command.municipality_id))
    if served is None:
        raise InvalidInput("municipality", "Kies een gemeente waarvoor uw organisatie werkt.")
    partner = _partner(session, actor, command.partner_of)
    application = Application(
        municipality_id=command.municipality_id, organisation_id=actor.organisation_id,
        registered_on=command.registered_on, registered_at=now, registered_by_id=actor.id,
        handler_id=actor.id, state=ApplicationState.OPEN, state_since=command.registered_on,
        partner_id=partner and partner.id, submission=command.submission,
    )  # fmt: skip
    fill_person(application, command.person)
    session.add(application)
    session.flush()
    if partner is not None:
        partner.partner_id = application.id
    replace_members(session, application.id, command.members)
    record_at(session, actor, application, "application_register", now=now)
    return application


def check_members(members: tuple[Member, ...], *, today: date) -> None:
    """Raise ``InvalidInput`` at the first member that cannot be right (``members-0-name``)."""
    for index, member in enumerate(members):
        if not member.name.strip():
            raise InvalidInput(f"members-{index}-name", "Vul bij elk gezinslid een naam in.")
        if member.birth_date and member.birth_date > today:
            raise InvalidInput(
                f"members-{index}-birth_date", "De geboortedatum kan niet in de toekomst liggen."
            )


def _partner(session: Session, actor: Actor, partner_of: int | None) -> Application | None:
    if partner_of is None:
        return None
    ref = application_ref(session, actor, partner_of, lock=True)
    ref.require(Field.PERSON, Access.WRITE)
    if ref.partner_id is not None:
        raise DomainError("De partner heeft al een aanvraag.")
    return session.get_one(Application, ref.id)


def replace_members(session: Session, application_id: int, members: tuple[Member, ...]) -> None:
    """Write who else lives with the applicant, in place of what was known; flushed."""
    session.execute(
        delete(ApplicationMember).where(ApplicationMember.application_id == application_id)
    )
    session.add_all(
        ApplicationMember(
            application_id=application_id, name=member.name.strip(), relation=member.relation,
            birth_date=member.birth_date,
        )
        for member in members
    )  # fmt: skip
    session.flush()


@dataclass(frozen=True)
class CloseApplication:
    """The intention to close an application without a klantprofiel."""

    closing: Closing
    note: str = ""


def close_application(
    session: Session, actor: Actor, application_id: int, command: CloseApplication,
    *, now: datetime, today: date,
) -> None:  # fmt: skip
    """Close an application without a profile; raises ``InvalidInput`` or ``DomainError``."""
    require(actor, Action.APPLICATION_REGISTER)
    ref = application_ref(session, actor, application_id, lock=True)
    ref.require(Field.HANDOVER, Access.WRITE)
    if command.closing is Closing.PROFILE:
        raise InvalidInput("closing", "Stel eerst het klantprofiel vast.")
    if command.closing is Closing.OTHER and not command.note.strip():
        raise InvalidInput("note", "Schrijf waarom u de aanvraag afsluit.")
    require_undecided(ref)
    application = session.get_one(Application, ref.id)
    close(application, actor, command.closing, command.note.strip(), now=now, today=today)
    session.flush()
    record_at(session, actor, application, "application_close", now=now)


def close(
    application: Application, actor: Actor, closing: Closing, note: str, *,
    now: datetime, today: date,
) -> None:  # fmt: skip
    """Mark an application as closed (behind the lock of the command that does so)."""
    application.closing, application.closing_note = closing, note
    application.closed_on, application.closed_at, application.closed_by_id = today, now, actor.id
    move(application, ApplicationState.CLOSED, today=today)


def move(application: Application, state: ApplicationState, *, today: date) -> None:
    """Note where the application stands from today (behind the lock of its command)."""
    application.state, application.state_since = state, today


def require_undecided(ref: ApplicationRef) -> None:
    """Raise ``DomainError`` unless the application waits for a decision of the work agency."""
    if ref.state is ApplicationState.RUNNING:
        raise DomainError("De vragenlijst is nog niet af. Rond hem eerst af of gooi hem weg.")
    if not ref.state.undecided:
        raise DomainError(f"Deze aanvraag is al {ref.state.label.lower()}.")


def record_at(
    session: Session, actor: Actor, application: Application | ApplicationRef, action: str,
    *, now: datetime, **detail: Any,
) -> None:  # fmt: skip
    """Queue the log entry of an act at an application; ``detail`` holds ids and codes only."""
    relation = application.relations if isinstance(application, ApplicationRef) else ("intake",)
    record(
        session, actor, action, now=now, municipality_id=application.municipality_id,
        relation=relation, application=application.id, **detail,
    )  # fmt: skip
