"""Bad input in the form of a conversation: nothing stored, nothing lost."""

import re

import pytest

from kp4web.conversations.models import Conversation
from kp4web.drafts.models import Draft
from kp4web.worklist.models import FollowUp
from tests.conftest import TODAY
from tests.conversation_pages import HTMX, at_dossier, fields, rows, value_of
from tests.factories import (
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


# ---------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"report": "x" * 60_000}, "hoogstens 50000 tekens. U typte er 60000."),
        ({"report": "NUL\x00"}, "een teken dat niet bewaard kan worden"),
        ({"held_on": ""}, "Vul een datum in."),
        ({"held_on": "31-02-2026"}, "Dit is geen bestaande datum."),
        ({"held_on": "0001-01-01"}, "Dit jaartal kan niet kloppen."),
        ({"held_on": "2026-11-19"}, "Een gesprek kan niet in de toekomst liggen."),
        ({"held_on": "2026-05-31"}, "Dit dossier begint op 01-06-2026."),
        ({"held_at": "25:00"}, "Dit is geen bestaande tijd."),
        ({"channel": ""}, "Maak een keuze."),
        ({"channel": "pigeon"}, "eldige keuze"),
        ({"outcome": "won"}, "eldige keuze"),
        ({"participants_asked": "1", "participants": "nobody"}, "eldige keuze"),
        ({"follow_up_on": "2026-11-17"}, "Kies vandaag of een dag daarna."),
        ({"follow_up_on": "2199-01-01"}, "Kies een dag binnen vijf jaar."),
        ({"follow_up_what": "Bellen"}, "Kies ook een datum, of maak dit veld leeg."),
        ({"follow_up_on": "2026-12-01", "follow_up_what": "x" * 501}, "hoogstens 500 tekens"),
    ],
)
def test_bad_input_gets_a_sentence_and_costs_nothing(http_as, lead, dossier, changes, sentence):
    data = fields(**({"report": "Dit typte ik."} | changes))
    answer = http_as(lead).post(at_dossier(dossier), data=data)
    assert answer.status_code == 422
    assert 'data-testid="field-error"' in answer.text
    assert sentence in answer.text
    assert data["report"].replace("\x00", "").strip() in answer.text
    assert rows(Conversation) == []


def test_ten_thousand_characters_are_fine(http_as, lead, dossier):
    assert http_as(lead).post(
        at_dossier(dossier), data=fields(report="é\r\n" * 4_000)
    ).status_code == 303  # fmt: skip
    assert rows(Conversation)[0].report == ("é\n" * 4_000).strip()


def test_what_is_no_date_stays_visible(http_as, lead, dossier):
    data = fields(held_on="gisteren", held_at="half tien", follow_up_on="2026-13-01")
    page = http_as(lead).post(at_dossier(dossier), data=data)
    for name, typed in (("held_on", "gisteren"), ("held_at", "half tien")):
        field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page.text)[0]
        assert 'type="text"' in field
        assert f'value="{typed}"' in field


def test_htmx_gets_the_form_back_and_nothing_else(http_as, lead, dossier):
    answer = http_as(lead).post(
        at_dossier(dossier), data=fields(report="", follow_up_what="Bellen"), headers=HTMX
    )
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith("<form")
    assert value_of(answer, "follow_up_what") == "Bellen"


@pytest.mark.parametrize("ids", [["999999"], [str(2**63)], ["9" * 26], ["-1"], ["x"], ["１"]])
def test_a_tick_that_is_not_open_here_is_a_conflict(http_as, lead, dossier, ids):
    answer = http_as(lead).post(at_dossier(dossier), data=fields(done=ids))
    assert answer.status_code == 409
    assert "Een van de opvolgingen is intussen afgehandeld." in answer.text
    assert "Het gaat beter." in answer.text
    assert rows(Conversation) == []


def test_a_follow_up_of_somebody_else_is_a_conflict_too(http_as, lead, dossier):
    colleague = make_user()
    foreign = make_follow_up(make_dossier(lead=colleague), colleague, due_on=TODAY)
    data = fields(done=[str(foreign.id)])
    answer = http_as(lead).post(at_dossier(dossier), data=data, headers=HTMX)
    assert answer.status_code == 409
    assert "Het gaat beter." in answer.text
    assert rows(FollowUp)[0].ended_at is None


def test_a_lost_dossier_does_not_swallow_a_planned_follow_up(http_as, lead):
    dossier = make_dossier(lead=make_user())
    data = fields(follow_up_on="2026-12-01", follow_up_what="Bellen")
    answer = http_as(lead).post(at_dossier(dossier), data=data)
    assert answer.status_code == 422
    assert "Alleen de vaste consulent plant" in answer.text
    assert value_of(answer, "follow_up_what") == "Bellen"


@pytest.mark.parametrize("more", [{}, {"concept": "1"}])
@pytest.mark.parametrize("token", [None, "vreemd"])
def test_without_the_token_nothing_changes(app, http_as, lead, dossier, more, token):
    app.config["WTF_CSRF_ENABLED"] = True
    data = fields(csrf_token=token, **more) if token else fields(**more)
    answer = http_as(lead).post(at_dossier(dossier), data=data)
    assert answer.status_code == 401
    assert "Het gaat beter." in answer.text
    assert rows(Conversation) == rows(Draft) == []


def test_an_expired_token_of_the_same_user_can_be_sent_again_by_the_page(
    app, http_as, lead, dossier
):
    app.config["WTF_CSRF_ENABLED"] = True
    client = http_as(lead)
    answer = client.post(at_dossier(dossier), data=fields(csrf_token="oud"), headers=HTMX)
    assert answer.status_code == 401
    assert answer.headers["KP4-Token-Renewed"] == str(lead.id)
    renewed = re.search(r'id="csrf-token"\s+value="([^"]+)"', answer.text)[1]
    again = client.post(at_dossier(dossier), data=fields(csrf_token=renewed), headers=HTMX)
    assert "HX-Redirect" in again.headers


def test_a_lone_surrogate_is_no_failure(http_as, lead, dossier):
    body = b"held_on=2026-11-18&channel=phone&outcome=held&report=a%ED%A0%80b"
    answer = http_as(lead).post(
        at_dossier(dossier), data=body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in {303, 422}


@pytest.mark.parametrize("number", [2**31, 2**63, 10**25])
def test_an_id_no_row_can_have_is_not_found(http_as, lead, dossier, number):
    client = http_as(lead)
    assert client.get(at_dossier(dossier, f"/{number}")).status_code == 404
    assert client.post(f"/berichten/{number}/gelezen").status_code in {404, 405}


def test_an_ended_session_gives_what_was_typed_back_in_the_words_of_the_form(http, dossier):
    data = fields(**{"agreements-1-what": "Bellen", "submission": "x", "terug": "/werkvoorraad"})
    page = http.post(at_dossier(dossier), data=data)
    assert page.status_code == 401
    for label in ("Verslag", "Datum", "Vorm", "Wat 2"):
        assert re.search(rf'field__label"[^>]*>{label}<', page.text), label
    assert "<p>Telefonisch</p>" in page.text or "<p>Telefoon</p>" in page.text
    assert re.search('type="hidden" name="terug"', page.text)
    assert "agreements 1 what" not in page.text.lower()


def test_a_report_that_nobody_can_see_is_no_reason(http_as, lead, dossier):
    data = {"kind": "kp3", "valid_from": TODAY.isoformat(), "reason": "\u200b\u00ad"}
    answer = http_as(lead).post(f"/dossiers/{dossier.number}/traject", data=data)
    assert answer.status_code == 422
    assert "Vul dit veld in." in answer.text
