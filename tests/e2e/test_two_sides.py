"""What goes from one person to the next by hand: a reason, a signal, an exemption."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from kp4web.accounts.models import ReasonGrant
from kp4web.domain.actor import Role
from kp4web.dossiers.models import Dossier, SanctionStep
from kp4web.extensions import db
from tests.browser import ON_SQLITE, WITHOUT_JAVASCRIPT, only
from tests.factories import (
    make_attempts,
    make_conversation,
    make_dossier,
    make_grounds,
    make_team,
    make_user,
)

pytestmark = only(ON_SQLITE, WITHOUT_JAVASCRIPT)
SECRET = "De huur is twee maanden te laat."
REASON = "De vaste consulent is ziek en de inwoner belt."


@pytest.fixture
def people(arrange) -> dict[str, int]:
    """Return who works on the dossier, by role."""
    with arrange():
        return {
            "lead": make_user(name="K. Jansen").id,
            "colleague": make_user(name="Ö. O'Brien-Şahin").id,
            "coordinator": make_user(Role.COORDINATOR, name="E. Brouwer").id,
            "officer": make_user(Role.INCOME_OFFICER, name="W. Okkersen").id,
        }


@pytest.fixture
def dossier(arrange, people) -> Dossier:
    """Return a dossier of the lead with one talk and, after it, three attempts."""
    from kp4web.accounts.models import User

    with arrange():
        lead = db.session.get_one(User, people["lead"])
        made = make_dossier(lead=lead, surname="el Amrani", initials="D.")
        make_grounds()
        make_conversation(made, lead, report=SECRET, today=date(2026, 10, 1))
        make_attempts(made, lead)
        db.session.refresh(made)
        db.session.expunge(made)
    return made


def said(page: Page, text: str) -> None:
    expect(page.get_by_role("status")).to_contain_text(text)


def test_a_reason_opens_what_a_colleague_does_not_see_and_the_lead_is_told(
    page_as, people, dossier, arrange
):
    page = page_as(people["colleague"])
    page.goto(f"/dossiers/{dossier.number}")
    expect(page.get_by_text(SECRET)).to_have_count(0)
    page.get_by_role("link", name="Inzien met reden").click()
    page.get_by_role("button", name="Dossier 24 uur openen").click()  # without a reason
    expect(page.get_by_test_id("field-error")).to_have_count(1)
    page.get_by_label("Waarom moet u dit dossier nu inzien?").fill(REASON)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text(SECRET).first).to_be_visible()
    expect(page.get_by_text("U ziet dit dossier met reden tot").first).to_be_visible()
    page.get_by_role("link", name="Eerder beëindigen").click()
    page.get_by_role("button", name="Nu beëindigen").click()
    page.goto(f"/dossiers/{dossier.number}")
    expect(page.get_by_text(SECRET)).to_have_count(0)

    lead = page_as(people["lead"])
    lead.goto("/werkvoorraad")
    expect(lead.get_by_text(f"Ik heb dit dossier ingezien met een reden: {REASON}")).to_be_visible()
    with arrange():
        assert db.session.scalar(select(func.count(ReasonGrant.id))) == 1


def test_a_signal_goes_by_a_second_person_to_income_and_its_answer_comes_back(
    page_as, people, dossier, arrange
):
    address = f"/dossiers/{dossier.number}/maatregelsignaal"
    page = page_as(people["lead"])
    page.goto(address)
    page.get_by_label("Werkt steeds niet mee aan een gesprek").check()
    page.get_by_role("button", name="Voorleggen aan de coördinator").click()
    expect(page.get_by_role("alert", name="fouten gevonden")).to_be_visible()
    expect(page.get_by_role("checkbox", name=re.compile("geen gehoor"))).to_have_count(3)
    page.get_by_label("Wat is er gebeurd?").fill("Nam drie keer niet op.")
    page.get_by_label(re.compile("Kon de inwoner er iets aan doen")).fill("Niet bekend.")
    page.get_by_label("Zijn er dringende redenen?").fill("Geen kinderen in huis.")
    page.get_by_label("Gehoord op").fill("2026-11-18")
    page.get_by_role("button", name="Voorleggen aan de coördinator").click()
    said(page, "Het signaal ligt bij de coördinator.")
    expect(page.get_by_role("button", name="Goedkeuren en versturen")).to_have_count(0)

    page = page_as(people["coordinator"])
    page.goto(address)
    page.get_by_role("button", name="Goedkeuren en versturen").click()
    said(page, "Het signaal is verstuurd aan Werkzaak.")

    page = page_as(people["officer"])
    page.goto("/maatregelsignalen")
    page.get_by_role("link", name="D. el Amrani").click()
    page.get_by_label("Geen maatregel").check()
    page.get_by_label("Toelichting").fill("Er zijn dringende redenen.")
    page.get_by_role("button", name="Uitkomst vastleggen").click()
    said(page, "uitkomst")

    page = page_as(people["lead"])
    page.goto(address)
    expect(page.get_by_text("Er zijn dringende redenen.").first).to_be_visible()
    page.get_by_role("button", name="Gezien").click()
    with arrange():
        assert db.session.scalar(select(func.count(SanctionStep.id))) >= 4


def test_an_exemption_reaches_income_without_its_justification(page_as, people, dossier, arrange):
    page = page_as(people["lead"])
    page.goto(f"/dossiers/{dossier.number}/ontheffing")
    page.get_by_label("Motivering").fill("Zorgt voor een ouder.")
    page.get_by_role("button", name="Ontheffing vastleggen").click()
    expect(page.get_by_role("alert", name="fouten gevonden")).to_be_visible()
    expect(page.get_by_label("Motivering")).to_have_value("Zorgt voor een ouder.")
    page.get_by_label("Grond", exact=True).select_option(value="9-2")
    page.get_by_label("Reden", exact=True).select_option(index=1)
    page.get_by_label("Tot en met").fill("2027-11-17")
    with arrange():
        team = str(make_team().id)
    page.get_by_label("Wie heeft besloten?").select_option(value=team)
    page.get_by_role("button", name="Ontheffing vastleggen").click()
    said(page, "vastgelegd")

    page = page_as(people["officer"])
    page.goto("/ontheffingen?welke=loopt")
    page.get_by_role("link", name="D. el Amrani").click()
    expect(page.get_by_text("Tot en met 17-11-2027").first).to_be_visible()
    expect(page.get_by_text("Zorgt voor een ouder.")).to_have_count(0)
