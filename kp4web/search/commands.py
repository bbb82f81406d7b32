"""Keeping, renaming and throwing away the own filters of the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.domain.actor import Actor
from kp4web.domain.errors import InvalidInput, NotFound
from kp4web.domain.policy import Action, require
from kp4web.search.models import SavedFilter

MOST_FILTERS = 20
LONGEST_NAME = 40
NO_FILTER = "Dit filter bestaat niet of is niet van u."
_LOCK = select(User.id).where(User.id == bindparam("user_id")).with_for_update(key_share=True)
_OWN = select(SavedFilter).where(SavedFilter.user_id == bindparam("user_id"))


@dataclass(frozen=True)
class SaveFilter:
    """The intention to keep a choice of filters under a name."""

    name: str
    chosen: Mapping[str, str]
    """What each filter holds, as in the address; never a typed term."""


def save_filter(
    session: Session, actor: Actor, command: SaveFilter, *, now: datetime
) -> SavedFilter:
    """Keep the filters; raises ``InvalidInput`` for a name in use or one filter too many."""
    kept = _locked(session, actor)
    if len(kept) >= MOST_FILTERS:
        raise InvalidInput(
            "name", f"U heeft al {MOST_FILTERS} filters bewaard. Verwijder er eerst een."
        )
    row = SavedFilter(
        user_id=actor.id, name=_free(command.name, kept), chosen=dict(command.chosen), saved_at=now
    )
    session.add(row)
    session.flush()
    return row


def rename_filter(session: Session, actor: Actor, filter_id: int, name: str) -> None:
    """Give an own filter another name; raises ``NotFound``, ``InvalidInput``."""
    kept = _locked(session, actor)
    row = _one(kept, filter_id)
    row.name = _free(name, [other for other in kept if other is not row])
    session.flush()


def delete_filter(session: Session, actor: Actor, filter_id: int) -> None:
    """Throw an own filter away; raises ``NotFound``."""
    session.delete(_one(_locked(session, actor), filter_id))
    session.flush()


def _locked(session: Session, actor: Actor) -> list[SavedFilter]:
    """Return the actor's filters; nobody adds one to them until the end of the transaction."""
    require(actor, Action.DOSSIER_READ)
    session.execute(_LOCK, {"user_id": actor.id})
    return list(session.scalars(_OWN, {"user_id": actor.id}))


def _one(kept: list[SavedFilter], filter_id: int) -> SavedFilter:
    row = next((row for row in kept if row.id == filter_id), None)
    if row is None:
        raise NotFound(NO_FILTER)
    return row


def _free(name: str, kept: list[SavedFilter]) -> str:
    """Return the name without white space around it, when no other filter has it."""
    name = " ".join(name.split())
    if not name:
        raise InvalidInput("name", "Geef het filter een naam.")
    if len(name) > LONGEST_NAME:
        raise InvalidInput("name", f"Gebruik hoogstens {LONGEST_NAME} tekens.")
    if name.casefold() in {row.name.casefold() for row in kept}:
        raise InvalidInput("name", "U heeft al een filter met deze naam. Kies een andere naam.")
    return name
