"""The list of applications: who sees it, its states, filters and pages."""

import re
from datetime import timedelta

import pytest

from kp4web.domain.actor import Role
from tests.application_pages import NOT_ALLOWED, ROW, entries, in_state, rows_on, url, valid
from tests.conftest import TODAY
from tests.factories import (
    make_application,
    make_municipality,
    make_user,
)
from tests.queries import count_queries
from tests.unit.test_plans import explained

# ---------------------------------------------------------------------- the list


@pytest.mark.parametrize("path", ["/aanvragen", "/aanvragen/nieuw"])
@pytest.mark.parametrize("role", NOT_ALLOWED)
def test_nobody_else_sees_applications(intake, http_as, role, path):
    assert http_as(make_user(role)).get(path).status_code == 403


def test_the_list_begins_with_what_waits_for_the_work_agency(http_as, intake):
    late = make_application(by=intake, surname="Laat", today=TODAY - timedelta(days=12))
    fresh = make_application(by=intake, surname="Vers")
    returned = in_state("returned", intake)
    offered, closed = in_state("offered", intake), in_state("closed", intake)
    page = http_as(intake).get("/aanvragen").text
    assert rows_on(page) == [late.id, fresh.id, returned.id]
    assert not {offered.id, closed.id} & set(rows_on(page))
    assert "A. Laat" in page
    assert "wacht 12 dagen" in page
    assert "sinds vandaag" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [("open", "Vragenlijst beginnen"), ("running", "Vragenlijst afmaken"),
     ("waiting", "Profiel vaststellen"), ("returned", "Lezen waarom, en opnieuw besluiten")],
)  # fmt: skip
def test_the_list_says_what_to_do(http_as, intake, state, words):
    in_state(state, intake)
    assert words in http_as(intake).get("/aanvragen").text


@pytest.mark.parametrize(
    ("status", "state"),
    [("open", "open"), ("vragenlijst", "running"), ("wacht", "waiting"), ("aangeboden", "offered"),
     ("teruggestuurd", "returned"), ("geaccepteerd", "accepted"), ("afgesloten", "closed")],
)  # fmt: skip
def test_every_status_has_its_own_list(http_as, intake, status, state):
    wanted = in_state(state, intake)
    make_application(by=intake) if state != "open" else in_state("closed", intake)
    page = http_as(intake).get(f"/aanvragen?status={status}").text
    assert rows_on(page) == [wanted.id]


def test_an_offered_application_waits_for_the_coordinator_of_the_municipality(http_as, intake):
    in_state("offered", intake)
    page = http_as(intake).get("/aanvragen?status=aangeboden").text
    assert "Coördinator van Gemeente West Betuwe, Team Sociaal" in page


def test_an_accepted_application_has_no_name_in_the_list(http_as, intake):
    in_state("accepted", intake, surname="Geheimpje")
    http = http_as(intake)
    with count_queries() as statements:
        page = http.get("/aanvragen?status=geaccepteerd").text
    assert "Geaccepteerd" in page
    assert "Geheimpje" not in page
    assert "surname" not in " ".join(statements)
    assert entries("applications_read") == []


@pytest.mark.parametrize("state", ["open", "running", "waiting", "offered", "returned", "closed"])
def test_the_coordinator_of_the_agency_gets_no_name_anywhere(http_as, intake, boss, state):
    made = in_state(state, intake, surname="Geheimpje", phone="06 99887766")
    http, addresses = http_as(boss), [url(made), "/aanvragen", "/aanvragen?status=aangeboden"]
    with count_queries() as statements:
        pages = [http.get(a).text for a in (*addresses, "/aanvragen?status=afgesloten")]
    text = "\n".join(pages)
    assert f"Aanvraag {made.id}" in text
    assert "Sanne Verhoeven" in text
    for secret in ("Geheimpje", "06 99887766", "17-05-1975", "Graag eerst bellen", "perspectief"):
        assert secret not in text
    assert "surname" not in " ".join(statements)
    assert "note" not in " ".join(statements)
    assert "Aanvraag registreren" not in text


def test_the_list_is_filtered_by_municipality_and_by_who_handles_it(http_as, intake):
    other = make_user(Role.INTAKE)
    mine = make_application(by=intake)
    theirs = make_application(by=other)
    elsewhere = make_application(by=intake, municipality="Buren")
    http, buren = http_as(intake), make_municipality("Buren").id
    assert rows_on(http.get("/aanvragen?mijn=1").text) == [mine.id, elsewhere.id]
    assert rows_on(http.get(f"/aanvragen?gemeente={buren}").text) == [elsewhere.id]
    assert rows_on(http.get(f"/aanvragen?gemeente={buren}&mijn=1").text) == [elsewhere.id]
    page = http.get("/aanvragen?gemeente=99999").text
    assert rows_on(page) == [mine.id, theirs.id, elsewhere.id]
    assert re.search(r'Te doen <span class="count">3<', page)


def test_an_empty_list_says_what_to_do(http_as, intake):
    http = http_as(intake)
    assert "Registreer een aanvraag" in http.get("/aanvragen").text
    assert "Rond een vragenlijst af" in http.get("/aanvragen?status=wacht").text
    filtered = http.get("/aanvragen?status=wacht&mijn=1").text
    assert 'href="/aanvragen?status=wacht">Filter weghalen' in filtered


def test_the_list_comes_in_pages(http_as, intake):
    ids = [make_application(by=intake, today=TODAY - timedelta(days=n)).id for n in range(27)]
    http = http_as(intake)
    assert rows_on(http.get("/aanvragen").text) == ids[:1:-1]
    assert rows_on(http.get("/aanvragen?pagina=2").text) == [ids[1], ids[0]]
    beyond = http.get("/aanvragen?pagina=9")
    assert (beyond.status_code, beyond.location) == (303, "/aanvragen?pagina=2")


def test_the_list_asks_as_much_for_one_row_as_for_many(http_as, intake):
    make_application(by=intake)
    http = http_as(intake)
    with count_queries() as few:
        http.get("/aanvragen")
    for _ in range(20):
        make_application(by=intake)
    with count_queries() as many:
        assert http.get("/aanvragen").text.count(ROW) == 21
    assert len(few) == len(many) <= 12


def test_one_entry_holds_everybody_on_the_list(http_as, intake):
    ids = [make_application(by=intake).id for _ in range(3)]
    http_as(intake).get("/aanvragen")
    (entry,) = entries("applications_read")
    assert sorted(entry.detail["applications"]) == ids


# ---------------------------------------------------------------------- no whole tables


@pytest.mark.parametrize(
    "path", ["/aanvragen", "/aanvragen?status=afgesloten&mijn=1", "/aanvragen/{id}", "twin"]
)
def test_no_page_reads_all_applications(http_as, intake, path):
    made = make_application(by=intake, surname="O'Brien-Şahin", initials="Ş.", bsn=None)
    http, address = http_as(intake), path.format(id=made.id)
    with explained() as steps:
        answer = http.post("/aanvragen", data=valid()) if path == "twin" else http.get(address)
    assert answer.status_code == (422 if path == "twin" else 200)
    tables = {"application", "application_decision", "questionnaire", "handover"}
    seen = [step for step, _ in steps if re.match(rf"(SCAN|SEARCH) ({'|'.join(tables)})\b", step)]
    assert seen
    assert [step for step in seen if step.startswith("SCAN")] == []
