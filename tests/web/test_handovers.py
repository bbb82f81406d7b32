"""Hand-overs: what each side sees, and accepting them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from kp4web.handovers.commands import AcceptHandover, accept_handover
from kp4web.handovers.models import Handover, HandoverState
from tests.conftest import TODAY
from tests.factories import (
    a_bsn,
    actor,
    at,
    make_application,
    make_dossier,
    make_handover,
    make_user,
)
from tests.queries import count_queries

ALLOWED = {Role.COORDINATOR, Role.INTAKE, Role.AGENCY_COORDINATOR}
OTHER_WAY = [Role.CONSULTANT, Role.JOB_COACH]
"""Who has to do with the hand-overs about a dossier only."""
NOT_ALLOWED = [role for role in Role if role not in {*ALLOWED, *OTHER_WAY}]
CANARY = {
    "surname": "Kanariepiet", "street": "Geheimstraat 1", "phone": "06-99999999",
    "approach": "Aanpakgeheim", "interpreter": "Tolkgeheim",
}  # fmt: skip
SECRETS = [*CANARY.values(), "Graag eerst bellen.", "Geen reëel perspectief"]


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR, name="Karin Jansen")


@pytest.fixture
def intake(app):
    return make_user(Role.INTAKE)


@pytest.fixture
def agency_coordinator(app):
    return make_user(Role.AGENCY_COORDINATOR)


def accepted(handover, by):
    dossier = accept_handover(
        db.session(), actor(by), handover.id, AcceptHandover(reopen=""), now=at(TODAY), today=TODAY
    )
    db.session.commit()
    return dossier


def url(handover):
    return f"/overdrachten/{handover.id}"


def accept_url(handover):
    return f"{url(handover)}/acceptatie"


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count(model.id)))


def last_entry(action):
    query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id.desc())
    return db.session.scalars(query).first()


# ---------------------------------------------------------------------- the receiver


def test_the_coordinator_sees_what_is_offered_oldest_first(http_as, coordinator):
    new = make_handover(surname="Nieuw")
    old = make_handover(surname="Oud", today=date(2026, 10, 20))
    page = http_as(coordinator).get("/overdrachten").text
    rows = [f'data-handover="{handover.id}"' for handover in (old, new)]
    assert page.index(rows[0]) < page.index(rows[1])
    assert "A. Oud" in page
    assert "03-11-2026" in page  # 14 days after it was offered
    assert page.count("Te laat") == 1


def test_the_package_is_all_there_for_the_coordinator(http_as, coordinator):
    handover = make_handover(**CANARY, bsn=None)
    page = http_as(coordinator).get(url(handover)).text
    assert all(secret in page for secret in SECRETS)
    assert "Nog niet bekend" in page


def test_the_bsn_is_masked(http_as, coordinator):
    number = a_bsn()
    page = http_as(coordinator).get(url(make_handover(bsn=number))).text
    assert f"•••••• {number[-3:]}" in page
    assert number not in page


def test_the_inbox_of_another_municipality_stays_closed(http_as, coordinator):
    elsewhere = make_handover(municipality="Buren", **CANARY)
    http = http_as(coordinator)
    assert "Er wachten geen overdrachten op uw antwoord." in http.get("/overdrachten").text
    assert http.get(url(elsewhere)).status_code == 404
    assert http.post(accept_url(elsewhere), data={"reopen": ""}).status_code == 404
    assert count(Dossier) == 0


# ---------------------------------------------------------------------- the sender


def test_intake_sees_the_package_until_it_is_accepted(http_as, coordinator, intake):
    handover = make_handover(**CANARY)
    http = http_as(intake)
    assert "Kanariepiet" in http.get("/overdrachten").text
    assert all(secret in http.get(url(handover)).text for secret in SECRETS)
    dossier = accepted(handover, coordinator)
    for address in ("/overdrachten?status=geaccepteerd", url(handover)):
        page = http.get(address).text
        assert not [secret for secret in SECRETS if secret in page]
        assert dossier.number not in page
        assert "Karin Jansen" in page
        assert "Geaccepteerd" in page


def test_the_coordinator_of_werkzaak_sees_status_dates_and_owner(
    http_as, coordinator, agency_coordinator
):
    offered, done = make_handover(**CANARY), make_handover(**CANARY)
    dossier = accepted(done, coordinator)
    http = http_as(agency_coordinator)
    addresses = ("/overdrachten", "/overdrachten?status=geaccepteerd", url(offered), url(done))
    for page in (http.get(address).text for address in addresses):
        assert not [secret for secret in SECRETS if secret in page]
        assert dossier.number not in page
        assert "18-11-2026" in page
        assert "Gemeente West Betuwe, Team Sociaal" in page


@pytest.mark.parametrize("role", [Role.INTAKE, Role.AGENCY_COORDINATOR])
def test_the_sender_does_not_accept(http_as, role):
    handover = make_handover()
    response = http_as(make_user(role)).post(accept_url(handover), data={"reopen": ""})
    assert response.status_code == (403 if role is Role.INTAKE else 404)
    assert 'action="' + accept_url(handover) not in http_as(make_user(role)).get(url(handover)).text


@pytest.mark.parametrize("role", NOT_ALLOWED)
def test_nobody_else_sees_hand_overs(http_as, role):
    handover, http = make_handover(), http_as(make_user(role))
    assert http.get("/overdrachten").status_code == 403
    assert http.get(url(handover)).status_code == 403
    assert http.post(accept_url(handover)).status_code == 403


@pytest.mark.parametrize("role", OTHER_WAY)
def test_who_hands_dossiers_over_finds_none_about_an_applicant(http_as, role):
    handover, http = make_handover(), http_as(make_user(role))
    assert 'data-testid="handover-row"' not in http.get("/overdrachten").text
    assert http.get(url(handover)).status_code == 404


# ---------------------------------------------------------------------- accepting


def test_accepting_opens_a_dossier_without_a_lead(http_as, coordinator):
    handover = make_handover(surname="de Wit", phone="06-00000001")
    response = http_as(coordinator).post(accept_url(handover), data={"reopen": ""})
    dossier = db.session.scalars(select(Dossier)).one()
    assert (response.status_code, response.location) == (303, f"/dossiers/{dossier.number}")
    assert (dossier.kind, dossier.lead_id) == (TrackKind.UNDER_INVESTIGATION, None)
    assert dossier.opened_on == TODAY
    page = http_as(coordinator).get("/caseload").text
    assert f'data-dossier="{dossier.number}"' in page


def test_the_field_may_be_left_out_when_there_is_nothing_to_choose(http_as, coordinator):
    assert http_as(coordinator).post(accept_url(make_handover())).status_code == 303


def test_the_next_page_says_to_assign(http_as, coordinator):
    http = http_as(coordinator)
    response = http.post(accept_url(make_handover()), data={"reopen": ""})
    assert "Dit dossier heeft nog geen consulent. Wijs het nu toe." in http.get(
        response.location
    ).text  # fmt: skip


def test_an_accepted_hand_over_moves_to_the_other_tab(http_as, coordinator):
    handover, http = make_handover(surname="Verhuisd"), http_as(coordinator)
    dossier = accepted(handover, coordinator)
    assert "Verhuisd" not in http.get("/overdrachten").text
    page = http.get("/overdrachten?status=geaccepteerd").text
    assert "Verhuisd" in page
    assert dossier.number in page
    assert "Nog geen consulent" in page


def test_accepting_twice_says_who_did_it_and_when(http_as, coordinator):
    handover = make_handover()
    dossier = accepted(handover, coordinator)
    other = http_as(make_user(Role.COORDINATOR))
    response = other.post(accept_url(handover), data={"reopen": ""})
    assert response.status_code == 409
    assert "al geaccepteerd door Karin Jansen op 18-11-2026" in response.text
    assert dossier.number in response.text
    assert count(Dossier) == 1


def test_a_stopped_dossier_of_the_same_bsn_can_only_be_reopened(http_as, coordinator):
    number = a_bsn()
    known = make_dossier(track="stopped", bsn=number, lead=make_user())
    handover, http = make_handover(bsn=number), http_as(coordinator)
    page = http.get(url(handover)).text
    assert f'Heropenen: <span class="nowrap">{known.number}' in page
    assert "Nieuw dossier" not in page
    refused = http.post(accept_url(handover), data={"reopen": ""})
    assert refused.status_code == 422
    assert f"Deze inwoner heeft al dossier {known.number}." in refused.text
    assert http.post(accept_url(handover)).status_code == 422
    response = http.post(accept_url(handover), data={"reopen": known.number})
    assert response.location == f"/dossiers/{known.number}"
    db.session.expire_all()
    assert (known.kind, known.lead_id) == (TrackKind.UNDER_INVESTIGATION, None)
    assert count(Dossier) == 1


def test_a_running_dossier_takes_the_hand_over_and_stays_as_it_is(http_as, coordinator):
    number, lead = a_bsn(), make_user()
    known = make_dossier(track="rest", bsn=number, lead=lead)
    handover, http = make_handover(bsn=number), http_as(coordinator)
    assert "Bij het lopende dossier voegen" in http.get(url(handover)).text
    response = http.post(accept_url(handover), data={"reopen": known.number})
    assert response.status_code == 303
    db.session.expire_all()
    assert (known.kind, known.lead_id) == (TrackKind.REST, lead.id)
    assert handover.state is HandoverState.ACCEPTED
    assert handover.dossier_id == known.id
    assert "nog geen consulent" not in http.get(response.location).text.lower()


def test_the_same_name_and_birth_date_is_a_choice(http_as, coordinator):
    known = make_dossier(track="stopped", surname="Şahin", initials="F.", bsn=None)
    handover, http = make_handover(surname="Sahin", initials="F."), http_as(coordinator)
    assert known.number in http.get(url(handover)).text
    undecided = http.post(accept_url(handover))
    assert undecided.status_code == 422
    assert "Kies of dit dezelfde inwoner is." in undecided.text
    assert count(Dossier) == 1
    assert http.post(accept_url(handover), data={"reopen": ""}).status_code == 303
    assert count(Dossier) == 2


@pytest.mark.parametrize(
    "reopen",
    ["KP4-2020-0000", "x", "KP4-1\x00", "9" * 25, "a" * 70_000],
    ids=["unknown", "word", "nul", "10^25", "long"],
)
def test_a_number_that_was_not_offered_is_refused(http_as, coordinator, reopen):
    handover = make_handover()
    response = http_as(coordinator).post(accept_url(handover), data={"reopen": reopen})
    assert response.status_code == 422
    assert 'data-testid="field-error"' in response.text
    assert count(Dossier) == 0


def test_any_other_dossier_is_no_target(http_as, coordinator):
    own, foreign = make_dossier(), make_dossier(municipality="Buren")
    handover, http = make_handover(surname="Anders"), http_as(coordinator)
    for dossier in (own, foreign):
        response = http.post(accept_url(handover), data={"reopen": dossier.number})
        assert response.status_code == 422
        assert "Kies een van de dossiers die hierbij staan." in response.text
    db.session.expire_all()
    assert handover.state is HandoverState.OFFERED


def test_a_dossier_of_another_municipality_is_never_shown_as_known(http_as, coordinator):
    number = a_bsn()
    foreign = make_dossier(municipality="Buren", bsn=number, surname="Grens", initials="G.")
    handover, http = make_handover(bsn=number, surname="Grens", initials="G."), http_as(coordinator)
    assert foreign.number not in http.get(url(handover)).text
    assert http.post(accept_url(handover), data={"reopen": ""}).status_code == 303


@pytest.mark.parametrize("id", ["0", str(2**31), str(2**63), str(10**25), "-1", "x", "%00"])
def test_an_id_that_cannot_exist_is_not_found(http_as, coordinator, id):
    http = http_as(coordinator)
    assert http.get(f"/overdrachten/{id}").status_code == 404
    assert http.post(f"/overdrachten/{id}/acceptatie").status_code == 404


# ---------------------------------------------------------------------- pages and log


def test_many_hand_overs_come_in_pages(http_as, coordinator, intake):
    for day in range(27):
        make_handover(by=intake, today=TODAY - timedelta(days=day))
    http = http_as(coordinator)
    assert http.get("/overdrachten").text.count("handover-row") == 25
    assert http.get("/overdrachten?pagina=2").text.count("handover-row") == 2
    beyond = http.get("/overdrachten?pagina=" + "9" * 25)
    assert (beyond.status_code, beyond.location) == (303, "/overdrachten?status=aangeboden")
    assert http.get("/overdrachten?status=%00&pagina=%00").status_code == 200


def test_intake_begins_with_what_waits_for_the_agency(http_as, intake, coordinator):
    assert "op uw organisatie" not in http_as(intake).get("/overdrachten").text
    make_handover(by=intake)
    make_application(by=intake)
    page = http_as(intake).get("/overdrachten").text
    assert "1 aanvraag wacht op uw organisatie" in page
    assert 'href="/aanvragen"' in page
    assert "wacht op uw organisatie" not in http_as(coordinator).get("/overdrachten").text


@pytest.mark.parametrize("status", ["aangeboden", "geaccepteerd"])
def test_the_list_asks_the_same_six_queries_of_one_row_and_of_many(
    http_as, coordinator, intake, status
):
    http = http_as(coordinator)
    address = f"/overdrachten?status={status}"

    def add(number):
        for _ in range(number):
            make_handover(by=intake)
            accepted(make_handover(by=intake), coordinator)

    add(1)
    with count_queries() as few:
        http.get(address)
    add(8)
    with count_queries() as many:
        http.get(address)
    assert len(many) == len(few) <= 6, many


def test_reading_is_logged_when_a_person_was_shown(
    http_as, coordinator, intake, agency_coordinator
):
    handover = make_handover(by=intake)
    http_as(agency_coordinator).get("/overdrachten")
    http_as(agency_coordinator).get(url(handover))
    assert (last_entry("handovers_read"), last_entry("handover_read")) == (None, None)
    http_as(intake).get("/overdrachten")
    assert last_entry("handovers_read").detail == {"handovers": [handover.id]}
    http_as(coordinator).get(url(handover))
    entry = last_entry("handover_read")
    assert (entry.user_id, entry.detail) == (coordinator.id, {"handover": handover.id})
    assert entry.municipality_id == handover.municipality_id


def test_accepting_is_logged(http_as, coordinator):
    handover = make_handover()
    http_as(coordinator).post(accept_url(handover), data={"reopen": ""})
    entry = last_entry("handover_accept")
    assert entry.detail == {"handover": handover.id}
    assert entry.dossier_id == db.session.scalars(select(Handover.dossier_id)).one()
