"""The dated facts of one dossier on one page: what is known now, and what was known before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.applications.models import ApplicationDecision
from kp4web.caseload.models import Assignment
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.corrections.models import Corrected, Correction
from kp4web.domain.actor import Actor
from kp4web.domain.policy import Access, Action, Field, access, may, require, visible_fields
from kp4web.domain.tracks import StopReason, TrackKind
from kp4web.dossiers.models import ProfileDecision, TrackPeriod
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.extensions import AnyRow
from kp4web.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class TrackRow:
    """One spell on a track; ``valid_to`` is the first day after it."""

    id: int
    kind: TrackKind
    valid_from: date
    valid_to: date | None
    planned_end: date | None
    stop_reason: StopReason | None
    reason: str
    avoid: str
    recorded_by: str


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One spell with a lead."""

    id: int
    name: str
    valid_from: date
    valid_to: date | None
    reason: str
    recorded_by: str


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A klantprofiel that was determined."""

    profile: int
    valid_from: date
    by: str
    justification: str
    """Empty for who may not read it."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """What was known before a correction, who corrected it, when and why."""

    id: int
    subject: Corrected
    corrected_on: date
    by: str
    why: str
    """Empty for who may not read the reasons of a profile."""
    rows: tuple[TrackRow | HeldRow | ProfileRow, ...]
    asks: bool
    """Whether this reader is to say that it was seen."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The dated facts of a dossier as one actor may see them, the newest first."""

    ref: DossierRef
    name: str
    tracks: tuple[TrackRow, ...]
    held: tuple[HeldRow, ...] | None
    """``None`` for who may not see it; so are the profiles."""
    profiles: tuple[ProfileRow, ...] | None
    corrections: tuple[Replaced, ...]
    may_correct_tracks: bool
    may_correct_held: bool


_DOSSIER: BindParameter[int] = bindparam("dossier_id")
_PERSON = select(Client.initials, Client.given_name, Client.prefix, Client.surname).where(
    Client.id == bindparam("client_id")
)


def _rows(fact: type[Any], *columns: Any) -> Any:
    """Return the rows of a dossier that are known now, or were replaced by a correction."""
    return (
        select(fact.id, fact.valid_from, fact.valid_to, fact.superseded_at, *columns,
               User.name.label("recorded_by"))
        .select_from(fact)
        .join(User, User.id == fact.first_recorder())
        .where(fact.dossier_id == _DOSSIER)
        .order_by(fact.valid_from.desc(), fact.id.desc())
    )  # fmt: skip


_LEAD = aliased(User)
_TRACKS = _rows(
    TrackPeriod, TrackPeriod.kind, TrackPeriod.planned_end, TrackPeriod.stop_reason,
    TrackPeriod.reason, TrackPeriod.avoid,
)  # fmt: skip
_HELD = _rows(Assignment, Assignment.reason, _LEAD.name).join(_LEAD, _LEAD.id == Assignment.user_id)
_PROFILES = (
    select(
        ProfileDecision.profile, ProfileDecision.valid_from, ProfileDecision.justification,
        Organisation.name.label("by"),
    )
    .join(Organisation, Organisation.id == ProfileDecision.organisation_id)
    .where(ProfileDecision.client_id == bindparam("client_id"),
           ProfileDecision.superseded_at.is_(None))
    .order_by(ProfileDecision.valid_from.desc())
)  # fmt: skip
_DECIDED = (
    select(
        ApplicationDecision.id,
        ApplicationDecision.profile,
        ApplicationDecision.decided_on.label("valid_from"),
        ApplicationDecision.justification,
        Organisation.name.label("by"),
    )
    .join(Organisation, Organisation.id == ApplicationDecision.organisation_id)
    .join(Correction, Correction.application_id == ApplicationDecision.application_id)
    .where(Correction.dossier_id == _DOSSIER, ApplicationDecision.superseded_at.is_not(None))
    .distinct()
)
_CORRECTIONS = (
    select(
        Correction.id, Correction.subject, Correction.corrected_on, Correction.why,
        Correction.replaced, Correction.seen_at,
        User.name.label("by"),
    )
    .join(User, User.id == Correction.recorded_by_id)
    .where(Correction.dossier_id == _DOSSIER)
    .order_by(Correction.recorded_at.desc(), Correction.id.desc())
)  # fmt: skip


def facts_for(session: Session, actor: Actor, number: str) -> Facts:
    """Return the facts of a dossier within reach; raises ``Forbidden`` or ``NotFound``."""
    require(actor, Action.DOSSIER_READ)
    ref = dossier_ref(session, actor, number)
    ref.require(Field.TRACK, Access.READ)
    sees = visible_fields(ref.relations)
    key = {"dossier_id": ref.id, "client_id": ref.client_id}
    tracks = [(_track(row), row.superseded_at) for row in session.execute(_TRACKS, key)]
    held: list[tuple[HeldRow, Any]] = []
    if Field.ASSIGNMENT in sees:
        held = [(_held(row), row.superseded_at) for row in session.execute(_HELD, key)]
    reasons = Field.HANDOVER in sees
    profiles = session.execute(_PROFILES, key) if Field.PROFILE in sees else None
    decided = session.execute(_DECIDED, key) if Field.PROFILE in sees else ()
    by_id: dict[Corrected, dict[int, Any]] = {
        Corrected.TRACK: {row.id: row for row, _ in tracks},
        Corrected.ASSIGNMENT: {row.id: row for row, _ in held},
        Corrected.PROFILE: {row.id: _profile(row, reasons) for row in decided},
    }
    writes_track = access(ref.relations, Field.TRACK) >= Access.WRITE
    may_see = may(actor, Action.DUE_ITEM_SETTLE) and writes_track
    return Facts(
        ref=ref,
        name=name_of(session.execute(_PERSON, key).one()) if Field.PERSON in sees else "",
        tracks=tuple(row for row, superseded_at in tracks if superseded_at is None),
        held=tuple(row for row, superseded_at in held if superseded_at is None)
        if Field.ASSIGNMENT in sees else None,
        profiles=None if profiles is None
        else tuple(_profile(row, reasons) for row in profiles),
        corrections=tuple(
            _replaced(row, by_id[row.subject], reasons=reasons, may_see=may_see)
            for row in session.execute(_CORRECTIONS, key)
            if by_id[row.subject].keys() & set(row.replaced)
        ),
        may_correct_tracks=may(actor, Action.TRACK_CHANGE) and writes_track,
        may_correct_held=may(actor, Action.DOSSIER_ASSIGN)
        and access(ref.relations, Field.ASSIGNMENT) >= Access.WRITE,
    )  # fmt: skip


def _track(row: AnyRow) -> TrackRow:
    return TrackRow(
        row.id, row.kind, row.valid_from, row.valid_to, row.planned_end, row.stop_reason,
        row.reason, row.avoid, row.recorded_by,
    )  # fmt: skip


def _held(row: AnyRow) -> HeldRow:
    return HeldRow(row.id, row.name, row.valid_from, row.valid_to, row.reason, row.recorded_by)


def _profile(row: AnyRow, reads_justification: bool) -> ProfileRow:
    text = row.justification if reads_justification else ""
    return ProfileRow(row.profile, row.valid_from, row.by, text)


def _replaced(row: AnyRow, known: Mapping[int, Any], *, reasons: bool, may_see: bool) -> Replaced:
    """Return a correction with what it replaced; what may not be seen is not among it."""
    before = (known[row_id] for row_id in row.replaced if row_id in known)
    is_profile = row.subject is Corrected.PROFILE
    return Replaced(
        row.id, row.subject, row.corrected_on, row.by,
        why=row.why if reasons or not is_profile else "",
        rows=tuple(sorted(before, key=lambda each: each.valid_from, reverse=True)),
        asks=may_see and is_profile and row.seen_at is None,
    )  # fmt: skip
