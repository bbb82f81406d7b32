"""What a conversation needs, and the question about a number in its text; never a refusal."""

import pytest

from kp4web.conversations.models import Conversation
from tests.conftest import TODAY
from tests.conversation_pages import at_dossier, fields, rows
from tests.factories import a_bsn, make_dossier, make_user

ASKED = "In de tekst staat een nummer dat op een BSN lijkt."


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead)


@pytest.mark.parametrize(
    ("changes", "is_contact"),
    [({}, True), ({"participants_asked": "1"}, False), ({"channel": "in_writing"}, False)],
)
def test_date_form_and_outcome_are_enough(http_as, lead, dossier, changes, is_contact):
    http = http_as(lead)
    data = {"held_on": TODAY.isoformat(), "channel": "phone", "outcome": "held"} | changes
    assert http.post(at_dossier(dossier), data=data).status_code == 303
    (entry,) = rows(Conversation)
    assert (entry.report, entry.is_contact) == ("", is_contact)
    assert "Geen verslag." in http.get(at_dossier(dossier, f"/{entry.id}")).text


def spaced():
    """Return a number that passes the test, as people write it."""
    number = a_bsn()
    return f"{number[:4]} {number[4:6]}.{number[6:]}"


@pytest.mark.parametrize(
    "where",
    [{"report": "Nummer {} genoemd"}, {"follow_up_on": "2026-12-01", "follow_up_what": "{}"}],
)
def test_a_number_like_a_bsn_is_asked_about_and_saved(http_as, lead, dossier, where):
    number, http = spaced(), http_as(lead)
    data = fields(**{name: text.format(number) for name, text in where.items()})
    answer = http.post(at_dossier(dossier), data=data)
    assert answer.status_code == 303
    (entry,) = rows(Conversation)
    question = http.get("/werkvoorraad").text.split(ASKED)[1].split("</a>")[0]
    assert f'href="{at_dossier(dossier, f"/{entry.id}")}"' in question
    assert number not in question + answer.headers["Location"]
    assert ASKED not in http.get("/werkvoorraad").text


def test_other_numbers_are_not_asked_about(http_as, lead, dossier):
    http = http_as(lead)
    http.post(at_dossier(dossier), data=fields(report="Bel 0345 123 456 op 18-11-2026."))
    assert ASKED not in http.get("/werkvoorraad").text


def test_a_number_in_a_message_or_a_planned_follow_up_is_asked_about(http_as, lead, dossier):
    colleague, http = http_as(make_user()), http_as(lead)
    colleague.post(f"/dossiers/{dossier.number}/berichten", data={"text": f"Het is {spaced()}"})
    assert ASKED in colleague.get("/werkvoorraad").text
    data = {"due_on": "2026-12-01", "what": f"Nummer {spaced()} nakijken"}
    http.post(f"/dossiers/{dossier.number}/opvolgingen", data=data)
    assert ASKED in http.get("/dossiers").text
