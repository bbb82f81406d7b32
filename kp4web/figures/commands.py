"""Recording figures from outside, such as the number of households on welfare."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from kp4web.audit.commands import record
from kp4web.domain.actor import Actor
from kp4web.domain.errors import Forbidden, InvalidInput
from kp4web.domain.policy import NO_ACCESS, Action, require
from kp4web.domain.reporting import number_text
from kp4web.figures.models import WelfareCount

MOST_HOUSEHOLDS = 1_000_000


@dataclass(frozen=True)
class RecordWelfareCount:
    """How many households received welfare on a date, and who says so."""

    counted_on: date
    households: int
    source: str


def record_welfare_count(
    session: Session, actor: Actor, command: RecordWelfareCount, *, now: datetime, today: date
) -> WelfareCount:
    """Record the count for the own municipality; a later entry for the same date replaces it."""
    require(actor, Action.WELFARE_COUNT_RECORD)
    if actor.municipality_id is None:
        raise Forbidden(NO_ACCESS)
    if command.counted_on > today:
        raise InvalidInput("counted_on", "De teldatum kan niet in de toekomst liggen.")
    if not 0 <= command.households <= MOST_HOUSEHOLDS:
        most = number_text(MOST_HOUSEHOLDS)
        raise InvalidInput("households", f"Vul een aantal in van 0 tot hoogstens {most}.")
    if not command.source.strip():
        raise InvalidInput("source", "Schrijf op waar dit aantal vandaan komt.")
    row = WelfareCount(
        municipality_id=actor.municipality_id, counted_on=command.counted_on,
        households=command.households, source=command.source.strip(),
        recorded_at=now, recorded_by_id=actor.id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(session, actor, "welfare_count_record", now=now, count=row.id)
    return row
