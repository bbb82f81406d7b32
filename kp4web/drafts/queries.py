"""Reading one's own drafts: one form's, or all of them for the list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor
from kp4web.domain.dates import AMSTERDAM, day_of, dutch_day
from kp4web.domain.drafts import About
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import IN_REACH
from kp4web.drafts.models import Draft, SentForm
from kp4web.extensions import AnyRow

LISTED = 25
"""Drafts on one list; nobody has more that matter."""
_DRAFT = select(Draft.id, Draft.fields, Draft.saved_at).where(
    Draft.user_id == bindparam("user_id"),
    Draft.form == bindparam("form"),
    Draft.subject_id == bindparam("subject_id"),
)
DRAFTS = (
    select(
        Draft.id, Draft.form, Draft.about, Draft.subject_id, Draft.fields, Draft.saved_at,
        Dossier.number, Dossier.client_id, Client.initials, Client.given_name, Client.prefix,
        Client.surname,
    )
    .outerjoin(
        Dossier, and_(Draft.about == About.DOSSIER, Dossier.id == Draft.subject_id, IN_REACH)
    )
    .outerjoin(Client, Client.id == Dossier.client_id)
    .where(Draft.user_id == bindparam("user_id"))
    .order_by(Draft.saved_at.desc(), Draft.id.desc())
    .limit(LISTED)
)  # fmt: skip
"""The own drafts, the latest first; the list asks for more in the same statement."""
_LOCATION = select(SentForm.location).where(
    SentForm.user_id == bindparam("user_id"),
    SentForm.submission == bindparam("submission"),
    SentForm.content == bindparam("content"),
)


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What the actor typed before and did not send."""

    id: int
    fields: Mapping[str, Sequence[str]]
    saved_at: datetime

    @property
    def when(self) -> str:
        """Return the moment of saving, as ``wo 18-11-2026 14:03``."""
        return when(self.saved_at)


def clock_of(moment: datetime) -> str:
    """Return the time in the Netherlands, as ``14:03``."""
    return f"{moment.astimezone(AMSTERDAM):%H:%M}"


def when(moment: datetime) -> str:
    """Return day and time in the Netherlands, as ``wo 18-11-2026 14:03``."""
    return f"{dutch_day(day_of(moment))} {clock_of(moment)}"


def draft_of(session: Session, actor: Actor, form: str, subject_id: int) -> SavedDraft | None:
    """Return the actor's own draft of this form and subject, or ``None``."""
    key = {"user_id": actor.id, "form": form, "subject_id": subject_id}
    row = session.execute(_DRAFT, key).one_or_none()
    return SavedDraft(row.id, row.fields, row.saved_at) if row else None


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One of the actor's own drafts, on a list."""

    id: int
    form: str
    about: About
    subject_id: int
    fields: Mapping[str, Sequence[str]]
    when: str
    number: str | None = None
    name: str | None = None
    client_id: int | None = None


def draft_lines(rows: Iterable[AnyRow]) -> list[DraftLine]:
    """Return the lines of these rows of ``DRAFTS``; a dossier out of reach is left out."""
    return [
        DraftLine(
            row.id, row.form, About(row.about), row.subject_id, row.fields, when(row.saved_at),
            row.number, name_of(row) if row.number else None, row.client_id,
        )
        for row in rows
        if row.number or row.about is not About.DOSSIER
    ]  # fmt: skip


def location_of(session: Session, actor: Actor, submission: str, content: str) -> str | None:
    """Return where a sent form landed, empty while it is carried out, ``None`` without it."""
    key = {"user_id": actor.id, "submission": submission, "content": content}
    return session.scalar(_LOCATION, key)
