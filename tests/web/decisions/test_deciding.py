"""The form that determines a klantprofiel, and what it leads to."""

from datetime import date

import pytest
from sqlalchemy import select

from kp4web.applications.models import ElsewhereScore
from kp4web.domain.actor import OrganisationKind, Role
from kp4web.domain.applications import ApplicationState, DecisionBasis, LifeArea
from kp4web.extensions import db
from kp4web.handovers.commands import (
    ReturnHandover,
    return_handover,
)
from kp4web.handovers.models import Handover
from kp4web.organisations.commands import add_organisation
from kp4web.organisations.models import Municipality
from tests.conftest import TODAY
from tests.decision_pages import (
    FRAGMENT,
    GOES_ALONG,
    TYPED,
    count_of,
    decisions,
    elsewhere,
    entries,
    form_of,
    on_outcome,
    outcome_path,
    path,
    questionnaire_of,
    state_of,
    text_of,
    without,
)
from tests.factories import (
    a_coordinator,
    at,
    make_application,
    make_user,
)

# ---------------------------------------------------------------------- the form


@pytest.mark.parametrize("place", ["outcome", "new"])
def test_nothing_is_preselected(http, waiting, place):
    address = outcome_path(waiting) if place == "outcome" else f"{path(waiting)}/nieuw"
    form = form_of(http.get(address).text)
    assert "checked" not in form
    assert "selected" not in form.replace('selected value=""', "")
    assert form.count('type="radio"') == (4 if place == "outcome" else 6)


@pytest.mark.parametrize("place", ["outcome", "new"])
def test_the_form_says_exactly_what_the_municipality_will_see(http, http_as, waiting, place):
    address = outcome_path(waiting) if place == "outcome" else f"{path(waiting)}/nieuw"
    form = text_of(form_of(http.get(address).text))
    assert "Dit ziet de coördinator van Gemeente West Betuwe, Team Sociaal" in form
    assert [word for word in GOES_ALONG if word not in form] == []
    assert "De antwoorden gaan niet naar de coördinator." in form
    assert "U en uw collega’s zien na de acceptatie alleen nog de status." in form
    assert "999990019" not in form
    data = on_outcome(waiting, profile="4", justification="Motivering.", note="Bel eerst.")
    assert http.post(path(waiting), data=data).status_code == 303
    handover = db.session.scalars(select(Handover)).one()
    seen = text_of(http_as(make_user(Role.COORDINATOR)).get(f"/overdrachten/{handover.id}").text)
    shown = (*GOES_ALONG, "Motivering.", "Bel eerst.", "Femke de Groot")
    assert [word for word in shown if word not in seen] == []


def test_the_form_is_only_for_who_may_decide(http_as, waiting):
    for role in Role:
        status = 200 if role is Role.INTAKE else 403
        user = make_user(role)
        assert http_as(user).get(f"{path(waiting)}/nieuw").status_code == status
        if role is not Role.INTAKE:
            assert http_as(user).post(path(waiting), data=on_outcome(waiting)).status_code == 403
    assert decisions() == []


def test_another_agency_finds_nothing(http_as, waiting):
    other = add_organisation(
        db.session(), kind=OrganisationKind.WORK_AGENCY, name="Werk elders",
        serves=list(db.session.scalars(select(Municipality.id))),
    )  # fmt: skip
    db.session.commit()
    http = http_as(make_user(Role.INTAKE, organisation=other))
    assert http.get(f"{path(waiting)}/nieuw").status_code == 404
    assert http.get(outcome_path(waiting)).status_code == 404
    for data in (on_outcome(waiting), on_outcome(waiting, profile=""), without()):
        assert http.post(path(waiting), data=data).status_code == 404
    assert decisions() == []


def test_opening_the_form_is_logged_once(http, waiting):
    http.get(f"{path(waiting)}/nieuw")
    (entry,) = entries("application_read")
    assert entry.detail == {"application": waiting.id}


def test_the_way_to_the_outcome_is_pointed_at_where_there_is_one(http, intake, waiting):
    assert f'href="{outcome_path(waiting)}"' in http.get(f"{path(waiting)}/nieuw").text
    bare = make_application(by=intake)
    assert "Er is een uitkomst" not in http.get(f"{path(bare)}/nieuw").text


# ---------------------------------------------------------------------- deciding


@pytest.mark.parametrize("profile", [1, 2, 3])
def test_profiles_1_to_3_close_the_application(http, intake, waiting, profile):
    response = http.post(path(waiting), data=on_outcome(waiting, profile=str(profile)))
    assert (response.status_code, response.location) == (303, f"/aanvragen/{waiting.id}")
    (row,) = decisions()
    assert (row.profile, row.suggested_profile, row.justification) == (profile, 1, TYPED)
    assert (row.basis, row.questionnaire_id) == (
        DecisionBasis.QUESTIONNAIRE, questionnaire_of(waiting),
    )  # fmt: skip
    assert (row.decided_on, row.decided_by_id) == (TODAY, intake.id)
    assert state_of(waiting) is ApplicationState.CLOSED
    assert count_of(Handover) == 0


def test_profile_4_is_offered_in_the_same_step(http, waiting):
    data = on_outcome(waiting, profile="4", note="Bel eerst.")
    assert http.post(path(waiting), data=data).status_code == 303
    assert state_of(waiting) is ApplicationState.OFFERED
    handover = db.session.scalars(select(Handover)).one()
    assert (handover.note, handover.decision_id) == ("Bel eerst.", decisions()[0].id)


def test_what_is_said_after_it_names_nobody(http, waiting):
    http.post(path(waiting), data=on_outcome(waiting, profile="4", note="Bel eerst."))
    with http.session_transaction() as session:
        (flashed,) = session["_flashes"]
    assert (
        flashed[1] == "Klantprofiel 4 is vastgesteld. De aanvraag is aangeboden aan Team Sociaal."
    )


def test_the_log_holds_codes_and_no_text(http, waiting):
    http.post(path(waiting), data=on_outcome(waiting, profile="4", note="Bel eerst."))
    (entry,) = entries("profile_decide")
    assert entry.detail == {"application": waiting.id, "profile": 4, "basis": "questionnaire"}


def test_htmx_is_sent_on_without_a_redirect_inside_the_form(http, waiting):
    response = http.post(path(waiting), data=on_outcome(waiting), headers=FRAGMENT)
    assert response.status_code == 200
    assert response.headers["HX-Redirect"] == f"/aanvragen/{waiting.id}"


def test_a_note_for_nobody_is_not_kept(http, waiting):
    http.post(path(waiting), data=on_outcome(waiting, profile="2", note="Voor niemand."))
    assert count_of(Handover) == 0
    assert state_of(waiting) is ApplicationState.CLOSED


def test_the_errors_stand_in_the_order_of_the_page(http, intake):
    application = make_application(by=intake)
    page = http.post(f"/aanvragen/{application.id}/profielbepalingen", data={}).text
    summary = page.split("error-summary-title")[-1].split("</ul>")[0]
    asked = ("Waar rust het klantprofiel op?", "Klantprofiel:", "Waarom dit klantprofiel?")
    places = [summary.index(words) for words in asked]
    assert places == sorted(places)


def test_without_a_questionnaire_the_reason_is_kept(http, intake):
    application = make_application(by=intake)
    data = without(instrument="Iets", measured_on="2026-11-01", score_work="5")
    assert http.post(path(application), data=data).status_code == 303
    (row,) = decisions()
    assert (row.basis, row.basis_reason) == (DecisionBasis.CONVERSATION, "Het gesprek was genoeg.")
    assert (row.instrument, row.measured_on, row.questionnaire_id) == ("", None, None)
    assert count_of(ElsewhereScore) == 0


def test_an_outcome_measured_elsewhere_is_named_and_not_copied(http, intake):
    application = make_application(by=intake)
    data = elsewhere(basis_reason="Dit hoort bij de andere keuze.")
    assert http.post(path(application), data=data).status_code == 303
    (row,) = decisions()
    assert (row.basis, row.basis_reason) == (DecisionBasis.ELSEWHERE, "")
    assert (row.instrument, row.measured_on) == ("Dariuz Diagnose", date(2026, 11, 2))
    assert (row.measured_profile, row.reference) == (3, "DD-2026-0042")
    scores = db.session.execute(select(ElsewhereScore.life_area, ElsewhereScore.score))
    assert dict(map(tuple, scores)) == {LifeArea.WORK: "62", LifeArea.HEALTH: "oranje"}


def test_only_the_instrument_and_its_date_are_needed(http, intake):
    application = make_application(by=intake)
    data = elsewhere(measured_profile=None, reference=None, score_work=None, score_health=None)
    assert http.post(path(application), data=data).status_code == 303
    assert decisions()[0].measured_profile is None


def test_a_returned_application_is_decided_anew_on_its_outcome(http, intake, waiting):
    http.post(path(waiting), data=on_outcome(waiting, profile="4", note="Bel eerst."))
    handover = db.session.scalars(select(Handover)).one()
    return_handover(
        db.session(), a_coordinator(), handover.id, ReturnHandover("Graag KP3."),
        now=at(TODAY, 12), today=TODAY,
    )  # fmt: skip
    db.session.commit()
    assert 'id="vaststellen"' in http.get(outcome_path(waiting)).text
    assert http.post(path(waiting), data=on_outcome(waiting, profile="3")).status_code == 303
    assert [row.profile for row in decisions()] == [4, 3]
