"""Every read of reference data: what holds on a day, and all of it for the administrator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, select
from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.errors import DomainError
from kp4web.domain.policy import Action, require
from kp4web.grounds.models import ExemptionReason, LegalDuty, LegalGround, SanctionWarning

KINDS: dict[str, type[Any]] = {
    "verplichting": LegalDuty,
    "grond": LegalGround,
    "reden": ExemptionReason,
    "waarschuwing": SanctionWarning,
}
"""The kinds of reference data, by the word in the address."""
_DAY = bindparam("day", type_=Date)
_VALID = {
    kind: select(kind).where(kind.valid_on(_DAY)).order_by(kind.code) for kind in KINDS.values()
}
_KNOWN = {
    kind: select(kind).where(kind.known()).order_by(kind.code, kind.valid_from)
    for kind in KINDS.values()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ahead:
    """What changes in the law on a day to come."""

    on: date
    name: str


def grounds_on(session: Session, day: date) -> Sequence[LegalGround]:
    """Return the grounds that hold on a day, in the order of their codes."""
    return session.scalars(_VALID[LegalGround], {"day": day}).all()


def reasons_on(session: Session, day: date) -> Sequence[ExemptionReason]:
    """Return the reason categories that hold on a day."""
    return session.scalars(_VALID[ExemptionReason], {"day": day}).all()


def duties_on(session: Session, day: date) -> dict[str, LegalDuty]:
    """Return the duties that hold on a day, by code."""
    return {duty.code: duty for duty in session.scalars(_VALID[LegalDuty], {"day": day})}


def warning_on(session: Session, day: date) -> SanctionWarning:
    """Return the warning that holds on a day; raise ``DomainError`` when there is none."""
    warning: SanctionWarning | None = session.scalars(_VALID[SanctionWarning], {"day": day}).first()
    if warning is None:
        raise DomainError(
            "Er is geen tekst over het gevolg vastgelegd. Vraag de functioneel beheerder."
        )
    return warning


def reference_for(session: Session, actor: Actor) -> dict[str, Sequence[Any]]:
    """Return all reference data by kind, as known now; past and coming rows too."""
    require(actor, Action.GROUNDS_READ)
    return {word: session.scalars(_KNOWN[kind]).all() for word, kind in KINDS.items()}


def lifted_words(codes: Sequence[str], duties: dict[str, LegalDuty]) -> str:
    """Return the duties behind these codes in words: ``werk zoeken (a) en tegenprestatie (c)``."""
    names = [f"{duties[code].name} ({code})" for code in codes if code in duties]
    if len(names) < 2:
        return "".join(names) or "geen"
    return f"{', '.join(names[:-1])} en {names[-1]}"
