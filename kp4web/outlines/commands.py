"""Every write of outlines: the coordinators of a team keep them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kp4web.audit.commands import record
from kp4web.domain.actor import Actor
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.outlines import LONGEST_NAME as LONGEST_NAME
from kp4web.domain.outlines import fault_in
from kp4web.domain.outlines import typed_headings as typed_headings
from kp4web.domain.policy import Action, require
from kp4web.organisations.models import Organisation
from kp4web.outlines.models import Outline
from kp4web.outlines.queries import NO_OUTLINE

MOST_IN_USE = 20
"""Outlines in use at a time: a list one can choose from."""


class Overtaken(DomainError):
    """Somebody changed the outline in the meantime (409)."""


@dataclass(frozen=True)
class SaveOutline:
    """The intention to add an outline, or to change one; ``based_on`` is the revision read."""

    name: str
    headings: tuple[str, ...]
    based_on: int = 0


def add_outline(session: Session, actor: Actor, command: SaveOutline, *, now: datetime) -> Outline:
    """Add an outline to the actor's own team; ``InvalidInput`` at the field."""
    _lock(session, actor)
    _check(session, actor, command)
    _check_room(session, actor)
    made = Outline(
        organisation_id=actor.organisation_id, name=command.name, headings=[*command.headings],
        created_at=now, created_by_id=actor.id,
    )  # fmt: skip
    session.add(made)
    return _saved(session, actor, made, "outline_save", now)


def change_outline(
    session: Session, actor: Actor, outline_id: int, command: SaveOutline, *, now: datetime
) -> Outline:
    """
    Change the name and headings of an outline; reports written with it stay as they are.

    Raises ``Overtaken`` when it was changed since it was read, ``InvalidInput`` or ``NotFound``.
    """
    _lock(session, actor)
    outline = _own(session, actor, outline_id)
    if (outline.name, tuple(outline.headings)) == (command.name, command.headings):
        return outline
    if outline.revision != command.based_on:
        raise Overtaken("Dit sjabloon is intussen gewijzigd. Er is nog niets opgeslagen.")
    _check(session, actor, command, besides=outline_id)
    outline.name, outline.headings = command.name, [*command.headings]
    outline.revision += 1
    return _saved(session, actor, outline, "outline_save", now)


def retire_outline(session: Session, actor: Actor, outline_id: int, *, now: datetime) -> Outline:
    """Offer an outline no longer; reports keep the headings they have."""
    _lock(session, actor)
    outline = _own(session, actor, outline_id)
    if outline.retired_at is not None:
        return outline
    outline.retired_at, outline.retired_by_id = now, actor.id
    return _saved(session, actor, outline, "outline_retire", now)


def restore_outline(session: Session, actor: Actor, outline_id: int, *, now: datetime) -> Outline:
    """Offer a retired outline again; ``DomainError`` when its name is taken."""
    _lock(session, actor)
    outline = _own(session, actor, outline_id)
    if outline.retired_at is None:
        return outline
    if _name_is_taken(session, actor, outline.name, besides=outline_id):
        raise DomainError(f"Er is al een sjabloon dat “{outline.name}” heet.")
    _check_room(session, actor)
    outline.retired_at = outline.retired_by_id = None
    return _saved(session, actor, outline, "outline_save", now)


def _lock(session: Session, actor: Actor) -> None:
    """Let one coordinator of a team change at a time: names stay unique."""
    require(actor, Action.OUTLINES_MANAGE)
    query = select(Organisation.id).where(Organisation.id == actor.organisation_id)
    session.execute(query.with_for_update(key_share=True))


def _own(session: Session, actor: Actor, outline_id: int) -> Outline:
    outline = session.get(Outline, outline_id, populate_existing=True)
    if outline is None or outline.organisation_id != actor.organisation_id:
        raise NotFound(NO_OUTLINE)
    return outline


def _check(
    session: Session, actor: Actor, command: SaveOutline, *, besides: int | None = None
) -> None:
    if not command.name or len(command.name) > LONGEST_NAME:
        raise InvalidInput("name", f"Gebruik 1 tot {LONGEST_NAME} tekens.")
    if fault := fault_in(command.headings):
        raise InvalidInput("headings", fault)
    if _name_is_taken(session, actor, command.name, besides=besides):
        raise InvalidInput("name", "Er is al een sjabloon met deze naam.")


def _name_is_taken(session: Session, actor: Actor, name: str, *, besides: int | None) -> bool:
    query = select(Outline.id, Outline.name).where(
        Outline.organisation_id == actor.organisation_id, Outline.retired_at.is_(None)
    )
    return any(
        row.name.casefold() == name.casefold() and row.id != besides
        for row in session.execute(query)
    )


def _check_room(session: Session, actor: Actor) -> None:
    query = select(func.count(Outline.id)).where(
        Outline.organisation_id == actor.organisation_id, Outline.retired_at.is_(None)
    )
    if (session.scalar(query) or 0) >= MOST_IN_USE:
        raise DomainError(
            f"Er zijn al {MOST_IN_USE} sjablonen in gebruik. Neem er eerst een uit gebruik."
        )


def _saved(session: Session, actor: Actor, outline: Outline, act: str, now: datetime) -> Outline:
    session.flush()
    record(session, actor, act, now=now, outline=outline.id)
    return outline
