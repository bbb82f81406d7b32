"""Persons, households and the people around a resident."""

from datetime import date
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import (
    VARCHAR,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    delete,
    event,
    insert,
    inspect,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from kp4web.crypto import vault
from kp4web.domain import bsn as bsn_rules
from kp4web.domain.names import display_name, searchable, sort_key
from kp4web.domain.spelling import name_keys
from kp4web.extensions import Base

_BY_CODE_POINT = String().with_variant(VARCHAR(collation="C"), "postgresql")
"""Text that sorts alike on every server, whatever its language; SQLite does so by itself."""


class ContactPreference(StrEnum):
    """How the resident wants to be reached."""

    PHONE = "phone"
    TEXT_MESSAGE = "text_message"
    EMAIL = "email"
    LETTER = "letter"
    VISIT = "visit"
    VIA_CONTACT = "via_contact"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return PREFERENCE_LABELS[self]


PREFERENCE_LABELS = {
    ContactPreference.PHONE: "Bellen",
    ContactPreference.TEXT_MESSAGE: "Sms of app",
    ContactPreference.EMAIL: "E-mail",
    ContactPreference.LETTER: "Brief",
    ContactPreference.VISIT: "Huisbezoek",
    ContactPreference.VIA_CONTACT: "Via een betrokkene",
}


class HouseholdRelation(StrEnum):
    """What a household member is to the resident."""

    PARTNER = "partner"
    CHILD = "child"
    PARENT = "parent"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return RELATION_LABELS[self]


RELATION_LABELS = {
    HouseholdRelation.PARTNER: "Partner",
    HouseholdRelation.CHILD: "Kind",
    HouseholdRelation.PARENT: "Ouder",
    HouseholdRelation.OTHER: "Anders",
}


class PersonMixin:
    """What a resident and an applicant have in common; the BSN is stored encrypted."""

    initials: Mapped[str] = mapped_column(default="")
    given_name: Mapped[str] = mapped_column(default="")
    prefix: Mapped[str] = mapped_column(default="")
    surname: Mapped[str]
    birth_date: Mapped[date]
    seal: Mapped[str] = mapped_column(default=lambda: uuid4().hex)
    """Ties the encrypted BSN to this row."""
    bsn_sealed: Mapped[bytes | None]
    bsn_hash: Mapped[str | None]
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    town: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    contact_preference: Mapped[ContactPreference | None]
    interpreter: Mapped[str] = mapped_column(default="")
    """Language of the interpreter; empty when none is needed."""
    approach: Mapped[str] = mapped_column(Text, default="")
    """How to approach this person safely."""

    @property
    def display_name(self) -> str:
        """Return the name as the screens show it."""
        return display_name(
            initials=self.initials, given_name=self.given_name,
            prefix=self.prefix, surname=self.surname,
        )  # fmt: skip

    def set_bsn(self, number: str | None) -> None:
        """Seal the BSN (already normalised and checked), or forget it."""
        if number is None:
            self.bsn_sealed = self.bsn_hash = None
            return
        self.seal = self.seal or uuid4().hex
        self.bsn_sealed = vault.encrypt(number, row=self.seal)
        self.bsn_hash = bsn_hash(number)

    def reveal_bsn(self) -> str | None:
        """Return the BSN in full; the caller logs that it was revealed."""
        return None if self.bsn_sealed is None else vault.decrypt(self.bsn_sealed, row=self.seal)


def bsn_hash(number: str) -> str:
    """Return the keyed hash by which a BSN is found."""
    return vault.keyed_hash(bsn_rules.normalise(number), purpose="bsn")


class Household(Base):
    """People who live together; a couple on welfare is two clients in one household."""

    __tablename__ = "household"

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)


class HouseholdMember(Base):
    """Somebody in the household who has no dossier (a child, a working partner)."""

    __tablename__ = "household_member"
    __table_args__ = (CheckConstraint("name <> ''", name="name_filled"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    name: Mapped[str]
    birth_date: Mapped[date | None]
    relation: Mapped[HouseholdRelation]
    since: Mapped[date | None]
    until: Mapped[date | None]


class Client(PersonMixin, Base):
    """A person with klantprofiel 4 in one municipality; on screen: inwoner."""

    __tablename__ = "client"
    __table_args__ = (
        UniqueConstraint("municipality_id", "bsn_hash"),
        CheckConstraint("surname <> ''", name="surname_filled"),
        CheckConstraint("(bsn_hash IS NULL) = (bsn_sealed IS NULL)", name="bsn_whole"),
        Index("ix_client_sort", "municipality_id", "sort_name"),
        Index("ix_client_birth_date", "municipality_id", "birth_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    pension_on: Mapped[date]
    """AOW date, computed from the birth date (AOW art. 7a)."""
    pension_provisional: Mapped[bool] = mapped_column(default=False)
    search_name: Mapped[str]
    """Folded words of the name, between spaces; see ``domain.names``."""
    sort_name: Mapped[str] = mapped_column(_BY_CODE_POINT)

    def index_name(self) -> None:
        """Fold the name for search and sorting; call after every change of the name."""
        parts = {
            "initials": self.initials, "given_name": self.given_name,
            "prefix": self.prefix, "surname": self.surname,
        }  # fmt: skip
        self.search_name = searchable(**parts)
        self.sort_name = sort_key(**parts)


class NameKey(Base):
    """
    A key under which a name is found with a slip of the pen in it; see ``domain.spelling``.

    Follows ``Client.search_name`` by itself; who inserts clients past the ORM adds ``key_rows``.
    """

    __tablename__ = "name_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    municipality_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(_BY_CODE_POINT, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), primary_key=True, index=True)


def key_rows(client_id: int, municipality_id: int, search_name: str) -> list[dict[str, int | str]]:
    """Return the rows of ``NameKey`` that belong to a name."""
    place = {"municipality_id": municipality_id, "client_id": client_id}
    return [{"key": key, **place} for key in sorted(name_keys(search_name))]


@event.listens_for(Client, "after_insert")
def _add_keys(_mapper: Mapper[Client], connection: Connection, client: Client) -> None:
    rows = key_rows(client.id, client.municipality_id, client.search_name)
    if rows:
        connection.execute(insert(NameKey), rows)


@event.listens_for(Client, "after_update")
def _replace_keys(mapper: Mapper[Client], connection: Connection, client: Client) -> None:
    changed = inspect(client).attrs
    if changed.search_name.history.has_changes() or changed.municipality_id.history.has_changes():
        connection.execute(delete(NameKey).where(NameKey.client_id == client.id))
        _add_keys(mapper, connection, client)


class Contact(Base):
    """Somebody around the resident (betrokkene); no medical content."""

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name_filled"),
        CheckConstraint("until >= since", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    since: Mapped[date | None]
    until: Mapped[date | None]
    discussed_on: Mapped[date | None]
    """When it was discussed with the resident that this person is involved."""
