"""Setting up municipalities and organisations, and changing what others need to know of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, func, select
from sqlalchemy.orm import Session

from kp4web.audit.commands import record
from kp4web.domain.actor import Actor, OrganisationKind
from kp4web.domain.directory import check_phone
from kp4web.domain.errors import Forbidden, InvalidInput, NotFound
from kp4web.domain.names import fold
from kp4web.domain.policy import NO_ACCESS, Action, require
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


@dataclass(frozen=True)
class CreateOrganisation:
    """The intention to add a municipality with its team, or a work agency."""

    kind: OrganisationKind
    name: str
    """Of a municipality without the word "gemeente"."""
    team: str = ""


def create_organisation(
    session: Session, actor: Actor, command: CreateOrganisation, *, now: datetime
) -> Organisation:
    """
    Add an organisation, by the operator only; a work agency serves the municipalities of now.

    Raises ``Forbidden``, or ``InvalidInput`` for a name that is there already.
    """
    require_keeps_all(actor)
    is_place, home = command.kind is OrganisationKind.MUNICIPALITY, None
    name = f"Gemeente {command.name}" if is_place else command.name
    slug = fold(command.name).replace(" ", "-")
    if not slug:
        raise InvalidInput("name", "Gebruik letters in de naam.")
    if session.scalar(_SAME_NAME, {"name": name.lower(), "slug": slug}):
        raise InvalidInput("name", "Er is al een organisatie met deze naam.")
    if is_place:
        home = add_municipality(session, slug=slug, name=command.name).id
    serves = () if home else session.scalars(select(Municipality.id)).all()
    made = add_organisation(
        session, kind=command.kind, name=name, team=command.team, municipality_id=home,
        serves=serves,
    )  # fmt: skip
    record(
        session, actor, "organisation_change", now=now, organisation=made.id, municipality_id=home
    )
    return made


_SAME_NAME = select(
    exists().where(func.lower(Organisation.name) == bindparam("name"))
    | exists().where(Municipality.slug == bindparam("slug"))
)


def require_keeps_all(actor: Actor) -> None:
    """Raise ``Forbidden`` unless this administrator keeps every organisation."""
    require(actor, Action.ORGANISATIONS_MANAGE)
    if not keeps_all(actor):
        raise Forbidden(NO_ACCESS)


STILL_GUIDES = (
    "Deze organisatie begeleidt nog inwoners van een gemeente die u weghaalt. "
    "Draag eerst die begeleiding over."
)
NO_ORGANISATION = "Deze organisatie bestaat niet of is niet voor u."


@dataclass(frozen=True)
class ChangeOrganisation:
    """What others need to know of an organisation; ``None`` leaves as it is."""

    team: str
    phone: str
    reachable: str
    name: str | None = None
    serves: frozenset[int] | None = None


def change_organisation(
    session: Session,
    actor: Actor,
    organisation_id: int,
    command: ChangeOrganisation,
    *,
    guides_in: Collection[int] = (),
    now: datetime,
) -> Organisation:
    """
    Change an organisation; name and served municipalities only by the operator.

    ``guides_in``: the municipalities of which it holds dossiers; it goes on to serve those.
    Raises ``InvalidInput``, or ``NotFound`` for an organisation of others.
    """
    row = managed(session, actor, organisation_id, lock=True)
    row.phone = check_phone(command.phone)
    row.team, row.reachable = command.team, command.reachable
    if keeps_all(actor):
        _rename(session, row, command.name)
        if row.kind is OrganisationKind.WORK_AGENCY and command.serves is not None:
            _serve(session, row, command.serves, guides_in)
    session.flush()
    record(
        session, actor, "organisation_change", now=now, organisation=row.id,
        municipality_id=row.municipality_id,
    )  # fmt: skip
    return row


def _rename(session: Session, row: Organisation, name: str | None) -> None:
    if name is None or name == row.name:
        return
    others = select(Organisation.id).where(Organisation.name == name, Organisation.id != row.id)
    if session.scalar(others) is not None:
        raise InvalidInput("name", "Er is al een organisatie met deze naam.")
    row.name = name


def _serve(
    session: Session, row: Organisation, wanted: frozenset[int], guides_in: Collection[int]
) -> None:
    known = set(session.scalars(select(Municipality.id).where(Municipality.id.in_(wanted))))
    if not known:
        raise InvalidInput("serves", "Kies minstens een gemeente.")
    served = set(
        session.scalars(
            select(ServedMunicipality.municipality_id).where(
                ServedMunicipality.organisation_id == row.id
            )
        )
    )
    if (served - known) & set(guides_in):
        raise InvalidInput("serves", STILL_GUIDES)
    session.execute(
        delete(ServedMunicipality).where(
            ServedMunicipality.organisation_id == row.id,
            ServedMunicipality.municipality_id.in_(served - known),
        )
    )
    session.add_all(
        ServedMunicipality(organisation_id=row.id, municipality_id=one)
        for one in sorted(known - served)
    )


def keeps_all(actor: Actor) -> bool:
    """Return whether this administrator keeps every organisation, not only the own one."""
    return actor.organisation_kind is OrganisationKind.OPERATOR


def managed(
    session: Session, actor: Actor, organisation_id: int, *, lock: bool = False
) -> Organisation:
    """Return an organisation that this administrator keeps, or raise ``NotFound``."""
    require(actor, Action.ORGANISATIONS_MANAGE)
    if not (keeps_all(actor) or organisation_id == actor.organisation_id):
        raise NotFound(NO_ORGANISATION)
    row = session.get(Organisation, organisation_id, with_for_update=lock or None)
    if row is None:
        raise NotFound(NO_ORGANISATION)
    return row


def managed_municipality(session: Session, actor: Actor, organisation_id: int) -> int:
    """Return the municipality of an organisation that this administrator keeps."""
    municipality_id = managed(session, actor, organisation_id).municipality_id
    if municipality_id is None:
        raise NotFound(NO_ORGANISATION)
    return municipality_id
