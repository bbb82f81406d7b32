"""
Reading sanction signals, of which nobody but these three knows.

The lead reads all of them, the coordinator from the moment one was submitted, the income officer
of the work agency once it is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.conversations.models import AttemptOutcome, Channel, ContactAttempt
from kp4web.domain.actor import Actor, Role
from kp4web.domain.agreements import AgreementEnding, Party
from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import Access, Action, Field, Relation, may, require, require_access
from kp4web.domain.sanctions import (
    EDITABLE_STATES,
    SENT_STATES,
    SignalGround,
    SignalOutcome,
    SignalState,
)
from kp4web.dossiers.models import Dossier, SanctionEvidence, SanctionSignal, SanctionStep
from kp4web.dossiers.queries import IN_REACH, DossierRef, dossier_ref
from kp4web.extensions import AnyRow
from kp4web.grounds.models import SanctionWarning
from kp4web.organisations.models import Municipality, ServedMunicipality
from kp4web.worklist.models import Agreement

NO_SIGNAL = "Dit maatregelsignaal bestaat niet of is niet voor u."
LEADS = frozenset({Relation.LEAD, Relation.DEPUTY})
"""Who drafts a signal, and reads a draft."""
ROWS = 100
"""Signals on the list; they are rare."""
_DOSSIER = bindparam("dossier_id", type_=Integer)
_SIGNAL = bindparam("signal_id", type_=Integer)
_LEAD = aliased(User)
_STEP = aliased(SanctionStep)
SUBMITTED = (
    select(_STEP.id)
    .where(_STEP.signal_id == SanctionSignal.id, _STEP.state == SignalState.SUBMITTED)
    .exists()
)
"""The condition for signals that were put before the coordinator at least once."""
_SERVED = and_(
    SanctionSignal.state.in_(SENT_STATES),
    SanctionSignal.municipality_id.in_(
        select(ServedMunicipality.municipality_id).where(
            ServedMunicipality.organisation_id == bindparam("organisation_id")
        )
    ),
)
_COLUMNS = (
    SanctionSignal.id, SanctionSignal.dossier_id, SanctionSignal.municipality_id,
    SanctionSignal.ground, SanctionSignal.track_start, SanctionSignal.explanation,
    SanctionSignal.culpability, SanctionSignal.urgent_reasons, SanctionSignal.heard_on,
    SanctionSignal.drafted_on, SanctionSignal.author_id, SanctionSignal.revision,
    SanctionSignal.state, SanctionSignal.state_on, SanctionSignal.outcome,
    SanctionSignal.outcome_on, SanctionSignal.outcome_text, SanctionSignal.agreement_id,
    SanctionWarning.name.label("article"), SanctionWarning.text.label("warning"),
    Agreement.what, Agreement.created_on.label("agreed_on"), Agreement.ended_on,
    User.name.label("author"), _LEAD.name.label("lead"), Dossier.number, Dossier.client_id,
    Dossier.holder_id,
    Client.initials, Client.given_name, Client.prefix, Client.surname,
    Municipality.name.label("municipality"), SUBMITTED.label("was_submitted"),
)  # fmt: skip
_READ = (
    select(*_COLUMNS)
    .join(Dossier, Dossier.id == SanctionSignal.dossier_id)
    .join(Client, Client.id == Dossier.client_id)
    .join(Municipality, Municipality.id == SanctionSignal.municipality_id)
    .join(SanctionWarning, SanctionWarning.id == SanctionSignal.warning_id)
    .join(User, User.id == SanctionSignal.author_id)
    .outerjoin(_LEAD, _LEAD.id == Dossier.lead_id)
    .outerjoin(Agreement, Agreement.id == SanctionSignal.agreement_id)
)
_OF_DOSSIER = _READ.where(SanctionSignal.dossier_id == _DOSSIER).order_by(SanctionSignal.id.desc())
_OF_TEAM = _READ.where(SanctionSignal.id == _SIGNAL, IN_REACH, SUBMITTED)
_OF_SERVED = _READ.where(SanctionSignal.id == _SIGNAL, _SERVED)


def _list(reach: ColumnElement[bool]) -> Any:
    """Return the list: what waits first, then the newest."""
    waits = or_(
        SanctionSignal.state == SignalState.SUBMITTED, SanctionSignal.state == SignalState.SENT
    )
    return _READ.where(reach).order_by(~waits, SanctionSignal.state_on.desc()).limit(ROWS)


_TEAM_LIST, _SERVED_LIST = _list(and_(IN_REACH, SUBMITTED)), _list(_SERVED)
_BOTH_LIST = _list(or_(and_(IN_REACH, SUBMITTED), _SERVED))
"""At a work agency that guides, one person can be coordinator and income officer."""
_STEPS = (
    select(
        SanctionStep.signal_id, SanctionStep.state, SanctionStep.taken_on, SanctionStep.reason,
        SanctionStep.by_id, User.name,
    )
    .join(User, User.id == SanctionStep.by_id)
    .where(SanctionStep.signal_id.in_(bindparam("ids", expanding=True)))
    .order_by(SanctionStep.id)
)  # fmt: skip
_EVIDENCE = (
    select(
        SanctionEvidence.signal_id, ContactAttempt.id, ContactAttempt.held_on,
        ContactAttempt.channel, ContactAttempt.outcome,
    )
    .join(ContactAttempt, ContactAttempt.id == SanctionEvidence.attempt_id)
    .where(SanctionEvidence.signal_id.in_(bindparam("ids", expanding=True)))
    .order_by(ContactAttempt.held_on, ContactAttempt.id)
)  # fmt: skip
_ATTEMPTS = (
    select(
        ContactAttempt.id, ContactAttempt.held_on, ContactAttempt.channel, ContactAttempt.outcome
    )
    .where(ContactAttempt.dossier_id == _DOSSIER)
    .order_by(ContactAttempt.held_on, ContactAttempt.id)
)
_BROKEN = (
    select(Agreement.id, Agreement.what, Agreement.created_on, Agreement.ended_on)
    .where(
        Agreement.dossier_id == _DOSSIER,
        Agreement.who == Party.RESIDENT,
        Agreement.ending == AgreementEnding.NOT_KEPT,
    )
    .order_by(Agreement.ended_on.desc(), Agreement.id.desc())
)
_NAME = select(Client.initials, Client.given_name, Client.prefix, Client.surname).where(
    Client.id == bindparam("client_id")
)


_NUMBER = (
    select(Dossier.number)
    .join(SanctionSignal, SanctionSignal.dossier_id == Dossier.id)
    .where(SanctionSignal.id == _SIGNAL, IN_REACH)
)


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """A contact attempt in one line."""

    id: int
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """An agreement that the resident did not keep, in one line."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a signal."""

    state: SignalState
    on: date
    by: str
    by_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal as one actor reads it, with its evidence and its steps."""

    id: int
    dossier_id: int
    client_id: int
    municipality_id: int
    number: str
    name: str
    lead: str | None
    municipality: str
    ground: SignalGround
    state: SignalState
    state_on: date
    article: str
    warning: str
    agreement_id: int | None
    agreement: str | None
    track_start: str
    explanation: str
    culpability: str
    urgent_reasons: str
    heard_on: date | None
    drafted_on: date
    author_id: int
    author: str
    revision: int
    outcome: SignalOutcome | None
    outcome_on: date | None
    outcome_text: str
    attempts: tuple[AttemptLine, ...]
    steps: tuple[StepLine, ...]
    relations: frozenset[Relation] = frozenset()
    """What the reader of the list is to it; on the page of a dossier that says it."""

    @property
    def of_team(self) -> bool:
        """Return whether the reader coordinates the team that holds the dossier."""
        return Relation.COORDINATOR in self.relations

    @property
    def is_editable(self) -> bool:
        """Return whether the lead still works on it."""
        return self.state in EDITABLE_STATES

    @property
    def returned_because(self) -> str:
        """Return why the coordinator sent it back, while it is back."""
        if self.state is not SignalState.RETURNED:
            return ""
        return next((s.reason for s in reversed(self.steps) if s.state is self.state), "")

    def is_by(self, user_id: int) -> bool:
        """Return whether somebody drafted or submitted it: then another one judges."""
        wrote = {SignalState.DRAFTED, SignalState.SUBMITTED}
        return user_id == self.author_id or any(
            step.by_id == user_id for step in self.steps if step.state in wrote
        )

    def involves(self, user_id: int) -> bool:
        """Return whether somebody wrote or judged it: then another one answers."""
        return self.is_by(user_id) or any(step.by_id == user_id for step in self.steps)


@dataclass(frozen=True, slots=True)
class SignalPage:
    """What the page about signals in one dossier shows to one actor of its team."""

    ref: DossierRef
    name: str
    running: Signal | None
    """The one that is not finished."""
    earlier: tuple[Signal, ...]
    may_draft: bool
    attempts: tuple[AttemptLine, ...]
    """Those since the last contact, to choose from."""
    agreements: tuple[AgreementLine, ...]


def signals_of(session: Session, actor: Actor, number: str) -> SignalPage:
    """Return the signals of a dossier within reach; raises ``Forbidden`` or ``NotFound``."""
    require(actor, Action.SIGNAL_READ)
    ref = dossier_ref(session, actor, number)
    ref.require(Field.SANCTION_SIGNAL, Access.READ)
    given = {"dossier_id": ref.id, "client_id": ref.client_id}
    rows = session.execute(_OF_DOSSIER, given).all()
    leads = bool(LEADS & ref.relations)
    found = _signals(session, [row for row in rows if leads or row.was_submitted])
    finished = {SignalState.WITHDRAWN, SignalState.SEEN}
    running = next((signal for signal in found if signal.state not in finished), None)
    may_draft = leads and may(actor, Action.SIGNAL_DRAFT)
    return SignalPage(
        ref=ref, name=name_of(session.execute(_NAME, given).one()), running=running,
        earlier=tuple(signal for signal in found if signal is not running),
        may_draft=may_draft,
        attempts=attempts_of(session, ref) if may_draft else (),
        agreements=broken_agreements_of(session, ref) if may_draft else (),
    )  # fmt: skip


def attempts_of(session: Session, ref: DossierRef) -> tuple[AttemptLine, ...]:
    """Return the attempts since the last contact: the application finds the evidence itself."""
    spoken = ref.last_contact_on
    return tuple(
        _attempt(row)
        for row in session.execute(_ATTEMPTS, {"dossier_id": ref.id})
        if spoken is None or row.held_on > spoken
    )


def broken_agreements_of(session: Session, ref: DossierRef) -> tuple[AgreementLine, ...]:
    """Return the agreements that the resident did not keep."""
    rows = session.execute(_BROKEN, {"dossier_id": ref.id})
    return tuple(
        AgreementLine(row.id, _agreed(row.what, row.created_on, row.ended_on)) for row in rows
    )


def _attempt(row: AnyRow) -> AttemptLine:
    how, outcome = Channel(row.channel).label, AttemptOutcome(row.outcome).label
    return AttemptLine(
        row.id, row.held_on, f"{dutch_date(row.held_on)}: {how.lower()}, {outcome.lower()}"
    )


def _agreed(what: str, agreed_on: date, ended_on: date | None) -> str:
    ended = f", niet nagekomen {dutch_date(ended_on)}" if ended_on else ""
    return f"{what} (afgesproken {dutch_date(agreed_on)}{ended})"


def signal_for(session: Session, actor: Actor, signal_id: int) -> Signal:
    """
    Return one signal for the coordinator or the income officer, and what the log needs.

    Raises ``NotFound`` out of reach, or ``Forbidden``.
    """
    require(actor, Action.SIGNAL_LIST)
    given = {"signal_id": signal_id, "organisation_id": actor.organisation_id}
    ways = ((Role.COORDINATOR, _OF_TEAM), (Role.INCOME_OFFICER, _OF_SERVED))
    queries = (query for role, query in ways if actor.has(role))
    rows = (session.execute(query, given).one_or_none() for query in queries)
    if (row := next(filter(None, rows), None)) is None:
        raise NotFound(NO_SIGNAL)
    (signal,) = _signals(session, [row], actor)
    require_access(signal.relations, Field.SANCTION_SIGNAL, Access.READ)
    return signal


def number_of(session: Session, actor: Actor, signal_id: int) -> str:
    """Return the number of the dossier of a signal of the own team, or raise ``NotFound``."""
    require(actor, Action.DOSSIER_READ)
    given = {"signal_id": signal_id, "organisation_id": actor.organisation_id}
    number = session.scalar(_NUMBER, given)
    if number is None:
        raise NotFound(NO_SIGNAL)
    return number


def signals_for(session: Session, actor: Actor) -> tuple[Signal, ...]:
    """Return the signals of the own team, and those sent to the own work agency."""
    require(actor, Action.SIGNAL_LIST)
    query = _TEAM_LIST if actor.has(Role.COORDINATOR) else _SERVED_LIST
    if actor.has(Role.COORDINATOR) and actor.has(Role.INCOME_OFFICER):
        query = _BOTH_LIST
    rows = session.execute(query, {"organisation_id": actor.organisation_id}).all()
    return _signals(session, rows, actor)


def _relations(actor: Actor, row: AnyRow) -> frozenset[Relation]:
    """Return what the reader of the list is to one signal on it."""
    coordinates = actor.has(Role.COORDINATOR) and row.holder_id == actor.organisation_id
    return frozenset({Relation.COORDINATOR if coordinates else Relation.INCOME})


def _signals(
    session: Session, rows: Sequence[AnyRow], actor: Actor | None = None
) -> tuple[Signal, ...]:
    """Return the rows as signals; what went on within the team is left out for who pays."""
    ids = [row.id for row in rows]
    steps, attempts = _grouped(session, _STEPS, ids), _grouped(session, _EVIDENCE, ids)
    return tuple(
        _signal(
            row, attempts.get(row.id, ()),
            [s for s in steps.get(row.id, ()) if Relation.INCOME not in held
             or s.state in SENT_STATES],
            held,
        )
        for row in rows
        for held in (_relations(actor, row) if actor else frozenset[Relation](),)
    )  # fmt: skip


def _grouped(session: Session, query: Any, ids: Sequence[int]) -> Mapping[int, list[AnyRow]]:
    found: dict[int, list[AnyRow]] = {}
    for row in session.execute(query, {"ids": ids}):
        found.setdefault(row.signal_id, []).append(row)
    return found


def _signal(
    row: AnyRow, attempts: Sequence[AnyRow], steps: Sequence[AnyRow], held: frozenset[Relation]
) -> Signal:
    agreement = _agreed(row.what, row.agreed_on, row.ended_on) if row.agreement_id else None
    return Signal(
        id=row.id, dossier_id=row.dossier_id, client_id=row.client_id,
        municipality_id=row.municipality_id, number=row.number, name=name_of(row), lead=row.lead,
        municipality=row.municipality, ground=SignalGround(row.ground),
        state=SignalState(row.state), state_on=row.state_on, article=row.article,
        warning=row.warning, agreement_id=row.agreement_id, agreement=agreement,
        track_start=row.track_start, explanation=row.explanation, culpability=row.culpability,
        urgent_reasons=row.urgent_reasons, heard_on=row.heard_on, drafted_on=row.drafted_on,
        author_id=row.author_id, author=row.author, revision=row.revision,
        outcome=SignalOutcome(row.outcome) if row.outcome else None, outcome_on=row.outcome_on,
        outcome_text=row.outcome_text, attempts=tuple(_attempt(one) for one in attempts),
        steps=tuple(
            StepLine(SignalState(s.state), s.taken_on, s.name, s.by_id, s.reason) for s in steps
        ),
        relations=held,
    )  # fmt: skip
