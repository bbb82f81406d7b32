"""The council report, and the dossiers behind its figures."""

from datetime import date, datetime, timedelta
from urllib.parse import quote

import pytest

from kp4web.crypto import vault
from kp4web.domain.actor import Role
from kp4web.domain.dates import AMSTERDAM
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import TrackPeriod
from kp4web.extensions import db
from tests.conftest import TODAY
from tests.factories import at, make_assignment, make_dossier, make_user
from tests.queries import count_queries
from tests.report import counts_on, figures_on, links_on
from tests.report_pages import BEHIND, PAGE, entries

THEN = date(2020, 6, 1)
READERS = {Role.CONSULTANT, Role.COORDINATOR, Role.POLICY_OFFICER}
LONG = "9" * 70_000
BAD_DAYS = [
    "2020-02-30", "x", "0000-01-01", "10000000000000000000000000-01-01", "2020-13-01",
    "32-01-2020", "2021-02-29", "1899-12-31", "<script>alert(1)</script>", "' OR 1=1 --",
]  # fmt: skip


@pytest.fixture
def some_dossiers(app):
    """Two in KP3, six in support, seven at rest, one under investigation, three stopped."""
    for track, number in (
        ("kp3", 2), ("support", 6), ("rest", 7), ("under_investigation", 1), ("stopped", 3),
    ):  # fmt: skip
        for _ in range(number):
            make_dossier(
                track=track, opened_on=THEN, today=THEN,
                planned_end=date(2021, 5, 1) if track == "rest" else None,
            )  # fmt: skip


# ---------------------------------------------------------------------- the report


@pytest.mark.usefixtures("some_dossiers")
def test_a_coordinator_sees_every_figure_as_it_is(http_as):
    http = http_as(make_user(Role.COORDINATOR))
    page = http.get(f"{PAGE}?peildatum=2020-11-02")
    assert page.status_code == 200
    assert counts_on(page.text) == {
        "kp3": "2", "support": "6", "rest": "7", "under_investigation": "1", "total": "16",
    }  # fmt: skip
    assert figures_on(page.text)["partition-check"] == "2 + 6 + 7 + 1 = 16, klopt"
    assert "43,8%" in page.text
    whole = http.get(f"{PAGE}?peildatum=2020-11-02&inactief=1")
    assert counts_on(whole.text)["stopped"] == "3"
    assert counts_on(whole.text)["total"] == "19"
    assert figures_on(whole.text)["partition-check"] == "2 + 6 + 7 + 1 + 3 = 19, klopt"


@pytest.mark.usefixtures("some_dossiers")
def test_a_policy_officer_sees_no_small_number(http_as):
    http = http_as(make_user(Role.POLICY_OFFICER))
    page = http.get(f"{PAGE}?peildatum=2020-11-02&inactief=1")
    shown = counts_on(page.text)
    assert shown["kp3"] == shown["under_investigation"] == shown["stopped"] == "<5"
    assert "afgeschermd" in shown.values()
    assert figures_on(page.text)["partition-check"] == "som klopt"
    assert links_on(page.text) == {}
    empty = http.get(f"{PAGE}?peildatum=2020-05-31")
    assert set(counts_on(empty.text).values()) == {"0"}


@pytest.mark.usefixtures("some_dossiers")
def test_what_is_hidden_stands_nowhere_in_the_page(http_as):
    page = http_as(make_user(Role.POLICY_OFFICER)).get(f"{PAGE}?peildatum=2020-11-02").text
    main = page[page.index("<main") :]
    assert main.count("bar__fill") == 1  # only what is shown has a bar
    assert "12,5%" not in main  # 2 of 16
    assert "6,3%" not in main


@pytest.mark.usefixtures("some_dossiers")
def test_a_consultant_sees_own_figures_only(http_as):
    lead = make_user()
    make_dossier(track="rest", lead=lead, opened_on=THEN, today=THEN)
    page = http_as(lead).get(f"{PAGE}?peildatum=2020-11-02")
    assert counts_on(page.text) == {
        "kp3": "0", "support": "0", "rest": "1", "under_investigation": "0", "total": "1",
    }  # fmt: skip
    assert "Uw dossiers" in page.text
    assert "Huishoudens met bijstand" not in page.text


@pytest.mark.parametrize("role", sorted(set(Role) - READERS))
def test_other_roles_do_not_get_the_report(app, http_as, role):
    assert http_as(make_user(role)).get(PAGE).status_code == 403


def test_a_visitor_is_asked_to_sign_in(app, http):
    assert http.get(PAGE).status_code == 303


@pytest.mark.usefixtures("some_dossiers")
def test_another_municipality_sees_its_own_zero(http_as):
    page = http_as(make_user(Role.COORDINATOR, municipality="Buren")).get(PAGE)
    assert set(counts_on(page.text).values()) == {"0"}
    assert figures_on(page.text)["partition-check"] == "0 + 0 + 0 + 0 = 0, klopt"
    assert links_on(page.text) == {}


def test_without_a_date_the_report_is_about_today(app, http_as):
    page = http_as(make_user(Role.COORDINATOR)).get(PAGE)
    assert f'value="{TODAY.isoformat()}"' in page.text
    assert "18 november 2026" in page.text


def test_a_date_may_be_written_the_dutch_way(app, http_as):
    page = http_as(make_user(Role.COORDINATOR)).get(f"{PAGE}?peildatum=02-11-2020")
    assert page.status_code == 200
    assert "2 november 2020" in page.text


def test_an_empty_known_date_is_the_latest_knowledge(app, http_as):
    page = http_as(make_user(Role.COORDINATOR)).get(f"{PAGE}?peildatum=2020-11-02&bekend_op=")
    assert page.status_code == 200
    assert "zoals nu bekend" in page.text


def test_knowledge_from_before_the_reference_date_is_marked(app, http_as):
    http = http_as(make_user(Role.COORDINATOR))
    page = http.get(f"{PAGE}?peildatum=2020-11-02&bekend_op=2020-10-01")
    assert "vooruitblik van toen" in page.text
    page = http.get(f"{PAGE}?peildatum=2020-11-02&bekend_op=2020-11-24")
    assert "vooruitblik van toen" not in page.text


def test_a_day_of_knowledge_that_is_not_over_is_marked(app, http_as):
    http = http_as(make_user(Role.COORDINATOR))
    last = max(TODAY, datetime.now(AMSTERDAM).date())
    page = http.get(f"{PAGE}?peildatum=2020-11-02&bekend_op={last.isoformat()}")
    assert "nog niet voorbij" in page.text


@pytest.mark.parametrize("name", ["peildatum", "bekend_op"])
@pytest.mark.parametrize("typed", BAD_DAYS)
def test_a_date_that_is_none_is_a_sentence_at_the_field(app, http_as, name, typed):
    page = http_as(make_user(Role.COORDINATOR)).get(f"{PAGE}?{name}={quote(typed)}&inactief=1")
    assert page.status_code == 422
    assert "Schrijf bijvoorbeeld 22-11-2026." in figures_on(page.text)["field-error"]
    assert f'value="{typed}"' in page.text or typed[0] in "<'"
    assert "<script>alert" not in page.text
    assert counts_on(page.text) == {}
    assert "checked" in page.text  # what else was chosen is still there


def test_an_empty_reference_date_is_asked_for(app, http_as):
    page = http_as(make_user(Role.COORDINATOR)).get(f"{PAGE}?peildatum=")
    assert page.status_code == 422
    assert figures_on(page.text)["field-error"] == "Vul dit veld in."


@pytest.mark.parametrize("name", ["peildatum", "bekend_op"])
def test_a_day_to_come_is_no_fact(app, http_as, name):
    later = max(TODAY, datetime.now(AMSTERDAM).date()) + timedelta(days=2)
    page = http_as(make_user(Role.COORDINATOR)).get(f"{PAGE}?{name}={later.isoformat()}")
    assert page.status_code == 422
    assert "moet nog komen" in figures_on(page.text)["field-error"]
    assert later.isoformat() in page.text


@pytest.mark.parametrize(
    "query",
    [f"peildatum={LONG}", f"bekend_op={LONG}", f"inactief={LONG}", "peildatum=%ED%A0%80",
     "bekend_op=%ED%A0%80", "peildatum=2020-11-02&peildatum=x", "peildatum[]=1", "=&==&",
     f"peildatum={10**25}", f"bekend_op={2**63}"],
)  # fmt: skip
def test_nothing_in_the_address_breaks_the_report(app, http_as, query):
    http = http_as(make_user(Role.COORDINATOR))
    assert http.get(f"{PAGE}?{query}").status_code in {200, 422}
    assert http.get(f"{BEHIND}?{query}").status_code in {200, 422}


def test_a_nul_character_is_refused(app, http_as):
    http = http_as(make_user(Role.COORDINATOR))
    for name in ("peildatum", "bekend_op"):
        assert http.get(f"{PAGE}?{name}=2020-11-02%00").status_code == 422


@pytest.mark.usefixtures("some_dossiers")
def test_reading_the_report_is_one_entry_without_persons(http_as):
    http_as(make_user(Role.POLICY_OFFICER)).get(f"{PAGE}?peildatum=2020-11-02&bekend_op=2020-11-24")
    (entry,) = entries("report_read")
    assert entry.subjects_sealed is None
    assert entry.roles == "policy_officer"
    assert entry.detail == {
        "reference_date": "2020-11-02", "known_on": "2020-11-24", "with_stopped": False,
    }  # fmt: skip


def test_a_refused_question_is_not_logged_as_read(app, http_as):
    http_as(make_user(Role.COORDINATOR)).get(f"{PAGE}?peildatum=x")
    assert entries("report_read") == []


@pytest.mark.parametrize("role", sorted(READERS))
def test_the_report_asks_little_of_the_database(app, http_as, role):
    user, asked = make_user(role), []
    http = http_as(user)
    http.get(PAGE)
    for number in (1, 40):
        for _ in range(number):
            make_dossier(lead=user if role is Role.CONSULTANT else None)
        db.session.commit()
        with count_queries() as statements:
            assert http.get(f"{PAGE}?inactief=1").status_code == 200
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 8, statements


@pytest.mark.usefixtures("app")
def test_a_dossier_on_two_tracks_at_once_makes_the_check_fail(http_as):
    dossier = make_dossier(opened_on=THEN, today=THEN)
    wrong = TrackPeriod(
        dossier_id=dossier.id, municipality_id=dossier.municipality_id, kind=TrackKind.KP3,
        reason="Fout.", valid_from=date(2020, 7, 1), valid_to=date(2021, 1, 1),
        recorded_at=at(THEN), recorded_by_id=dossier.recorded_by_id,
    )  # fmt: skip
    db.session.add(wrong)
    page = http_as(make_user(Role.COORDINATOR)).get(f"{PAGE}?peildatum=2020-11-02").text
    said = figures_on(page)["partition-check"]
    assert said == "1 + 1 + 0 + 0 = 2, maar het totaal is 1: klopt niet"
    assert "Gebruik deze cijfers niet" in page
    guarded = http_as(make_user(Role.POLICY_OFFICER)).get(f"{PAGE}?peildatum=2020-11-02").text
    assert figures_on(guarded)["partition-check"] == "som klopt niet"


# ---------------------------------------------------------------------- the dossiers behind it


@pytest.mark.usefixtures("some_dossiers")
def test_every_figure_leads_to_as_many_dossiers(http_as):
    http = http_as(make_user(Role.COORDINATOR))
    for query in ("peildatum=2020-11-02", "peildatum=2020-11-02&inactief=1"):
        page = http.get(f"{PAGE}?{query}&bekend_op=2020-11-24").text
        counts = counts_on(page)
        assert set(links_on(page)) == set(counts)
        for track, address in links_on(page).items():
            found = http.get(address)
            assert found.status_code == 200
            assert found.text.count('data-testid="dossier-row"') == int(counts[track])
            assert f"{counts[track]} dossier" in found.text


@pytest.mark.usefixtures("app")
def test_a_consultant_gets_the_own_dossiers_behind_a_figure(http_as):
    lead, other = make_user(), make_user()
    mine = make_dossier(track="rest", lead=lead, opened_on=THEN, today=THEN)
    make_dossier(track="rest", lead=other, opened_on=THEN, today=THEN)
    make_assignment(mine, other)
    http = http_as(lead)
    page = http.get(f"{PAGE}?peildatum=2020-11-02").text
    found = http.get(links_on(page)["rest"])
    assert found.text.count('data-testid="dossier-row"') == 1
    assert mine.number in found.text
    assert "0 dossiers" in http.get(f"{BEHIND}?traject=rest").text


@pytest.mark.usefixtures("some_dossiers")
def test_a_policy_officer_does_not_get_the_dossiers(http_as):
    assert http_as(make_user(Role.POLICY_OFFICER)).get(BEHIND).status_code == 403


@pytest.mark.usefixtures("some_dossiers")
def test_guarded_figures_lead_nowhere_for_who_is_also_a_consultant(http_as):
    http = http_as(make_user(Role.POLICY_OFFICER, Role.CONSULTANT))
    page = http.get(f"{PAGE}?peildatum=2020-11-02").text
    assert counts_on(page)["kp3"] == "<5"
    assert links_on(page) == {}
    assert http.get(f"{BEHIND}?peildatum=2020-11-02&traject=kp3").status_code == 403


@pytest.mark.parametrize("role", sorted(set(Role) - READERS))
def test_other_roles_do_not_get_the_dossiers(app, http_as, role):
    assert http_as(make_user(role)).get(BEHIND).status_code == 403


@pytest.mark.usefixtures("some_dossiers")
def test_the_dossiers_of_another_municipality_are_not_there(http_as):
    page = http_as(make_user(Role.COORDINATOR, municipality="Buren")).get(
        f"{BEHIND}?peildatum=2020-11-02&inactief=1"
    )
    assert "dossier-row" not in page.text
    assert "Geen dossiers" in page.text


@pytest.mark.usefixtures("app")
def test_a_row_tells_name_track_since_until_and_why_it_stopped(http_as):
    make_dossier(
        track="stopped", opened_on=THEN, today=THEN, initials="W.",
        surname="O'Brien-Şahin", prefix="van den",
    )  # fmt: skip
    page = http_as(make_user(Role.COORDINATOR)).get(
        f"{BEHIND}?peildatum=2020-11-02&traject=stopped&inactief=1"
    )
    assert "O&#39;Brien-Şahin" in page.text
    assert "01-06-2020" in page.text
    assert "Verhuisd" in page.text
    assert "<title>Dossiers achter de rapportage" in page.text


@pytest.mark.usefixtures("app")
def test_the_dossiers_come_in_pages_in_order(http_as):
    for number in range(27):
        make_dossier(opened_on=THEN, today=THEN, surname=f"Z{26 - number:02d}")
    http = http_as(make_user(Role.COORDINATOR))
    address = f"{BEHIND}?peildatum=2020-11-02&volgorde=naam"
    first, second = http.get(address).text, http.get(f"{address}&pagina=2").text
    assert first.count('data-testid="dossier-row"') == 25
    assert second.count('data-testid="dossier-row"') == 2
    assert first.index("Z00") < first.index("Z01") < first.index("Z24")
    assert "Z25" in second
    assert "27 dossiers" in second
    for page in ("9999", "0", "-1", "x", "²", str(10**25), LONG[:5000]):
        assert http.get(f"{address}&pagina={quote(page)}").status_code == 200
    assert http.get(f"{address}&pagina=9999").text.count('data-testid="dossier-row"') == 2


@pytest.mark.parametrize(
    ("query", "status"),
    [("traject=x", 404), ("traject=", 404), ("volgorde=id", 404), ("peildatum=x", 422),
     ("peildatum=2020-02-30", 422), ("bekend_op=x", 422), ("peildatum=2199-01-01", 422)],
)  # fmt: skip
def test_a_question_without_an_answer_has_its_own_status(app, http_as, query, status):
    page = http_as(make_user(Role.COORDINATOR)).get(f"{BEHIND}?{query}")
    assert page.status_code == status


@pytest.mark.usefixtures("app")
def test_seeing_the_dossiers_is_one_entry_with_the_persons_on_that_page(http_as):
    dossiers = [make_dossier(opened_on=THEN, today=THEN) for _ in range(3)]
    make_dossier(track="rest", opened_on=THEN, today=THEN, planned_end=date(2021, 1, 1))
    clients = sorted(dossier.client_id for dossier in dossiers)
    http_as(make_user(Role.COORDINATOR)).get(f"{BEHIND}?peildatum=2020-11-02&traject=support")
    (entry,) = entries("report_dossiers_read")
    sealed = vault.decrypt(entry.subjects_sealed, row=entry.span_id)
    assert sealed == str(clients)
    assert entry.detail["kind"] == "support"


@pytest.mark.usefixtures("app")
def test_the_list_asks_as_much_for_one_dossier_as_for_thirty(http_as):
    http, asked = http_as(make_user(Role.COORDINATOR)), []
    http.get(PAGE)
    for number in (1, 30):
        for _ in range(number):
            make_dossier()
        db.session.commit()
        with count_queries() as statements:
            page = http.get(BEHIND)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 8, statements
    assert len(page.data) < 21_000
