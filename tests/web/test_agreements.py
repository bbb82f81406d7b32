"""Agreements: rows on the conversation form, due items, and how they end."""

from datetime import date

import pytest
from sqlalchemy import select

from kp4web.conversations.models import Conversation
from kp4web.domain.agreements import Party
from kp4web.domain.applications import LifeArea
from kp4web.extensions import db
from kp4web.worklist.commands import MakeAgreement
from kp4web.worklist.models import Agreement, DueItem
from tests.conftest import TODAY
from tests.conversation_pages import HTMX, acts, at_dossier, fields, rows
from tests.factories import make_conversation, make_dossier, make_user

ROW = {"agreements-0-what": "De huisarts bellen", "agreements-0-who": "resident"}
LATER = "2026-12-01"


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead)


def agree(dossier, lead, **given):
    """Return the id of an agreement that stands open."""
    known = {"what": "De huisarts bellen", "who": Party.RESIDENT, "due_on": date(2026, 12, 1)}
    make_conversation(dossier, lead, agreements=(MakeAgreement(**(known | given)),))
    return rows(Agreement)[-1].id


def waiting(dossier):
    db.session.rollback()
    query = select(DueItem.due_on, DueItem.subject_id, DueItem.user_id).where(
        DueItem.dossier_id == dossier.id, DueItem.kind == "agreement"
    )
    return [tuple(row) for row in db.session.execute(query)]


def verified(app):
    return app.test_cli_runner().invoke(args=["worklist", "verify"]).exit_code == 0


def test_what_was_agreed_is_kept_with_the_conversation(app, http_as, lead, dossier):
    more = {
        "agreements-0-due_on": LATER, "agreements-2-what": "Formulier sturen",
        "agreements-2-who": "consultant", "life_areas": ["work", "social"],
        "participation_step": "3",
    }  # fmt: skip
    http = http_as(lead)
    assert http.post(at_dossier(dossier), data=fields(**ROW, **more)).status_code == 303
    (talk,) = rows(Conversation)
    assert (talk.life_areas, talk.participation_step) == (["work", "social"], 3)
    first, second = rows(Agreement)
    assert (first.who, first.what, first.due_on, first.conversation_id) == (
        Party.RESIDENT, "De huisarts bellen", date(2026, 12, 1), talk.id,
    )  # fmt: skip
    assert (second.who, second.due_on) == (Party.CONSULTANT, None)
    assert waiting(dossier) == [(date(2026, 12, 1), first.id, lead.id)]
    page = http.get(at_dossier(dossier, f"/{talk.id}")).text
    for words in ("Inwoner: De huisarts bellen", "Sociale omgeving", "3. Deelname aan"):
        assert words in page
    assert verified(app)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"agreements-0-who": ""}, "Kies wie dit doet."),
        ({"agreements-0-who": "nobody"}, "eldige keuze"),
        ({"agreements-0-what": ""}, "Schrijf op wat er is afgesproken"),
        ({"agreements-0-what": "x" * 501}, "hoogstens 500 tekens"),
        ({"agreements-0-due_on": "2026-11-17"}, "Kies vandaag of een dag daarna."),
        ({"agreements-0-due_on": "2199-01-01"}, "Kies een dag binnen vijf jaar."),
        ({"agreements-0-due_on": "morgen"}, "Dit is geen bestaande datum."),
        ({"participation_step": "7"}, "eldige keuze"),
        ({"life_areas": "luck"}, "eldige keuze"),
    ],
)
def test_bad_rows_get_a_sentence_and_cost_nothing(http_as, lead, dossier, changes, sentence):
    data = fields(**(ROW | {"report": "Dit typte ik."} | changes))
    answer = http_as(lead).post(at_dossier(dossier), data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Dit typte ik." in answer.text
    assert rows(Conversation) == rows(Agreement) == []


def test_one_more_row_keeps_what_was_typed(http_as, lead, dossier):
    data = fields(**ROW, meer="1", held_on="")
    answer = http_as(lead).post(at_dossier(dossier), data=data)
    assert answer.status_code == 200
    assert "De huisarts bellen" in answer.text
    assert 'name="agreements-0-what"' in answer.text
    assert rows(Conversation) == []
    full = {f"agreements-{n}-what": "x" for n in range(20)}
    answer = http_as(lead).post(at_dossier(dossier), data=fields(**full, meer="1"), headers=HTMX)
    assert "agreements-20-what" not in answer.text
    assert "Nog een afspraak" not in answer.text


def test_a_colleague_makes_no_agreements(http_as, dossier):
    http = http_as(make_user())
    assert "Nog een afspraak" not in http.get(at_dossier(dossier, "/nieuw")).text
    answer = http.post(at_dossier(dossier), data=fields(**ROW))
    assert answer.status_code == 422
    assert "Alleen de vaste consulent legt afspraken vast." in answer.text
    assert "De huisarts bellen" in answer.text


def test_an_open_agreement_stands_beside_the_form_and_is_ticked_off(app, http_as, lead, dossier):
    key = agree(dossier, lead)
    http = http_as(lead)
    assert "Inwoner: De huisarts bellen" in http.get(at_dossier(dossier, "/nieuw")).text
    data = fields(kept=str(key))
    assert http.post(at_dossier(dossier), data=data).status_code == 303
    assert (rows(Agreement)[0].ending, waiting(dossier)) == ("kept", [])
    again = http.post(at_dossier(dossier), data=data | {"report": "Anders"})
    assert again.status_code == 409
    assert "Een van de afspraken is intussen afgerond." in again.text
    assert verified(app)


@pytest.mark.parametrize("ending", ["kept", "not_kept", "dropped"])
def test_it_is_settled_from_the_work_list(app, http_as, lead, dossier, ending):
    key, http = agree(dossier, lead), http_as(lead)
    page = http.get("/werkvoorraad").text
    assert "Inwoner: De huisarts bellen." in page
    assert f"/afspraken/{key}/afronding" in page
    form = http.get(f"/afspraken/{key}/afronding?rij=0", headers=HTMX).text
    assert f'value="{ending}"' in form
    done = http.post(f"/afspraken/{key}/afronding", data={"ending": ending})
    assert (done.status_code, done.location) == (303, "/werkvoorraad")
    (row,) = rows(Agreement)
    assert (row.ending, row.ended_on, row.ended_by_id) == (ending, TODAY, lead.id)
    assert waiting(dossier) == []
    assert acts("agreement_settle")[0].detail == {"agreement": key}
    again = http.post(f"/afspraken/{key}/afronding", data={"ending": ending})
    assert again.status_code == 409
    assert verified(app)


def test_an_ending_that_does_not_exist_changes_nothing(http_as, lead, dossier):
    key = agree(dossier, lead)
    for ending in ("", "won"):
        answer = http_as(lead).post(f"/afspraken/{key}/afronding", data={"ending": ending})
        assert answer.status_code == 422
    assert rows(Agreement)[0].ending is None


def test_nobody_else_settles_it(http_as, lead, dossier):
    key = agree(dossier, lead)
    away = make_user(municipality="Buren")
    for user, status in ((make_user(), 403), (away, 404)):
        for send in (http_as(user).get, http_as(user).post):
            assert send(f"/afspraken/{key}/afronding").status_code == status
    assert http_as(lead).get("/afspraken/999999/afronding").status_code == 404


def test_the_text_is_for_the_lead(http_as, lead, dossier):
    agree(dossier, lead)
    page = http_as(make_user()).get(at_dossier(dossier, "/nieuw")).text
    assert "De huisarts bellen" not in page


def test_rest_is_silent_about_what_others_promised(app, lead):
    resting = make_dossier(lead=lead, track="rest", planned_end=date(2027, 6, 1))
    agree(resting, lead)
    assert waiting(resting) == []
    ours = agree(resting, lead, who=Party.CONSULTANT)
    assert [item[1] for item in waiting(resting)] == [ours]
    assert verified(app)


def test_open_agreements_stand_on_the_dossier_with_their_text(http_as, lead, dossier):
    dated = agree(dossier, lead)
    agree(dossier, lead, what="De brief nakijken", who=Party.CONSULTANT, due_on=None)
    html = http_as(lead).get(f"/dossiers/{dossier.number}").text
    waits, apart = html.split("Open afspraken zonder datum")
    assert "Afspraak (inwoner): De huisarts bellen" in waits
    assert f"/afspraken/{dated}/afronding" in waits
    assert "Afspraak (consulent): De brief nakijken" in apart
    assert "De brief nakijken" not in waits
    colleague = http_as(make_user(name="Ö. Demir")).get(f"/dossiers/{dossier.number}").text
    assert "De huisarts bellen" not in colleague
    assert "De brief nakijken" not in colleague


def test_an_agreement_and_its_ending_are_on_the_timeline(http_as, lead, dossier):
    talk = {"today": date(2026, 11, 4), "life_areas": frozenset({LifeArea.WORK})}
    made = MakeAgreement("De huisarts bellen", Party.RESIDENT, date(2026, 11, 10))
    make_conversation(dossier, lead, agreements=(made,), participation_step=3, **talk)
    http, path = http_as(lead), f"/dossiers/{dossier.number}"
    (agreement,) = rows(Agreement)
    assert "Afspraak (inwoner, uiterlijk 10-11-2026): De huisarts bellen" in http.get(path).text
    http.post(f"/afspraken/{agreement.id}/afronding", data={"ending": "not_kept", "terug": path})
    html = http.get(path).text
    assert "Afspraak (inwoner, niet nagekomen): De huisarts bellen" in html
    assert "Afspraak (inwoner, uiterlijk 10-11-2026, niet nagekomen)" in html
    assert "Ging over: werk" in html
    assert "Participatieladder: 3. Deelname" in html
    assert "Ging over: werk" in http.get(f"{path}/voorbereiding").text
    assert "Ging over: werk" in http.get(f"{path}/gesprekken/nieuw").text
    colleague = http_as(make_user(name="Ö. Demir")).get(path).text
    assert "Afspraak (" not in colleague
    assert "Ging over" not in colleague


def test_in_rest_the_agreements_that_stay_silent_can_still_be_read(http_as, lead):
    resting = make_dossier(lead=lead, track="rest")
    agree(resting, lead)
    html = http_as(lead).get(f"/dossiers/{resting.number}").text
    assert "in rest herinnert het systeem hier niet aan" in html
    assert "Uiterlijk di 01-12-2026" in html
