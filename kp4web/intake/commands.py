"""What intake does about an application, besides questionnaires, decisions and hand-overs."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kp4web.applications.commands import (
    CloseApplication,
    Member,
    RegisterApplication,
    check_members,
    close_application,
    record_at,
    register_application,
    replace_members,
)
from kp4web.applications.models import Application
from kp4web.applications.queries import (
    Alike,
    alike_applications,
    applicant_ref,
    require_changeable,
    require_running,
)
from kp4web.clients.commands import Person, check_person, fill_person, who_is_typed
from kp4web.clients.models import ContactPreference, HouseholdRelation
from kp4web.domain.actor import Actor
from kp4web.domain.applications import ApplicationState, Closing
from kp4web.domain.bsn import is_valid, normalise
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.organisations.models import Organisation, ServedMunicipality
from kp4web.questionnaires.models import Questionnaire

__all__ = [
    "ChangeApplication", "CloseApplication", "Closing", "ContactPreference", "HouseholdRelation",
    "Member", "Person", "PossibleDouble", "RegisterApplication", "RunningAlready",
    "TakeInApplication", "change_application", "close_application", "is_valid", "normalise",
    "reveal_bsn", "take_application", "take_in_application",
]  # fmt: skip
SENT_BEFORE = (
    "Dit formulier is al eerder verstuurd, met andere gegevens. Er is nu niets vastgelegd. "
    "Kijk de lijst met aanvragen na."
)


class RunningAlready(InvalidInput):
    """There is a running application with this BSN in this municipality."""

    def __init__(self, application_id: int) -> None:
        super().__init__("bsn", f"Er loopt al een aanvraag met dit BSN: aanvraag {application_id}.")
        self.application_id = application_id


class PossibleDouble(DomainError):
    """There are applications that may be of the same person; who registers another says so."""

    def __init__(self, matches: Collection[Alike]) -> None:
        super().__init__("Er is al een aanvraag die van dezelfde persoon kan zijn.")
        self.matches = tuple(matches)


@dataclass(frozen=True)
class TakeInApplication:
    """The intention to register an application that somebody typed."""

    application: RegisterApplication
    confirmed: frozenset[int] = frozenset()
    """Applications that look like this person's, and were shown."""


def take_in_application(
    session: Session, actor: Actor, command: TakeInApplication, *, now: datetime, today: date
) -> Application:
    """
    Register what was typed, once; the same form sent again gives the application it made.

    Raises ``InvalidInput`` at the field, ``RunningAlready``, ``PossibleDouble`` for a look-alike
    that was not confirmed, or ``Forbidden``.
    """
    require(actor, Action.APPLICATION_REGISTER)
    typed = command.application
    _one_at_a_time(session, actor, typed.municipality_id)
    if typed.submission:
        typed = replace(typed, submission=f"{actor.id}:{typed.submission}")
        if earlier := _submitted(session, typed):
            return earlier
    check_person(typed.person, today=today)
    matches = _others(session, actor, typed.person, typed.municipality_id)
    if not {match.id for match in matches} <= command.confirmed:
        raise PossibleDouble(matches)
    return register_application(session, actor, typed, now=now, today=today)


def _one_at_a_time(session: Session, actor: Actor, municipality_id: int) -> None:
    """Lock the municipality for registering: what the next one compares with is then complete."""
    served = session.get(
        ServedMunicipality, (actor.organisation_id, municipality_id), with_for_update=True
    )
    takes_part = select(Organisation.id).where(Organisation.municipality_id == municipality_id)
    if served is None or session.scalar(takes_part) is None:
        raise InvalidInput("municipality", "Kies een gemeente waarvoor uw organisatie werkt.")


def _submitted(session: Session, typed: RegisterApplication) -> Application | None:
    """Return what this form made before; raise ``DomainError`` when it said something else."""
    query = select(Application).where(Application.submission == typed.submission)
    earlier = session.scalar(query)
    if earlier is None:
        return None
    was = (earlier.municipality_id, earlier.registered_on, earlier.surname, earlier.birth_date)
    person = typed.person
    if was != (typed.municipality_id, typed.registered_on, person.surname, person.birth_date):
        raise DomainError(SENT_BEFORE)
    return earlier


def _others(
    session: Session,
    actor: Actor,
    person: Person,
    municipality_id: int,
    *,
    but: int | None = None,
) -> tuple[Alike, ...]:
    """Return the look-alikes; raise ``RunningAlready`` when one rules this application out."""
    found = alike_applications(session, actor, who_is_typed(person))
    others = tuple(match for match in found if match.id != but)
    for match in others:
        if match.same_bsn and match.runs and match.municipality_id == municipality_id:
            raise RunningAlready(match.id)
    return others


@dataclass(frozen=True)
class ChangeApplication:
    """The intention to correct an application; without a BSN the known one stays."""

    person: Person
    municipality_id: int
    registered_on: date
    members: tuple[Member, ...] = ()


_TOO_LATE = {True: "in de toekomst liggen", False: "later zijn dan wat op de aanvraag volgde"}


def change_application(
    session: Session, actor: Actor, application_id: int, command: ChangeApplication,
    *, now: datetime, today: date,
) -> None:  # fmt: skip
    """
    Replace what was registered; not while it is offered, and not once it has ended.

    Raises ``InvalidInput`` at the field, ``RunningAlready``, ``DomainError`` or ``NotFound``.
    """
    require(actor, Action.APPLICATION_REGISTER)
    _one_at_a_time(session, actor, command.municipality_id)
    ref = applicant_ref(session, actor, application_id, lock=True)
    require_changeable(ref)
    application = session.get_one(Application, ref.id)
    person = replace(command.person, bsn=command.person.bsn or application.reveal_bsn())
    check_person(person, today=today)
    since, is_open = application.state_since, ref.state is ApplicationState.OPEN
    untouched = is_open and since == application.registered_on
    if command.registered_on > (today if untouched else since):
        raise InvalidInput("registered_on", f"De datum kan niet {_TOO_LATE[untouched]}.")
    check_members(command.members, today=today)
    _others(session, actor, person, command.municipality_id, but=ref.id)
    fill_person(application, person)
    application.registered_on = command.registered_on
    if untouched:
        application.state_since = command.registered_on
    _move_to(session, application, command.municipality_id)
    replace_members(session, ref.id, command.members)
    record_at(session, actor, application, "application_change", now=now)


def _move_to(session: Session, application: Application, municipality_id: int) -> None:
    """Put the application in another municipality, with its questionnaires."""
    if application.municipality_id == municipality_id:
        return
    application.municipality_id = municipality_id
    session.execute(
        update(Questionnaire)
        .where(Questionnaire.application_id == application.id)
        .values(municipality_id=municipality_id)
    )


def take_application(session: Session, actor: Actor, application_id: int, *, now: datetime) -> None:
    """Make the actor the one who handles the application; again changes nothing."""
    require(actor, Action.APPLICATION_REGISTER)
    ref = applicant_ref(session, actor, application_id, lock=True)
    require_running(ref)
    if ref.handler_id == actor.id:
        return
    session.get_one(Application, ref.id).handler_id = actor.id
    session.flush()
    record_at(session, actor, ref, "application_take", now=now, earlier=ref.handler_id)


def reveal_bsn(session: Session, actor: Actor, application_id: int, *, now: datetime) -> str | None:
    """Return the BSN of the applicant in full and log that it was shown."""
    require(actor, Action.APPLICATION_REGISTER)
    ref = applicant_ref(session, actor, application_id)
    ref.require(Field.BSN, Access.READ)
    shown = session.get_one(Application, ref.id).reveal_bsn()
    record_at(session, actor, ref, "application_bsn_reveal", now=now)
    return shown
