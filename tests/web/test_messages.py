"""A colleague in the dossier of another: reading little, leaving word for the lead."""

from uuid import uuid4

import pytest

from kp4web.domain.actor import Role
from kp4web.domain.due import DueKind
from kp4web.worklist.models import DueItem, Message
from tests.conftest import TODAY
from tests.conversation_pages import CANARY, HTMX, at_dossier, fields, rows
from tests.factories import (
    make_conversation,
    make_dossier,
    make_follow_up,
    make_user,
)


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead, surname="O'Brien-Şahin")


# ---------------------------------------------------------------------- a colleague


def test_a_colleague_sees_no_report_and_no_follow_up_of_others(http_as, lead, dossier):
    make_conversation(dossier, lead, report=CANARY)
    follow_up = make_follow_up(dossier, lead, due_on=TODAY, what="Wat wij afspraken")
    page = http_as(make_user()).get(at_dossier(dossier, "/nieuw")).text
    assert "K. Jansen is de vaste consulent en krijgt hiervan bericht." in page
    for hidden in (CANARY, follow_up.what, 'name="done"', 'name="follow_up_on"'):
        assert hidden not in page


def test_a_colleague_records_and_the_lead_gets_a_due_item(http_as, lead, dossier):
    colleague = make_user()
    assert http_as(colleague).post(at_dossier(dossier), data=fields()).status_code == 303
    (item,) = [item for item in rows(DueItem) if item.kind is DueKind.MESSAGE]
    assert item.user_id == lead.id


def test_a_colleague_leaves_a_message_and_the_lead_settles_it(http_as, lead, dossier):
    colleague = make_user()
    client, path = http_as(colleague), f"/dossiers/{dossier.number}/berichten"
    assert "K. Jansen" in client.get(path).text
    data = {"text": "Mevrouw belde.\r\nBel terug.", "submission": str(uuid4())}
    for _ in range(2):
        assert client.post(path, data=data).status_code == 303
    (message,) = rows(Message)
    assert message.text == "Mevrouw belde.\nBel terug."
    settle = f"/berichten/{message.id}/gelezen"
    assert client.post(settle).status_code == 403
    assert http_as(make_user(Role.COORDINATOR)).post(settle).status_code == 403
    done = http_as(lead).post(settle, data={"terug": "/werkvoorraad"})
    assert (done.status_code, done.location) == (303, "/werkvoorraad")
    assert rows(Message)[0].read_by_id == lead.id
    assert [item for item in rows(DueItem) if item.kind is DueKind.MESSAGE] == []


def test_a_message_elsewhere_answers_as_one_that_is_missing(http_as, dossier):
    client = http_as(make_user())
    client.post(f"/dossiers/{dossier.number}/berichten", data={"text": "Hallo"})
    stranger = http_as(make_user(municipality="Buren"))
    there = stranger.post(f"/berichten/{rows(Message)[0].id}/gelezen", headers=HTMX)
    nowhere = stranger.post("/berichten/999999/gelezen", headers=HTMX)
    assert (there.status_code, there.text) == (nowhere.status_code, nowhere.text)
    assert there.status_code == 404


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Schrijf uw bericht op."),
        ("  ", "Schrijf uw bericht op."),
        ("x" * 5_001, "hoogstens 5000 tekens"),
        ("a\x00", "een teken dat niet bewaard kan worden"),
    ],
)
def test_a_bad_message_comes_back(http_as, dossier, text, sentence):
    path = f"/dossiers/{dossier.number}/berichten"
    for headers in ({}, HTMX):
        answer = http_as(make_user()).post(path, data={"text": text}, headers=headers)
        assert answer.status_code == 422
        assert sentence in answer.text
    assert rows(Message) == []


def test_the_lead_leaves_no_message_to_oneself(http_as, lead, dossier):
    client, path = http_as(lead), f"/dossiers/{dossier.number}/berichten"
    assert client.get(path).status_code == 403
    assert client.post(path, data={"text": "Hallo"}).status_code == 403


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [(Role.COORDINATOR, "West Betuwe", 403), (Role.CONSULTANT, "Buren", 404)],
)
def test_others_leave_no_message(http_as, dossier, role, place, status):
    client, path = http_as(make_user(role, municipality=place)), f"/dossiers/{dossier.number}"
    assert client.get(f"{path}/berichten").status_code == status
    assert client.post(f"{path}/berichten", data={"text": "Hallo"}).status_code == status
