"""Guidance of a municipality goes to the work agency by hand, by two coordinators."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from kp4web.accounts.models import User
from kp4web.domain.actor import Role
from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from tests.browser import ON_SQLITE, WITHOUT_JAVASCRIPT, only, run_axe_at_all_widths
from tests.factories import make_agency, make_dossier, make_user

pytestmark = only(ON_SQLITE, WITHOUT_JAVASCRIPT)


@pytest.fixture
def people(arrange) -> dict[str, int]:
    """Return the lead of three dossiers, both coordinators and who receives."""
    with arrange():
        lead = make_user(name="K. Jansen")
        for surname in ("Şahin", "O'Brien", "van den Heuvel-van Nieuwenhuijzen Achterberg"):
            make_dossier(lead=lead, surname=surname)
        agency = make_agency()
        return {
            "lead": lead.id,
            "giver": make_user(Role.COORDINATOR, name="E. Brouwer").id,
            "taker": make_user(Role.COORDINATOR, organisation=agency, name="C. Verdonschot").id,
            "new lead": make_user(organisation=agency, name="A. Berendsen").id,
        }


def test_a_municipality_goes_over_and_each_side_does_its_own_part(
    page_as, people, arrange, variant
):
    def look(page: Page) -> None:
        if variant.javascript:
            run_axe_at_all_widths(page)

    page = page_as(people["giver"])
    page.goto("/overgangen/nieuw")
    page.get_by_label("Besluit van de raad op").fill("2026-09-24")
    page.get_by_label("Ingangsdatum").fill("2026-11-18")
    page.get_by_label("Kenmerk van het raadsbesluit").fill("Raadsbesluit 2026-114")
    page.get_by_role("button", name="Voorbereiden en proef bekijken").click()
    page.get_by_role("button", name="Voorleggen aan Werkzaak Rivierenland").click()
    expect(page.get_by_text("De overgang is voorgelegd.")).to_be_visible()
    look(page)
    address = page.url

    page = page_as(people["taker"])
    page.goto(address)
    expect(page.get_by_text("Şahin")).to_have_count(0)  # names come with the guidance
    look(page)
    page.get_by_role("link", name="verdeel de dossiers").click()
    page.get_by_label("A. Berendsen").check()
    page.get_by_role("button", name="Gelijk verdelen over deze consulenten").click()
    expect(page.get_by_text("Ieder dossier heeft een nieuwe consulent.")).to_be_visible()
    page.goto(address)
    page.get_by_role("button", name="Overgang bevestigen").click()
    expect(page.get_by_text("De overgang kan worden uitgevoerd.")).to_be_visible()

    page = page_as(people["giver"])
    page.goto(address)
    page.get_by_role("button", name="3 dossiers laten overgaan").click()
    expect(page.get_by_text("De overgang is uitgevoerd")).to_be_visible()
    expect(page.get_by_test_id("progress")).to_have_count(5)
    look(page)
    page.get_by_role("link", name="Naar de overgang").click()
    expect(page.get_by_role("button", name="laten overgaan")).to_have_count(0)
    look(page)

    page = page_as(people["new lead"])
    page.goto("/werkvoorraad")
    expect(page.get_by_role("link", name="Şahin").first).to_be_visible()
    expect(page.get_by_text("maak kennis met de inwoner").first).to_be_visible()
    page = page_as(people["lead"])
    with arrange():
        number = db.session.scalars(select(Dossier.number)).first()
        leads = set(db.session.scalars(select(Dossier.lead_id)))
        assert leads == {db.session.get_one(User, people["new lead"]).id}
    answer = page.goto(f"/dossiers/{number}")
    assert answer is not None
    assert answer.status == 404
