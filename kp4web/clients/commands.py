"""
Building persons from what was typed; the dossier commands call this behind their own lock.

Nothing here asks who the actor is: a person is only ever written as part of a dossier or an
application, and those commands check the policy.
"""

from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache

from sqlalchemy.orm import Session

from kp4web.clients.models import Client, ContactPreference, Household, PersonMixin, bsn_hash
from kp4web.clients.queries import WhoIs
from kp4web.domain import bsn as bsn_rules
from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import InvalidInput
from kp4web.domain.pension import TABLE, PensionTable, aow_date, read_table

OLDEST_YEARS = 120


@dataclass(frozen=True)
class Person:
    """A person as typed in a form; empty text means unknown."""

    surname: str
    birth_date: date
    initials: str = ""
    given_name: str = ""
    prefix: str = ""
    bsn: str | None = field(default=None, repr=False)
    street: str = ""
    postcode: str = ""
    town: str = ""
    phone: str = ""
    email: str = ""
    contact_preference: ContactPreference | None = None
    interpreter: str = ""
    approach: str = ""


_PLAIN = tuple(f.name for f in fields(Person) if f.name != "bsn")


def check_person(person: Person, *, today: date) -> None:
    """Raise ``InvalidInput`` at the first field that cannot be right."""
    if not person.surname.strip():
        raise InvalidInput("surname", "Vul de achternaam in.")
    if person.birth_date > today:
        raise InvalidInput("birth_date", "De geboortedatum kan niet in de toekomst liggen.")
    if person.birth_date.year < today.year - OLDEST_YEARS:
        raise InvalidInput(
            "birth_date",
            f"Klopt {dutch_date(person.birth_date)}? Dat is meer dan 120 jaar geleden.",
        )
    if person.bsn and not bsn_rules.is_valid(person.bsn):
        raise InvalidInput("bsn", "Dit is geen geldig BSN. Controleer de cijfers.")


def who_is_typed(person: Person) -> WhoIs:
    """Return what a person as typed is recognised by."""
    return WhoIs(
        surname=person.surname, prefix=person.prefix, birth_date=person.birth_date,
        initials=person.initials, given_name=person.given_name,
        bsn_hash=bsn_hash(person.bsn) if person.bsn else None,
    )  # fmt: skip


def fill_person(row: PersonMixin, person: Person) -> None:
    """Copy what was typed to the row, the BSN sealed."""
    for name in _PLAIN:
        setattr(row, name, getattr(person, name))
    row.set_bsn(bsn_rules.normalise(person.bsn) if person.bsn else None)


def create_client(
    session: Session, person: Person, *, municipality_id: int, household_id: int | None = None
) -> Client:
    """Add a client with the AOW date that follows from the birth date; flushed."""
    if household_id is None:
        household = Household(municipality_id=municipality_id)
        session.add(household)
        session.flush()
        household_id = household.id
    client = Client(municipality_id=municipality_id, household_id=household_id)
    fill_client(client, person)
    session.add(client)
    session.flush()
    return client


def fill_client(client: Client, person: Person) -> None:
    """Copy what was typed, and what follows from it: AOW date, name for searching."""
    fill_person(client, person)
    pension = aow_date(person.birth_date, pension_table())
    client.pension_on, client.pension_provisional = pension.on, pension.provisional
    client.index_name()


@cache
def pension_table() -> PensionTable:
    """Return the AOW ages by birth date (AOW art. 7a), read once."""
    return read_table(TABLE)
