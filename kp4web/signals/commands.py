"""
Every write of sanction signals: a draft, and the steps from one person to the next.

Each step locks the dossier first and then looks where the signal stands, so that of two people
at once one wins and the other hears what happened.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.audit.commands import record
from kp4web.domain.actor import Actor
from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import DomainError, Forbidden, InvalidInput, NotFound
from kp4web.domain.policy import Access, Action, Field, Relation, access, require
from kp4web.domain.sanctions import (
    EDITABLE_STATES,
    OPEN_STATES,
    Content,
    Incomplete,
    SignalGround,
    SignalOutcome,
    SignalState,
    missing_from,
)
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.models import Dossier, SanctionEvidence, SanctionSignal, SanctionStep
from kp4web.dossiers.queries import DossierRef, dossier_ref, dossier_ref_by_id
from kp4web.grounds.queries import warning_on
from kp4web.organisations.models import ServedMunicipality
from kp4web.signals.queries import LEADS, NO_SIGNAL, attempts_of, broken_agreements_of
from kp4web.worklist.commands import refresh_due_items

OWN_SIGNAL = "U werkte zelf aan dit signaal. Een andere inkomensconsulent legt de uitkomst vast."
OWN_WORK = "U werkte zelf aan dit signaal. Iemand anders beoordeelt het."
CHANGED = (
    "Dit signaal is intussen in een ander venster gewijzigd. Er is niets veranderd. "
    "Open de pagina opnieuw."
)


@dataclass(frozen=True)
class SaveSignal:
    """What the form of a signal says; ``submits`` puts it before the coordinator."""

    ground: SignalGround
    explanation: str = ""
    culpability: str = ""
    urgent_reasons: str = ""
    heard_on: date | None = None
    attempts: frozenset[int] = frozenset()
    agreement_id: int | None = None
    track_start: str = ""
    revision: int | None = None
    """Which revision the form showed; ``None`` for a new draft."""
    submits: bool = False


def save_signal(
    session: Session, actor: Actor, number: str, command: SaveSignal, *, now: datetime, today: date
) -> SanctionSignal:
    """
    Save a draft, or save and submit it.

    Raises ``Incomplete`` with what is missing, ``InvalidInput``, ``DomainError`` when the signal
    went on, ``Forbidden`` for anybody but the lead, or ``NotFound``.
    """
    require(actor, Action.SIGNAL_DRAFT)
    ref = dossier_ref(session, actor, number, lock=True)
    _require_lead(ref)
    if not ref.is_active:
        raise InvalidInput("ground", "Dit dossier is gestopt: er is geen maatregelsignaal meer.")
    chosen = _evidence(session, ref, command)
    if command.submits:
        _refuse_incomplete(command, chosen, ref.last_contact_on, today)
    signal = _editable(session, ref, command)
    if signal is None:
        signal = _draft(session, actor, ref, command, now=now, today=today)
    elif signal.state is SignalState.SUBMITTED:
        return signal  # the same form again
    _write(session, actor, signal, command, chosen)
    if command.submits:
        _step(session, actor, signal, SignalState.SUBMITTED, "", now=now, today=today)
    refresh_due_items(session, [ref.id])
    action = "signal_submit" if command.submits else "signal_draft"
    record_in(session, actor, ref, action, now=now, signal=signal.id)
    return signal


def _require_lead(ref: DossierRef) -> None:
    ref.require(Field.SANCTION_SIGNAL, Access.WRITE)
    if not LEADS & ref.relations:
        raise Forbidden("De vaste consulent stelt een maatregelsignaal op.")


def _evidence(session: Session, ref: DossierRef, command: SaveSignal) -> dict[int, date]:
    """Return the chosen attempts with their days; only evidence of this dossier counts."""
    known = {line.id: line.on for line in attempts_of(session, ref)}
    if command.ground is SignalGround.BROKE_AGREEMENT:
        agreements = {line.id for line in broken_agreements_of(session, ref)}
        if command.agreement_id is not None and command.agreement_id not in agreements:
            raise InvalidInput("agreement", "Kies een afspraak die de inwoner niet nakwam.")
        return {}
    if not command.attempts <= set(known):
        raise InvalidInput("attempts", "Kies uit de pogingen sinds het laatste contact.")
    return {one: known[one] for one in command.attempts}


def _refuse_incomplete(
    command: SaveSignal, chosen: dict[int, date], last_contact_on: date | None, today: date
) -> None:
    content = Content(
        ground=command.ground, explanation=command.explanation, culpability=command.culpability,
        urgent_reasons=command.urgent_reasons, heard_on=command.heard_on,
        attempts=tuple(chosen.values()), has_agreement=command.agreement_id is not None,
        track_start=command.track_start,
    )  # fmt: skip
    if missing := missing_from(content, last_contact_on=last_contact_on, today=today):
        raise Incomplete(missing)


def _editable(session: Session, ref: DossierRef, command: SaveSignal) -> SanctionSignal | None:
    """Return the signal to write in; raise ``DomainError`` when it went on or was changed."""
    waiting = (*OPEN_STATES, SignalState.SENT)
    signal = session.scalar(
        select(SanctionSignal).where(
            SanctionSignal.dossier_id == ref.id, SanctionSignal.state.in_(waiting)
        ),
        execution_options={"populate_existing": True},
    )
    if signal is None:
        return None
    is_same = _says_the_same(signal, command)
    if is_same and command.submits and signal.state is SignalState.SUBMITTED:
        return signal
    if signal.state not in EDITABLE_STATES:
        raise DomainError(happened(session, signal))
    if command.revision != signal.revision and not is_same:
        raise DomainError(CHANGED)
    return signal


def _says_the_same(signal: SanctionSignal, command: SaveSignal) -> bool:
    return (
        signal.ground is command.ground
        and signal.explanation == command.explanation.strip()
        and signal.culpability == command.culpability.strip()
        and signal.urgent_reasons == command.urgent_reasons.strip()
        and signal.heard_on == command.heard_on
        and signal.track_start == command.track_start.strip()
    )


def _draft(
    session: Session, actor: Actor, ref: DossierRef, command: SaveSignal, *, now: datetime,
    today: date,
) -> SanctionSignal:  # fmt: skip
    signal = SanctionSignal(
        dossier_id=ref.id, municipality_id=ref.municipality_id, ground=command.ground,
        warning_id=warning_on(session, today).id, drafted_on=today, drafted_at=now,
        author_id=actor.id, revision=0, state=SignalState.DRAFTED, state_on=today,
    )  # fmt: skip
    session.add(signal)
    session.flush()
    _step(session, actor, signal, SignalState.DRAFTED, "", now=now, today=today)
    return signal


def _write(
    session: Session, actor: Actor, signal: SanctionSignal, command: SaveSignal,
    chosen: Collection[int],
) -> None:  # fmt: skip
    broken = command.ground is SignalGround.BROKE_AGREEMENT
    signal.ground, signal.author_id = command.ground, actor.id
    signal.explanation = command.explanation.strip()
    signal.culpability = command.culpability.strip()
    signal.urgent_reasons = command.urgent_reasons.strip()
    signal.heard_on = command.heard_on
    signal.agreement_id = command.agreement_id if broken else None
    signal.track_start = command.track_start.strip()
    signal.revision += 1
    session.execute(delete(SanctionEvidence).where(SanctionEvidence.signal_id == signal.id))
    session.add_all(SanctionEvidence(signal_id=signal.id, attempt_id=one) for one in chosen)
    session.flush()


# ---------------------------------------------------------------------- from one to the next


def withdraw_signal(
    session: Session, actor: Actor, signal_id: int, reason: str, *, now: datetime, today: date
) -> DossierRef:
    """Withdraw a signal that was not sent; the lead does, a draft needs no reason."""
    require(actor, Action.SIGNAL_DRAFT)
    ref, signal = _of_team(session, actor, signal_id)
    _require_lead(ref)
    _expect(session, signal, OPEN_STATES)
    if signal.state is not SignalState.DRAFTED and not reason.strip():
        raise InvalidInput("reason", "Schrijf kort op waarom u het signaal intrekt.")
    return _go_on(session, actor, ref, signal, SignalState.WITHDRAWN, reason, now=now, today=today)


def approve_signal(
    session: Session, actor: Actor, signal_id: int, reason: str, *, now: datetime, today: date
) -> DossierRef:
    """
    Approve a signal as the second pair of eyes, and so send it to the work agency.

    Raises ``Forbidden`` for who worked on it, ``Incomplete`` when there was contact since,
    ``DomainError`` when it was withdrawn or judged meanwhile.
    """
    ref, signal = _to_judge(session, actor, signal_id)
    if signal.ground is SignalGround.REFUSES_CONTACT:
        _refuse_incomplete(
            _as_saved(signal), _stored_evidence(session, ref, signal), ref.last_contact_on, today
        )
    return _go_on(session, actor, ref, signal, SignalState.SENT, reason, now=now, today=today)


def return_signal(
    session: Session, actor: Actor, signal_id: int, reason: str, *, now: datetime, today: date
) -> DossierRef:
    """Send a signal back to the lead, with the reason."""
    ref, signal = _to_judge(session, actor, signal_id)
    if not reason.strip():
        raise InvalidInput("reason", "Schrijf op wat er anders moet.")
    return _go_on(session, actor, ref, signal, SignalState.RETURNED, reason, now=now, today=today)


@dataclass(frozen=True)
class AnswerSignal:
    """What the work agency did with a signal, on which day, and why."""

    outcome: SignalOutcome
    on: date
    text: str


def answer_signal(
    session: Session, actor: Actor, signal_id: int, command: AnswerSignal, *, now: datetime,
    today: date,
) -> None:  # fmt: skip
    """
    Record the outcome of a signal that was sent; the income officer does.

    Raises ``Forbidden`` for who wrote or judged it: at the work agency one may be both.
    """
    require(actor, Action.SIGNAL_ANSWER)
    signal = _served(session, actor, signal_id)
    _expect(session, signal, {SignalState.SENT})
    took_part = select(SanctionStep.by_id).where(SanctionStep.signal_id == signal.id)
    if actor.id in {signal.author_id, *session.scalars(took_part)}:
        raise Forbidden(OWN_SIGNAL)
    if command.on > today:
        raise InvalidInput("on", "Deze dag kan niet in de toekomst liggen.")
    if command.on < signal.state_on:
        raise InvalidInput("on", f"Het signaal is verstuurd op {dutch_date(signal.state_on)}.")
    if not command.text.strip():
        raise InvalidInput("text", "Schrijf kort op hoe dit is afgelopen.")
    signal.outcome, signal.outcome_on = command.outcome, command.on
    signal.outcome_text = command.text.strip()
    _step(session, actor, signal, SignalState.ANSWERED, command.text, now=now, today=today)
    refresh_due_items(session, [signal.dossier_id])
    client_id = session.scalars(
        select(Dossier.client_id).where(Dossier.id == signal.dossier_id)
    ).one()
    record(
        session, actor, "signal_answer", now=now, subjects=[client_id],
        dossier_id=signal.dossier_id, municipality_id=signal.municipality_id,
        relation=[Relation.INCOME], signal=signal.id,
    )  # fmt: skip


def see_outcome(
    session: Session, actor: Actor, signal_id: int, *, now: datetime, today: date
) -> DossierRef:
    """Note that the lead has seen the outcome; seeing it twice is no change."""
    require(actor, Action.SIGNAL_DRAFT)
    ref, signal = _of_team(session, actor, signal_id)
    _require_lead(ref)
    if signal.state is SignalState.SEEN:
        return ref
    _expect(session, signal, {SignalState.ANSWERED})
    return _go_on(session, actor, ref, signal, SignalState.SEEN, "", now=now, today=today)


def _of_team(session: Session, actor: Actor, signal_id: int) -> tuple[DossierRef, SanctionSignal]:
    """Return a signal of the own team, its dossier locked; ``NotFound`` for a draft of others."""
    query = select(SanctionSignal.dossier_id).where(SanctionSignal.id == signal_id)
    dossier_id = session.scalar(query)
    if dossier_id is None:
        raise NotFound(NO_SIGNAL)
    try:
        ref = dossier_ref_by_id(session, actor, dossier_id, lock=True)
    except NotFound as error:
        raise NotFound(NO_SIGNAL) from error
    signal = session.get_one(SanctionSignal, signal_id, populate_existing=True)
    is_draft = signal.state is SignalState.DRAFTED and not LEADS & ref.relations
    if is_draft or access(ref.relations, Field.SANCTION_SIGNAL) < Access.READ:
        raise NotFound(NO_SIGNAL)
    return ref, signal


def _to_judge(session: Session, actor: Actor, signal_id: int) -> tuple[DossierRef, SanctionSignal]:
    require(actor, Action.SIGNAL_REVIEW)
    ref, signal = _of_team(session, actor, signal_id)
    ref.require(Field.SANCTION_SIGNAL, Access.WRITE)
    if Relation.COORDINATOR not in ref.relations:
        raise Forbidden("De coördinator beoordeelt een maatregelsignaal.")
    _expect(session, signal, {SignalState.SUBMITTED})
    wrote = select(SanctionStep.by_id).where(
        SanctionStep.signal_id == signal.id,
        SanctionStep.state.in_((SignalState.DRAFTED, SignalState.SUBMITTED)),
    )
    if actor.id in {signal.author_id, *session.scalars(wrote)}:
        raise Forbidden(OWN_WORK)
    return ref, signal


def _served(session: Session, actor: Actor, signal_id: int) -> SanctionSignal:
    """Return a signal that was sent to the own work agency, its dossier locked."""
    query = (
        select(SanctionSignal.dossier_id)
        .join(
            ServedMunicipality,
            ServedMunicipality.municipality_id == SanctionSignal.municipality_id,
        )
        .where(
            SanctionSignal.id == signal_id,
            ServedMunicipality.organisation_id == actor.organisation_id,
        )
    )
    dossier_id = session.scalar(query)
    if dossier_id is None:
        raise NotFound(NO_SIGNAL)
    session.execute(
        select(Dossier.id).where(Dossier.id == dossier_id).with_for_update(key_share=True)
    )
    signal = session.get_one(SanctionSignal, signal_id, populate_existing=True)
    if not signal.state.is_sent:
        raise NotFound(NO_SIGNAL)
    return signal


def _expect(session: Session, signal: SanctionSignal, states: Collection[SignalState]) -> None:
    if signal.state not in states:
        raise DomainError(happened(session, signal))


def happened(session: Session, signal: SanctionSignal) -> str:
    """Return what became of a signal meanwhile, for who came second."""
    step = session.execute(
        select(SanctionStep.taken_on, User.name)
        .join(User, User.id == SanctionStep.by_id)
        .where(SanctionStep.signal_id == signal.id)
        .order_by(SanctionStep.id.desc())
    ).first()
    by = f" op {dutch_date(step.taken_on)} door {step.name}" if step else ""
    return (
        f"Dit signaal heeft nu de stand ‘{signal.state.label.lower()}’{by}. Er is niets veranderd."
    )


def _as_saved(signal: SanctionSignal) -> SaveSignal:
    return SaveSignal(
        ground=signal.ground, explanation=signal.explanation, culpability=signal.culpability,
        urgent_reasons=signal.urgent_reasons, heard_on=signal.heard_on,
        agreement_id=signal.agreement_id, track_start=signal.track_start,
    )  # fmt: skip


def _stored_evidence(session: Session, ref: DossierRef, signal: SanctionSignal) -> dict[int, date]:
    """Return the chosen attempts that still count: those since the last contact."""
    chosen = set(
        session.scalars(
            select(SanctionEvidence.attempt_id).where(SanctionEvidence.signal_id == signal.id)
        )
    )
    return {line.id: line.on for line in attempts_of(session, ref) if line.id in chosen}


def _go_on(
    session: Session, actor: Actor, ref: DossierRef, signal: SanctionSignal, state: SignalState,
    reason: str, *, now: datetime, today: date,
) -> DossierRef:  # fmt: skip
    _step(session, actor, signal, state, reason, now=now, today=today)
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, f"signal_{state.value}", now=now, signal=signal.id)
    return ref


def _step(
    session: Session, actor: Actor, signal: SanctionSignal, state: SignalState, reason: str, *,
    now: datetime, today: date,
) -> None:  # fmt: skip
    signal.state, signal.state_on = state, today
    session.add(
        SanctionStep(
            signal_id=signal.id, state=state, taken_on=today, taken_at=now, by_id=actor.id,
            reason=reason.strip(),
        )
    )  # fmt: skip
    session.flush()
