"""
The golden figures: the demo history, read through the pages as the people of then would.

Sources: the information note to the council of 24 November 2020 and the deck of 23 March 2021.
"""

import pytest

from kp4web.accounts.queries import user_by_email
from kp4web.extensions import db
from tests.report import counts_on, figures_on, links_on

pytestmark = [pytest.mark.history, pytest.mark.usefixtures("app")]

PAGE = "/rapportages/kp4"
THE_NOTE = {"kp3": "2", "support": "21", "rest": "67", "under_investigation": "40", "total": "130"}
COORDINATOR, POLICY = "coordinator@westbetuwe.example", "beleid@westbetuwe.example"


@pytest.fixture
def page_for(http_as):
    """Return a function that gives the report as somebody of the demo sees it."""

    def _page(email, query):
        answer = http_as(user_by_email(db.session(), email)).get(f"{PAGE}?{query}")
        assert answer.status_code == 200
        return answer.text

    return _page


@pytest.mark.parametrize("known", ["", "&bekend_op=2020-11-24", "&bekend_op=2020-11-02"])
def test_the_figures_of_the_note_to_the_council(page_for, known):
    page = page_for(COORDINATOR, f"peildatum=2020-11-02{known}")
    assert counts_on(page) == THE_NOTE
    assert figures_on(page)["partition-check"] == "2 + 21 + 67 + 40 = 130, klopt"


def test_the_same_sentence_as_in_the_note(page_for):
    page = page_for(COORDINATOR, "peildatum=2020-11-02&bekend_op=2020-11-24")
    assert figures_on(page)["note-sentence"] == (
        "Op 2 november 2020 telde West Betuwe 130 dossiers met klantprofiel 4 (zoals bekend op "
        "24 november 2020): 2 in een KP3-traject, 21 in ondersteuning, 67 in rust en 40 nog in "
        "onderzoek."
    )


def test_the_eighteen_that_the_deck_counts_too(page_for):
    page = page_for(COORDINATOR, "peildatum=2020-11-02&inactief=1")
    assert counts_on(page) == THE_NOTE | {"stopped": "18", "total": "148"}
    assert figures_on(page)["partition-check"] == "2 + 21 + 67 + 40 + 18 = 148, klopt"


def test_the_households_on_welfare_of_the_note(page_for):
    page = page_for(COORDINATOR, "peildatum=2020-11-02&bekend_op=2020-11-24")
    assert figures_on(page)["welfare-households"] == "449"
    assert "Op 1 juli 2020 ontvingen 449 huishoudens in West Betuwe bijstand." in page


def test_the_subgroups_of_the_deck(page_for):
    page = page_for(COORDINATOR, "peildatum=2021-03-23")
    shown = figures_on(page)
    assert shown["subgroup-improved"] == "7"
    assert shown["subgroup-hidden_problems"] == "4"
    row = page[page.index('data-testid="subgroup-improved"') :]
    assert "(5%)" in row[: row.index("</tr>")]
    assert "148" in page[page.index("Tussen haakjes") :][:60]


def test_the_policy_officer_sees_the_same_day_behind_the_guard(page_for):
    page = page_for(POLICY, "peildatum=2020-11-02&bekend_op=2020-11-24&inactief=1")
    assert counts_on(page) == {
        "kp3": "<5", "support": "afgeschermd", "rest": "67", "under_investigation": "40",
        "stopped": "afgeschermd", "total": "148",
    }  # fmt: skip
    assert figures_on(page)["partition-check"] == "som klopt"
    assert figures_on(page)["welfare-households"] == "449"
    assert links_on(page) == {}
    without = page_for(POLICY, "peildatum=2020-11-02")
    assert counts_on(without) == {
        "kp3": "<5", "support": "afgeschermd", "rest": "67", "under_investigation": "40",
        "total": "130",
    }  # fmt: skip


def test_the_policy_officer_sees_the_subgroups_of_the_deck_as_the_deck_shows_them(page_for):
    shown = figures_on(page_for(POLICY, "peildatum=2021-03-23"))
    assert shown["subgroup-improved"] == "7"
    assert shown["subgroup-hidden_problems"] == "<5"


def test_every_golden_figure_leads_to_its_dossiers(page_for, http_as):
    page = page_for(COORDINATOR, "peildatum=2020-11-02&bekend_op=2020-11-24&inactief=1")
    http = http_as(user_by_email(db.session(), COORDINATOR))
    for track, address in links_on(page).items():
        number, rows = int(counts_on(page)[track]), 0
        for place in range(1, -(-number // 25) + 1):
            found = http.get(f"{address}&pagina={place}")
            rows += found.text.count('data-testid="dossier-row"')
        assert rows == number, track


def test_a_consultant_of_that_day_reads_a_part_of_the_whole(page_for):
    shown = counts_on(page_for("consulent1@westbetuwe.example", "peildatum=2020-11-02"))
    assert shown.keys() == THE_NOTE.keys()
    assert all(0 <= int(shown[track]) <= int(THE_NOTE[track]) for track in THE_NOTE)
    assert 0 < int(shown["total"]) < 130


def test_another_municipality_has_its_own_figures(page_for):
    page = page_for("coordinator@buren.example", "peildatum=2020-11-02&inactief=1")
    assert figures_on(page)["partition-check"].endswith(f"= {counts_on(page)['total']}, klopt")
    assert 20 <= int(counts_on(page)["total"]) <= 30
    assert figures_on(page)["welfare-households"] != "449"
