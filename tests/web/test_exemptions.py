"""The pages about exemptions: recording one, who reads what, the list and the figures."""

from datetime import date

import pytest

from kp4web.domain.actor import Role
from tests.conftest import TODAY
from tests.factories import make_dossier, make_exemption, make_grounds, make_team, make_user

WHY = "Zorgt dag en nacht voor een zieke partner. O'Brien-Şahin <b>helpt</b>."


def form(**given):
    known = {
        "ground": "9-2", "reason": "zorgtaken", "justification": WHY, "starts_on": TODAY,
        "ends_on": "29-02-2028", "organisation": make_team().id,
    }  # fmt: skip
    return {name: str(value) for name, value in (known | given).items()}


def test_the_lead_records_an_exemption_and_the_dossier_shows_it(http_as):
    make_grounds()
    lead = make_user()
    number, http = make_dossier(lead=lead).number, http_as(lead)
    assert "Geen ontheffing" in http.get(f"/dossiers/{number}").text
    assert http.post(f"/dossiers/{number}/ontheffing", data=form()).status_code == 303
    page = http.get(f"/dossiers/{number}").text
    assert "Ontheffing tot en met 29-02-2028" in page
    assert "Ontheffing vastgelegd" in page
    assert "29-02-2028" in http.get(f"/dossiers/{number}/voorbereiding").text
    page = http.get(f"/dossiers/{number}/ontheffing").text
    assert "werk zoeken en aanvaarden (a) en tegenprestatie (c)" in page
    assert "&lt;b&gt;helpt" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends_on": ""}, "Een ontheffing is tijdelijk. Vul een einddatum in."),
        ({"ground": "9-5"}, "Vul in op welke dag u het stuk heeft gezien."),
        ({"ends_on": "30-02-2027"}, "Dit is geen bestaande datum."),
    ],
)
def test_what_the_law_asks_is_said_at_the_field_and_nothing_typed_is_lost(
    http_as, changes, said
):  # fmt: skip
    make_grounds()
    lead = make_user()
    number = make_dossier(lead=lead).number
    answer = http_as(lead).post(f"/dossiers/{number}/ontheffing", data=form(**changes))
    assert answer.status_code == 422
    assert said in answer.text
    assert "O&#39;Brien-Şahin &lt;b&gt;" in answer.text


def test_each_reads_as_far_as_the_matrix_goes(http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, surname="Ontheven")
    make_exemption(dossier, lead, justification=WHY, ends_on=date(2027, 1, 31))
    address, seen = f"/dossiers/{dossier.number}/ontheffing", {}
    for role in (Role.CONSULTANT, Role.COORDINATOR, Role.INCOME_OFFICER):
        page = http_as(make_user(role)).get(address).text
        assert "Dringende redenen" in page
        assert "31-01-2027" in page
        seen[role] = ("zieke partner" in page, "Zorgtaken" in page)
    assert seen == {
        Role.CONSULTANT: (False, False), Role.COORDINATOR: (True, True),
        Role.INCOME_OFFICER: (False, False),
    }  # fmt: skip
    listed = http_as(make_user(Role.INCOME_OFFICER)).get("/").location
    assert listed == "/wie-doet-wat"
    page = http_as(make_user(Role.INCOME_OFFICER)).get("/ontheffingen").text
    assert "Ontheven" in page
    assert lead.name in page


def test_the_report_counts_with_and_without_and_guards_small_numbers(http_as):
    lead = make_user()
    for place in range(7):
        dossier = make_dossier(lead=lead, opened_on=date(2026, 1, 5))
        if place < 5:
            ends_on = date(2027, 1, 1) if place < 2 else date(2028, 1, 1)
            make_exemption(dossier, lead, today=date(2026, 3, 1), ends_on=ends_on)
    found = {}
    for role in (Role.COORDINATOR, Role.POLICY_OFFICER):
        http = http_as(make_user(role))
        for asked in ("", "?peildatum=2026-02-01", "?peildatum=2026-11-18&bekend_op=2026-02-01"):
            page = http.get(f"/rapportages/ontheffingen{asked}").text
            found[role, asked] = [
                page.partition(f'data-testid="exemption-{name}">')[2].partition("</span>")[0]
                for name in ("total", "held", "without", "soon")
            ]
            assert "0 keer gebruikt sinds 1 januari 2020" in page
    plain = {key: [text.rpartition('">')[2].removesuffix("</a>") for text in texts]
             for key, texts in found.items()}  # fmt: skip
    coordinator, policy = Role.COORDINATOR, Role.POLICY_OFFICER
    assert plain[coordinator, ""] == ["7", "5", "2", "2"]
    assert plain[coordinator, "?peildatum=2026-02-01"] == ["7", "0", "7", "0"]
    assert plain[policy, ""] == ["afgeschermd", "afgeschermd", "&lt;5", "&lt;5"]
