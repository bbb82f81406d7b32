"""Determining a klantprofiel: from an outcome, without a questionnaire, measured elsewhere."""

import re
from datetime import date
from html import unescape

import pytest
from sqlalchemy import func, select

from kp4web.applications.commands import Member
from kp4web.applications.models import Application, ApplicationDecision, ElsewhereScore
from kp4web.audit.models import AuditEntry
from kp4web.clients.models import ContactPreference, HouseholdRelation
from kp4web.decisions.commands import JUSTIFICATION_MAX
from kp4web.domain.actor import OrganisationKind, Role
from kp4web.domain.applications import ApplicationState, DecisionBasis, LifeArea
from kp4web.extensions import db
from kp4web.handovers.commands import (
    AcceptHandover,
    ReturnHandover,
    accept_handover,
    return_handover,
)
from kp4web.handovers.models import Handover
from kp4web.organisations.commands import add_organisation
from kp4web.organisations.models import Municipality
from tests.answers import easy
from tests.conftest import TODAY
from tests.factories import (
    a_coordinator,
    at,
    decide,
    make_agency,
    make_application,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
TYPED = 'Een lang verhaal met é, <teken> & "aanhaling".'
SHOWN = "Een lang verhaal met é, &lt;teken&gt; &amp; "
PERSON = {
    "surname": "O'Brien-Şahin", "initials": "J.W.M.", "street": "Herenstraat 12a",
    "postcode": "4191 AB", "town": "Geldermalsen", "phone": "0345 123456",
    "email": "jwm@example.org", "contact_preference": ContactPreference.PHONE,
    "interpreter": "Pools", "approach": "Bel na 11.00 uur.", "bsn": "999990019",
    "members": (Member("Kim Wojciechowska", HouseholdRelation.CHILD, date(2020, 5, 1)),),
}  # fmt: skip
GOES_ALONG = (
    "O'Brien-Şahin", "17-05-1975", "•••••• 019", "Herenstraat 12a", "4191 AB", "Geldermalsen",
    "0345 123456", "jwm@example.org", "Bellen", "Pools", "Bel na 11.00 uur.", "18-11-2026",
    "Kim Wojciechowska", "01-05-2020",
)  # fmt: skip


@pytest.fixture(autouse=True)
def version(app):
    return make_version(make_team(), make_agency(), today=date(2026, 1, 1))


@pytest.fixture
def intake(app):
    return make_user(Role.INTAKE, name="Femke de Groot")


@pytest.fixture
def http(http_as, intake):
    return http_as(intake)


@pytest.fixture
def waiting(intake):
    """Return an application that waits for its klantprofiel; the suggestion is 1."""
    application = make_application(by=intake, **PERSON)
    make_questionnaire(application, intake, answers=easy(), completed=True)
    return application


def questionnaire_of(application):
    from kp4web.questionnaires.models import Questionnaire

    query = select(Questionnaire.id).where(Questionnaire.application_id == application.id)
    return db.session.scalars(query.order_by(Questionnaire.id.desc())).first()


def path(application):
    return f"/aanvragen/{application.id}/profielbepalingen"


def outcome_path(application):
    return f"/vragenlijsten/{questionnaire_of(application)}/uitkomst"


def on_outcome(application, **more):
    good = {"questionnaire": questionnaire_of(application), "profile": "1", "justification": TYPED}
    return {name: value for name, value in (good | more).items() if value is not None}


def without(**more):
    good = {"basis": "conversation", "basis_reason": "Het gesprek was genoeg.", "profile": "2",
            "justification": TYPED}  # fmt: skip
    return {name: value for name, value in (good | more).items() if value is not None}


def elsewhere(**more):
    good = {"basis": "elsewhere", "instrument": "Dariuz Diagnose", "measured_on": "2026-11-02",
            "measured_profile": "3", "reference": "DD-2026-0042", "score_work": "62",
            "score_health": "Oranje", "profile": "3", "justification": TYPED}  # fmt: skip
    return {name: value for name, value in (good | more).items() if value is not None}


def decisions():
    db.session.rollback()
    return db.session.scalars(select(ApplicationDecision).order_by(ApplicationDecision.id)).all()


def count_of(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def state_of(application):
    db.session.rollback()
    return db.session.get_one(Application, application.id).state


def entries(action):
    db.session.rollback()
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def text_of(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", page)))


def form_of(page):
    """Return the form on the page, as it is sent."""
    return page[page.index('id="vaststellen"') :]


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


# ---------------------------------------------------------------------- refused, nothing lost


LONG = "x" * (JUSTIFICATION_MAX + 1)
ON_OUTCOME = [
    ({"profile": None}, "Maak een keuze."),
    ({"profile": "5"}, "Klantprofiel"),
    ({"profile": "0"}, "Klantprofiel"),
    ({"justification": "  \n "}, "Vul dit veld in."),
    ({"justification": LONG}, f"U typte er {JUSTIFICATION_MAX + 1}."),
    ({"profile": "4", "note": " "}, "Schrijf een korte overdracht voor Team Sociaal."),
    ({"profile": "4", "note": LONG}, "Gebruik hier hoogstens 4000 tekens."),
]
WITHOUT = [
    *((without(**wrong), text) for wrong, text in ON_OUTCOME),
    (without(basis=None), "Maak een keuze."),
    (without(basis="questionnaire"), "Waar rust het klantprofiel op?"),
    (without(basis_reason=" "), "Schrijf waarom er geen vragenlijst is."),
    (without(basis_reason="x" * 501), "Gebruik hier hoogstens 500 tekens."),
    (elsewhere(instrument=" "), "Schrijf met welk instrument er is gemeten."),
    (elsewhere(instrument="x" * 101), "Gebruik hier hoogstens 100 tekens."),
    (elsewhere(measured_on=""), "Vul de datum van de meting in."),
    (elsewhere(measured_on="2026-02-30"), "Dit is geen bestaande datum."),
    (elsewhere(measured_on="2026-11-19"), "De datum kan niet in de toekomst liggen."),
    (elsewhere(measured_profile="7"), "Klantprofiel volgens de meting"),
    (elsewhere(reference="x" * 61), "Gebruik hier hoogstens 60 tekens."),
    *((elsewhere(score_justice=text), "Schrijf een getal of een kleur.")
      for text in ("paars", "groot", "12345678", "1,234", "6 2", "veroordeeld", "٣")),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "text"), ON_OUTCOME)
def test_a_wrong_form_on_an_outcome_keeps_what_was_typed(http, waiting, wrong, text):
    data = {"note": TYPED} | on_outcome(waiting, **wrong)
    response = http.post(path(waiting), data=data)
    assert response.status_code == 422
    assert text in response.text
    assert 'data-testid="field-error"' in response.text
    assert SHOWN in response.text
    if data.get("profile") in {"1", "4"}:
        assert f'value="{data["profile"]}" checked' in re.sub(
            r'(checked) ([^>]*value="\d")', r"\2 \1", response.text
        )
    assert decisions() == []
    assert state_of(waiting) is ApplicationState.WAITING


@pytest.mark.parametrize(("data", "text"), WITHOUT)
def test_a_wrong_form_without_an_outcome_keeps_what_was_typed(http, intake, data, text):
    application = make_application(by=intake)
    response = http.post(path(application), data={"note": TYPED} | data)
    assert response.status_code == 422
    assert text in response.text
    assert SHOWN in response.text
    for name in ("instrument", "measured_on", "reference", "score_justice", "basis_reason"):
        assert unescape(data.get(name, "").strip()) in unescape(response.text)
    assert decisions() == []
    assert state_of(application) is ApplicationState.OPEN


def test_a_fragment_holds_the_form_only_and_logs_nothing_more(http, waiting):
    http.get(outcome_path(waiting))
    http.get(f"{path(waiting)}/nieuw")
    logged = [*entries("questionnaire_outcome"), *entries("application_read")]
    for data in (on_outcome(waiting, justification=""), without(justification="")):
        response = http.post(path(waiting), data=data, headers=FRAGMENT)
        assert response.status_code == 422
        assert response.text.strip().startswith("<form")
        assert "<html" not in response.text
        assert "1 fout" in response.text
    assert len(logged) == 2
    assert [*entries("questionnaire_outcome"), *entries("application_read")] == logged


def test_choosing_otherwise_than_suggested_is_said_before_it_is_kept(http, waiting):
    page = http.get(outcome_path(waiting)).text
    assert "Kiest u een ander klantprofiel dan het voorstel (1)?" in page
    wrong = on_outcome(waiting, profile="3", justification="")
    page = http.post(path(waiting), data=wrong).text
    assert "decide__differs--now" in page
    assert "U wijkt af van het voorstel (klantprofiel 1)." in page
    same = on_outcome(waiting, justification="")
    assert "decide__differs--now" not in http.post(path(waiting), data=same).text


def test_a_session_that_ran_out_gives_the_text_back(app, waiting):
    response = app.test_client().post(path(waiting), data=on_outcome(waiting))
    assert response.status_code == 401
    assert SHOWN in response.text
    assert decisions() == []


# ---------------------------------------------------------------------- too late


def test_deciding_twice_tells_who_was_first(http_as, intake, waiting):
    decide(waiting, intake, profile=2, justification="Eerder.")
    second = http_as(make_user(Role.INTAKE))
    for data in (on_outcome(waiting), on_outcome(waiting, justification=""), without(),
                 without(justification="", note=TYPED)):  # fmt: skip
        response = second.post(path(waiting), data=data)
        assert response.status_code == 409
        assert "Femke de Groot heeft intussen klantprofiel 2 vastgesteld." in response.text
        assert SHOWN in response.text or not data["justification"]
    assert len(decisions()) == 1
    assert second.get(f"{path(waiting)}/nieuw").status_code == 409


def test_an_outcome_that_was_overtaken_is_not_decided_upon(http, intake, waiting):
    old = on_outcome(waiting)
    make_questionnaire(waiting, intake, answers=easy(), completed=True)
    for data in (old, old | {"justification": ""}, old | {"profile": "9"}):
        response = http.post(path(waiting), data=data)
        assert response.status_code == 409
        assert "Er is een nieuwere vragenlijst. Bekijk eerst die uitkomst." in response.text
        assert SHOWN in response.text or not data["justification"]
    assert decisions() == []


def test_while_a_questionnaire_runs_nothing_is_decided(http, intake, waiting):
    old = on_outcome(waiting)
    make_questionnaire(waiting, intake)
    for data in (old, without()):
        response = http.post(path(waiting), data=data)
        assert response.status_code == 409
        assert "De vragenlijst is nog niet af." in response.text
    page = http.get(f"/vragenlijsten/{old['questionnaire']}/uitkomst")
    assert page.status_code == 200
    assert 'id="vaststellen"' not in page.text


def test_the_outcome_of_somebody_else_is_no_ground(http, intake, waiting):
    other = make_application(by=intake)
    make_questionnaire(other, intake, answers=easy(), completed=True)
    foreign = on_outcome(waiting, questionnaire=questionnaire_of(other))
    assert http.post(path(waiting), data=foreign).status_code == 409
    assert http.post(path(waiting), data=foreign | {"profile": ""}).status_code == 404
    assert decisions() == []


@pytest.mark.parametrize("strange", ["x", "-1", "0", "1.5", "²", "9" * 30, str(2**31), "1 1"])
def test_a_questionnaire_that_cannot_exist_is_not_there(http, waiting, strange):
    for profile in ("1", ""):
        data = on_outcome(waiting, questionnaire=strange, profile=profile)
        assert http.post(path(waiting), data=data).status_code in {404, 409}
    assert decisions() == []


def test_after_the_acceptance_nothing_is_left_to_decide(http, intake, waiting):
    address = outcome_path(waiting)
    http.post(path(waiting), data=on_outcome(waiting, profile="4", note="Bel eerst."))
    handover = db.session.scalars(select(Handover)).one()
    accept_handover(
        db.session(), a_coordinator(), handover.id, AcceptHandover(), now=at(TODAY, 12),
        today=TODAY,
    )  # fmt: skip
    db.session.commit()
    assert http.get(address).status_code == 404
    response = http.post(path(waiting), data=without())
    assert response.status_code == 403
    assert "Kiest u" not in response.text
    assert "O'Brien" not in unescape(response.text)
    assert len(decisions()) == 1
