"""One planned talk as a calendar file: the number of the dossier and initials, nothing else."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.clients.models import Client
from kp4web.domain.actor import Actor
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import Access, Field
from kp4web.domain.talks import is_cancelled, starts
from kp4web.dossiers.queries import DossierRef
from kp4web.worklist.models import FollowUpEnding
from kp4web.worklist.queries import WorkRow as WorkRow
from kp4web.worklist.queries import days_for as days_for
from kp4web.worklist.queries import follow_up_row

NO_TALK = "Dit geplande gesprek bestaat niet of is niet voor u."
_INITIALS = select(Client.initials, Client.surname).where(Client.id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class TalkEvent:
    """What a calendar is told about a planned talk."""

    ref: DossierRef
    follow_up_id: int
    initials: str
    begins: datetime
    minutes: int | None
    revision: int
    cancelled: bool

    @property
    def summary(self) -> str:
        """Return its title: ``Gesprek KP4-2020-0117 (A.B.)``."""
        return f"Gesprek {self.ref.number} ({self.initials})"


def talk_for(session: Session, actor: Actor, follow_up_id: int) -> TalkEvent:
    """Return a planned talk within reach, open or not; raises ``NotFound`` or ``Forbidden``."""
    row, ref = follow_up_row(session, actor, follow_up_id, missing=NO_TALK)
    if row.starts_at is None:
        raise NotFound(NO_TALK)
    ref.require(Field.FOLLOW_UP_DATE, Access.READ)
    ref.require(Field.PERSON, Access.READ)
    person = session.execute(_INITIALS, {"id": ref.client_id}).one()
    begins = starts(row.due_on, row.starts_at)
    return TalkEvent(
        ref=ref, follow_up_id=row.id, initials=_initials(person.initials, person.surname),
        begins=begins, minutes=row.minutes, revision=row.revision,
        cancelled=is_cancelled(begins, row.ended_at, was_done=row.ending is FollowUpEnding.DONE),
    )  # fmt: skip


def _initials(initials: str, surname: str) -> str:
    """Return the first letters of all names: ``A.B.``."""
    letters = [part[0] for part in initials.replace(".", " ").split()]
    return "".join(f"{letter.upper()}." for letter in (*letters, surname[:1]) if letter)


def calendar_file(talk: TalkEvent, *, now: datetime) -> bytes:
    """Return the talk as an iCalendar file (RFC 5545), its moments in UTC."""
    icalendar: Any = import_module("icalendar")  # only when asked for: it is slow to load
    event = icalendar.Event()
    event.add("uid", f"{talk.ref.number}-{talk.follow_up_id}@kp4-volgsysteem")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", talk.revision)
    event.add("dtstart", talk.begins)
    if talk.minutes:
        event.add("dtend", talk.begins + timedelta(minutes=talk.minutes))
    event.add("summary", talk.summary)
    event.add("status", "CANCELLED" if talk.cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//KP4-volgsysteem//kp4web//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if talk.cancelled else "PUBLISH")
    calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text
