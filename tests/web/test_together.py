"""One conversation for both partners: chosen explicitly, whole or not at all, nothing shared."""

from datetime import date

import pytest
from sqlalchemy import func, select

from kp4web.clients.models import Client
from kp4web.conversations.models import ContactAttempt, Conversation
from kp4web.drafts.models import Draft
from kp4web.extensions import db
from kp4web.worklist.models import FollowUp, Message
from tests.conftest import TODAY
from tests.conversation_pages import HTMX, acts, at_dossier, fields, rows, value_of
from tests.factories import make_dossier, make_follow_up, make_user

TEXT = "Samen gesproken over de woning."
OWN = "Alleen voor O'Brien-Şahin."


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def couple(lead):
    here = make_dossier(lead=lead, surname="Bakker", initials="A.")
    there = make_dossier(lead=lead, surname="Partnersen", initials="B.", partner_of=here.number)
    return here, there


def both(there, **changes):
    return fields(
        report=TEXT, participants=["resident"], participants_asked="1", channel="home_visit",
        partner="same", partner_number=there.number, **changes,
    )  # fmt: skip


def talks():
    found = sorted(rows(Conversation), key=lambda row: row.dossier_id)
    return [(row.dossier_id, row.report, row.participants, row.is_contact) for row in found]


def send(http, here, **data):
    return http.post(at_dossier(here), data=data)


def test_the_same_text_in_both_counts_as_contact_for_both(http_as, lead, couple):
    here, there = couple
    done = make_follow_up(there, lead, due_on=TODAY, what="Samen bellen")
    page = http_as(lead).get(at_dossier(here, "/nieuw"))
    assert "B. Partnersen" in page.text
    assert "Samen bellen" in page.text
    sent = both(
        there, submission=value_of(page, "submission"), follow_up_on="2026-12-01",
        partner_follow_up_on="2026-12-08", partner_follow_up_what="Post nakijken",
        partner_done=[str(done.id)],
    )  # fmt: skip
    for _ in range(2):
        assert send(http_as(lead), here, **sent).status_code == 303
    assert talks() == [
        (here.id, TEXT, ["resident", "partner"], True),
        (there.id, TEXT, ["resident", "partner"], True),
    ]
    open_ones = [(f.dossier_id, f.due_on) for f in rows(FollowUp) if f.ended_at is None]
    assert sorted(open_ones) == [(here.id, date(2026, 12, 1)), (there.id, date(2026, 12, 8))]
    logged = acts("conversation_record")
    assert [entry.dossier_id for entry in logged] == [here.id, there.id]
    db.session.refresh(there)
    assert there.last_contact_on == TODAY


def test_a_text_for_each_and_no_contact_for_who_was_not_there(http_as, lead, couple):
    here, there = couple
    sent = both(there) | {"partner": "own", "partner_report": OWN, "partner_absent": "y"}
    assert send(http_as(lead), here, **sent).status_code == 303
    assert talks() == [
        (here.id, TEXT, ["resident"], True),
        (there.id, OWN, ["partner"], False),
    ]


def test_a_failed_attempt_stands_in_both(http_as, lead, couple):
    here, there = couple
    assert send(http_as(lead), here, **both(there) | {"outcome": "no_show"}).status_code == 303
    assert {row.dossier_id for row in rows(ContactAttempt)} == {here.id, there.id}


def test_the_lead_of_the_partner_is_told_and_plans_there_alone(http_as, lead):
    here, other = make_dossier(lead=lead), make_user()
    there = make_dossier(lead=other, partner_of=here.number)
    refused = send(http_as(lead), here, **both(there, partner_follow_up_on="2026-12-01"))
    assert refused.status_code == 422
    assert "Alleen de vaste consulent plant" in refused.text
    assert rows(Conversation) == []
    assert send(http_as(lead), here, **both(there)).status_code == 303
    assert [row.dossier_id for row in rows(Message)] == [there.id]


@pytest.mark.parametrize(
    "changes",
    [
        {"partner": "", "partner_report": OWN},
        {"partner": "same", "partner_report": OWN},
        {"partner": "own", "partner_report": "", "partner_follow_up_what": OWN},
        {"partner_follow_up_on": "2026-02-30", "partner_report": OWN, "partner": "own"},
        {"partner_absent": "y", "participants": ["resident", "partner"], "partner_report": OWN,
         "partner": "own"},
        {"held_on": "2026-05-31", "partner": "own", "partner_report": OWN},
    ],
)  # fmt: skip
def test_a_refusal_keeps_everything_and_records_nothing(http_as, lead, couple, changes):
    here, there = couple
    answer = http_as(lead).post(at_dossier(here), data=both(there) | changes, headers=HTMX)
    assert answer.status_code == 422
    assert "Alleen voor O&#39;Brien-Şahin." in answer.text
    assert TEXT in answer.text
    assert rows(Conversation) == []


@pytest.mark.parametrize("where", ["elsewhere", "stopped", "nobody"])
def test_a_partner_out_of_reach_is_not_offered_and_not_revealed(http_as, lead, couple, where):
    there = couple[1]
    if where == "stopped":
        there = make_dossier(lead=lead, track="stopped")
    elif where == "elsewhere":
        there = make_dossier(lead=make_user(municipality="Buren"), municipality="Buren")
    alone = make_dossier(lead=lead)
    if where != "nobody":
        household = db.session.get_one(Client, there.client_id).household_id
        db.session.get_one(Client, alone.client_id).household_id = household
        db.session.commit()
    page = http_as(lead).get(at_dossier(alone, "/nieuw")).text
    assert "Ook voor de partner?" not in page
    refused = send(http_as(lead), alone, **both(there))
    assert refused.status_code == 422
    assert "Er is nu geen dossier van de partner" in refused.text
    assert there.number not in refused.text
    assert db.session.scalar(select(func.count(Conversation.id))) == 0


def test_a_draft_keeps_what_is_for_the_partner_and_leaves_the_partners_own(http_as, lead, couple):
    here, there = couple
    http = http_as(lead)
    typed = {"partner": "own", "partner_report": OWN, "partner_follow_up_what": "Bellen"}
    http.post(at_dossier(there), data={"report": "Een ander gesprek.", "concept": "1"})
    http.post(at_dossier(here), data={"report": TEXT, "concept": "1", **typed})
    page = http.get(at_dossier(here, "/nieuw")).text
    assert "Alleen voor O&#39;Brien-Şahin." in page
    assert 'value="Bellen"' in page
    assert send(http, here, **both(there)).status_code == 303
    assert [draft.subject_id for draft in rows(Draft)] == [there.id]
