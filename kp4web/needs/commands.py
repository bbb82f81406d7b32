"""Every write of the two headings: a new version, on top of the one that was read."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from kp4web.conversations.models import ReportText, index_report
from kp4web.domain.actor import Actor
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.headings import TEXT_LIMIT as TEXT_LIMIT
from kp4web.domain.headings import Heading as Heading
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import dossier_ref
from kp4web.needs.models import HeadingVersion

_FORGET = delete(ReportText).where(ReportText.heading_version_id == bindparam("version_id"))
OVERTAKEN = "Deze tekst is intussen gewijzigd. Er is nog niets opgeslagen."


@dataclass(frozen=True)
class WriteHeading:
    """The intention to replace what stands under a heading; ``based_on`` is the version read."""

    heading: Heading
    text: str
    based_on: int


def write_heading(
    session: Session, actor: Actor, number: str, command: WriteHeading,
    *, now: datetime, today: date,
) -> HeadingVersion:  # fmt: skip
    """
    Add a version with this text; return it, or the one that says the same already.

    Raises ``DomainError`` when the heading was changed since it was read, ``InvalidInput`` at the
    text, ``Forbidden`` or ``NotFound``.
    """
    require(actor, Action.HEADINGS_CHANGE)
    ref = dossier_ref(session, actor, number, lock=True)
    ref.require(Field.SUPPORT_NEEDS, Access.WRITE)
    text = command.text.strip()
    if len(text) > TEXT_LIMIT:
        raise InvalidInput(
            "text", f"Gebruik hoogstens {TEXT_LIMIT} tekens. U typte er {len(text)}."
        )
    last = _last(session, ref.id, command.heading)
    if last is not None and last.text == text:
        return last
    if command.based_on != (last.version if last else 0):
        raise DomainError(OVERTAKEN)
    if last is None and not text:
        raise InvalidInput("text", "Schrijf eerst iets op.")
    made = HeadingVersion(
        dossier_id=ref.id, municipality_id=ref.municipality_id, heading=command.heading,
        version=command.based_on + 1, text=text, written_on=today, recorded_at=now,
        recorded_by_id=actor.id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _make_findable(session, made, instead_of=last)
    record_in(session, actor, ref, "heading_save", now=now, heading=command.heading.value)
    return made


def _make_findable(
    session: Session, made: HeadingVersion, *, instead_of: HeadingVersion | None
) -> None:
    """Let search find what stands there now, and no longer what stood there."""
    connection = session.connection()
    if instead_of is not None:
        connection.execute(_FORGET, {"version_id": instead_of.id})
    index_report(
        connection, made.dossier_id, made.written_on, made.text, heading_version_id=made.id
    )


def _last(session: Session, dossier_id: int, heading: Heading) -> HeadingVersion | None:
    query = (
        select(HeadingVersion)
        .where(HeadingVersion.dossier_id == dossier_id, HeadingVersion.heading == heading)
        .order_by(HeadingVersion.version.desc())
        .limit(1)
    )
    return session.scalars(query).first()
