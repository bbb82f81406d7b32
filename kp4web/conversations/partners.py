"""The partner's dossier that a conversation can be recorded in as well, when there is one."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.conversations.queries import OpenFollowUp, Proposal, proposal_after
from kp4web.domain.actor import Actor
from kp4web.domain.due import Norms
from kp4web.domain.policy import Access, Field, access, relations
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import IN_REACH, reach_of
from kp4web.organisations.models import MunicipalityNorms
from kp4web.worklist.models import FollowUp

_HOUSEHOLD = (
    select(Client.household_id).where(Client.id == bindparam("client_id")).scalar_subquery()
)
_PARTNERS = (
    select(
        Dossier.id, Dossier.number, Dossier.client_id, Dossier.lead_id, Dossier.kind,
        Dossier.planned_end, Client.initials, Client.given_name, Client.prefix, Client.surname,
        User.name.label("lead_name"), MunicipalityNorms, FollowUp.id.label("follow_up_id"),
        FollowUp.due_on, FollowUp.what,
    )
    .join(Client, Client.id == Dossier.client_id)
    .outerjoin(User, User.id == Dossier.lead_id)
    .outerjoin(MunicipalityNorms, MunicipalityNorms.municipality_id == Dossier.municipality_id)
    .outerjoin(FollowUp, and_(FollowUp.dossier_id == Dossier.id, FollowUp.ended_at.is_(None)))
    .where(
        Client.household_id == _HOUSEHOLD,
        Client.id != bindparam("client_id"),
        Dossier.kind != TrackKind.STOPPED,
        IN_REACH,
    )
    .order_by(Dossier.id, FollowUp.due_on, FollowUp.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PartnerDossier:
    """The active dossier of the partner, in which this actor may write as well."""

    dossier_id: int
    number: str
    client_id: int
    name: str
    lead_name: str | None
    is_own: bool
    """This actor is the lead there too, and plans and settles follow-ups."""
    kind: TrackKind
    planned_end: date | None
    norms: Norms
    follow_ups: tuple[OpenFollowUp, ...]

    def proposal(self, held_on: date, today: date) -> Proposal | None:
        """Return the follow-up to propose in this dossier."""
        if not self.is_own:
            return None
        return proposal_after(held_on, today, self.kind, self.planned_end, self.norms)


@dataclass(frozen=True)
class ForPartner:
    """What goes into the partner's dossier of the same conversation."""

    number: str
    """Of the dossier that was shown on the form."""
    report: str | None = None
    """A text of its own; ``None``: the same as in the first dossier."""
    was_there: bool = True
    follow_up_on: date | None = None
    follow_up_what: str = ""
    done: frozenset[int] = field(default_factory=frozenset)


def partner_for(session: Session, actor: Actor, client_id: int) -> PartnerDossier | None:
    """
    Return the partner's dossier; ``None`` when there is none that this actor may write in.

    Out of reach, stopped, or not to be told from a third person in the household: not there.
    """
    rows = session.execute(_PARTNERS, {"client_id": client_id} | reach_of(actor)).all()
    if len({row.id for row in rows}) != 1:
        return None
    row = rows[0]
    held = relations(actor, lead_id=row.lead_id, dossier_id=row.id)
    if access(held, Field.OWN_ENTRY) < Access.WRITE:
        return None
    plans = access(held, Field.FOLLOW_UP_WHAT) >= Access.WRITE
    return PartnerDossier(
        dossier_id=row.id, number=row.number, client_id=row.client_id, name=name_of(row),
        lead_name=row.lead_name, is_own=plans, kind=TrackKind(row.kind),
        planned_end=row.planned_end,
        norms=row.MunicipalityNorms.norms if row.MunicipalityNorms else Norms(),
        follow_ups=tuple(
            OpenFollowUp(each.follow_up_id, each.due_on, each.what)
            for each in rows if plans and each.follow_up_id is not None
        ),
    )  # fmt: skip
