"""Filling in a questionnaire in a browser: quick, by keyboard, without scripts, nothing lost."""

import re
import time
from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from kp4web.accounts.models import User, UserSession
from kp4web.domain.actor import Role
from kp4web.extensions import db
from kp4web.questionnaires.commands import SaveAnswer, save_answer
from kp4web.questionnaires.models import Answer, Questionnaire, QuestionnaireState
from tests.browser import ON_SQLITE, only, run_axe_at_all_widths, with_javascript
from tests.conftest import TODAY
from tests.factories import (
    PASSWORD,
    actor,
    at,
    make_agency,
    make_application,
    make_dossier,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)
from tests.questionnaires import example

EMAIL = "n.dewit@werkzaak.example"
SAVED = re.compile(r"Bewaard om \d\d:\d\d")
REVEALING = {  # answers that make other questions appear
    "werk_nu": "nee", "werk_taal": "matig", "gez_lichaam": "vaak", "gez_verklaring": "ja",
    "gez_middelen": "beetje", "soc_zorgtaken": "8_15", "geld_schulden": "geen_regeling",
    "won_plek": "eigen", "jus_verplichting": "ja",
}  # fmt: skip
MOST_INTERACTIONS = 60


@pytest.fixture
def intake(arrange):
    with arrange():
        return make_user(Role.INTAKE, email=EMAIL).id


@pytest.fixture
def sheet(arrange, intake):
    """Return the id of a new questionnaire with an applicant."""
    with arrange():
        make_version(make_team(), make_agency(), today=date(2026, 1, 1))
        user = db.session.get_one(User, intake)
        application = make_application(by=user, surname="Wojciechowska-van den Heuvel")
        return make_questionnaire(application, user).id


@pytest.fixture
def again(arrange):
    """Return the lead and the id of a reassessment beside a questionnaire of March."""
    with arrange():
        make_version(make_team(), today=date(2026, 1, 1))
        lead = make_user()
        dossier = make_dossier(lead=lead, surname="O'Brien-Şahin")
        before = {"werk_nu": "nee", "werk_laatst": "gt5", "werk_wens": "Iets met planten."}
        make_questionnaire(dossier, lead, answers=before, completed=True, today=date(2026, 3, 2))
        return lead.id, make_questionnaire(dossier, lead).id


@pytest.fixture
def page(page_as, intake, sheet):
    """Return the area about work, opened by the intake consultant."""
    page = page_as(intake)
    open_area(page, sheet, "werk")
    return page


def open_area(page, sheet, area):
    page.goto(f"/vragenlijsten/{sheet}/{area}")


def question(page, id):
    return page.locator(f"#q-{id}")


def state(page, id):
    return page.locator(f"#s-{id}")


def choose(page, id, label):
    question(page, id).get_by_label(label, exact=True).check()


def go_on(page):
    page.get_by_role("button", name="Bewaren en verder").click()


def kept(arrange, sheet):
    with arrange():
        rows = db.session.scalars(select(Answer).where(Answer.questionnaire_id == sheet))
        return {row.question: row.value for row in rows if row.value is not None}


def answered_elsewhere(arrange, sheet, user, id, value):
    """Answer a question as another window does."""
    with arrange():
        row = db.session.scalar(
            select(Answer).where(Answer.questionnaire_id == sheet, Answer.question == id)
        )
        command = SaveAnswer(id, value, row.revision if row else 0)
        who = actor(db.session.get_one(User, user))
        save_answer(db.session(), who, sheet, command, now=at(TODAY))


def saved(page, id, variant):
    """Wait until an answer is saved; without scripts by the button of the page."""
    if variant.javascript:
        expect(state(page, id)).to_contain_text(SAVED)
    else:
        go_on(page)


# ---------------------------------------------------------------------- the whole of it


@only(ON_SQLITE)
def test_a_whole_questionnaire_in_one_sitting_without_a_reload(
    page_as, intake, sheet, arrange, context, record_property
):
    page = page_as(intake)
    open_area(page, sheet, "vooraf")
    page.evaluate("window.untouched = true")
    loads = []
    context.on("request", lambda asked: asked.is_navigation_request() and loads.append(asked.url))
    done, began = 0, time.monotonic()
    for _ in range(6):
        done += fill_in(page)
        heading = page.locator("#area-title").inner_text()
        go_on(page)
        done += 1
        expect(page.locator("#area-title")).not_to_have_text(heading)
        expect(page.locator("#area-title")).to_be_focused()
    minutes = (time.monotonic() - began) / 60
    expect(page).to_have_url(re.compile("/afronding$"))
    assert page.evaluate("window.untouched")
    assert loads == []
    found = kept(arrange, sheet)
    expect(page.locator("#meter")).to_contain_text(f"{len(found)} van {len(found)} vragen")
    assert found.keys() == example().by_id.keys()
    assert done <= MOST_INTERACTIONS
    record_property("interactions", done)
    record_property("answered per minute", round(len(found) / minutes))


def fill_in(page):
    """Answer every question of the area, also those that appear; return the interactions."""
    done, answered = 0, set()
    while True:
        shown = page.locator("[data-question]").evaluate_all(
            "all => all.map(q => q.dataset.question)"
        )
        left = [id for id in shown if id not in answered]
        if not left:
            return done
        answer(page, example().by_id[left[0]])
        answered.add(left[0])
        done += 1
        if left[0] in REVEALING:
            expect(state(page, left[0])).to_contain_text(SAVED)


def answer(page, asked):
    here = question(page, asked.id)
    if asked.type == "text":
        here.locator("textarea").fill("Iets met planten.")
    elif asked.type == "date":
        here.locator("input[inputmode]").fill("2-3-2025")
    else:
        wanted = REVEALING.get(asked.id)
        pick = here.locator(f'input[value="{wanted}"]') if wanted else here.locator("input:visible")
        pick.first.check()


# ---------------------------------------------------------------------- answers and questions


def test_a_question_appears_vanishes_and_comes_back_with_its_answer(page, variant, sheet, arrange):
    """Runs with and without JavaScript."""
    expect(question(page, "werk_laatst")).to_be_hidden()
    choose(page, "werk_nu", "Nee")
    saved(page, "werk_nu", variant)
    expect(question(page, "werk_laatst")).to_be_visible()
    told = page.locator("#announce") if variant.javascript else page.locator("#status")
    expect(told).to_contain_text("bij gekomen")
    choose(page, "werk_laatst", "Langer dan 5 jaar geleden")
    saved(page, "werk_laatst", variant)
    open_area(page, sheet, "werk")
    choose(page, "werk_nu", "Ja, 12 uur per week of meer")
    saved(page, "werk_nu", variant)
    open_area(page, sheet, "werk")
    expect(question(page, "werk_laatst")).to_be_hidden()
    assert kept(arrange, sheet)["werk_laatst"] == '"gt5"'
    choose(page, "werk_nu", "Nee")
    saved(page, "werk_nu", variant)
    back = question(page, "werk_laatst").get_by_label("Langer dan 5 jaar geleden")
    expect(back).to_be_checked()


def test_every_type_of_question_is_kept(page, variant, sheet, arrange):
    """Runs with and without JavaScript."""
    choose(page, "werk_doen", "Ik solliciteer")
    choose(page, "werk_doen", "Ik doe vrijwilligerswerk")
    choose(page, "werk_vertrouwen", "2")
    page.locator("#a-werk_wens").fill("Iets met planten.")
    choose(page, "werk_opleiding", "Dat wil ik niet zeggen")
    go_on(page)
    expect(page.locator("#area-title")).to_have_text("Gezondheid en verslaving")
    choose(page, "gez_verklaring", "Ja")
    saved(page, "gez_verklaring", variant)
    page.locator("#a-gez_verklaring_datum").fill("2-3-2025")
    go_on(page)
    expect(page.locator("#area-title")).to_have_text("Sociale omgeving")
    assert kept(arrange, sheet) == {
        "werk_doen": '["solliciteren", "vrijwilliger"]', "werk_vertrouwen": "2",
        "werk_wens": '"Iets met planten."', "werk_opleiding": '{"skip": "refused"}',
        "gez_verklaring": "true", "gez_verklaring_datum": '"2025-03-02"',
    }  # fmt: skip


@with_javascript
def test_an_answer_that_stands_alone_clears_the_others(page, sheet, arrange):
    ticked = question(page, "werk_doen").locator("input:checked")
    choose(page, "werk_doen", "Ik solliciteer")
    choose(page, "werk_doen", "Ik volg een cursus of opleiding")
    expect(ticked).to_have_count(2)
    choose(page, "werk_doen", "Niets. Dat lukt nu niet")
    expect(ticked).to_have_count(1)
    choose(page, "werk_doen", "Dat weet ik niet")
    expect(ticked).to_have_count(1)
    choose(page, "werk_doen", "Ik solliciteer")
    expect(ticked).to_have_count(1)
    expect(state(page, "werk_doen")).to_contain_text(SAVED)
    page.locator("#a-werk_wens").fill("Planten")
    choose(page, "werk_wens", "Dat weet ik niet")
    expect(page.locator("#a-werk_wens")).to_have_value("")
    question(page, "werk_wens").get_by_label("Dat weet ik niet").uncheck()
    expect(page.locator("#a-werk_wens")).to_have_value("Planten")
    expect(state(page, "werk_wens")).to_contain_text(SAVED)
    go_on(page)
    expect(page.locator("#area-title")).to_have_text("Gezondheid en verslaving")
    assert kept(arrange, sheet) == {"werk_doen": '["solliciteren"]', "werk_wens": '"Planten"'}


def test_an_answer_can_be_cleared(page, variant, sheet, arrange):
    """Runs with and without JavaScript."""
    choose(page, "werk_vertrouwen", "2")
    saved(page, "werk_vertrouwen", variant)
    open_area(page, sheet, "werk")
    question(page, "werk_vertrouwen").get_by_role("button", name="Antwoord wissen").click()
    expect(question(page, "werk_vertrouwen").locator("input:checked")).to_have_count(0)
    expect(question(page, "werk_vertrouwen").get_by_role("button")).to_have_count(0)
    assert kept(arrange, sheet) == {}


def test_what_does_not_fit_stays_on_the_screen(page, variant, sheet, arrange):
    """Runs with and without JavaScript."""
    open_area(page, sheet, "gezondheid")
    choose(page, "gez_verklaring", "Ja")
    saved(page, "gez_verklaring", variant)
    field = page.locator("#a-gez_verklaring_datum")
    field.fill("31-4-2025")
    if not variant.javascript:
        go_on(page)
    expect(page.get_by_test_id("field-error")).to_have_text("Deze datum bestaat niet.")
    expect(field).to_have_value("31-4-2025")
    expect(field).to_have_accessible_description(re.compile("Deze datum bestaat niet."))
    field.fill("30-4-2025")
    go_on(page)
    expect(page.locator("#area-title")).to_have_text("Sociale omgeving")
    assert kept(arrange, sheet)["gez_verklaring_datum"] == '"2025-04-30"'


@with_javascript
def test_saving_takes_nothing_away_from_who_types(page, sheet, arrange):
    text = page.locator("#a-werk_wens")
    text.press_sequentially("Iets met ")
    expect(state(page, "werk_wens")).to_contain_text(SAVED)
    text.press_sequentially("planten")
    expect(text).to_be_focused()
    expect(text).to_have_value("Iets met planten")
    choose(page, "werk_nu", "Nee")
    expect(state(page, "werk_nu")).to_contain_text(SAVED)
    expect(question(page, "werk_nu").get_by_label("Nee")).to_be_focused()
    assert kept(arrange, sheet)["werk_wens"] == '"Iets met planten"'


@with_javascript
def test_from_question_to_question_by_keyboard(page, sheet, arrange):
    page.locator("#a-werk_nu").focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(question(page, "werk_laatst")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#a-werk_laatst")).to_be_focused()
    page.keyboard.press("Enter")  # does not send the page
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.locator("#a-werk_uren")).to_be_focused()
    expect(state(page, "werk_laatst")).to_contain_text(SAVED)
    for _ in range(4):  # the answer, and the button that clears it, of two questions
        page.keyboard.press("Shift+Tab")
    expect(page.locator("#c-werk_nu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(question(page, "werk_laatst")).to_be_hidden()
    expect(page.locator("#a-werk_nu")).to_be_focused()
    assert kept(arrange, sheet) == {"werk_laatst": '"lt1"'}


@with_javascript
def test_a_question_that_vanishes_under_the_cursor_leaves_it_at_the_next(page):
    choose(page, "werk_nu", "Nee")
    expect(question(page, "werk_laatst")).to_be_visible()
    page.evaluate(
        """() => {
            document.querySelector('#q-werk_nu input[value=ja_veel]').click();
            document.querySelector('#a-werk_laatst').focus();
        }"""
    )
    expect(question(page, "werk_laatst")).to_be_hidden()
    expect(page.locator("#a-werk_uren")).to_be_focused()


# ---------------------------------------------------------------------- elsewhere


def test_different_questions_in_two_tabs_are_both_kept(page, variant, sheet, intake, arrange):
    """Runs with and without JavaScript."""
    answered_elsewhere(arrange, sheet, intake, "werk_uren", "0")
    choose(page, "werk_vertrouwen", "2")
    saved(page, "werk_vertrouwen", variant)
    if variant.javascript:
        go_on(page)
    expect(page.locator("#area-title")).to_have_text("Gezondheid en verslaving")
    assert kept(arrange, sheet) == {"werk_uren": '"0"', "werk_vertrouwen": "2"}


@pytest.mark.parametrize("mine", [True, False])
def test_two_answers_to_one_question_let_one_choose(page, variant, sheet, intake, arrange, mine):
    """Runs with and without JavaScript."""
    answered_elsewhere(arrange, sheet, intake, "werk_vertrouwen", 4)
    choose(page, "werk_vertrouwen", "2")
    if not variant.javascript:
        go_on(page)
    both = page.get_by_test_id("conflict")
    expect(both).to_contain_text("In een ander venster staat nu: ‘4 van 5")
    expect(both).to_contain_text("Hier staat: ‘2 van 5")
    label = "Mijn antwoord bewaren" if mine else "Het andere antwoord houden"
    both.get_by_role("button", name=label).click()
    expect(page.get_by_test_id("conflict")).to_have_count(0)
    step = "2" if mine else "4"
    chosen = question(page, "werk_vertrouwen").locator(f'input[value="{step}"]')
    expect(chosen).to_be_checked()
    assert kept(arrange, sheet) == {"werk_vertrouwen": step}


@with_javascript
def test_a_colleague_goes_on_at_another_machine(page, browser, app, server, sheet, arrange):
    choose(page, "werk_vertrouwen", "2")
    expect(state(page, "werk_vertrouwen")).to_contain_text(SAVED)
    with arrange():
        email = make_user(Role.INTAKE).email
    other = browser.new_context(base_url=server, locale="nl-NL")
    theirs = other.new_page()
    sign_in(theirs, email)
    open_area(theirs, sheet, "werk")
    expect(question(theirs, "werk_vertrouwen").locator('input[value="2"]')).to_be_checked()
    choose(theirs, "werk_uren", "Ik kan nu niet werken")
    expect(state(theirs, "werk_uren")).to_contain_text(SAVED)
    other.close()
    assert kept(arrange, sheet) == {"werk_vertrouwen": "2", "werk_uren": '"0"'}


def sign_in(page, email):
    page.goto("/inloggen")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    expect(page).not_to_have_url(re.compile("inloggen"))


@only(ON_SQLITE)
def test_without_a_network_the_answer_waits(page, context, complaints, sheet, arrange):
    context.set_offline(True)
    choose(page, "werk_vertrouwen", "2")
    expect(page.get_by_role("alert").first).to_contain_text("Geen verbinding.")
    expect(state(page, "werk_vertrouwen")).to_contain_text("Nog niet bewaard.")
    choose(page, "werk_opleiding", "Alleen basisschool")
    context.set_offline(False)
    for id in ("werk_vertrouwen", "werk_opleiding"):
        expect(state(page, id)).to_contain_text(SAVED)
    expect(page.locator("#message")).to_be_empty()
    assert kept(arrange, sheet) == {"werk_vertrouwen": "2", "werk_opleiding": '"basis"'}
    complaints.clear()  # the browser reports that there was no network


@only(ON_SQLITE)
def test_when_the_session_has_ended_the_answer_waits_for_signing_in(page, context, sheet, arrange):
    with arrange():
        db.session.execute(update(UserSession).values(expires_at=UserSession.created_at))
    choose(page, "werk_vertrouwen", "2")
    expect(page.get_by_role("alert").first).to_contain_text("U bent niet meer ingelogd.")
    expect(state(page, "werk_vertrouwen")).to_contain_text("Log eerst opnieuw in.")
    with context.expect_page() as opened:
        page.get_by_role("link", name="Inloggen (opent een nieuw tabblad)").click()
    sign_in(opened.value, EMAIL)
    opened.value.close()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(state(page, "werk_vertrouwen")).to_contain_text(SAVED)
    assert kept(arrange, sheet) == {"werk_vertrouwen": "2"}


@only(ON_SQLITE)
def test_a_frozen_questionnaire_explains_itself(page, sheet, arrange):
    with arrange():
        row = db.session.get_one(Questionnaire, sheet)
        row.state = QuestionnaireState.COMPLETED
        row.ended_on, row.ended_at, row.ended_by_id = TODAY, at(TODAY), row.started_by_id
    choose(page, "werk_vertrouwen", "2")
    expect(page.get_by_role("alert").first).to_contain_text("de antwoorden staan vast")
    expect(state(page, "werk_vertrouwen")).to_have_text("Niet bewaard")


@only(ON_SQLITE)
def test_the_last_words_are_saved_while_the_page_closes(page, sheet, arrange):
    page.locator("#a-werk_wens").press_sequentially("Planten")
    page.close(run_before_unload=True)
    for _ in range(50):
        if kept(arrange, sheet):
            break
        time.sleep(0.1)
    assert kept(arrange, sheet) == {"werk_wens": '"Planten"'}


# ---------------------------------------------------------------------- again, and the end


def test_one_click_repeats_one_earlier_answer(page_as, variant, again, arrange):
    """Runs with and without JavaScript."""
    lead, sheet = again
    page = page_as(lead)
    open_area(page, sheet, "werk")
    expect(question(page, "werk_nu")).to_contain_text("Vorige keer (02-03-2026): Nee")
    question(page, "werk_nu").get_by_role("button", name="Ongewijzigd").click()
    expect(question(page, "werk_nu").get_by_label("Nee")).to_be_checked()
    expect(question(page, "werk_laatst")).to_contain_text("Vorige keer")
    assert kept(arrange, sheet) == {"werk_nu": '"nee"'}
    if variant.javascript:
        expect(question(page, "werk_nu").get_by_label("Nee")).to_be_focused()
    question(page, "werk_wens").get_by_role("button", name="Ongewijzigd").click()
    expect(page.locator("#a-werk_wens")).to_have_value("Iets met planten.")


def test_it_ends_with_what_is_missing_and_is_completed(page, sheet, arrange):
    """Runs with and without JavaScript."""
    page.get_by_role("link", name="Afronden").click()
    expect(page.locator("#area-title")).to_have_text("Afronden")
    page.get_by_role("link", name="Hoeveel uur per week kunt u nu werken, denkt u?").click()
    expect(page).to_have_url(re.compile("/werk#a-werk_uren$"))
    page.go_back()
    page.get_by_role("button", name="Afronden").click()
    expect(page).to_have_url(re.compile("/uitkomst$"))
    with arrange():
        row = db.session.get_one(Questionnaire, sheet)
        assert row.state is QuestionnaireState.COMPLETED


def test_throwing_away_asks_why(page, sheet, arrange):
    """Runs with and without JavaScript."""
    open_area(page, sheet, "afronding")
    page.locator("summary", has_text="Vragenlijst weggooien").click()
    page.get_by_role("button", name="Weggooien").click()
    expect(page.locator(".error-summary")).to_contain_text("Vul dit veld in.")
    page.get_by_label("Waarom gooit u deze vragenlijst weg?").fill("Verkeerde persoon.")
    page.get_by_role("button", name="Weggooien").click()
    expect(page.get_by_role("status").first).to_contain_text("De vragenlijst is weggegooid.")
    with arrange():
        assert db.session.get_one(Questionnaire, sheet).discard_reason == "Verkeerde persoon."


@only(ON_SQLITE)
def test_its_states_are_accessible(page_as, again, intake, sheet, arrange):
    lead, reassessment = again
    page = page_as(lead)
    for area in ("werk", "gezondheid"):
        open_area(page, reassessment, area)
        run_axe_at_all_widths(page)
    page = page_as(intake)
    open_area(page, sheet, "werk")
    answered_elsewhere(arrange, sheet, intake, "werk_vertrouwen", 4)
    choose(page, "werk_vertrouwen", "2")
    expect(page.get_by_test_id("conflict")).to_be_visible()
    page.locator("#a-werk_wens").fill("x" * 501)
    expect(page.get_by_test_id("field-error")).to_be_visible()
    choose(page, "werk_nu", "Nee")
    expect(question(page, "werk_laatst")).to_be_visible()
    run_axe_at_all_widths(page)
    open_area(page, sheet, "afronding")
    page.locator("summary", has_text="Vragenlijst weggooien").click()
    page.get_by_role("button", name="Weggooien").click()
    expect(page.get_by_test_id("field-error")).to_be_visible()
    run_axe_at_all_widths(page)
