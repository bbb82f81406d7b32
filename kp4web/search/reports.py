"""
Search in the words of reports: only in those that the actor reads, the newest first.

Found are conversations, attempts, additions to a report, and what stands under the headings of the
dossier now. The matrix gives headings to who reads reports (``tests/unit/test_policy.py``).

Whoever reads reports as lead only searches the own dossiers and no other; the condition is part of
what the index is asked for. SQLite answers from FTS5, PostgreSQL from ``tsvector``, where a word
is also found by its Dutch stem.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, reduce
from typing import Any

from sqlalchemy import (
    TEXT,
    ColumnElement,
    bindparam,
    cast,
    column,
    func,
    literal,
    null,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.conversations.models import (
    AdditionKind,
    AttemptOutcome,
    Channel,
    ContactAttempt,
    Conversation,
    ReportAddition,
    ReportText,
)
from kp4web.domain.actor import Actor
from kp4web.domain.dates import dutch_date
from kp4web.domain.headings import Heading
from kp4web.domain.passages import Part, Piece, passage
from kp4web.domain.policy import Field, opened_dossiers, reads, relations
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import IN_REACH, reach_of
from kp4web.extensions import AnyRow, AnySelect, rows_of
from kp4web.needs.models import HeadingVersion

AT_MOST = 100
AT_FIRST = 12
"""Reports that are shown before one asks for all."""


@dataclass(frozen=True, slots=True)
class ReportHit:
    """A report with what was looked for in it."""

    dossier_id: int
    number: str
    client_id: int
    name: str
    held_on: date
    conversation_id: int | None
    """None for an attempt and a heading: those have no page of their own."""
    is_heading: bool
    how: str
    author: str
    passage: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class FoundReports:
    """What a search in reports found."""

    hits: tuple[ReportHit, ...]
    in_all: int
    """Reports with these words, also beyond those shown."""

    @property
    def clients(self) -> tuple[int, ...]:
        """Return whose data is shown: for the log."""
        return tuple(hit.client_id for hit in self.hits)


_IS_OWN = Dossier.lead_id == bindparam("actor_id")
_IS_OPENED = Dossier.id.in_(bindparam("opened", expanding=True))
"""Dossiers that a reason opened; only asked about by who has any."""


def _readable(with_opened: bool) -> ColumnElement[bool]:
    return or_(_IS_OWN, _IS_OPENED) if with_opened else _IS_OWN


def _own(with_opened: bool) -> AnySelect:
    """Return the dossiers whose reports the actor reads."""
    return select(Dossier.id).where(IN_REACH, _readable(with_opened)).correlate(None)


_INDEX = table("report_index", column("rowid"), column("report_index"))
_KEY = (
    ReportText.id, ReportText.conversation_id, ReportText.attempt_id, ReportText.addition_id,
    ReportText.heading_version_id, ReportText.dossier_id,
)  # fmt: skip


@cache
def in_sqlite(with_opened: bool) -> AnySelect:
    """Return the statement that finds parts among the dossiers that the actor reads."""
    scope = (
        _own(with_opened)
        .with_only_columns(func.coalesce(func.group_concat(Dossier.id, literal(" OR ")), "0"))
        .scalar_subquery()
    )
    return (
        select(*_KEY, ReportText.held_on)
        .join(_INDEX, ReportText.id == _INDEX.c.rowid)
        .where(
            _INDEX.c.report_index.op("MATCH")(
                cast(bindparam("words"), TEXT) + " AND dossier_id : (" + scope + ")"
            )
        )
    )


@cache
def in_postgres(shape: tuple[bool, ...], with_opened: bool) -> AnySelect:
    """Return the statement that finds parts; of each whether its stem counts too."""
    parts: list[ColumnElement[Any]] = [
        _with_stem(place) if has_stem else cast(bindparam(f"part{place}"), TSQUERY)
        for place, has_stem in enumerate(shape)
    ]
    wanted = reduce(lambda one, other: one.op("&&")(other), parts)
    return select(*_KEY, ReportText.held_on).where(
        ReportText.dossier_id.in_(_own(with_opened)), ReportText.words.op("@@")(wanted)
    )


def _with_stem(place: int) -> ColumnElement[Any]:
    exact = cast(bindparam(f"part{place}"), TSQUERY)
    stem = func.to_tsquery(text("'dutch'"), bindparam(f"stem{place}"))
    return exact.op("||")(stem).self_group()


_ALSO = (
    text(
        """
        SELECT array_agg(found.lexeme) AS also
        FROM report_text AS shown, unnest(shown.words) AS found
        WHERE shown.id = newest.id AND ts_lexize('dutch_stem', found.lexeme) && ARRAY(
            SELECT stem FROM unnest(CAST(:sought AS text[])) AS sought,
            unnest(ts_lexize('dutch_stem', sought)) AS stem
        )
        """
    )
    .columns(column("also"))
    .scalar_subquery()
)
"""The words of a report that share a stem with what was looked for (PostgreSQL)."""


@cache
def _newest(found: AnySelect, has_stems: bool, with_opened: bool) -> AnySelect:
    """Return the statement for the newest of what is found, with all that is shown of it."""
    newest = (
        found.add_columns(func.count().over().label("in_all"))
        .order_by(ReportText.held_on.desc(), ReportText.id.desc())
        .limit(bindparam("shown"))
        .subquery("newest")
    )
    also = _ALSO if has_stems else null()
    talk, attempt, added = Conversation, ContactAttempt, ReportAddition
    stands = HeadingVersion
    return (
        select(
            newest.c.in_all, newest.c.held_on, talk.id.label("conversation_id"), attempt.outcome,
            func.coalesce(stands.text, added.text, talk.report, attempt.report).label("report"),
            func.coalesce(talk.channel, attempt.channel).label("channel"),
            added.kind.label("added"), talk.held_on.label("about_on"), stands.heading,
            User.name.label("author"), Dossier.id.label("dossier_id"), Dossier.number,
            Dossier.client_id, Dossier.lead_id, Client.initials, Client.given_name,
            Client.prefix, Client.surname,
            also.label("also"),
        )
        .select_from(newest)
        .join(Dossier, Dossier.id == newest.c.dossier_id)
        .join(Client, Client.id == Dossier.client_id)
        .outerjoin(added, added.id == newest.c.addition_id)
        .outerjoin(
            talk, talk.id == func.coalesce(newest.c.conversation_id, added.conversation_id)
        )
        .outerjoin(attempt, attempt.id == newest.c.attempt_id)
        .outerjoin(stands, stands.id == newest.c.heading_version_id)
        .join(
            User,
            User.id == func.coalesce(
                added.author_id, talk.author_id, attempt.author_id, stands.recorded_by_id
            ),
        )
        .where(IN_REACH, _readable(with_opened))
        .order_by(newest.c.held_on.desc(), newest.c.id.desc())
    )  # fmt: skip


def searches_reports(actor: Actor) -> bool:
    """Return whether there are reports that this actor reads: own dossiers, opened ones."""
    own = relations(actor, lead_id=actor.id, dossier_id=None)
    return reads(own, Field.REPORTS) or bool(opened_dossiers(actor, Field.REPORTS))


def reports_for(
    session: Session, actor: Actor, parts: Sequence[Part], *, all_of_them: bool = False
) -> FoundReports:
    """Return the newest reports that the actor reads and that hold all parts; or ``Forbidden``."""
    reach = reach_of(actor)
    if not parts or not searches_reports(actor):
        return FoundReports((), 0)
    shown = AT_MOST if all_of_them else AT_FIRST
    given: dict[str, Any] = reach | {"actor_id": actor.id, "shown": shown}
    if opened := opened_dossiers(actor, Field.REPORTS):
        given["opened"] = list(opened)
    if has_stems := session.get_bind().dialect.name == "postgresql":
        query, words = in_postgres(tuple(map(_has_stem, parts)), bool(opened)), _for_postgres(parts)
    else:
        query, words = in_sqlite(bool(opened)), {"words": _for_sqlite(parts)}
    rows = rows_of(session, _newest(query, has_stems, bool(opened)), given | words).all()
    return FoundReports(tuple(_hit(row, parts) for row in rows), rows[0].in_all if rows else 0)


def _for_sqlite(parts: Sequence[Part]) -> str:
    """Return the parts in the language of FTS5; folded words hold no character of it."""
    wanted = (f'"{" ".join(part.words)}"{" *" if part.is_open else ""}' for part in parts)
    return f"words : ({' AND '.join(wanted)})"


def _for_postgres(parts: Sequence[Part]) -> dict[str, Any]:
    """Return the parts in the language of ``tsquery``, and the words whose stems count."""
    given: dict[str, Any] = {"sought": [p.words[0] for p in parts if _has_stem(p)]}
    for place, part in enumerate(parts):
        words = " <-> ".join(f"'{word}'" for word in part.words)
        given[f"part{place}"] = f"{words}:*" if part.is_open else words
        if _has_stem(part):
            given[f"stem{place}"] = f"'{part.words[0]}'"
    return given


def _has_stem(part: Part) -> bool:
    return len(part.words) == 1 and not part.is_quoted


def _hit(row: AnyRow, parts: Sequence[Part]) -> ReportHit:
    return ReportHit(
        dossier_id=row.dossier_id, number=row.number, client_id=row.client_id,
        held_on=row.held_on, author=row.author, name=name_of(row),
        conversation_id=row.conversation_id, is_heading=row.heading is not None,
        how=_how(row),
        passage=passage(row.report, parts, row.also or ()),
    )  # fmt: skip


def _how(row: AnyRow) -> str:
    if row.heading:
        return f"{Heading(row.heading).label}, zoals die nu in het dossier staat"
    if row.added:
        about = f"bij het gesprek van {dutch_date(row.about_on)}"
        return f"{AdditionKind(row.added).label} {about}"
    return AttemptOutcome(row.outcome).label if row.outcome else Channel(row.channel).label
