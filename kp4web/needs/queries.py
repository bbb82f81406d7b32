"""
Every read of the two headings: how they stand, and what stood there before.

Visibility is the field ``SUPPORT_NEEDS`` of the matrix.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor
from kp4web.domain.headings import Heading, what_to_write
from kp4web.domain.policy import Access, Action, Field, Relation, access, may, require
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.extensions import AnyRow
from kp4web.needs.models import HeadingVersion

_NAME = (
    select(Client.initials, Client.given_name, Client.prefix, Client.surname)
    .join(Dossier, Dossier.client_id == Client.id)
    .where(Dossier.id == bindparam("dossier_id"))
)
_VERSIONS = (
    select(
        HeadingVersion.heading, HeadingVersion.version, HeadingVersion.text,
        HeadingVersion.written_on, HeadingVersion.recorded_at,
        HeadingVersion.recorded_by_id.label("author_id"), User.name.label("author"),
    )
    .join(User, User.id == HeadingVersion.recorded_by_id)
    .where(HeadingVersion.dossier_id == bindparam("dossier_id"))
    .order_by(HeadingVersion.version.desc())
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How one heading stands; version 0 when nothing was ever written."""

    heading: Heading
    version: int
    text: str
    written_on: date | None
    author: str
    author_id: int | None
    prompt: str
    """What to write there, or during rest: what not."""
    invites: bool
    """Somebody may be asked to write here; during rest nobody is asked about activation."""

    @property
    def verb(self) -> str:
        """Return the words on the way to the form."""
        if self.text:
            return "Wijzigen"
        return "Opschrijven" if self.invites else "Toch opschrijven"


@dataclass(frozen=True, slots=True)
class Version:
    """A text as it stood under a heading, and who wrote it."""

    version: int
    text: str
    recorded_at: datetime
    author: str


@dataclass(frozen=True, slots=True)
class History:
    """One heading with everything that stands and stood there, the newest first."""

    now: Standing
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Needs:
    """Both headings of one dossier."""

    ref: DossierRef
    name: str
    may_write: bool
    headings: tuple[History, ...]

    def of(self, heading: Heading) -> History:
        """Return the one heading."""
        return next(one for one in self.headings if one.now.heading is heading)


def standing(
    heading: Heading, track: TrackKind, *, version: int = 0, text: str = "",
    written_on: date | None = None, author: str = "", author_id: int | None = None,
) -> Standing:  # fmt: skip
    """Return how a heading stands in a dossier on this track; without a version it is empty."""
    resting = track is TrackKind.REST
    return Standing(
        heading, version, text, written_on, author, author_id,
        prompt=what_to_write(heading, resting=resting),
        invites=track.active and not (resting and heading is Heading.ACTIVATION),
    )  # fmt: skip


def needs_for(session: Session, actor: Actor, number: str, *, lock: bool = False) -> Needs:
    """Return both headings with their history; ``Forbidden`` or ``NotFound`` for others."""
    require(actor, Action.HEADINGS_READ)
    ref = dossier_ref(session, actor, number, lock=lock)
    ref.require(Field.SUPPORT_NEEDS, Access.READ)
    rows = session.execute(_VERSIONS, {"dossier_id": ref.id}).all()
    name = name_of(session.execute(_NAME, {"dossier_id": ref.id}).one())
    headings = tuple(
        _history(heading, ref.kind, [row for row in rows if row.heading is heading])
        for heading in Heading
    )
    return Needs(ref, name, writes_headings(actor, ref.relations), headings)


def writes_headings(actor: Actor, held: Collection[Relation]) -> bool:
    """Return whether who holds these relations to a dossier writes under its headings."""
    return may(actor, Action.HEADINGS_CHANGE) and access(held, Field.SUPPORT_NEEDS) >= Access.WRITE


def _history(heading: Heading, track: TrackKind, rows: Sequence[AnyRow]) -> History:
    versions = tuple(Version(r.version, r.text, r.recorded_at, r.author) for r in rows)
    if not rows:
        return History(standing(heading, track), versions)
    last = rows[0]
    return History(
        standing(
            heading, track, version=last.version, text=last.text, written_on=last.written_on,
            author=last.author, author_id=last.author_id,
        ),
        versions,
    )  # fmt: skip
