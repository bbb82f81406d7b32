"""Setting up municipalities and organisations (demo and installation; no screen yet)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kp4web.domain.actor import OrganisationKind
from kp4web.organisations.models import Municipality, Organisation, ServedMunicipality


def add_municipality(session: Session, *, slug: str, name: str) -> Municipality:
    """Add a municipality; flushed."""
    municipality = Municipality(slug=slug, name=name)
    session.add(municipality)
    session.flush()
    return municipality


def add_organisation(
    session: Session,
    *,
    kind: OrganisationKind,
    name: str,
    team: str = "",
    municipality_id: int | None = None,
    serves: Sequence[int] = (),
) -> Organisation:
    """Add an organisation with the municipality it is, or the ones it serves; flushed."""
    organisation = Organisation(kind=kind, name=name, team=team, municipality_id=municipality_id)
    session.add(organisation)
    session.flush()
    session.add_all(
        ServedMunicipality(organisation_id=organisation.id, municipality_id=served)
        for served in serves
    )
    session.flush()
    return organisation
