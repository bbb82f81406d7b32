"""Clocks are read before locks: what came first must not depend on it."""

from datetime import date

import pytest
from sqlalchemy import select

from kp4web.applications.models import Application
from kp4web.decisions.commands import DecideProfile, decide_profile
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState, DecisionBasis
from kp4web.extensions import db
from kp4web.handovers.commands import ReturnHandover, return_handover
from kp4web.handovers.models import Handover
from kp4web.questionnaires.commands import (
    DiscardQuestionnaire,
    complete_questionnaire,
    discard_questionnaire,
    start_for_application,
    start_for_dossier,
)
from kp4web.questionnaires.queries import previous_of, questionnaire_ref
from tests.answers import easy
from tests.conftest import TODAY
from tests.factories import (
    a_coordinator,
    actor,
    at,
    make_agency,
    make_application,
    make_dossier,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)

TALK = DecideProfile(
    4, "Dit past.", DecisionBasis.CONVERSATION, note="Bel eerst.", basis_reason="Genoeg."
)
EARLY, LATE = at(TODAY, 6), at(TODAY, 12)


@pytest.fixture
def intake(app):
    make_version(make_team(), make_agency(), today=date(2026, 1, 1))
    return make_user(Role.INTAKE)


def sent_back(application):
    offered = select(Handover).where(Handover.application_id == application.id)
    (handover,) = db.session.scalars(offered)
    back = ReturnHandover("Verhuisd.")
    return_handover(db.session(), a_coordinator(), handover.id, back, now=LATE, today=TODAY)
    db.session.commit()


def stands(application):
    return db.session.get_one(Application, application.id).state


def no_differences(app):
    return app.test_cli_runner().invoke(args=["worklist", "verify"]).exit_code == 0


def test_a_decision_that_waited_for_the_questionnaire_came_after_it(app, intake):
    application = make_application(by=intake)
    asked = make_questionnaire(application, intake, answers=easy(), completed=True)
    decided = decide_profile(
        db.session(), actor(intake), application.id, TALK, now=EARLY, today=TODAY
    )
    assert decided.decided_at == asked.ended_at
    sent_back(application)
    assert stands(application) is ApplicationState.RETURNED
    assert no_differences(app)


@pytest.mark.parametrize("completes", [True, False])
def test_a_questionnaire_that_ends_after_a_decision_has_a_later_moment(app, intake, completes):
    application, session, who = make_application(by=intake), db.session(), actor(intake)
    decide_profile(session, who, application.id, TALK, now=LATE, today=TODAY)
    sent_back(application)
    asked = start_for_application(session, who, application.id, now=EARLY, today=TODAY)
    if completes:
        complete_questionnaire(session, who, asked.id, now=EARLY, today=TODAY)
    else:
        reason = DiscardQuestionnaire("Vergissing.")
        discard_questionnaire(session, who, asked.id, reason, now=EARLY, today=TODAY)
    session.commit()
    assert asked.ended_at > LATE
    expected = ApplicationState.WAITING if completes else ApplicationState.RETURNED
    assert stands(application) is expected
    assert no_differences(app)


def test_a_questionnaire_that_waited_for_another_to_end_has_it_beside_it(app, intake):
    application, lead = make_application(by=intake), make_user(Role.CONSULTANT)
    dossier, session = make_dossier(lead=lead), db.session()
    for subject, by in ((application, intake), (dossier, lead)):
        first = make_questionnaire(subject, by, answers=easy(), completed=True)
        key, start = (
            (dossier.number, start_for_dossier)
            if subject is dossier
            else (application.id, start_for_application)
        )
        second = start(session, actor(by), key, now=EARLY, today=TODAY)
        session.commit()
        assert previous_of(session, questionnaire_ref(session, actor(by), second.id)) == first.id
        complete_questionnaire(session, actor(by), second.id, now=EARLY, today=TODAY)
        session.commit()
        assert second.ended_at >= second.started_at
    assert no_differences(app)
