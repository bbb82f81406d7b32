"""Every write of reference data: filling it from the file, and what changes from a day."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.audit.commands import record
from kp4web.domain.actor import Actor, OrganisationKind
from kp4web.domain.errors import Forbidden, InvalidInput, NotFound
from kp4web.domain.periods import Plan, Span, current, overwrite
from kp4web.domain.policy import NO_ACCESS, Action, require
from kp4web.grounds.models import ExemptionReason, LegalDuty, LegalGround, SanctionWarning
from kp4web.grounds.queries import KINDS, duties_on

FILE = Path(__file__).parents[1] / "data" / "legal-grounds.toml"
"""What comes with the application."""
SECTIONS: dict[str, type[Any]] = {
    "duties": LegalDuty,
    "grounds": LegalGround,
    "reasons": ExemptionReason,
    "warnings": SanctionWarning,
}
CODE_MAX, NAME_MAX, TEXT_MAX = 20, 120, 1_000


def load_reference(session: Session, *, now: datetime, content: str | None = None) -> int:
    """
    Fill the tables from the file and return how many rows were added; a known code stays as it is.

    What the administrator changed is never undone by loading the file again.
    """
    told = tomllib.loads(content or FILE.read_text(encoding="utf-8"))
    added = 0
    for section, kind in SECTIONS.items():
        known = set(session.scalars(select(kind.code)))
        for entry in told.get(section, ()):
            if entry["code"] in known:
                continue
            values = {name: entry[name] for name in ("code", *kind.content)}
            session.add(
                kind(
                    **values, valid_from=entry["from"], valid_to=entry.get("until"),
                    recorded_at=now, recorded_by_id=None,
                )
            )  # fmt: skip
            added += 1
    session.flush()
    return added


@dataclass(frozen=True)
class AnnounceRow:
    """The intention that something of the law holds from a day on; ``values`` by column."""

    kind: str
    code: str
    from_on: date
    values: dict[str, Any]


def announce(
    session: Session, actor: Actor, command: AnnounceRow, *, now: datetime, today: date
) -> None:
    """
    Let a duty, ground, reason or warning hold from a day on (today or later).

    With a code that exists it replaces, from that day, what the code stood for. Raises
    ``InvalidInput`` at the field, ``Forbidden`` or ``NotFound``.
    """
    kind = _kind(actor, command.kind)
    _check(session, kind, command, today)
    rows = list(kind.history(session, code=command.code))
    kind.store(
        session, overwrite(rows, command.from_on, None, at=now), key={"code": command.code},
        content=command.values, recorded_by_id=actor.id,
    )  # fmt: skip
    record(session, actor, "reference_announce", now=now, kind=command.kind, code=command.code)


def retire(
    session: Session, actor: Actor, kind_word: str, code: str, on: date, *, now: datetime,
    today: date,
) -> None:  # fmt: skip
    """
    Let a duty, ground, reason or warning hold no longer from a day on (today or later).

    Exemptions that rest on it run on. Raises ``InvalidInput``, ``Forbidden`` or ``NotFound``.
    """
    kind = _kind(actor, kind_word)
    running = current(kind.history(session, code=code))
    if running is None:
        raise NotFound("Dit bestaat niet, of er is al een laatste dag vastgelegd.")
    if on < today:
        raise InvalidInput("on", "Kies vandaag of een dag daarna.")
    keeps = on > running.valid_from
    remains = ((running, Span(running.valid_from, on)),) if keeps else ()
    at = max(now, running.recorded_at)
    kind.store(
        session,
        Plan((running,), remains, None, at),
        key={"code": code},
        content={},
        recorded_by_id=actor.id,
    )
    record(session, actor, "reference_retire", now=now, kind=kind_word, code=code)


def require_operator(actor: Actor) -> None:
    """Raise ``Forbidden`` for who may not: the law is one for all, so the operator keeps it."""
    require(actor, Action.GROUNDS_MANAGE)
    if actor.organisation_kind is not OrganisationKind.OPERATOR:
        raise Forbidden(NO_ACCESS)


def _kind(actor: Actor, word: str) -> type[Any]:
    """Return the table, for who may write in it."""
    require_operator(actor)
    if word not in KINDS:
        raise NotFound("Deze soort bestaat niet.")
    return KINDS[word]


def _check(session: Session, kind: type[Any], command: AnnounceRow, today: date) -> None:
    if command.from_on < today:
        raise InvalidInput("from_on", "Kies vandaag of een dag daarna.")
    code = command.code
    if not 1 <= len(code) <= CODE_MAX or not all(c.isalnum() or c in "-_" for c in code):
        raise InvalidInput(
            "code", f"Gebruik hoogstens {CODE_MAX} letters, cijfers of streepjes, zonder spaties."
        )
    for field, value in command.values.items():
        if isinstance(value, str) and not value.strip():
            raise InvalidInput(field, "Vul dit veld in.")
    if kind is LegalGround:
        known = duties_on(session, command.from_on)
        unknown = [duty for duty in command.values["lifts"] if duty not in known]
        if unknown or not command.values["lifts"]:
            raise InvalidInput("lifts", "Kies de verplichtingen die dan gelden.")
