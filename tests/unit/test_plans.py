"""No page that people use all day reads a whole table: the plans on 2,000 dossiers.

Every statement of a page is explained by the database that runs it. On SQLite no step may be a SCAN
of a large table; on PostgreSQL (counted by ANALYZE) every node on one that is filled here must go
by an index and a condition on it: an empty table is rightly read whole. There the ways to read a
table whole are off while explaining: 2,000 rows are so few that they may be cheaper than following
an index, and what counts is that no statement is left without one when they are 100,000.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select, text

from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from tests.bulk import load_bulk, staff_of
from tests.conftest import TODAY
from tests.databases import ensure_template
from tests.factories import bsns

FILLED = {
    "assignment", "client", "conversation", "dossier", "due_item", "follow_up", "guidance_period",
    "household", "profile_decision", "subgroup_period", "track_period",
}  # fmt: skip
LARGE = {
    "sqlite": FILLED | {"audit_entry", "contact", "contact_attempt", "handover", "message"},
    "postgresql": FILLED,
}
PATHS_FOR_FEW_ROWS = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
TOWN = 7
REPORT = "/rapportages/kp4"
PAGES = (
    ("consulent1", "/werkvoorraad"),
    ("consulent1", "/werkvoorraad?groep=late"),
    ("coordinator", "/werkvoorraad?alles=1&pagina=2"),
    ("coordinator", "/caseload"),
    ("consulent1", "/dossiers/{number}"),
    ("consulent1", "/dossiers/{number}?soort=gesprekken&voor=2025-01-01"),
    ("consulent1", "/dossiers/{number}?alles=1&soort=traject&soort=opvolging&van=2024-01-01"),
    ("consulent1", "/dossiers/{number}/voorbereiding"),
    ("consulent1", "/dossiers/{number}/gesprekken/nieuw"),
    ("consulent1", "/dossiers"),
    ("coordinator", "/dossiers?consulent=alle&pagina=2"),
    ("coordinator", "/dossiers?consulent=geen"),
    ("coordinator", f"{REPORT}?peildatum=2025-06-01&inactief=1"),
    ("coordinator", f"{REPORT}?peildatum=2025-06-01&bekend_op=2025-07-01"),
    ("consulent1", f"{REPORT}?peildatum=2025-06-01"),
    ("coordinator", f"{REPORT}/dossiers?peildatum=2025-06-01&traject=rest"),
)


@pytest.fixture
def app(engine_name, engines, run_folder, app_on):
    """Give the application on a database with 2,000 dossiers, made once per run."""
    app = app_on(engine_name)
    databases = engines(engine_name)
    ensure_template(databases, run_folder, "bulk", load_bulk, base="migrated")
    databases.fresh("bulk")
    with app.app_context():
        if engine_name == "postgres":
            db.session.execute(text("ANALYZE"))
            db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def explained() -> Iterator[list[tuple[str, str]]]:
    """Give the list in which every step of every plan of the block ends up, with its statement."""
    steps: list[tuple[str, str]] = []

    def explain(connection, cursor, statement, parameters, _context, many):  # type: ignore[no-untyped-def]
        if many or not statement.startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            return
        plan = _sqlite_plan if connection.dialect.name == "sqlite" else _postgres_plan
        steps.extend((step, statement) for step in plan(cursor.connection, statement, parameters))

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        yield steps
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)


def _sqlite_plan(connection: Any, statement: str, parameters: Any) -> Iterator[str]:
    for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall():
        yield row[3]


def _postgres_plan(connection: Any, statement: str, parameters: Any) -> Iterator[str]:
    """Yield each node that reads a table in the words of SQLite: SEARCH, or SCAN without index."""
    connection.execute("SET LOCAL random_page_cost = 1.1")  # as the disks of today
    for path in PATHS_FOR_FEW_ROWS:
        connection.execute(f"SET LOCAL {path} = off")
    (answer,) = connection.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters).fetchone()
    for path in PATHS_FOR_FEW_ROWS:
        connection.execute(f"SET LOCAL {path} = on")
    waiting = [answer[0]["Plan"]]
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", ())
        if "Relation Name" not in node or node["Node Type"] == "ModifyTable":
            continue
        found = node.get("Index Cond") or node["Node Type"] == "Bitmap Heap Scan"
        word = "SEARCH" if found else "SCAN"
        yield f"{word} {node['Relation Name']} ({node.get('Index Cond', node['Node Type'])})"


def assert_flat(steps: list[tuple[str, str]]) -> None:
    """Fail when a step walks through a large table, or through an index made for the occasion."""
    assert steps
    for step, statement in steps:
        found = re.match(r"(SCAN|SEARCH) (\w+?)(?:_\d+)?\b", step)
        if found and found[2] in LARGE[db.engine.dialect.name]:
            assert found[1] == "SEARCH", (step, statement)
            assert "AUTOMATIC" not in step, (step, statement)


@pytest.fixture
def number(app):
    """Return the number of an active dossier of the consultant."""
    lead = staff_of(TOWN)
    return db.session.scalars(
        select(Dossier.number).where(Dossier.lead_id == lead.id, Dossier.kind == "support")
    ).first()


@pytest.mark.parametrize(("name", "address"), PAGES)
def test_no_page_reads_a_whole_table(http_as, number, name, address):
    http = http_as(staff_of(TOWN, name))
    with explained() as steps:
        answer = http.get(address.format(number=number))
    assert answer.status_code == 200
    assert_flat(steps)


@pytest.mark.parametrize("term", ["jansen", "de vries", "KP4-2020-0117", bsns()[3], "22-11-1970"])
def test_no_search_reads_a_whole_table(http_as, number, term):
    for name in ("consulent1", "coordinator"):
        http = http_as(staff_of(TOWN, name))
        with explained() as steps:
            answer = http.post("/zoeken", data={"term": term})
        assert answer.status_code == 200
        assert_flat(steps)
        assert_only_one_team(steps)


def assert_only_one_team(steps: list[tuple[str, str]]) -> None:
    """Fail when people are not reached through the dossiers of one team, or by their key."""
    keys = r"holder_id|lead_id|number|client_id|bsn_hash|municipality_id|rowid|\bid\b"
    for step, statement in steps:
        if re.match(r"SEARCH (dossier|client)\b", step):
            assert re.search(rf"({keys})(\)?::text)?\s*=|Bitmap Heap Scan", step), (step, statement)


def test_recording_a_conversation_reads_no_whole_table(http_as, number):
    http = http_as(staff_of(TOWN))
    data = {
        "outcome": "held", "held_on": TODAY.isoformat(), "channel": "phone",
        "participants": "resident", "report": "Gebeld.", "follow_up_on": "2026-12-01",
    }  # fmt: skip
    with explained() as steps:
        answer = http.post(f"/dossiers/{number}/gesprekken", data=data)
    assert answer.status_code == 303
    assert_flat(steps)
