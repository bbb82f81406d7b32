"""
Every read of applications.

Reach: intake consultants and the coordinator of the work agency reach the applications that
their own organisation registered; what they see of one follows from their relation to it, and
is no more than the status once klantprofiel 4 is accepted (3-visibility).
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import BindParameter, bindparam, func, or_, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.applications.models import Application, ApplicationDecision
from kp4web.clients.queries import WhoIs, name_of, same_bsn, same_name
from kp4web.domain.actor import Actor
from kp4web.domain.applications import ApplicationState
from kp4web.domain.errors import DomainError, NotFound
from kp4web.domain.policy import (
    Access,
    Action,
    Field,
    Relation,
    application_relations,
    reads,
    require,
    require_access,
)
from kp4web.extensions import AnyRow
from kp4web.organisations.models import Municipality

NO_APPLICATION = "Deze aanvraag bestaat niet of is niet voor u."
ENDED = frozenset({ApplicationState.ACCEPTED, ApplicationState.CLOSED})
"""States in which nothing has to be done any more."""
_OWN: BindParameter[int] = bindparam("organisation_id")
IN_REACH = Application.organisation_id == _OWN
"""The condition every query of applications carries; bind it with ``reach_of``."""


@dataclass(frozen=True, slots=True)
class ApplicationRef:
    """An application within reach of one actor, and what that actor is to it."""

    id: int
    municipality_id: int
    organisation_id: int
    handler_id: int
    partner_id: int | None
    state: ApplicationState
    relations: frozenset[Relation]

    def require(self, field: Field, level: Access) -> None:
        """Raise ``Forbidden`` unless the actor reaches this far into the field."""
        require_access(self.relations, field, level)


_REF = select(
    Application.id, Application.municipality_id, Application.organisation_id,
    Application.handler_id, Application.partner_id, Application.state,
).where(Application.id == bindparam("id"), IN_REACH)  # fmt: skip
_LOCKED = _REF.with_for_update(key_share=True)
_TO_DO = select(func.count(Application.id)).where(
    IN_REACH, Application.state.not_in(ENDED | {ApplicationState.OFFERED})
)


def reach_of(actor: Actor) -> dict[str, int]:
    """Return the parameters for ``IN_REACH``; raise ``Forbidden`` for roles without them."""
    require(actor, Action.APPLICATIONS_READ)
    return {"organisation_id": actor.organisation_id}


def number_to_do(session: Session, actor: Actor) -> int:
    """Return how many applications wait for the actor's own organisation."""
    return session.execute(_TO_DO, reach_of(actor)).scalar_one()


def application_ref(
    session: Session, actor: Actor, application_id: int, *, lock: bool = False
) -> ApplicationRef:
    """Return the application with this id within the actor's reach, or raise ``NotFound``."""
    key = {"id": application_id} | reach_of(actor)
    row = session.execute(_LOCKED if lock else _REF, key).one_or_none()
    if row is None:
        raise NotFound(NO_APPLICATION)
    accepted = row.state is ApplicationState.ACCEPTED
    return ApplicationRef(**row._mapping, relations=application_relations(actor, accepted=accepted))


def applicant_ref(
    session: Session, actor: Actor, application_id: int, *, lock: bool = False
) -> ApplicationRef:
    """Return an application whose person intake may write; raise ``DomainError`` once accepted."""
    ref = application_ref(session, actor, application_id, lock=lock)
    if ref.state is ApplicationState.ACCEPTED:
        raise DomainError("Deze aanvraag is geaccepteerd. De gemeente begeleidt deze inwoner nu.")
    ref.require(Field.PERSON, Access.WRITE)
    return ref


def require_running(ref: ApplicationRef) -> None:
    """Raise ``DomainError`` when nothing has to be done about the application any more."""
    if ref.state in ENDED:
        raise DomainError(f"Deze aanvraag is al {ref.state.label.lower()}.")


def require_changeable(ref: ApplicationRef) -> None:
    """Raise ``DomainError`` when the data are with the municipality, or the application ended."""
    require_running(ref)
    if ref.state is ApplicationState.OFFERED:
        raise DomainError(
            "Deze aanvraag is aangeboden aan de gemeente. U kunt de gegevens weer aanpassen "
            "als de gemeente de aanvraag terugstuurt."
        )


_LAST_DECISION = (
    select(ApplicationDecision)
    .where(
        ApplicationDecision.application_id == bindparam("application_id"),
        ApplicationDecision.known(),
    )
    .order_by(ApplicationDecision.decided_at.desc(), ApplicationDecision.id.desc())
    .limit(1)
)
_AS_KNOWN = select(ApplicationDecision).where(
    ApplicationDecision.is_version_of(bindparam("decision_id")), ApplicationDecision.known()
)


def last_decision(session: Session, application_id: int) -> ApplicationDecision | None:
    """Return the decision that counts now (behind the lock of the command that asks)."""
    return session.scalar(_LAST_DECISION, {"application_id": application_id})


def decision_as_known(session: Session, decision_id: int | None) -> ApplicationDecision:
    """Return what is known now of a decision; ``decision_id`` names it as first recorded."""
    return session.scalars(_AS_KNOWN, {"decision_id": decision_id}).one()


_LAST_DECIDER = (
    select(User.name, ApplicationDecision.profile, Application.closing)
    .join(User, User.id == ApplicationDecision.decided_by_id)
    .join(Application, Application.id == ApplicationDecision.application_id)
    .where(
        ApplicationDecision.application_id == bindparam("application_id"),
        ApplicationDecision.known(),
    )
    .order_by(ApplicationDecision.decided_at.desc(), ApplicationDecision.id.desc())
    .limit(1)
)


def last_decider(session: Session, application_id: int) -> AnyRow | None:
    """Return who decided last and what, and why the application is closed when it is."""
    return session.execute(_LAST_DECIDER, {"application_id": application_id}).one_or_none()


# ---------------------------------------------------------------------- the same person


@dataclass(frozen=True, slots=True)
class Alike:
    """An application that may be about the same person; accepted: without the name."""

    id: int
    municipality_id: int
    municipality: str
    state: ApplicationState
    state_since: date
    name: str
    birth_date: date | None
    same_bsn: bool

    @property
    def runs(self) -> bool:
        """Return whether somebody still has to do something about it."""
        return self.state not in ENDED


_CANDIDATES = (
    select(
        Application.id, Application.municipality_id, Municipality.name.label("municipality"),
        Application.state, Application.state_since, Application.initials, Application.given_name,
        Application.prefix, Application.surname, Application.birth_date, Application.bsn_hash,
    )
    .join(Municipality, Municipality.id == Application.municipality_id)
    .where(
        IN_REACH,
        or_(
            Application.bsn_hash == bindparam("bsn_hash"),
            Application.birth_date == bindparam("birth_date"),
        ),
    )
    .order_by(Application.id)
)  # fmt: skip


def alike_applications(session: Session, actor: Actor, who: WhoIs) -> tuple[Alike, ...]:
    """
    Return the applications within reach with the same BSN, or the same name and birth date.

    Two known BSNs that differ are two persons.
    """
    known = {"bsn_hash": who.bsn_hash, "birth_date": who.birth_date}
    rows = session.execute(_CANDIDATES, reach_of(actor) | known)
    return tuple(_alike(actor, row, who) for row in rows if _is_same(row, who))


def _is_same(row: AnyRow, who: WhoIs) -> bool:
    if row.bsn_hash is not None and who.bsn_hash is not None:
        return same_bsn(row, who)
    return same_name(row, who)


def _alike(actor: Actor, row: AnyRow, who: WhoIs) -> Alike:
    accepted = row.state is ApplicationState.ACCEPTED
    sees = reads(application_relations(actor, accepted=accepted), Field.PERSON)
    name = name_of(row)
    return Alike(
        id=row.id, municipality_id=row.municipality_id, municipality=row.municipality,
        state=row.state, state_since=row.state_since, name=name if sees else "",
        birth_date=row.birth_date if sees else None, same_bsn=same_bsn(row, who),
    )  # fmt: skip
