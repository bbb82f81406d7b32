"""
Every write of exemptions: each act is a new row, and nothing that was known is overwritten.

An extension closes the running row and opens the next; a review, the plan, a correction and the
settled end supersede the running row with one that says what was done (``Exemption.act``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.dates import add_days, dutch_date
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.exemptions import (
    Act,
    Wanted,
    check_review,
    check_wanted,
    plan_due_on,
)
from kp4web.domain.periods import PeriodError, Plan, Span, change, current, end, known
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.models import Exemption
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.exemptions.queries import deciders_of, ground_of, reason_of, spells_of
from kp4web.grounds.models import LegalGround
from kp4web.worklist.commands import refresh_due_items

CHANGED = (
    "Iemand anders heeft de ontheffing intussen gewijzigd. Er is niets veranderd. "
    "Kijk de ontheffing na en probeer het opnieuw."
)
NONE_RUNS = "Er loopt nu geen ontheffing in dit dossier."
NOTE_NEEDED = "Schrijf kort op waarom."


@dataclass(frozen=True)
class ExemptionInput:
    """What the form about an exemption says; grounds and reasons by their code."""

    ground: str
    reason: str
    justification: str
    organisation_id: int
    wanted: Wanted
    decision_reference: str = ""
    note: str = ""
    shown: int | None = None
    """Which row the form showed as the running one; ``None`` for none."""


def grant_exemption(
    session: Session, actor: Actor, number: str, command: ExemptionInput, *, now: datetime,
    today: date,
) -> Exemption:  # fmt: skip
    """
    Record an exemption; one that has passed its last day is closed by it.

    The same form sent twice lands on the first. Raises ``InvalidInput`` at the field,
    ``DomainError`` while one runs, ``Forbidden`` or ``NotFound``.
    """
    ref, rows = _open(session, actor, number)
    running = current(rows)
    if not ref.is_active:
        raise InvalidInput("starts_on", "Dit dossier is gestopt: er is geen ontheffing meer.")
    if running is not None and _is_same(running, command, actor):
        return running
    if running is not None and (running.ends_on is None or running.ends_on >= today):
        raise DomainError(
            "Er loopt al een ontheffing. Verleng, corrigeer of beëindig die. Er is niets veranderd."
        )
    wanted = command.wanted
    ground, content = _content(
        session, ref, command, first_on=wanted.starts_on, act=Act.GRANTED, today=today
    )
    _refuse_second(session, ref, ground)
    if running is not None:
        _store(session, actor, ref, end(rows, _after(running), today=today, at=now))
        rows = Exemption.history(session, dossier_id=ref.id)
    return _change(session, actor, ref, rows, wanted.starts_on, content, now=now, today=today)


def _is_same(running: Exemption, command: ExemptionInput, actor: Actor) -> bool:
    return (
        running.recorded_by_id == actor.id
        and running.valid_from == command.wanted.starts_on
        and running.ends_on == command.wanted.ends_on
        and running.justification == command.justification.strip()
    )


def _refuse_second(session: Session, ref: DossierRef, ground: LegalGround) -> None:
    if ground.once and any(row.code == ground.code for row in spells_of(session, ref.id)):
        raise InvalidInput("ground", "Deze grond kan één keer. De inwoner had deze al.")


def extend_exemption(
    session: Session, actor: Actor, number: str, command: ExemptionInput, *, now: datetime,
    today: date,
) -> Exemption:  # fmt: skip
    """
    Extend the running exemption: from today, or from the day after its end when that has passed.

    The ground stays, with what it asks now. Raises as ``grant_exemption``.
    """
    ref, rows = _open(session, actor, number)
    running = _running(rows, command.shown)
    if running.ends_on is None:
        raise DomainError("Deze ontheffing heeft geen einddatum: verlengen is niet nodig.")
    starts_on = min(_after(running), today)
    if command.wanted.ends_on is not None and command.wanted.ends_on <= running.ends_on:
        text = f"Kies een dag na {dutch_date(running.ends_on)}, de einddatum van nu."
        raise InvalidInput("ends_on", text)
    command = replace(command, wanted=replace(command.wanted, starts_on=starts_on))
    _, content = _content(
        session, ref, command, first_on=_first_on(session, ref), act=Act.EXTENDED, today=today
    )
    if running.plan_made_on is not None:
        content["plan_made_on"] = running.plan_made_on
    content["plan_due_on"] = running.plan_due_on
    return _change(session, actor, ref, rows, starts_on, content, now=now, today=today)


def _first_on(session: Session, ref: DossierRef) -> date:
    """Return since when the running one goes on without a break on the same ground."""
    newest, *before = spells_of(session, ref.id)
    first: date = newest.valid_from
    for row in before:
        if row.code != newest.code or row.valid_to != first:
            break
        first = row.valid_from
    return first


def correct_exemption(
    session: Session, actor: Actor, number: str, command: ExemptionInput, *, now: datetime,
    today: date,
) -> Exemption:  # fmt: skip
    """
    Correct what was recorded about the running exemption, its first day too; says why.

    Raises as ``grant_exemption``; the first day may not lie before the end of an earlier one.
    """
    ref, rows = _open(session, actor, number)
    running = _running(rows, command.shown)
    if not command.note.strip():
        raise InvalidInput("note", NOTE_NEEDED)
    starts_on = command.wanted.starts_on
    before = max((row.valid_to for row in known(rows) if row.valid_to), default=None)
    if before is not None and starts_on < before:
        raise InvalidInput("starts_on", f"De vorige ontheffing liep tot {dutch_date(before)}.")
    is_continued = before == starts_on
    first_on = _first_on(session, ref) if is_continued else starts_on
    _, content = _content(session, ref, command, first_on=first_on, act=Act.CORRECTED, today=today)
    content |= {"plan_made_on": running.plan_made_on, "lapses": running.lapses}
    return _replace(session, actor, ref, rows, Span(starts_on), content, now=now, today=today)


@dataclass(frozen=True)
class Settle:
    """What is done about the running exemption, on which day, and what was said about it."""

    act: Act
    note: str = ""
    on: date | None = None
    review_on: date | None = None
    """The next review, after one."""
    shown: int | None = None


def settle_exemption(
    session: Session, actor: Actor, number: str, command: Settle, *, now: datetime, today: date
) -> Exemption:
    """
    Record a review, the plan, that it will not be extended, or an early end.

    ``on`` of an early end is the first day without it. Raises ``InvalidInput`` at the field,
    ``DomainError`` when the exemption has changed, ``Forbidden`` or ``NotFound``.
    """
    ref, rows = _open(session, actor, number)
    running = _running(rows, command.shown)
    changed, span = _SETTLED[command.act](session, running, command, today)
    content = _copied(running) | changed | {
        "act": command.act, "acted_on": today, "note": command.note.strip(),
    }  # fmt: skip
    return _replace(session, actor, ref, rows, span, content, now=now, today=today)


Settled = tuple[dict[str, Any], Span]


def _reviewed(session: Session, running: Exemption, command: Settle, today: date) -> Settled:
    on = _day(command, running, today)
    if not command.note.strip():
        raise InvalidInput("note", "Schrijf kort op wat de beoordeling opleverde.")
    terms = session.get_one(LegalGround, running.ground_id).terms
    if command.review_on is not None and command.review_on <= on:
        raise InvalidInput("review_on", "Kies een dag na deze beoordeling.")
    if command.review_on and running.ends_on and command.review_on > running.ends_on:
        raise InvalidInput("review_on", "De beoordeling kan niet na het einde liggen.")
    review_on = check_review(terms, command.review_on, on, running.ends_on)
    return {"review_on": review_on}, Span(running.valid_from)


def _planned(session: Session, running: Exemption, command: Settle, today: date) -> Settled:
    if running.plan_due_on is None:
        raise DomainError("Bij deze ontheffing hoort geen plan.")
    return {"plan_made_on": _day(command, running, today)}, Span(running.valid_from)


def _lapsing(session: Session, running: Exemption, command: Settle, today: date) -> Settled:
    if running.ends_on is None:
        raise DomainError("Deze ontheffing heeft geen einddatum. Beëindig haar als dat nodig is.")
    return {"lapses": True}, Span(running.valid_from)


def _ended(session: Session, running: Exemption, command: Settle, today: date) -> Settled:
    on = _day(command, running, today)
    if not command.note.strip():
        raise InvalidInput("note", NOTE_NEEDED)
    if on <= running.valid_from:
        raise InvalidInput(
            "on", f"Kies een dag na {dutch_date(running.valid_from)}. Gold de ontheffing nooit, "
            "corrigeer haar dan.",
        )  # fmt: skip
    if running.ends_on is not None and on > _after(running):
        raise InvalidInput("on", f"De ontheffing liep al af op {dutch_date(running.ends_on)}.")
    return {}, Span(running.valid_from, on)


_SETTLED = {
    Act.REVIEWED: _reviewed, Act.PLANNED: _planned, Act.LAPSES: _lapsing, Act.ENDED: _ended,
}  # fmt: skip


def _day(command: Settle, running: Exemption, today: date) -> date:
    on = command.on or today
    if on > today:
        raise InvalidInput("on", "Deze dag kan niet in de toekomst liggen.")
    if on < running.valid_from:
        raise InvalidInput("on", "Deze dag ligt voor het begin van de ontheffing.")
    return on


# ---------------------------------------------------------------------- what they share


def _open(session: Session, actor: Actor, number: str) -> tuple[DossierRef, Sequence[Exemption]]:
    require(actor, Action.EXEMPTION_CHANGE)
    ref = dossier_ref(session, actor, number, lock=True)
    ref.require(Field.EXEMPTION, Access.WRITE)
    ref.require(Field.EXEMPTION_JUSTIFICATION, Access.WRITE)
    return ref, Exemption.history(session, dossier_id=ref.id)


def _running(rows: Sequence[Exemption], shown: int | None) -> Exemption:
    running = current(rows)
    if running is None:
        raise DomainError(NONE_RUNS)
    if shown is not None and shown != running.id:
        raise DomainError(CHANGED)
    return running


def _after(running: Exemption) -> date:
    """Return the first day after the last day of an exemption with an end."""
    assert running.ends_on is not None  # noqa: S101 -- the callers look first
    return add_days(running.ends_on, 1)


def _content(
    session: Session, ref: DossierRef, command: ExemptionInput, *, first_on: date, act: Act,
    today: date,
) -> tuple[LegalGround, dict[str, Any]]:  # fmt: skip
    """Check the form against the ground as it holds on the first day; return what to store."""
    wanted = command.wanted
    ground = ground_of(session, command.ground, wanted.starts_on)
    if ground is None:
        raise InvalidInput("ground", "Deze grond geldt niet op de begindatum.")
    reason = reason_of(session, command.reason, wanted.starts_on)
    if reason is None:
        raise InvalidInput("reason", "Deze reden geldt niet op de begindatum.")
    if not command.justification.strip():
        raise InvalidInput("justification", "Schrijf op waarom deze inwoner ontheffing krijgt.")
    if command.organisation_id not in {o.id for o in deciders_of(session, ref.municipality_id)}:
        raise InvalidInput("organisation", "Kies wie heeft besloten.")
    terms = ground.terms
    check_wanted(terms, wanted, first_on, today=today)
    return ground, {
        "ground_id": ground.id, "reason_id": reason.id,
        "organisation_id": command.organisation_id,
        "justification": command.justification.strip(), "ends_on": wanted.ends_on,
        "review_on": check_review(terms, wanted.review_on, wanted.starts_on, wanted.ends_on),
        "plan_due_on": plan_due_on(terms, first_on), "plan_made_on": None,
        "seen_on": wanted.seen_on if terms.seen_required else None,
        "requested_on": wanted.requested_on if terms.on_request else None,
        "child_born_on": wanted.child_born_on if terms.child_until_years else None,
        "decided_on": wanted.decided_on or wanted.starts_on,
        "decision_reference": command.decision_reference.strip(), "lapses": False,
        "act": act, "acted_on": today, "note": command.note.strip(),
    }  # fmt: skip


def _copied(running: Exemption) -> dict[str, Any]:
    return {name: getattr(running, name) for name in Exemption.content}


def _change(
    session: Session, actor: Actor, ref: DossierRef, rows: Sequence[Exemption], on: date,
    content: dict[str, Any], *, now: datetime, today: date,
) -> Exemption:  # fmt: skip
    """Let the content hold from a day on; what ran until then is closed."""
    try:
        plan = change(rows, on, today=today, at=now)
    except PeriodError as error:
        raise InvalidInput("starts_on", str(error)) from error
    return _finish(session, actor, ref, plan, content, now=now)


def _replace(
    session: Session, actor: Actor, ref: DossierRef, rows: Sequence[Exemption], span: Span,
    content: dict[str, Any], *, now: datetime, today: date,
) -> Exemption:  # fmt: skip
    """Supersede the running row by one with these days and this content."""
    running = current(rows)
    assert running is not None  # noqa: S101 -- the callers look first
    whole = end(rows, running.valid_from, today=today, at=now)
    return _finish(session, actor, ref, replace(whole, span=span), content, now=now)


def _finish(
    session: Session, actor: Actor, ref: DossierRef, plan: Plan[Exemption],
    content: dict[str, Any], *, now: datetime,
) -> Exemption:  # fmt: skip
    made = _store(session, actor, ref, plan, content | {"acted_at": plan.at})
    assert made is not None  # noqa: S101 -- the plan has days for the content
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, f"exemption_{content['act']}", now=now, exemption=made.id)
    return made


def _store(
    session: Session, actor: Actor, ref: DossierRef, plan: Plan[Exemption],
    content: dict[str, Any] | None = None,
) -> Exemption | None:  # fmt: skip
    key = {"dossier_id": ref.id, "municipality_id": ref.municipality_id}
    return Exemption.store(session, plan, key=key, content=content or {}, recorded_by_id=actor.id)
