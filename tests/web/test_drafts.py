"""The draft of a conversation: saved, found again, and gone after sending."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from kp4web.accounts.models import UserSession
from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.drafts.models import Draft
from kp4web.extensions import db
from tests.conversation_pages import HTMX, acts, at_dossier, fields, rows, value_of
from tests.factories import (
    make_dossier,
    make_user,
)


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead, surname="O'Brien-Şahin")


# ---------------------------------------------------------------------- the draft


def test_a_draft_says_when_it_was_saved_and_is_offered_again(http_as, lead, dossier):
    client = http_as(lead)
    data = fields(
        concept="1", report="Half verslag", channel="video", participants_asked="1",
        follow_up_what="Bellen",
        participants=["partner"], held_at="", held_on="17-11-2026",
    )  # fmt: skip
    saved = client.post(at_dossier(dossier), data=data, headers=HTMX)
    assert re.fullmatch(r"Bewaard om \d\d:\d\d", saved.text.strip())
    page = client.get(at_dossier(dossier, "/nieuw"))
    assert re.search(r"Er is een concept van \w\w \d\d-\d\d-\d{4} \d\d:\d\d", page.text)
    assert "Half verslag" in page.text
    assert '<option selected value="video">' in page.text
    assert value_of(page, "held_on") == "2026-11-17"
    assert value_of(page, "follow_up_what") == "Bellen"
    assert re.search(r'<input checked[^>]*value="partner"', page.text)
    assert not re.search(r'<input checked[^>]*value="resident"', page.text)
    assert acts("conversation_record") == []


def test_a_draft_is_gone_after_sending_and_never_in_another_dossier(http_as, lead, dossier):
    client, other = http_as(lead), make_dossier(lead=lead)
    client.post(at_dossier(dossier), data=fields(concept="1", report="Half verslag"))
    assert "Half verslag" not in client.get(at_dossier(other, "/nieuw")).text
    assert "Half verslag" not in http_as(make_user()).get(at_dossier(dossier, "/nieuw")).text
    client.post(at_dossier(dossier), data=fields(report="Heel verslag", outcome="no_show"))
    page = client.get(at_dossier(dossier, "/nieuw")).text
    assert "Half verslag" not in page
    assert "Er is een concept" not in page


def test_a_draft_without_text_is_not_offered(http_as, lead, dossier):
    client = http_as(lead)
    client.post(at_dossier(dossier), data=fields(concept="1", report=" ", channel="video"))
    page = client.get(at_dossier(dossier, "/nieuw")).text
    assert "Er is een concept" not in page
    assert '<option selected value="face_to_face">' in page


def test_without_javascript_a_draft_is_saved_and_thrown_away_by_buttons(http_as, lead, dossier):
    client = http_as(lead)
    form = at_dossier(dossier, "/nieuw?terug=/werkvoorraad")
    saved = client.post(at_dossier(dossier), data=fields(concept="1", terug="/werkvoorraad"))
    assert (saved.status_code, saved.location) == (303, form)
    assert "Het concept is bewaard." in client.get(form).text
    (draft,) = rows(Draft)
    gone = client.post(f"/concepten/{draft.id}/verwijdering", data={"terug": form})
    assert (gone.status_code, gone.location) == (303, form)
    assert "Er is een concept" not in client.get(form).text


def test_a_save_while_the_page_closes_leaves_no_message_behind(http_as, lead, dossier):
    client = http_as(lead)
    answer = client.post(at_dossier(dossier), data=fields(concept="achtergrond"))
    assert (answer.status_code, answer.data) == (204, b"")
    page = client.get(at_dossier(dossier, "/nieuw")).text
    assert "Het concept is bewaard." not in page
    assert "Er is een concept" in page


def test_a_draft_takes_any_character_and_refuses_only_length(http_as, lead, dossier):
    client = http_as(lead)
    odd = client.post(at_dossier(dossier), data=fields(concept="1", report="a\x00b"), headers=HTMX)
    assert odd.status_code == 200
    assert "ab</textarea>" in client.get(at_dossier(dossier, "/nieuw")).text
    long = client.post(
        at_dossier(dossier), data=fields(concept="1", report="x" * 200_001), headers=HTMX
    )
    assert long.status_code == 422
    assert long.headers["HX-Retarget"] == "#message"


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [(Role.COORDINATOR, "West Betuwe", 403), (Role.CONSULTANT, "Buren", 404)],
)
def test_who_may_not_record_keeps_no_draft(http_as, dossier, role, place, status):
    client = http_as(make_user(role, municipality=place))
    assert client.post(at_dossier(dossier), data=fields(concept="1")).status_code == status
    assert rows(Draft) == []


def test_a_draft_save_counts_as_activity_and_logs_nothing(http_as, lead, dossier):
    client, path = http_as(lead), at_dossier(dossier)
    long_ago = datetime.now(UTC) - timedelta(minutes=20)
    db.session.execute(update(UserSession).values(last_seen_at=long_ago))
    before = len(rows(AuditEntry))
    client.post(path, data=fields(concept="1"))
    assert len(rows(AuditEntry)) == before
    (session,) = rows(UserSession)
    assert session.last_seen_at > long_ago + timedelta(minutes=19)


def test_a_late_save_never_brings_a_sent_report_back(http_as, lead, dossier):
    client, mark = http_as(lead), uuid4().hex
    client.post(at_dossier(dossier), data=fields(submission=mark))
    late = client.post(at_dossier(dossier), data=fields(submission=mark, concept="1"), headers=HTMX)
    assert (late.status_code, late.text) == (200, "")
    assert rows(Draft) == []


def test_nobody_throws_a_draft_of_somebody_else_away(http_as, lead, dossier):
    http_as(lead).post(at_dossier(dossier), data=fields(concept="1"))
    (draft,) = rows(Draft)
    assert http_as(make_user()).post(f"/concepten/{draft.id}/verwijdering").status_code == 404
    assert len(rows(Draft)) == 1


def test_a_refused_draft_leaves_the_cookie_of_who_signs_in_meanwhile(http, dossier):
    """Its answer may come in after that of the sign-in in another tab, and would win."""
    draft = fields(concept="1", report="Half verslag")
    answer = http.post(at_dossier(dossier), data=draft, headers=HTMX)
    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (401, [])
    sent = http.post(at_dossier(dossier), data=fields(report="Heel"), headers=HTMX)
    assert sent.status_code == 401
    assert sent.headers.getlist("Set-Cookie")  # the form itself gets the token to send again with
