"""The pages about conversations: the form, recording, and reading one report."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from kp4web.conversations.models import ContactAttempt, Conversation
from kp4web.domain.actor import Role
from kp4web.domain.dates import dutch_date
from kp4web.domain.due import DueKind
from kp4web.drafts.models import Draft
from kp4web.extensions import db
from kp4web.worklist.models import DueItem, FollowUp
from tests.conftest import TODAY
from tests.conversation_pages import CANARY, HTMX, acts, at_dossier, fields, rows, value_of
from tests.factories import (
    actor,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_user,
)
from tests.queries import count_queries


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead, surname="O'Brien-Şahin")


# ---------------------------------------------------------------------- the form


def test_the_form_starts_with_today_and_the_proposal_of_the_norm(http_as, lead, dossier):
    page = http_as(lead).get(at_dossier(dossier, "/nieuw"))
    assert page.status_code == 200
    assert "<title>Gesprek vastleggen in " + dossier.number in page.text
    assert "Brien-Şahin" not in page.text.split("</title>")[0]
    assert value_of(page, "held_on") == TODAY.isoformat()
    assert re.fullmatch(r"\d\d:\d\d", value_of(page, "held_at"))
    assert "Voorstel: do 18-02-2027, over 3 maanden." in page.text


@pytest.mark.parametrize(
    ("track", "words"),
    [
        ("under_investigation", "Voorstel: wo 30-12-2026, over 6 weken."),
        ("kp3", "Voorstel: wo 02-12-2026, over 2 weken."),
    ],
)
def test_the_proposal_follows_the_track(http_as, lead, track, words):
    page = http_as(lead).get(at_dossier(make_dossier(track=track, lead=lead), "/nieuw"))
    assert words in page.text


@pytest.mark.parametrize(
    ("held_on", "words"),
    [
        ("2026-11-04", "Voorstel: do 04-02-2027, 3 maanden erna."),
        ("2026-06-01", "Voorstel: do 18-02-2027, over 3 maanden."),
        ("2027-11-04", "Voorstel: do 18-02-2027, over 3 maanden."),
    ],
)
def test_the_proposal_counts_from_the_conversation_and_never_lies_behind_us(
    http_as, lead, dossier, held_on, words
):
    data = fields(held_on=held_on, channel="")
    assert words in http_as(lead).post(at_dossier(dossier), data=data).text


def test_rest_proposes_nothing_and_warns(http_as, lead):
    resting = make_dossier(track="rest", lead=lead, planned_end=date(2027, 3, 1))
    page = http_as(lead).get(at_dossier(resting, "/nieuw"))
    assert "Voorstel" not in page.text
    assert "Rust tot 01-03-2027" in page.text
    assert "besluit over de rust staat voor 18-01-2027" in page.text


def test_the_lead_reads_the_last_two_reports_beside_the_form(http_as, lead, dossier):
    for month, text in ((7, "Het oudste"), (8, "Het vorige"), (9, "Het laatste")):
        make_conversation(dossier, lead, held_on=date(2026, month, 1), report=text)
    page = http_as(lead).get(at_dossier(dossier, "/nieuw")).text
    assert page.index("Het laatste") < page.index("Het vorige")
    assert "Het oudste" not in page


def test_a_stopped_dossier_offers_no_follow_up(http_as, lead):
    page = http_as(lead).get(at_dossier(make_dossier(track="stopped", lead=lead), "/nieuw"))
    assert 'name="report"' in page.text
    assert 'name="follow_up_on"' not in page.text


def test_opening_the_form_is_logged_once_and_its_fragments_are_not(http_as, lead, dossier):
    client = http_as(lead)
    client.get(at_dossier(dossier, "/nieuw"))
    client.post(at_dossier(dossier), data=fields(report=""), headers=HTMX)
    entry = acts("conversation_form")
    assert [(e.user_id, e.dossier_id, e.relation) for e in entry] == [(lead.id, dossier.id, "lead")]


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        (Role.CONSULTANT, "West Betuwe", 200),
        (Role.COORDINATOR, "West Betuwe", 403),
        (Role.INTAKE, "West Betuwe", 403),
        (Role.ADMINISTRATOR, "West Betuwe", 403),
        (Role.CONSULTANT, "Buren", 404),
        (Role.COORDINATOR, "Buren", 403),
    ],
)
def test_who_opens_the_form_and_who_does_not(http_as, dossier, role, place, status):
    client = http_as(make_user(role, municipality=place))
    assert client.get(at_dossier(dossier, "/nieuw")).status_code == status
    sent = client.post(at_dossier(dossier), data=fields())
    assert sent.status_code == (303 if status == 200 else status)
    assert len(rows(Conversation)) == (1 if status == 200 else 0)


def test_another_municipality_answers_as_for_a_missing_number(http_as, dossier):
    client = http_as(make_user(municipality="Buren"))
    there = client.get(at_dossier(dossier, "/nieuw"))
    nowhere = client.get("/dossiers/KP4-2026-0000/gesprekken/nieuw")
    assert there.status_code == nowhere.status_code == 404
    ours = (there.text.replace(dossier.number, ""), nowhere.text.replace("KP4-2026-0000", ""))
    without_token = [re.sub(r'value="[\w.-]{60,}"', "", text) for text in ours]
    assert without_token[0] == without_token[1]


# ---------------------------------------------------------------------- recording


def test_the_fields_of_the_contract_are_enough(http_as, lead, dossier):
    old = make_follow_up(dossier, lead, due_on=TODAY)
    answer = http_as(lead).post(
        at_dossier(dossier),
        data=fields(follow_up_on="2026-12-01", follow_up_what="Bellen", done=[str(old.id)]),
    )
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{dossier.number}")
    (entry,) = rows(Conversation)
    assert (entry.report, entry.participants) == ("Het gaat beter.", ["resident"])
    settled, planned = sorted(rows(FollowUp), key=lambda row: row.id)
    assert settled.ended_by_id == lead.id
    assert (planned.due_on, planned.what) == (date(2026, 12, 1), "Bellen")
    (logged,) = acts("conversation_record")
    assert logged.detail == {"entry": entry.id}


@pytest.mark.parametrize("outcome", ["no_answer", "no_show", "cancelled"])
def test_an_attempt_needs_no_report(http_as, lead, dossier, outcome):
    answer = http_as(lead).post(
        at_dossier(dossier), data=fields(outcome=outcome, report="", held_at="")
    )
    assert answer.status_code == 303
    (attempt,) = rows(ContactAttempt)
    assert (attempt.outcome, attempt.held_at) == (outcome, None)
    assert rows(Conversation) == []


def test_dates_and_times_as_people_type_them(http_as, lead, dossier):
    answer = http_as(lead).post(
        at_dossier(dossier), data=fields(held_on="17-11-2026", held_at="9.05")
    )
    assert answer.status_code == 303
    (entry,) = rows(Conversation)
    assert (entry.held_on.isoformat(), f"{entry.held_at:%H:%M}") == ("2026-11-17", "09:05")


def test_it_goes_back_to_where_one_came_from(http_as, lead, dossier):
    client = http_as(lead)
    back = "/werkvoorraad?groep=laat"
    page = client.get(at_dossier(dossier, "/nieuw"), query_string={"terug": back})
    assert value_of(page, "terug") == back
    assert client.post(at_dossier(dossier), data=fields(terug=back)).location == back


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_it_never_goes_to_another_site(http_as, lead, dossier, path):
    answer = http_as(lead).post(at_dossier(dossier), data=fields(terug=path))
    assert answer.location == f"/dossiers/{dossier.number}"


def test_htmx_is_sent_to_the_next_page_where_the_outcome_stands(http_as, lead, dossier):
    client = http_as(lead)
    data = fields(follow_up_on="2026-12-01", terug="/werkvoorraad")
    answer = client.post(at_dossier(dossier), data=data, headers=HTMX)
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["HX-Redirect"] == "/werkvoorraad"
    page = client.get("/werkvoorraad").text
    assert "Het gesprek is vastgelegd. Opvolging op 01-12-2026." in page


def test_a_double_submit_makes_one_record(http_as, lead, dossier):
    client, data = http_as(lead), fields(submission=str(uuid4()))
    assert client.post(at_dossier(dossier), data=data).status_code == 303
    assert client.post(at_dossier(dossier), data=data).status_code == 303
    assert len(rows(Conversation)) == 1


def test_the_same_form_with_another_text_comes_back(http_as, lead, dossier):
    client, data = http_as(lead), fields(submission=str(uuid4()))
    client.post(at_dossier(dossier), data=data)
    again = client.post(at_dossier(dossier), data=data | {"report": "Iets anders"})
    assert again.status_code == 409
    assert "Iets anders" in again.text
    assert value_of(again, "submission") != data["submission"]


# ---------------------------------------------------------------------- how much it asks


def test_recording_with_everything_asks_at_most_sixteen_queries(http_as, lead, dossier):
    make_conversation(dossier, lead, held_on=date(2026, 7, 1))
    old = make_follow_up(dossier, lead, due_on=TODAY)
    client = http_as(lead)
    data = fields(
        follow_up_on="2026-12-01", follow_up_what="Bellen", done=[str(old.id)],
        submission=str(uuid4()),
    )  # fmt: skip
    path = at_dossier(dossier)
    client.post(path, data=data | {"concept": "1"})
    with count_queries() as asked:
        assert client.post(path, data=data).status_code == 303
    assert len(asked) <= 16, "\n".join(asked)
    db.session.rollback()
    waiting = db.session.execute(
        select(DueItem.kind, DueItem.due_on).where(DueItem.dossier_id == dossier.id)
    ).all()
    assert (DueKind.FOLLOW_UP, date(2026, 12, 1)) in [tuple(row) for row in waiting]
    assert rows(Draft) == []


def test_saving_a_draft_asks_at_most_eight_queries(http_as, lead, dossier):
    client, path = http_as(lead), at_dossier(dossier)
    for _ in range(2):
        with count_queries() as asked:
            client.post(path, data=fields(submission=str(uuid4()), concept="1"))
        assert len(asked) <= 8, "\n".join(asked)


def test_the_form_asks_as_much_for_many_rows_as_for_none(http_as, lead):
    counts = []
    for number in (0, 12):
        dossier = make_dossier(lead=lead)
        for month in range(number):
            make_follow_up(dossier, lead, due_on=TODAY + timedelta(days=month))
            make_conversation(dossier, lead, held_on=TODAY)
        with count_queries() as asked:
            http_as(lead).get(at_dossier(dossier, "/nieuw"))
        counts.append(len([one for one in asked if "session" not in one.lower()]))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


# ---------------------------------------------------------------------- one report


def test_a_report_in_full_for_the_lead_and_for_its_author(http_as, lead, dossier):
    colleague = make_user(name="M. de Boer")
    entry = make_conversation(
        dossier, colleague, report=f"{CANARY}\n\nTweede alinea", held_on=date(2026, 9, 1)
    )
    for reader in (lead, colleague):
        page = http_as(reader).get(at_dossier(dossier, f"/{entry.id}"))
        assert page.status_code == 200
        assert "Tweede alinea" in page.text
        assert "M. de Boer" in page.text
        assert dutch_date(date(2026, 9, 1)) in page.text.split("</title>")[0]
    assert [e.detail["entry"] for e in acts("conversation_read")] == [entry.id] * 2


def test_what_was_agreed_then_is_for_the_lead(http_as, lead, dossier):
    entry = make_conversation(dossier, lead, follow_up_on=TODAY, follow_up_what="Samen bellen")
    assert "Samen bellen" in http_as(lead).get(at_dossier(dossier, f"/{entry.id}")).text


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        (Role.CONSULTANT, "West Betuwe", 404),
        (Role.COORDINATOR, "West Betuwe", 404),
        (Role.POLICY_OFFICER, "West Betuwe", 403),
        (Role.CONSULTANT, "Buren", 404),
    ],
)
def test_nobody_else_reads_it(http_as, lead, dossier, role, place, status):
    entry = make_conversation(dossier, lead, report=CANARY)
    answer = http_as(make_user(role, municipality=place)).get(at_dossier(dossier, f"/{entry.id}"))
    assert answer.status_code == status
    assert CANARY not in answer.text


def test_a_report_is_found_in_its_own_dossier_only(http_as, lead, dossier):
    entry = make_conversation(make_dossier(lead=lead), lead)
    assert http_as(lead).get(at_dossier(dossier, f"/{entry.id}")).status_code == 404
    assert http_as(lead).get(at_dossier(dossier, "/999999")).status_code == 404


def test_a_user_with_both_roles_reads_what_is_own(http_as, dossier, lead):
    both = make_user(Role.CONSULTANT, Role.COORDINATOR)
    entry = make_conversation(dossier, lead, report=CANARY)
    assert actor(both).has(Role.COORDINATOR)
    assert http_as(both).get(at_dossier(dossier, f"/{entry.id}")).status_code == 404
    assert db.session.scalar(select(func.count(Conversation.id))) == 1
