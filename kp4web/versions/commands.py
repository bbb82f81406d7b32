"""Every write about versions of the questionnaire file: adding one, putting one in force."""

from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.audit.commands import record
from kp4web.domain.actor import Actor, OrganisationKind
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.periods import overwrite
from kp4web.domain.policy import Action, require
from kp4web.domain.questionnaire.reader import read_definition
from kp4web.organisations.models import Organisation
from kp4web.versions.models import QuestionnaireVersion, VersionInForce


def add_version(
    session: Session, actor: Actor | None, content: str, *, now: datetime, today: date
) -> QuestionnaireVersion:
    """
    Add a version of a questionnaire file; the very same file again is no change.

    ``actor`` is ``None`` on the command line. Raises ``DefinitionError`` with every fault of the
    file, or ``DomainError`` when another file has the same id and version.
    """
    if actor is not None:
        require(actor, Action.VERSIONS_MANAGE)
    definition = read_definition(content)
    checksum = sha256(content.encode()).hexdigest()
    same = select(QuestionnaireVersion).where(
        QuestionnaireVersion.file_id == definition.id,
        QuestionnaireVersion.version == definition.version,
    )
    found = session.scalar(same)
    if found is not None and found.sha256 == checksum:
        return found
    if found is not None:
        raise DomainError(
            f"Versie {definition.version} van deze vragenlijst bestaat al, met een andere inhoud. "
            "Geef het bestand een nieuw versienummer."
        )
    made = QuestionnaireVersion(
        file_id=definition.id, version=definition.version, title=definition.title,
        validated=definition.validated, content=content, sha256=checksum,
        added_on=today, added_at=now, added_by_id=actor and actor.id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    record(session, actor, "version_add", now=now, version=made.id)
    return made


def put_in_force(
    session: Session, actor: Actor, organisation_id: int, version_id: int, from_on: date,
    *, now: datetime, today: date,
) -> None:  # fmt: skip
    """
    Let an organisation use a version for new questionnaires from a day on (today or later).

    What was planned from that day on is replaced. An administrator does so for the own
    organisation, the one of the operator for all. Raises ``InvalidInput`` or ``NotFound``.
    """
    require(actor, Action.VERSIONS_MANAGE)
    organisation = session.get(Organisation, organisation_id, with_for_update=True)
    operator = actor.organisation_kind is OrganisationKind.OPERATOR
    if organisation is None or not (operator or organisation.id == actor.organisation_id):
        raise NotFound("Deze organisatie bestaat niet of is niet voor u.")
    if organisation.kind is OrganisationKind.OPERATOR:
        raise InvalidInput("organisation", "Deze organisatie vult geen vragenlijsten in.")
    if session.get(QuestionnaireVersion, version_id) is None:
        raise InvalidInput("version", "Kies een van de versies.")
    if from_on < today:
        raise InvalidInput("from_on", "Een versie kan alleen vanaf vandaag of later ingaan.")
    rows = VersionInForce.history(session, organisation_id=organisation_id)
    VersionInForce.store(
        session, overwrite(rows, from_on, None, at=now), key={"organisation_id": organisation_id},
        content={"version_id": version_id}, recorded_by_id=actor.id,
    )  # fmt: skip
    record(session, actor, "version_force", now=now, version=version_id,
           organisation=organisation_id)  # fmt: skip
