"""The page of one dossier: who gets it, what is open, what it logs and asks."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.domain.tracks import StopReason
from kp4web.extensions import db
from kp4web.residents.commands import (
    ContactInput,
    save_contact,
)
from tests.conftest import TODAY
from tests.dossier_page import change, kinds, many, old_dossier, page_of, path
from tests.factories import (
    actor,
    at,
    make_agency,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_user,
)
from tests.queries import count_queries


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR, name="S. de Wit")


# ---------------------------------------------------------------------- who gets the page


def test_the_head_says_who_it_is_and_where_the_dossier_stands(http_as, lead):
    dossier = make_dossier(
        lead=lead, surname="O'Brien-Şahin", given_name="Şirin", birth_date=date(1964, 11, 12),
        phone="0345 111 222", interpreter="Pools", approach="Bel na 11.00 uur.",
    )  # fmt: skip
    html = page_of(http_as(lead), dossier)
    assert f"<title>Dossier {dossier.number} - KP4-volgsysteem</title>" in html
    for text in (
        "O&#39;Brien-Şahin", "62 jaar (12-11-1964)", "Ondersteuning", "sinds 01-06-2026",
        "Bel na 11.00 uur.", "Tolk Pools nodig", "0345 111 222", "K. Jansen", "12-02-2032",
        "voorlopig", "Volgende datum", "di 01-09-2026",
    ):  # fmt: skip
        assert text in html


def test_rest_opens_with_its_end_its_reason_and_what_to_avoid(http_as, lead):
    dossier = make_dossier(lead=lead)
    change(
        dossier, lead, "rest", reason="Herstel na een opname.",
        planned_end=date(2027, 5, 1), avoid="Niet over werk beginnen.",
    )  # fmt: skip
    head = page_of(http_as(lead), dossier).split("</section>")[0]
    assert "Rust tot 01-05-2027" in head
    assert "Herstel na een opname." in head
    assert "Niet over werk beginnen." in head
    assert "Besluit te laat" not in head


def test_rest_past_its_planned_end_says_that_the_decision_is_late(http_as, lead):
    dossier = make_dossier(
        track="rest", lead=lead, opened_on=date(2025, 10, 1), planned_end=date(2026, 9, 1)
    )
    assert "Besluit te laat" in page_of(http_as(lead), dossier)


def test_a_dossier_without_a_lead_says_so(http_as, coordinator):
    assert "Nog niet toegewezen" in page_of(http_as(coordinator), make_dossier())


@pytest.mark.parametrize(
    "role",
    [
        Role.INTAKE, Role.JOB_COACH, Role.AGENCY_COORDINATOR, Role.INCOME_OFFICER,
        Role.POLICY_OFFICER, Role.DATA_PROTECTION_OFFICER, Role.PRIVACY_OFFICER,
        Role.ADMINISTRATOR,
    ],
)  # fmt: skip
def test_a_role_without_dossiers_gets_403_for_every_number(http_as, role):
    dossier, http = make_dossier(surname="Kanarie"), http_as(make_user(role))
    answers = [http.get(path(dossier)), http.get("/dossiers/KP4-1999-0000")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert http.post(path(dossier) + "/bsn").status_code == 403
    assert "Kanarie" not in answers[0].text


def test_another_municipality_gets_the_page_of_a_number_that_does_not_exist(http_as):
    dossier = make_dossier(surname="Kanarie")
    for role in (Role.CONSULTANT, Role.COORDINATOR):
        http = http_as(make_user(role, municipality="Buren", name="Iemand"))
        there, missing = http.get(path(dossier)), http.get("/dossiers/KP4-1999-0000")
        assert there.status_code == missing.status_code == 404
        own = r"KP4-\d{4}-\d{4,9}|value=\"[^\"]{60,}\""  # the number asked for, and form tokens
        without = [re.sub(own, "", answer.text) for answer in (there, missing)]
        assert without[0] == without[1]


def test_the_last_lead_of_a_stopped_dossier_keeps_reading(http_as, lead):
    dossier = make_dossier(lead=lead)
    make_conversation(dossier, lead, report="Het laatste gesprek.")
    change(dossier, lead, "stopped", stop_reason=StopReason.MOVED, reason="Naar Tiel.")
    html = page_of(http_as(lead), dossier)
    assert "Het laatste gesprek." in html
    assert "Gestopt" in html
    assert "Naar Tiel." in html
    assert "Openstaand" not in html


# ---------------------------------------------------------------------- open items


def test_open_follow_ups_can_be_moved_and_completed_from_the_page(http_as, lead):
    dossier = make_dossier(lead=lead)
    follow_up = make_follow_up(dossier, lead, due_on=TODAY, what="Bellen over de post")
    http = http_as(lead)
    html = page_of(http, dossier)
    assert "Opvolging: Bellen over de post" in html
    moved = http.post(
        f"/opvolgingen/{follow_up.id}/verzetting",
        data={"due_on": "2026-12-01", "terug": path(dossier)},
    )
    assert (moved.status_code, moved.location) == (303, path(dossier))
    done = http.post(f"/opvolgingen/{follow_up.id}/afhandeling", data={"terug": path(dossier)})
    assert (done.status_code, done.location) == (303, path(dossier))
    html = page_of(http, dossier)
    assert f"/opvolgingen/{follow_up.id}/verzetting" not in html
    assert f"/opvolgingen/{follow_up.id}/afhandeling" not in html
    assert {"moved", "ended"} <= set(kinds(html))


def test_a_coordinator_moves_but_does_not_complete(http_as, lead, coordinator):
    dossier = make_dossier(lead=lead)
    follow_up = make_follow_up(dossier, lead, due_on=TODAY)
    html = page_of(http_as(coordinator), dossier)
    assert f"/opvolgingen/{follow_up.id}/verzetting" in html
    assert f"/opvolgingen/{follow_up.id}/afhandeling" not in html


# ---------------------------------------------------------------------- log, queries, size


def test_a_look_is_one_entry_with_the_relation(http_as, lead):
    dossier = make_dossier(lead=lead)
    http = http_as(lead)
    before = db.session.query(AuditEntry).count()
    page_of(http, dossier)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[before:]
    assert [(e.action, e.dossier_id, e.relation) for e in entries] == [
        ("dossier_read", dossier.id, "lead")
    ]
    assert entries[0].subjects_sealed is not None


def test_the_page_asks_as_much_for_one_event_as_for_many(http_as, lead):
    short, long = make_dossier(lead=lead), old_dossier(lead)
    many(long, lead, 500)
    make_follow_up(long, lead, due_on=TODAY)
    for number in range(12):
        save_contact(
            db.session(), actor(lead), long.number, ContactInput(f"Iemand {number}"),
            now=at(TODAY), today=TODAY,
        )  # fmt: skip
    db.session.commit()
    http = http_as(lead)
    counts = []
    for dossier in (short, long):
        page_of(http, dossier)  # so that the session was just seen
        with count_queries() as statements:
            page_of(http, dossier)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 9


def test_a_dossier_with_fifty_conversations_stays_small(http_as, lead):
    dossier = old_dossier(
        lead, surname="Wojciechowska-van den Heuvel", approach="Bel na 11.00 uur. " * 10
    )
    many(dossier, lead, 50, report="Een gewoon gesprek over hoe het gaat, thuis en buiten. " * 20)
    for number in range(8):
        make_follow_up(
            dossier, lead, due_on=TODAY + timedelta(days=number), what=f"Bellen {number}"
        )
    make_agency().phone = lead.phone = "0344 11 22 33"
    assert len(page_of(http_as(lead), dossier).encode()) <= 32_000


def test_no_statement_of_the_page_scans_a_large_table(app, http_as, lead):
    """On SQLite, where the plan says SCAN and the name of the table."""
    if db.engine.dialect.name != "sqlite":
        plans = []
    else:
        dossier = old_dossier(lead)
        many(dossier, lead, 3)
        http = http_as(lead)
        plans = plans_of(lambda: page_of(http, dossier))
    large = "conversation|contact_attempt|follow_up|follow_up_move|message|track_period|client"
    assert [line for line in plans if re.match(rf"SCAN ({large})\b", line)] == []


def plans_of(action):
    """Return every line of the plans of the SELECTs that an action sends."""
    from sqlalchemy import event

    lines, engine = [], db.engine

    def explain(connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            rows = connection.connection.cursor().execute(
                f"EXPLAIN QUERY PLAN {statement}", parameters
            )
            lines.extend(row[3] for row in rows)

    event.listen(engine, "before_cursor_execute", explain)
    try:
        action()
    finally:
        event.remove(engine, "before_cursor_execute", explain)
    return lines


def test_the_band_tells_in_words_what_it_draws(http_as, lead):
    start = date(2025, 1, 6)
    dossier = make_dossier(lead=lead, opened_on=start, today=start)
    change(dossier, lead, "rest", date(2025, 6, 1), planned_end=date(2025, 12, 1))
    change(dossier, lead, "rest", date(2025, 11, 1), planned_end=date(2026, 9, 1))
    html = page_of(http_as(lead), dossier)
    legend = re.findall(r"<b>(\w+)</b> <span>(.*?)</span>", html)
    assert legend == [("Ondersteuning", "06-01-2025 tot 01-06-2025"), ("Rust", "sinds 01-06-2025")]
