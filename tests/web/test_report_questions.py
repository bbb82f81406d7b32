"""A coordinator asks about a conversation, the consultant answers; both see it until it is done."""

from datetime import timedelta

import pytest

from kp4web.domain.actor import Role
from kp4web.domain.due import DueKind
from kp4web.domain.tracks import StopReason, TrackChange, TrackKind
from kp4web.extensions import db
from kp4web.tracks.commands import change_track
from kp4web.worklist.models import DueItem, ReportQuestion
from tests.conftest import TODAY
from tests.conversation_pages import acts, at_dossier, rows, value_of
from tests.factories import (
    a_coordinator,
    at,
    make_assignment,
    make_conversation,
    make_dossier,
    make_user,
)

SECRET = "Kanarie in het verslag"
ASKED = "Is de huisarts gebeld? O'Brien-Şahin"


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR, name="M. de Vries")


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead)


@pytest.fixture
def path(dossier, lead):
    talk = make_conversation(dossier, lead, report=SECRET)
    return at_dossier(dossier, f"/{talk.id}/vragen")


def items():
    wanted = {DueKind.QUESTION, DueKind.QUESTION_ASKED, DueKind.ANSWER}
    found = sorted((i for i in rows(DueItem) if i.kind in wanted), key=lambda i: i.due_on)
    return [(item.kind, item.user_id, item.due_on) for item in found]


def ask(http, path, **changes):
    return http.post(path, data={"question": ASKED, **changes})


def the_question():
    (question,) = rows(ReportQuestion)
    return f"/gespreksvragen/{question.id}"


def test_from_question_to_answer_to_read(app, http_as, lead, coordinator, path):
    week = timedelta(days=7)
    page = http_as(coordinator).get(path)
    assert SECRET not in page.text
    sent = {"submission": value_of(page, "submission")}
    for _ in range(2):
        assert ask(http_as(coordinator), path, **sent).status_code == 303
    assert items() == [
        (DueKind.QUESTION, lead.id, TODAY + week),
        (DueKind.QUESTION_ASKED, None, TODAY + 2 * week),
    ]
    listed = http_as(lead).get("/werkvoorraad").text
    assert "Vraag van coördinator." in listed
    assert "Is de huisarts gebeld?" in listed
    assert "Wacht op antwoord." not in listed
    assert "Wacht op antwoord." in http_as(coordinator).get("/werkvoorraad").text
    to_it = http_as(lead).get(f"{the_question()}/gesprek")
    assert to_it.location.startswith(path)
    assert SECRET in http_as(lead).get(path).text
    assert http_as(lead).post(f"{the_question()}/antwoord", data={"answer": ""}).status_code == 422
    for _ in range(2):
        given = http_as(lead).post(f"{the_question()}/antwoord", data={"answer": "Ja, gisteren."})
        assert given.status_code == 303
    assert items() == [(DueKind.ANSWER, None, TODAY + week)]
    page = http_as(coordinator).get(path).text
    assert "Ja, gisteren." in page
    assert SECRET not in page
    assert "Ja, gisteren." in http_as(lead).get(path.removesuffix("/vragen")).text
    assert http_as(coordinator).post(f"{the_question()}/afhandeling").status_code == 303
    assert items() == []
    assert app.test_cli_runner().invoke(args=["worklist", "verify"]).exit_code == 0
    done = [len(acts(f"question_{act}")) for act in ("ask", "answer", "settle")]
    assert done == [1, 1, 1]


def test_a_question_taken_back_or_answered_is_answered_no_more(http_as, lead, coordinator, path):
    ask(http_as(coordinator), path)
    assert http_as(coordinator).post(f"{the_question()}/afhandeling").status_code == 303
    late = http_as(lead).post(f"{the_question()}/antwoord", data={"answer": "Te laat getypt."})
    assert late.status_code == 409
    assert "Te laat getypt." in late.text
    assert items() == []


def test_the_lead_of_today_answers_or_who_wrote_the_report(http_as, lead, coordinator, dossier):
    colleague, other = make_user(name="B. Visser"), make_user(name="C. Smit")
    talk = make_conversation(dossier, colleague, report=SECRET)
    path = at_dossier(dossier, f"/{talk.id}/vragen")
    ask(http_as(coordinator), path)
    make_assignment(dossier, other)
    assert items()[0][:2] == (DueKind.QUESTION, other.id)
    answer = {"answer": "Ja."}
    assert http_as(lead).post(f"{the_question()}/antwoord", data=answer).status_code == 404
    assert http_as(lead).get(path).status_code == 404
    assert "Antwoord geven" in http_as(other).get(path).text
    assert http_as(colleague).post(f"{the_question()}/antwoord", data=answer).status_code == 303


def test_a_stopped_dossier_is_silent_and_still_answered(http_as, lead, coordinator, dossier, path):
    ask(http_as(coordinator), path)
    stop = TrackChange(TrackKind.STOPPED, TODAY, "Verhuisd.", stop_reason=StopReason.MOVED)
    change_track(db.session(), a_coordinator(), dossier.number, stop, now=at(TODAY), today=TODAY)
    db.session.commit()
    assert items() == []
    assert ask(http_as(coordinator), path, question="Nog iets?").status_code == 422
    answer = {"answer": "Ja."}
    assert http_as(lead).post(f"{the_question()}/antwoord", data=answer).status_code == 303


def test_who_is_coordinator_and_lead_asks_nothing_of_themselves(http_as):
    both = make_user(Role.COORDINATOR, Role.CONSULTANT)
    dossier = make_dossier(lead=both)
    talk = make_conversation(dossier, both)
    path = at_dossier(dossier, f"/{talk.id}/vragen")
    assert "Vraag stellen" not in http_as(both).get(path).text
    assert ask(http_as(both), path).status_code == 403
