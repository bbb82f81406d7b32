"""An applicant before the decision: who it is about, and what Team Sociaal will see after it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.applications.models import Application, ApplicationMember
from kp4web.applications.queries import ApplicationRef, application_ref
from kp4web.clients.models import ContactPreference, HouseholdRelation
from kp4web.clients.queries import masked_bsn, name_of
from kp4web.decisions.commands import require_still_undecided
from kp4web.domain.actor import Actor
from kp4web.domain.applications import ApplicationState
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.organisations.models import Organisation
from kp4web.questionnaires.models import Questionnaire, QuestionnaireState


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the household."""

    name: str
    relation: HouseholdRelation
    birth_date: date | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What the coordinator of Team Sociaal will see of an applicant beside the decision."""

    receiver: str | None
    """Municipality and team; ``None`` when it does not use the system."""
    name: str
    birth_date: date
    bsn_masked: str | None
    street: str
    postcode: str
    town: str
    phone: str
    email: str
    contact_preference: ContactPreference | None
    interpreter: str
    approach: str
    registered_on: date
    state: ApplicationState
    """Where the application stands."""
    members: tuple[Member, ...]


_APPLICANT = (
    select(
        Application.initials, Application.given_name, Application.prefix, Application.surname,
        Application.birth_date, Application.seal, Application.bsn_sealed, Application.street,
        Application.postcode, Application.town, Application.phone, Application.email,
        Application.contact_preference, Application.interpreter, Application.approach,
        Application.registered_on, Application.state, Organisation.name.label("organisation"),
        Organisation.team,
    )
    .outerjoin(Organisation, Organisation.municipality_id == Application.municipality_id)
    .where(Application.id == bindparam("id"))
)  # fmt: skip
_MEMBERS = (
    select(ApplicationMember.name, ApplicationMember.relation, ApplicationMember.birth_date)
    .where(ApplicationMember.application_id == bindparam("id"))
    .order_by(ApplicationMember.birth_date, ApplicationMember.id)
)
_SAME = (
    "birth_date", "street", "postcode", "town", "phone", "email", "contact_preference",
    "interpreter", "approach", "registered_on", "state",
)  # fmt: skip


def preview_of(session: Session, application_id: int) -> Preview:
    """Return what Team Sociaal will see of an applicant that the caller found within reach."""
    row = session.execute(_APPLICANT, {"id": application_id}).one()
    members = session.execute(_MEMBERS, {"id": application_id})
    return Preview(
        receiver=", ".join(filter(None, (row.organisation, row.team))) or None,
        name=name_of(row), bsn_masked=masked_bsn(row),
        members=tuple(Member(**member._mapping) for member in members),
        **{field: getattr(row, field) for field in _SAME},
    )  # fmt: skip


# ---------------------------------------------------------------------- without a questionnaire


@dataclass(frozen=True, slots=True)
class Undecided:
    """An application whose klantprofiel can be determined without a questionnaire."""

    ref: ApplicationRef
    preview: Preview
    outcome_id: int | None
    """The last completed questionnaire, when there is one."""


_LAST_COMPLETED = (
    select(Questionnaire.id)
    .where(
        Questionnaire.application_id == bindparam("application_id"),
        Questionnaire.state == QuestionnaireState.COMPLETED,
    )
    .order_by(Questionnaire.ended_at.desc(), Questionnaire.id.desc())
    .limit(1)
)


def last_completed(session: Session, application_id: int) -> int | None:
    """Return the questionnaire of the application that was completed last, if any."""
    return session.scalar(_LAST_COMPLETED, {"application_id": application_id})


def undecided_for(session: Session, actor: Actor, application_id: int) -> Undecided:
    """
    Return an application that waits for its klantprofiel.

    Raises ``NotFound`` out of reach, ``DomainError`` when it does not wait (any more).
    """
    require(actor, Action.PROFILE_DECIDE)
    ref = application_ref(session, actor, application_id)
    ref.require(Field.HANDOVER, Access.WRITE)
    require_still_undecided(session, ref)
    return Undecided(ref, preview_of(session, ref.id), last_completed(session, ref.id))
