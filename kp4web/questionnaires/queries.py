"""
Every read of questionnaires.

Reach: the questionnaires of applications (until klantprofiel 4 is accepted) and of dossiers
within the actor's reach. Which answers of one are readable follows from their class and the
actor's relation (``policy.readable_classes``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.applications.models import Application
from kp4web.domain.actor import Actor
from kp4web.domain.applications import ApplicationState
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import (
    Action,
    Field,
    Relation,
    access,
    application_relations,
    relations,
    require,
)
from kp4web.domain.questionnaire.answering import load
from kp4web.domain.questionnaire.definition import Answers, DataClass, Definition
from kp4web.domain.questionnaire.scoring import score
from kp4web.dossiers.models import Dossier
from kp4web.extensions import AnyRow
from kp4web.questionnaires.models import (
    Answer,
    Questionnaire,
    QuestionnaireState,
)
from kp4web.versions.queries import definition_of

NO_QUESTIONNAIRE = "Deze vragenlijst bestaat niet of is niet voor u."


@dataclass(frozen=True, slots=True)
class QuestionnaireRef:
    """A questionnaire within reach of one actor, and what that actor is to it."""

    id: int
    application_id: int | None
    dossier_id: int | None
    number: str | None
    """Of the dossier, when it belongs to one."""
    client_id: int | None
    municipality_id: int
    version_id: int
    state: QuestionnaireState
    started_on: date
    started_at: datetime
    ended_on: date | None
    birth_date: date | None
    relations: frozenset[Relation]

    @property
    def of_application(self) -> bool:
        """Return whether the actor works on it at an application, not in a dossier."""
        return Relation.INTAKE in self.relations


_REF = (
    select(
        Questionnaire.id, Questionnaire.application_id, Questionnaire.dossier_id,
        Questionnaire.municipality_id, Questionnaire.version_id, Questionnaire.state,
        Questionnaire.started_on, Questionnaire.started_at, Questionnaire.ended_on,
        Application.state.label("application_state"),
        Application.birth_date.label("applicant_born"),
        Application.organisation_id.label("agency_id"), Dossier.number, Dossier.client_id,
        Dossier.holder_id, Dossier.lead_id,
    )
    .outerjoin(Application, Application.id == Questionnaire.application_id)
    .outerjoin(Dossier, Dossier.id == Questionnaire.dossier_id)
    .where(
        Questionnaire.id == bindparam("id"),
        or_(
            Dossier.holder_id == bindparam("organisation_id"),
            Application.organisation_id == bindparam("organisation_id"),
        ),
    )
)  # fmt: skip
_LOCKED = _REF.with_for_update(of=Questionnaire, key_share=True)


def questionnaire_ref(
    session: Session, actor: Actor, questionnaire_id: int, *, lock: bool = False
) -> QuestionnaireRef:
    """
    Return a questionnaire whose answers the actor may read, or raise ``NotFound``.

    That is intake until klantprofiel 4 is accepted, and the lead of the dossier; to everybody
    else it does not exist.
    """
    require(actor, Action.QUESTIONNAIRE_FILL_IN)
    key = {"id": questionnaire_id, "organisation_id": actor.organisation_id}
    row = session.execute(_LOCKED if lock else _REF, key).one_or_none()
    held = _relations(actor, row) if row is not None else frozenset()
    if row is None or not access(held, Field.OUTCOME):
        raise NotFound(NO_QUESTIONNAIRE)
    return QuestionnaireRef(
        **{name: getattr(row, name) for name in _PLAIN}, birth_date=row.applicant_born,
        relations=held,
    )  # fmt: skip


_PLAIN = tuple(
    name
    for name in QuestionnaireRef.__dataclass_fields__
    if name not in {"birth_date", "relations"}
)


def _relations(actor: Actor, row: AnyRow) -> frozenset[Relation]:
    held: frozenset[Relation] = frozenset()
    if row.agency_id == actor.organisation_id:
        accepted = row.application_state is ApplicationState.ACCEPTED
        held |= application_relations(actor, accepted=accepted)
    if row.holder_id == actor.organisation_id:
        held |= relations(actor, lead_id=row.lead_id)
    return held


# ---------------------------------------------------------------------- the answers

_ANSWERS = select(Answer.question, Answer.value, Answer.revision).where(
    Answer.questionnaire_id == bindparam("id")
)


@dataclass(frozen=True, slots=True)
class Given:
    """The answers of a questionnaire as the actor may read them."""

    answers: Answers
    revisions: Mapping[str, int]
    """How often each was changed; also of a question that was cleared."""


def answers_of(
    session: Session,
    questionnaire_id: int,
    definition: Definition,
    readable: frozenset[DataClass] | None = None,
) -> Given:
    """Return the answers of the classes that are readable; ``None``: all, for the engine only."""
    answers, revisions = {}, {}
    for row in session.execute(_ANSWERS, {"id": questionnaire_id}):
        question = definition.by_id.get(row.question)
        if question is None or (readable is not None and question.data_class not in readable):
            continue
        revisions[row.question] = row.revision
        if row.value is not None:
            answers[row.question] = load(question, row.value)
    return Given(answers, revisions)


# ---------------------------------------------------------------------- earlier ones

_COMPLETED = (
    select(Questionnaire.id)
    .where(
        Questionnaire.state == QuestionnaireState.COMPLETED,
        Questionnaire.id != bindparam("id"),
        Questionnaire.ended_at <= bindparam("started_at"),
    )
    .order_by(Questionnaire.ended_at.desc(), Questionnaire.id.desc())
)
_OF_DOSSIER = _COMPLETED.where(Questionnaire.dossier_id == bindparam("dossier_id"))
_EARLIER, _HERE = aliased(Application), aliased(Application)
_OF_APPLICANT = (
    _COMPLETED.join(_EARLIER, _EARLIER.id == Questionnaire.application_id)
    .join(_HERE, _HERE.id == bindparam("application_id"))
    .where(
        _EARLIER.organisation_id == _HERE.organisation_id,
        _EARLIER.state != ApplicationState.ACCEPTED,
        or_(_EARLIER.id == _HERE.id, _EARLIER.bsn_hash == _HERE.bsn_hash),
    )
)


def earlier_of(session: Session, ref: QuestionnaireRef) -> tuple[int, ...]:
    """
    Return the earlier completed questionnaires of the same person, newest first.

    In a dossier those of the dossier; at an application those of applications with the same BSN
    that the organisation may still read.
    """
    key = {"id": ref.id, "started_at": ref.started_at}
    if ref.of_application:
        found = session.scalars(_OF_APPLICANT, key | {"application_id": ref.application_id})
    else:
        found = session.scalars(_OF_DOSSIER, key | {"dossier_id": ref.dossier_id})
    return tuple(found)


def previous_of(session: Session, ref: QuestionnaireRef) -> int | None:
    """Return the last completed questionnaire of the same person before this one."""
    return next(iter(earlier_of(session, ref)), None)


def total_of(session: Session, questionnaire_id: int) -> Fraction | None:
    """Return the total score of a completed questionnaire, by its own version of the file."""
    version_id = session.scalars(_VERSION, {"id": questionnaire_id}).one()
    definition = definition_of(session, version_id)
    return score(definition, answers_of(session, questionnaire_id, definition).answers).total


_VERSION = select(Questionnaire.version_id).where(Questionnaire.id == bindparam("id"))
