"""Organisations: whom to call, who pays in a municipality, and what the administrator keeps."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.domain.actor import Actor, OrganisationKind
from kp4web.domain.directory import Desk, Guide
from kp4web.domain.due import Norms
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import Action, require
from kp4web.extensions import AnyRow
from kp4web.organisations.models import (
    Municipality,
    MunicipalityNorms,
    Organisation,
    ServedMunicipality,
)

_AGENCY = aliased(Organisation)


def payer_id(municipality_id: Any) -> ScalarSelect[Any]:
    """Return the id of the organisation that pays the benefit in the municipality of a column."""
    return (
        select(func.min(_AGENCY.id))
        .join(ServedMunicipality, ServedMunicipality.organisation_id == _AGENCY.id)
        .where(
            ServedMunicipality.municipality_id == municipality_id,
            _AGENCY.kind == OrganisationKind.WORK_AGENCY,
        )
        .scalar_subquery()
    )


def desk_columns(organisation: Any, prefix: str) -> tuple[Any, ...]:
    """Return the columns of a desk under names of their own; ``desk_of`` reads them."""
    return (
        organisation.name.label(f"{prefix}_name"), organisation.team.label(f"{prefix}_team"),
        organisation.phone.label(f"{prefix}_phone"),
        organisation.reachable.label(f"{prefix}_reachable"),
    )  # fmt: skip


def desk_of(row: AnyRow, prefix: str) -> Desk | None:
    """Return the desk in a row, or ``None`` when there is no such organisation."""
    known = row._mapping
    if known[f"{prefix}_name"] is None:
        return None
    return Desk(*(known[f"{prefix}_{part}"] for part in ("name", "team", "phone", "reachable")))


def guide_of(row: AnyRow) -> Guide:
    """Return who guides, from a row with the desk ``guide`` and, for who may know, the lead."""
    known = row._mapping
    desk = desk_of(row, "guide") or Desk("")
    return Guide(desk, known.get("lead") or "", known.get("lead_phone") or "")


# ---------------------------------------------------------------------- where an actor works

_PLACES = (
    select(Municipality.id, Municipality.name)
    .join(ServedMunicipality, ServedMunicipality.municipality_id == Municipality.id)
    .where(ServedMunicipality.organisation_id == bindparam("organisation_id"))
    .order_by(Municipality.name)
)


def places_of(session: Session, actor: Actor) -> tuple[int, ...]:
    """
    Return the municipalities in which the actor's organisation can hold dossiers, by their id.

    The own one without a query; of a work agency those it serves.
    """
    if actor.municipality_id is not None:
        return (actor.municipality_id,)
    return tuple(served_by(session, actor))


def served_by(session: Session, actor: Actor) -> dict[int, str]:
    """Return the name of each municipality that the actor's work agency serves, by its id."""
    rows = session.execute(_PLACES, {"organisation_id": actor.organisation_id})
    return {row.id: row.name for row in rows}


def places_to_choose(session: Session, actor: Actor) -> dict[int, str]:
    """Return among which municipalities the actor chooses; none for who works in one."""
    return {} if actor.municipality_id is not None else served_by(session, actor)


# ---------------------------------------------------------------------- for the administrator


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation as its administrator sees it."""

    id: int
    kind: OrganisationKind
    name: str
    team: str
    phone: str
    reachable: str
    municipality_id: int | None
    norms: Norms | None
    """Of a municipality; the defaults when it set none."""
    serves: tuple[int, ...]
    """Municipalities for which it works, by their id."""


_KEPT = (
    select(Organisation, MunicipalityNorms)
    .outerjoin(MunicipalityNorms, MunicipalityNorms.municipality_id == Organisation.municipality_id)
    .where(or_(bindparam("keeps_all"), Organisation.id == bindparam("organisation_id")))
    .order_by(Organisation.name)
)
_SERVED = select(ServedMunicipality.organisation_id, ServedMunicipality.municipality_id).order_by(
    ServedMunicipality.municipality_id
)
_MUNICIPALITIES = select(Municipality.id, Municipality.name).order_by(Municipality.name)


def organisations_for(session: Session, actor: Actor) -> tuple[OrganisationRow, ...]:
    """Return the organisations that this administrator keeps: the own one, or all; two queries."""
    require(actor, Action.ORGANISATIONS_MANAGE)
    serves: dict[int, list[int]] = {}
    for organisation_id, municipality_id in session.execute(_SERVED):
        serves.setdefault(organisation_id, []).append(municipality_id)
    scope = {
        "keeps_all": actor.organisation_kind is OrganisationKind.OPERATOR,
        "organisation_id": actor.organisation_id,
    }
    return tuple(
        _row(one, norms, tuple(serves.get(one.id, ())))
        for one, norms in session.execute(_KEPT, scope)
    )


def organisation_for(session: Session, actor: Actor, organisation_id: int) -> OrganisationRow:
    """Return one organisation that this administrator keeps, or raise ``NotFound``."""
    found = (row for row in organisations_for(session, actor) if row.id == organisation_id)
    if (row := next(found, None)) is None:
        raise NotFound("Deze organisatie bestaat niet of is niet voor u.")
    return row


def municipality_names(session: Session) -> dict[int, str]:
    """Return the name of every municipality by its id, in alphabetical order."""
    return {row.id: row.name for row in session.execute(_MUNICIPALITIES)}


def _row(
    one: Organisation, norms: MunicipalityNorms | None, serves: tuple[int, ...]
) -> OrganisationRow:
    is_place = one.municipality_id is not None
    return OrganisationRow(
        id=one.id, kind=one.kind, name=one.name, team=one.team, phone=one.phone,
        reachable=one.reachable, municipality_id=one.municipality_id,
        norms=(norms.norms if norms else Norms()) if is_place else None, serves=serves,
    )  # fmt: skip
