"""
Reading one application: who applies, where it stands, and everything that happened to it.

What is not for this actor is not selected: the coordinator of the work agency gets the status,
and so does intake once klantprofiel 4 is accepted.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.applications.models import (
    Application,
    ApplicationMember,
)
from kp4web.applications.queries import IN_REACH, application_ref, reach_of
from kp4web.clients.models import ContactPreference, HouseholdRelation
from kp4web.clients.queries import masked_bsn, name_of
from kp4web.domain.actor import Actor
from kp4web.domain.applications import (
    ApplicationState,
    Closing,
)
from kp4web.domain.dates import whole_years
from kp4web.domain.policy import Field, Relation, reads
from kp4web.extensions import AnyRow
from kp4web.handovers.models import Handover, HandoverState
from kp4web.intake.decided import Decided, Put, decisions_of, standing_of
from kp4web.intake.queries import days_text, owner_of, team_of
from kp4web.organisations.models import Municipality, Organisation
from kp4web.questionnaires.models import ProfileSuggestion, Questionnaire, QuestionnaireState
from kp4web.versions.models import QuestionnaireVersion

_ONE = bindparam("id", type_=Application.id.type)
_PARTNER, _OTHER, _ENDER = aliased(Application), aliased(User), aliased(User)
_STATUS = (
    select(
        Application.state, Application.state_since, Application.registered_on,
        Application.partner_id, _PARTNER.state.label("partner_state"),
        Municipality.name.label("municipality"), Organisation.name.label("receiver"),
        Organisation.team, User.name.label("handler"),
    )
    .join(User, User.id == Application.handler_id)
    .join(Municipality, Municipality.id == Application.municipality_id)
    .outerjoin(Organisation, Organisation.municipality_id == Application.municipality_id)
    .outerjoin(_PARTNER, _PARTNER.id == Application.partner_id)
    .where(IN_REACH, Application.id == _ONE)
)  # fmt: skip
_CONTENT = (
    select(
        Application.initials, Application.given_name, Application.prefix, Application.surname,
        Application.birth_date, Application.seal, Application.bsn_sealed, Application.street,
        Application.postcode, Application.town, Application.phone, Application.email,
        Application.contact_preference, Application.interpreter, Application.approach,
        Application.registered_at, Application.closing, Application.closing_note,
        Application.closed_on, Application.closed_at, User.name.label("registered_by"),
        _OTHER.name.label("closed_by"),
    )
    .join(User, User.id == Application.registered_by_id)
    .outerjoin(_OTHER, _OTHER.id == Application.closed_by_id)
    .where(IN_REACH, Application.id == _ONE)
)  # fmt: skip
_MEMBERS = (
    select(ApplicationMember.name, ApplicationMember.relation, ApplicationMember.birth_date)
    .where(ApplicationMember.application_id == _ONE)
    .order_by(ApplicationMember.birth_date, ApplicationMember.id)
)
_QUESTIONNAIRES = (
    select(
        Questionnaire.id, Questionnaire.state, Questionnaire.started_on, Questionnaire.started_at,
        Questionnaire.ended_on, Questionnaire.ended_at, Questionnaire.discard_reason,
        User.name.label("started_by"), _ENDER.name.label("ended_by"),
        QuestionnaireVersion.version, QuestionnaireVersion.validated,
        ProfileSuggestion.profile,
    )
    .join(User, User.id == Questionnaire.started_by_id)
    .join(QuestionnaireVersion, QuestionnaireVersion.id == Questionnaire.version_id)
    .outerjoin(_ENDER, _ENDER.id == Questionnaire.ended_by_id)
    .outerjoin(ProfileSuggestion, ProfileSuggestion.questionnaire_id == Questionnaire.id)
    .where(Questionnaire.application_id == _ONE)
    .order_by(Questionnaire.started_at.desc(), Questionnaire.id.desc())
)  # fmt: skip
_HANDOVERS = (
    select(
        Handover.id, Handover.state, Handover.note, Handover.offered_on, Handover.offered_at,
        Handover.ended_on, Handover.ended_at, Handover.return_reason,
        User.name.label("offered_by"), _ENDER.name.label("ended_by"),
        Organisation.name.label("receiver"), Organisation.team,
    )
    .join(User, User.id == Handover.offered_by_id)
    .join(Organisation, Organisation.id == Handover.to_organisation_id)
    .outerjoin(_ENDER, _ENDER.id == Handover.ended_by_id)
    .where(Handover.application_id == _ONE)
    .order_by(Handover.offered_at.desc(), Handover.id.desc())
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the household of the applicant who does not apply."""

    name: str
    relation: HouseholdRelation
    birth_date: date | None


@dataclass(frozen=True, slots=True)
class Person:
    """The applicant."""

    name: str
    given_name: str
    birth_date: date
    age: int
    bsn_masked: str | None
    address: tuple[str, ...]
    phone: str
    email: str
    contact_preference: ContactPreference | None
    interpreter: str
    approach: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A questionnaire, without its answers."""

    id: int
    state: QuestionnaireState
    started_on: date
    started_at: datetime
    ended_on: date | None
    ended_at: datetime | None
    discard_reason: str
    started_by: str
    ended_by: str | None
    version: str
    validated: bool
    profile: int | None
    """What it suggested."""

    kind = "asked"

    @property
    def at(self) -> datetime:
        """Return the moment by which it stands in the history."""
        return self.ended_at or self.started_at

    @property
    def on(self) -> date:
        """Return the day by which it stands in the history."""
        return self.ended_on or self.started_on


@dataclass(frozen=True, slots=True)
class Offered:
    """A hand-over to the municipality, and how it ended."""

    id: int
    state: HandoverState
    note: str
    offered_on: date
    offered_at: datetime
    ended_on: date | None
    ended_at: datetime | None
    return_reason: str
    offered_by: str
    ended_by: str | None
    receiver: str
    team: str

    kind = "offered"

    @property
    def to(self) -> str:
        """Return to whom it was offered; the applicant may live elsewhere by now."""
        return f"{self.receiver}, {self.team}" if self.team else self.receiver

    @property
    def at(self) -> datetime:
        """Return the moment by which it stands in the history."""
        return self.ended_at or self.offered_at

    @property
    def on(self) -> date:
        """Return the day by which it stands in the history."""
        return self.ended_on or self.offered_on


@dataclass(frozen=True, slots=True)
class Content:
    """Everything of an application beyond its status."""

    person: Person
    members: tuple[Member, ...]
    questionnaires: tuple[Asked, ...]
    decisions: tuple[Decided, ...]
    corrections: tuple[Put, ...]
    """Of decisions, the newest first."""
    handovers: tuple[Offered, ...]
    registered_at: datetime
    registered_by: str
    closing: Closing | None
    closing_note: str
    closed_on: date | None
    closed_by: str | None

    @property
    def history(self) -> tuple[Asked | Decided | Put | Offered, ...]:
        """Return what happened, the newest first; what follows from another comes above it."""
        follows = {"asked": 0, "decided": 1, "corrected": 2, "offered": 3}
        found: list[Asked | Decided | Put | Offered] = [*self.handovers, *self.decisions]
        found += [*self.corrections, *self.questionnaires]
        return tuple(sorted(found, key=lambda e: (e.at, follows[e.kind], e.id), reverse=True))

    @property
    def running(self) -> Asked | None:
        """Return the questionnaire that is open now."""
        return next((q for q in self.questionnaires if q.state is QuestionnaireState.OPEN), None)

    @property
    def outcome(self) -> Asked | None:
        """Return the questionnaire that was completed last."""
        done = QuestionnaireState.COMPLETED
        return next((q for q in self.questionnaires if q.state is done), None)

    @property
    def decision(self) -> Decided | None:
        """Return the decision that counts now."""
        return next(iter(self.decisions), None)

    @property
    def handover(self) -> Offered | None:
        """Return the last hand-over."""
        return next(iter(self.handovers), None)


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """One application as one actor sees it; without the right to the person only its status."""

    id: int
    municipality_id: int
    relations: frozenset[Relation]
    state: ApplicationState
    state_since: date
    registered_on: date
    municipality: str
    team: str
    """Who receives it."""
    handler: str
    owner: str
    days: int
    days_in_all: int
    is_mine: bool
    partner_id: int | None
    partner_state: ApplicationState | None
    content: Content | None
    to_correct: int | None
    """The id of the decision that counts, for who corrects it and sees no more than the status."""

    @property
    def waits(self) -> str:
        """Return how long it stands where it stands."""
        return days_text(self.days)


def application_for(
    session: Session, actor: Actor, application_id: int, *, today: date
) -> ApplicationPage:
    """Return an application within reach, or raise ``NotFound``; nine queries at most."""
    ref = application_ref(session, actor, application_id)
    key = {"id": ref.id} | reach_of(actor)
    row = session.execute(_STATUS, key).one()
    sees = reads(ref.relations, Field.PERSON)
    return ApplicationPage(
        id=ref.id, municipality_id=ref.municipality_id, relations=ref.relations, state=row.state,
        state_since=row.state_since, registered_on=row.registered_on,
        municipality=row.municipality, team=team_of(row), handler=row.handler,
        owner=owner_of(row.state, handler=row.handler, team=team_of(row)),
        days=(today - row.state_since).days,
        days_in_all=(today - row.registered_on).days, is_mine=ref.handler_id == actor.id,
        partner_id=row.partner_id if sees else None,
        partner_state=row.partner_state if sees else None,
        content=_content(session, key, row.partner_id, today=today) if sees else None,
        to_correct=standing_of(session, ref) if not sees else None,
    )  # fmt: skip


def _content(
    session: Session, key: dict[str, int], partner_id: int | None, *, today: date
) -> Content:
    row = session.execute(_CONTENT, key).one()
    only_id = {"id": key["id"]}
    members = (Member(*m) for m in session.execute(_MEMBERS, only_id))
    asked = (Asked(**q._mapping) for q in session.execute(_QUESTIONNAIRES, only_id))
    offered = (Offered(**h._mapping) for h in session.execute(_HANDOVERS, only_id))
    decided = decisions_of(session, key["id"])
    return Content(
        person=_person(row, today=today),
        members=tuple(m for m in members if not partner_id or not _is_partner(m)),
        questionnaires=tuple(asked), decisions=decided.decisions, corrections=decided.corrections,
        handovers=tuple(offered), registered_at=row.registered_at,
        registered_by=row.registered_by, closing=row.closing, closing_note=row.closing_note,
        closed_on=row.closed_on, closed_by=row.closed_by,
    )  # fmt: skip


def _is_partner(member: Member) -> bool:
    """Return whether this is the partner: with an own application that one is shown instead."""
    return member.relation is HouseholdRelation.PARTNER


def _person(row: AnyRow, *, today: date) -> Person:
    place = f"{row.postcode} {row.town}".strip()
    return Person(
        name=name_of(row), given_name=row.given_name, birth_date=row.birth_date,
        age=whole_years(row.birth_date, today), bsn_masked=masked_bsn(row),
        address=tuple(line for line in (row.street, place) if line), phone=row.phone,
        email=row.email, contact_preference=row.contact_preference,
        interpreter=row.interpreter, approach=row.approach,
    )  # fmt: skip
