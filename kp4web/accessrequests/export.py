"""
Everything held about one person, computed when it is opened and stored nowhere.

The tables and columns come from ``parts``; what a number stands for (an employee, a ground, a
question) is written out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from sqlalchemy import Column, Table, bindparam, func, or_, select
from sqlalchemy.orm import Session

from kp4web.accessrequests.parts import PARTS, Part, is_left_out
from kp4web.accessrequests.words import CODE_WORDS, COLUMN_WORDS
from kp4web.conversations.models import Participant
from kp4web.crypto import vault
from kp4web.domain.applications import LifeArea
from kp4web.domain.dates import AMSTERDAM, dutch_date
from kp4web.domain.questionnaire.answering import load
from kp4web.domain.questionnaire.words import answer_words
from kp4web.extensions import AnyRow, Base
from kp4web.versions.queries import definition_of

Ids = dict[str, set[int]]
_TABLES = Base.metadata.tables
_SHOWN_BY = {
    "user_account": "name", "organisation": "name", "municipality": "name",
    "legal_ground": "name", "exemption_reason": "name", "sanction_warning": "name",
    "screening_round": "name", "questionnaire_version": "title",
}  # fmt: skip
"""What stands for a row of these tables wherever another one refers to it."""
_LISTED: Mapping[str, type[Enum]] = {"participants": Participant, "life_areas": LifeArea}


@dataclass(frozen=True, slots=True)
class Section:
    """One table: what it is called, and per row each column with its word and its value."""

    table: str
    title: str
    rows: tuple[tuple[tuple[str, object], ...], ...]


def sections_of(session: Session, client_id: int) -> tuple[Section, ...]:
    """Return every part of which there is something, in the order of ``parts``."""
    ids = _roots(session, client_id)
    found: list[tuple[Part, list[AnyRow]]] = []
    for part in PARTS:
        rows = _rows(session, part, ids)
        if "id" in _TABLES[part.table].c:
            ids.setdefault(part.table, set()).update(row.id for row in rows)
        found.append((part, rows))
    words = _Words(session, [(part.table, row) for part, rows in found for row in rows])
    return tuple(
        Section(part.table, part.title, tuple(words.of(part.table, row) for row in rows))
        for part, rows in found
        if rows
    )


def counts_of(session: Session, client_id: int) -> tuple[tuple[str, int], ...]:
    """Return per part how many rows there are, without reading what is in them."""
    ids, found = _roots(session, client_id), []
    for part in PARTS:
        table = _TABLES[part.table]
        if "id" in table.c:
            rows = session.scalars(select(table.c.id).where(_belongs(table, part, ids))).all()
            ids.setdefault(part.table, set()).update(rows)
            count = len(rows)
        else:
            query = select(func.count()).select_from(table).where(_belongs(table, part, ids))
            count = session.scalars(query).one()
        if count:
            found.append((part.title, count))
    return tuple(found)


def applications_of(session: Session, client_id: int) -> set[int]:
    """Return the applications from which the dossier of this person came."""
    return _roots(session, client_id)["application"]


def _roots(session: Session, client_id: int) -> Ids:
    client, dossier, handover = _TABLES["client"], _TABLES["dossier"], _TABLES["handover"]
    of_client = select(dossier.c.id).where(dossier.c.client_id == client_id)
    queries = {
        "household": select(client.c.household_id).where(client.c.id == client_id),
        "application": select(handover.c.application_id).where(
            handover.c.dossier_id.in_(of_client), handover.c.application_id.is_not(None)
        ),
    }
    return {"client": {client_id}} | {
        name: set(session.scalars(query)) for name, query in queries.items()
    }


def _rows(session: Session, part: Part, ids: Ids) -> list[AnyRow]:
    table = _TABLES[part.table]
    query = select(table).where(_belongs(table, part, ids)).order_by(*table.primary_key.columns)
    return list(session.execute(query))


def _belongs(table: Table, part: Part, ids: Ids) -> Any:
    return or_(*(table.c[column].in_(sorted(ids.get(to, ()))) for column, to in part.links))


# ---------------------------------------------------------------------- in words


class _Words:
    """What the values of these rows stand for; the names are looked up once per table."""

    def __init__(self, session: Session, rows: Sequence[tuple[str, AnyRow]]) -> None:
        self._session = session
        self._names = {
            target: _names(session, target, {n for n in numbers if n is not None})
            for target, numbers in _referred(rows).items()
        }
        self._versions = {row.id: row.version_id for table, row in rows if table == "questionnaire"}

    def of(self, table: str, row: AnyRow) -> tuple[tuple[str, object], ...]:
        """Return each column of a row with its word and its value."""
        values = dict(row._mapping)
        if table == "answer":
            values |= self._answer(row)
        return tuple(
            (COLUMN_WORDS[column.name], self._value(column, values))
            for column in _TABLES[table].c
            if not is_left_out(table, column.name)
        )

    def _answer(self, row: AnyRow) -> dict[str, object]:
        """Return the question as it was asked, and the answer in words."""
        definition = definition_of(self._session, self._versions[row.questionnaire_id])
        question = definition.by_id.get(row.question)
        if question is None or row.value is None:
            return {"question": question.text if question else row.question}
        words = answer_words(question, load(question, row.value), definition.texts)
        return {"question": question.text, "value": words}

    def _value(self, column: Column[Any], values: Mapping[str, Any]) -> object:
        value = values[column.name]
        if value is None:
            return None
        if column.name == "bsn_sealed":
            return vault.decrypt(value, row=values["seal"])
        if target := _refers_to(column):
            return self._names[target].get(value, str(value))
        if listed := _LISTED.get(column.name):
            return [_label(column.name, listed(code)) for code in value]
        return _label(column.name, value) if isinstance(value, Enum) else value


def _label(column: str, value: Enum) -> str:
    known = CODE_WORDS.get((column, value.value))
    return known or str(getattr(value, "label", value.value))


def _refers_to(column: Column[Any]) -> str | None:
    """Return the table that this column refers to, when its rows have a name."""
    targets = (key.column.table.name for key in column.foreign_keys)
    return next((target for target in targets if target in _SHOWN_BY), None)


def _referred(rows: Iterable[tuple[str, AnyRow]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for table, row in rows:
        for column in _TABLES[table].c:
            target = _refers_to(column)
            if target and not is_left_out(table, column.name):
                found.setdefault(target, set()).add(row._mapping[column.name])
    return found


def _names(session: Session, target: str, numbers: set[int]) -> dict[int, str]:
    table = _TABLES[target]
    name = table.c[_SHOWN_BY[target]]
    query = select(table.c.id, name).where(table.c.id.in_(bindparam("numbers", expanding=True)))
    return {row[0]: row[1] for row in session.execute(query, {"numbers": sorted(numbers)})}


# ---------------------------------------------------------------------- as text and as JSON


def as_text(value: object) -> str:
    """Return a value as the document shows it; nothing for what is not filled in."""
    match value:
        case None | "":
            return ""
        case bool():
            return "ja" if value else "nee"
        case datetime():
            return f"{value.astimezone(AMSTERDAM):%d-%m-%Y %H:%M}"
        case date():
            return dutch_date(value)
        case time():
            return f"{value:%H:%M}"
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def as_json(sections: Iterable[Section], about: Mapping[str, object]) -> str:
    """Return the export for a machine: the same words as the document, days as in ISO 8601."""
    parts = [
        {"onderdeel": s.title, "code": s.table, "regels": [dict(row) for row in s.rows]}
        for s in sections
    ]
    return json.dumps({**about, "gegevens": parts}, ensure_ascii=False, indent=1, default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    raise TypeError(f"cannot export a {type(value).__name__}")


def shown(section: Section) -> Iterator[tuple[tuple[str, str], ...]]:
    """Yield the rows of a section with what is filled in."""
    for row in section.rows:
        yield tuple((word, text) for word, value in row if (text := as_text(value)))
