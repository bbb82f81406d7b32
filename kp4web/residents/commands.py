"""Every write about the person of a dossier: who they are, with whom they live, who is around."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from kp4web.clients.commands import Person, check_person, fill_client
from kp4web.clients.models import (
    Client,
    Contact,
    ContactPreference,
    HouseholdMember,
    HouseholdRelation,
)
from kp4web.domain.actor import Actor
from kp4web.domain.errors import InvalidInput, NotFound
from kp4web.domain.policy import Access, Action, Field, access, require
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import dossier_ref
from kp4web.worklist.commands import refresh_due_items

__all__ = [
    "ContactInput", "ContactPreference", "HouseholdRelation", "MemberInput", "Person",
    "change_client", "reveal_bsn", "save_contact", "save_member",
]  # fmt: skip


def change_client(
    session: Session, actor: Actor, number: str, person: Person, *, now: datetime, today: date
) -> Client:
    """
    Replace what is known about the person; the BSN stays as it was registered.

    The approach instruction is only the lead's to write. Raises ``InvalidInput`` at the field,
    ``Forbidden`` or ``NotFound``.
    """
    require(actor, Action.CLIENT_CHANGE)
    ref = dossier_ref(session, actor, number, lock=True)
    ref.require(Field.PERSON, Access.WRITE)
    check_person(person, today=today)
    client = session.get_one(Client, ref.client_id)
    if access(ref.relations, Field.APPROACH) < Access.WRITE:
        person = replace(person, approach=client.approach)
    fill_client(client, replace(person, bsn=client.reveal_bsn()))
    session.flush()
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, "client_change", now=now)
    return client


def reveal_bsn(session: Session, actor: Actor, number: str, *, now: datetime) -> str | None:
    """Return the BSN in full and log that it was shown; ``None`` when it is unknown."""
    require(actor, Action.BSN_REVEAL)
    ref = dossier_ref(session, actor, number)
    ref.require(Field.BSN, Access.READ)
    shown = session.get_one(Client, ref.client_id).reveal_bsn()
    record_in(session, actor, ref, "bsn_reveal", now=now)
    return shown


@dataclass(frozen=True)
class ContactInput:
    """Somebody around the resident, as typed."""

    name: str
    role: str = ""
    organisation: str = ""
    phone: str = ""
    since: date | None = None
    until: date | None = None
    discussed_on: date | None = None


def save_contact(
    session: Session,
    actor: Actor,
    number: str,
    command: ContactInput,
    *,
    contact_id: int | None = None,
    now: datetime,
    today: date,
) -> Contact:
    """Add somebody around the resident, or (with an id) change what is known of them."""
    require(actor, Action.CLIENT_CHANGE)
    ref = dossier_ref(session, actor, number, lock=True)
    ref.require(Field.CONTACTS, Access.WRITE)
    _check_span(command.since, command.until, "until")
    if command.discussed_on and command.discussed_on > today:
        raise InvalidInput("discussed_on", "Deze datum kan niet in de toekomst liggen.")
    contact = session.get(Contact, contact_id) if contact_id else Contact(client_id=ref.client_id)
    if contact is None or contact.client_id != ref.client_id:
        raise NotFound("Deze betrokkene hoort niet bij dit dossier.")
    for name in ContactInput.__dataclass_fields__:
        setattr(contact, name, getattr(command, name))
    session.add(contact)
    session.flush()
    record_in(session, actor, ref, "contact_save", now=now, contact=contact.id)
    return contact


@dataclass(frozen=True)
class MemberInput:
    """Somebody in the household without a dossier, as typed."""

    name: str
    relation: HouseholdRelation
    birth_date: date | None = None
    since: date | None = None
    until: date | None = None


def save_member(
    session: Session,
    actor: Actor,
    number: str,
    command: MemberInput,
    *,
    member_id: int | None = None,
    now: datetime,
    today: date,
) -> HouseholdMember:
    """Add a household member, or (with an id) change what is known of them."""
    require(actor, Action.CLIENT_CHANGE)
    ref = dossier_ref(session, actor, number, lock=True)
    ref.require(Field.BIRTH, Access.WRITE)
    _check_span(command.since, command.until, "until")
    if command.birth_date and command.birth_date > today:
        raise InvalidInput("birth_date", "De geboortedatum kan niet in de toekomst liggen.")
    household_id = session.get_one(Client, ref.client_id).household_id
    member = (
        session.get(HouseholdMember, member_id)
        if member_id
        else HouseholdMember(household_id=household_id)
    )
    if member is None or member.household_id != household_id:
        raise NotFound("Dit gezinslid hoort niet bij dit dossier.")
    for name in MemberInput.__dataclass_fields__:
        setattr(member, name, getattr(command, name))
    session.add(member)
    session.flush()
    record_in(session, actor, ref, "household_save", now=now, member=member.id)
    return member


def _check_span(since: date | None, until: date | None, field: str) -> None:
    if since and until and until < since:
        raise InvalidInput(field, "De einddatum ligt voor de begindatum.")
