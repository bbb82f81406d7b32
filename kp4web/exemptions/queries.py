"""
Reading the exemption of one dossier, for its team and for the income officer of the work agency.

The income officer reaches the active dossiers of the municipalities served (3-visibility,
*Reach*): name, contact person, ground and dates. The justification is not even selected.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    Boolean,
    Date,
    Integer,
    and_,
    bindparam,
    case,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.clients.models import Client, HouseholdMember, HouseholdRelation
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor, OrganisationKind, Role
from kp4web.domain.dates import add_days
from kp4web.domain.errors import NotFound
from kp4web.domain.exemptions import Act, Terms, youngest
from kp4web.domain.policy import (
    Access,
    Action,
    Field,
    Relation,
    access,
    may,
    reads,
    require,
    require_access,
)
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier, Exemption
from kp4web.dossiers.queries import NO_DOSSIER, dossier_ref
from kp4web.extensions import AnyRow
from kp4web.grounds.models import ExemptionReason, LegalGround
from kp4web.grounds.queries import duties_on, lifted_words
from kp4web.organisations.models import Organisation, ServedMunicipality

DOSSIER = bindparam("dossier_id", type_=Integer)
READS_WHY = bindparam("reads_why", type_=Boolean)
SERVED = and_(
    Dossier.kind != TrackKind.STOPPED,
    Dossier.municipality_id.in_(
        select(ServedMunicipality.municipality_id).where(
            ServedMunicipality.organisation_id == bindparam("organisation_id")
        )
    ),
)
"""The condition for what an income officer reaches."""
_LEAD = aliased(User)
_SERVED_DOSSIER = select(
    Dossier.id, Dossier.client_id, Dossier.municipality_id, Dossier.kind
).where(Dossier.number == bindparam("number"), SERVED)
_PERSON = (
    select(
        Client.initials, Client.given_name, Client.prefix, Client.surname, Client.household_id,
        Client.birth_date, _LEAD.name.label("lead"),
    )
    .join(Dossier, Dossier.client_id == Client.id)
    .outerjoin(_LEAD, _LEAD.id == Dossier.lead_id)
    .where(Dossier.id == DOSSIER)
)  # fmt: skip
_ROWS = (
    select(
        Exemption.id, Exemption.valid_from, Exemption.valid_to, Exemption.superseded_at,
        Exemption.recorded_at, Exemption.ends_on, Exemption.review_on, Exemption.plan_due_on,
        Exemption.plan_made_on, Exemption.seen_on, Exemption.requested_on, Exemption.decided_on,
        Exemption.decision_reference, Exemption.lapses, Exemption.act, Exemption.acted_on,
        Exemption.acted_at,
        case((READS_WHY, Exemption.justification)).label("justification"),
        case((READS_WHY, Exemption.note)).label("note"),
        case((READS_WHY, ExemptionReason.name)).label("reason"),
        case((READS_WHY, ExemptionReason.code)).label("reason_code"),
        case((READS_WHY, Exemption.child_born_on)).label("child_born_on"),
        Exemption.records_act().label("records_act"), Exemption.organisation_id,
        Organisation.name.label("organisation"), User.name.label("recorded_by"), LegalGround,
    )
    .join(LegalGround, LegalGround.id == Exemption.ground_id)
    .join(ExemptionReason, ExemptionReason.id == Exemption.reason_id)
    .join(Organisation, Organisation.id == Exemption.organisation_id)
    .join(User, User.id == Exemption.recorded_by_id)
    .where(Exemption.dossier_id == DOSSIER)
    .order_by(Exemption.recorded_at.desc(), Exemption.id.desc())
)  # fmt: skip
_CHILDREN = select(HouseholdMember.birth_date).where(
    HouseholdMember.household_id == bindparam("household_id", type_=Integer),
    HouseholdMember.relation == HouseholdRelation.CHILD,
    HouseholdMember.birth_date.is_not(None),
    or_(HouseholdMember.until.is_(None), HouseholdMember.until > bindparam("day", type_=Date)),
)
_DECIDERS = (
    select(Organisation.id, Organisation.name)
    .outerjoin(ServedMunicipality, ServedMunicipality.organisation_id == Organisation.id)
    .where(
        or_(
            Organisation.municipality_id == bindparam("municipality_id"),
            and_(
                Organisation.kind == OrganisationKind.WORK_AGENCY,
                ServedMunicipality.municipality_id == bindparam("municipality_id"),
            ),
        )
    )
    .order_by(Organisation.municipality_id.is_(None), Organisation.name)
)


@dataclass(frozen=True, slots=True)
class Spell:
    """One spell of exemption, as known now; what the actor may not read is ``None``."""

    id: int
    ground_code: str
    ground: str
    article: str
    lifts: str
    terms: Terms
    starts_on: date
    ends_on: date | None
    ended_on: date | None
    """The first day without it, when it is over by an act of somebody."""
    review_on: date | None
    plan_due_on: date | None
    plan_made_on: date | None
    seen_on: date | None
    requested_on: date | None
    decided_on: date
    decision_reference: str
    organisation_id: int
    organisation: str
    lapses: bool
    reason: str | None
    reason_code: str | None
    justification: str | None
    child_born_on: date | None

    @property
    def last_day(self) -> date | None:
        """Return the last day on which it held or will hold."""
        ended = add_days(self.ended_on, -1) if self.ended_on else None
        return min((day for day in (self.ends_on, ended) if day), default=None)

    @property
    def plan_is_due(self) -> bool:
        """Return whether a plan is asked for and not there yet."""
        return self.plan_due_on is not None and self.plan_made_on is None


@dataclass(frozen=True, slots=True)
class ActLine:
    """What somebody recorded about the exemption, and when."""

    label: str
    on: date
    by: str
    ground: str
    starts_on: date
    ends_on: date | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ExemptionPage:
    """What the page about the exemption of one dossier shows to one actor."""

    dossier_id: int
    client_id: int
    municipality_id: int
    number: str
    relations: frozenset[Relation]
    name: str
    lead: str | None
    is_active: bool
    on_team: bool
    """The organisation that holds the dossier: there is a page of the dossier to go back to."""
    reads_why: bool
    may_change: bool
    running: Spell | None
    earlier: tuple[Spell, ...]
    acts: tuple[ActLine, ...]
    child_born_on: date | None
    """The youngest child in the household, as far as known; only for who changes."""

    def is_over(self, today: date) -> bool:
        """Return whether the running one has passed its last day."""
        running = self.running
        return running is not None and running.ends_on is not None and running.ends_on < today


@dataclass(frozen=True, slots=True)
class _Place:
    """A dossier within reach, whichever way it is reached."""

    id: int
    client_id: int
    municipality_id: int
    relations: frozenset[Relation]
    kind: TrackKind
    on_team: bool


def exemption_for(session: Session, actor: Actor, number: str, *, today: date) -> ExemptionPage:
    """Return the exemption of a dossier within reach; raises ``Forbidden`` or ``NotFound``."""
    require(actor, Action.EXEMPTION_READ)
    place = _place(session, actor, number)
    held = place.relations
    require_access(held, Field.EXEMPTION, Access.READ)
    reads_why = reads(held, Field.EXEMPTION_JUSTIFICATION)
    given = {"dossier_id": place.id, "reads_why": reads_why}
    person = session.execute(_PERSON, given).one()
    rows = session.execute(_ROWS, given).all()
    duties = duties_on(session, today)
    known = [row for row in rows if row.superseded_at is None]
    known.sort(key=lambda row: row.valid_from, reverse=True)
    spells = [_spell(row, lifted_words(row.LegalGround.lifts, duties)) for row in known]
    may_change = (
        may(actor, Action.EXEMPTION_CHANGE) and access(held, Field.EXEMPTION) >= Access.WRITE
    )
    return ExemptionPage(
        dossier_id=place.id, client_id=place.client_id, municipality_id=place.municipality_id,
        number=number, relations=held, name=name_of(person), lead=person.lead,
        is_active=place.kind is not TrackKind.STOPPED, on_team=place.on_team,
        reads_why=reads_why, may_change=may_change,
        running=next((spell for spell in spells if spell.ended_on is None), None),
        earlier=tuple(spell for spell in spells if spell.ended_on is not None),
        acts=tuple(_act(row) for row in rows if row.records_act),
        child_born_on=_youngest(session, person, today) if may_change else None,
    )  # fmt: skip


def _place(session: Session, actor: Actor, number: str) -> _Place:
    """
    Return the dossier for its team, or for an income officer who serves its municipality.

    Who has both roles at the work agency reaches its own dossiers as the team does.
    """
    pays = actor.has(Role.INCOME_OFFICER)
    if may(actor, Action.DOSSIER_READ):
        try:
            ref = dossier_ref(session, actor, number)
        except NotFound:
            if not pays:
                raise
        else:
            return _Place(
                ref.id, ref.client_id, ref.municipality_id, ref.relations, ref.kind, on_team=True
            )
    given = {"number": number, "organisation_id": actor.organisation_id}
    row = session.execute(_SERVED_DOSSIER, given).one_or_none()
    if row is None or not pays:
        raise NotFound(NO_DOSSIER)
    held = frozenset({Relation.INCOME})
    return _Place(row.id, row.client_id, row.municipality_id, held, row.kind, on_team=False)


def _youngest(session: Session, person: AnyRow, today: date) -> date | None:
    given = {"household_id": person.household_id, "day": today}
    return youngest(session.scalars(_CHILDREN, given).all(), today)


def _spell(row: AnyRow, lifts: str) -> Spell:
    ground: LegalGround = row.LegalGround
    return Spell(
        id=row.id, ground_code=ground.code, ground=ground.name, article=ground.article,
        lifts=lifts, terms=ground.terms, starts_on=row.valid_from, ends_on=row.ends_on,
        ended_on=row.valid_to, review_on=row.review_on, plan_due_on=row.plan_due_on,
        plan_made_on=row.plan_made_on, seen_on=row.seen_on, requested_on=row.requested_on,
        decided_on=row.decided_on, decision_reference=row.decision_reference,
        organisation_id=row.organisation_id, organisation=row.organisation, lapses=row.lapses,
        reason=row.reason, reason_code=row.reason_code, justification=row.justification,
        child_born_on=row.child_born_on,
    )  # fmt: skip


def _act(row: AnyRow) -> ActLine:
    return ActLine(
        Act(row.act).label, row.acted_on, row.recorded_by, row.LegalGround.name, row.valid_from,
        row.ends_on, row.note,
    )  # fmt: skip


def deciders_of(session: Session, municipality_id: int) -> Sequence[AnyRow]:
    """Return who may have decided: the municipality, and the work agency that serves it."""
    return session.execute(_DECIDERS, {"municipality_id": municipality_id}).unique().all()


# ---------------------------------------------------------------------- for the commands

_GROUND = select(LegalGround).where(
    LegalGround.code == bindparam("code"), LegalGround.valid_on(bindparam("day", type_=Date))
)
_REASON = select(ExemptionReason).where(
    ExemptionReason.code == bindparam("code"),
    ExemptionReason.valid_on(bindparam("day", type_=Date)),
)
_USED_BEFORE = (
    select(Exemption.valid_from, Exemption.valid_to, Exemption.ends_on, LegalGround.code)
    .join(LegalGround, LegalGround.id == Exemption.ground_id)
    .where(Exemption.dossier_id == DOSSIER, Exemption.superseded_at.is_(None))
    .order_by(Exemption.valid_from.desc())
)


def ground_of(session: Session, code: str, day: date) -> LegalGround | None:
    """Return the ground with this code as it holds on a day, or ``None``."""
    return session.scalars(_GROUND, {"code": code, "day": day}).first()


def reason_of(session: Session, code: str, day: date) -> ExemptionReason | None:
    """Return the reason category with this code as it holds on a day, or ``None``."""
    return session.scalars(_REASON, {"code": code, "day": day}).first()


def spells_of(session: Session, dossier_id: int) -> Sequence[AnyRow]:
    """Return the known spells of a dossier with the code of their ground, the newest first."""
    return session.execute(_USED_BEFORE, {"dossier_id": dossier_id}).all()
