"""What cannot be determined: told at the field, with all that was typed."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from kp4web.decisions.commands import JUSTIFICATION_MAX
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState
from kp4web.extensions import db
from kp4web.handovers.commands import (
    AcceptHandover,
    accept_handover,
)
from kp4web.handovers.models import Handover
from tests.answers import easy
from tests.conftest import TODAY
from tests.decision_pages import (
    FRAGMENT,
    SHOWN,
    TYPED,
    decisions,
    elsewhere,
    entries,
    on_outcome,
    outcome_path,
    path,
    questionnaire_of,
    state_of,
    without,
)
from tests.factories import (
    a_coordinator,
    at,
    decide,
    make_application,
    make_questionnaire,
    make_user,
)

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
