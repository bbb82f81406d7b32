"""
Every read of dossiers; each takes the actor, and a row out of reach is not there.

Reach: consultants and coordinators reach the dossiers that their own organisation holds;
every other role reaches none (3-visibility).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import Access, Action, Field, Relation, relations, require, require_access
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.extensions import AnySelect, rows_of

NO_DOSSIER = "Dit dossier bestaat niet of is niet voor u."


@dataclass(frozen=True, slots=True)
class DossierRef:
    """A dossier within reach of one actor, and what that actor is to it."""

    id: int
    number: str
    client_id: int
    municipality_id: int
    holder_id: int
    lead_id: int | None
    kind: TrackKind
    track_since: date
    planned_end: date | None
    opened_on: date
    last_contact_on: date | None
    relations: frozenset[Relation]

    def require(self, field: Field, level: Access) -> None:
        """Raise ``Forbidden`` unless the actor reaches this far into the field."""
        require_access(self.relations, field, level)

    @property
    def is_active(self) -> bool:
        """Return whether the dossier is active today."""
        return self.kind is not TrackKind.STOPPED


_COLUMNS = (
    Dossier.id, Dossier.number, Dossier.client_id, Dossier.municipality_id, Dossier.holder_id,
    Dossier.lead_id, Dossier.kind, Dossier.track_since, Dossier.planned_end, Dossier.opened_on,
    Dossier.last_contact_on,
)  # fmt: skip
IN_REACH = Dossier.holder_id == bindparam("organisation_id")
"""The condition every query of dossiers carries; bind it with ``reach_of``."""
_BY_NUMBER = select(*_COLUMNS).where(Dossier.number == bindparam("number"), IN_REACH)
_BY_ID = select(*_COLUMNS).where(Dossier.id == bindparam("id"), IN_REACH)
_LOCKED_BY_NUMBER = _BY_NUMBER.with_for_update(key_share=True)
_LOCKED_BY_ID = _BY_ID.with_for_update(key_share=True)


def reach_of(actor: Actor) -> dict[str, int]:
    """Return the parameters for ``IN_REACH``; raise ``Forbidden`` for roles without dossiers."""
    require(actor, Action.DOSSIER_READ)
    return {"organisation_id": actor.organisation_id}


def dossier_ref(session: Session, actor: Actor, number: str, *, lock: bool = False) -> DossierRef:
    """
    Return the dossier with this number within the actor's reach, or raise ``NotFound``.

    ``lock``: hold the row until the end of the transaction (PostgreSQL; SQLite has one writer).
    """
    query = _LOCKED_BY_NUMBER if lock else _BY_NUMBER
    return _ref(session, actor, query, {"number": number})


def dossier_ref_by_id(
    session: Session, actor: Actor, dossier_id: int, *, lock: bool = False
) -> DossierRef:
    """Return the dossier with this id within the actor's reach, or raise ``NotFound``."""
    return _ref(session, actor, _LOCKED_BY_ID if lock else _BY_ID, {"id": dossier_id})


_ANY = select(*_COLUMNS).where(Dossier.id == bindparam("id"))
_ANY_LOCKED = _ANY.with_for_update(key_share=True)


def handed_over_ref(
    session: Session, dossier_id: int, held: frozenset[Relation], *, lock: bool = False
) -> DossierRef:
    """
    Return the dossier that a hand-over is about, for who reaches the hand-over (``held``).

    The reach is that of the hand-over: the caller has found that within its own.
    """
    row = session.execute(_ANY_LOCKED if lock else _ANY, {"id": dossier_id}).one()
    return DossierRef(**row._mapping, relations=held)


def _ref(session: Session, actor: Actor, query: AnySelect, key: dict[str, Any]) -> DossierRef:
    row = rows_of(session, query, key | reach_of(actor)).one_or_none()
    if row is None:
        raise NotFound(NO_DOSSIER)
    held = relations(actor, lead_id=row.lead_id, dossier_id=row.id)
    return DossierRef(**row._mapping, relations=held)


_PLACES_HELD = (
    select(Dossier.municipality_id)
    .where(Dossier.holder_id == bindparam("organisation_id"))
    .distinct()
)


def places_held_by(session: Session, organisation_id: int) -> frozenset[int]:
    """Return the municipalities of which an organisation holds dossiers, stopped ones too."""
    return frozenset(session.scalars(_PLACES_HELD, {"organisation_id": organisation_id}))
