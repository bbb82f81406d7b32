"""
Who guides and who pays: a search for who knows the person, and the letter for the resident.

The income officer reaches the active dossiers of the municipalities served and gets name, contact
person, exemption and who is in the household; the coordinator of the work agency reaches what the
own organisation handed over and gets which team guides, without a name. What a side does not get
is not selected. Three statements whatever is found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.caseload.models import Assignment
from kp4web.clients.models import Client, HouseholdMember, NameKey, bsn_hash
from kp4web.clients.queries import name_of
from kp4web.domain import bsn as bsn_rules
from kp4web.domain.actor import Actor, Role
from kp4web.domain.dates import add_months
from kp4web.domain.directory import (
    MOST_HOUSEHOLDS,
    NEEDED,
    Call,
    Desk,
    Guide,
    calls,
    names_whole,
)
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.exemptions import ENDS_SOON_MONTHS, until_words
from kp4web.domain.handovers import HandoverState
from kp4web.domain.names import search_words
from kp4web.domain.policy import Access, Action, Field, relations, require, require_access
from kp4web.domain.sanctions import SignalState
from kp4web.domain.spelling import SHORTEST, slip_keys
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier, Exemption, GuidancePeriod, SanctionSignal
from kp4web.dossiers.queries import IN_REACH, NO_DOSSIER, reach_of
from kp4web.exemptions.queries import SERVED
from kp4web.extensions import AnyRow, AnySelect
from kp4web.grounds.models import LegalGround
from kp4web.handovers.models import Handover
from kp4web.organisations.models import Municipality, Organisation, ServedMunicipality
from kp4web.organisations.queries import desk_columns, desk_of, guide_of, payer_id

CANDIDATES = 500
"""Persons who share a key with the words typed and are compared with them, at most."""


class Side(StrEnum):
    """For whom the card is: each has a reach and columns of its own."""

    INCOME = "income"
    AGENCY = "agency"


class By(StrEnum):
    """By what somebody searched: for the log, which never holds the term itself."""

    NAME = "name"
    BSN = "bsn"


@dataclass(frozen=True, slots=True)
class Resident:
    """One resident on a card; ``None`` is what is not for this side."""

    client_id: int
    municipality: str
    guide: Guide
    guided_since: date
    name: str | None = None
    number: str | None = None
    contact_since: date | None = None
    ground: str | None = None
    exempt_from: date | None = None
    exempt_until: str | None = None
    application_id: int | None = None
    accepted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One household: who guides each resident in it, who pays, whom to call for what."""

    residents: tuple[Resident, ...]
    others: tuple[str, ...]
    """Who else lives there, for the side that may know."""
    payer: Desk | None
    calls: tuple[Call, ...]

    @property
    def title(self) -> str:
        """Return the names of the residents, or their applications."""
        names = [r.name or f"Aanvraag {r.application_id}" for r in self.residents]
        return " en ".join(names)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gives; too many gives nothing."""

    side: Side
    by: By
    cards: tuple[Card, ...] = ()
    too_many: bool = False

    @property
    def clients(self) -> tuple[int, ...]:
        """Return whose data is shown: for the log."""
        return tuple(resident.client_id for card in self.cards for resident in card.residents)


_ORGANISATION = bindparam("organisation_id", type_=Integer)
_HANDED_OVER = and_(
    Handover.dossier_id == Dossier.id,
    Handover.state == HandoverState.ACCEPTED,
    Handover.from_organisation_id == _ORGANISATION,
)
_REACHES: Mapping[Side, ColumnElement[bool]] = {
    Side.INCOME: SERVED,
    Side.AGENCY: and_(
        Dossier.kind != TrackKind.STOPPED, exists().where(_HANDED_OVER).correlate(Dossier)
    ),
}
_SERVED_HERE = select(ServedMunicipality.municipality_id).where(
    ServedMunicipality.organisation_id == _ORGANISATION
)


def side_of(actor: Actor) -> Side:
    """Return for which side this actor looks; raise ``Forbidden`` for who does not."""
    require(actor, Action.WHO_DOES_WHAT_READ)
    return Side.INCOME if actor.has(Role.INCOME_OFFICER) else Side.AGENCY


def households_for(session: Session, actor: Actor, term: str, *, today: date) -> Found:
    """
    Return a card for every household in reach that the name or BSN names.

    Raises ``InvalidInput`` when the term is neither; nobody there and nobody in reach are alike.
    """
    side = side_of(actor)
    words, number = search_words(term), bsn_rules.normalise(term)
    if any(character.isalpha() for character in term):
        if not any(len(word) > 1 for word in words):
            raise InvalidInput("term", NEEDED)
        by, rows = By.NAME, _by_name(session, actor, side, words)
    elif bsn_rules.is_valid(number):
        by = By.BSN
        given = {"organisation_id": actor.organisation_id, "bsn_hash": bsn_hash(number)}
        rows = session.execute(_by_bsn(side), given).all()
    else:
        raise InvalidInput("term", NEEDED)
    households = list(dict.fromkeys(row.household_id for row in rows))
    if not households or len(households) > MOST_HOUSEHOLDS:
        return Found(side, by, too_many=bool(households))
    return Found(side, by, _cards(session, actor, side, households, today))


def _by_name(
    session: Session, actor: Actor, side: Side, words: tuple[str, ...]
) -> Sequence[AnyRow]:
    long = tuple(len(word) >= SHORTEST - 1 for word in words)
    given: dict[str, Any] = {"organisation_id": actor.organisation_id}
    for place, word in enumerate(words):
        given |= {f"keys{place}": sorted(slip_keys(word)), f"word{place}": f"% {word} %"}
    found = session.execute(_by_words(side, long), given)
    return [row for row in found if names_whole(row.search_name, words)]


@cache
def _by_words(side: Side, long: tuple[bool, ...]) -> AnySelect:
    """Return the statement for a name of so many words; long ones go by their keys."""
    conditions = []
    for place, is_long in enumerate(long):
        whole = Client.search_name.like(bindparam(f"word{place}"))
        keyed = select(NameKey.client_id).where(
            NameKey.municipality_id.in_(_SERVED_HERE),
            NameKey.key.in_(bindparam(f"keys{place}", expanding=True)),
        )
        conditions.append(or_(Client.id.in_(keyed), whole) if not is_long else Client.id.in_(keyed))
    return _people(side, Client.search_name).where(*conditions).limit(CANDIDATES)


@cache
def _by_bsn(side: Side) -> AnySelect:
    return _people(side).where(
        Client.municipality_id.in_(_SERVED_HERE), Client.bsn_hash == bindparam("bsn_hash")
    )


def _people(side: Side, *columns: Any) -> AnySelect:
    return (
        select(Client.household_id, *columns)
        .join(Dossier, Dossier.client_id == Client.id)
        .where(_REACHES[side])
        .order_by(Client.sort_name, Client.id)
    )


# ---------------------------------------------------------------------- the cards

_LEAD, _GUIDE, _PAYER = aliased(User), aliased(Organisation), aliased(Organisation)
_GUIDED = (
    Client.id.label("client_id"), Client.household_id, Municipality.name.label("municipality"),
    GuidancePeriod.valid_from.label("guided_since"), *desk_columns(_GUIDE, "guide"),
    *desk_columns(_PAYER, "payer"),
)  # fmt: skip
_NAMED = (Client.initials, Client.given_name, Client.prefix, Client.surname)
_CONTACT = (_LEAD.name.label("lead"), _LEAD.phone.label("lead_phone"))


def _guided(*columns: Any) -> AnySelect:
    """Return the statement of dossiers with who guides and who pays, and these columns."""
    return (
        select(*_GUIDED, *columns)
        .join(Dossier, Dossier.client_id == Client.id)
        .join(Municipality, Municipality.id == Dossier.municipality_id)
        .join(_GUIDE, _GUIDE.id == Dossier.holder_id)
        .join(
            GuidancePeriod, and_(GuidancePeriod.dossier_id == Dossier.id, GuidancePeriod.running())
        )
        .outerjoin(_PAYER, _PAYER.id == payer_id(Dossier.municipality_id))
        .order_by(Client.sort_name, Client.id)
    )


_HERE = Client.household_id.in_(bindparam("households", expanding=True))
_CARDS: Mapping[Side, AnySelect] = {
    Side.INCOME: _guided(
        *_NAMED, *_CONTACT, Dossier.number, Assignment.valid_from.label("contact_since"),
        LegalGround.name.label("ground"), Exemption.valid_from.label("exempt_from"),
        Exemption.ends_on,
    )
    .outerjoin(_LEAD, _LEAD.id == Dossier.lead_id)
    .outerjoin(Assignment, and_(Assignment.dossier_id == Dossier.id, Assignment.running()))
    .outerjoin(Exemption, and_(Exemption.dossier_id == Dossier.id, Exemption.running()))
    .outerjoin(LegalGround, LegalGround.id == Exemption.ground_id)
    .where(_HERE, _REACHES[Side.INCOME]),
    Side.AGENCY: _guided(Handover.application_id, Handover.ended_on.label("accepted_on"))
    .join(Handover, _HANDED_OVER)
    .where(_HERE, Dossier.kind != TrackKind.STOPPED),
}  # fmt: skip
_OTHERS = (
    select(HouseholdMember.household_id, HouseholdMember.name, HouseholdMember.relation)
    .where(
        HouseholdMember.household_id.in_(bindparam("households", expanding=True)),
        or_(HouseholdMember.until.is_(None), HouseholdMember.until > bindparam("day", type_=Date)),
    )
    .order_by(HouseholdMember.birth_date, HouseholdMember.name)
)


def _cards(
    session: Session, actor: Actor, side: Side, households: list[int], today: date
) -> tuple[Card, ...]:
    given = {"organisation_id": actor.organisation_id, "households": households, "day": today}
    rows = session.execute(_CARDS[side], given).all()
    others: dict[int, list[str]] = {}
    if side is Side.INCOME:
        for row in session.execute(_OTHERS, given):
            others.setdefault(row.household_id, []).append(
                f"{row.name} ({row.relation.label.lower()})"
            )
    by_household: dict[int, list[AnyRow]] = {household: [] for household in households}
    for row in rows:
        by_household[row.household_id].append(row)
    return tuple(
        _card(side, together, tuple(others.get(household, ())), today)
        for household, together in by_household.items()
        if together
    )


def _card(side: Side, rows: Sequence[AnyRow], others: tuple[str, ...], today: date) -> Card:
    residents = tuple(_resident(side, row, today) for row in rows)
    payer = desk_of(rows[0], "payer")
    names = [(resident.name or "", resident.guide) for resident in residents]
    return Card(residents, others, payer, calls(names, payer))


def _resident(side: Side, row: AnyRow, today: date) -> Resident:
    guide = guide_of(row)
    known: dict[str, Any] = {}
    if side is Side.AGENCY:
        known = {"application_id": row.application_id, "accepted_on": row.accepted_on}
    else:
        known = {
            "name": name_of(row), "number": row.number, "contact_since": row.contact_since,
            "ground": row.ground, "exempt_from": row.exempt_from,
            "exempt_until": until_words(row.ends_on, today) if row.exempt_from else None,
        }  # fmt: skip
    return Resident(row.client_id, row.municipality, guide, row.guided_since, **known)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for the income officer, in numbers; nobody is named."""

    exemptions: int
    """Exemptions that end within three months, or ended without a decision."""
    signals: int
    """Sanction signals without an answer."""


_WAITING = select(
    select(func.count())
    .select_from(Dossier)
    .join(Exemption, and_(Exemption.dossier_id == Dossier.id, Exemption.running()))
    .where(SERVED, Exemption.ends_on <= bindparam("soon", type_=Date))
    .scalar_subquery()
    .label("exemptions"),
    select(func.count())
    .select_from(SanctionSignal)
    .where(
        SanctionSignal.state == SignalState.SENT,
        SanctionSignal.municipality_id.in_(_SERVED_HERE),
    )
    .scalar_subquery()
    .label("signals"),
)


def waiting_for(session: Session, actor: Actor, *, today: date) -> Waiting | None:
    """Return what waits for an income officer, and nothing for the other side; one query."""
    if side_of(actor) is not Side.INCOME:
        return None
    given = {"organisation_id": actor.organisation_id, "soon": add_months(today, ENDS_SOON_MONTHS)}
    return Waiting(*session.execute(_WAITING, given).one())


# ---------------------------------------------------------------------- the letter


@dataclass(frozen=True, slots=True)
class Letter:
    """What a resident is written: who guides, who pays, whom to call for what; no BSN."""

    dossier_id: int
    client_id: int
    municipality_id: int
    number: str
    relations: frozenset[Any]
    name: str
    address: tuple[str, ...]
    town: str
    guide: Guide
    payer: Desk | None
    calls: tuple[Call, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Return whose phone number is not filled in: the letter says so before it is printed."""
        return tuple(dict.fromkeys(call.who for call in self.calls if not call.phone))


_LETTER = (
    _guided(
        *_NAMED, *_CONTACT, Client.street, Client.postcode, Client.town, Dossier.id,
        Dossier.number, Dossier.lead_id, Dossier.kind, Dossier.municipality_id,
    )
    .outerjoin(_LEAD, _LEAD.id == Dossier.lead_id)
    .where(Dossier.number == bindparam("number"), IN_REACH)
)  # fmt: skip


def letter_for(session: Session, actor: Actor, number: str) -> Letter:
    """
    Return the letter for the resident of a dossier in reach.

    Raises ``NotFound`` out of reach, ``DomainError`` when the dossier has stopped.
    """
    row = session.execute(_LETTER, {"number": number, **reach_of(actor)}).one_or_none()
    if row is None:
        raise NotFound(NO_DOSSIER)
    held = relations(actor, lead_id=row.lead_id, dossier_id=row.id)
    for field in (Field.PERSON, Field.ASSIGNMENT):
        require_access(held, field, Access.READ)
    if not row.kind.active:
        raise DomainError("Dit dossier is gestopt. Er is geen begeleiding om over te schrijven.")
    guide = guide_of(row)
    payer = desk_of(row, "payer")
    town = " ".join(part for part in (row.postcode, row.town) if part)
    return Letter(
        dossier_id=row.id, client_id=row.client_id, municipality_id=row.municipality_id,
        number=row.number, relations=held, name=name_of(row),
        address=tuple(line for line in (row.street, town) if line), town=row.municipality,
        guide=guide, payer=payer, calls=calls([(name_of(row), guide)], payer),
    )  # fmt: skip
