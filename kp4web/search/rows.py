"""One dossier as lists and search results show it, with what the actor may not see left out."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from kp4web.accounts.models import User
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor
from kp4web.domain.due_words import DueGroup, group
from kp4web.domain.policy import Access, Action, Field, access, may, relations, visible_fields
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import IN_REACH
from kp4web.extensions import AnyRow
from kp4web.organisations.models import Municipality

ROWS = (
    select(
        Dossier.number, Dossier.client_id, Dossier.kind, Dossier.track_since, Dossier.planned_end,
        Dossier.lead_id, Dossier.last_contact_on, Dossier.next_due_on, Client.initials,
        Client.given_name, Client.prefix, Client.surname, Client.birth_date,
        User.name.label("lead"), Municipality.name.label("municipality"),
    )
    .join(Client, Client.id == Dossier.client_id)
    .join(Municipality, Municipality.id == Dossier.municipality_id)
    .outerjoin(User, User.id == Dossier.lead_id)
    .where(IN_REACH)
)  # fmt: skip
"""Every statement of this feature that reads dossiers starts from this one."""


@dataclass(frozen=True, slots=True)
class DossierRow:
    """One dossier; ``None`` is what is unknown or not for this actor."""

    number: str
    client_id: int
    place: str | None
    """The municipality, for who works in several."""
    name: str | None
    birth_date: date | None
    kind: TrackKind
    since: date
    until: date | None
    """Until when rest is planned."""
    decides_late: bool
    """Whether rest runs on past the day it was planned until."""
    lead: str | None
    is_own: bool
    last_contact_on: date | None
    next_on: date | None
    group: DueGroup | None
    """Where the next date stands: late, today, this week, later."""
    may_assign: bool

    @property
    def is_late(self) -> bool:
        """Return whether the next date has passed."""
        return self.group is DueGroup.LATE


def row_for(actor: Actor, row: AnyRow, *, today: date) -> DossierRow:
    """Return what this actor may see of a row of ``ROWS``."""
    held = relations(actor, lead_id=row.lead_id, dossier_id=None)
    sees = visible_fields(held)
    next_on = row.next_due_on if Field.FOLLOW_UP_DATE in sees else None
    until = row.planned_end if row.kind is TrackKind.REST else None
    return DossierRow(
        number=row.number, client_id=row.client_id,
        place=row.municipality if actor.municipality_id is None else None,
        name=name_of(row) if Field.PERSON in sees else None,
        birth_date=row.birth_date if Field.BIRTH in sees else None,
        kind=row.kind, since=row.track_since, until=until,
        decides_late=until is not None and until < today,
        lead=row.lead if Field.ASSIGNMENT in sees else None, is_own=row.lead_id == actor.id,
        last_contact_on=row.last_contact_on, next_on=next_on,
        group=group(next_on, today) if next_on else None,
        may_assign=row.kind.active and may(actor, Action.DOSSIER_ASSIGN)
        and access(held, Field.ASSIGNMENT) >= Access.WRITE,
    )  # fmt: skip
