"""Opening a screening round and adding dossiers to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from kp4web.audit.commands import record
from kp4web.domain.actor import Actor
from kp4web.domain.errors import InvalidInput, NotFound
from kp4web.domain.policy import Action, require
from kp4web.dossiers.queries import dossier_ref
from kp4web.screening.models import ScreeningMember, ScreeningRound
from kp4web.tracks.commands import own_municipality


@dataclass(frozen=True)
class OpenRound:
    """A round with a name and a promised end."""

    name: str
    starts_on: date
    ends_on: date


def open_round(
    session: Session, actor: Actor, command: OpenRound, *, now: datetime
) -> ScreeningRound:
    """Open a screening round in the own municipality; raises ``InvalidInput``."""
    require(actor, Action.SCREENING_MANAGE)
    if command.ends_on <= command.starts_on:
        raise InvalidInput("ends_on", "De einddatum moet na de begindatum liggen.")
    round_ = ScreeningRound(
        municipality_id=own_municipality(actor), name=command.name.strip(),
        starts_on=command.starts_on, ends_on=command.ends_on,
        recorded_at=now, recorded_by_id=actor.id,
    )  # fmt: skip
    session.add(round_)
    session.flush()
    record(session, actor, "screening_open", now=now, round=round_.id)
    return round_


def add_to_round(
    session: Session,
    actor: Actor,
    round_id: int,
    numbers: Sequence[str],
    *,
    now: datetime,
    today: date,
) -> None:
    """Add dossiers, by number, to a round of the own municipality."""
    require(actor, Action.SCREENING_MANAGE)
    round_ = session.get(ScreeningRound, round_id)
    if round_ is None or round_.municipality_id != actor.municipality_id:
        raise NotFound("Deze screeningsronde bestaat niet of is niet voor u.")
    refs = [dossier_ref(session, actor, number) for number in numbers]
    session.execute(
        insert(ScreeningMember),
        [
            {"round_id": round_id, "dossier_id": ref.id, "added_on": today, "added_at": now,
             "added_by_id": actor.id}
            for ref in refs
        ],
    )  # fmt: skip
    record(
        session, actor, "screening_add", now=now, subjects=[ref.client_id for ref in refs],
        round=round_id,
    )  # fmt: skip
