"""Hand-overs that come back: sending back with a reason, and offering again."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kp4web.applications.commands import CloseApplication, Member, close_application
from kp4web.applications.models import Application
from kp4web.audit.models import AuditEntry
from kp4web.clients.models import HouseholdRelation
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState, Closing
from kp4web.extensions import db
from kp4web.handovers.commands import (
    AcceptHandover,
    ReturnHandover,
    accept_handover,
    offer_again,
    return_handover,
)
from kp4web.handovers.models import Handover, HandoverState
from kp4web.worklist.models import DueItem
from tests.conftest import TODAY
from tests.factories import (
    a_coordinator,
    actor,
    at,
    decide,
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

REASON = "De gemeente Tiel kent dit gezin al."
NOTE = "Graag eerst bellen."
CANARY = {
    "surname": "Kanariepiet", "street": "Geheimstraat 1", "phone": "06-99999999",
    "approach": "Aanpakgeheim", "interpreter": "Tolkgeheim",
}  # fmt: skip
SECRETS = [*CANARY.values(), NOTE, "Geen reëel perspectief"]
SENT_BACK = "/overdrachten?status=teruggestuurd"
REFUSED = [role for role in Role if role is not Role.COORDINATOR]


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR, name="Karin Jansen")


@pytest.fixture
def intake(app):
    return make_user(Role.INTAKE, name="Piet O'Brien")


@pytest.fixture
def agency_coordinator(app):
    return make_user(Role.AGENCY_COORDINATOR)


def url(handover):
    return f"/overdrachten/{handover.id}"


def return_url(handover):
    return f"{url(handover)}/terugzending"


def offer_url(handover, *, new=False):
    return f"/aanvragen/{handover.application_id}/overdrachten" + ("/nieuw" if new else "")


def clock(minutes=0):
    return {"now": at(TODAY, 12) + timedelta(minutes=minutes), "today": TODAY}


def returned(coordinator, reason=REASON, **given):
    """Return a hand-over that this coordinator sent back."""
    handover = make_handover(**given)
    return_handover(
        db.session(), actor(coordinator), handover.id, ReturnHandover(reason), **clock()
    )
    db.session.commit()
    return handover


def again(handover, by, note="Nu met uitleg.", minutes=1):
    made = offer_again(db.session(), actor(by), handover.application_id, note, **clock(minutes))
    db.session.commit()
    return made


def accepted(handover, by, minutes=2):
    dossier = accept_handover(
        db.session(), actor(by), handover.id, AcceptHandover(reopen=""), **clock(minutes)
    )
    db.session.commit()
    return dossier


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count(model.id)))


def state_of(handover):
    db.session.expire_all()
    return db.session.get_one(Application, handover.application_id).state


def found_in(texts, page):
    return [text for text in texts if text in page]


def last_entry(action):
    query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id.desc())
    return db.session.scalars(query).first()


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
