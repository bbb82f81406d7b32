"""
Every read of versions: the file itself, and which one is in force.

A version holds no person. Reach: everybody who may read versions sees them all; in force is
shown for the own organisation, or for all of them to the operator.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.domain.actor import Actor, OrganisationKind
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import Action, may, require
from kp4web.domain.questionnaire.definition import Definition
from kp4web.domain.questionnaire.reader import read_definition
from kp4web.organisations.models import Organisation
from kp4web.versions.models import QuestionnaireVersion, VersionInForce

_BY_ID = QuestionnaireVersion.id == bindparam("id")
_SHA256 = select(QuestionnaireVersion.sha256).where(_BY_ID)
_CONTENT = select(QuestionnaireVersion.content).where(_BY_ID)
_IN_FORCE = select(VersionInForce.version_id).where(
    VersionInForce.organisation_id == bindparam("organisation_id"),
    VersionInForce.superseded_at.is_(None),
    VersionInForce.valid_from <= bindparam("on"),
    or_(VersionInForce.valid_to.is_(None), VersionInForce.valid_to > bindparam("on")),
)


_DEFINITIONS: dict[str, Definition] = {}
"""Files that were read, by their checksum: a version never changes, and there are few."""


def definition_of(session: Session, version_id: int) -> Definition:
    """Return the exact file that this version is."""
    sha256 = session.scalars(_SHA256, {"id": version_id}).one()
    if sha256 not in _DEFINITIONS:
        content = session.scalars(_CONTENT, {"id": version_id}).one()
        _DEFINITIONS[sha256] = read_definition(content)
    return _DEFINITIONS[sha256]


def version_in_force(session: Session, organisation_id: int, on: date) -> int | None:
    """Return the id of the version an organisation uses on a day, or ``None``."""
    return session.scalar(_IN_FORCE, {"organisation_id": organisation_id, "on": on})


# ---------------------------------------------------------------------- for the administrator

_VERSIONS = (
    select(
        QuestionnaireVersion.id, QuestionnaireVersion.title, QuestionnaireVersion.file_id,
        QuestionnaireVersion.version, QuestionnaireVersion.validated,
        QuestionnaireVersion.added_on, User.name.label("added_by"),
    )
    .outerjoin(User, User.id == QuestionnaireVersion.added_by_id)
    .order_by(QuestionnaireVersion.added_at.desc(), QuestionnaireVersion.id.desc())
)  # fmt: skip
_PLACES = (
    select(Organisation.id, Organisation.name)
    .where(
        Organisation.kind != OrganisationKind.OPERATOR,
        or_(bindparam("operator"), Organisation.id == bindparam("organisation_id")),
    )
    .order_by(Organisation.name)
)
_PERIODS = (
    select(
        VersionInForce.organisation_id, Organisation.name.label("organisation"),
        VersionInForce.version_id, QuestionnaireVersion.title, QuestionnaireVersion.version,
        VersionInForce.valid_from, VersionInForce.valid_to,
    )
    .join(Organisation, Organisation.id == VersionInForce.organisation_id)
    .join(QuestionnaireVersion, QuestionnaireVersion.id == VersionInForce.version_id)
    .where(
        VersionInForce.superseded_at.is_(None),
        or_(bindparam("operator"), Organisation.id == bindparam("organisation_id")),
    )
    .order_by(Organisation.name, VersionInForce.valid_from.desc())
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version as the list shows it."""

    id: int
    title: str
    file_id: str
    version: str
    validated: bool
    added_on: date
    added_by: str | None
    """``None``: from the command line."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The days on which an organisation uses a version for new questionnaires."""

    organisation_id: int
    organisation: str
    version_id: int
    title: str
    version: str
    valid_from: date
    valid_to: date | None

    def runs_on(self, day: date) -> bool:
        """Return whether it is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One version with what is in the file."""

    line: VersionLine
    definition: Definition
    periods: tuple[InForce, ...]


def versions_for(session: Session, actor: Actor) -> tuple[VersionLine, ...]:
    """Return every version, the newest first."""
    require(actor, Action.VERSIONS_READ)
    return tuple(VersionLine(**row._mapping) for row in session.execute(_VERSIONS))


def version_for(session: Session, actor: Actor, version_id: int) -> VersionPage:
    """Return one version, or raise ``NotFound``."""
    line = next((v for v in versions_for(session, actor) if v.id == version_id), None)
    if line is None:
        raise NotFound("Deze versie bestaat niet.")
    periods = tuple(p for p in periods_for(session, actor) if p.version_id == version_id)
    return VersionPage(line, definition_of(session, version_id), periods)


def periods_for(session: Session, actor: Actor) -> tuple[InForce, ...]:
    """Return which version was and will be in force, by organisation, the latest first."""
    require(actor, Action.VERSIONS_READ)
    rows = session.execute(_PERIODS, _reach(actor))
    return tuple(InForce(**row._mapping) for row in rows)


def organisations_for(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Return the organisations for which this administrator puts a version in force."""
    if not may(actor, Action.VERSIONS_MANAGE):
        return ()
    return tuple((row.id, row.name) for row in session.execute(_PLACES, _reach(actor)))


def _reach(actor: Actor) -> dict[str, object]:
    operator = actor.organisation_kind is OrganisationKind.OPERATOR
    return {"operator": operator, "organisation_id": actor.organisation_id}
