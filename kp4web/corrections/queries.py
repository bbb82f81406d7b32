"""Every read about corrections: one fact in its history, and what that history becomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import bindparam, func, select, union_all
from sqlalchemy.orm import Session

from kp4web.accounts.models import User, UserRole
from kp4web.applications.models import ApplicationDecision
from kp4web.caseload.models import Assignment
from kp4web.clients.models import Client
from kp4web.conversations.models import ContactAttempt, Conversation
from kp4web.domain.actor import Actor, Role
from kp4web.domain.corrected_figures import lead_days
from kp4web.domain.corrections import (
    AssignmentContent,
    AssignmentCorrection,
    OpeningLimits,
    TrackContent,
    TrackCorrection,
    correct_assignments,
    correct_tracks,
)
from kp4web.domain.dates import day_of, dutch_date
from kp4web.domain.due import Norms
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.periods import Span, known
from kp4web.domain.policy import Access, Action, Field, may, require
from kp4web.domain.stretches import History, Stretch
from kp4web.dossiers.models import Dossier, GuidancePeriod, Origin, SubgroupPeriod, TrackPeriod
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.organisations.models import MunicipalityNorms

NO_FACT = "Deze regel bestaat niet of is niet voor u."
HANDED_OVER = "Dit dossier opende toen de overdracht werd geaccepteerd. Die dag staat vast."
COORDINATOR_ONLY = (
    "Dit is de openingsdag van het dossier. Alleen de coördinator kan die dag corrigeren."
)
NOT_IN_TEAM = "Kies een consulent van uw eigen team."
LEFT = "Deze consulent werkt niet meer in het team en kan het dossier nu niet hebben."
OF_ANOTHER_TEAM = "Deze consulent werkt niet in uw team en kan het dossier nu niet hebben."

RowT = TypeVar("RowT", TrackPeriod, Assignment)
KnownT = TypeVar("KnownT", TrackPeriod, Assignment, ApplicationDecision)
ContentT = TypeVar("ContentT", TrackContent, AssignmentContent)


@dataclass(frozen=True, slots=True)
class Subject(Generic[RowT, ContentT]):
    """One fact in its history, within the reach of who may correct it."""

    ref: DossierRef
    id: int
    rows: Sequence[RowT]
    """Every row of the dossier, superseded ones included."""
    history: History[ContentT]
    index: int
    basis: str
    """Names the history that is known now: another one has another name."""

    @property
    def stretch(self) -> Stretch[ContentT]:
        """Return what is known of the fact now."""
        return self.history[self.index]


Track = Subject[TrackPeriod, TrackContent]
Held = Subject[Assignment, AssignmentContent]


def track_for(
    session: Session, actor: Actor, number: str, track_id: int, *, lock: bool = False
) -> Track:
    """
    Return a track that this actor may correct.

    Raises ``NotFound``, ``Forbidden``, or ``DomainError`` when it was superseded meanwhile.
    """
    require(actor, Action.TRACK_CHANGE)
    ref = dossier_ref(session, actor, number, lock=lock)
    ref.require(Field.TRACK, Access.WRITE)
    rows = TrackPeriod.history(session, dossier_id=ref.id)
    row, now_known = _known(rows, track_id)
    history = tuple(Stretch(span_of(each), track_content(each)) for each in now_known)
    return Subject(ref, row.id, rows, history, now_known.index(row), _basis(now_known))


def assignment_for(
    session: Session, actor: Actor, number: str, assignment_id: int, *, lock: bool = False
) -> Held:
    """Return an assignment that this actor may correct; raises as ``track_for``."""
    require(actor, Action.DOSSIER_ASSIGN)
    ref = dossier_ref(session, actor, number, lock=lock)
    ref.require(Field.ASSIGNMENT, Access.WRITE)
    rows = Assignment.history(session, dossier_id=ref.id)
    row, now_known = _known(rows, assignment_id)
    history = tuple(Stretch(span_of(each), assignment_content(each)) for each in now_known)
    return Subject(ref, row.id, rows, history, now_known.index(row), _basis(now_known))


def _known(rows: Sequence[RowT], row_id: int) -> tuple[RowT, tuple[RowT, ...]]:
    row = still_known(rows, row_id, "Bekijk het verloop van het dossier opnieuw.")
    return row, known(rows)


def still_known(rows: Sequence[KnownT], row_id: int, advice: str) -> KnownT:
    """Return the row with this id; raises ``NotFound``, or ``DomainError`` once superseded."""
    row = next((each for each in rows if each.id == row_id), None)
    if row is None:
        raise NotFound(NO_FACT)
    if row.superseded_at is not None:
        day = dutch_date(day_of(row.superseded_at))
        raise DomainError(f"Deze regel is op {day} al gewijzigd. Er is niets veranderd. {advice}")
    return row


def span_of(row: TrackPeriod | Assignment | GuidancePeriod) -> Span:
    """Return the days of a row."""
    return Span(row.valid_from, row.valid_to)


def _basis(rows: Sequence[TrackPeriod | Assignment]) -> str:
    return ".".join(str(row.id) for row in rows)


def track_content(row: TrackPeriod) -> TrackContent:
    """Return what a row says beside its days."""
    return TrackContent(row.kind, row.planned_end, row.stop_reason, row.reason, row.avoid)


def assignment_content(row: Assignment) -> AssignmentContent:
    """Return what a row says beside its days."""
    return AssignmentContent(row.user_id, row.reason)


# ---------------------------------------------------------------------- what it becomes

_OPENED = (
    select(Client.birth_date, Dossier.origin, Dossier.recorded_at)
    .join(Client, Client.id == Dossier.client_id)
    .where(Dossier.id == bindparam("dossier_id"))
)
_FIRSTS = union_all(
    *(
        select(func.min(entry.held_on)).where(entry.dossier_id == bindparam("dossier_id"))
        for entry in (Conversation, ContactAttempt)
    ),
    *(
        select(func.min(fact.valid_from)).where(
            fact.dossier_id == bindparam("dossier_id"), fact.superseded_at.is_(None)
        )
        for fact in (SubgroupPeriod, Assignment)
    ),
)


def opening_limits(session: Session, actor: Actor, ref: DossierRef) -> OpeningLimits:
    """Return between which days this actor may move the opening of the dossier."""
    opened = session.execute(_OPENED, {"dossier_id": ref.id}).one()
    firsts = session.scalars(_FIRSTS, {"dossier_id": ref.id})
    days = [day for day in firsts if day is not None]
    refusal = ""
    if opened.origin is Origin.HANDOVER:
        refusal = HANDED_OVER
    elif not may(actor, Action.DOSSIER_ASSIGN):
        refusal = COORDINATOR_ONLY
    return OpeningLimits(opened.birth_date, min([day_of(opened.recorded_at), *days]), refusal)


def corrected_track(
    session: Session, actor: Actor, subject: Track, said: TrackCorrection, *, today: date
) -> History[TrackContent]:
    """Return the tracks as we know them better; raises ``InvalidInput`` at the field."""
    norms = session.get(MunicipalityNorms, subject.ref.municipality_id)
    months = norms.rest_max_months if norms else Norms().rest_max_months
    return correct_tracks(
        subject.history, subject.index, said, rest_max_months=months, today=today,
        opening=opening_limits(session, actor, subject.ref),
    )  # fmt: skip


def corrected_assignment(
    session: Session, actor: Actor, subject: Held, said: AssignmentCorrection, *, today: date
) -> History[AssignmentContent]:
    """Return who held the dossier as we know it better; raises ``InvalidInput`` at the field."""
    after = correct_assignments(
        subject.history, subject.index, said, opened_on=subject.ref.opened_on, today=today
    )
    team = {member.id: member for member in team_of(session, actor)}
    if said.content is not None and said.content != subject.stretch.content:
        before = subject.stretch.content.user_id
        holds_it_now = after[-1].content == said.content
        _check_lead(team, said.content.user_id, before=before, holds_it_now=holds_it_now)
    lead = lead_of(after)
    if lead is not None and lead != lead_of(subject.history):
        _check_holds_now(team, lead, field="valid_to" if said.content else "verdict")
    _check_guided(
        session, actor, subject, after, team, field="valid_from" if said.content else "verdict"
    )
    return after


def _check_lead(
    team: dict[int, "Member"], user_id: int, *, before: int, holds_it_now: bool
) -> None:
    """Refuse who is of another team, unless that one was there: of before the guidance moved."""
    if user_id == before and user_id not in team:
        return
    if user_id not in team:
        raise InvalidInput("user", NOT_IN_TEAM)
    if holds_it_now and not team[user_id].is_active:
        raise InvalidInput("user", LEFT)


def _check_holds_now(team: dict[int, "Member"], user_id: int, *, field: str) -> None:
    """Refuse who would hold it again without being chosen: of before it moved, or gone."""
    if user_id not in team:
        raise InvalidInput(field, OF_ANOTHER_TEAM)
    if not team[user_id].is_active:
        raise InvalidInput(field, LEFT)


def _check_guided(
    session: Session, actor: Actor, subject: Held, after: History[AssignmentContent],
    team: dict[int, "Member"], *, field: str,
) -> None:  # fmt: skip
    """Refuse to let the own team hold it on more days that another organisation guided."""
    own = [day.span for day in lead_days(subject.history, after) if day.after in team]
    if not own:
        return
    guided = known(GuidancePeriod.history(session, dossier_id=subject.ref.id))
    elsewhere = [span_of(row) for row in guided if row.organisation_id != actor.organisation_id]
    until = [
        span.valid_to for span in elsewhere
        if span.valid_to is not None and any(_overlap(span, days) for days in own)
    ]  # fmt: skip
    if until:
        day = dutch_date(max(until))
        raise InvalidInput(field, f"Voor {day} begeleidde een andere organisatie dit dossier.")


def _overlap(one: Span, other: Span) -> bool:
    return one.valid_from < (other.valid_to or date.max) and other.valid_from < (
        one.valid_to or date.max
    )


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is or was a consultant of the own team."""

    id: int
    name: str
    is_active: bool


_TEAM = (
    select(
        User.id, User.name, User.closed_at,
        (func.count() - func.count(UserRole.revoked_at)).label("open_roles"),
    )
    .join(UserRole, UserRole.user_id == User.id)
    .where(
        User.organisation_id == bindparam("organisation_id"), UserRole.role == Role.CONSULTANT
    )
    .group_by(User.id, User.name, User.closed_at)
    .order_by(User.name, User.id)
)  # fmt: skip


def team_of(session: Session, actor: Actor) -> tuple[Member, ...]:
    """Return who is or was a consultant of the own team: it may be about the past."""
    require(actor, Action.DOSSIER_ASSIGN)
    rows = session.execute(_TEAM, {"organisation_id": actor.organisation_id})
    return tuple(
        Member(id_, name, closed_at is None and open_roles > 0)
        for id_, name, closed_at, open_roles in rows
    )


def lead_of(history: History[AssignmentContent]) -> int | None:
    """Return who holds the dossier until further notice."""
    if history and history[-1].span.valid_to is None:
        return history[-1].content.user_id
    return None


_NAMES = select(User.id, User.name).where(User.id.in_(bindparam("ids", expanding=True)))


def names_of(session: Session, ids: set[int]) -> dict[int, str]:
    """Return the names of these users."""
    rows = session.execute(_NAMES, {"ids": sorted(ids)})
    return {row.id: row.name for row in rows}
