"""Two people determine one klantprofiel at the same moment, with their own connections."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from kp4web.applications.models import Application, ApplicationDecision
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState
from kp4web.extensions import db
from kp4web.handovers.models import Handover
from kp4web.questionnaires.models import Questionnaire
from tests.answers import easy
from tests.factories import (
    make_agency,
    make_application,
    make_municipality,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)
from tests.web.test_concurrency import all_is_well, sending, together

WITHOUT = {"basis": "conversation", "basis_reason": "Het gesprek was genoeg.",
           "justification": "Dit past.", "note": "Bel eerst."}  # fmt: skip


@pytest.fixture
def pair(app):
    make_version(make_team(), make_team("Buren"), make_agency(), today=date(2026, 1, 1))
    return [make_user(Role.INTAKE, name=f"Medewerker {letter}") for letter in "AB"]


@pytest.fixture
def decide_together(app, http_as):
    """Return a function that sends a form of each user at once, and gives status and page of each.

    The steps carry their own client: each request has its own session and connection.
    """

    def _decide(users, path, forms):
        clients, pages = [http_as(user) for user in users], {}

        def step(number):
            def send():
                with app.app_context():
                    answer = FlaskClient.open(
                        clients[number], path, method="POST", data=forms[number]
                    )
                pages[number] = (answer.status_code, answer.text)
                return answer.status_code

            return send

        counts = together(*(step(number) for number in range(len(users))))
        return counts, pages

    return _decide


def count_of(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("profiles", [("4", "4"), ("2", "4"), ("3", "1")])
@pytest.mark.parametrize("from_outcome", [True, False])
def test_one_decides_and_the_other_is_told_who_and_what(
    app, pair, decide_together, profiles, from_outcome
):
    application = make_application(by=pair[0])
    base = WITHOUT
    if from_outcome:
        made = make_questionnaire(application, pair[0], answers=easy(), completed=True)
        base = {"questionnaire": str(made.id), "justification": "Dit past.", "note": "Bel eerst."}
    forms = [base | {"profile": profile} for profile in profiles]
    path = f"/aanvragen/{application.id}/profielbepalingen"
    counts, pages = decide_together(pair, path, forms)
    assert counts == {303: 1, 409: 1}
    first = next(number for number, (status, _) in pages.items() if status == 303)
    told = pages[1 - first][1]
    assert f"{pair[first].name} heeft intussen klantprofiel {profiles[first]} vastgesteld." in told
    assert "Dit past." in told
    db.session.rollback()
    (row,) = db.session.scalars(select(ApplicationDecision)).all()
    assert (row.profile, row.decided_by_id) == (int(profiles[first]), pair[first].id)
    assert count_of(Handover) == (1 if profiles[first] == "4" else 0)
    assert all_is_well(app)


def test_eight_at_once_make_one_decision(app, pair, decide_together):
    application = make_application(by=pair[0])
    users = [pair[number % 2] for number in range(8)]
    forms = [WITHOUT | {"profile": "4"}] * 8
    path = f"/aanvragen/{application.id}/profielbepalingen"
    counts, _pages = decide_together(users, path, forms)
    assert counts == {303: 1, 409: 7}
    assert (count_of(ApplicationDecision), count_of(Handover)) == (1, 1)
    assert all_is_well(app)


def test_deciding_while_a_colleague_starts_a_questionnaire_is_one_of_both(app, pair, http_as):
    application = make_application(by=pair[0])
    number, clients = application.id, [http_as(user) for user in pair]

    def sends(client, path, data):
        def send():
            with app.app_context():
                return FlaskClient.open(client, path, method="POST", data=data).status_code

        return send

    counts = together(
        sends(clients[0], f"/aanvragen/{number}/profielbepalingen", WITHOUT | {"profile": "2"}),
        sends(clients[1], f"/aanvragen/{number}/vragenlijsten", {}),
    )
    assert counts == {303: 1, 409: 1}
    db.session.rollback()
    decided = db.session.get_one(Application, number).state is ApplicationState.CLOSED
    assert (count_of(ApplicationDecision), count_of(Questionnaire)) == (
        (1, 0) if decided else (0, 1)
    )
    assert all_is_well(app)


def test_deciding_while_the_questionnaire_is_completed_leaves_no_doubt(app, pair, http_as):
    clients = [http_as(user) for user in pair]
    for _ in range(3):
        application = make_application(by=pair[0])
        asked = make_questionnaire(application, pair[0], answers=easy())
        base = f"/aanvragen/{application.id}"
        talk = WITHOUT | {"profile": "2"}
        counts = together(
            sending(app, clients[0], f"/vragenlijsten/{asked.id}/afronding", {}),
            *(sending(app, clients[1], f"{base}/profielbepalingen", talk) for _ in range(3)),
        )
        assert set(counts) <= {303, 409}
    assert all_is_well(app)


def test_completing_while_the_applicant_moves_makes_nobody_wait_for_each_other(app, pair, http_as):
    clients = [http_as(user) for user in pair]
    for _ in range(4):
        application = make_application(by=pair[0])
        asked = make_questionnaire(application, pair[0], answers=easy())
        moved = {
            "surname": application.surname, "birth_date": application.birth_date.isoformat(),
            "registered_on": application.registered_on.isoformat(),
            "municipality": make_municipality("Buren").id,
        }  # fmt: skip
        counts = together(
            sending(app, clients[0], f"/vragenlijsten/{asked.id}/afronding", {}),
            sending(app, clients[1], f"/aanvragen/{application.id}/gegevens", moved),
        )
        assert counts == {303: 2}
        db.session.rollback()
        asked = db.session.get_one(Questionnaire, asked.id)
        application = db.session.get_one(Application, application.id)
        assert asked.municipality_id == application.municipality_id
        assert application.state is ApplicationState.WAITING
    assert all_is_well(app)
