"""An attempt from a row of the work list: two clicks, the next one proposed, and the signal."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from kp4web.conversations.models import AttemptOutcome, Channel, ContactAttempt
from kp4web.domain.actor import Role
from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from kp4web.worklist.models import FollowUp, FollowUpMove
from tests.conftest import TODAY
from tests.conversation_pages import HTMX, acts, rows
from tests.factories import make_conversation, make_dossier, make_follow_up, make_user

WEEK = TODAY + timedelta(weeks=1)
LIST = "/werkvoorraad"


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead, surname="O'Brien-Şahin")


def at(dossier, rest=""):
    return f"/dossiers/{dossier.number}/pogingen{rest}"


def tried(dossier):
    db.session.rollback()
    return db.session.get_one(Dossier, dossier.id, populate_existing=True).attempts_since_contact


def verified(app):
    return app.test_cli_runner().invoke(args=["worklist", "verify"])


@pytest.mark.parametrize(
    ("outcome", "channel"), [("no_answer", Channel.PHONE), ("no_show", Channel.FACE_TO_FACE)]
)
def test_an_attempt_is_of_today_with_a_sensible_form(http_as, lead, dossier, outcome, channel):
    done = http_as(lead).post(at(dossier), data={"outcome": outcome, "terug": f"{LIST}?pagina=2"})
    assert done.status_code == 303
    assert done.location == at(dossier, f"/volgende?terug={LIST}?pagina%3D2")
    (entry,) = rows(ContactAttempt)
    assert (entry.held_on, entry.outcome, entry.channel) == (TODAY, outcome, channel)
    assert len(acts("attempt_record")) == 1


def test_a_row_offers_it_and_htmx_answers_with_the_next_date(http_as, lead, dossier):
    row = make_follow_up(dossier, lead, due_on=TODAY, what="Bellen")
    http = http_as(lead)
    assert at(dossier, f"/nieuw?opvolging={row.id}") in http.get(LIST).text
    form = http.get(at(dossier, f"/nieuw?opvolging={row.id}&rij=0"), headers=HTMX).text
    assert 'value="no_show"' in form
    assert "<html" not in form
    data = {"outcome": "no_answer", "rij": "0", "opvolging": str(row.id), "terug": LIST}
    answer = http.post(at(dossier), data=data, headers=HTMX)
    assert answer.status_code == 200
    assert "De contactpoging is vastgelegd." in answer.text
    assert f'action="/opvolgingen/{row.id}/verzetting"' in answer.text
    assert f'value="{WEEK.isoformat()}"' in answer.text
    moved = http.post(f"/opvolgingen/{row.id}/verzetting", data={"due_on": WEEK.isoformat()})
    assert moved.status_code == 303
    assert len(rows(FollowUpMove)) == 1


def test_without_a_follow_up_the_next_attempt_is_planned(http_as, lead, dossier):
    http = http_as(lead)
    page = http.get(at(dossier, "/volgende"))
    assert f'action="/dossiers/{dossier.number}/opvolgingen"' in page.text
    assert "Brien-Şahin" not in page.text.split("</title>")[0]
    data = {"due_on": WEEK.isoformat(), "what": "Opnieuw proberen te bereiken", "terug": LIST}
    assert http.post(f"/dossiers/{dossier.number}/opvolgingen", data=data).location == LIST
    assert [row.due_on for row in rows(FollowUp)] == [WEEK]


@pytest.mark.parametrize("given", ["999999", "x", "-1", "9" * 30])
def test_a_follow_up_that_is_not_there_is_planned_anew(http_as, lead, dossier, given):
    page = http_as(lead).get(at(dossier, f"/volgende?opvolging={given}"))
    assert f'action="/dossiers/{dossier.number}/opvolgingen"' in page.text


def test_a_follow_up_of_another_dossier_is_not_moved_from_here(http_as, lead, dossier):
    other = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY)
    page = http_as(lead).get(at(dossier, f"/volgende?opvolging={other.id}"))
    assert f"/opvolgingen/{other.id}/" not in page.text


@pytest.mark.parametrize("outcome", ["", "held", "won"])
def test_nonsense_records_nothing(http_as, lead, dossier, outcome):
    answer = http_as(lead).post(at(dossier), data={"outcome": outcome})
    assert answer.status_code == 422
    assert rows(ContactAttempt) == []


def test_a_double_click_makes_one_attempt(http_as, lead, dossier):
    http, data = http_as(lead), {"outcome": "no_show", "submission": str(uuid4())}
    assert [http.post(at(dossier), data=data).status_code for _ in range(2)] == [303, 303]
    assert len(rows(ContactAttempt)) == 1


def test_a_colleague_records_and_plans_nothing(http_as, dossier):
    http = http_as(make_user())
    assert http.post(at(dossier), data={"outcome": "no_answer"}).status_code == 303
    assert "Volgende poging" not in http.get(at(dossier, "/volgende")).text.split("<main")[1]


def test_who_is_out_of_reach_gets_nothing(http_as, dossier):
    http = http_as(make_user(municipality="Buren"))
    assert http.get(at(dossier, "/nieuw")).status_code == 404
    assert http.post(at(dossier), data={"outcome": "no_answer"}).status_code == 404


# ---------------------------------------------------------------------- how often


def attempt(dossier, lead, day):
    make_conversation(
        dossier, lead, held_on=day, attempt=AttemptOutcome.NO_ANSWER, channel=Channel.PHONE
    )


def test_attempts_count_since_the_last_contact_whatever_the_order(app, lead, dossier):
    for day in (10, 12, 14):
        attempt(dossier, lead, date(2026, 11, day))
    assert tried(dossier) == 3
    make_conversation(dossier, lead, held_on=date(2026, 11, 11))  # recorded late
    assert tried(dossier) == 2
    make_conversation(dossier, lead, held_on=date(2026, 11, 9))  # earlier than the last contact
    assert tried(dossier) == 2
    make_conversation(dossier, lead, held_on=date(2026, 11, 15), channel=Channel.IN_WRITING)
    assert tried(dossier) == 2
    attempt(dossier, lead, date(2026, 11, 1))
    assert tried(dossier) == 2
    make_conversation(dossier, lead, held_on=date(2026, 11, 16))
    assert tried(dossier) == 0
    assert verified(app).exit_code == 0


def test_the_third_in_a_row_is_said_in_the_answer(http_as, lead, dossier):
    http = http_as(lead)
    for number in (1, 2, 3):
        text = http.post(at(dossier), data={"outcome": "no_answer"}, headers=HTMX).text
        assert ("3 pogingen zonder contact" in text) is (number == 3)


def test_a_wrong_count_is_found(app, dossier):
    db.session.execute(update(Dossier).values(attempts_since_contact=5))
    db.session.commit()
    outcome = verified(app)
    assert outcome.exit_code == 1
    assert "attempts_since_contact is 5, de feiten zeggen 0" in outcome.output


def test_the_coordinator_sees_how_many_are_not_reached(http_as, lead, dossier):
    coordinator = http_as(make_user(Role.COORDINATOR))
    resting, stopped = (make_dossier(lead=lead, track=track) for track in ("rest", "stopped"))
    for each, number in ((dossier, 3), (resting, 2), (stopped, 4)):
        for day in range(number):
            attempt(each, lead, date(2026, 11, 10 + day))
    row = coordinator.get("/caseload").text.split(f'data-user="{lead.id}"')[1].split("</tr>")[0]
    cell = row.split('data-label="Niet bereikt"')[1].split("</td>")[0]
    assert re.findall(r">\s*(\d+)\s*<", cell) == ["1"]
    make_conversation(dossier, lead, held_on=TODAY)
    row = coordinator.get("/caseload").text.split(f'data-user="{lead.id}"')[1].split("</tr>")[0]
    assert "badge--warn" not in row


def test_the_dossier_says_it_on_top(http_as, lead, dossier):
    page = f"/dossiers/{dossier.number}"
    for number in (1, 2, 3):
        attempt(dossier, lead, date(2026, 11, 10 + number))
        assert ("pogingen zonder contact" in http_as(lead).get(page).text) is (number == 3)
    assert "3 pogingen zonder contact" in http_as(make_user(Role.COORDINATOR)).get(page).text
