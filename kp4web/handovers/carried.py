"""
What a KP3 hand-over carries: the dossier through the eyes of the job coach who gets it.

The sender's preview and the receiver's page are made by the same function from the same column of
the policy (``Relation.HANDED_OVER``); the only difference can be what the sender may not read.
The course is shown as it was known at the moment of offering.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.orm import Session

from kp4web.clients.models import Client, HouseholdMember
from kp4web.clients.queries import masked_bsn, name_of
from kp4web.domain.policy import (
    Field,
    Relation,
    answer_field,
    readable_classes,
    visible_fields,
)
from kp4web.domain.questionnaire.answering import describe
from kp4web.domain.questionnaire.outcome import Facts, for_reader, outcome
from kp4web.domain.questionnaire.scoring import rounded
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier, Exemption, ProfileDecision, TrackPeriod
from kp4web.extensions import AnyRow
from kp4web.grounds.models import LegalGround
from kp4web.organisations.models import Organisation
from kp4web.questionnaires.models import ProfileSuggestion, Questionnaire, QuestionnaireState
from kp4web.questionnaires.queries import answers_of
from kp4web.versions.queries import definition_of

CROSSES = frozenset(
    {
        Field.PERSON, Field.APPROACH, Field.BSN, Field.BIRTH, Field.PROFILE, Field.ANSWERS_WORK,
        Field.OUTCOME, Field.QUESTIONNAIRES, Field.TRACK, Field.EXEMPTION,
    }
)  # fmt: skip
"""What of a dossier there is to show; the report stands on the hand-over itself."""
RECEIVES = CROSSES & visible_fields({Relation.HANDED_OVER})
"""What of it the job coach reads: one column of the matrix."""
_ID: BindParameter[int] = bindparam("dossier_id")
_AT: BindParameter[datetime] = bindparam("at")
_PERSON = (
    select(
        Dossier.number, Client.id.label("client_id"), Client.household_id, Client.initials,
        Client.given_name, Client.prefix, Client.surname, Client.birth_date, Client.pension_on,
        Client.seal, Client.bsn_sealed, Client.bsn_hash, Client.street, Client.postcode,
        Client.town, Client.phone, Client.email, Client.contact_preference, Client.interpreter,
        Client.approach,
    )
    .join(Client, Client.id == Dossier.client_id)
    .where(Dossier.id == _ID)
)  # fmt: skip
_MEMBERS = (
    select(HouseholdMember.name, HouseholdMember.relation, HouseholdMember.birth_date)
    .where(
        HouseholdMember.household_id == bindparam("household_id"),
        or_(HouseholdMember.until.is_(None), HouseholdMember.until > bindparam("on")),
    )
    .order_by(HouseholdMember.birth_date, HouseholdMember.id)
)
_PROFILE = (
    select(
        ProfileDecision.profile, ProfileDecision.valid_from, Organisation.name,
        ProfileDecision.justification,
    )
    .join(Organisation, Organisation.id == ProfileDecision.organisation_id)
    .where(ProfileDecision.client_id == bindparam("client_id"), ProfileDecision.known(_AT))
    .order_by(ProfileDecision.valid_from.desc())
    .limit(1)
)  # fmt: skip
_COURSE = (
    select(TrackPeriod.kind, TrackPeriod.valid_from, TrackPeriod.planned_end)
    .where(TrackPeriod.dossier_id == _ID, TrackPeriod.known(_AT))
    .order_by(TrackPeriod.valid_from)
)
_EXEMPTIONS = (
    select(LegalGround.name, Exemption.valid_from, Exemption.ends_on)
    .join(LegalGround, LegalGround.id == Exemption.ground_id)
    .where(Exemption.dossier_id == _ID, Exemption.lifted_on(bindparam("on"), _AT))
)
_QUESTIONNAIRE = (
    select(
        Questionnaire.id, Questionnaire.version_id, Questionnaire.ended_on,
        ProfileSuggestion.facts,
    )
    .join(ProfileSuggestion, ProfileSuggestion.questionnaire_id == Questionnaire.id)
    .where(
        Questionnaire.dossier_id == _ID, Questionnaire.state == QuestionnaireState.COMPLETED,
        Questionnaire.ended_at <= _AT,
    )
    .order_by(Questionnaire.ended_at.desc(), Questionnaire.id.desc())
    .limit(1)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach somebody."""

    name: str
    address: str
    phone: str
    email: str
    preference: str
    interpreter: str


@dataclass(frozen=True, slots=True)
class Household:
    """When somebody was born, and who lives there."""

    birth_date: date
    pension_on: date
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Determined:
    """The klantprofiel as it was at the moment of offering."""

    profile: int
    on: date
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Spell:
    """One stretch of the course."""

    label: str
    since: date
    track: TrackKind | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The last questionnaire, as far as it crosses."""

    on: date
    work: tuple[tuple[str, str], ...]
    """Question and answer of the life area work."""
    scores: tuple[tuple[str, str], ...]
    suggested: int | None


@dataclass(frozen=True, slots=True)
class Carried:
    """What crosses to the work agency; ``None`` is what the reader may not see."""

    number: str
    contact: Contact | None
    approach: str | None
    bsn: str | None
    household: Household | None
    profile: Determined | None
    course: tuple[Spell, ...] | None
    exemptions: tuple[Spell, ...] | None
    answered: Answered | None
    hidden: tuple[str, ...]
    """What crosses but is not for this reader, by the words of the matrix."""
    client_id: int


def carried_by(
    session: Session, dossier_id: int, reader: frozenset[Relation], *, at: datetime, on: date
) -> Carried:
    """
    Return what crosses with a dossier offered ``at`` a moment on a day, as this reader sees it.

    ``reader``: what the actor is to the dossier (sender) or to the hand-over (receiver).
    """
    sees = RECEIVES & visible_fields(reader)
    key = {"dossier_id": dossier_id, "at": at, "on": on}
    row = session.execute(_PERSON, {"dossier_id": dossier_id}).one()
    return Carried(
        number=row.number,
        contact=_contact(row) if Field.PERSON in sees else None,
        approach=row.approach if Field.APPROACH in sees else None,
        bsn=(masked_bsn(row) or "Nog niet bekend") if Field.BSN in sees else None,
        household=_household(session, row, on) if Field.BIRTH in sees else None,
        profile=_profile(session, row, at) if Field.PROFILE in sees else None,
        course=tuple(_course(session, key)) if Field.TRACK in sees else None,
        exemptions=tuple(
            Spell(one.name, one.valid_from, until=one.ends_on)
            for one in session.execute(_EXEMPTIONS, key)
        )
        if Field.EXEMPTION in sees
        else None,
        answered=_answered(session, key, sees) if Field.QUESTIONNAIRES in sees else None,
        hidden=tuple(field.label for field in Field if field in RECEIVES - sees),
        client_id=row.client_id,
    )


def _contact(row: AnyRow) -> Contact:
    town = " ".join(part for part in (row.postcode, row.town) if part)
    return Contact(
        name_of(row), ", ".join(part for part in (row.street, town) if part), row.phone,
        row.email, row.contact_preference.label if row.contact_preference else "",
        row.interpreter or "Niet nodig",
    )  # fmt: skip


def _household(session: Session, row: AnyRow, on: date) -> Household:
    found = session.execute(_MEMBERS, {"household_id": row.household_id, "on": on})
    members = (
        f"{one.name}, {one.relation.label.lower()}"
        + (f", geboren {one.birth_date:%d-%m-%Y}" if one.birth_date else "")
        for one in found
    )
    return Household(row.birth_date, row.pension_on, tuple(members))


def _profile(session: Session, row: AnyRow, at: datetime) -> Determined | None:
    found = session.execute(_PROFILE, {"client_id": row.client_id, "at": at}).one_or_none()
    return Determined(*found) if found else None


def _course(session: Session, key: dict[str, object]) -> Iterator[Spell]:
    for row in session.execute(_COURSE, key):
        yield Spell(row.kind.label, row.valid_from, TrackKind(row.kind), row.planned_end)


def _answered(session: Session, key: dict[str, object], sees: frozenset[Field]) -> Answered | None:
    row = session.execute(_QUESTIONNAIRE, key).one_or_none()
    if row is None:
        return None
    definition = definition_of(session, row.version_id)
    given = answers_of(session, row.id, definition).answers
    work = tuple(
        (question.text, describe(question, given[question.id], definition.texts))
        for question in sorted(definition.by_id.values(), key=lambda one: one.order)
        if question.id in given
        and answer_field(question.data_class, question.area) is Field.ANSWERS_WORK
        and Field.ANSWERS_WORK in sees
    )
    if Field.OUTCOME not in sees:
        return Answered(row.ended_on, work, (), None)
    whole = outcome(definition, given, Facts.load(row.facts))
    less = for_reader(whole, readable_classes({Relation.HANDED_OVER}))
    scores = tuple(
        (area.label, "Geen score" if area.score is None else f"{rounded(area.score)} van 100")
        for area in less.scores.areas.values()
    )
    return Answered(row.ended_on, work, scores, less.profile)
