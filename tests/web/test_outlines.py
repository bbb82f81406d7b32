"""Outlines: headings of the team, kept by its coordinator, put under what was typed."""

import re

import pytest
from sqlalchemy import select

from kp4web.domain.actor import Role
from kp4web.extensions import db
from kp4web.outlines.commands import SaveOutline, add_outline
from kp4web.outlines.models import Outline
from tests.conftest import TODAY
from tests.dossier_page import PARTIAL, path
from tests.factories import actor, at, make_dossier, make_user

FIRST = {"name": "Eerste gesprek", "headings": "Gezondheid:\r\n\r\nWat is er besproken?"}


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR, name="S. de Wit")


@pytest.fixture
def outline(coordinator):
    command = SaveOutline("Eerste gesprek", ("Gezondheid", "Wat is er besproken?"))
    made = add_outline(db.session(), actor(coordinator), command, now=at(TODAY))
    db.session.commit()
    return made


def stored():
    db.session.expire_all()
    return [(one.name, one.headings) for one in db.session.scalars(select(Outline))]


def report_in(html):
    return re.search(r'<textarea[^>]*name="report"[^>]*>\r?\n(.*?)</textarea>', html, re.DOTALL)[1]


def test_the_coordinator_makes_changes_and_retires_an_outline(http_as, coordinator):
    http = http_as(coordinator)
    assert "Nog geen sjablonen" in http.get("/sjablonen").text
    assert http.post("/sjablonen", data=FIRST).status_code == 303
    assert stored() == [("Eerste gesprek", ["Gezondheid", "Wat is er besproken?"])]
    (one,) = db.session.scalars(select(Outline.id))
    changed = {"name": "Kennismaken", "headings": "Werk", "revision": "1"}
    assert http.post(f"/sjablonen/{one}", data=changed).status_code == 303
    stale = http.post(f"/sjablonen/{one}", data=FIRST | {"revision": "1"})
    assert stale.status_code == 409
    assert "Zo staat het nu: Kennismaken" in stale.text
    assert "Gezondheid:" in stale.text
    assert stored() == [("Kennismaken", ["Werk"])]
    http.post(f"/sjablonen/{one}/intrekking")
    assert "Niet meer in gebruik (1)" in http.get("/sjablonen").text
    http.post(f"/sjablonen/{one}/herstel")
    assert "Niet meer in gebruik" not in http.get("/sjablonen").text


def test_a_finding_is_no_heading_and_a_name_comes_once(http_as, coordinator, outline):
    http = http_as(coordinator)
    finding = http.post("/sjablonen", data={"name": "Rust", "headings": "Inwoner heeft rust nodig"})
    assert finding.status_code == 422
    assert "dit leest als een bevinding" in finding.text
    assert "Inwoner heeft rust nodig</textarea>" in finding.text
    twice = http.post("/sjablonen", data=FIRST | {"name": "eerste  Gesprek"})
    assert (twice.status_code, "Er is al een sjabloon" in twice.text) == (422, True)


@pytest.mark.parametrize("headers", [{}, PARTIAL])
def test_headings_come_under_what_was_typed(http_as, outline, headers):
    lead = make_user()
    http, dossier = http_as(lead), make_dossier(lead=lead)
    typed = {
        "report": "Al getypt.", "outline": str(outline.id), "invoegen": "1",
        "follow_up_what": "Bellen", "agreements-0-what": "Brief lezen",
    }  # fmt: skip
    page = http.post(f"{path(dossier)}/gesprekken", data=typed, headers=headers)
    assert page.status_code == 200
    assert report_in(page.text) == "Al getypt.\n\nGezondheid:\n\n\nWat is er besproken?\n"
    assert ("Brief lezen" in page.text) == (not headers)
    assert page.text.lstrip().lower().startswith("<div id" if headers else "<!doctype")
    again = typed | {"report": report_in(page.text)}
    page = http.post(f"{path(dossier)}/gesprekken", data=again, headers=headers)
    assert report_in(page.text) == again["report"]
    assert "staan al in het verslag" in page.text
    nothing = http.post(
        f"{path(dossier)}/gesprekken", data=typed | {"outline": "999"}, headers=headers
    )
    assert "Kies eerst een sjabloon." in nothing.text
    assert report_in(nothing.text) == "Al getypt."


def test_another_team_and_a_retired_outline_are_not_offered(http_as, coordinator, outline):
    lead, far = make_user(), make_user(municipality="Buren")
    here, there = make_dossier(lead=lead), make_dossier(lead=far, municipality="Buren")
    form = "{}/gesprekken/nieuw"
    assert "Eerste gesprek" not in http_as(far).get(form.format(path(there))).text
    assert "Eerste gesprek" in http_as(lead).get(form.format(path(here))).text
    http_as(coordinator).post(f"/sjablonen/{outline.id}/intrekking")
    assert "Eerste gesprek" not in http_as(lead).get(form.format(path(here))).text
