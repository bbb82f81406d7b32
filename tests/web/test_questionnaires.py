"""Filling in a questionnaire over HTTP: start, one answer at a time, without scripts, the end."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from kp4web.applications.models import Application
from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState
from kp4web.domain.questionnaire.definition import Skip
from kp4web.extensions import db
from kp4web.handovers.commands import AcceptHandover, accept_handover
from kp4web.handovers.models import Handover
from kp4web.questionnaires.commands import SaveAnswer, complete_questionnaire, save_answer
from kp4web.questionnaires.models import Answer, Questionnaire, QuestionnaireState
from tests.conftest import TODAY
from tests.factories import (
    actor,
    at,
    decide,
    make_agency,
    make_application,
    make_dossier,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)
from tests.queries import count_queries
from tests.questionnaires import changed, example

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
NAME = "Wojciechowska-van den Heuvel"
MARCH = date(2026, 3, 2)
AREAS = ("vooraf", "werk", "gezondheid", "sociaal", "wonen_geld", "justitie")
MOST_QUERIES = 8


@pytest.fixture
def intake(app):
    return make_user(Role.INTAKE)


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def in_force(app):
    return make_version(make_team(), make_agency(), today=date(2026, 1, 1))


@pytest.fixture
def application(intake, in_force):
    return make_application(by=intake, surname=NAME)


@pytest.fixture
def dossier(lead, in_force):
    return make_dossier(lead=lead, surname="O'Brien-Şahin")


@pytest.fixture
def sheet(intake, application):
    """Return the id of a questionnaire with an applicant, with some answers."""
    return make_questionnaire(application, intake, answers={"werk_nu": "nee"}).id


@pytest.fixture
def again(lead, dossier):
    """Return the id of a reassessment; the earlier questionnaire is of March."""
    answers = {
        "werk_nu": "nee", "werk_laatst": "gt5", "werk_doen": ("solliciteren", "cursus"),
        "gez_lichaam": Skip.UNKNOWN, "gez_verklaring_datum": date(2025, 3, 2),
        "werk_wens": "Iets met planten.",
    }  # fmt: skip
    make_questionnaire(dossier, lead, answers=answers, completed=True, today=MARCH)
    return make_questionnaire(dossier, lead).id


def at_sheet(sheet, rest):
    return f"/vragenlijsten/{sheet}/{rest}"


def kept(sheet):
    """Return the answers in the database as JSON, with their revision."""
    db.session.rollback()
    rows = db.session.scalars(select(Answer).where(Answer.questionnaire_id == sheet))
    return {row.question: (row.value, row.revision) for row in rows}


def acts(action):
    db.session.rollback()
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def was_of(page, question, name="was"):
    found = re.search(rf'name="{name}\.{question}"\s+value="([^"]*)"', page.text)
    return found[1].replace("&#34;", '"').replace("&#39;", "'")


def on_page(page):
    """Return the questions that stand on the page."""
    return re.findall(r'data-question="(\w+)"', page.text)


def fields_of(page, **answers):
    """Return what the form of a page sends without scripts, with these answers given."""
    sent = {f"was.{question}": was_of(page, question) for question in on_page(page)}
    for name, value in re.findall(
        r'<input type="(?:radio|checkbox)" name="([^"]+)" value="([^"]+)"[^>]*? checked', page.text
    ):
        sent.setdefault(name, []).append(value)
    sent |= dict(re.findall(r'<textarea[^>]*?name="([^"]+)"[^>]*?>\n([^<]*)', page.text))
    sent |= dict(re.findall(r'inputmode[^>]*?name="([^"]+)"\s+value="([^"]*)"', page.text))
    return sent | {f"answer.{question}": value for question, value in answers.items()}


def give(http, sheet, question, *values, was="0:", **more):
    """Send one answer as the page does."""
    data = {"question": question, f"was.{question}": was, f"answer.{question}": list(values)}
    return http.post(at_sheet(sheet, "antwoorden"), data=data | more, headers=HTMX)


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


# ---------------------------------------------------------------------- one answer


def test_an_answer_is_saved_and_comes_back_in_small_pieces(http_as, intake, sheet):
    answer = give(http_as(intake), sheet, "gez_energie", "2")
    assert answer.status_code == 200
    assert kept(sheet)["gez_energie"] == ("2", 1)
    assert re.search(r"Bewaard om \d\d:\d\d", answer.text)
    assert was_of(answer, "gez_energie") == "1:2"
    assert "<fieldset" not in answer.text
    assert "1 van 8" in answer.text
    assert len(answer.data) < 3_000


@pytest.mark.parametrize(
    ("question", "values", "stored"),
    [
        ("werk_nu", ["ja_veel"], '"ja_veel"'),
        ("werk_doen", ["cursus", "solliciteren"], '["solliciteren", "cursus"]'),
        ("vooraf_tolk", ["nee"], "false"),
        ("werk_vertrouwen", ["5"], "5"),
        ("gez_verklaring_datum", ["2-3-2025"], '"2025-03-02"'),
        ("werk_wens", ["  Élan\r\nbuiten "], '"Élan\\nbuiten"'),
        ("werk_opleiding", ["?unknown"], '{"skip": "unknown"}'),
        ("werk_doen", ["?refused"], '{"skip": "refused"}'),
    ],
)
def test_every_type_of_answer_is_kept(http_as, intake, sheet, question, values, stored):
    was = '1:"nee"' if question == "werk_nu" else "0:"
    assert give(http_as(intake), sheet, question, *values, was=was).status_code == 200
    assert kept(sheet)[question][0] == stored


def test_a_field_to_type_in_can_be_skipped(http_as, intake, sheet):
    http = http_as(intake)
    answer = give(http, sheet, "werk_wens", "", **{"skip.werk_wens": "?refused"})
    assert answer.status_code == 200
    assert kept(sheet)["werk_wens"][0] == '{"skip": "refused"}'
    was = was_of(answer, "werk_wens")
    assert give(http, sheet, "werk_wens", "?unknown", was=was).status_code == 200
    assert kept(sheet)["werk_wens"][0] == '"?unknown"'  # typed, so it is a text


@pytest.mark.parametrize(
    ("question", "values", "sentence"),
    [
        ("werk_opleiding", ["gymnasium"], "Kies een antwoord uit de lijst."),
        ("werk_opleiding", ["basis", "geen"], "Kies één antwoord."),
        ("werk_opleiding", ["basis", "?unknown"], "Dit kan niet allebei."),
        ("werk_opleiding", ["?anders"], "Kies een antwoord uit de lijst."),
        ("werk_doen", ["cursus", "niets_kan_niet"], "kan niet samen met een ander antwoord"),
        ("werk_doen", ["cursus", "?refused"], "Dit kan niet allebei."),
        ("werk_doen", ["?unknown", "?refused"], "Kies één antwoord."),
        ("vooraf_tolk", ["misschien"], "Kies Ja of Nee."),
        ("werk_vertrouwen", ["6"], "Kies een getal van 1 tot en met 5."),
        ("gez_verklaring_datum", ["30-2-2025"], "Deze datum bestaat niet."),
        ("gez_verklaring_datum", ["19-11-2026"], "Deze datum ligt in de toekomst."),
        ("gez_verklaring_datum", ["gisteren"], "Vul een datum in"),
        ("werk_wens", ["x" * 501], "U typte er 501."),
        ("werk_wens", ["a\x00b"], "een teken dat niet bewaard kan worden"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_at_its_question(
    http_as, intake, sheet, question, values, sentence
):
    answer = give(http_as(intake), sheet, question, *values)
    assert answer.status_code == 422
    assert f'id="e-{question}"' in answer.text
    assert sentence in answer.text
    assert set(kept(sheet)) == {"werk_nu"}


def test_a_question_of_another_questionnaire_is_refused(http_as, intake, sheet):
    http = http_as(intake)
    for question in ("bestaat_niet", "", "werk"):
        answer = give(http, sheet, question, "nee")
        assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#message")
        assert "hoort niet bij deze vragenlijst" in answer.text
    assert set(kept(sheet)) == {"werk_nu"}


@pytest.mark.parametrize("state", [QuestionnaireState.COMPLETED, QuestionnaireState.DISCARDED])
def test_a_frozen_questionnaire_takes_no_answer_and_says_why(http_as, intake, sheet, state):
    http = http_as(intake)
    if state is QuestionnaireState.COMPLETED:
        http.post(at_sheet(sheet, "afronding"))
    else:
        http.post(at_sheet(sheet, "verwijdering"), data={"reason": "Verkeerde persoon."})
    for answer in (
        give(http, sheet, "werk_uren", "0"),
        http.post(at_sheet(sheet, "werk"), data={"was.werk_uren": "0:", "answer.werk_uren": "0"}),
        http.post(at_sheet(sheet, "verwijdering"), data={"reason": "Nog een keer."}),
    ):
        assert answer.status_code == 409
        assert f"Deze vragenlijst is al {state.label.lower()}: de antwoorden staan vast" in (
            answer.text
        )
    assert set(kept(sheet)) == {"werk_nu"}
    completing = http.post(at_sheet(sheet, "afronding"))
    if state is QuestionnaireState.COMPLETED:  # a double click on "Afronden" is one
        assert completing.location == at_sheet(sheet, "uitkomst")
        assert len(acts("questionnaire_complete")) == 1
    else:
        assert completing.status_code == 409
    page = http.get(at_sheet(sheet, "werk"))
    assert "De antwoorden staan vast." in page.text
    assert "Nee" in page.text
    assert "<form" not in page.text.split("<main")[1]


def test_questions_come_and_go_with_the_answers_and_keep_theirs(http_as, intake, sheet):
    http = http_as(intake)
    shown = ["werk_nu", "werk_laatst", "werk_termijn", "werk_uren"]
    give(http, sheet, "werk_laatst", "gt5", shown=shown)
    away = give(http, sheet, "werk_nu", "ja_veel", was='1:"nee"', shown=shown)
    for question in ("werk_laatst", "werk_termijn"):
        assert re.search(rf'id="q-{question}" hidden\s+data-hx-swap-oob="true"', away.text)
    assert "2 vragen zijn niet meer nodig." in away.text
    assert kept(sheet)["werk_laatst"] == ('"gt5"', 1)
    back = give(http, sheet, "werk_nu", "nee", was='2:"ja_veel"', shown=["werk_nu", "werk_uren"])
    assert "Er is een vraag bij gekomen: Wanneer had u voor het laatst betaald werk?" in back.text
    assert re.search(r'value="gt5"[^>]* checked', back.text)
    assert was_of(back, "werk_laatst") == '1:"gt5"'


def test_an_answer_can_be_cleared(http_as, intake, sheet):
    http = http_as(intake)
    answer = give(http, sheet, "werk_nu", "nee", was='1:"nee"', clear="werk_nu",
                  shown=["werk_nu", "werk_laatst"])  # fmt: skip
    assert answer.status_code == 200
    assert "Gewist om" in answer.text
    assert 'id="q-werk_laatst" hidden' in answer.text
    assert kept(sheet)["werk_nu"] == (None, 2)
    assert give(http, sheet, "werk_nu", "ja_veel", was="2:").status_code == 200
    assert kept(sheet)["werk_nu"] == ('"ja_veel"', 3)


def test_the_same_answer_again_changes_nothing(http_as, intake, sheet):
    http = http_as(intake)
    for was in ('1:"nee"', "0:"):
        assert give(http, sheet, "werk_nu", "nee", was=was).status_code == 200
    assert kept(sheet)["werk_nu"] == ('"nee"', 1)


def test_two_tabs_are_told_of_each_other(http_as, intake, sheet):
    http = http_as(intake)
    give(http, sheet, "soc_alleen", "soms")
    other = give(http, sheet, "soc_alleen", "vaak")
    assert other.status_code == 409
    assert "In een ander venster staat nu: ‘Soms’." in other.text
    assert "Hier staat: ‘Vaak’." in other.text
    seen = was_of(other, "soc_alleen", "seen")
    assert seen == '1:"soms"'
    assert 'name="was.soc_alleen"' not in other.text  # until one chooses, it is a conflict
    assert give(http, sheet, "soc_alleen", "altijd").status_code == 409
    assert kept(sheet)["soc_alleen"] == ('"soms"', 1)
    taken = give(http, sheet, "soc_alleen", "vaak", take="soc_alleen")
    assert re.search(r'value="soms"[^>]* checked', taken.text)
    assert kept(sheet)["soc_alleen"] == ('"soms"', 1)
    chosen = {"seen.soc_alleen": seen, "keep": "soc_alleen"}
    mine = give(http, sheet, "soc_alleen", "vaak", **chosen)
    assert mine.status_code == 200
    assert kept(sheet)["soc_alleen"] == ('"vaak"', 2)


def test_an_answer_asks_little_of_the_database(http_as, intake, sheet):
    http = http_as(intake)
    give(http, sheet, "werk_uren", "0")
    with count_queries() as new:
        give(http, sheet, "gez_energie", "2")
    with count_queries() as other:
        give(http, sheet, "gez_energie", "3", was="1:2")
    assert (len(new) <= MOST_QUERIES, len(other) <= MOST_QUERIES) == (True, True)


def test_nor_does_an_answer_beside_an_earlier_one(http_as, lead, again):
    http = http_as(lead)
    give(http, again, "gez_energie", "2")
    with count_queries() as appearing:
        text = give(http, again, "werk_nu", "nee", shown=["werk_nu"]).text
    assert "Vorige keer (02-03-2026):" in text
    with count_queries() as same:
        give(http, again, "werk_doen", same="werk_doen")
    assert kept(again)["werk_doen"][0] == '["solliciteren", "cursus"]'
    assert (len(appearing) <= MOST_QUERIES, len(same) <= MOST_QUERIES) == (True, True)


def test_without_htmx_one_answer_leads_back_to_its_question(http_as, intake, sheet):
    data = {"question": "werk_uren", "was.werk_uren": "0:", "answer.werk_uren": "0"}
    answer = http_as(intake).post(at_sheet(sheet, "antwoorden"), data=data)
    assert (answer.status_code, answer.location) == (303, at_sheet(sheet, "werk#q-werk_uren"))


# ---------------------------------------------------------------------- a whole area


def test_without_htmx_a_refused_answer_is_shown_with_its_reason(http_as, intake, sheet):
    http, long = http_as(intake), "Bloemen. " * 80
    sent = {"question": "werk_wens", "was.werk_wens": "0:", "answer.werk_wens": long}
    page = http.post(at_sheet(sheet, "antwoorden"), data=sent)
    assert page.status_code == 422
    assert long.strip() in page.text
    assert "hoogstens 500 tekens" in page.text
    assert "werk_wens" not in kept(sheet)
    sent = {"question": "werk_uren", "was.werk_uren": "0:", "answer.werk_uren": "0"}
    give(http, sheet, "werk_uren", "0")
    other = http.post(at_sheet(sheet, "antwoorden"), data=sent | {"answer.werk_uren": "?refused"})
    assert other.status_code == 409
    assert "<h1" in other.text
    assert kept(sheet)["werk_uren"] == ('"0"', 1)


def test_an_area_is_saved_at_once_and_leads_to_the_next(http_as, intake, sheet):
    http = http_as(intake)
    page = http.get(at_sheet(sheet, "gezondheid"))
    data = fields_of(page, gez_energie="2", gez_hulp=["huisarts", "ggz"])
    answer = http.post(at_sheet(sheet, "gezondheid"), data=data)
    assert (answer.status_code, answer.location) == (303, at_sheet(sheet, "sociaal"))
    assert kept(sheet).keys() == {"werk_nu", "gez_energie", "gez_hulp"}
    page = http.get(at_sheet(sheet, "justitie"))
    last = http.post(at_sheet(sheet, "justitie"), data=fields_of(page))
    assert last.location == at_sheet(sheet, "afronding")


def test_new_questions_keep_the_area_on_the_screen(http_as, intake, sheet):
    http = http_as(intake)
    page = http.get(at_sheet(sheet, "gezondheid"))
    answer = http.post(
        at_sheet(sheet, "gezondheid"), data=fields_of(page, gez_verklaring="ja"),
        follow_redirects=True,
    )  # fmt: skip
    assert answer.request.path == at_sheet(sheet, "gezondheid")
    assert "Er is 1 vraag bij gekomen." in answer.text
    assert "gez_verklaring_datum" in on_page(answer)
    onward = http.post(at_sheet(sheet, "gezondheid"), data=fields_of(answer))
    assert onward.location == at_sheet(sheet, "sociaal")


def test_htmx_gets_the_next_area_and_its_address(http_as, intake, sheet):
    http = http_as(intake)
    data = {"was.gez_energie": "0:", "answer.gez_energie": "2"}
    answer = http.post(at_sheet(sheet, "gezondheid"), data=data, headers=HTMX)
    appeared = "Er zijn" in answer.text
    assert appeared  # the page sent one question only, so the others are new
    page = http.get(at_sheet(sheet, "gezondheid"))
    answer = http.post(at_sheet(sheet, "gezondheid"), data=fields_of(page), headers=HTMX)
    assert answer.headers["HX-Push-Url"] == at_sheet(sheet, "sociaal")
    assert "Sociale omgeving" in answer.text
    last = http.post(at_sheet(sheet, "justitie"), data={
        f"was.{q.id}": "0:" for q in example().questions_of("justitie")}, headers=HTMX)  # fmt: skip
    assert last.headers["HX-Push-Url"] == at_sheet(sheet, "afronding")
    assert "te weinig beantwoord" in last.text


def test_an_old_tab_neither_erases_nor_overwrites(http_as, intake, sheet):
    http = http_as(intake)
    old = http.get(at_sheet(sheet, "gezondheid"))
    give(http, sheet, "gez_energie", "2")
    give(http, sheet, "gez_zelfzorg", "3")
    data = fields_of(old, gez_gesprek="prima")
    assert http.post(at_sheet(sheet, "gezondheid"), data=data).status_code == 303
    found = kept(sheet)
    assert found["gez_gesprek"] == ('"prima"', 1)
    assert (found["gez_energie"], found["gez_zelfzorg"]) == (("2", 1), ("3", 1))


def test_two_answers_to_one_question_are_both_shown_and_one_chooses(http_as, intake, sheet):
    http = http_as(intake)
    old = http.get(at_sheet(sheet, "gezondheid"))
    give(http, sheet, "gez_energie", "2")
    data = fields_of(old, gez_energie="5", gez_gesprek="prima")
    page = http.post(at_sheet(sheet, "gezondheid"), data=data)
    assert page.status_code == 409
    assert "In een ander venster staat nu: ‘2 van 5" in page.text
    assert "gez_gesprek" not in kept(sheet)
    assert fields_of(page)["answer.gez_gesprek"] == ["prima"]
    assert fields_of(page)["answer.gez_energie"] == ["5"]
    again = http.post(at_sheet(sheet, "gezondheid"), data=fields_of(page))
    assert again.status_code == 409  # going on is not choosing
    take = http.post(at_sheet(sheet, "gezondheid"), data=fields_of(page) | {"take": "gez_energie"})
    assert take.location == at_sheet(sheet, "gezondheid#q-gez_energie")
    assert kept(sheet)["gez_energie"] == ("2", 1)
    assert kept(sheet)["gez_gesprek"] == ('"prima"', 1)
    keep = http.post(at_sheet(sheet, "gezondheid"), data={
        "was.gez_energie": "0:", "seen.gez_energie": "1:2", "answer.gez_energie": "5",
        "keep": "gez_energie"})  # fmt: skip
    assert keep.status_code == 303
    assert kept(sheet)["gez_energie"] == ("5", 2)


def test_what_does_not_fit_keeps_everything_typed_and_saves_nothing(http_as, intake, sheet):
    http = http_as(intake)
    give(http, sheet, "gez_verklaring", "ja")
    page = http.get(at_sheet(sheet, "gezondheid"))
    data = fields_of(page, gez_verklaring_datum="31-04-2025", gez_energie="2")
    answer = http.post(at_sheet(sheet, "gezondheid"), data=data)
    assert answer.status_code == 422
    assert "Deze datum bestaat niet." in answer.text
    assert 'value="31-04-2025"' in answer.text
    assert fields_of(answer)["answer.gez_energie"] == ["2"]
    assert "gez_energie" not in kept(sheet)


def test_mending_an_error_does_not_overwrite_what_another_tab_saved(http_as, intake, sheet):
    http = http_as(intake)
    page = http.get(at_sheet(sheet, "werk"))
    give(http, sheet, "werk_vertrouwen", "4")
    give(http, sheet, "werk_uren", "0")
    wrong = http.post(
        at_sheet(sheet, "werk"), data=fields_of(page, werk_wens="x" * 600, werk_uren="32plus")
    )
    assert wrong.status_code == 422
    mended = http.post(at_sheet(sheet, "werk"), data=fields_of(wrong, werk_wens="Planten."))
    assert mended.status_code == 409  # werk_uren was changed in both
    assert kept(sheet)["werk_vertrouwen"] == ("4", 1)
    assert kept(sheet)["werk_uren"] == ('"0"', 1)


def test_a_button_at_a_question_clears_or_repeats_it_without_scripts(http_as, lead, again):
    http = http_as(lead)
    page = http.get(at_sheet(again, "werk"))
    same = http.post(at_sheet(again, "werk"), data=fields_of(page) | {"same": "werk_nu"})
    assert same.location == at_sheet(again, "werk#q-werk_laatst")
    assert kept(again) == {"werk_nu": ('"nee"', 1)}
    page = http.get(at_sheet(again, "werk"))
    clear = http.post(at_sheet(again, "werk"), data=fields_of(page) | {"clear": "werk_nu"})
    assert clear.location == at_sheet(again, "werk#q-werk_nu")
    assert kept(again) == {"werk_nu": (None, 2)}


def test_strange_buttons_lead_nowhere_else(http_as, intake, sheet):
    answer = http_as(intake).post(at_sheet(sheet, "werk"), data={"stay": "//example.org"})
    assert answer.location.startswith(at_sheet(sheet, "werk"))


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
