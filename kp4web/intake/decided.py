"""The klantprofielen that were determined for an applicant, and how they were corrected."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.applications.models import ApplicationDecision, ElsewhereScore
from kp4web.applications.queries import ApplicationRef
from kp4web.corrections.models import Correction
from kp4web.domain.applications import PROFILE_LABELS, DecisionBasis, LifeArea
from kp4web.domain.policy import Access, Field, access
from kp4web.extensions import AnyRow

_ONE = bindparam("id", type_=ApplicationDecision.application_id.type)
_DECISIONS = (
    select(
        ApplicationDecision.id, ApplicationDecision.profile, ApplicationDecision.justification,
        ApplicationDecision.decided_on, ApplicationDecision.decided_at,
        ApplicationDecision.basis, ApplicationDecision.basis_reason,
        ApplicationDecision.suggested_profile, ApplicationDecision.instrument,
        ApplicationDecision.measured_on, ApplicationDecision.measured_profile,
        ApplicationDecision.reference, User.name.label("decided_by"),
        ApplicationDecision.superseded_at,
    )
    .join(User, User.id == ApplicationDecision.decided_by_id)
    .where(ApplicationDecision.application_id == _ONE)
    .order_by(ApplicationDecision.decided_at.desc(), ApplicationDecision.id.desc())
)  # fmt: skip
_LAST = (
    select(ApplicationDecision.id)
    .where(ApplicationDecision.application_id == _ONE, ApplicationDecision.known())
    .order_by(ApplicationDecision.decided_at.desc(), ApplicationDecision.id.desc())
    .limit(1)
)
_SCORES = (
    select(ElsewhereScore.decision_id, ElsewhereScore.life_area, ElsewhereScore.score)
    .join(ApplicationDecision, ApplicationDecision.id == ElsewhereScore.decision_id)
    .where(ApplicationDecision.application_id == _ONE)
)
_CORRECTIONS = (
    select(
        Correction.id,
        Correction.why,
        Correction.corrected_on,
        Correction.recorded_at,
        Correction.replaced,
        User.name.label("by"),
    )
    .join(User, User.id == Correction.recorded_by_id)
    .where(Correction.application_id == _ONE)
    .order_by(Correction.recorded_at.desc(), Correction.id.desc())
)


@dataclass(frozen=True, slots=True)
class Decided:
    """A klantprofiel that was determined, with its reasons."""

    id: int
    profile: int
    justification: str
    decided_on: date
    decided_at: datetime
    decided_by: str
    basis: DecisionBasis
    basis_reason: str
    suggested_profile: int | None
    instrument: str
    measured_on: date | None
    measured_profile: int | None
    reference: str
    scores: tuple[tuple[LifeArea, str], ...]

    kind = "decided"

    @property
    def at(self) -> datetime:
        """Return the moment by which it stands in the history."""
        return self.decided_at

    @property
    def on(self) -> date:
        """Return the day by which it stands in the history."""
        return self.decided_on

    @property
    def meaning(self) -> str:
        """Return what the klantprofiel says."""
        return PROFILE_LABELS[self.profile]


@dataclass(frozen=True, slots=True)
class Put:
    """A decision that was put right: what was known before, who corrected it and why."""

    id: int
    on: date
    at: datetime
    by: str
    why: str
    before: Decided

    kind = "corrected"


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions as known now, and the corrections, both the newest first."""

    decisions: tuple[Decided, ...]
    corrections: tuple[Put, ...]


def decisions_of(session: Session, application_id: int) -> Decisions:
    """Return what was decided about an applicant that the caller may read; three queries."""
    key = {"id": application_id}
    rows = session.execute(_DECISIONS, key).all()
    scores: dict[int, dict[LifeArea, str]] = defaultdict(dict)
    for score in session.execute(_SCORES, key):
        scores[score.decision_id][score.life_area] = score.score
    by_id = {row.id: _decided(row, scores[row.id]) for row in rows}
    return Decisions(
        tuple(by_id[row.id] for row in rows if row.superseded_at is None),
        tuple(
            Put(row.id, row.corrected_on, row.recorded_at, row.by, row.why, by_id[row.replaced[0]])
            for row in session.execute(_CORRECTIONS, key)
        ),
    )


def _decided(row: AnyRow, scores: dict[LifeArea, str]) -> Decided:
    values = dict(row._mapping)
    del values["superseded_at"]
    in_order = tuple((area, scores[area]) for area in LifeArea if area in scores)
    return Decided(**values, scores=in_order)


def standing_of(session: Session, ref: ApplicationRef) -> int | None:
    """Return the id of the decision that counts, for who may correct it; otherwise ``None``."""
    if access(ref.relations, Field.PROFILE) < Access.WRITE:
        return None
    return session.scalar(_LAST, {"id": ref.id})
