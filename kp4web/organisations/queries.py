"""Whom to call at an organisation, and who pays in a municipality: pieces of statements."""

from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import aliased

from kp4web.domain.actor import OrganisationKind
from kp4web.domain.directory import Desk, Guide
from kp4web.extensions import AnyRow
from kp4web.organisations.models import Organisation, ServedMunicipality

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
