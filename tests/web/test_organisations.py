"""The administrator's overview, organisations with their phones, and norms that move dates."""

from sqlalchemy import select

from kp4web.domain.actor import Role
from kp4web.extensions import db
from kp4web.organisations.models import ServedMunicipality
from kp4web.upkeep.queries import verify_dossiers
from kp4web.worklist.models import DueItem
from tests.factories import (
    make_agency,
    make_dossier,
    make_operator,
    make_team,
    make_user,
)

NORMS = {
    "investigation_contact_weeks": 6, "support_contact_months": 3, "classify_weeks": 12,
    "rest_decision_weeks": 6, "rest_max_months": 12, "floor_months": 12,
}  # fmt: skip


def operator(http_as):
    return http_as(make_user(Role.ADMINISTRATOR, organisation=make_operator()))


def contact_due(dossier):
    query = select(DueItem.due_on).where(
        DueItem.dossier_id == dossier.id, DueItem.kind == "contact"
    )
    return db.session.scalars(query).one().isoformat()


def test_a_changed_norm_moves_the_dates_of_its_municipality_at_once(http_as):
    here, there = make_dossier(lead=make_user()), make_dossier(municipality="Buren")
    make_dossier(track="stopped")
    assert contact_due(here) == contact_due(there) == "2026-09-01"
    http = http_as(make_user(Role.ADMINISTRATOR))
    address = f"/beheer/organisaties/{make_team().id}/normen"
    wrong = http.post(address, data=NORMS | {"support_contact_months": "13", "floor_months": "x"})
    assert wrong.status_code == 422
    assert "Kies een aantal van 1 tot en met 12 maanden." in wrong.text
    assert "Vul een heel getal in" in wrong.text
    assert http.post(address, data=NORMS | {"support_contact_months": 2}).status_code == 303
    assert contact_due(here) == "2026-08-01"
    assert contact_due(there) == "2026-09-01"
    assert not [one for batch in verify_dossiers(db.session()) for one in batch.differences]
    page = http.get(f"/beheer/organisaties/{make_team().id}").text
    assert "1 dossier is opnieuw doorgerekend" in page
    other = make_team("Buren").id
    assert http.post(f"/beheer/organisaties/{other}/normen", data=NORMS).status_code == 404


def test_the_operator_says_whom_to_call_and_who_is_served(http_as):
    agency, team = make_agency(), make_team("Culemborg")
    http, address = operator(http_as), f"/beheer/organisaties/{agency.id}"
    said = {"name": agency.name, "team": "Inkomen", "phone": "0344 11 22 33", "reachable": ""}
    wrong = http.post(address, data=said | {"phone": "bel maar", "reachable": "x" * 101})
    assert wrong.status_code == 422
    assert "x" * 101 in wrong.text
    wrong = http.post(address, data=said | {"name": team.name})
    assert "Er is al een organisatie met deze naam." in wrong.text
    only = said | {"serves": str(team.municipality_id), "serves-asked": "1"}
    assert http.post(address, data=only).status_code == 303
    served = db.session.scalars(
        select(ServedMunicipality.municipality_id).where(
            ServedMunicipality.organisation_id == agency.id
        )
    ).all()
    assert served == [team.municipality_id]
    assert http.post(address, data=said | {"serves-asked": "1"}).status_code == 422
    page = http.get("/beheer").text
    assert "Bij 2 ontbreekt het telefoonnummer." in page


def test_two_administrators_do_not_overwrite_each_other(http_as):
    http, address = operator(http_as), f"/beheer/organisaties/{make_team().id}"
    page = http.get(address).text
    basis = page.split('name="based_on" value="')[1].split('"')[0]
    said = {"name": make_team().name, "team": "Team A", "phone": "", "reachable": ""}
    assert http.post(address, data=said | {"based_on": basis}).status_code == 303
    clash = http.post(address, data=said | {"team": "Team B", "based_on": basis})
    assert clash.status_code == 409
    assert "Team A" in clash.text
    assert "Team B" in clash.text


def test_the_operator_adds_a_municipality_once(http_as):
    http, said = operator(http_as), {"kind": "municipality", "name": "'s-Graafdorp", "team": ""}
    made = http.post("/beheer/organisaties", data=said)
    assert made.status_code == 303
    assert "Gemeente &#39;s-Graafdorp" in http.get(made.location).text
    again = http.post("/beheer/organisaties", data=said | {"name": "'S-GRAAFDORP"})
    assert again.status_code == 422
    assert "Er is al een organisatie met deze naam." in again.text
