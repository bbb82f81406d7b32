"""What a page may ask of the database: within its budget, and the same for one row and for many."""

import pytest
from sqlalchemy import select

from kp4web.dossiers.models import Dossier
from kp4web.drafts.commands import save_draft
from kp4web.extensions import db
from kp4web.outlines.forms import OutlineForm
from kp4web.worklist.models import FollowUp
from tests.bulk import staff_of
from tests.conftest import TODAY
from tests.factories import actor, at
from tests.queries import count_queries

pytestmark = pytest.mark.towns
FEW, MANY = 0, 1
"""The town with one dossier, and that with sixty."""
BUDGETS = (
    ("consulent1", "/werkvoorraad?alles=1", 6),
    ("coordinator", "/werkvoorraad?alles=1", 6),
    ("coordinator", "/caseload", 7),
    ("coordinator", "/rapportages/kp4?inactief=1", 6),
    ("coordinator", "/rapportages/kp4?inactief=1&bekend_op=2026-11-17", 6),
    ("coordinator", "/rapportages/kp4/dossiers?inactief=1", 7),
    ("consulent1", "/dossiers", 7),
    ("coordinator", "/dossiers", 7),
    ("coordinator", "/overdrachten", 3),
    ("consulent1", "/dossiers/{number}", 8),
    ("coordinator", "/dossiers/{number}", 8),
    ("consulent1", "/dossiers/{number}?alles=1&soort=gesprekken&van=2020-01-01", 8),
    ("consulent1", "/dossiers/{number}/voorbereiding", 8),
    ("consulent1", "/dossiers/{number}/gesprekken/nieuw", 11),
)
SEARCHES = ("a", "{number}", "22-11-1970", "gesproken", "koppelara", '"het gaat" weer')


def number_in(place):
    """Return the number of an active dossier of the first consultant."""
    lead = staff_of(place)
    query = select(Dossier.number).where(Dossier.lead_id == lead.id, Dossier.kind != "stopped")
    return db.session.scalars(query).first()


def open_in(number):
    """Return the follow-ups of a dossier that are still to be done."""
    query = select(FollowUp.id).join(Dossier, Dossier.id == FollowUp.dossier_id)
    return db.session.scalars(
        query.where(Dossier.number == number, FollowUp.ended_at.is_(None))
    ).all()


@pytest.mark.parametrize(("name", "address", "budget"), BUDGETS)
def test_a_page_asks_as_much_for_one_row_as_for_many(http_as, name, address, budget):
    asked = []
    for place in (FEW, MANY):
        http = http_as(staff_of(place, name))
        page = address.format(number=number_in(place))
        http.get(page)  # so that the session was just seen
        with count_queries() as statements:
            assert http.get(page).status_code == 200
        asked.append(len(statements))
    assert asked[0] == asked[1] <= budget, "\n".join(statements)


def test_a_full_page_of_the_work_list_stays_small(http_as):
    page = http_as(staff_of(MANY)).get("/werkvoorraad?alles=1")
    assert page.text.count('data-testid="due-item"') == 25
    assert len(page.data) <= 38_500


def test_drafts_on_the_work_list_are_no_statement_more(http_as):
    lead = staff_of(MANY)
    http, asked = http_as(lead), []
    for kept in (0, 3):
        for subject_id in range(kept):
            typed = {"name": [f"Sjabloon {subject_id}"]}
            save_draft(
                db.session(), actor(lead), OutlineForm.draft, subject_id, typed, now=at(TODAY)
            )
        db.session.commit()
        http.get("/werkvoorraad")
        with count_queries() as statements:
            page = http.get("/werkvoorraad")
        assert page.text.count('data-testid="draft"') == kept
        asked.append(len(statements))
    assert asked == [6, 6], "\n".join(statements)


def test_a_search_asks_as_much_for_one_dossier_as_for_many(http_as):
    for term in SEARCHES:
        asked = []
        for place in (FEW, MANY):
            http, typed = http_as(staff_of(place)), term.format(number=number_in(place))
            with count_queries() as statements:
                answer = http.post("/zoeken", data={"term": typed})
            assert answer.status_code == 200
            asked.append(len(statements))
        assert asked[0] == asked[1] <= 7, "\n".join(statements)


def test_recording_a_conversation_asks_as_much_for_many_as_for_one(http_as):
    data = {
        "outcome": "held", "held_on": TODAY.isoformat(), "channel": "phone", "report": "Gebeld.",
        "participants": "resident", "follow_up_on": "2026-12-01", "follow_up_what": "Bellen",
    }  # fmt: skip
    asked = []
    for place in (FEW, MANY):
        http, number = http_as(staff_of(place)), number_in(place)
        http.get("/werkvoorraad")
        for day in ("2026-12-01", "2026-12-02"):  # the second takes the place of the first
            data |= {"follow_up_on": day, "done": open_in(number)}
            with count_queries() as statements:
                answer = http.post(f"/dossiers/{number}/gesprekken", data=data)
            assert answer.status_code == 303
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 15, "\n".join(statements)
