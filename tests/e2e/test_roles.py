"""Every role has its own start page and menu, and the main tasks take few interactions."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from kp4web.accounts.models import User
from kp4web.conversations.models import Conversation
from kp4web.domain.actor import Role
from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from kp4web.worklist.models import FollowUp
from tests.browser import ON_SQLITE, only, with_javascript
from tests.conftest import TODAY
from tests.factories import PASSWORD, make_dossier, make_follow_up, make_user

# role: (start page, menu)
STARTS: dict[Role, tuple[str, list[str]]] = {
    Role.CONSULTANT: (
        "/werkvoorraad",
        ["Werkvoorraad", "Agenda", "Dossiers", "Overdrachten", "Ontheffingen", "Rapportage"],
    ),
    Role.COORDINATOR: (
        "/caseload",
        ["Werkvoorraad", "Caseload", "Dossiers", "Overdrachten", "Ontheffingen",
         "Maatregelsignalen", "Rapportage", "Sjablonen"],
    ),
    Role.INTAKE: ("/overdrachten", ["Aanvragen", "Overdrachten"]),
    Role.JOB_COACH: ("/overdrachten", ["Overdrachten"]),
    Role.AGENCY_COORDINATOR: (
        "/overdrachten", ["Aanvragen", "Overdrachten", "Wie doet wat", "Profielvoorstellen"],
    ),
    Role.INCOME_OFFICER: ("/wie-doet-wat", ["Wie doet wat", "Ontheffingen", "Maatregelsignalen"]),
    Role.POLICY_OFFICER: ("/rapportages/kp4", ["Rapportage"]),
    Role.DATA_PROTECTION_OFFICER: (
        "/logboek", ["Logboek", "Vragenlijsten", "Wettelijke gronden"],
    ),
    Role.PRIVACY_OFFICER: ("/privacy/inzageverzoeken", ["Inzageverzoeken"]),
    Role.ADMINISTRATOR: (
        "/beheer",
        ["Beheer", "Gebruikers", "Organisaties", "Vragenlijsten", "Wettelijke gronden"],
    ),
}  # fmt: skip


def test_every_role_has_a_start_page():
    assert set(STARTS) == set(Role)


@pytest.mark.parametrize("role", STARTS)
@only(ON_SQLITE)
def test_a_role_lands_on_its_page_has_a_menu_that_works_and_leaves(page, arrange, role):
    start, menu = STARTS[role]
    with arrange():
        email = make_user(role, name="A. de Boer").email
    page.goto("/")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url(re.compile(f"{start}$"))
    links = page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link")
    assert [text.strip() for text in links.all_inner_texts()] == menu
    _every_item_opens(page, links)
    _sign_out_and_go_back(page)


def _every_item_opens(page: Page, links: Locator) -> None:
    """Open every item of the menu, and the own account."""
    for place in range(links.count()):
        with page.expect_navigation() as opened:
            links.nth(place).click()
        assert opened.value.status == 200
        expect(links.nth(place)).to_have_attribute("aria-current", "page")
    page.get_by_role("banner").get_by_role("link", name="A. de Boer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn account")


def _sign_out_and_go_back(page: Page) -> None:
    """Sign out; the button back shows nothing of what was there."""
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("status")).to_contain_text("U bent uitgelogd.")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen")
    expect(page.get_by_text("A. de Boer")).to_have_count(0)


# ---------------------------------------------------------------------- few interactions


class Counted:
    """Counts what somebody does: every click, choice and field typed is one interaction."""

    def __init__(self) -> None:
        self.number = 0

    def click(self, where: Locator) -> None:
        self.number += 1
        where.click()

    def type(self, where: Locator, text: str) -> None:
        self.number += 1
        where.fill(text)

    def choose(self, where: Locator, value: str) -> None:
        self.number += 1
        where.select_option(value=value)


@pytest.fixture
def lead(arrange) -> int:
    with arrange():
        return make_user(name="K. Jansen").id


@pytest.fixture
def worklist(page_as: Callable[[int], Page], arrange, lead) -> Page:
    """Return the work list of a consultant with one late follow-up."""
    with arrange():
        user = db.session.get_one(User, lead)
        dossier = make_dossier(lead=user, surname="Wojciechowska-van den Heuvel")
        make_follow_up(
            dossier, user, due_on=date(2026, 11, 17), what="Bellen", today=date(2026, 11, 10)
        )
    page = page_as(lead)
    page.goto("/werkvoorraad")
    return page


@pytest.fixture
def late(worklist) -> Locator:
    items = worklist.get_by_test_id("group-late").get_by_test_id("due-item")
    return items.filter(has_text="Afgesproken: Bellen")


def open_days(arrange) -> list[date]:
    with arrange():
        return list(db.session.scalars(select(FollowUp.due_on).where(FollowUp.ended_at.is_(None))))


@with_javascript
def test_a_conversation_with_follow_up_takes_at_most_eight(worklist, late, arrange):
    page, do = worklist, Counted()
    do.click(late.get_by_role("link", name="Gesprek vastleggen"))
    do.choose(page.get_by_label("Vorm", exact=True), "phone")
    do.type(page.get_by_label("Verslag"), "Mevrouw belde zelf al met de verhuurder.")
    do.click(page.get_by_role("group", name="Welke opvolgingen").get_by_role("checkbox"))
    do.click(page.get_by_role("button", name=re.compile("^Voorstel")))
    do.type(page.get_by_label(re.compile("^Wat")), "Samen langsgaan")
    do.click(page.get_by_role("button", name="Gesprek vastleggen"))
    expect(page).to_have_url(re.compile("/werkvoorraad"))
    expect(page.get_by_role("status")).to_contain_text("Opvolging op 18-02-2027.")
    assert do.number <= 8
    assert open_days(arrange) == [date(2027, 2, 18)]


@with_javascript
def test_a_follow_up_is_moved_in_two(late, arrange):
    do = Counted()
    do.click(late.locator("summary", has_text="Verzetten"))
    do.click(late.get_by_role("button", name="+1 week"))
    expect(late).to_have_count(0)
    assert do.number <= 2
    assert open_days(arrange) == [date(2026, 11, 25)]


@with_javascript
def test_twenty_dossiers_are_assigned_in_at_most_six(page_as, arrange, lead):
    with arrange():
        coordinator = make_user(Role.COORDINATOR).id
        for _ in range(20):
            make_dossier()
    page, do = page_as(coordinator), Counted()
    page.goto("/caseload")
    do.click(page.get_by_label("Alle dossiers aanvinken"))
    do.choose(page.get_by_label("Toewijzen aan"), str(lead))
    do.type(page.get_by_label("Reden"), "Nieuwe verdeling van het team.")
    do.click(page.get_by_role("button", name="Toewijzen"))
    expect(page.get_by_role("status")).to_contain_text("20 dossiers")
    assert do.number <= 6
    with arrange():
        held = select(func.count()).select_from(Dossier).where(Dossier.lead_id == lead)
        assert db.session.scalar(held) == 20


# ---------------------------------------------------------------------- by keyboard alone


def tab_to(page: Page, where: Locator) -> None:
    """Press Tab until the element has the focus; a page has no more than a hundred stops."""
    for _ in range(100):
        if where.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not reach {where}")


@with_javascript
def test_a_conversation_is_recorded_from_the_work_list_by_keyboard_alone(worklist, late, arrange):
    page = worklist
    tab_to(page, late.get_by_role("link", name="Gesprek vastleggen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gesprek vastleggen")
    tab_to(page, page.get_by_label("Verslag"))
    page.keyboard.type("Mevrouw belde zelf al met de verhuurder.")
    tab_to(page, page.get_by_role("group", name="Welke opvolgingen").get_by_role("checkbox"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="+1 week"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Gesprek vastleggen"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/werkvoorraad"))
    expect(page.get_by_role("status")).to_contain_text("Opvolging op 25-11-2026.")
    with arrange():
        talk = db.session.scalars(select(Conversation)).one()
        assert (talk.held_on, talk.report) == (TODAY, "Mevrouw belde zelf al met de verhuurder.")
