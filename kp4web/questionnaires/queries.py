"""
Every read of questionnaires.

Reach: the questionnaires of applications (until klantprofiel 4 is accepted) and of dossiers
within the actor's reach. Which answers of one are readable follows from their class and the
actor's relation (``policy.readable_classes``).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.applications.models import Application
from kp4web.clients.models import Client
from kp4web.domain.actor import Actor
from kp4web.domain.applications import ApplicationState
from kp4web.domain.errors import NotFound
from kp4web.domain.names import display_name
from kp4web.domain.policy import (
    Access,
    Action,
    Field,
    Relation,
    access,
    answer_field,
    application_relations,
    readable_classes,
    reads,
    relations,
    require,
)
from kp4web.domain.questionnaire.answering import load
from kp4web.domain.questionnaire.definition import Answers, Definition, Question
from kp4web.domain.questionnaire.scoring import score
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.extensions import AnyRow
from kp4web.questionnaires.models import (
    Answer,
    ProfileSuggestion,
    Questionnaire,
    QuestionnaireState,
)
from kp4web.questionnaires.pieces import Earlier, Sheet, earlier_beside
from kp4web.versions.models import QuestionnaireVersion
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
    def is_open(self) -> bool:
        """Return whether it is still being filled in."""
        return self.state is QuestionnaireState.OPEN

    @property
    def may_answer(self) -> bool:
        """Return whether the actor can give answers: with a reason one only reads them."""
        return self.is_open and access(self.relations, Field.ANSWERS_GENERAL) >= Access.WRITE

    @property
    def is_completed(self) -> bool:
        """Return whether it has an outcome."""
        return self.state is QuestionnaireState.COMPLETED

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
    if row is None or not reads(held, Field.OUTCOME):
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
        held |= relations(actor, lead_id=row.lead_id, dossier_id=row.dossier_id)
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
    held: Collection[Relation] | None = None,
) -> Given:
    """Return the answers that these relations may read; ``None``: all, for the engine only."""
    answers, revisions = {}, {}
    for row in session.execute(_ANSWERS, {"id": questionnaire_id}):
        question = definition.by_id.get(row.question)
        if question is None or (held is not None and not _reads(held, question)):
            continue
        revisions[row.question] = row.revision
        if row.value is not None:
            answers[row.question] = load(question, row.value)
    return Given(answers, revisions)


def _reads(held: Collection[Relation], question: Question) -> bool:
    return reads(held, answer_field(question.data_class, question.area))


# ---------------------------------------------------------------------- earlier ones

_COMPLETED = (
    select(Questionnaire.id, Questionnaire.version_id, Questionnaire.ended_on)
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
    return tuple(row.id for row in _earlier(session, ref))


def _earlier(session: Session, ref: QuestionnaireRef) -> Sequence[AnyRow]:
    key = {"id": ref.id, "started_at": ref.started_at}
    if ref.of_application:
        key |= {"application_id": ref.application_id}
        return session.execute(_OF_APPLICANT, key).all()
    return session.execute(_OF_DOSSIER, key | {"dossier_id": ref.dossier_id}).all()


def previous_of(session: Session, ref: QuestionnaireRef) -> int | None:
    """Return the last completed questionnaire of the same person before this one."""
    return next(iter(earlier_of(session, ref)), None)


def total_of(session: Session, questionnaire_id: int) -> Fraction | None:
    """Return the total score of a completed questionnaire, by its own version of the file."""
    version_id = session.scalars(_VERSION, {"id": questionnaire_id}).one()
    definition = definition_of(session, version_id)
    return score(definition, answers_of(session, questionnaire_id, definition).answers).total


_VERSION = select(Questionnaire.version_id).where(Questionnaire.id == bindparam("id"))


# ---------------------------------------------------------------------- the pages

_APPLICANT = select(
    Application.initials, Application.given_name, Application.prefix, Application.surname
).where(Application.id == bindparam("id"))
_RESIDENT = select(Client.initials, Client.given_name, Client.prefix, Client.surname).where(
    Client.id == bindparam("id")
)


def name_for(session: Session, ref: QuestionnaireRef) -> str:
    """Return the name of who it is about, or nothing for who may not read it."""
    if not reads(ref.relations, Field.PERSON):
        return ""
    query, key = (
        (_APPLICANT, ref.application_id) if ref.of_application else (_RESIDENT, ref.client_id)
    )
    row = session.execute(query, {"id": key}).one()
    return display_name(**row._mapping)


def sheet_for(session: Session, ref: QuestionnaireRef) -> Sheet:
    """Return the answers that the actor may read, beside those of the previous questionnaire."""
    definition, readable = definition_of(session, ref.version_id), readable_classes(ref.relations)
    given = answers_of(session, ref.id, definition, ref.relations)
    return Sheet(
        definition, given.answers, given.revisions, readable,
        earlier_answers(session, ref, definition),
    )  # fmt: skip


def earlier_answers(
    session: Session, ref: QuestionnaireRef, definition: Definition
) -> dict[str, Earlier]:
    """Return the readable answers of the previous questionnaire, by the id of the question."""
    last = next(iter(_earlier(session, ref)), None) if ref.is_open else None
    if last is None:
        return {}
    then = definition
    if last.version_id != ref.version_id:
        then = definition_of(session, last.version_id)
    given = answers_of(session, last.id, then, ref.relations)
    return {
        question: earlier_beside(question, value, last.ended_on, then, definition)
        for question, value in given.answers.items()
        if question in definition.by_id
    }


_OF_DOSSIER_ALL = (
    select(
        Questionnaire.id, Questionnaire.state, Questionnaire.started_on, Questionnaire.ended_on,
        QuestionnaireVersion.title, QuestionnaireVersion.version, QuestionnaireVersion.validated,
        ProfileSuggestion.profile, User.name.label("started_by"),
    )
    .join(QuestionnaireVersion, QuestionnaireVersion.id == Questionnaire.version_id)
    .join(User, User.id == Questionnaire.started_by_id)
    .outerjoin(ProfileSuggestion, ProfileSuggestion.questionnaire_id == Questionnaire.id)
    .where(Questionnaire.dossier_id == bindparam("dossier_id"))
    .order_by(Questionnaire.started_at.desc(), Questionnaire.id.desc())
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One questionnaire in the list of a dossier."""

    id: int
    state: QuestionnaireState
    started_on: date
    ended_on: date | None
    title: str
    version: str
    validated: bool
    profile: int | None
    """The suggestion; empty when there is none."""
    started_by: str

    @property
    def is_open(self) -> bool:
        """Return whether it is still being filled in."""
        return self.state is QuestionnaireState.OPEN


@dataclass(frozen=True, slots=True)
class Listed:
    """The questionnaires of a dossier, newest first, for its lead."""

    dossier: DossierRef
    name: str
    lines: tuple[Line, ...]

    @property
    def may_start(self) -> bool:
        """Return whether another one can be started: one at a time, while it is active."""
        running = any(line.is_open for line in self.lines)
        return self.may_answer and self.dossier.is_active and not running

    @property
    def may_answer(self) -> bool:
        """Return whether the actor can give answers, or only reads them."""
        return access(self.dossier.relations, Field.ANSWERS_GENERAL) >= Access.WRITE


def questionnaires_of(session: Session, actor: Actor, number: str) -> Listed:
    """Return the list of a dossier; ``NotFound`` out of reach, ``Forbidden`` but for the lead."""
    require(actor, Action.QUESTIONNAIRE_FILL_IN)
    ref = dossier_ref(session, actor, number)
    ref.require(Field.OUTCOME, Access.READ)
    rows = session.execute(_OF_DOSSIER_ALL, {"dossier_id": ref.id})
    lines = tuple(Line(**row._mapping) for row in rows)
    name = session.execute(_RESIDENT, {"id": ref.client_id}).one()
    return Listed(ref, display_name(**name._mapping), lines)
