"""The main tasks in a browser that runs no scripts: everything works by links and forms."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from kp4web.accounts.models import User
from kp4web.domain.actor import Role
from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from kp4web.worklist.models import FollowUp
from tests.browser import WITHOUT_JAVASCRIPT, only
from tests.factories import (
    PASSWORD,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_handover,
    make_user,
)

pytestmark = only(WITHOUT_JAVASCRIPT)
EMAIL = "k.jansen@westbetuwe.example"
RENT = "Bellen over de huur"


@pytest.fixture
def lead(arrange) -> int:
    with arrange():
        return make_user(name="K. Jansen", email=EMAIL).id


@pytest.fixture
def coordinator(arrange) -> int:
    with arrange():
        return make_user(Role.COORDINATOR, name="E. Brouwer").id


@pytest.fixture
def number(arrange, lead) -> str:
    """Return a dossier of the lead with one open follow-up, which is late."""
    with arrange():
        user = db.session.get_one(User, lead)
        dossier = make_dossier(lead=user, surname="Şahin", initials="Z.")
        earlier = date(2026, 11, 10)
        make_follow_up(dossier, user, due_on=date(2026, 11, 17), what=RENT, today=earlier)
        return dossier.number


def said(page: Page, text: str) -> None:
    expect(page.get_by_role("status")).to_contain_text(text)


def open_follow_ups(arrange) -> list[tuple[date, str]]:
    with arrange():
        rows = db.session.scalars(select(FollowUp).where(FollowUp.ended_at.is_(None)))
        return [(row.due_on, row.what) for row in rows]


def test_signing_in_leads_to_the_page_that_was_asked(page, number):
    page.goto(f"/dossiers/{number}")
    expect(page).to_have_url(re.compile("/inloggen"))
    page.get_by_label("E-mailadres").fill(EMAIL)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    expect(page).to_have_url(re.compile(f"/dossiers/{number}$"))


def test_a_dossier_is_found(page_as, lead, number):
    page = page_as(lead)
    page.goto("/werkvoorraad")
    page.get_by_label("Zoek een inwoner of dossier").fill("sahin")
    page.get_by_role("button", name="Zoeken").first.click()
    expect(page).to_have_url(re.compile("/zoeken$"))
    page.get_by_test_id("dossier-row").get_by_role("link", name="Z. Şahin").click()
    expect(page).to_have_url(re.compile(f"/dossiers/{number}$"))


def test_a_conversation_with_follow_up_is_recorded(page_as, lead, number, arrange):
    page = page_as(lead)
    page.goto("/werkvoorraad")
    row = page.get_by_test_id("due-item").filter(has_text=RENT)
    row.get_by_role("link", name="Gesprek vastleggen").click()
    page.get_by_label("Verslag").fill("De huur is betaald.")
    page.get_by_label(RENT).check()
    page.get_by_label("Opvolgen op").fill("2026-12-01")
    page.get_by_role("button", name="Gesprek vastleggen").click()
    expect(page).to_have_url(re.compile("/werkvoorraad"))
    said(page, "Het gesprek is vastgelegd. Opvolging op 01-12-2026.")
    assert [day for day, _ in open_follow_ups(arrange)] == [date(2026, 12, 1)]


def test_a_draft_is_saved_by_its_button(page_as, lead, number):
    page = page_as(lead)
    page.goto(f"/dossiers/{number}/gesprekken/nieuw")
    page.get_by_label("Verslag").fill("Nog niet af.")
    page.get_by_role("button", name="Concept bewaren").click()
    expect(page.get_by_text(re.compile("concept is bewaard", re.IGNORECASE)).first).to_be_visible()
    page.goto(f"/dossiers/{number}/gesprekken/nieuw")
    expect(page.get_by_label("Verslag")).to_have_value("Nog niet af.")


def test_a_follow_up_is_moved_and_then_completed(page_as, lead, number, arrange):
    page = page_as(lead)
    page.goto("/werkvoorraad")
    row = page.get_by_test_id("due-item").filter(has_text=RENT)
    row.locator("summary", has_text="Verzetten").click()
    row.get_by_role("link", name="Verzetten").click()
    page.get_by_role("button", name="+1 week").click()
    expect(page).to_have_url(re.compile("/werkvoorraad"))
    assert open_follow_ups(arrange) == [(date(2026, 11, 25), RENT)]
    row.get_by_role("button", name="Afgehandeld").click()
    expect(page).to_have_url(re.compile("/werkvoorraad"))
    expect(row).to_have_count(0)
    assert open_follow_ups(arrange) == []


def test_an_addition_waits_as_a_draft(page_as, lead, number, arrange):
    with arrange():
        dossier = db.session.scalars(select(Dossier).where(Dossier.number == number)).one()
        talk = make_conversation(dossier, db.session.get_one(User, lead)).id
    page = page_as(lead)
    page.goto(f"/dossiers/{number}/gesprekken/{talk}/aanvullingen/nieuw")
    page.get_by_label("Tekst").fill("De huur is per 1 december.")
    page.get_by_role("button", name="Concept bewaren").click()
    said(page, "Het concept is bewaard.")
    page.goto("/werkvoorraad")
    page.get_by_test_id("draft").get_by_role("link").click()
    expect(page.get_by_label("Tekst")).to_have_value("De huur is per 1 december.")
    page.get_by_label("Aanvulling", exact=True).check()
    page.get_by_label("Reden").fill("De datum ontbrak.")
    page.get_by_role("button", name="Vastleggen", exact=True).click()
    said(page, "Aanvulling vastgelegd.")
    page.goto("/werkvoorraad")
    expect(page.get_by_test_id("draft")).to_have_count(0)


def test_several_follow_ups_are_moved_and_completing_is_taken_back(page_as, lead, number, arrange):
    page = page_as(lead)
    page.goto("/werkvoorraad")
    page.get_by_role("link", name="Opvolgingen kiezen en samen verzetten").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Gekozen opvolgingen verzetten").click()
    page.get_by_role("button", name="2 weken", exact=True).click()
    page.get_by_role("button", name="1 opvolging verzetten").click()
    assert open_follow_ups(arrange) == [(date(2026, 12, 1), RENT)]
    page.goto("/werkvoorraad")
    page.get_by_role("button", name="Afgehandeld").click()
    page.get_by_role("button", name="Ongedaan maken").click()
    said(page, "open")
    assert open_follow_ups(arrange) == [(date(2026, 12, 1), RENT)]


def test_rest_keeps_the_follow_up_that_is_ticked(page_as, lead, number, arrange):
    with arrange():
        user = db.session.get_one(User, lead)
        dossier = db.session.scalars(select(Dossier).where(Dossier.number == number)).one()
        make_follow_up(dossier, user, due_on=date(2026, 12, 8), what="Vragen naar de cursus")
    page = page_as(lead)
    page.goto(f"/dossiers/{number}/traject")
    page.get_by_role("radio", name=re.compile("^Rust")).check()
    page.get_by_label("Rust tot").fill("2027-05-18")
    page.get_by_label("Vragen naar de cursus").uncheck()
    page.get_by_label(RENT).check()
    page.get_by_label("Toelichting").fill("Een gesprek over werk maakt het nu erger.")
    page.get_by_role("button", name="Vastleggen", exact=True).click()
    expect(page).to_have_url(re.compile(f"/dossiers/{number}$"))
    expect(page.get_by_text("Rust tot 18-05-2027").first).to_be_visible()
    assert open_follow_ups(arrange) == [(date(2026, 11, 17), RENT)]


def test_three_dossiers_are_assigned_at_once(page_as, coordinator, lead, arrange):
    with arrange():
        numbers = [make_dossier().number for _ in range(3)]
    page = page_as(coordinator)
    page.goto("/caseload")
    for number in numbers:
        page.get_by_label(f"Dossier {number} aanvinken").check()
    page.get_by_label("Toewijzen aan").select_option(value=str(lead))
    page.get_by_label("Reden").fill("Past in deze caseload.")
    page.get_by_role("button", name="Toewijzen").click()
    expect(page).to_have_url(re.compile("/caseload"))
    said(page, "3 dossiers")
    with arrange():
        leads = db.session.scalars(select(Dossier.lead_id)).all()
        assert leads == [lead] * 3


def test_a_hand_over_is_accepted(page_as, coordinator, arrange):
    with arrange():
        make_handover(surname="Gołębiowski", initials="H.")
    page = page_as(coordinator)
    page.goto("/overdrachten")
    page.get_by_role("link", name="H. Gołębiowski").click()
    page.get_by_role("button", name="Accepteren").click()
    said(page, "De overdracht is geaccepteerd in dossier KP4-")
    with arrange():
        assert db.session.scalars(select(Dossier.kind)).all() == ["under_investigation"]


def test_the_council_report_opens_on_another_day(page_as, coordinator, number):
    page = page_as(coordinator)
    page.goto("/rapportages/kp4")
    page.get_by_label("Peildatum").fill("2026-05-31")
    page.get_by_role("button", name="Toon rapportage").click()
    expect(page).to_have_url(re.compile("peildatum=2026-05-31"))
    expect(page.get_by_test_id("count-total")).to_have_text("0")
    page.get_by_label("Peildatum").fill("2026-06-01")
    page.get_by_role("button", name="Toon rapportage").click()
    expect(page.get_by_test_id("count-total")).to_have_text("1")
    page.get_by_test_id("count-support").get_by_role("link").click()
    expect(page.get_by_role("link", name=number)).to_be_visible()
