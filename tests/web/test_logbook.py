"""The log as the data protection officer reads it."""

import csv
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import text

import kp4web
from kp4web.audit.commands import record
from kp4web.audit.models import ACTS
from kp4web.corrections.models import Corrected
from kp4web.domain.actor import Role
from kp4web.domain.bsn import demo_numbers
from kp4web.domain.exemptions import Act
from kp4web.domain.policy import Relation
from kp4web.domain.sanctions import SignalState
from kp4web.extensions import db
from tests.conftest import TODAY
from tests.factories import actor, at, make_conversation, make_dossier, make_user


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
                                   "handeling=niets", "van=0000-00-00",
                                   "dossier=Jansen", "relatie=niets"])  # fmt: skip
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


def test_the_log_of_one_dossier_and_of_one_relation(http_as, officer):
    lead, colleague = make_user(name="Karin Jansen"), make_user(name="Piet de Boer")
    dossier, other = make_dossier(lead=lead), make_dossier(lead=colleague)
    http_as(colleague).get(f"/dossiers/{dossier.number}")
    http = http_as(officer)
    table = http.get(f"/logboek?dossier={dossier.number.lower()}").text.split("<tbody>")[1]
    assert dossier.number in table
    assert other.number not in table
    table = http.get("/logboek?relatie=colleague").text.split("<tbody>")[1]
    assert (table.count("<tr>"), "Piet de Boer" in table) == (1, True)


def test_the_page_says_whether_the_log_is_whole(app, http_as, officer):
    http = http_as(officer)
    assert "Nog niet" in http.get("/logboek").text
    assert app.test_cli_runner().invoke(args=["nightly"]).exit_code == 0
    assert "In orde" in http.get("/logboek").text
    db.session.execute(text("UPDATE audit_entry SET roles = '' WHERE id = 1"))
    db.session.commit()
    assert app.test_cli_runner().invoke(args=["nightly"]).exit_code == 1
    assert "1 fouten" in http.get("/logboek").text


def test_the_export_holds_what_the_page_shows_no_formula_and_is_logged(http_as, officer):
    lead = make_user(name="=HYPERLINK(1)")
    dossier = make_dossier(lead=lead, surname="Geheimzinnig")
    make_conversation(dossier, lead)
    http = http_as(officer)
    answer = http.get(f"/logboek/uitdraai?dossier={dossier.number}&handeling=conversation_record")
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(r"attachment; filename=logboek-[\d-]+\.csv",
                        answer.headers["Content-Disposition"])  # fmt: skip
    head, line = list(csv.reader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert head[2:7] == ["Wie", "Rol", "Organisatie", "Handeling", "Dossier"]
    assert (line[2], line[5], line[6]) == ("'=HYPERLINK(1)", "Gesprek vastgelegd", dossier.number)
    assert "Geheimzinnig" not in answer.text
    assert "Logboek uitgedraaid" in http.get("/logboek").text
    assert http.get("/logboek/uitdraai?van=x").status_code == 422


def look(user, dossier, *, at, relation, action="dossier_read"):
    record(
        db.session(), actor(user), action, now=at, dossier_id=dossier.id,
        municipality_id=dossier.municipality_id, relation=[relation],
    )  # fmt: skip
    db.session.commit()


def test_what_stands_out_names_who_and_how_often(http_as, officer):
    lead, colleague, hurried = (make_user(name=n) for n in ("Vast", "Collega", "Haast"))
    dossiers = [make_dossier(lead=lead) for _ in range(31)]
    for number, dossier in enumerate(dossiers):
        when = at(TODAY) + timedelta(minutes=number)
        look(hurried, dossier, at=when, relation=Relation.LEAD)
        look(lead, dossier, at=at(TODAY) + timedelta(minutes=2 * number), relation=Relation.LEAD)
    look(colleague, dossiers[0], at=at(TODAY), relation=Relation.COLLEAGUE)
    look(colleague, dossiers[0], at=at(TODAY), relation=Relation.COLLEAGUE, action="break_glass")
    page = http_as(officer).get(f"/logboek/opvallend?van={TODAY}&tot={TODAY}").text
    reasons, outside, rushes = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    for table, who, count in ((reasons, "Collega", 1), (outside, "Collega", 1),
                              (rushes, "Haast", 31)):  # fmt: skip
        assert re.findall(r'scope="row">(\w+)', table) == [who]
        assert f'class="number">{count}</td>' in table
    wrong = http_as(officer).get("/logboek/opvallend?van=2026-02-02&tot=2026-02-01")
    assert wrong.status_code == 422


def test_the_lead_sees_who_opened_the_own_dossier(http_as):
    lead, colleague = make_user(name="Vast"), make_user(name="Piet O'Brien-Şahin")
    dossier = make_dossier(lead=lead)
    http_as(colleague).get(f"/dossiers/{dossier.number}")
    mine = http_as(lead)
    link = f"/dossiers/{dossier.number}/inzage"
    assert link in mine.get(f"/dossiers/{dossier.number}").text
    assert link not in http_as(colleague).get(f"/dossiers/{dossier.number}").text
    page = mine.get(link).text
    table = page.split("<tbody>")[1].split("</tbody>")[0]
    for shown in ("Piet O&#39;Brien-Şahin", "Collega", "Dossier bekeken (2 keer)"):
        assert shown in table
    assert "Vast" not in table
    everybody = mine.get(f"{link}?wie=iedereen").text.split("<tbody>")[1]
    assert "Bekeken wie het dossier inzag" in everybody


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.DATA_PROTECTION_OFFICER])
def test_no_other_role_reads_it(http_as, role):
    assert http_as(make_user(role)).get("/logboek").status_code == 403


def test_every_act_that_is_recorded_has_words_in_the_log():
    source = Path(kp4web.__file__).parent
    code = "\n".join(path.read_text() for path in source.rglob("*.py"))
    calls = re.findall(r"\brecord(?:_in)?\((.{1,200}?)now=", code, re.DOTALL)
    named = {name for call in calls for name in re.findall(r'(?<!f)"(\w+)"', call)}
    named |= {
        name
        for line in re.findall(r"\baction = (.*)", code)
        for name in re.findall(r'"(\w+)"', line)
    }
    made = {name for call in calls for name in re.findall(r'f"(\w*\{.*?\}\w*)"', call)}
    assert {"dossier_unassign", "signals_read", "signal_submit", "log_export"} <= named
    assert named - set(ACTS) == set()
    assert made == {"signal_{state.value}", "exemption_{content['act']}", "{kind.value}_correct"}
    states = set(SignalState) - {SignalState.DRAFTED, SignalState.SUBMITTED}  # named by themselves
    spelled = {f"exemption_{act.value}" for act in Act} | {f"signal_{s.value}" for s in states}
    spelled |= {f"{kind.value}_correct" for kind in Corrected}
    assert spelled - set(ACTS) == set()
