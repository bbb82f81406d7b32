"""Requests for access to the own data: prepared, released, opened; and whether all is in it."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from kp4web.accessrequests.models import AccessRequest
from kp4web.accessrequests.parts import KEPT, LEFT_OUT_COLUMNS, LEFT_OUT_TABLES, PARTS, is_left_out
from kp4web.accessrequests.words import COLUMN_WORDS
from kp4web.domain.actor import Role
from kp4web.domain.bsn import demo_numbers
from kp4web.domain.questionnaire.definition import DataClass
from kp4web.dossiers.models import Dossier, SanctionSignal
from kp4web.extensions import Base, db
from tests.conftest import TODAY
from tests.factories import make_access_request, make_dossier, make_user
from tests.world import canary, make_world

ASKED = {
    "received_on": TODAY.isoformat(), "identity": "in_person",
    "identity_note": "Paspoort gezien aan de balie.",
}  # fmt: skip


@pytest.fixture
def people(app):
    """Return a lead, a coordinator and a privacy officer of one municipality."""
    roles = (Role.CONSULTANT, Role.COORDINATOR, Role.PRIVACY_OFFICER)
    return [make_user(role, name=f"De {role.value}") for role in roles]


def test_from_the_request_to_the_document(http_as, people):
    lead, coordinator, privacy = people
    bsn = next(demo_numbers())
    dossier = make_dossier(lead=lead, surname="Geheimzinnig", bsn=bsn)
    http, officer = http_as(coordinator), http_as(privacy)
    page = f"/dossiers/{dossier.number}/inzageverzoeken"
    assert f'href="{page}"' in http.get(f"/dossiers/{dossier.number}").text
    assert http.post(page, data=ASKED).status_code == 303
    assert http.post(page, data=ASKED).status_code == 409  # one waits already
    request = db.session.query(AccessRequest).one()
    assert http.get(f"{page}/{request.id}/document").status_code == 409
    assert officer.get("/").headers["Location"] == "/privacy/inzageverzoeken"
    shown = officer.get("/privacy/inzageverzoeken").text
    shown += officer.get(f"/privacy/inzageverzoeken/{request.id}").text
    for part in (dossier.number, "Paspoort gezien", "18-12-2026", "De coordinator", "Traject: 1"):
        assert part in shown
    assert "Geheimzinnig" not in shown
    assert officer.get(f"{page}/{request.id}/document").status_code == 403
    release = f"/privacy/inzageverzoeken/{request.id}/vrijgave"
    assert officer.post(release).status_code == 303
    assert officer.post(release).status_code == 409
    answer = http.get(f"{page}/{request.id}/document")
    assert answer.headers["Cache-Control"] == "no-store"
    for part in ("Geheimzinnig", bsn, "Paspoort gezien", "Wie uw gegevens bekeek"):
        assert part in answer.text
    machine = http.get(f"{page}/{request.id}/gegevens.json")
    assert machine.headers["Content-Disposition"] == "attachment; filename=inzage.json"
    assert "Inzageverzoek vrijgegeven" in {look["handeling"] for look in machine.json["inzage"]}
    assert "Uitdraai voor de inwoner geopend" in http_as(lead).get(
        f"/dossiers/{dossier.number}/inzage").text  # fmt: skip
    late = update(AccessRequest).values(open_until=AccessRequest.prepared_at)
    db.session.execute(late)
    db.session.commit()
    assert http.get(f"{page}/{request.id}/document").status_code == 409


def test_who_prepared_it_does_not_release_it(http_as, people):
    both = make_user(Role.COORDINATOR, Role.PRIVACY_OFFICER)
    request = make_access_request(make_dossier(lead=people[0]), both)
    http = http_as(both)
    assert "Iemand anders moet het vrijgeven" in http.get(
        f"/privacy/inzageverzoeken/{request.id}").text  # fmt: skip
    assert http.post(f"/privacy/inzageverzoeken/{request.id}/vrijgave").status_code == 409


def test_it_is_returned_or_withdrawn_with_a_reason_and_can_be_asked_again(http_as, people):
    lead, coordinator, privacy = people
    dossier = make_dossier(lead=lead)
    page, http = f"/dossiers/{dossier.number}/inzageverzoeken", http_as(coordinator)
    first = make_access_request(dossier, coordinator)
    back = f"/privacy/inzageverzoeken/{first.id}/terugzending"
    assert http_as(privacy).post(back, data={"reason": "kort"}).status_code == 422
    assert http_as(privacy).post(back, data={"reason": "Welk bewijs is gezien?"}).status_code == 303
    assert "Welk bewijs is gezien?" in http.get(page).text
    second = make_access_request(dossier, coordinator)
    away = f"{page}/{second.id}/intrekking"
    assert http.post(away, data={"reason": "De inwoner ziet ervan af."}).status_code == 303
    assert http.post(away, data={"reason": "De inwoner ziet ervan af."}).status_code == 409
    assert http.get(f"{page}/{second.id}/document").status_code == 409


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"received_on": (TODAY + timedelta(1)).isoformat()}, "Deze dag moet nog komen."),
        ({"received_on": "2025-11-17"}, "meer dan een jaar geleden"),
        ({"identity": ""}, "Maak een keuze."),
        ({"identity_note": "ja"}, "Schrijf op welk bewijs"),
    ],
)
def test_what_is_missing_is_told_at_its_field(http_as, people, changes, told):
    dossier = make_dossier(lead=people[0])
    answer = http_as(people[1]).post(
        f"/dossiers/{dossier.number}/inzageverzoeken", data=ASKED | changes
    )
    assert answer.status_code == 422
    assert told in answer.text


# ---------------------------------------------------------------------- complete


def columns():
    """Return every column of every table of the export."""
    tables = {part.table for part in PARTS}
    return [(t.name, c.name) for t in Base.metadata.tables.values() if t.name in tables
            for c in t.columns]  # fmt: skip


def test_every_table_and_column_is_in_the_export_or_left_out_with_a_reason():
    tables, listed = set(Base.metadata.tables), [part.table for part in PARTS]
    assert len(listed) == len(set(listed))
    assert set(listed) | set(LEFT_OUT_TABLES) == tables
    assert set(listed) & set(LEFT_OUT_TABLES) == set()
    assert all(LEFT_OUT_TABLES.values())
    assert all(LEFT_OUT_COLUMNS.values())
    exported = {(table, name) for table, name in columns() if not is_left_out(table, name)}
    assert {name for _, name in exported} == set(COLUMN_WORDS)
    known = {name for pair in columns() for name in (pair[1], ".".join(pair))}
    assert set(LEFT_OUT_COLUMNS) | KEPT <= known
    for part in PARTS:
        words = [COLUMN_WORDS[name] for table, name in exported if table == part.table]
        assert len(words) == len(set(words)), part.table


def test_whatever_refers_to_a_person_is_not_left_out_by_an_oversight():
    about = {"client", "dossier", "application", "household", "handover", "questionnaire"}
    refers = {
        table.name
        for table in Base.metadata.tables.values()
        if any(key.column.table.name in about for key in table.foreign_keys)
    }
    assert refers & set(LEFT_OUT_TABLES) == {"name_key", "report_text", "audit_entry"}


def linked(table):
    """Return by SQL of our own how many rows of a table belong to one dossier."""
    direct = "SELECT count(*) FROM {} WHERE dossier_id = :dossier"
    return text(direct.format(table))


@pytest.mark.world
def test_the_export_of_each_person_is_whole_and_of_nobody_else(http_as):
    world = make_world()
    here = world.places["West Betuwe"]
    coordinator, privacy = world.users["coordinator"], world.users["privacy"]
    http, officer = http_as(coordinator), http_as(privacy)
    signal = db.session.get_one(SanctionSignal, here.signal_id)
    moved = db.session.get_one(Dossier, signal.dossier_id)
    wanted = {
        here.dossier: "naam aanpak straat traject verslag afspraak oudevraag hulpvraag activering"
        " opvolging bericht betrokkene kind correctie ontheffing vraagstelling repliek"
        " addition correction response redenaddition identiteit",
        moved: "overgedragene signaal",
    }
    for dossier, names in wanted.items():
        answers = "overgedragen" if dossier is moved else "antwoord"
        if dossier is moved:
            request = make_access_request(moved, coordinator).id
        else:
            request = here.access_request_id
        officer.post(f"/privacy/inzageverzoeken/{request}/vrijgave")
        page = f"/dossiers/{dossier.number}/inzageverzoeken/{request}"
        shown, told = http.get(f"{page}/document").text, http.get(f"{page}/gegevens.json").text
        for name in names.split():
            assert canary("West Betuwe", name) in shown
            assert canary("West Betuwe", name) in told
        assert not re.search(r"Kanarie\w+Buren", told)
        parts = {part["code"]: part["regels"] for part in json.loads(told)["gegevens"]}
        counted = [t for t, c in columns() if c == "dossier_id" and t != "handover"]
        for table in counted:
            stored = db.session.scalar(linked(table), {"dossier": dossier.id})
            assert (table, len(parts.get(table, ()))) == (table, stored)
        answered = canary("West Betuwe", f"{answers}{DataClass.CRIMINAL}")
        assert any(answered in str(row["Antwoord"]) for row in parts["answer"])
        assert all(" " in row["Vraag"] for row in parts["answer"])
