"""
Every read of conversations: what stands around the form, one report in full.

What the actor may not read is not selected; templates get flags, never a role.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    String,
    bindparam,
    literal_column,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.conversations.additions import Added as Added
from kp4web.conversations.additions import RecentReport as RecentReport
from kp4web.conversations.additions import additions_to as additions_to
from kp4web.conversations.additions import recent_talks as recent_talks
from kp4web.conversations.models import Channel, Conversation, Participant
from kp4web.domain.actor import Actor
from kp4web.domain.agreements import AgreementEnding, Party, agreed
from kp4web.domain.applications import LifeArea
from kp4web.domain.dates import add_weeks, count_of
from kp4web.domain.due import Norms, propose_follow_up
from kp4web.domain.errors import DomainError, Forbidden, NotFound
from kp4web.domain.participation import BY_NUMBER, Step
from kp4web.domain.policy import (
    Access,
    Action,
    Field,
    Relation,
    access,
    relations,
    require,
    visible_fields,
)
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier, TrackPeriod
from kp4web.dossiers.queries import IN_REACH, NO_DOSSIER, DossierRef, dossier_ref, reach_of
from kp4web.extensions import AnyRow
from kp4web.organisations.models import MunicipalityNorms
from kp4web.worklist.models import Agreement, FollowUp
from kp4web.worklist.queries import follow_up_for

NO_CONVERSATION = "Dit gesprek bestaat niet of is niet voor u."
_NAME = (Client.initials, Client.given_name, Client.prefix, Client.surname)
_SCREEN = (
    select(
        Dossier.id, Dossier.number, Dossier.client_id, Dossier.municipality_id, Dossier.lead_id,
        Dossier.kind, Dossier.track_since, Dossier.planned_end, Dossier.opened_on,
        Dossier.last_contact_on, *_NAME, Client.phone, Client.interpreter, Client.approach,
        User.name.label("lead_name"), TrackPeriod.avoid, MunicipalityNorms,
    )
    .join(Client, Client.id == Dossier.client_id)
    .outerjoin(User, User.id == Dossier.lead_id)
    .outerjoin(TrackPeriod, (TrackPeriod.dossier_id == Dossier.id) & TrackPeriod.running())
    .outerjoin(MunicipalityNorms, MunicipalityNorms.municipality_id == Dossier.municipality_id)
    .where(Dossier.number == bindparam("number"), IN_REACH)
)  # fmt: skip
_OPEN: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(
        literal_column("'follow_up'").label("source"), FollowUp.id, FollowUp.due_on, FollowUp.what,
        null().label("who"),
    ).where(FollowUp.dossier_id == bindparam("dossier_id"), FollowUp.ended_at.is_(None)),
    select(
        literal_column("'agreement'"), Agreement.id, Agreement.due_on, Agreement.what,
        type_coerce(Agreement.who, String),
    ).where(Agreement.dossier_id == bindparam("dossier_id"), Agreement.ended_at.is_(None)),
)  # fmt: skip
_MADE = (
    select(Agreement.id, Agreement.due_on, Agreement.who, Agreement.what, Agreement.ending)
    .where(Agreement.conversation_id == bindparam("conversation_id"))
    .order_by(Agreement.id)
)
_PLANNED = (
    select(FollowUp.id, FollowUp.due_on, FollowUp.what)
    .where(FollowUp.conversation_id == bindparam("conversation_id"))
    .order_by(FollowUp.id)
)
_ENTRY = (
    select(
        Conversation.id, Conversation.author_id, Conversation.held_on, Conversation.held_at,
        Conversation.channel, Conversation.participants, Conversation.report,
        Conversation.life_areas, Conversation.participation_step,
        Conversation.recorded_at, User.name.label("author"), *_NAME,
        Dossier.id.label("dossier_id"), Dossier.number, Dossier.client_id,
        Dossier.municipality_id, Dossier.lead_id,
    )
    .join(Dossier, Dossier.id == Conversation.dossier_id)
    .join(Client, Client.id == Dossier.client_id)
    .join(User, User.id == Conversation.author_id)
    .where(
        Conversation.id == bindparam("conversation_id"),
        Dossier.number == bindparam("number"),
        IN_REACH,
    )
)  # fmt: skip
_LINE = (
    select(*_NAME, Dossier.attempts_since_contact)
    .join(Client, Client.id == Dossier.client_id)
    .where(Dossier.id == bindparam("id"))
)


@dataclass(frozen=True, slots=True)
class OpenFollowUp:
    """A follow-up that this conversation can settle."""

    id: int
    due_on: date
    what: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement as a page shows it."""

    id: int
    due_on: date | None
    who: Party
    what: str
    ending: AgreementEnding | None = None

    @property
    def text(self) -> str:
        """Return it in one line."""
        return agreed(self.who, self.what)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The follow-up date that keeps the norm, and how far ahead the norm lies in words."""

    on: date
    words: str


@dataclass(frozen=True, slots=True)
class Screen:
    """What stands around the form, as this actor may see it."""

    dossier_id: int
    number: str
    client_id: int
    municipality_id: int
    relations: frozenset[Relation]
    name: str
    phone: str
    interpreter: str
    approach: str
    kind: TrackKind
    track_since: date
    planned_end: date | None
    avoid: str
    opened_on: date
    last_contact_on: date | None
    lead_name: str | None
    is_own: bool
    """This actor is the lead; for anybody else the lead will be told."""
    may_plan: bool
    """Follow-ups can be planned and settled here, by this actor."""
    norms: Norms
    follow_ups: tuple[OpenFollowUp, ...] = ()
    reports: tuple[RecentReport, ...] = ()
    agreements: tuple[Agreed, ...] = ()
    """Open ones, those with a day first."""

    def proposal(self, held_on: date, today: date) -> Proposal | None:
        """Return the follow-up to propose after a conversation; in rest there is none."""
        if not self.may_plan:
            return None
        return proposal_after(held_on, today, self.kind, self.planned_end, self.norms)

    @property
    def rest_decision_on(self) -> date | None:
        """Return when the decision on rest is due, in rest."""
        if self.kind is not TrackKind.REST or self.planned_end is None:
            return None
        return add_weeks(self.planned_end, -self.norms.rest_decision_weeks)


def proposal_after(
    held_on: date, today: date, kind: TrackKind, planned_end: date | None, norms: Norms
) -> Proposal | None:
    """Return the follow-up to propose after a conversation; in rest there is none."""
    if kind is TrackKind.REST:
        return None
    for day in (min(held_on, today), today):  # long ago: then the norm counts from now
        on = propose_follow_up(kind, day, planned_end, norms)
        if on and on > today:
            ahead = _ahead(kind, norms)
            return Proposal(on, f"over {ahead}" if day == today else f"{ahead} erna")
    return None


def _ahead(kind: TrackKind, norms: Norms) -> str:
    weeks = norms.investigation_contact_weeks
    if kind is TrackKind.SUPPORT:
        return count_of(norms.support_contact_months, "maand", "maanden")
    if kind is TrackKind.KP3:
        weeks = norms.arrange_handover_weeks
    return count_of(weeks, "week", "weken")


def screen_for(session: Session, actor: Actor, number: str) -> Screen:
    """Return what stands around the form of a dossier within reach, or raise ``NotFound``."""
    require(actor, Action.CONVERSATION_RECORD)
    row = session.execute(_SCREEN, {"number": number} | reach_of(actor)).one_or_none()
    if row is None:
        raise NotFound(NO_DOSSIER)
    held = relations(actor, lead_id=row.lead_id, dossier_id=row.id)
    if access(held, Field.OWN_ENTRY) < Access.WRITE:
        raise Forbidden("U mag in dit dossier geen gesprek vastleggen.")
    visible, kind = visible_fields(held), TrackKind(row.kind)
    reads = Field.REPORTS in visible
    plans = kind.active and access(held, Field.FOLLOW_UP_WHAT) >= Access.WRITE
    key = {"dossier_id": row.id}
    waiting = session.execute(_OPEN, key).all() if plans or reads else ()
    return Screen(
        dossier_id=row.id, number=row.number, client_id=row.client_id,
        municipality_id=row.municipality_id, relations=held, name=name_of(row),
        phone=row.phone, interpreter=row.interpreter,
        approach=row.approach if Field.APPROACH in visible else "",
        kind=kind, track_since=row.track_since, planned_end=row.planned_end,
        avoid=row.avoid or "", opened_on=row.opened_on, last_contact_on=row.last_contact_on,
        lead_name=row.lead_name, is_own=Relation.LEAD in held, may_plan=plans,
        norms=row.MunicipalityNorms.norms if row.MunicipalityNorms else Norms(),
        follow_ups=_follow_ups(waiting) if plans else (),
        agreements=_agreements(waiting) if reads else (),
        reports=recent_talks(session, actor, row.id, reads_reports=True) if reads else (),
    )  # fmt: skip


def _follow_ups(rows: Sequence[AnyRow]) -> tuple[OpenFollowUp, ...]:
    found = (OpenFollowUp(r.id, r.due_on, r.what) for r in rows if r.source == "follow_up")
    return tuple(sorted(found, key=lambda item: (item.due_on, item.id)))


def _agreements(rows: Sequence[AnyRow]) -> tuple[Agreed, ...]:
    """Return the open agreements, those without a day last."""
    found = (Agreed(r.id, r.due_on, Party(r.who), r.what) for r in rows if r.source == "agreement")
    return tuple(sorted(found, key=lambda item: (item.due_on or date.max, item.id)))


def _rows(session: Session, query: Any, kind: Any, key: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(kind(**row._mapping) for row in session.execute(query, key))


@dataclass(frozen=True, slots=True)
class Report:
    """One conversation in full."""

    id: int
    dossier_id: int
    number: str
    client_id: int
    municipality_id: int
    relations: frozenset[Relation]
    name: str
    held_on: date
    held_at: time | None
    channel: Channel
    participants: tuple[str, ...]
    """Dutch words."""
    report: str
    life_areas: tuple[str, ...]
    """Dutch words."""
    step: Step | None
    author: str
    recorded_at: datetime
    agreements: tuple[Agreed, ...]
    follow_ups: tuple[OpenFollowUp, ...]
    """Planned in this conversation; for the lead only."""


def report_for(session: Session, actor: Actor, number: str, conversation_id: int) -> Report:
    """Return one report, for the lead or its own author; for anybody else ``NotFound``."""
    require(actor, Action.CONVERSATION_READ)
    key = {"number": number, "conversation_id": conversation_id}
    row = session.execute(_ENTRY, key | reach_of(actor)).one_or_none()
    if row is None:
        raise NotFound(NO_CONVERSATION)
    held = relations(actor, lead_id=row.lead_id, dossier_id=row.dossier_id)
    reads_all = Field.REPORTS in visible_fields(held)
    if not reads_all and row.author_id != actor.id:
        raise NotFound(NO_CONVERSATION)
    return Report(
        id=row.id, dossier_id=row.dossier_id, number=row.number, client_id=row.client_id,
        municipality_id=row.municipality_id, relations=held, name=name_of(row),
        held_on=row.held_on, held_at=row.held_at, channel=Channel(row.channel),
        participants=tuple(Participant(name).label for name in row.participants),
        report=row.report, author=row.author, recorded_at=row.recorded_at,
        life_areas=tuple(LifeArea(name).label for name in row.life_areas),
        step=BY_NUMBER.get(row.participation_step),
        agreements=_rows(session, _MADE, Agreed, key) if reads_all else (),
        follow_ups=_rows(session, _PLANNED, OpenFollowUp, key) if reads_all else (),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """The dossier that an attempt is about, and whom."""

    ref: DossierRef
    name: str
    may_plan: bool


def attempts_for(session: Session, actor: Actor, number: str) -> tuple[Line, int]:
    """Return whom an attempt is about, and how often was tried since the last contact."""
    require(actor, Action.CONVERSATION_RECORD)
    ref = dossier_ref(session, actor, number)
    ref.require(Field.OWN_ENTRY, Access.WRITE)
    row = session.execute(_LINE, {"id": ref.id}).one()
    plans = ref.is_active and access(ref.relations, Field.FOLLOW_UP_WHAT) >= Access.WRITE
    return Line(ref, name_of(row), plans), row.attempts_since_contact


def may_move(session: Session, actor: Actor, number: str, follow_up_id: int) -> bool:
    """Return whether this is an open follow-up of the dossier that the actor may move."""
    try:
        item = follow_up_for(session, actor, follow_up_id)
    except DomainError:
        return False
    return item.dossier.ref.number == number
