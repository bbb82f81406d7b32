"""Every read of versions: the file itself, and which one is in force."""

from datetime import date

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from kp4web.domain.questionnaire.definition import Definition
from kp4web.domain.questionnaire.reader import read_definition
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
