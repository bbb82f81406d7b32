"""What the rules may know of the person when a questionnaire is completed."""

from datetime import date
from fractions import Fraction

import pytest

from kp4web.domain.actor import Role
from kp4web.domain.questionnaire.outcome import Facts
from kp4web.extensions import db
from kp4web.questionnaires.commands import facts_of
from kp4web.questionnaires.queries import questionnaire_ref
from tests.answers import easy
from tests.conftest import TODAY
from tests.factories import (
    actor,
    make_agency,
    make_application,
    make_dossier,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)


@pytest.fixture(autouse=True)
def _in_force(app):
    make_version(make_team(), make_agency(), today=date(2026, 1, 1))


def facts(row, by, today=TODAY) -> Facts:
    return facts_of(db.session(), questionnaire_ref(db.session(), actor(by), row.id), today=today)


def test_a_running_dossier_is_klantprofiel_4_without_a_decision_too():
    lead = make_user()
    asked = make_questionnaire(make_dossier(lead=lead, birth_date=date(1984, 2, 29)), lead)
    assert facts(asked, lead).current_profile == 4
    assert facts(asked, lead).previous_total is None


def test_an_applicant_has_no_profile_yet_and_an_aow_date():
    intake = make_user(Role.INTAKE)
    asked = make_questionnaire(make_application(by=intake, birth_date=date(1961, 1, 1)), intake)
    assert facts(asked, intake, date(2026, 4, 1)) == Facts(24, None, None)
    assert facts(asked, intake, date(2026, 3, 31)).months_to_pension == 25
    assert facts(asked, intake, date(2028, 4, 2)).months_to_pension == 0


def test_the_total_before_is_that_of_the_last_completed_one():
    lead = make_user()
    dossier = make_dossier(lead=lead)
    make_questionnaire(dossier, lead, answers=easy(), completed=True, today=date(2026, 9, 1))
    later = make_questionnaire(dossier, lead)
    assert facts(later, lead).previous_total == Fraction(0)
