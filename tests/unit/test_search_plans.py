"""No list and no search reads a whole table: the plans stay flat on 2,000 dossiers (SQLite)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import event, insert, text

from kp4web.clients.models import Client, Household, NameKey, key_rows
from kp4web.domain.actor import Role
from kp4web.domain.due_words import DueGroup
from kp4web.domain.names import searchable, sort_key
from kp4web.domain.passages import parts_of
from kp4web.domain.tracks import Subgroup, TrackKind
from kp4web.dossiers.models import Dossier, Origin, SubgroupPeriod
from kp4web.extensions import db
from kp4web.search.finding import search_for
from kp4web.search.queries import Sort, Wanted, Whose, choices_for, dossiers_for
from kp4web.search.recent import recent_for
from kp4web.search.reports import reports_for
from tests.conftest import TODAY
from tests.factories import actor, at, bsns, make_team, make_user

TEAMS, DOSSIERS = 10, 2_000
FEW = "SCAN near_any"
"""The names that share a key with the term, found through their index before."""
TERMS = (
    "jansen", "de vries m", "KP4-2020-0117", "0117", "22-11-1970", "22111970", bsns()[0],
    "een twee drie vier vijf zes zeven acht", "jansne", "jansen maria",
)  # fmt: skip


@pytest.fixture(params=["counted", "not counted"])
def users(request, app_on):
    """Give a consultant and a coordinator of one team, with or without ANALYZE."""
    app = app_on("sqlite")
    with app.app_context():
        consultants = [make_user(municipality=f"Gemeente {n}") for n in range(TEAMS)]
        coordinator = make_user(Role.COORDINATOR, municipality="Gemeente 0")
        for number, consultant in enumerate(consultants):
            _fill(number, consultant)
        if request.param == "counted":
            db.session.execute(text("ANALYZE"))
        db.session.commit()
        yield consultants[0], coordinator
        db.session.remove()
        db.engine.dispose()


def _fill(team: int, lead) -> None:
    """Write one team's part of the dossiers, past the commands: only the plans matter here."""
    home = make_team(f"Gemeente {team}")
    each = DOSSIERS // TEAMS
    ids = range(team * each + 1, (team + 1) * each + 1)
    place = {"municipality_id": home.municipality_id}
    stamp = {"recorded_at": at(TODAY), "recorded_by_id": lead.id}
    kinds = list(TrackKind)
    db.session.execute(insert(Household), [{"id": i, **place} for i in ids])
    clients = [_client(i) | place for i in ids]
    db.session.execute(insert(Client), clients)
    db.session.execute(insert(NameKey), [
        row for c in clients for row in key_rows(c["id"], home.municipality_id, c["search_name"])
    ])  # fmt: skip
    db.session.execute(
        insert(Dossier),
        [
            {
                "id": i, "number": f"KP4-2020-{i:04d}", "client_id": i, **place, **stamp,
                "opened_on": date(2020, 1, 1), "origin": Origin.TAKEN_OVER, "holder_id": home.id,
                "kind": kinds[i % 5], "track_since": date(2020, 1, 1), "lead_id": lead.id,
                "next_due_on": TODAY + timedelta(days=i % 90 - 30), "planned_end": None,
                "last_contact_on": None,
            }
            for i in ids
        ],
    )  # fmt: skip
    db.session.execute(
        insert(SubgroupPeriod),
        [
            {"dossier_id": i, "subgroup": Subgroup.LANGUAGE, "valid_from": TODAY, **place, **stamp}
            for i in ids
        ],
    )
    db.session.commit()


def _client(number: int) -> dict[str, object]:
    name = {"surname": f"Jansen{number}", "initials": "A."}
    return {
        "id": number, "household_id": number, **name, "birth_date": date(1970, 11, 22),
        "pension_on": date(2037, 11, 22), "pension_provisional": False, "given_name": "",
        "prefix": "", "search_name": searchable(**name), "sort_name": sort_key(**name),
    }  # fmt: skip


@contextmanager
def plans() -> Iterator[list[str]]:
    """Give the list in which every step of every plan of the block ends up."""
    steps: list[str] = []

    def explain(_connection, cursor, statement, parameters, *_rest):  # type: ignore[no-untyped-def]
        if statement.startswith("SELECT"):
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.extend(row[3] for row in rows.fetchall())

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        yield steps
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)


def assert_flat(steps: list[str], what: object) -> None:
    """Fail when a step walks through a table, or reads dossiers by anything wide."""
    assert any("SEARCH dossier" in step for step in steps), (what, steps)
    for step in steps:
        assert not step.startswith("SCAN"), (what, step)
        if step.startswith("SEARCH dossier"):
            by = re.search(r"\((\w+)=\?", step)
            assert by, (what, step)
            assert by[1] in {"holder_id", "number", "client_id", "id"}, (what, step)
        if step.startswith("SEARCH client"):
            assert re.search(r"\(rowid=\?\)|\(municipality_id=\?", step), (what, step)


def test_every_form_of_the_list_reads_one_team_only(users):
    consultant, coordinator = map(actor, users)
    session = db.session()
    filters = product(
        Whose, (None, TrackKind.REST), (False, True), (None, Subgroup.LANGUAGE),
        (None, DueGroup.LATE),
    )  # fmt: skip
    for whose, track, stopped, subgroup, group in filters:
        for sort, descending in product(Sort, (False, True)):
            wanted = Wanted(
                whose, consultant.id, track, stopped, subgroup, group, sort=sort,
                descending=descending, page=2,
            )  # fmt: skip
            with plans() as steps:
                dossiers_for(session, coordinator, wanted, today=TODAY)
            assert_flat(steps, wanted)


def test_every_search_reads_one_team_only(users):
    session = db.session()
    for who, term in product(map(actor, users), TERMS):
        with plans() as steps:
            search_for(session, who, term, today=TODAY)
        assert_flat([step for step in steps if step != FEW], term)
        if term == "jansne":
            assert any("SEARCH name_key" in step for step in steps), (term, steps)


def test_reports_are_found_through_the_index(users):
    who = actor(users[0])
    with plans() as steps:
        reports_for(db.session(), who, parts_of('schuldh "geen werk"'))
    assert any("report_index VIRTUAL TABLE INDEX" in step for step in steps), steps
    for step in steps:
        found = step.startswith(("SCAN newest", "SCAN ("))  # what the index gave
        assert not step.startswith("SCAN") or found or "VIRTUAL TABLE INDEX" in step, steps


def test_recent_dossiers_are_found_through_the_own_entries(users):
    with plans() as steps:
        recent_for(db.session(), actor(users[0]), today=TODAY)
    assert any("audit_entry USING INDEX ix_audit_entry_user" in step for step in steps), steps
    assert not [step for step in steps if step.startswith(("SCAN dossier", "SCAN client"))]


def test_the_team_is_found_without_reading_everybody(users):
    for who in map(actor, users):
        with plans() as steps:
            choices_for(db.session(), who)
        assert_flat(steps, "team")
