"""The pages of a questionnaire: start, every area, the earlier answers, the end."""

import re

import pytest
from sqlalchemy import select

from kp4web.applications.models import Application
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState
from kp4web.extensions import db
from kp4web.handovers.commands import AcceptHandover, accept_handover
from kp4web.handovers.models import Handover
from kp4web.questionnaires.commands import SaveAnswer, complete_questionnaire, save_answer
from kp4web.questionnaires.models import Questionnaire, QuestionnaireState
from tests.conftest import TODAY
from tests.factories import (
    actor,
    at,
    decide,
    make_application,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)
from tests.queries import count_queries
from tests.questionnaire_pages import AREAS, HTMX, MARCH, NAME, acts, at_sheet, give, kept, on_page
from tests.questionnaires import changed, example

# ---------------------------------------------------------------------- starting


def test_intake_starts_with_an_applicant(http_as, intake, application):
    http = http_as(intake)
    answer = http.post(f"/aanvragen/{application.id}/vragenlijsten")
    row = db.session.scalars(select(Questionnaire)).one()
    assert (answer.status_code, answer.location) == (303, at_sheet(row.id, "vooraf"))
    again = http.post(f"/aanvragen/{application.id}/vragenlijsten")
    assert again.location == answer.location  # a double click is one
    assert len(acts("questionnaire_start")) == 1


def test_the_lead_starts_a_reassessment(http_as, lead, dossier):
    http = http_as(lead)
    path = f"/dossiers/{dossier.number}/vragenlijsten"
    assert "Nieuwe vragenlijst" in http.get(path).text
    answer = http.post(path)
    assert (answer.status_code, answer.location[-7:]) == (303, "/vooraf")
    listed = http.get(path)
    assert "Nieuwe vragenlijst" not in listed.text
    assert "Verder invullen" in listed.text
    assert http.post(path).location == answer.location
    assert len(acts("questionnaire_start")) == 1


def test_without_a_version_in_force_nothing_starts(http_as, intake):
    application = make_application(by=intake)
    answer = http_as(intake).post(f"/aanvragen/{application.id}/vragenlijsten")
    assert answer.status_code == 409
    assert "geen vragenlijst in gebruik" in answer.text
    assert db.session.scalars(select(Questionnaire)).all() == []


@pytest.mark.parametrize(
    ("role", "municipality", "status"),
    [(Role.CONSULTANT, "West Betuwe", 403), (Role.COORDINATOR, "West Betuwe", 403),
     (Role.CONSULTANT, "Buren", 404), (Role.INTAKE, "West Betuwe", 403)],
)  # fmt: skip
def test_nobody_else_lists_or_starts_in_a_dossier(http_as, dossier, role, municipality, status):
    http = http_as(make_user(role, municipality=municipality))
    path = f"/dossiers/{dossier.number}/vragenlijsten"
    assert (http.get(path).status_code, http.post(path).status_code) == (status, status)


def test_the_list_tells_state_version_date_and_suggestion(http_as, lead, dossier, again):
    http = http_as(lead)
    path = f"/dossiers/{dossier.number}/vragenlijsten"
    with count_queries() as one:
        page = http.get(path)
    for words in ("18-11-2026", "Bezig", "02-03-2026", "Afgerond", "versie 1.0.0",
                  "Geen voorstel", "niet gevalideerd", "O&#39;Brien-Şahin"):  # fmt: skip
        assert words in page.text
    assert len(acts("questionnaires_read")) == 1
    complete_questionnaire(db.session(), actor(lead), again, now=at(TODAY), today=TODAY)
    make_questionnaire(dossier, lead)
    with count_queries() as more:
        http.get(path)
    assert len(one) == len(more)


def test_a_dossier_without_questionnaires_says_what_to_do(http_as, lead, dossier):
    page = http_as(lead).get(f"/dossiers/{dossier.number}/vragenlijsten")
    assert "Nog geen vragenlijsten in dit dossier" in page.text


# ---------------------------------------------------------------------- the pages


def test_the_first_page_explains_and_names_nobody_in_its_title(http_as, intake, application, sheet):
    page = http_as(intake).get(at_sheet(sheet, "vooraf"))
    title = page.text.split("</title>")[0]
    assert f"<title>Vragenlijst aanvraag {application.id} -" in title
    assert NAME in page.text.split("</title>")[1]
    for words in ("Met deze vragen kijken we samen", "Uw antwoorden komen in uw dossier",
                  "Voorbeeldinhoud, niet gevalideerd", "versie 1.0.0"):  # fmt: skip
        assert words in page.text


def test_a_page_in_a_dossier_is_titled_with_its_number(http_as, lead, dossier, again):
    page = http_as(lead).get(at_sheet(again, "werk"))
    assert f"<title>Vragenlijst {dossier.number} -" in page.text
    assert "Brien-Şahin" in page.text


def test_every_area_shows_its_questions_in_a_page_that_is_not_too_large(http_as, lead, again):
    http = http_as(lead)
    for area in AREAS:
        page = http.get(at_sheet(again, area))
        assert page.status_code == 200
        code = "" if area == "vooraf" else area
        expected = {q.id for q in example().questions_of(code) if q.show_if is None}
        assert set(on_page(page)) == expected
        assert len(page.data) < 35_000
    assert http.get(at_sheet(again, "bestaatniet")).status_code == 404


def test_every_type_is_asked_with_both_ways_to_skip(http_as, intake, sheet):
    http = http_as(intake)
    page = http.get(at_sheet(sheet, "werk")).text
    assert page.count('value="?unknown"') == page.count('value="?refused"') - 2  # two have it
    assert ": Heel weinig" in page
    assert ": Heel veel" in page
    assert page.count("data-alone") >= 4
    assert "Hoogstens 500 tekens." in page
    assert 'name="skip.werk_wens" value="?unknown"' in page
    assert "mag u overslaan" in http.get(at_sheet(sheet, "justitie")).text
    assert "Sociaal welzijn" in http.get(at_sheet(sheet, "sociaal")).text


def test_going_on_opens_the_first_open_question(http_as, intake, application, sheet):
    http = http_as(intake)
    going_on = f"/vragenlijsten/{sheet}"
    assert f'href="{going_on}"' in http.get(f"/aanvragen/{application.id}").text
    assert http.get(going_on).location == at_sheet(sheet, "vooraf#q-vooraf_wie")
    give(http, sheet, "vooraf_wie", "zelf")
    give(http, sheet, "vooraf_tolk", "nee")
    answer = http.get(going_on)
    assert (answer.status_code, answer.location) == (303, at_sheet(sheet, "werk#q-werk_laatst"))


def test_going_on_with_a_frozen_one_opens_its_first_page(http_as, lead, dossier):
    done = make_questionnaire(dossier, lead, answers={"werk_nu": "nee"}, completed=True)
    assert http_as(lead).get(f"/vragenlijsten/{done.id}").location == at_sheet(done.id, "vooraf")


def test_the_ways_not_to_answer_stand_together_and_refusing_is_last(http_as, intake, sheet):
    page = http_as(intake).get(at_sheet(sheet, "gezondheid")).text
    question = page.split('id="q-gez_lichaam"')[1].split("</fieldset>")[0]
    choices, skips = question.split("question__skips")
    assert "niet" not in choices.split("</legend>")[1].split("choices")[1]
    assert skips.index("Dat weet ik niet") < skips.index("Dat wil ik niet zeggen")


def test_showing_an_area_is_logged_once(http_as, intake, sheet):
    http = http_as(intake)
    http.get(at_sheet(sheet, "werk"))
    http.get(at_sheet(sheet, "gezondheid"), headers=HTMX)
    give(http, sheet, "gez_energie", "2")
    assert [entry.detail["area"] for entry in acts("questionnaire_form")] == ["werk", "gezondheid"]


def test_htmx_gets_the_block_of_an_area(http_as, intake, sheet):
    page = http_as(intake).get(at_sheet(sheet, "werk"), headers=HTMX).text
    assert page.lstrip().startswith('<div class="columns" id="questionnaire">')
    assert NAME not in page


@pytest.mark.parametrize("where", ["vooraf", "werk", "afronding"])
def test_out_of_reach_a_questionnaire_does_not_exist(http_as, again, where):
    people = {
        make_user(): 404,
        make_user(municipality="Buren"): 404,
        make_user(Role.INTAKE): 404,
        make_user(Role.COORDINATOR): 403,
        make_user(Role.AGENCY_COORDINATOR): 403,
    }
    for user, status in people.items():
        http = http_as(user)
        assert http.get(at_sheet(again, where)).status_code == status
        assert http.post(at_sheet(again, where)).status_code == status
        assert give(http, again, "werk_nu", "nee").status_code == status
        assert http.post(at_sheet(again, "verwijdering")).status_code == status
    assert kept(again) == {}


def test_a_colleague_at_intake_goes_on_until_klantprofiel_4_is_accepted(
    http_as, intake, application, sheet
):
    colleague = http_as(make_user(Role.INTAKE))
    assert give(colleague, sheet, "werk_uren", "0").status_code == 200
    complete_questionnaire(db.session(), actor(intake), sheet, now=at(TODAY, 11), today=TODAY)
    row = db.session.get_one(Questionnaire, sheet)
    decide(application, intake, questionnaire=row)
    assert colleague.get(at_sheet(sheet, "werk")).status_code == 200
    handover = db.session.scalars(select(Handover)).one()
    coordinator = actor(make_user(Role.COORDINATOR))
    accept_handover(
        db.session(), coordinator, handover.id, AcceptHandover(), now=at(TODAY, 12), today=TODAY
    )
    for rest in ("werk", "afronding"):
        assert colleague.get(at_sheet(sheet, rest)).status_code == 404


# ---------------------------------------------------------------------- reassessment


def test_the_earlier_answer_stands_beside_each_question(http_as, lead, again):
    page = http_as(lead).get(at_sheet(again, "werk"))
    for words in ("Nee", "Ik solliciteer, Ik volg een cursus of opleiding", "Iets met planten."):
        assert re.search(rf"Vorige keer \(02-03-2026\):</span>\s*<b[^>]*>{words}</b>", page.text)
    assert re.findall(r'name="same"\s+value="(\w+)"', page.text) == [
        "werk_nu", "werk_doen", "werk_wens",
    ]  # fmt: skip
    assert kept(again) == {}


def test_one_click_repeats_one_answer(http_as, lead, again):
    http = http_as(lead)
    answer = give(http, again, "werk_nu", same="werk_nu", shown=["werk_nu"])
    assert re.search(r'value="nee"[^>]* checked', answer.text)
    assert 'name="same"' not in answer.text.split('id="q-werk_laatst"')[0]
    assert kept(again) == {"werk_nu": ('"nee"', 1)}
    skip = give(http, again, "gez_lichaam", same="gez_lichaam")
    assert skip.status_code == 200
    assert kept(again)["gez_lichaam"][0] == '{"skip": "unknown"}'
    none = give(http, again, "werk_uren", same="werk_uren")
    assert (none.status_code, "past niet meer" in none.text) == (422, True)


def test_an_answer_that_no_longer_fits_the_version_is_shown_but_not_offered(http_as, lead, dossier):
    answers = {"werk_nu": "nee", "werk_uren": "0", "werk_wens": "Planten."}
    old = make_questionnaire(dossier, lead, answers=answers, completed=True, today=MARCH)
    texts = changed(
        ('version = "1.0.0"', 'version = "2.0.0"'),
        ('text = "Werkt u op dit moment?"', 'text = "Hebt u nu betaald werk?"'),
        ('label = "Ik kan nu niet werken"', 'label = "Werken lukt nu niet"'),
    )
    make_version(make_team(), content=texts, today=TODAY)
    new = make_questionnaire(dossier, lead)
    http = http_as(lead)
    page = http.get(at_sheet(new.id, "werk")).text
    assert "De vraag was toen: Werkt u op dit moment?" in page
    assert "Ik kan nu niet werken</b>" in page
    assert re.findall(r'name="same"\s+value="(\w+)"', page) == ["werk_wens"]
    assert give(http, new.id, "werk_nu", same="werk_nu").status_code == 422
    shown_for_ever = http.get(at_sheet(old.id, "werk")).text
    assert "versie 1.0.0" in shown_for_ever
    assert "Werkt u op dit moment?" in shown_for_ever


# ---------------------------------------------------------------------- the end


def test_the_last_page_tells_what_is_missing_and_what_it_means(http_as, intake, sheet):
    page = http_as(intake).get(at_sheet(sheet, "afronding")).text
    assert "nog te weinig beantwoord voor een voorstel" in page
    assert f'href="{at_sheet(sheet, "werk")}#a-werk_uren"' in page
    assert f'href="{at_sheet(sheet, "werk")}#a-werk_nu"' not in page
    assert "1 van 9 beantwoord" in page
    assert "Dank u wel." in page


def test_completing_freezes_and_leads_to_the_outcome(http_as, intake, application, sheet):
    answer = http_as(intake).post(at_sheet(sheet, "afronding"))
    assert (answer.status_code, answer.location) == (303, at_sheet(sheet, "uitkomst"))
    assert len(acts("questionnaire_complete")) == 1
    state = db.session.get_one(Application, application.id).state
    assert state is ApplicationState.WAITING


def test_throwing_away_asks_for_a_reason(http_as, intake, application, sheet):
    http = http_as(intake)
    for reason in ("", "   ", "x" * 501):
        page = http.post(at_sheet(sheet, "verwijdering"), data={"reason": reason})
        assert page.status_code == 422
        assert reason.strip() in page.text
    answer = http.post(at_sheet(sheet, "verwijdering"), data={"reason": "Verkeerde persoon."})
    assert answer.status_code == 303
    row = db.session.get_one(Questionnaire, sheet)
    assert (row.state, row.discard_reason) == (QuestionnaireState.DISCARDED, "Verkeerde persoon.")
    assert "Verkeerde persoon." not in str(
        [entry.detail for entry in acts("questionnaire_discard")]
    )
    assert db.session.get_one(Application, application.id).state is ApplicationState.OPEN


def test_a_save_behind_the_page_is_found_by_the_command_too(intake, sheet):
    save = SaveAnswer("werk_uren", "0", 0)
    assert save_answer(db.session(), actor(intake), sheet, save, now=at(TODAY)) == 1


def test_when_the_session_has_ended_the_page_gives_the_answers_back(http, intake, sheet):
    data = {"was.gez_energie": "0:", "answer.gez_energie": "2"}
    page = http.post(at_sheet(sheet, "gezondheid"), data=data)
    assert page.status_code == 401
    assert '<input type="hidden" name="was.gez_energie" value="0:">' in page.text
    assert re.search(r'name="answer.gez_energie"\s+value="2"', page.text)
