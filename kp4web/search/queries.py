"""
The list of dossiers: three queries whatever its length, all within the dossiers one holds.

Statements are built once for each form they take: which filters apply, and the order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kp4web.accounts.models import User, UserRole
from kp4web.clients.models import Client
from kp4web.domain.actor import Actor, Role
from kp4web.domain.dates import add_days, week_end
from kp4web.domain.due_words import DueGroup
from kp4web.domain.policy import Action, may
from kp4web.domain.tracks import Subgroup, TrackKind
from kp4web.dossiers.models import Dossier, SubgroupPeriod
from kp4web.dossiers.queries import IN_REACH, reach_of
from kp4web.extensions import AnySelect, rows_of
from kp4web.organisations.queries import places_to_choose
from kp4web.search.models import SavedFilter
from kp4web.search.rows import ROWS, DossierRow, row_for

PAGE_SIZE = 25


class Whose(StrEnum):
    """By whom the dossiers of a list are held."""

    TEAM = auto()
    ONE = auto()
    NOBODY = auto()


class Sort(StrEnum):
    """What a list can be sorted by; the values are words of the address."""

    NAME = "naam"
    NUMBER = "nummer"
    SINCE = "sinds"
    LAST = "laatste"
    NEXT = "volgende"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dossiers are asked for; without more all active ones of the own organisation."""

    whose: Whose = Whose.TEAM
    lead_id: int | None = None
    """With ``Whose.ONE``: of whom."""
    track: TrackKind | None = None
    with_stopped: bool = False
    """Without a track: the stopped ones too."""
    subgroup: Subgroup | None = None
    group: DueGroup | None = None
    place: int | None = None
    """Of one municipality only, for who works in several."""
    sort: Sort = Sort.NAME
    descending: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class DossierList:
    """One page of dossiers; ``page`` is the last one when another was asked for beyond it."""

    rows: tuple[DossierRow, ...]
    in_all: int
    stopped: int
    """How many more there are that stopped."""
    page: int

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        return max(1, -(-self.in_all // PAGE_SIZE))

    @property
    def clients(self) -> tuple[int, ...]:
        """Return whose data is shown: for the log."""
        return tuple(row.client_id for row in self.rows)

    @property
    def may_assign(self) -> bool:
        """Return whether some of these can be given to a consultant."""
        return any(row.may_assign for row in self.rows)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the own team who holds dossiers, or can."""

    id: int
    name: str
    can_hold: bool
    """An open account with the role of consultant."""


class _Form(NamedTuple):
    """Which filters a statement has; what they are is bound when it runs."""

    whose: Whose
    by_subgroup: bool
    by_date: bool
    by_place: bool


_IN_SUBGROUP = (
    select(SubgroupPeriod.id)
    .where(
        SubgroupPeriod.dossier_id == Dossier.id,
        SubgroupPeriod.subgroup == bindparam("subgroup"),
        SubgroupPeriod.valid_on(bindparam("today")),
    )
    .exists()
)
_WHOSE: Mapping[Whose, ColumnElement[bool]] = {
    Whose.ONE: Dossier.lead_id == bindparam("lead_id"),
    Whose.NOBODY: Dossier.lead_id.is_(None),
}
_COLUMNS: Mapping[Sort, InstrumentedAttribute[Any]] = {
    Sort.NAME: Client.sort_name,
    Sort.NUMBER: Dossier.number,
    Sort.SINCE: Dossier.track_since,
    Sort.LAST: Dossier.last_contact_on,
    Sort.NEXT: Dossier.next_due_on,
}


@cache
def list_query(
    form: _Form, track: TrackKind | None, with_stopped: bool, sort: Sort, descending: bool
) -> AnySelect:
    """Return the statement for one page of the list."""
    query = _filtered(ROWS, form)
    if track is not None:
        query = query.where(Dossier.kind == track)
    elif not with_stopped:
        query = query.where(Dossier.kind != TrackKind.STOPPED)
    return (
        query.order_by(_ordered(sort, descending), Client.sort_name, Dossier.id)
        .limit(PAGE_SIZE)
        .offset(bindparam("skip"))
    )


@cache
def count_query(form: _Form) -> AnySelect:
    """Return the statement for the number of dossiers per track."""
    counted = select(Dossier.kind, func.count(Dossier.id).label("number")).where(IN_REACH)
    return _filtered(counted, form).group_by(Dossier.kind)


def _filtered(query: AnySelect, form: _Form) -> AnySelect:
    if form.whose in _WHOSE:
        query = query.where(_WHOSE[form.whose])
    if form.by_subgroup:
        query = query.where(_IN_SUBGROUP)
    if form.by_date:
        due = Dossier.next_due_on
        query = query.where(due >= bindparam("from_on"), due <= bindparam("to_on"))
    if form.by_place:
        query = query.where(Dossier.municipality_id == bindparam("place"))
    return query


def _ordered(sort: Sort, descending: bool) -> ColumnElement[Any]:
    """Return the first key; never spoken to counts as longest ago, no next date comes last."""
    column = _COLUMNS[sort]
    key = column.desc() if descending else column.asc()
    if sort is Sort.LAST and not descending:
        return key.nulls_first()
    return key.nulls_last() if sort in {Sort.LAST, Sort.NEXT} else key


def dossiers_for(session: Session, actor: Actor, wanted: Wanted, *, today: date) -> DossierList:
    """Return one page of the dossiers within reach; raises ``Forbidden``."""
    form = _Form(
        wanted.whose, wanted.subgroup is not None, wanted.group is not None,
        wanted.place is not None,
    )  # fmt: skip
    first, last = _days(wanted.group, today)
    given = reach_of(actor) | {
        "lead_id": wanted.lead_id, "subgroup": wanted.subgroup, "today": today,
        "from_on": first, "to_on": last, "place": wanted.place,
    }  # fmt: skip
    counts = {row.kind: row.number for row in rows_of(session, count_query(form), given)}
    stopped, in_all = counts.get(TrackKind.STOPPED, 0), sum(counts.values())
    if wanted.track is not None:
        in_all = counts.get(wanted.track, 0)
    elif not wanted.with_stopped:
        in_all -= stopped
    page = min(max(wanted.page, 1), max(1, -(-in_all // PAGE_SIZE)))
    query = list_query(form, wanted.track, wanted.with_stopped, wanted.sort, wanted.descending)
    rows = rows_of(session, query, given | {"skip": (page - 1) * PAGE_SIZE})
    return DossierList(
        rows=tuple(row_for(actor, row, today=today) for row in rows), in_all=in_all,
        stopped=0 if wanted.track or wanted.with_stopped else stopped, page=page,
    )  # fmt: skip


def _days(which: DueGroup | None, today: date) -> tuple[date, date]:
    """Return the first and last day of a group of the work list."""
    sunday = week_end(today)
    return {
        None: (date.min, date.max),
        DueGroup.LATE: (date.min, add_days(today, -1)),
        DueGroup.TODAY: (today, today),
        DueGroup.WEEK: (add_days(today, 1), sunday),
        DueGroup.LATER: (add_days(sunday, 1), date.max),
    }[which]


_CAN_HOLD = and_(
    User.closed_at.is_(None),
    select(UserRole.id)
    .where(
        UserRole.user_id == User.id,
        UserRole.role == Role.CONSULTANT,
        UserRole.revoked_at.is_(None),
    )
    .exists(),
)
_HOLDS = select(Dossier.id).where(IN_REACH, Dossier.lead_id == User.id).exists()
_IS_ME = User.id == bindparam("actor_id")
TEAM_QUERY = (
    select(
        User.id, User.name, _CAN_HOLD.label("can_hold"),
        or_(_CAN_HOLD, _HOLDS).label("is_in_team"), SavedFilter.id.label("filter_id"),
        SavedFilter.name.label("filter_name"), SavedFilter.chosen,
    )
    .outerjoin(SavedFilter, and_(_IS_ME, SavedFilter.user_id == User.id))
    .where(
        User.organisation_id == bindparam("organisation_id"), or_(_CAN_HOLD, _HOLDS, _IS_ME)
    )
    .order_by(User.name, User.id, SavedFilter.name)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnFilter:
    """A choice of filters that the actor keeps."""

    id: int
    name: str
    chosen: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a list can be chosen by: the colleagues, and the filters that one keeps oneself."""

    team: tuple[Colleague, ...]
    filters: tuple[OwnFilter, ...]
    places: Mapping[int, str]
    """Municipalities, for who works in several."""


def choices_for(session: Session, actor: Actor) -> Choices:
    """
    Return who of the own organisation holds dossiers or can, and the own filters; one query.

    And another one for the municipalities, for who works in several.
    """
    rows = rows_of(session, TEAM_QUERY, reach_of(actor) | {"actor_id": actor.id}).all()
    team = {row.id: row for row in rows if row.is_in_team}
    kept = [row for row in rows if row.filter_id is not None]
    return Choices(
        team=tuple(Colleague(row.id, row.name, bool(row.can_hold)) for row in team.values()),
        filters=tuple(OwnFilter(row.filter_id, row.filter_name, row.chosen) for row in kept),
        places=places_to_choose(session, actor),
    )


def may_assign(actor: Actor) -> bool:
    """Return whether the actor divides dossiers."""
    return may(actor, Action.DOSSIER_ASSIGN)
