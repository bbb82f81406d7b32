"""Every read of outlines: to manage them, and to choose one for a report."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import Action, require
from kp4web.extensions import AnySelect
from kp4web.outlines.models import Outline

NO_OUTLINE = "Dit sjabloon bestaat niet of is niet voor u."
_COLUMNS = (Outline.id, Outline.name, Outline.headings, Outline.revision, Outline.retired_at)
_OWN = Outline.organisation_id == bindparam("organisation_id")
_ALL = select(*_COLUMNS).where(_OWN).order_by(Outline.name, Outline.id)
_ONE = select(*_COLUMNS).where(_OWN, Outline.id == bindparam("id"))
_IN_USE = select(*_COLUMNS).where(_OWN, Outline.retired_at.is_(None)).order_by(Outline.name)


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """One outline."""

    id: int
    name: str
    headings: tuple[str, ...]
    revision: int
    retired_at: datetime | None


def outlines_for(session: Session, actor: Actor) -> tuple[OutlineLine, ...]:
    """Return every outline of the actor's organisation, retired ones too."""
    require(actor, Action.OUTLINES_MANAGE)
    return _lines(session, actor, _ALL)


def outline_for(session: Session, actor: Actor, outline_id: int) -> OutlineLine:
    """Return one outline of the actor's organisation, or raise ``NotFound``."""
    require(actor, Action.OUTLINES_MANAGE)
    found = _lines(session, actor, _ONE, id=outline_id)
    if not found:
        raise NotFound(NO_OUTLINE)
    return found[0]


def outlines_to_choose(session: Session, actor: Actor) -> tuple[OutlineLine, ...]:
    """Return the outlines in use in the actor's organisation, for who writes reports."""
    require(actor, Action.CONVERSATION_RECORD)
    return _lines(session, actor, _IN_USE)


def _lines(session: Session, actor: Actor, query: AnySelect, **key: int) -> tuple[OutlineLine, ...]:
    rows = session.execute(query, {"organisation_id": actor.organisation_id} | key)
    return tuple(
        OutlineLine(row.id, row.name, tuple(row.headings), row.revision, row.retired_at)
        for row in rows
    )
