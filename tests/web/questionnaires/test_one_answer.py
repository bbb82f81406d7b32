"""One answer at a time, saved when it is given."""

import re

import pytest

from kp4web.questionnaires.models import QuestionnaireState
from tests.queries import count_queries
from tests.questionnaire_pages import MOST_QUERIES, acts, at_sheet, give, kept, was_of


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
