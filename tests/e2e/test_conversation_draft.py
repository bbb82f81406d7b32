"""What is typed about a conversation is never lost: drafts, sessions, networks, other users."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import ON_SQLITE, only, with_javascript
from tests.conversation_form import (
    REPORT,
    SAVED,
    drafts,
    end_session,
    make_lead,
    make_number,
    open_form,
    report_field,
    reports,
    sign_in,
    status_line,
    submit,
)
from tests.factories import (
    PASSWORD,
    make_user,
)


@pytest.fixture
def lead(arrange):
    return make_lead(arrange)


@pytest.fixture
def number(arrange, lead):
    return make_number(arrange, lead)


@pytest.fixture
def page(page_as, lead, number):
    """Return the form, opened by the lead."""
    return open_form(page_as, lead, number)


@with_javascript
def test_a_draft_survives_the_tab_and_is_gone_after_sending(page, context, number, arrange):
    report_field(page).press_sequentially(REPORT)
    expect(status_line(page)).to_have_text(SAVED)
    assert drafts(arrange) == [[REPORT]]
    page.close()
    page = context.new_page()
    page.goto(f"/dossiers/{number}/gesprekken/nieuw")
    expect(page.get_by_text("Er is een concept van")).to_be_visible()
    expect(report_field(page)).to_have_value(REPORT)
    submit(page)
    expect(page.get_by_role("status")).to_contain_text("Het gesprek is vastgelegd.")
    assert drafts(arrange) == []
    page.goto(f"/dossiers/{number}/gesprekken/nieuw")
    expect(report_field(page)).to_have_value("")
    expect(page.get_by_text("Er is een concept van")).to_have_count(0)


@only(ON_SQLITE)
def test_who_never_stops_typing_is_saved_all_the_same(page, arrange):
    with page.expect_response("**/gesprekken"):
        for _ in range(30):
            report_field(page).press_sequentially("woord ", delay=12)
    assert drafts(arrange)[0][0].startswith("woord woord")


def test_a_draft_is_saved_and_thrown_away_by_hand(page, number, arrange):
    """Runs with and without JavaScript."""
    report_field(page).fill(REPORT)
    page.get_by_role("button", name="Concept bewaren").click()
    expect(page.get_by_text(re.compile("Bewaard om|Het concept is bewaard")).first).to_be_visible()
    page.goto(f"/dossiers/{number}/gesprekken/nieuw")
    expect(report_field(page)).to_have_value(REPORT)
    page.get_by_role("button", name="Concept weggooien").click()
    expect(page.get_by_role("status")).to_contain_text("Het concept is weggegooid.")
    expect(report_field(page)).to_have_value("")
    assert drafts(arrange) == []


@only(ON_SQLITE)
def test_the_last_words_are_saved_while_the_page_closes(page, arrange):
    report_field(page).fill("Net getypt")
    page.goto("/account")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert drafts(arrange) == [["Net getypt"]]


@with_javascript
def test_an_ended_session_loses_nothing(page, context, arrange):
    end_session(arrange)
    report_field(page).fill(REPORT)
    submit(page)
    expect(page.get_by_role("alert")).to_contain_text("U bent niet meer ingelogd.")
    expect(report_field(page)).to_have_value(REPORT)
    sign_in(context.new_page())
    submit(page)
    expect(page.get_by_role("status")).to_contain_text("Het gesprek is vastgelegd.")
    assert reports(arrange) == [REPORT]


@only(ON_SQLITE)
def test_a_cleared_browser_loses_nothing(page, context, arrange):
    context.clear_cookies()
    report_field(page).fill(REPORT)
    expect(page.get_by_role("alert")).to_contain_text("verlopen")
    expect(status_line(page)).to_contain_text("Niet bewaard.")
    sign_in(context.new_page())
    submit(page)
    expect(page.get_by_role("status")).to_contain_text("Het gesprek is vastgelegd.")
    assert reports(arrange) == [REPORT]


@only(ON_SQLITE)
def test_somebody_else_in_this_browser_sends_nothing_by_itself(page, context, arrange):
    context.clear_cookies()
    with arrange():
        other = make_user(name="M. de Boer", email="m.deboer@westbetuwe.example")
        assert other.id
    report_field(page).fill(REPORT)
    tab = context.new_page()
    tab.goto("/inloggen")
    tab.get_by_label("E-mailadres").fill("m.deboer@westbetuwe.example")
    tab.get_by_label("Wachtwoord").fill(PASSWORD)
    tab.get_by_role("button", name="Inloggen").click()
    expect(tab).not_to_have_url(re.compile("inloggen"))
    submit(page)
    expect(page.get_by_role("alert")).to_contain_text("Dit scherm was verlopen.")
    expect(report_field(page)).to_have_value(REPORT)
    assert reports(arrange) == []


def test_without_javascript_an_ended_session_gives_the_text_back(page, variant, arrange):
    """Runs in every variant; with JavaScript the text stays in its field."""
    end_session(arrange)
    report_field(page).fill(REPORT)
    submit(page)
    expect(page.get_by_role("textbox", name="Verslag")).to_have_value(REPORT)
    assert reports(arrange) == []


@only(ON_SQLITE)
def test_without_a_network_the_text_waits(page, context, complaints, arrange):
    context.set_offline(True)
    report_field(page).fill(REPORT)
    expect(page.get_by_role("alert")).to_contain_text("Geen verbinding.")
    expect(status_line(page)).to_contain_text("Nog niet bewaard.")
    context.set_offline(False)
    expect(status_line(page)).to_have_text(SAVED)
    expect(page.get_by_role("alert")).to_be_empty()
    assert drafts(arrange) == [[REPORT]]
    complaints.clear()  # the browser reports that there was no network


@only(ON_SQLITE)
def test_a_failing_proxy_costs_no_text(page, complaints, arrange):
    page.route("**/gesprekken", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    report_field(page).fill(REPORT)
    submit(page)
    expect(page.get_by_role("alert")).to_contain_text("niet bereikbaar")
    expect(report_field(page)).to_have_value(REPORT)
    page.unroute("**/gesprekken")
    submit(page)
    expect(page.get_by_role("status")).to_contain_text("Het gesprek is vastgelegd.")
    assert reports(arrange) == [REPORT]
    complaints.clear()
