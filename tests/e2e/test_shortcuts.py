"""Single keys: to the search field, to their list; never while typing, and off for who wants."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import ON_SQLITE, only
from tests.factories import make_dossier, make_user

pytestmark = only(ON_SQLITE)


@pytest.fixture
def page(page_as, arrange):
    with arrange():
        lead = make_user()
        make_dossier(lead=lead, surname="Wojciechowska-van den Heuvel")
        user_id = lead.id
    page = page_as(user_id)
    page.goto("/werkvoorraad")
    return page


def test_slash_goes_to_the_search_field_and_a_slip_is_found(page):
    page.keyboard.press("/")
    field = page.get_by_role("searchbox")
    expect(field).to_be_focused()
    page.keyboard.type("wojceichowska/?")
    expect(field).to_have_value("wojceichowska/?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    field.fill("wojceichowska")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Lijkt op")).to_be_visible()
    expect(page.get_by_role("link", name="Wojciechowska")).to_be_visible()


def test_the_question_mark_opens_a_list_that_the_keyboard_leaves_again(page):
    link = page.get_by_role("link", name="Dossiers").first
    link.focus()
    page.keyboard.press("?")
    window = page.get_by_role("dialog", name="Sneltoetsen")
    expect(window).to_be_visible()
    expect(window.get_by_role("button", name="Sluiten")).to_be_focused()
    page.keyboard.press("/")
    expect(window).to_be_visible()
    page.keyboard.press("Escape")
    expect(window).to_be_hidden()
    expect(link).to_be_focused()
    page.keyboard.press("?")
    page.keyboard.press("Enter")
    expect(window).to_be_hidden()


def test_who_turns_them_off_is_left_alone(page):
    page.goto("/sneltoetsen")
    page.get_by_role("button", name="Zet sneltoetsen uit").click()
    expect(page.get_by_role("status")).to_contain_text("Sneltoetsen staan uit")
    page.goto("/werkvoorraad")
    for key in ("/", "?"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("searchbox")).not_to_be_focused()
    expect(page).to_have_url(re.compile("/werkvoorraad$"))
