"""Dossiers that the work agency holds: at home there, and gone from Team Sociaal."""

import re

import pytest
from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.audit.queries import subjects_of
from kp4web.domain.actor import Role
from kp4web.domain.policy import Field
from kp4web.domain.sanctions import SignalState
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from kp4web.handovers.models import Handover
from tests.conftest import TODAY
from tests.factories import (
    a_bsn,
    make_access_request,
    make_agency,
    make_dossier,
    make_handover,
    make_held,
    make_operator,
    make_person,
    make_signal,
    make_team,
    make_user,
)

REPORT = "/rapportages/kp4?peildatum=2026-11-18"


class Guiding:
    """A work agency with two consultants and a team coordinator, and whom it guides."""

    def __init__(self):
        for town in ("West Betuwe", "Buren"):
            make_team(town)
        agency = make_agency()
        self.left = make_user(name="Vertrokken Consulent")
        self.lead = make_user(organisation=agency, name="Mila Postma")
        self.other = make_user(organisation=agency, name="Ilse de Graaf")
        self.team = make_user(Role.COORDINATOR, organisation=agency, name="Ben Hofman")
        self.bsn = a_bsn()
        person = make_person(surname="Overgegaan", bsn=self.bsn)
        self.dossier = make_dossier(lead=self.left, person=person)
        self.far = make_dossier(municipality="Buren", surname="Burenaar", track=TrackKind.REST)
        self.kept = make_dossier(lead=self.left, surname="Gebleven")
        for one in (self.dossier, self.far):
            make_held(one, self.lead)

    @property
    def number(self):
        """The number of the dossier that went over."""
        return self.dossier.number


@pytest.fixture
def guiding(app):
    return Guiding()


def found(http, term):
    """Return the numbers of the dossiers that a search finds."""
    page = http.post("/zoeken", data={"term": term}).text
    return set(re.findall(r'href="/dossiers/(KP4-\d{4}-\d{4,8})', page))


def test_its_consultant_finds_and_opens_it_and_team_sociaal_no_longer(http_as, guiding):
    mine, theirs = http_as(guiding.lead), http_as(guiding.left)
    number = guiding.number
    page = mine.get(f"/dossiers/{number}")
    assert page.status_code == 200
    assert "West Betuwe" in page.text.split("</section>")[0]
    assert theirs.get(f"/dossiers/{number}").status_code == 404
    for term in ("Overgegaan", "Overgegaam", guiding.bsn, number):
        assert (found(mine, term), found(theirs, term)) == ({number}, set())
    listed = mine.get("/dossiers").text
    assert all(one.number in listed for one in (guiding.dossier, guiding.far))
    own = mine.get(f"/dossiers?gemeente={guiding.far.municipality_id}").text
    assert (guiding.far.number in own, number in own) == (True, False)
    assert number not in theirs.get("/dossiers?consulent=alle").text
    assert "Gemeente" not in theirs.get("/dossiers").text.split("<main")[1]


def test_its_coordinator_divides_among_its_own_consultants(http_as, guiding):
    http = http_as(guiding.team)
    page = http.get("/caseload").text
    assert "Bestaand dossier overnemen" not in page
    assert guiding.left.name not in page
    data = {"dossier": guiding.number, "user": guiding.other.id, "reason": "Kent de inwoner."}
    assert http.post("/toewijzingen", data=data).status_code == 303
    wrong = data | {"user": guiding.left.id}
    assert http.post("/toewijzingen", data=wrong).status_code == 422
    db.session.expire_all()
    assert guiding.dossier.lead_id == guiding.other.id


def test_each_report_counts_its_own(http_as, guiding):
    def total(user, more=""):
        page = http_as(user).get(REPORT + more).text
        return int(re.search(r'data-testid="count-total"[^>]*>(?:\s|<[^>]*>)*(\d+)', page)[1]), page

    assert total(make_user(Role.COORDINATOR))[0] == 2  # whoever holds them
    assert total(guiding.team)[0] == 2
    only, page = total(guiding.team, f"&gemeente={guiding.far.municipality_id}")
    assert (only, "uit Buren" in page) == (1, True)
    assert "Huishoudens met bijstand" not in page.split("betekenis")[0]
    assert total(guiding.lead)[0] == 2
    assert http_as(guiding.team).get(f"{REPORT}&gemeente=999").status_code == 200
    behind = http_as(make_user(Role.COORDINATOR)).get(
        "/rapportages/kp4/dossiers?peildatum=2026-11-18"
    )
    assert guiding.number not in behind.text
    assert "2 dossiers die niet zijn gestopt" in behind.text
    assert "1 van deze dossiers is nu bij een andere organisatie." in behind.text


def test_a_hand_over_to_kp3_goes_to_a_job_coach_of_the_same_organisation(http_as, guiding):
    ours = make_dossier(surname="Doorstroom", track=TrackKind.KP3, lead=guiding.left)
    make_held(ours, guiding.lead)
    coach = make_user(Role.JOB_COACH, name="Coach")
    http, url = http_as(guiding.lead), f"/dossiers/{ours.number}/overdracht"
    assert "Aanbieden aan een klantmanager" in http.get(url).text
    assert http.post(url, data={"note": "Kan en wil werken."}).status_code == 303
    offered = db.session.scalars(select(Handover)).one()
    page = f"/overdrachten/{offered.id}"
    assert "Overdracht intrekken" in http.get(page).text
    assert f"/overdrachten/{offered.id}" in http.get("/overdrachten").text
    theirs = http_as(coach)
    assert theirs.post(f"{page}/klantmanager").status_code == 303
    assert "Kan en wil werken." in theirs.get(page).text
    done = theirs.post(f"{page}/acceptatie", data={"justification": "Past."})
    assert done.status_code == 303
    db.session.expire_all()
    dossier = db.session.get_one(Dossier, ours.id)
    assert (dossier.kind, dossier.holder_id) == (TrackKind.STOPPED, guiding.lead.organisation_id)


def test_who_is_both_coordinators_has_every_list_and_one_page(http_as, guiding):
    agency, ours = make_agency(), make_dossier(track=TrackKind.KP3, lead=guiding.left)
    make_held(ours, guiding.lead)
    make_user(Role.JOB_COACH, name="Coach Een")
    data = {"note": "Kan en wil werken."}
    http_as(guiding.lead).post(f"/dossiers/{ours.number}/overdracht", data=data)
    both = make_user(Role.COORDINATOR, Role.AGENCY_COORDINATOR, organisation=agency)
    http, offered = http_as(both), db.session.scalars(select(Handover)).one()
    pages = {way: http.get(f"/overdrachten?richting={way}") for way in ("ontvangen", "dossiers")}
    assert all(f"/overdrachten/{offered.id}" in page.text for page in pages.values())
    assert http.get("/overdrachten").status_code == 200
    page = http.get(f"/overdrachten/{offered.id}").text
    assert "Klantmanager kiezen" in page  # as who receives
    assert "Overdracht intrekken" in page  # as who sends
    work = http_as(guiding.team).get("/werkvoorraad").text
    assert "Aangeboden overdracht" not in work  # a team does not take hand-overs up
    assert f'href="/overdrachten/{offered.id}">Aangeboden' in http.get("/werkvoorraad").text


def test_a_person_with_a_dossier_there_is_not_opened_twice(http_as, guiding):
    offered = make_handover(bsn=guiding.bsn)
    http = http_as(make_user(Role.COORDINATOR))
    refused = http.post(f"/overdrachten/{offered.id}/acceptatie")
    assert refused.status_code == 409
    assert "Werkzaak Rivierenland begeleidt. Stuur de overdracht terug" in refused.text
    assert guiding.number not in refused.text
    data = {
        "surname": "Overgegaan", "bsn": guiding.bsn, "birth_date": "22-11-1970",
        "opened_on": "01-11-2026", "kind": "support", "valid_from": "01-11-2026",
        "reason": "Bekend bij ons.",
    }  # fmt: skip
    page = http.post("/dossiers", data=data)
    assert page.status_code == 422
    assert "Werkzaak Rivierenland begeleidt. Overleg met die organisatie." in page.text
    assert guiding.number not in page.text


def test_a_list_is_logged_for_each_municipality_it_shows(http_as, guiding):
    assert http_as(guiding.lead).get("/dossiers").status_code == 200
    entries = db.session.scalars(select(AuditEntry).filter_by(action="dossiers_read")).all()
    assert {(one.municipality_id, tuple(subjects_of(one))) for one in entries} == {
        (one.municipality_id, (one.client_id,)) for one in (guiding.dossier, guiding.far)
    }
    assert len({one.trace_id for one in entries}) == 1


def test_the_agency_goes_on_to_serve_where_it_guides(http_as, guiding):
    http = http_as(make_user(Role.ADMINISTRATOR, organisation=make_operator()))
    agency = make_agency()
    data = {"name": agency.name, "serves": [guiding.dossier.municipality_id]}
    refused = http.post(f"/beheer/organisaties/{agency.id}", data=data)
    assert refused.status_code in {409, 422}
    assert "begeleidt nog inwoners" in refused.text


def test_the_income_officer_who_guides_too_sees_both(http_as, guiding):
    both = make_user(Role.INCOME_OFFICER, Role.CONSULTANT, organisation=make_agency())
    http = http_as(both)
    listed = http.get("/ontheffingen?welke=zonder").text
    assert all(one.number in listed for one in (guiding.dossier, guiding.kept))
    for one in (guiding.dossier, guiding.kept):
        assert http.get(f"/dossiers/{one.number}/ontheffing").status_code == 200
    assert http.get(f"/dossiers/{guiding.kept.number}").status_code == 404


def test_a_signal_is_judged_there_and_a_request_for_access_released_by_the_municipality(
    http_as, guiding
):
    signal = make_signal(guiding.dossier, guiding.lead, SignalState.SUBMITTED)
    url = f"/maatregelsignalen/{signal.id}/goedkeuring"
    assert http_as(make_user(Role.COORDINATOR)).post(url).status_code == 404
    team = http_as(guiding.team)
    assert team.post(url).status_code == 303
    assert guiding.number in http_as(make_user(Role.INCOME_OFFICER)).get("/maatregelsignalen").text
    both = make_user(Role.COORDINATOR, Role.INCOME_OFFICER, organisation=make_agency())
    listed = http_as(both).get("/maatregelsignalen").text
    assert f"/dossiers/{guiding.number}/maatregelsignaal" in listed
    request = make_access_request(guiding.dossier, guiding.team)
    release = f"/privacy/inzageverzoeken/{request.id}/vrijgave"
    away, home = (make_user(Role.PRIVACY_OFFICER, municipality=t) for t in ("Buren", "West Betuwe"))
    assert http_as(away).post(release).status_code == 404
    assert http_as(home).post(release).status_code == 303
    page = team.get(f"/dossiers/{guiding.number}/inzageverzoeken/{request.id}/document")
    assert page.status_code == 200


def test_who_judged_a_signal_does_not_answer_it_too(http_as, guiding):
    signal = make_signal(guiding.dossier, guiding.lead, SignalState.SUBMITTED)
    both = make_user(Role.COORDINATOR, Role.INCOME_OFFICER, organisation=make_agency())
    http, path = http_as(both), f"/maatregelsignalen/{signal.id}"
    assert http.post(f"{path}/goedkeuring").status_code == 303
    assert "U werkte zelf aan dit signaal." in http.get(path).text
    answer = {"outcome": "not_applied", "on": TODAY.isoformat(), "text": "Dringende redenen."}
    assert http.post(f"{path}/uitkomst", data=answer).status_code == 403
    other = http_as(make_user(Role.INCOME_OFFICER))
    assert other.post(f"{path}/uitkomst", data=answer).status_code == 303


def test_what_a_colleague_at_the_agency_is_follows_from_the_hand_overs(http_as, guiding):
    coach = make_user(Role.JOB_COACH, name="Coach Zonder Overdracht")
    asked = {"field": Field.PERSON.value, "person": coach.name, "number": guiding.number}
    answer = http_as(guiding.lead).post("/privacy/wie-ziet-wat", data=asked)
    assert "Geen relatie met dit dossier." in answer.text
