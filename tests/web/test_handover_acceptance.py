"""Accepting klantprofiel 4: the answers go to the later lead, the sender keeps the status."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from kp4web.applications.commands import Member
from kp4web.applications.models import Application
from kp4web.clients.models import Client, HouseholdMember, HouseholdRelation
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState
from kp4web.domain.periods import known
from kp4web.dossiers.models import Dossier, ProfileDecision
from kp4web.extensions import db
from kp4web.handovers.commands import AcceptHandover, accept_handover
from kp4web.handovers.models import Handover, HandoverState
from kp4web.questionnaires.commands import (
    DiscardQuestionnaire,
    complete_questionnaire,
    discard_questionnaire,
)
from kp4web.questionnaires.models import Questionnaire
from tests.conftest import TODAY
from tests.factories import (
    a_bsn,
    actor,
    at,
    decide,
    make_agency,
    make_application,
    make_assignment,
    make_dossier,
    make_handover,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)
from tests.queries import count_queries
from tests.web.test_concurrency import all_is_well, together

ANSWERS = {"werk_wens": "Antwoordgeheim"}
JUSTIFICATION = "Motiveringgeheim"
CHILD = Member("Şirin Demir", HouseholdRelation.CHILD)


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR)


@pytest.fixture
def intake(app):
    user = make_user(Role.INTAKE)
    make_version(make_agency())
    return user


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


def offered(application, by, **given):
    decision = decide(application, by, **given)
    return db.session.scalars(select(Handover).where(Handover.decision_id == decision.id)).one()


def accepted(handover, by, reopen=""):
    dossier = accept_handover(
        db.session(), actor(by), handover.id, AcceptHandover(reopen=reopen), now=at(TODAY, 12),
        today=TODAY,
    )  # fmt: skip
    db.session.commit()
    return dossier


@pytest.fixture
def story(coordinator, intake, lead):
    """Return the application, its two questionnaires and the dossier it became."""
    application = make_application(by=intake, surname="Kanariepiet", street="Geheimstraat 1")
    thrown = make_questionnaire(application, intake, completed=True)
    asked = make_questionnaire(application, intake, answers=ANSWERS, completed=True)
    handover = offered(application, intake, questionnaire=asked, justification=JUSTIFICATION)
    dossier = accepted(handover, coordinator)
    make_assignment(dossier, lead)
    return application, (thrown, asked), dossier, handover


def pages_of(questionnaire):
    path = f"/vragenlijsten/{questionnaire.id}"
    return [f"{path}/uitkomst", f"{path}/werk", f"{path}/vooraf"]


# ---------------------------------------------------------------------- who reads the answers


def test_the_completed_questionnaires_go_to_the_dossier(story):
    application, asked, dossier, handover = story
    db.session.expire_all()
    assert {one.dossier_id for one in asked} == {dossier.id}
    assert (application.state, handover.state) == (
        ApplicationState.ACCEPTED, HandoverState.ACCEPTED,
    )  # fmt: skip


def test_the_later_lead_reads_the_answers(http_as, story, lead):
    _application, (_thrown, asked), dossier, _handover = story
    http = http_as(lead)
    assert "Antwoordgeheim" in http.get(pages_of(asked)[1]).text
    assert http.get(pages_of(asked)[0]).status_code == 200
    assert f"/vragenlijsten/{asked.id}" in http.get(f"/dossiers/{dossier.number}").text


@pytest.mark.parametrize("who", ["colleague", "coordinator", "intake", "before"])
def test_nobody_else_reads_them(http_as, story, coordinator, intake, who):
    _application, asked, dossier, _handover = story
    user = {"coordinator": coordinator, "intake": intake}.get(who) or make_user()
    if who == "before":  # who was lead for a day reads nothing any more
        make_assignment(dossier, user)
        make_assignment(dossier, make_user())
    http = http_as(user)
    for one in asked:
        for address in pages_of(one):
            answer = http.get(address)
            assert answer.status_code in ({403} if who == "coordinator" else {404})
            assert "Antwoordgeheim" not in answer.text


def test_intake_keeps_the_status_of_the_application(http_as, story, intake):
    application, _asked, dossier, handover = story
    http = http_as(intake)
    path = f"/aanvragen/{application.id}"
    hidden = ["Kanariepiet", "Geheimstraat", "Antwoordgeheim", JUSTIFICATION, dossier.number,
              "Graag eerst bellen."]  # fmt: skip
    for address in (path, "/aanvragen", f"/overdrachten/{handover.id}"):
        page = http.get(address)
        assert page.status_code == 200
        assert not [text for text in hidden if text in page.text]
    assert "Geaccepteerd" in http.get(path).text
    for address in (f"{path}/gegevens", f"{path}/overdrachten/nieuw"):
        assert http.get(address).status_code in {403, 404, 409}
        assert "Kanariepiet" not in http.get(address).text


def test_the_decision_and_its_reasons_are_those_of_the_work_agency(story, intake):
    _application, _asked, dossier, _handover = story
    (row,) = known(ProfileDecision.history(db.session(), client_id=dossier.client_id))
    assert (row.profile, row.justification, row.organisation_id, row.valid_from) == (
        4, JUSTIFICATION, intake.organisation_id, TODAY,
    )  # fmt: skip
    assert row.recorded_by_id == intake.id


def test_a_running_dossier_gets_the_answers_too(http_as, coordinator, intake, lead):
    number = a_bsn()
    known_one = make_dossier(bsn=number, lead=lead)
    application = make_application(by=intake, bsn=number)
    asked = make_questionnaire(application, intake, answers=ANSWERS, completed=True)
    accepted(offered(application, intake, questionnaire=asked), coordinator, known_one.number)
    assert "Antwoordgeheim" in http_as(lead).get(pages_of(asked)[1]).text
    assert http_as(intake).get(pages_of(asked)[1]).status_code == 404


def test_what_is_sent_back_keeps_the_answers_at_intake(http_as, coordinator, intake):
    application = make_application(by=intake)
    asked = make_questionnaire(application, intake, answers=ANSWERS, completed=True)
    handover = offered(application, intake, questionnaire=asked)
    http_as(coordinator).post(f"/overdrachten/{handover.id}/terugzending", data={"reason": "Nee."})
    assert "Antwoordgeheim" in http_as(intake).get(pages_of(asked)[1]).text
    db.session.expire_all()
    assert db.session.get_one(Questionnaire, asked.id).dossier_id is None


# ---------------------------------------------------------------------- one household


def households():
    db.session.expire_all()
    return [client.household_id for client in db.session.scalars(select(Client))]


def members():
    rows = db.session.scalars(select(HouseholdMember).order_by(HouseholdMember.id))
    return [(row.name, row.relation.value) for row in rows]


def couple(intake, first_members=(CHILD,), second_members=(CHILD,)):
    """Return the hand-overs of two partners."""
    first = make_application(by=intake, members=first_members)
    second = make_application(by=intake, partner_of=first, members=second_members)
    return offered(first, intake), offered(second, intake)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_partners_come_into_one_household_with_the_children_once(coordinator, intake, order):
    another = Member("Ömer Demir", HouseholdRelation.CHILD)
    pair = couple(intake, second_members=(Member("şirin  demir", HouseholdRelation.CHILD), another))
    for which in order:
        accepted(pair[which], coordinator)
    one, two = households()
    assert one == two
    assert len(members()) == 2
    assert ("Ömer Demir", "child") in members()


def test_the_partner_who_applies_is_no_mere_member(coordinator, intake):
    partner = Member("De partner", HouseholdRelation.PARTNER)
    pair = couple(intake, first_members=(CHILD, partner), second_members=(CHILD,))
    for handover in pair:
        accepted(handover, coordinator)
    assert members() == [("Şirin Demir", "child")]


def test_the_partner_who_stays_at_werkzaak_is_a_member(coordinator, intake):
    partner = Member("De partner", HouseholdRelation.PARTNER)
    first = make_application(by=intake, members=(CHILD, partner))
    second = make_application(by=intake, partner_of=first)
    decide(second, intake, profile=2)
    db.session.expire_all()
    accepted(offered(first, intake), coordinator)
    assert ("De partner", "partner") in members()


# ---------------------------------------------------------------------- at one moment


def sending(app, client, path, data):
    def send():
        with app.app_context():
            return FlaskClient.open(client, path, method="POST", data=data).status_code

    return send


def test_of_accepting_and_sending_back_at_once_one_wins(app, http_as):
    handover = make_handover()
    pair = [http_as(make_user(Role.COORDINATOR)) for _ in range(2)]
    path = f"/overdrachten/{handover.id}"
    found = together(
        sending(app, pair[0], f"{path}/acceptatie", {"reopen": ""}),
        sending(app, pair[1], f"{path}/terugzending", {"reason": "Nog niet."}),
    )
    assert found == {303: 1, 409: 1}
    assert all_is_well(app)
    db.session.expire_all()
    state = db.session.get_one(Application, handover.application_id).state
    dossiers = db.session.scalars(select(Dossier)).all()
    assert (state, len(dossiers)) in {
        (ApplicationState.ACCEPTED, 1), (ApplicationState.RETURNED, 0),
    }  # fmt: skip
    assert handover.state.value == state.value


def test_partners_accepted_at_once_share_a_household(app, http_as, intake):
    pair = couple(intake)
    clients = [http_as(make_user(Role.COORDINATOR)) for _ in pair]
    sends = [
        sending(app, client, f"/overdrachten/{handover.id}/acceptatie", {"reopen": ""})
        for client, handover in zip(clients, pair, strict=True)
    ]
    assert together(*sends) == {303: 2}
    one, two = households()
    assert one == two
    assert members() == [("Şirin Demir", "child")]
    assert all_is_well(app)


def test_an_applicant_offered_again_twice_at_once_is_offered_once(app, http_as):
    handover = make_handover()
    http_as(make_user(Role.COORDINATOR)).post(
        f"/overdrachten/{handover.id}/terugzending", data={"reason": "Nog niet."}
    )
    path = f"/aanvragen/{handover.application_id}/overdrachten"
    sends = [
        sending(app, http_as(make_user(Role.INTAKE)), path, {"note": f"Tekst {number}."})
        for number in range(4)
    ]
    assert together(*sends) == {303: 1, 409: 3}
    open_ones = select(Handover).where(Handover.state == HandoverState.OFFERED)
    assert len(db.session.scalars(open_ones).all()) == 1
    assert all_is_well(app)


# ---------------------------------------------------------------------- the dossier page


def entries(html):
    return re.findall(r'data-kind="(questionnaire\w*)".*?</li>', html, re.DOTALL)


def test_the_lead_finds_questionnaires_and_suggestions_on_the_timeline(http_as, story, lead):
    _application, asked, dossier, _handover = story
    html = http_as(lead).get(f"/dossiers/{dossier.number}").text
    assert entries(html) == ["questionnaire", "questionnaire"]
    assert "Vragenlijst ingevuld bij Werkzaak Rivierenland" in html
    assert re.search(
        r"(Voorstel: klantprofiel \d|Geen voorstel) \(voorbeeldinhoud, niet gevalideerd\)", html
    )
    for one in asked:
        assert f'href="/vragenlijsten/{one.id}/uitkomst"' in html
    assert f'href="/dossiers/{dossier.number}/vragenlijsten"' in html
    assert "Antwoordgeheim" not in html
    narrowed = http_as(lead).get(f"/dossiers/{dossier.number}?soort=vragenlijsten").text
    assert entries(narrowed) == ["questionnaire", "questionnaire"]


def test_the_coordinator_sees_that_one_was_filled_in_and_when(http_as, story, coordinator):
    _application, _asked, dossier, _handover = story
    html = http_as(coordinator).get(f"/dossiers/{dossier.number}").text
    assert entries(html) == ["questionnaire", "questionnaire"]
    assert "Vragenlijst ingevuld bij Werkzaak Rivierenland" in html
    hidden = ("oorstel", "voorbeeldinhoud", "/vragenlijsten", "Antwoordgeheim")
    assert not [text for text in hidden if text in html]


def test_a_colleague_sees_nothing_of_a_questionnaire(http_as, story):
    _application, _asked, dossier, _handover = story
    html = http_as(make_user()).get(f"/dossiers/{dossier.number}").text
    assert entries(html) == []
    shown = html.replace("Scores, profielvoorstel en uitleg daarvan", "").replace(
        "Dat er een vragenlijst is ingevuld, wanneer en door wie", ""
    )  # kinds of data that the card "Niet zichtbaar voor uw rol" names on every dossier
    assert not [text for text in ("oorstel", "ragenlijst") if text in shown]


def test_a_reassessment_shows_from_its_beginning_to_the_lead_only(http_as, coordinator, lead):
    make_version(make_team())
    dossier = make_dossier(lead=lead)
    running = make_questionnaire(dossier, lead, answers=ANSWERS)
    path = f"/dossiers/{dossier.number}"
    html = http_as(lead).get(path).text
    assert "Vragenlijst begonnen, nog niet af" in html
    assert f'href="/vragenlijsten/{running.id}/vooraf"' in html
    for user in (coordinator, make_user()):
        assert entries(http_as(user).get(path).text) == []
    complete_questionnaire(db.session(), actor(lead), running.id, now=at(TODAY, 15), today=TODAY)
    db.session.commit()
    html = http_as(lead).get(path).text
    assert entries(html) == ["questionnaire"]
    assert ">Vragenlijst ingevuld</h4>" in html
    assert f'href="/vragenlijsten/{running.id}/uitkomst"' in html
    assert ">Vragenlijst ingevuld</h4>" in http_as(coordinator).get(path).text


def test_a_questionnaire_that_was_thrown_away_is_told_to_the_lead_only(http_as, coordinator, lead):
    make_version(make_team())
    dossier = make_dossier(lead=lead)
    running = make_questionnaire(dossier, lead)
    discard_questionnaire(
        db.session(), actor(lead), running.id, DiscardQuestionnaire("Verkeerd begonnen."),
        now=at(TODAY, 15), today=TODAY,
    )  # fmt: skip
    db.session.commit()
    path = f"/dossiers/{dossier.number}"
    html = http_as(lead).get(path).text
    assert "Vragenlijst weggegooid" in html
    assert "Verkeerd begonnen." in html
    assert "/uitkomst" not in html
    for user in (coordinator, make_user()):
        assert entries(http_as(user).get(path).text) == []


def test_questionnaires_ask_the_page_no_more_queries(http_as, lead):
    make_version(make_team())
    counts, http = [], http_as(lead)
    for number in (0, 6):
        dossier = make_dossier(lead=lead)
        for _ in range(number):
            make_questionnaire(dossier, lead, completed=True)
        http.get(f"/dossiers/{dossier.number}")
        with count_queries() as statements:
            html = http.get(f"/dossiers/{dossier.number}").text
        assert len(entries(html)) == number
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 9, statements
