"""Reading the person of a dossier as the forms show it, for who may write it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.clients.models import Client, Contact, HouseholdMember
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import Access, Action, Field, access, require
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.extensions import AnyRow, AnySelect

_NAME = (Client.initials, Client.given_name, Client.prefix, Client.surname)
_PERSON = select(
    *_NAME, Client.birth_date, Client.street, Client.postcode, Client.town, Client.phone,
    Client.email, Client.contact_preference, Client.interpreter, Client.approach,
).where(Client.id == bindparam("client_id"))  # fmt: skip
_CONTACT = (
    select(
        *_NAME, Contact.name, Contact.role, Contact.organisation, Contact.phone, Contact.since,
        Contact.until, Contact.discussed_on,
    )
    .outerjoin(Contact, (Contact.client_id == Client.id) & (Contact.id == bindparam("row_id")))
    .where(Client.id == bindparam("client_id"))
)  # fmt: skip
_MEMBER = (
    select(
        *_NAME, HouseholdMember.name, HouseholdMember.relation, HouseholdMember.birth_date,
        HouseholdMember.since, HouseholdMember.until,
    )
    .outerjoin(
        HouseholdMember,
        (HouseholdMember.household_id == Client.household_id)
        & (HouseholdMember.id == bindparam("row_id")),
    )
    .where(Client.id == bindparam("client_id"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Editable:
    """Whom a form is about, and what stands in it at first."""

    ref: DossierRef
    person: str
    values: dict[str, Any]
    writes_approach: bool


def person_for(session: Session, actor: Actor, number: str, *, lock: bool = False) -> Editable:
    """Return the data of the person; raises ``Forbidden`` for who may not change them."""
    ref = _writable(session, actor, number, Field.PERSON, lock=lock)
    row = session.execute(_PERSON, {"client_id": ref.client_id}).one()
    return _editable(ref, row, list(row._fields))


def contact_for(
    session: Session, actor: Actor, number: str, contact_id: int | None = None, *,
    lock: bool = False,
) -> Editable:  # fmt: skip
    """Return one person around the resident, or (without an id) an empty form for a new one."""
    if lock and contact_id is not None:
        _hold(session, Contact, contact_id)
    return _one(
        session, actor, number, Field.CONTACTS, _CONTACT, contact_id, "Deze betrokkene", lock
    )


def member_for(
    session: Session, actor: Actor, number: str, member_id: int | None = None, *,
    lock: bool = False,
) -> Editable:  # fmt: skip
    """Return one household member, or (without an id) an empty form for a new one."""
    if lock and member_id is not None:
        _hold(session, HouseholdMember, member_id)
    return _one(session, actor, number, Field.BIRTH, _MEMBER, member_id, "Dit gezinslid", lock)


def _hold(session: Session, kind: type[Contact] | type[HouseholdMember], row_id: int) -> None:
    """Lock the row: a household belongs to two dossiers, whose locks do not see each other."""
    session.execute(select(kind.id).where(kind.id == row_id).with_for_update())


def _one(
    session: Session,
    actor: Actor,
    number: str,
    field: Field,
    query: AnySelect,
    row_id: int | None,
    what: str,
    lock: bool,
) -> Editable:
    ref = _writable(session, actor, number, field, lock=lock)
    row = session.execute(query, {"client_id": ref.client_id, "row_id": row_id or 0}).one()
    if row_id is not None and row.name is None:
        raise NotFound(f"{what} hoort niet bij dit dossier.")
    own = {column.key for column in _NAME}
    names = [name for name in row._mapping if name not in own] if row_id is not None else []
    return _editable(ref, row, names)


def _writable(
    session: Session, actor: Actor, number: str, field: Field, *, lock: bool = False
) -> DossierRef:
    require(actor, Action.CLIENT_CHANGE)
    ref = dossier_ref(session, actor, number, lock=lock)
    ref.require(field, Access.WRITE)
    return ref


def _editable(ref: DossierRef, row: AnyRow, names: list[str]) -> Editable:
    name = name_of(row)
    writes = access(ref.relations, Field.APPROACH) >= Access.WRITE
    return Editable(ref, name, {key: row._mapping[key] for key in names}, writes)
