"""
The overview of the caseload: who of the organisation holds how much.

Figures come from one grouped query; the weight of a dossier is that of ``domain.caseload``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import (
    BindParameter,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from kp4web.accounts.models import User, UserRole
from kp4web.domain.actor import Actor, Role
from kp4web.domain.attempts import SIGNAL_AT
from kp4web.domain.caseload import attention
from kp4web.domain.dates import add_weeks
from kp4web.domain.due import DueKind
from kp4web.domain.policy import Action, require
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import IN_REACH, reach_of
from kp4web.extensions import AnyRow, rows_of
from kp4web.worklist.models import DueItem

LOOK_AHEAD_WEEKS = 8
"""How far ahead decisions on rest are counted."""

_ORGANISATION: BindParameter[int] = bindparam("organisation_id")
_HOLDS_ROLE = (
    select(UserRole.id)
    .where(
        UserRole.user_id == User.id,
        UserRole.role == Role.CONSULTANT,
        UserRole.revoked_at.is_(None),
    )
    .exists()
)
_LATE = (
    select(DueItem.dossier_id, DueItem.user_id, func.count(DueItem.id).label("number"))
    .join(User, User.id == DueItem.user_id)
    .where(User.organisation_id == _ORGANISATION, DueItem.due_on < bindparam("today"))
    .group_by(DueItem.dossier_id, DueItem.user_id)
    .subquery("late")
)
_HELD = (
    select(Dossier.lead_id, Dossier.kind, func.coalesce(_LATE.c.number, 0).label("overdue"))
    .outerjoin(_LATE, and_(_LATE.c.dossier_id == Dossier.id, _LATE.c.user_id == Dossier.lead_id))
    .where(IN_REACH, Dossier.kind != TrackKind.STOPPED)
    .subquery("held")
)


def _items(what: str, *conditions: object) -> Select[*tuple[object, ...]]:
    """Return the number of due items per user of the organisation, as one part of the union."""
    return (
        select(
            User.id, literal_column(f"'{what}'"), null(), literal_column("0"),
            func.count(DueItem.id),
        )
        .join(DueItem, DueItem.user_id == User.id)
        .where(User.organisation_id == _ORGANISATION, *conditions)  # type: ignore[arg-type]
        .group_by(User.id)
    )  # fmt: skip


_PARTS = union_all(
    select(
        User.id.label("user_id"), literal_column("'consultant'").label("what"),
        null().label("kind"), literal_column("0").label("overdue"),
        literal_column("1").label("number"),
    ).where(User.organisation_id == _ORGANISATION, User.closed_at.is_(None), _HOLDS_ROLE),
    select(
        _HELD.c.lead_id, literal_column("'dossiers'"), _HELD.c.kind, _HELD.c.overdue,
        func.count(),
    ).group_by(_HELD.c.lead_id, _HELD.c.kind, _HELD.c.overdue),
    select(
        Dossier.lead_id, literal_column("'unreached'"), null(), literal_column("0"), func.count(),
    )
    .where(
        IN_REACH, Dossier.kind != TrackKind.STOPPED, Dossier.attempts_since_contact >= SIGNAL_AT
    )
    .group_by(Dossier.lead_id),
    _items("overdue", DueItem.due_on < bindparam("today")),
    _items(
        "rest_decision", DueItem.kind == DueKind.REST_DECISION,
        DueItem.due_on >= bindparam("today"), DueItem.due_on <= bindparam("until"),
    ),
).subquery("part")  # fmt: skip
_OVERVIEW = (
    select(_PARTS, User.name, User.closed_at)
    .outerjoin(User, User.id == _PARTS.c.user_id)
    .order_by(User.name, User.id)
)


def comma(number: Decimal) -> str:
    """Return a weight as the screens show it: ``12,3``."""
    return f"{number:.1f}".replace(".", ",")


@dataclass(frozen=True, slots=True)
class Caseload:
    """What one consultant holds; without a user: what nobody holds."""

    user_id: int | None
    name: str
    is_open: bool
    """Whether dossiers can be assigned to this user: an open account with the role."""
    per_track: dict[TrackKind, int]
    weight: Decimal
    overdue: int
    rest_decisions: int
    unreached: int
    """Active dossiers with so many attempts in a row without a contact that it is a signal."""

    @property
    def active(self) -> int:
        """Return the number of active dossiers."""
        return sum(self.per_track.values())

    @property
    def weight_text(self) -> str:
        """Return the weight as the screens show it: ``12,3``."""
        return comma(self.weight)


@dataclass(frozen=True, slots=True)
class Overview:
    """The caseload of one organisation on a day."""

    consultants: tuple[Caseload, ...]
    unassigned: Caseload
    total: Caseload

    @property
    def choices(self) -> list[Caseload]:
        """Return who dossiers can be assigned to."""
        return [caseload for caseload in self.consultants if caseload.is_open]

    @property
    def heaviest(self) -> Decimal:
        """Return the largest weight of one consultant; bars are drawn against it."""
        return max((caseload.weight for caseload in self.consultants), default=Decimal(0))


def overview_for(session: Session, actor: Actor, *, today: date) -> Overview:
    """
    Return who of the own organisation holds what, in one query; raises ``Forbidden``.

    Whoever still holds dossiers is listed, also with a closed account or without the role.
    """
    require(actor, Action.CASELOAD_READ)
    keys = {"today": today, "until": add_weeks(today, LOOK_AHEAD_WEEKS)}
    per_user: dict[int | None, list[AnyRow]] = {None: []}
    for row in rows_of(session, _OVERVIEW, reach_of(actor) | keys):
        per_user.setdefault(row.user_id, []).append(row)
    unassigned = _caseload(per_user.pop(None), "Zonder consulent")
    consultants = tuple(_caseload(rows, rows[0].name) for rows in per_user.values())
    return Overview(consultants, unassigned, _total((*consultants, unassigned)))


def _caseload(rows: Sequence[AnyRow], name: str) -> Caseload:
    per_track = dict.fromkeys((kind for kind in TrackKind if kind.active), 0)
    numbers = {"overdue": 0, "rest_decision": 0, "unreached": 0}
    weight = Decimal("0.0")
    for row in rows:
        if row.what == "dossiers":
            kind = TrackKind(row.kind)
            per_track[kind] += row.number
            weight += row.number * attention(kind, row.overdue)
        elif row.what in numbers:
            numbers[row.what] += row.number
    return Caseload(
        user_id=rows[0].user_id if rows else None, name=name,
        is_open=any(row.what == "consultant" for row in rows), per_track=per_track,
        weight=weight, overdue=numbers["overdue"], rest_decisions=numbers["rest_decision"],
        unreached=numbers["unreached"],
    )  # fmt: skip


def _total(parts: Iterable[Caseload]) -> Caseload:
    parts = list(parts)
    return Caseload(
        user_id=None, name="Totaal", is_open=False,
        per_track={
            kind: sum(part.per_track[kind] for part in parts)
            for kind in TrackKind if kind.active
        },
        weight=sum((part.weight for part in parts), Decimal("0.0")),
        overdue=sum(part.overdue for part in parts),
        rest_decisions=sum(part.rest_decisions for part in parts),
        unreached=sum(part.unreached for part in parts),
    )  # fmt: skip
