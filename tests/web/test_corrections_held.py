"""Correcting who held a dossier: the caseloads of then follow, and who may be named."""

from datetime import date

import pytest
from sqlalchemy import select

from kp4web.caseload.models import Assignment
from kp4web.corrections.queries import LEFT, OF_ANOTHER_TEAM
from kp4web.domain.actor import Role
from kp4web.domain.transfers import TransferState
from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from kp4web.worklist.models import DueItem
from tests.conftest import TODAY
from tests.correction_pages import JUNE, hidden, known, no_differences, path_of, said, save
from tests.factories import (
    at,
    make_agency,
    make_assignment,
    make_dossier,
    make_transfer,
    make_user,
)
from tests.report import counts_on
from tests.web.test_transfers import execute


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


@pytest.fixture
def receiver(coordinator):
    return make_user(Role.COORDINATOR, organisation=make_agency(), name="O. Ontvanger")


@pytest.fixture
def consultant(receiver):
    return make_user(organisation=make_agency(), name="N. Nieuw")


def moved_to(http, coordinator, receiver, lead, consultant=None):
    """Return a dossier of this lead whose guidance moved on 1 October, to this consultant."""
    dossier = make_dossier(lead=lead, opened_on=JUNE, today=JUNE)
    transfer = make_transfer(
        coordinator, receiver, state=TransferState.CONFIRMED, effective_on=date(2026, 10, 1)
    )
    if consultant is not None:
        divided = {"how": "spread", "users": consultant.id}
        http.post(f"/overgangen/{transfer.id}/verdeling", data=divided)
    execute(http, transfer)
    return dossier


def test_who_had_it_before_the_guidance_moved_does_not_get_it_back(
    http_as, coordinator, receiver, lead, consultant
):
    http = http_as(receiver)
    dossier = moved_to(http, coordinator, receiver, lead, consultant)
    data = {"verdict": "earlier_went_on", "user": str(consultant.id), "why": "Zo was het."}
    answer = http.post(path_of(dossier, fact=Assignment), data=data)
    assert answer.status_code == 422
    assert OF_ANOTHER_TEAM in answer.text
    assert db.session.get(Dossier, dossier.id).lead_id == consultant.id


def test_an_assignment_that_ended_when_the_guidance_moved_does_not_run_on(
    http_as, coordinator, receiver, lead
):
    http = http_as(receiver)
    dossier = moved_to(http, coordinator, receiver, lead)
    data = {"verdict": "changed", "user": str(lead.id), "valid_from": f"{JUNE}", "valid_to": "",
            "why": "Zo was het."}  # fmt: skip
    path = path_of(dossier, fact=Assignment)
    answer = http.post(path, data=data)
    assert answer.status_code == 422
    assert OF_ANOTHER_TEAM in answer.text
    assert http.post(path, data=data | {"valid_to": "2026-09-15"}).status_code == 200


def test_nobody_of_the_own_team_had_it_while_another_organisation_guided(
    http_as, coordinator, receiver, lead, consultant
):
    http = http_as(receiver)
    dossier = moved_to(http, coordinator, receiver, lead, consultant)
    data = {"user": str(consultant.id), "why": "Zo was het."}
    earlier = {"verdict": "changed", "valid_from": "2026-09-01"}
    for index, said_of_it in ((0, {"verdict": "later_began"}), (1, earlier)):
        answer = http.post(path_of(dossier, index, Assignment), data=data | said_of_it)
        assert answer.status_code == 422
        assert "Voor 01-10-2026 begeleidde een andere organisatie dit dossier." in answer.text
    held = [(row.user_id, row.valid_from) for row in known(Assignment, dossier)]
    assert held == [(lead.id, JUNE), (consultant.id, date(2026, 10, 1))]


def test_a_colleague_who_left_does_not_get_it_back(http_as, coordinator, lead):
    gone = make_user(name="Weg Gegaan")
    dossier = make_dossier(lead=gone, opened_on=JUNE, today=JUNE)
    make_assignment(dossier, lead)
    gone.closed_at = at(TODAY)
    db.session.commit()
    data = {"verdict": "earlier_went_on", "user": str(lead.id), "why": "Zo was het."}
    answer = http_as(coordinator).post(path_of(dossier, fact=Assignment), data=data)
    assert answer.status_code == 422
    assert LEFT in answer.text
