"""
Every read of single dossiers in the caseload: what nobody holds, who held one, who is known.

Who holds how much is read by ``caseload.overview``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BindParameter, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.caseload.models import Assignment
from kp4web.caseload.overview import overview_for as overview_for
from kp4web.clients.models import Client
from kp4web.clients.queries import WhoIs, alike, name_of, same_bsn
from kp4web.domain.actor import Actor
from kp4web.domain.dates import count_of, day_of
from kp4web.domain.policy import Access, Action, Field, relations, require, visible_fields
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import IN_REACH, DossierRef, dossier_ref, reach_of
from kp4web.extensions import AnyRow, rows_of
from kp4web.organisations.models import Municipality

UNASSIGNED_PER_PAGE = 25
NAME_OF = (Client.initials, Client.given_name, Client.prefix, Client.surname)


# ---------------------------------------------------------------------- dossiers to assign

_NUMBERS: BindParameter[Sequence[str]] = bindparam("numbers", expanding=True)
_LEFT_ON = (
    select(func.max(Assignment.valid_to))
    .where(Assignment.dossier_id == Dossier.id, Assignment.superseded_at.is_(None))
    .scalar_subquery()
)
_LEAD = aliased(User)
_LINE = (
    select(
        Dossier.number, Dossier.client_id, Dossier.kind, Dossier.track_since, Dossier.planned_end,
        Dossier.opened_on, Dossier.recorded_at, Dossier.lead_id, _LEAD.name.label("lead"),
        Client.birth_date, *NAME_OF, _LEFT_ON.label("left_on"),
        Municipality.name.label("municipality"),
        func.count().over().label("in_all"),
    )
    .join(Client, Client.id == Dossier.client_id)
    .join(Municipality, Municipality.id == Dossier.municipality_id)
    .outerjoin(_LEAD, _LEAD.id == Dossier.lead_id)
    .where(IN_REACH)
)  # fmt: skip
_UNASSIGNED = (
    _LINE.where(Dossier.lead_id.is_(None), Dossier.kind != TrackKind.STOPPED)
    .order_by(func.coalesce(_LEFT_ON, func.date(Dossier.recorded_at)), Dossier.id)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_SELECTED = _LINE.where(Dossier.number.in_(_NUMBERS)).order_by(Dossier.number)


@dataclass(frozen=True, slots=True)
class DossierLine:
    """One dossier as the coordinator divides it; the name is hidden for who may not see it."""

    number: str
    client_id: int
    place: str
    """The municipality, for who works in several; else nothing."""
    name: str
    birth_date: date | None
    kind: TrackKind
    track_since: date
    planned_end: date | None
    opened_on: date
    waiting_days: int
    """Days since it came in, or since its last lead left."""
    lead_id: int | None
    lead: str | None

    @property
    def waiting_text(self) -> str:
        """Return how long it waits: ``12 dagen``, ``sinds vandaag``."""
        if not self.waiting_days:
            return "sinds vandaag"
        return count_of(self.waiting_days, "dag", "dagen")


@dataclass(frozen=True, slots=True)
class Unassigned:
    """One page of the dossiers that nobody holds, and how many there are."""

    lines: tuple[DossierLine, ...]
    in_all: int
    page: int

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        return max(1, -(-self.in_all // UNASSIGNED_PER_PAGE))


def unassigned_for(session: Session, actor: Actor, *, page: int = 1, today: date) -> Unassigned:
    """Return a page of the active dossiers without a lead, longest waiting first."""
    require(actor, Action.CASELOAD_READ)
    paging = {"limit": UNASSIGNED_PER_PAGE, "offset": (page - 1) * UNASSIGNED_PER_PAGE}
    rows = rows_of(session, _UNASSIGNED, reach_of(actor) | paging).all()
    lines = tuple(_line(actor, row, today) for row in rows)
    return Unassigned(lines, rows[0].in_all if rows else 0, page)


def dossiers_to_assign(
    session: Session, actor: Actor, numbers: Sequence[str], *, today: date
) -> tuple[DossierLine, ...]:
    """Return the dossiers with these numbers; what is out of reach is not among them."""
    require(actor, Action.DOSSIER_ASSIGN)
    rows = session.execute(_SELECTED, reach_of(actor) | {"numbers": list(numbers)})
    return tuple(_line(actor, row, today) for row in rows)


def _line(actor: Actor, row: AnyRow, today: date) -> DossierLine:
    seen = visible_fields(relations(actor, lead_id=row.lead_id, dossier_id=None))
    return DossierLine(
        number=row.number, client_id=row.client_id,
        place=row.municipality if actor.municipality_id is None else "",
        name=name_of(row) if Field.PERSON in seen else "",
        birth_date=row.birth_date if Field.BIRTH in seen else None,
        kind=row.kind, track_since=row.track_since, planned_end=row.planned_end,
        opened_on=row.opened_on, waiting_days=_waiting(row, today),
        lead_id=row.lead_id, lead=row.lead,
    )  # fmt: skip


def _waiting(row: AnyRow, today: date) -> int:
    since: date = row.left_on or day_of(row.recorded_at)
    return max((today - since).days, 0)


# ---------------------------------------------------------------------- one dossier's history

_GIVER = aliased(User)
_HISTORY = (
    select(
        User.name, Assignment.valid_from, Assignment.valid_to, Assignment.reason,
        _GIVER.name.label("recorded_by"),
    )
    .join(User, User.id == Assignment.user_id)
    .join(_GIVER, _GIVER.id == Assignment.first_recorder())
    .where(Assignment.dossier_id == bindparam("dossier_id"), Assignment.superseded_at.is_(None))
    .order_by(Assignment.valid_from.desc())
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spell:
    """One spell of a dossier with a lead; ``valid_to`` is the first day after it."""

    name: str
    valid_from: date
    valid_to: date | None
    reason: str
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Held:
    """One dossier within reach and who held it, the newest first."""

    ref: DossierRef
    line: DossierLine
    spells: tuple[Spell, ...]


def held_by(session: Session, actor: Actor, number: str, *, today: date) -> Held:
    """Return who held this dossier, as known now; raises ``Forbidden`` or ``NotFound``."""
    require(actor, Action.DOSSIER_ASSIGN)
    ref = dossier_ref(session, actor, number)
    ref.require(Field.ASSIGNMENT, Access.WRITE)
    (line,) = dossiers_to_assign(session, actor, [number], today=today)
    rows = session.execute(_HISTORY, {"dossier_id": ref.id})
    return Held(ref, line, tuple(Spell(*row) for row in rows))


# ---------------------------------------------------------------------- persons known already

_KNOWN = (
    select(
        Dossier.number, Dossier.client_id, Dossier.kind, Dossier.track_since, Dossier.opened_on,
        _LEAD.name.label("lead"), Client.birth_date, Client.bsn_hash, *NAME_OF,
    )
    .join(Client, Client.id == Dossier.client_id)
    .outerjoin(_LEAD, _LEAD.id == Dossier.lead_id)
    .where(
        IN_REACH,
        or_(
            Client.bsn_hash == bindparam("bsn_hash"),
            Client.birth_date == bindparam("birth_date"),
        ),
    )
    .order_by(Dossier.number)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """A dossier that may be about the same person."""

    number: str
    client_id: int
    name: str
    birth_date: date
    kind: TrackKind
    track_since: date
    opened_on: date
    lead: str | None
    same_bsn: bool
    other_bsn: bool
    """Both numbers are known and they differ."""

    @property
    def is_active(self) -> bool:
        """Return whether the dossier is active."""
        return self.kind.active


def matches_for(session: Session, actor: Actor, who: WhoIs) -> tuple[Match, ...]:
    """
    Return the dossiers within reach of the same BSN, or of the same name and birth date.

    The one with the same BSN stands alone: that is the person.
    """
    keys = {"bsn_hash": who.bsn_hash, "birth_date": who.birth_date}
    rows = session.execute(_KNOWN, reach_of(actor) | keys).all()
    found = tuple(_match(row, who) for row in alike(rows, who))
    return tuple(match for match in found if match.same_bsn) or found


def _match(row: AnyRow, who: WhoIs) -> Match:
    same = same_bsn(row, who)
    return Match(
        number=row.number, client_id=row.client_id, name=name_of(row), birth_date=row.birth_date,
        kind=row.kind, track_since=row.track_since, opened_on=row.opened_on, lead=row.lead,
        same_bsn=same, other_bsn=bool(row.bsn_hash and who.bsn_hash and not same),
    )  # fmt: skip
