"""Wie doet wat: each side its own columns, nobody out of reach, and the letter."""

import json
import re
from datetime import date

import pytest
from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.crypto import vault
from kp4web.domain.actor import Role
from kp4web.extensions import db
from kp4web.organisations.models import Organisation
from tests.factories import (
    make_agency,
    make_assignment,
    make_dossier,
    make_exemption,
    make_team,
    make_user,
)
from tests.queries import count_queries
from tests.world import canary, make_world

ADDRESS = "/wie-doet-wat"


def ask(http, term):
    return http.post(ADDRESS, data={"term": term})


def bare(page, term):
    """Return a page without what was typed and the tokens in it."""
    page = page.replace(f'value="{term}"', "")
    return re.sub(r'value="[^"]*"|data-session-ends="\d+"', "", page)


@pytest.mark.world
def test_each_side_sees_its_own_columns_and_the_search_is_logged(http_as):
    world = make_world()
    here = world.places["West Betuwe"]
    income, agency = http_as(world.users["income"]), http_as(world.users["agency coordinator"])
    named, known = canary("West Betuwe", "naam"), canary("West Betuwe", "overgedragene")
    page = ask(income, named).text
    for seen in (
        named,
        "lead",
        "15-01-2027",
        canary("West Betuwe", "kind"),
        "Werkzaak Rivierenland",
    ):
        assert seen in bare(page, named)
    for hidden in ("straat", "aanpak", "ontheffing", "traject", "verslag"):
        assert canary("West Betuwe", hidden) not in page
    assert ask(income, here.bsn).text.count(named) == page.count(named) - 1
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "who_does_what_read").order_by(AuditEntry.id)
    ).first()
    subjects = json.loads(vault.decrypt(entry.subjects_sealed, row=entry.span_id))
    assert subjects == [here.dossier.client_id]
    assert entry.detail == {"by": "name"}
    page = bare(ask(agency, known).text, known)
    assert "Team Sociaal" in page
    assert "Aanvraag" in page
    assert known not in page
    assert "lead" not in re.sub(r"<[^>]*>", "", page)
    assert "Niets gevonden" in ask(agency, named).text  # not handed over by the agency


@pytest.mark.world
def test_out_of_reach_and_unknown_look_alike(http_as):
    world = make_world()
    make_dossier(municipality="Verweg", surname="Buitenbereik")
    make_dossier(surname="Gestopteling", track="stopped")
    income = http_as(world.users["income"])
    pages = {
        bare(ask(income, term).text, term)
        for term in ("Buitenbereik", "Gestopteling", "Bestaatniet", "Kanarie")
    }
    assert len(pages) == 1
    assert "Niets gevonden" in pages.pop()
    assert ask(income, "123456789").status_code == 422
    assert ask(income, "j").status_code == 422


def test_many_of_one_name_are_not_listed_and_cost_no_more_queries(http_as):
    make_agency()
    http, lead = http_as(make_user(Role.INCOME_OFFICER)), make_user()
    asked = []
    for number in range(12):
        dossier = make_dossier(surname="Jansen", initials=f"{chr(65 + number)}.", lead=lead)
        if number in {0, 9}:
            http.get(ADDRESS)
            with count_queries() as statements:
                page = ask(http, "Jansen").text
            asked.append(len(statements))
            assert page.count('data-testid="who-guides"') == number + 1
    assert asked[0] == asked[1] <= 9, "\n".join(statements)
    page = ask(http, "Jansen").text
    assert "Meer dan 10 huishoudens" in page
    assert "who-guides" not in page
    assert "who-guides" in ask(http, "L. Jansen").text
    partner = make_dossier(surname="Partner", partner_of=dossier.number)
    make_exemption(partner, _lead_of(partner), ends_on=date(2027, 6, 30))
    page = ask(http, "Partner").text
    assert page.count('data-testid="who-guides"') == 2
    assert "30-06-2027" in page
    assert "voor L. Jansen" in page


def _lead_of(dossier):
    lead = make_user()
    make_assignment(dossier, lead)
    return lead


def test_the_letter_says_whom_to_call_and_nothing_else(http_as):
    make_agency()
    lead = make_user(name="Karin O'Brien-Şahin")
    lead.phone = "06 11 22 33 44"
    dossier = make_dossier(lead=lead, surname="Briefhouder", street="Dam 1")
    address = f"/dossiers/{dossier.number}/wie-helpt-waarmee"
    http = http_as(lead)
    page = http.get(address).text
    assert "Van Werkzaak Rivierenland is geen nummer ingevuld" in page
    db.session.scalars(
        select(Organisation).where(Organisation.name.like("Werkzaak%"))
    ).one().phone = "0344 11 22 33"
    make_team().phone = "14 0345"
    page = http.get(address).text
    letter = page[page.index("<article") : page.index("</article")]
    for said in ("Wie helpt u waarmee?", "Dam 1", "06 11 22 33 44", "0344 11 22 33", "14 0345",
                 "Karin O&#39;Brien-Şahin is uw vaste contactpersoon"):  # fmt: skip
        assert said in letter
    assert "geen nummer ingevuld" not in page
    for never in ("klantprofiel", "KP4", "BSN", dossier.number, "••"):
        assert never not in letter
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "letter_read")).first()
    assert entry.dossier_id == dossier.id
    stopped = make_dossier(track="stopped", lead=lead)
    assert http.get(f"/dossiers/{stopped.number}/wie-helpt-waarmee").status_code == 409
