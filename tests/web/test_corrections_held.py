"""Correcting who held a dossier: the caseloads of then follow, and who may be named."""

import pytest
from sqlalchemy import select

from kp4web.caseload.models import Assignment
from kp4web.domain.actor import Role
from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from kp4web.worklist.models import DueItem
from tests.conftest import TODAY
from tests.correction_pages import JUNE, hidden, no_differences, path_of, said, save
from tests.factories import at, make_dossier, make_user
from tests.report import counts_on


@pytest.fixture
def lead(app):
    return make_user()


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR, name="C. de Vries")


def test_who_held_it_is_corrected_with_the_caseloads_of_then(http_as, coordinator, lead):
    other = make_user(name="Karin Jansen")
    dossier = make_dossier(lead=lead, opened_on=JUNE, today=JUNE)
    http, path = http_as(coordinator), path_of(dossier, fact=Assignment)
    data = {"verdict": "changed", "user": str(other.id), "valid_from": "2026-06-01",
            "reason": "Past.", "why": "Karin had dit dossier."}  # fmt: skip
    page = http.post(path, data=data).text
    assert said(page, "changed-days") == [
        f"Vanaf 01-06-2026 staat dit dossier bij Karin Jansen in plaats van bij {lead.name}."
    ]
    assert [line.split(" ", 1)[0] for line in said(page, "figure-line")] == [
        "18-11-2026", "30-09-2026", "30-06-2026",
    ]  # fmt: skip
    assert said(page, "figure-line")[2] == (
        f"30-06-2026 {lead.name} 1 wordt 0, Karin Jansen 0 wordt 1"
    )
    assert http.post(path, data=hidden(page)).status_code == 303
    assert db.session.get(Dossier, dossier.id).lead_id == other.id
    assert no_differences() == []
    then = http_as(other).get("/rapportages/kp4?peildatum=2026-06-30").text
    assert counts_on(then)["total"] == "1"
    assert http_as(lead).get(path).status_code == 403


def test_an_assignment_that_was_not_there_leaves_nobody(http_as, coordinator, lead):
    dossier, http = make_dossier(lead=lead), http_as(coordinator)
    data = {"verdict": "nothing", "user": str(lead.id), "why": "Nooit toegewezen."}
    answer, _ = save(http, path_of(dossier, fact=Assignment), data)
    assert answer.status_code == 303
    assert db.session.get(Dossier, dossier.id).lead_id is None
    kinds = set(db.session.scalars(select(DueItem.kind).where(DueItem.dossier_id == dossier.id)))
    assert "assign" in kinds
    assert no_differences() == []


def test_a_consultant_of_elsewhere_or_who_left_is_no_choice(http_as, coordinator, lead):
    dossier, http = make_dossier(lead=lead), http_as(coordinator)
    data = {"verdict": "changed", "valid_from": f"{JUNE}", "why": "Anders."}
    path = path_of(dossier, fact=Assignment)
    buren, gone = make_user(municipality="Buren"), make_user(name="Weg Gegaan")
    gone.closed_at = at(TODAY)
    db.session.commit()
    assert http.post(path, data=data | {"user": str(buren.id)}).status_code == 422
    assert "(niet meer in het team)" in http.get(path).text
    answer = http.post(path, data=data | {"user": str(gone.id), "valid_from": f"{TODAY}"})
    assert "werkt niet meer in het team" in answer.text
