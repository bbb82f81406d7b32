"""The log as the data protection officer reads it."""

import re
from pathlib import Path

import pytest

import kp4web
from kp4web.audit.models import ACTS
from kp4web.domain.actor import Role
from kp4web.domain.bsn import demo_numbers
from tests.factories import make_conversation, make_dossier, make_user


@pytest.fixture
def officer(app):
    return make_user(Role.DATA_PROTECTION_OFFICER)


def test_it_names_who_did_what_in_which_dossier_but_no_resident(http_as, officer):
    lead = make_user(name="Karin Jansen")
    dossier = make_dossier(lead=lead, surname="Geheimzinnig", bsn=next(demo_numbers()))
    make_conversation(dossier, lead, report="Een vertrouwelijk verslag.")
    page = http_as(officer).get("/logboek").text
    for shown in ("Karin Jansen", "Gesprek vastgelegd", dossier.number, "Vaste consulent"):
        assert shown in page
    for hidden in ("Geheimzinnig", "vertrouwelijk", next(demo_numbers())):
        assert hidden not in page


def test_it_shows_the_own_municipality_only(http_as, officer):
    lead = make_user(municipality="Buren")
    dossier = make_dossier(lead=lead, municipality="Buren")
    page = http_as(officer).get("/logboek").text
    assert dossier.number not in page
    assert lead.name not in page


def test_filters_narrow_it_down(http_as, officer):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    make_conversation(dossier, lead)
    http = http_as(officer)
    table = http.get("/logboek?handeling=conversation_record").text.split("<tbody>")[1]
    assert table.count("<tr>") == 1
    assert http.get(f"/logboek?gebruiker={lead.id}").text.count("Gesprek vastgelegd</td>") <= 1
    nothing = http.get("/logboek?van=2001-01-01&tot=2001-01-31").text
    assert "Er zijn geen regels die hierbij passen." in nothing


@pytest.mark.parametrize("query", ["van=2020-02-30", "van=x", "gebruiker=10000000000000000000000",
                                   "handeling=niets", "van=0000-00-00"])  # fmt: skip
def test_a_filter_that_cannot_be_is_explained(http_as, officer, query):
    response = http_as(officer).get(f"/logboek?{query}")
    assert response.status_code == 422
    assert 'data-testid="field-error"' in response.text


@pytest.mark.parametrize("before", ["x", "-1", str(2**63), str(10**25), "²"])
def test_a_page_that_cannot_be_is_the_first(http_as, officer, before):
    assert http_as(officer).get("/logboek", query_string={"voor": before}).status_code == 200


def test_older_entries_are_one_click_away(http_as, officer):
    http = http_as(officer)
    for _ in range(52):
        http.get("/logboek")
    page = http.get("/logboek").text
    assert page.count('<th scope="row"') == 50
    link = page.split('href="/logboek?voor=')[1].split('"')[0]
    assert http.get(f"/logboek?voor={link}").text.count('scope="row"') == 2


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.DATA_PROTECTION_OFFICER])
def test_no_other_role_reads_it(http_as, role):
    assert http_as(make_user(role)).get("/logboek").status_code == 403


def test_every_act_that_is_recorded_has_words_in_the_log():
    source = Path(kp4web.__file__).parent
    code = "\n".join(path.read_text() for path in source.glob("*/commands.py"))
    named = set(re.findall(r'record(?:_in)?\(\s*session, (?:actor|None), (?:ref, )?"(\w+)"', code))
    assert "dossier_unassign" in named
    assert named - set(ACTS) == {"nightly"}  # of no municipality, so on nobody's page
