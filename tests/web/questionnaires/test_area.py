"""A whole area at once, as it is sent without scripts."""

from tests.questionnaire_pages import HTMX, at_sheet, fields_of, give, kept, on_page
from tests.questionnaires import example


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
