"""Sending a hand-over back with a reason, and what is seen before answering."""

import re

import pytest
from sqlalchemy import func, select

from kp4web.applications.commands import Member
from kp4web.applications.models import Application
from kp4web.audit.models import AuditEntry
from kp4web.clients.models import HouseholdRelation
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState
from kp4web.extensions import db
from kp4web.handovers.models import Handover, HandoverState
from kp4web.worklist.models import DueItem
from tests.factories import (
    decide,
    make_agency,
    make_application,
    make_handover,
    make_questionnaire,
    make_user,
    make_version,
)
from tests.return_pages import (
    CANARY,
    REASON,
    REFUSED,
    SECRETS,
    SENT_BACK,
    accepted,
    count,
    found_in,
    last_entry,
    offer_url,
    return_url,
    returned,
    state_of,
    url,
)

# ---------------------------------------------------------------------- sending back


def test_sending_back_leaves_the_status_and_the_own_reason(http_as, coordinator):
    handover, http = make_handover(**CANARY), http_as(coordinator)
    answer = http.post(return_url(handover), data={"reason": f"  {REASON} "})
    assert (answer.status_code, answer.location) == (303, url(handover))
    page = http.get(answer.location).text
    assert f"Overdracht {handover.id} is teruggestuurd." in page
    assert REASON in page
    assert "Karin Jansen" in page
    assert not found_in(SECRETS, page)
    assert "terugzending" not in page
    assert state_of(handover) is ApplicationState.RETURNED
    assert (handover.state, handover.return_reason) == (HandoverState.RETURNED, REASON)
    assert count(DueItem) == 0
    listed = http.get(SENT_BACK).text
    assert REASON in listed
    assert f"Overdracht {handover.id}" in listed
    assert not found_in(SECRETS, listed)


def test_another_coordinator_of_the_receiver_reads_the_reason_and_no_person(http_as, coordinator):
    handover = returned(coordinator, **CANARY)
    page = http_as(make_user(Role.COORDINATOR)).get(url(handover)).text
    assert REASON in page
    assert not found_in(SECRETS, page)


def test_the_sender_reads_the_reason_and_still_the_package(http_as, coordinator, intake):
    handover = returned(coordinator, by=intake, **CANARY)
    http = http_as(intake)
    page = http.get(url(handover)).text
    assert not set(SECRETS) - set(found_in(SECRETS, page))
    assert REASON in page
    assert offer_url(handover, new=True) in page
    assert f"/aanvragen/{handover.application_id}" in page
    listed = http.get(SENT_BACK).text
    assert all(text in listed for text in (REASON, "A. Kanariepiet", "Wacht op uw organisatie"))
    assert offer_url(handover, new=True) in listed


def test_the_coordinator_of_werkzaak_sees_status_dates_and_owner(
    http_as, coordinator, intake, agency_coordinator
):
    handover = returned(coordinator, by=intake, **CANARY)
    for address in (SENT_BACK, url(handover)):
        page = http_as(agency_coordinator).get(address).text
        assert not found_in([*SECRETS, REASON], page)
        for text in ("Teruggestuurd", "18-11-2026", "Karin Jansen", "Piet O&#39;Brien"):
            assert text in page
        assert offer_url(handover, new=True) not in page


@pytest.mark.parametrize("reason", ["", "  \n ", None])
def test_a_reason_is_required(http_as, coordinator, reason):
    handover = make_handover()
    data = {} if reason is None else {"reason": reason}
    answer = http_as(coordinator).post(return_url(handover), data=data)
    assert answer.status_code == 422
    assert "Vul dit veld in." in answer.text
    assert re.search(r"<details[^>]* open>", answer.text)
    assert state_of(handover) is ApplicationState.OFFERED


def test_a_reason_that_is_too_long_comes_back_as_it_was_typed(http_as, coordinator):
    handover, story = make_handover(), "é" * 2001
    answer = http_as(coordinator).post(return_url(handover), data={"reason": story})
    assert answer.status_code == 422
    assert "hoogstens 2000 tekens. U typte er 2001." in answer.text
    assert story in answer.text
    accepted_length = http_as(coordinator).post(return_url(handover), data={"reason": "é" * 2000})
    assert accepted_length.status_code == 303


def test_what_was_answered_in_between_says_who_and_when_and_keeps_the_text(http_as, coordinator):
    taken, sent_back = make_handover(), returned(coordinator)
    dossier = accepted(taken, coordinator)
    http = http_as(make_user(Role.COORDINATOR))
    for handover, words in (
        (
            taken,
            f"al geaccepteerd door Karin Jansen op 18-11-2026. Het is dossier {dossier.number}",
        ),
        (sent_back, "al teruggestuurd door Karin Jansen op 18-11-2026."),
    ):
        answer = http.post(return_url(handover), data={"reason": "Mijn lange verhaal."})
        assert answer.status_code == 409
        assert words in answer.text
        assert "Mijn lange verhaal." in answer.text
    assert http.post(f"{url(sent_back)}/acceptatie", data={"reopen": ""}).status_code == 409
    assert sent_back.return_reason == REASON


def test_an_invalid_answer_to_what_was_answered_is_told_so(http_as, coordinator):
    handover, story = returned(coordinator), "x" * 2001
    answer = http_as(coordinator).post(return_url(handover), data={"reason": story})
    assert answer.status_code == 409
    assert "Deze overdracht is al teruggestuurd." in answer.text
    assert story in answer.text


def test_a_double_click_sends_back_once(http_as, coordinator):
    handover, http = make_handover(), http_as(coordinator)
    for _ in range(3):
        answer = http.post(return_url(handover), data={"reason": REASON})
        assert (answer.status_code, answer.location) == (303, url(handover))
    entries = select(func.count(AuditEntry.id)).where(AuditEntry.action == "handover_return")
    assert db.session.scalar(entries) == 1
    assert http.post(return_url(handover), data={"reason": "Anders."}).status_code == 409


def test_another_municipality_does_not_find_it(http_as, coordinator):
    handover = make_handover()
    other = http_as(make_user(Role.COORDINATOR, municipality="Buren"))
    assert other.post(return_url(handover), data={"reason": REASON}).status_code == 404
    returned_one = returned(coordinator)
    assert other.get(url(returned_one)).status_code == 404
    assert REASON not in other.get(SENT_BACK).text
    assert state_of(handover) is ApplicationState.OFFERED


@pytest.mark.parametrize("role", REFUSED)
def test_nobody_else_sends_back(http_as, role):
    handover = make_handover()
    answer = http_as(make_user(role)).post(return_url(handover), data={"reason": REASON})
    takes = role in {Role.JOB_COACH, Role.AGENCY_COORDINATOR}  # of dossiers, not of applicants
    assert answer.status_code == (404 if takes else 403)
    assert state_of(handover) is ApplicationState.OFFERED


def test_sending_back_and_reading_the_reason_are_logged(http_as, coordinator, agency_coordinator):
    handover, http = make_handover(), http_as(coordinator)
    http.post(return_url(handover), data={"reason": REASON})
    entry = last_entry("handover_return")
    assert (entry.user_id, entry.detail) == (coordinator.id, {"handover": handover.id})
    assert last_entry("handover_read") is None
    http_as(agency_coordinator).get(url(handover))
    assert last_entry("handover_read") is None
    http.get(url(handover))
    assert last_entry("handover_read").user_id == coordinator.id


# ---------------------------------------------------------------------- before answering


def test_the_coordinator_sees_the_household_and_that_answers_go_to_the_later_lead(
    http_as, coordinator, intake
):
    make_version(make_agency())
    member = Member("Şirin Wojciechowska", HouseholdRelation.CHILD)
    application = make_application(by=intake, members=(member,))
    asked = make_questionnaire(
        application, intake, answers={"werk_wens": "Antwoordgeheim"}, completed=True
    )
    decision = decide(application, intake, questionnaire=asked)
    query = select(Handover).where(Handover.decision_id == decision.id)
    handover = db.session.scalars(query).one()
    page = http_as(coordinator).get(url(handover)).text
    assert "Şirin Wojciechowska" in page
    assert "Werkzaak rondde op 18-11-2026 een vragenlijst af." in page
    assert "gaan na acceptatie naar de vaste consulent" in page
    assert "Antwoordgeheim" not in page
    assert f"/vragenlijsten/{asked.id}" not in page


def test_without_a_questionnaire_nothing_goes_along(http_as, coordinator):
    page = http_as(coordinator).get(url(make_handover())).text
    assert "Er gaan dus geen antwoorden mee." in page


def test_the_hand_over_of_the_partner_is_one_click_away_and_only_here(http_as, coordinator, intake):
    first = make_handover(by=intake)
    application = db.session.get_one(Application, first.application_id)
    second = make_application(by=intake, partner_of=application)
    http = http_as(coordinator)
    assert "De partner heeft een eigen aanvraag." in http.get(url(first)).text
    decide(second, intake)
    partner_url = f"/overdrachten/{first.id + 1}"
    assert f'<a href="{partner_url}"' in http.get(url(first)).text
    assert f'<a href="{url(first)}"' in http.get(partner_url).text
