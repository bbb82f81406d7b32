"""Offering again what came back, and what remains once it is accepted."""

import re

import pytest
from sqlalchemy import select

from kp4web.applications.commands import CloseApplication, close_application
from kp4web.applications.models import Application
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState, Closing
from kp4web.extensions import db
from kp4web.handovers.commands import (
    ReturnHandover,
    return_handover,
)
from kp4web.handovers.models import Handover, HandoverState
from kp4web.worklist.models import DueItem
from tests.factories import (
    a_coordinator,
    actor,
    make_agency,
    make_application,
    make_handover,
    make_municipality,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)
from tests.queries import count_queries
from tests.return_pages import (
    CANARY,
    NOTE,
    REASON,
    SECRETS,
    SENT_BACK,
    accepted,
    again,
    clock,
    count,
    found_in,
    last_entry,
    offer_url,
    returned,
    state_of,
    url,
)

# ---------------------------------------------------------------------- offering again


def test_the_form_shows_the_reason_the_note_of_before_and_what_the_other_sees(
    http_as, coordinator, intake
):
    handover = returned(coordinator, by=intake, **CANARY)
    page = http_as(intake).get(offer_url(handover, new=True))
    assert page.status_code == 200
    assert REASON in page.text
    assert re.search(rf"<textarea[^>]*>\s*{NOTE}</textarea>", page.text)
    assert "Dit ziet de coördinator van Team Sociaal" in page.text
    assert "Team Sociaal van Gemeente West Betuwe" in page.text
    assert "A. Kanariepiet" in page.text
    assert "Kanariepiet" not in re.search(r"<title>.*?</title>", page.text)[0]
    assert last_entry("handover_read").detail == {"handover": handover.id}


def test_offering_again_makes_a_new_hand_over_with_the_return_beside_it(
    http_as, coordinator, intake
):
    handover, http = returned(coordinator, by=intake, **CANARY), http_as(intake)
    answer = http.post(offer_url(handover), data={"note": "Nu met uitleg."})
    made = db.session.scalars(select(Handover).order_by(Handover.id.desc())).first()
    assert (answer.status_code, answer.location) == (303, url(made))
    assert (made.state, made.note) == (HandoverState.OFFERED, "Nu met uitleg.")
    assert made.decision_id == handover.decision_id
    assert state_of(handover) is ApplicationState.OFFERED
    assert count(DueItem) == 1
    for user in (intake, coordinator):
        page = http_as(user).get(url(made)).text
        assert "Eerder teruggestuurd" in page
        assert REASON in page
        assert "Nu met uitleg." in page
    assert "Later opnieuw aangeboden" in http.get(SENT_BACK).text
    assert offer_url(handover, new=True) not in http.get(SENT_BACK).text
    assert last_entry("handover_offer").user_id == intake.id


@pytest.mark.parametrize("note", ["", "   ", "x" * 4001])
def test_a_note_is_required_and_kept(http_as, coordinator, intake, note):
    handover = returned(coordinator, by=intake)
    answer = http_as(intake).post(offer_url(handover), data={"note": note})
    assert answer.status_code == 422
    assert 'data-testid="field-error"' in answer.text
    assert note.strip() in answer.text
    assert NOTE not in re.search(r"<textarea.*?</textarea>", answer.text, re.DOTALL)[0]
    assert REASON in answer.text
    assert count(Handover) == 1


def test_the_same_offer_again_lands_on_the_first(http_as, coordinator, intake):
    handover, http = returned(coordinator, by=intake), http_as(intake)
    answers = [http.post(offer_url(handover), data={"note": "Zo is het."}) for _ in range(3)]
    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, answers[0].location)
    }
    assert count(Handover) == 2
    other = http_as(make_user(Role.INTAKE)).post(offer_url(handover), data={"note": "Mijn tekst."})
    assert other.status_code == 409
    assert "Mijn tekst." in other.text


def test_only_what_came_back_is_offered_again(http_as, coordinator, intake):
    make_version(make_agency())
    untouched, offered = make_application(by=intake), make_handover(by=intake)
    running, gone = returned(coordinator, by=intake), returned(coordinator, by=intake)
    make_questionnaire(db.session.get_one(Application, running.application_id), intake)
    close = CloseApplication(Closing.WITHDRAWN)
    close_application(db.session(), actor(intake), gone.application_id, close, **clock(5))
    db.session.commit()
    http, before = http_as(intake), count(Handover)
    for application in (
        untouched.id, offered.application_id, running.application_id, gone.application_id,
    ):  # fmt: skip
        address = f"/aanvragen/{application}/overdrachten"
        assert http.get(f"{address}/nieuw").status_code == 409
        answer = http.post(address, data={"note": "Toch maar."})
        assert answer.status_code == 409
        assert "Alleen een teruggestuurde aanvraag" in answer.text
        assert "Toch maar." in answer.text
    listed = http.get(SENT_BACK).text
    assert "Nieuwe vragenlijst bezig" in listed
    assert "Aanvraag afgesloten" in listed
    assert count(Handover) == before


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.INTAKE])
def test_nobody_else_offers(http_as, coordinator, role):
    handover, http = returned(coordinator), http_as(make_user(role))
    assert http.get(offer_url(handover, new=True)).status_code == 403
    assert http.post(offer_url(handover), data={"note": "x"}).status_code == 403
    assert count(Handover) == 1


def test_a_colleague_at_intake_offers_again(http_as, coordinator):
    handover = returned(coordinator)
    colleague = http_as(make_user(Role.INTAKE))
    assert colleague.post(offer_url(handover), data={"note": "Overgenomen."}).status_code == 303


# ---------------------------------------------------------------------- once it is accepted


def test_once_accepted_the_sender_has_the_status_of_what_came_back_too(
    http_as, coordinator, intake
):
    handover = returned(coordinator, by=intake, **CANARY)
    made = again(handover, intake)
    dossier = accepted(made, coordinator)
    http = http_as(intake)
    hidden = [*SECRETS, REASON, "Nu met uitleg.", dossier.number]
    for address in (SENT_BACK, url(handover), url(made), "/overdrachten?status=geaccepteerd"):
        page = http.get(address)
        assert page.status_code == 200
        assert not found_in(hidden, page.text)
    assert "Later opnieuw aangeboden" in http.get(url(handover)).text
    assert http.get(offer_url(handover, new=True)).status_code == 403
    own = http_as(coordinator)
    assert REASON in own.get(url(handover)).text
    assert not found_in(["Kanariepiet", "Geheimstraat"], own.get(url(handover)).text)
    assert "Kanariepiet" in own.get(url(made)).text


def test_the_returns_of_the_application_are_not_on_the_dossier(http_as, coordinator, intake):
    made = again(returned(coordinator, by=intake), intake)
    dossier = accepted(made, coordinator)
    page = http_as(coordinator).get(f"/dossiers/{dossier.number}").text
    assert page.count('data-kind="handover"') == 1
    assert "Nu met uitleg." in page
    assert not found_in([REASON, NOTE, "teruggestuurd"], page)


def test_another_municipality_never_reads_why_the_first_sent_it_back(http_as, coordinator, intake):
    make_team("Buren")
    handover = returned(coordinator, by=intake)
    application = db.session.get_one(Application, handover.application_id)
    application.municipality_id = make_municipality("Buren").id
    db.session.commit()
    http = http_as(intake)
    assert "Team Sociaal van Gemeente Buren" in http.get(offer_url(handover, new=True)).text
    made = again(handover, intake)
    elsewhere = http_as(make_user(Role.COORDINATOR, municipality="Buren"))
    assert "Nu met uitleg." in elsewhere.get(url(made)).text
    assert REASON not in elsewhere.get(url(made)).text
    assert elsewhere.get(url(handover)).status_code == 404
    assert http_as(coordinator).get(url(made)).status_code == 404


# ---------------------------------------------------------------------- lists


def test_what_waits_for_intake_is_counted_and_comes_first(http_as, coordinator, intake):
    http = http_as(intake)
    assert "Er kwam geen overdracht terug." in http.get(SENT_BACK).text
    assert "wacht op uw organisatie" not in http.get("/overdrachten").text
    waiting = returned(coordinator, by=intake)
    assert "1 teruggestuurde overdracht wacht op" in http.get("/overdrachten").text
    dealt_with = returned(coordinator, by=intake)
    again(dealt_with, intake)
    page = http.get(SENT_BACK).text
    assert "1 teruggestuurde overdracht wacht op" in page
    rows = re.findall(r'data-handover="(\d+)"', page)
    assert rows == [str(waiting.id), str(dealt_with.id)]
    assert 'href="/aanvragen/nieuw"' in page
    returned(coordinator, by=intake)
    assert "2 teruggestuurde overdrachten wachten op" in http.get("/overdrachten").text


def test_the_tabs_count_and_only_intake_registers(http_as, coordinator, intake, agency_coordinator):
    make_handover()
    returned(coordinator)
    accepted(make_handover(), coordinator)
    for user in (coordinator, intake, agency_coordinator):
        page = http_as(user).get("/overdrachten").text
        tabs = re.findall(
            r"(Aangeboden|Teruggestuurd|Geaccepteerd) <span class=\"count\">(\d)", page
        )
        assert tabs == [("Aangeboden", "1"), ("Teruggestuurd", "1"), ("Geaccepteerd", "1")]
        assert ("/aanvragen/nieuw" in page) == (user is intake)
        assert ("wacht op uw organisatie" in page) == (user is intake)


def test_an_empty_tab_says_what_will_stand_there(http_as, coordinator, intake):
    make_team()
    words = {coordinator: "U heeft geen overdracht teruggestuurd.", intake: "kwam geen overdracht"}
    for user, text in words.items():
        assert text in http_as(user).get(SENT_BACK).text


@pytest.mark.parametrize("who", ["coordinator", "intake"])
def test_the_list_of_returns_asks_the_same_of_one_row_and_of_many(
    http_as, coordinator, intake, who
):
    http = http_as({"coordinator": coordinator, "intake": intake}[who])
    counts = []
    for number in (1, 8):
        for _ in range(number):
            returned(coordinator, by=intake)
        http.get(SENT_BACK)
        with count_queries() as statements:
            http.get(SENT_BACK)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6, statements


def test_it_can_come_back_more_than_once(http_as, coordinator, intake):
    first = returned(coordinator, by=intake, reason="Eerste reden.")
    second = again(first, intake)
    command = ReturnHandover("Tweede reden.")
    return_handover(db.session(), a_coordinator(), second.id, command, **clock(3))
    db.session.commit()
    http = http_as(intake)
    assert http.get(SENT_BACK).text.count("Wacht op uw organisatie") == 1
    page = http.get(offer_url(first, new=True)).text
    assert "Tweede reden." in page
    assert "Nu met uitleg." in page
    third = again(first, intake, note="Derde keer.", minutes=4)
    page = http_as(coordinator).get(url(third)).text
    assert page.index("Tweede reden.") < page.index("Eerste reden.")
