"""What a hand-over carries, beside its status: for who reads the package, decided by the caller."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.applications.models import Application, ApplicationDecision, ApplicationMember
from kp4web.clients.models import ContactPreference
from kp4web.clients.queries import masked_bsn, name_of
from kp4web.domain.dates import day_of
from kp4web.domain.policy import Access, Field, access
from kp4web.dossiers.queries import DossierRef
from kp4web.extensions import AnyRow
from kp4web.handovers.models import Handover, HandoverState
from kp4web.organisations.models import Organisation
from kp4web.questionnaires.models import Questionnaire, QuestionnaireState

_SENDER, _DECIDER = aliased(Organisation), aliased(User)
_PACKAGE = (
    select(
        Application.initials, Application.given_name, Application.prefix, Application.surname,
        Application.birth_date, Application.seal, Application.bsn_sealed, Application.bsn_hash,
        Application.street, Application.postcode, Application.town, Application.phone,
        Application.email, Application.contact_preference, Application.interpreter,
        Application.approach, Application.registered_on, ApplicationDecision.profile,
        ApplicationDecision.justification, ApplicationDecision.decided_on,
        ApplicationDecision.first_id, ApplicationDecision.recorded_at,
        _DECIDER.name.label("decided_by"),
        Handover.note, Handover.offered_on, _SENDER.name.label("sender"),
    )
    .join(Handover, Handover.application_id == Application.id)
    .join(_SENDER, _SENDER.id == Handover.from_organisation_id)
    .join(
        ApplicationDecision,
        and_(ApplicationDecision.is_version_of(Handover.decision_id), ApplicationDecision.known()),
    )
    .join(_DECIDER, _DECIDER.id == ApplicationDecision.decided_by_id)
)  # fmt: skip
_PACKAGE_OF_HANDOVER = _PACKAGE.where(Handover.id == bindparam("id"))
_PACKAGE_OF_DOSSIER = _PACKAGE.where(Handover.dossier_id == bindparam("dossier_id")).order_by(
    Handover.offered_on.desc(), Handover.id.desc()
)


@dataclass(frozen=True, slots=True)
class Package:
    """What a hand-over carries: the person, the profile with its reasons, and the note."""

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
    profile: int
    justification: str
    decided_on: date
    decided_by: str
    corrected_on: date | None
    """When what was determined was last put right, if ever."""
    note: str
    offered_on: date
    sender: str


def package_of(session: Session, handover_id: int) -> tuple[Package, AnyRow]:
    """Return what a hand-over carries, and the row by which its person is recognised."""
    row = session.execute(_PACKAGE_OF_HANDOVER, {"id": handover_id}).one()
    return _package(row), row


def packages_of(session: Session, ref: DossierRef) -> tuple[Package, ...]:
    """Return what the hand-overs of a dossier carried, newest first; nothing for who may not."""
    if access(ref.relations, Field.HANDOVER) < Access.READ:
        return ()
    rows = session.execute(_PACKAGE_OF_DOSSIER, {"dossier_id": ref.id})
    return tuple(_package(row) for row in rows)


def _package(row: AnyRow) -> Package:
    same = set(Package.__dataclass_fields__) - {"name", "bsn_masked", "corrected_on"}
    return Package(
        corrected_on=day_of(row.recorded_at) if row.first_id else None,
        name=name_of(row),
        bsn_masked=masked_bsn(row),
        **{field: getattr(row, field) for field in same},
    )  # fmt: skip


# ---------------------------------------------------------------------- what comes along

_MEMBERS = (
    select(ApplicationMember.name, ApplicationMember.relation, ApplicationMember.birth_date)
    .join(Handover, Handover.application_id == ApplicationMember.application_id)
    .where(Handover.id == bindparam("id"))
    .order_by(ApplicationMember.id)
)
_HERE, _PARTNERS = aliased(Application), aliased(Handover)
_ALONG = (
    select(
        _HERE.partner_id,
        func.max(_PARTNERS.id).label("partner_handover_id"),
        select(func.max(Questionnaire.ended_on))
        .where(
            Questionnaire.application_id == _HERE.id,
            Questionnaire.state == QuestionnaireState.COMPLETED,
        )
        .scalar_subquery()
        .label("questionnaire_on"),
    )
    .select_from(Handover)
    .join(_HERE, _HERE.id == Handover.application_id)
    .outerjoin(
        _PARTNERS,
        and_(
            _PARTNERS.application_id == _HERE.partner_id,
            _PARTNERS.to_organisation_id == Handover.to_organisation_id,
            or_(
                _PARTNERS.state == HandoverState.OFFERED,
                _PARTNERS.state == HandoverState.ACCEPTED,
            ),
        ),
    )
    .where(Handover.id == bindparam("id"))
    .group_by(_HERE.id, _HERE.partner_id)
)


@dataclass(frozen=True, slots=True)
class MemberLine:
    """Somebody in the applicant's household."""

    name: str
    relation: str
    birth_date: date | None


@dataclass(frozen=True, slots=True)
class Brought:
    """What comes along with the person: the household, and whether there are answers."""

    members: tuple[MemberLine, ...]
    partner_applies: bool
    partner_handover_id: int | None
    """The hand-over of the partner to the same organisation, when there is one."""
    questionnaire_on: date | None
    """When the last questionnaire was completed: its answers go to the later lead."""


def brought_by(session: Session, handover_id: int) -> Brought:
    """Return what comes along with a hand-over; two queries."""
    key = {"id": handover_id}
    along = session.execute(_ALONG, key).one()
    members = tuple(
        MemberLine(row.name, row.relation.label, row.birth_date)
        for row in session.execute(_MEMBERS, key)
    )
    return Brought(
        members, along.partner_id is not None, along.partner_handover_id, along.questionnaire_on
    )
