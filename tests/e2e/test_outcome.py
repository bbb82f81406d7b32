"""The outcome in a browser: unfolding, looking up what would change it, and deciding."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from kp4web.domain.actor import Role
from tests.answers import easy
from tests.browser import ON_SQLITE, only, run_axe_at_all_widths
from tests.factories import (
    make_agency,
    make_application,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)


@pytest.fixture
def opened(arrange, page_as) -> Page:
    """Return the outcome of an applicant for whom klantprofiel 3 is suggested."""
    with arrange():
        make_version(make_team(), make_agency(), today=date(2026, 1, 1))
        intake = make_user(Role.INTAKE)
        answers = easy(gez_lichaam="altijd", gez_hoofd="altijd", gez_energie=1, gez_zelfzorg=1)
        made = make_questionnaire(
            make_application(by=intake), intake, answers=answers, completed=True
        )
        user_id, questionnaire_id = intake.id, made.id
    page = page_as(user_id)
    page.goto(f"/vragenlijsten/{questionnaire_id}/uitkomst")
    return page


@only(ON_SQLITE)
def test_the_rules_unfold_and_what_would_change_it_is_looked_up(opened: Page):
    opened.get_by_text("Alle bekeken regels").click()
    expect(opened.get_by_test_id("rule").first).to_be_visible()
    opened.get_by_role("link", name="Zoek het uit").click()
    expect(opened.get_by_test_id("way").first).to_be_visible()
    run_axe_at_all_widths(opened)


def test_without_scripts_the_same_is_a_page_of_its_own(opened: Page):
    opened.get_by_role("link", name="Zoek het uit").click()
    expect(opened.get_by_test_id("way").first).to_be_visible()
    opened.get_by_text("Alle bekeken regels").click()
    expect(opened.get_by_test_id("rule").first).to_be_visible()


def test_a_refused_form_keeps_the_choice_and_the_text(opened: Page):
    form = opened.locator("#vaststellen")
    expect(form.get_by_role("radio", checked=True)).to_have_count(0)
    expect(form.get_by_text("U wijkt af van het voorstel")).not_to_be_visible()
    form.get_by_role("radio", name="Klantprofiel 4").check()
    expect(form.get_by_text("U wijkt af van het voorstel")).to_be_visible()
    form.get_by_label("Waarom dit klantprofiel?").fill("Het past nu niet.")
    form.get_by_role("button", name="Profiel vaststellen").click()
    expect(opened.get_by_text("Er is 1 fout gevonden")).to_be_visible()
    expect(form.get_by_role("radio", name="Klantprofiel 4")).to_be_checked()
    expect(form.get_by_label("Waarom dit klantprofiel?")).to_have_value("Het past nu niet.")
    form.get_by_label("Korte overdracht aan Team Sociaal").fill("Bel eerst.")
    form.get_by_role("button", name="Profiel vaststellen").click()
    expect(opened.get_by_text("Klantprofiel 4 is vastgesteld.")).to_be_visible()


def test_on_paper_the_rules_are_there_and_the_form_is_not(opened: Page):
    expect(opened.get_by_test_id("rule").first).not_to_be_visible()
    opened.emulate_media(media="print")
    expect(opened.get_by_test_id("rule").first).to_be_visible()
    expect(opened.locator("#vaststellen")).not_to_be_visible()
