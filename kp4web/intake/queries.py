"""
Reading the list of applications, and what the forms start with.

Names are selected only for intake, and never of an accepted application; the coordinator of the
work agency gets the same list without anything personal.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.applications.models import Application, ApplicationMember
from kp4web.applications.queries import (
    ENDED,
    IN_REACH,
    applicant_ref,
    reach_of,
    require_changeable,
)
from kp4web.clients.models import HouseholdRelation
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor
from kp4web.domain.applications import ApplicationState
from kp4web.domain.dates import count_of
from kp4web.domain.errors import DomainError
from kp4web.domain.policy import Action, Field, application_relations, may, reads, require
from kp4web.extensions import AnyRow, AnySelect
from kp4web.organisations.models import Municipality, Organisation, ServedMunicipality

PER_PAGE = 25
HAS_PARTNER = "De partner heeft al een aanvraag."
OURS = (
    ApplicationState.OPEN, ApplicationState.RUNNING, ApplicationState.WAITING,
    ApplicationState.RETURNED,
)  # fmt: skip
"""States in which the work agency itself has something to do."""
NEXT_STEPS: Mapping[ApplicationState, str] = {
    ApplicationState.OPEN: "Vragenlijst beginnen",
    ApplicationState.RUNNING: "Vragenlijst afmaken",
    ApplicationState.WAITING: "Profiel vaststellen",
    ApplicationState.RETURNED: "Lezen waarom, en opnieuw besluiten",
    ApplicationState.OFFERED: "Overdracht beoordelen",
}
"""What whoever it waits for has to do."""

_NAME = (
    Application.initials, Application.given_name, Application.prefix, Application.surname,
    Application.birth_date,
)  # fmt: skip
_FILTERED = (
    IN_REACH,
    Application.municipality_id
    == func.coalesce(bindparam("municipality_id", type_=Integer), Application.municipality_id),
    Application.handler_id
    == func.coalesce(bindparam("handler_id", type_=Integer), Application.handler_id),
)
_COUNTS = (
    select(Application.state, func.count(Application.id))
    .where(*_FILTERED)
    .group_by(Application.state)
)
_STATUS = (
    select(
        Application.id, Application.state, Application.state_since, Application.registered_on,
        Application.handler_id, User.name.label("handler"),
        Municipality.name.label("municipality"), Organisation.name.label("receiver"),
        Organisation.team,
    )
    .join(User, User.id == Application.handler_id)
    .join(Municipality, Municipality.id == Application.municipality_id)
    .outerjoin(Organisation, Organisation.municipality_id == Application.municipality_id)
    .where(*_FILTERED, Application.state.in_(bindparam("states", expanding=True)))
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)  # fmt: skip


def _orders(query: AnySelect) -> dict[bool, AnySelect]:
    """Return the list by whether it has ended: longest waiting first, or the last one first."""
    return {
        False: query.order_by(Application.state_since, Application.id),
        True: query.order_by(Application.state_since.desc(), Application.id.desc()),
    }


_PLAIN, _NAMED = _orders(_STATUS), _orders(_STATUS.add_columns(*_NAME))


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """An application as the list shows it; without the right to the person only its status."""

    id: int
    state: ApplicationState
    state_since: date
    registered_on: date
    municipality: str
    handler: str
    owner: str
    """Who has to do something now; empty when nobody has."""
    days: int
    """Since it stands where it stands."""
    days_in_all: int
    name: str
    birth_date: date | None

    @property
    def has_ended(self) -> bool:
        """Return whether nobody waits for anything any more."""
        return self.state in ENDED

    @property
    def next_step(self) -> str:
        """Return what has to be done about it; empty when nothing has."""
        return NEXT_STEPS.get(self.state, "")

    @property
    def waits(self) -> str:
        """Return how long it stands there: ``12 dagen``, ``sinds vandaag``."""
        return days_text(self.days)


@dataclass(frozen=True, slots=True)
class ApplicationList:
    """One page of the applications in some states, with the number in every state."""

    lines: tuple[ApplicationLine, ...]
    counts: dict[ApplicationState, int]
    in_all: int
    page: int
    shows_persons: bool
    may_register: bool

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        return max(1, -(-self.in_all // PER_PAGE))


@dataclass(frozen=True, slots=True)
class Filters:
    """Which applications: in which states, of which municipality, handled by whom."""

    states: tuple[ApplicationState, ...] = OURS
    municipality_id: int | None = None
    handler_id: int | None = None


def days_text(days: int) -> str:
    """Return how long something waits."""
    return count_of(days, "dag", "dagen") if days > 0 else "sinds vandaag"


def owner_of(state: ApplicationState, *, handler: str, team: str) -> str:
    """Return who has to do something about an application in this state."""
    if state in ENDED:
        return ""
    return f"Coördinator van {team}" if state is ApplicationState.OFFERED else handler


def team_of(row: AnyRow) -> str:
    """Return the receiving organisation with its team, or the municipality without one."""
    names = [name for name in (row.receiver, row.team) if name]
    return ", ".join(names) or f"gemeente {row.municipality}"


def applications_for(
    session: Session, actor: Actor, filters: Filters, *, page: int = 1, today: date
) -> ApplicationList:
    """Return a page of applications, longest waiting first; two queries."""
    own = reach_of(actor) | {
        "municipality_id": filters.municipality_id, "handler_id": filters.handler_id,
    }  # fmt: skip
    counts = dict.fromkeys(ApplicationState, 0)
    counts |= {ApplicationState(row[0]): row[1] for row in session.execute(_COUNTS, own)}
    shows = _shows_persons(actor, filters.states)
    ended = ENDED.issuperset(filters.states)
    paging = {"states": filters.states, "limit": PER_PAGE, "offset": (page - 1) * PER_PAGE}
    rows = session.execute((_NAMED if shows else _PLAIN)[ended], own | paging)
    return ApplicationList(
        lines=tuple(_line(row, shows=shows, today=today) for row in rows), counts=counts,
        in_all=sum(counts[state] for state in filters.states), page=page, shows_persons=shows,
        may_register=may(actor, Action.APPLICATION_REGISTER),
    )  # fmt: skip


def _shows_persons(actor: Actor, states: Collection[ApplicationState]) -> bool:
    accepted = ApplicationState.ACCEPTED in states
    return reads(application_relations(actor, accepted=accepted), Field.PERSON)


def _line(row: AnyRow, *, shows: bool, today: date) -> ApplicationLine:
    return ApplicationLine(
        id=row.id, state=row.state, state_since=row.state_since, registered_on=row.registered_on,
        municipality=row.municipality, handler=row.handler,
        owner=owner_of(row.state, handler=row.handler, team=team_of(row)),
        days=(today - row.state_since).days, days_in_all=(today - row.registered_on).days,
        name=name_of(row) if shows else "", birth_date=row.birth_date if shows else None,
    )  # fmt: skip


# ---------------------------------------------------------------------- what the forms need

_SERVED = (
    select(Municipality.id, Municipality.name)
    .join(ServedMunicipality, ServedMunicipality.municipality_id == Municipality.id)
    .join(Organisation, Organisation.municipality_id == Municipality.id)
    .where(ServedMunicipality.organisation_id == bindparam("organisation_id"))
    .order_by(Municipality.name)
)
_REGISTERED = (
    *_NAME, Application.street, Application.postcode, Application.town, Application.phone,
    Application.email, Application.contact_preference, Application.interpreter,
    Application.approach, Application.municipality_id, Application.registered_on,
)  # fmt: skip
_VALUES = select(*_REGISTERED, Application.bsn_hash.is_not(None).label("knows_bsn")).where(
    Application.id == bindparam("id"), IN_REACH
)
_MEMBERS = (
    select(ApplicationMember.name, ApplicationMember.relation, ApplicationMember.birth_date)
    .where(ApplicationMember.application_id == bindparam("id"))
    .order_by(ApplicationMember.birth_date, ApplicationMember.id)
)
_AT_HOME = ("street", "postcode", "town", "municipality_id", "registered_on")
"""What partners have in common; a phone number is somebody's own."""


@dataclass(frozen=True, slots=True)
class Editable:
    """Which application a form is about, and what stands in it at first."""

    id: int
    values: dict[str, Any]
    knows_bsn: bool


def municipalities_for(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Return the municipalities served that work with this system: id and name."""
    rows = session.execute(_SERVED, reach_of(actor))
    return tuple((row.id, row.name) for row in rows)


def editable_for(
    session: Session, actor: Actor, application_id: int, *, lock: bool = False
) -> Editable:
    """Return what was registered; raises ``DomainError`` when it cannot be changed now."""
    require(actor, Action.APPLICATION_REGISTER)
    ref = applicant_ref(session, actor, application_id, lock=lock)
    require_changeable(ref)
    row = session.execute(_VALUES, {"id": ref.id} | reach_of(actor)).one()
    values = {column.key: row._mapping[column.key] for column in _REGISTERED}
    return Editable(ref.id, values | {"members": _members(session, ref.id)}, row.knows_bsn)


def partner_for(session: Session, actor: Actor, application_id: int) -> Editable:
    """
    Return what the application of the partner starts with: the household that they share.

    A partner who was registered as a household member gives the name and the birth date.
    Raises ``DomainError`` when the partner has an application already.
    """
    require(actor, Action.APPLICATION_REGISTER)
    ref = applicant_ref(session, actor, application_id)
    if ref.partner_id is not None:
        raise DomainError(HAS_PARTNER)
    row = session.execute(_VALUES, {"id": ref.id} | reach_of(actor)).one()
    values = {name: row._mapping[name] for name in _AT_HOME}
    members = _members(session, ref.id)
    partner = next((m for m in members if m["relation"] is HouseholdRelation.PARTNER), None)
    if partner is not None:
        values |= name_parts(partner["name"]) | {"birth_date": partner["birth_date"]}
    others = [m for m in members if m["relation"] is not HouseholdRelation.PARTNER]
    return Editable(ref.id, values | {"members": others}, knows_bsn=False)


def _members(session: Session, application_id: int) -> list[dict[str, Any]]:
    rows = session.execute(_MEMBERS, {"id": application_id})
    return [dict(row._mapping) for row in rows]


_PREFIXES = frozenset(
    {
        *("aan", "af", "al", "bij", "d", "da", "de", "del", "den", "der", "des", "di", "do"),
        *("dos", "du", "el", "in", "la", "le", "les", "op", "te", "ten", "ter", "'t", "tot"),
        *("uit", "uijt", "van", "ver", "von", "voor"),
    }
)
"""Words before a surname that do not count in sorting it."""


def name_parts(name: str) -> dict[str, str]:
    """Return a name as typed in one line as the parts of a person: a proposal to correct."""
    words = name.split()
    parts = {"initials": "", "given_name": "", "prefix": "", "surname": ""}
    if len(words) > 1 and words[0].lower() not in _PREFIXES:
        first = words.pop(0)
        parts["initials" if "." in first or first.isupper() else "given_name"] = first
    begins = 0
    while begins < len(words) - 1 and words[begins].lower() in _PREFIXES:
        begins += 1
    return parts | {"prefix": " ".join(words[:begins]), "surname": " ".join(words[begins:])}
