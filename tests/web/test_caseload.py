"""The overview of the caseload, and assigning one or many dossiers from it."""

from datetime import date, timedelta

import html5lib
import pytest
from sqlalchemy import func, select

from kp4web.audit.models import AuditEntry
from kp4web.caseload.models import Assignment
from kp4web.domain.actor import Role
from kp4web.domain.tracks import TrackKind
from kp4web.extensions import db
from tests.conftest import TODAY
from tests.factories import make_assignment, make_dossier, make_follow_up, make_user
from tests.queries import count_queries

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
NOT_ALLOWED = [role for role in Role if role is not Role.COORDINATOR]


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR)


@pytest.fixture
def consultant(app):
    return make_user(name="Karin Jansen")


def give(*dossiers, to, **more):
    numbers = [dossier.number for dossier in dossiers]
    return {"dossier": numbers, "user": to.id, "reason": "Past bij haar wijk."} | more


def lead_of(dossier):
    db.session.expire_all()
    return dossier.lead_id


def cells(page, user):
    """Return what the row of a consultant says, by column."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    (row,) = tree.findall(f".//tr[@data-user='{user.id}']")
    return {
        cell.get("data-label"): " ".join("".join(cell.itertext()).split())
        for cell in row.findall("td")
    }


def last_entry(action):
    query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id.desc())
    return db.session.scalars(query).first()


# ---------------------------------------------------------------------- the overview


def test_the_overview_counts_per_consultant_and_track(http_as, coordinator, consultant):
    for track in ("under_investigation", "support", "support", "kp3", "rest", "stopped"):
        make_dossier(track=track, lead=consultant, opened_on=TODAY)
    row = cells(http_as(coordinator).get("/caseload").text, consultant)
    assert row["Actief"] == "5"
    assert (row["Ondersteuning"], row["Rust"], row["KP3"]) == ("2", "1", "1")
    assert row["Gewicht"] == "5,0"  # 1.5 + 2 * 1.0 + 1.2 + 0.3


def test_what_is_late_weighs_at_most_half_a_point(http_as, coordinator, consultant):
    dossier = make_dossier(track="support", lead=consultant, opened_on=TODAY)
    then = TODAY - timedelta(days=60)
    for days in range(7):
        make_follow_up(dossier, consultant, due_on=then + timedelta(days=days), today=then)
    row = cells(http_as(coordinator).get("/caseload").text, consultant)
    assert (row["Te laat"], row["Gewicht"]) == ("7", "1,5")


def test_coming_decisions_on_rest_are_those_of_eight_weeks(http_as, coordinator, consultant):
    for planned_end in (date(2027, 1, 20), date(2027, 2, 24), date(2027, 2, 25)):
        make_dossier(track="rest", lead=consultant, opened_on=TODAY, planned_end=planned_end)
    row = cells(http_as(coordinator).get("/caseload").text, consultant)
    # decided 6 weeks before the end: 9-12-2026, 13-1-2027 (8 weeks from today) and a day later
    assert row["Besluit rust"] == "2"


def test_a_consultant_leads_to_the_dossiers(http_as, coordinator, consultant):
    page = http_as(coordinator).get("/caseload").text
    assert f'href="/dossiers?consulent={consultant.id}"' in page


def test_another_municipality_is_not_counted(http_as, coordinator, consultant):
    elsewhere = make_user(municipality="Buren")
    make_dossier(municipality="Buren", lead=elsewhere)
    there = make_dossier(municipality="Buren", surname="Elders")
    page = http_as(coordinator).get("/caseload").text
    assert "Alle dossiers hebben een consulent." in page
    assert there.number not in page
    assert f'data-user="{elsewhere.id}"' not in page


def test_who_left_is_shown_while_dossiers_remain(http_as, app, coordinator, consultant):
    make_dossier(lead=consultant)
    consultant.closed_at, consultant.closed_by_id = consultant.created_at, coordinator.id
    page = http_as(coordinator).get("/caseload").text
    assert cells(page, consultant)["Actief"] == "1"
    assert "Geen consulent meer" in page
    assert f'<option value="{consultant.id}">' not in page


def test_a_coordinator_who_is_a_consultant_too_has_a_row(http_as):
    both = make_user(Role.COORDINATOR, Role.CONSULTANT)
    make_dossier(lead=both)
    assert cells(http_as(both).get("/caseload").text, both)["Actief"] == "1"


def test_unassigned_dossiers_stand_longest_waiting_first(http_as, coordinator):
    late = make_dossier(today=TODAY - timedelta(days=12), opened_on=date(2026, 9, 1))
    new = make_dossier(opened_on=date(2026, 1, 5))
    page = http_as(coordinator).get("/caseload").text
    assert page.index(f'data-dossier="{late.number}"') < page.index(f'data-dossier="{new.number}"')
    assert "12 dagen" in page
    assert "sinds vandaag" in page


def test_stopped_dossiers_wait_for_nobody(http_as, coordinator):
    make_dossier(track="stopped")
    assert "Alle dossiers hebben een consulent." in http_as(coordinator).get("/caseload").text


def test_many_unassigned_dossiers_come_in_pages(http_as, coordinator):
    numbers = {make_dossier().number for _ in range(27)}
    http = http_as(coordinator)
    pages = [http.get("/caseload").text, http.get("/caseload?pagina=2").text]
    found = [{n for n in numbers if f'data-dossier="{n}"' in page} for page in pages]
    assert [len(part) for part in found] == [25, 2]
    assert found[0] | found[1] == numbers
    assert "27 dossiers wachten" in pages[1]


@pytest.mark.parametrize(
    ("asked", "status"),
    [("0", 200), ("-3", 200), ("x", 200), ("%00", 200), ("9" * 25, 303), ("2147483648", 303),
     ("9223372036854775808", 303), ("9" * 70_000, 200), ("%ED%A0%80", 200)],
    ids=["zero", "negative", "word", "nul", "10^25", "2^31", "2^63", "70000", "surrogate"],
)  # fmt: skip
def test_a_page_that_does_not_exist_leads_to_the_first(http_as, coordinator, asked, status):
    assert http_as(coordinator).get(f"/caseload?pagina={asked}").status_code == status


def test_reading_the_overview_is_logged_with_whom_it_showed(http_as, coordinator):
    make_dossier()
    http_as(coordinator).get("/caseload")
    entry = last_entry("caseload_read")
    assert (entry.user_id, entry.subjects_sealed is not None) == (coordinator.id, True)


@pytest.mark.parametrize("role", NOT_ALLOWED)
def test_only_coordinators_divide(http_as, role):
    http = http_as(make_user(role))
    dossier = make_dossier()
    assert http.get("/caseload").status_code == 403
    assert http.get(f"/dossiers/{dossier.number}/toewijzing").status_code == 403
    assert http.post("/toewijzingen", data=give(dossier, to=make_user())).status_code == 403
    assert lead_of(dossier) is None


# ---------------------------------------------------------------------- assigning


def test_many_dossiers_are_assigned_at_once(http_as, coordinator, consultant):
    dossiers = [make_dossier() for _ in range(3)]
    http = http_as(coordinator)
    response = http.post("/toewijzingen", data=give(*dossiers, to=consultant, page="caseload"))
    assert (response.status_code, response.location) == (303, "/caseload")
    assert [lead_of(dossier) for dossier in dossiers] == [consultant.id] * 3
    page = http.get("/caseload").text
    assert "3 dossiers toegewezen aan Karin Jansen" in page
    assert all(dossier.number in page for dossier in dossiers)
    assert "Alle dossiers hebben een consulent." in page


def test_htmx_gets_the_overview_after_assigning(http_as, coordinator, consultant):
    data = give(make_dossier(), to=consultant, page="caseload")
    response = http_as(coordinator).post("/toewijzingen", data=data, headers=HTMX)
    assert response.status_code == 200
    assert response.text.lstrip().startswith('<div id="caseload"')
    assert "1 dossier toegewezen aan Karin Jansen" in response.text
    assert cells(response.text, consultant)["Actief"] == "1"


def test_who_had_it_already_keeps_it(http_as, coordinator, consultant):
    kept, new = make_dossier(lead=consultant), make_dossier()
    http = http_as(coordinator)
    http.post("/toewijzingen", data=give(kept, new, to=consultant))
    page = http.get("/caseload").text
    assert f"1 dossier toegewezen aan Karin Jansen: {new.number}" in page
    assert f"1 dossier had Karin Jansen al: {kept.number}" in page


def test_a_long_result_fits_in_the_message(http_as, coordinator, consultant):
    dossiers = [make_dossier() for _ in range(12)]
    http = http_as(coordinator)
    http.post("/toewijzingen", data=give(*dossiers, to=consultant))
    assert "en nog 2." in http.get("/caseload").text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dossier": []}, "Kies eerst een of meer dossiers."),
        ({"dossier": ["x"]}, "Een van de dossiernummers klopt niet."),
        ({"dossier": ["KP4-2026-1\x00234"]}, "een teken dat niet bewaard kan worden"),
        ({"user": ""}, "Kies aan wie u de dossiers toewijst."),
        ({"user": "abc"}, "Kies een consulent van uw eigen team."),
        ({"user": str(2**31)}, "Kies een consulent van uw eigen team."),
        ({"user": str(2**63)}, "Kies een consulent van uw eigen team."),
        ({"user": str(10**25)}, "Kies een consulent van uw eigen team."),
        ({"reason": " "}, "Vul dit veld in."),
        ({"reason": "a\x00b"}, "een teken dat niet bewaard kan worden"),
        ({"reason": "a" * 70_000}, "U typte er 70000."),
    ],
    ids=["none", "word", "nul number", "no user", "user word", "2^31", "2^63", "10^25",
         "no reason", "nul", "long"],
)  # fmt: skip
@pytest.mark.parametrize("page", ["caseload", "dossiers", ""])
def test_bad_input_gets_a_sentence_and_changes_nothing(
    http_as, coordinator, consultant, change, said, page
):
    dossier = make_dossier()
    data = give(dossier, to=consultant, page=page) | change
    response = http_as(coordinator).post("/toewijzingen", data=data)
    assert response.status_code == 422
    assert said in response.text
    assert 'data-testid="field-error"' in response.text
    assert lead_of(dossier) is None


def test_what_was_ticked_and_typed_stays(http_as, coordinator, consultant):
    dossier, other = make_dossier(), make_dossier()
    data = give(dossier, to=consultant, page="caseload") | {"user": ""}
    page = http_as(coordinator).post("/toewijzingen", data=data).text
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    boxes = {
        b.get("value"): "checked" in b.attrib for b in tree.findall(".//input[@name='dossier']")
    }
    assert boxes == {dossier.number: True, other.number: False}
    assert "Past bij haar wijk." in page


def test_a_user_of_another_team_or_role_is_refused(http_as, coordinator):
    dossier = make_dossier()
    for user in (make_user(municipality="Buren"), make_user(Role.POLICY_OFFICER)):
        response = http_as(coordinator).post("/toewijzingen", data=give(dossier, to=user))
        assert response.status_code == 422
        assert "Kies een consulent van uw eigen team." in response.text
    assert lead_of(dossier) is None


def test_one_dossier_out_of_reach_stops_all(http_as, coordinator, consultant):
    own, foreign = make_dossier(), make_dossier(municipality="Buren")
    response = http_as(coordinator).post("/toewijzingen", data=give(own, foreign, to=consultant))
    assert response.status_code == 404
    assert (lead_of(own), lead_of(foreign)) == (None, None)


def test_a_refusal_never_shows_a_dossier_out_of_reach(http_as, coordinator):
    foreign = make_dossier(municipality="Buren", surname="Verborgen")
    data = {"dossier": [foreign.number], "reason": "x"}
    page = http_as(coordinator).post("/toewijzingen", data=data).text
    assert "Verborgen" not in page


def test_a_stopped_dossier_is_not_assigned(http_as, coordinator, consultant):
    stopped, own = make_dossier(track="stopped"), make_dossier()
    response = http_as(coordinator).post("/toewijzingen", data=give(stopped, own, to=consultant))
    assert response.status_code == 422
    assert f"Dossier {stopped.number} is gestopt" in response.text
    assert lead_of(own) is None


def test_assigning_is_logged_per_dossier_without_the_reason(http_as, coordinator, consultant):
    http_as(coordinator).post("/toewijzingen", data=give(make_dossier(), to=consultant))
    entry = last_entry("dossier_assign")
    assert entry.detail == {"lead": consultant.id}
    assert "wijk" not in str(entry.detail) + entry.reason


# ---------------------------------------------------------------------- one dossier


def test_the_history_says_who_when_and_why(http_as, coordinator, consultant):
    first = make_user(name="Eerste Consulent")
    dossier = make_dossier(lead=first, today=date(2026, 10, 1), opened_on=date(2026, 9, 1))
    make_assignment(dossier, consultant)
    page = http_as(coordinator).get(f"/dossiers/{dossier.number}/toewijzing").text
    assert "Eerste Consulent" in page
    assert "01-10-2026" in page
    assert "18-11-2026" in page
    assert "Past in deze caseload." in page
    assert last_entry("assignment_read").dossier_id == dossier.id


def test_one_dossier_is_given_on_and_its_page_follows(http_as, coordinator, consultant):
    dossier = make_dossier(lead=make_user())
    data = give(dossier, to=consultant, page="dossier")
    response = http_as(coordinator).post("/toewijzingen", data=data)
    assert (response.status_code, response.location) == (303, f"/dossiers/{dossier.number}")
    assert lead_of(dossier) == consultant.id
    assert db.session.scalar(select(func.count(Assignment.id))) == 2  # one superseded, one known


def test_an_error_for_one_dossier_comes_back_on_its_page(http_as, coordinator, consultant):
    dossier = make_dossier()
    data = give(dossier, to=consultant, page="dossier") | {"user": ""}
    response = http_as(coordinator).post("/toewijzingen", data=data)
    assert response.status_code == 422
    assert "Wie had dit dossier" in response.text
    assert "Past bij haar wijk." in response.text


def test_a_stopped_dossier_shows_its_history_without_a_form(http_as, coordinator, consultant):
    dossier = make_dossier(track=TrackKind.STOPPED, lead=consultant)
    page = http_as(coordinator).get(f"/dossiers/{dossier.number}/toewijzing").text
    assert "kan niet worden toegewezen" in page
    assert 'action="/toewijzingen"' not in page


def test_the_history_of_another_municipality_does_not_exist(http_as, coordinator):
    foreign = make_dossier(municipality="Buren")
    http = http_as(coordinator)
    assert http.get(f"/dossiers/{foreign.number}/toewijzing").status_code == 404
    data = {"dossier": foreign.number, "page": "dossier"}
    assert http.post("/toewijzingen", data=data).status_code == 404


def test_the_page_of_one_dossier_asks_at_most_nine_queries(http_as, coordinator, consultant):
    dossier = make_dossier(lead=consultant)
    http = http_as(coordinator)
    with count_queries() as asked:
        http.get(f"/dossiers/{dossier.number}/toewijzing")
    assert len(asked) <= 9, asked
