"""The timeline by keyboard, and the sheet before a talk on paper."""

import re
from datetime import date

from playwright.sync_api import expect

from tests.browser import ON_SQLITE, only
from tests.dossier_page import change, many, old_dossier
from tests.factories import make_user

pytestmark = only(ON_SQLITE)


def test_the_focus_stays_on_a_filter_and_goes_to_what_is_earlier(page_as, arrange):
    with arrange():
        lead = make_user(name="K. Jansen")
        dossier = old_dossier(lead)
        many(dossier, lead, 40)
        user, number = lead.id, dossier.number
    page = page_as(user)
    page.goto(f"/dossiers/{number}")
    page.locator("#soort-gesprekken").press("Enter")
    expect(page).to_have_url(re.compile("soort=gesprekken"))
    expect(page.locator("#soort-gesprekken")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("12 gebeurtenissen")
    page.get_by_role("link", name="Eerdere gebeurtenissen").press("Enter")
    expect(page.get_by_test_id("timeline-entry")).to_have_count(24)
    expect(page.get_by_test_id("timeline-entry").nth(12).locator("h4")).to_be_focused()


def test_the_sheet_is_one_page_also_with_the_longest_texts(page_as, arrange):
    with arrange():
        lead = make_user(name="K. Jansen")
        long = "Wij bespraken hoe MOEILIJK het gaat met wonen en gezondheid.\n" * 33
        dossier = old_dossier(lead, approach=long[:2000])
        many(dossier, lead, 5, report=long * 8)
        change(
            dossier, lead, "rest", date(2026, 6, 1), reason=long[:1900],
            planned_end=date(2027, 5, 1), avoid=long[:1900],
        )  # fmt: skip
        user, number = lead.id, dossier.number
    page = page_as(user)
    page.goto(f"/dossiers/{number}/voorbereiding")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
