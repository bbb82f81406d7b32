"""Intake and questionnaires of the demo in the database, on both engines."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from kp4web.accounts.queries import actor_of, user_by_email
from kp4web.applications.models import (
    Application,
    ApplicationDecision,
    ApplicationMember,
    ElsewhereScore,
)
from kp4web.demo.desk import BEGIN
from kp4web.domain.applications import ApplicationState, DecisionBasis
from kp4web.domain.errors import NotFound
from kp4web.domain.handovers import HandoverKind
from kp4web.domain.policy import Relation
from kp4web.domain.questionnaire.outcome import Facts, outcome
from kp4web.dossiers.models import Dossier
from kp4web.handovers.models import Handover, HandoverState
from kp4web.questionnaires.models import ProfileSuggestion, Questionnaire, QuestionnaireState
from kp4web.questionnaires.queries import answers_of, questionnaire_ref
from kp4web.versions.models import QuestionnaireVersion, VersionInForce
from kp4web.versions.queries import definition_of
from tests.conftest import TODAY
from tests.unit.demo.fold import intake, story

pytestmark = pytest.mark.history
LEAD, INTAKE = "consulent1@westbetuwe.example", "intake@werkzaak.example"


@pytest.fixture
def actor(db_session):
    def _actor(email):
        return actor_of(db_session, user_by_email(db_session, email).id)

    return _actor


def passed_to(db_session, actor):
    """Return the questionnaires of intake that went to a dossier of this lead."""
    return db_session.scalars(
        select(Questionnaire)
        .join(Dossier, Dossier.id == Questionnaire.dossier_id)
        .where(Questionnaire.application_id.is_not(None), Dossier.lead_id == actor.id)
    ).all()


def test_every_application_stands_where_the_story_left_it(db_session):
    told = Counter(one.state for one in intake(story(TODAY)).applications.values())
    stored = Counter(db_session.scalars(select(Application.state)))
    accepted = ApplicationState.ACCEPTED
    assert {**stored, accepted: 0} == {**told, accepted: 0}
    assert stored[accepted] >= told[accepted]  # those of before 2026 were decided in a talk


def test_every_suggestion_recomputes_from_what_was_stored(db_session):
    rows = db_session.execute(
        select(ProfileSuggestion, Questionnaire.version_id).join(
            Questionnaire, Questionnaire.id == ProfileSuggestion.questionnaire_id
        )
    ).all()
    assert len(rows) >= 45
    assert {row.profile for row, _ in rows} == {None, 1, 2, 3, 4}
    for row, version_id in rows:
        definition = definition_of(db_session, version_id)
        given = answers_of(db_session, row.questionnaire_id, definition).answers
        found = outcome(definition, given, Facts.load(row.facts))
        assert found.profile == row.profile
        assert found.decided_by.rule_id == row.rule


def test_questionnaires_are_of_2026_and_later(db_session):
    assert min(db_session.scalars(select(Questionnaire.started_on))) == BEGIN
    early = select(ApplicationDecision).where(ApplicationDecision.decided_on < BEGIN)
    for decision in db_session.scalars(early):
        assert decision.basis is DecisionBasis.CONVERSATION
        assert decision.basis_reason


def test_a_decision_keeps_the_suggestion_it_was_shown(db_session):
    pairs = db_session.execute(
        select(ApplicationDecision.suggested_profile, ProfileSuggestion.profile).join(
            ProfileSuggestion,
            ProfileSuggestion.questionnaire_id == ApplicationDecision.questionnaire_id,
        )
    ).all()
    assert len(pairs) >= 30
    assert all(shown == suggested for shown, suggested in pairs)


def test_the_lead_reads_the_answers_of_intake_and_intake_no_longer(db_session, actor):
    lead, desk = actor(LEAD), actor(INTAKE)
    passed = passed_to(db_session, lead)
    assert len(passed) >= 2
    for row in passed:
        ref = questionnaire_ref(db_session, lead, row.id)
        assert ref.relations >= {Relation.LEAD}
        ref_fields = answers_of(db_session, row.id, definition_of(db_session, row.version_id))
        assert len(ref_fields.answers) > 30
        with pytest.raises(NotFound):
            questionnaire_ref(db_session, desk, row.id)


def test_intake_reads_what_waits(db_session, actor):
    waiting = db_session.scalars(
        select(Questionnaire.id)
        .join(Application, Application.id == Questionnaire.application_id)
        .where(Application.state == ApplicationState.WAITING)
    ).all()
    assert len(waiting) >= 4
    for number in waiting:
        assert questionnaire_ref(db_session, actor(INTAKE), number).of_application


def test_two_offered_and_one_returned_in_west_betuwe(db_session):
    states = Counter(
        db_session.scalars(
            select(Handover.state).where(
                Handover.offered_on > date(2026, 10, 1), Handover.kind == HandoverKind.KP4
            )
        )
    )
    assert states[HandoverState.OFFERED] == 2
    assert states[HandoverState.RETURNED] == 1


def test_one_reassessment_runs_in_a_dossier_of_the_lead(db_session, actor):
    running = db_session.scalars(
        select(Questionnaire).where(
            Questionnaire.application_id.is_(None),
            Questionnaire.state == QuestionnaireState.OPEN,
        )
    ).one()
    assert running.started_by_id == actor(LEAD).id
    ref = questionnaire_ref(db_session, actor(LEAD), running.id)
    assert ref.number


def test_an_outcome_of_elsewhere_has_its_five_scores(db_session):
    measured = select(ApplicationDecision.id).where(
        ApplicationDecision.basis == DecisionBasis.ELSEWHERE
    )
    ids = db_session.scalars(measured).all()
    scores = Counter(db_session.scalars(select(ElsewhereScore.decision_id)))
    assert len(ids) >= 2
    assert all(scores[decision_id] == 5 for decision_id in ids)


def test_partners_point_at_each_other_and_their_children_are_there(db_session):
    pair = db_session.scalars(select(Application).where(Application.partner_id.is_not(None))).all()
    first, second = pair
    assert (first.partner_id, second.partner_id) == (second.id, first.id)
    for one in pair:
        members = select(ApplicationMember).where(ApplicationMember.application_id == one.id)
        assert len(db_session.scalars(members).all()) == 2


def test_one_version_is_in_force_for_werkzaak_and_the_municipalities(db_session):
    assert len(db_session.scalars(select(QuestionnaireVersion)).all()) == 1
    rows = db_session.scalars(select(VersionInForce)).all()
    assert len(rows) == 9
    assert {row.valid_from for row in rows} == {date(2026, 1, 1)}
