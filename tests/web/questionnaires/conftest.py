"""A questionnaire with an applicant, and a reassessment in a dossier."""

from datetime import date

import pytest

from kp4web.domain.actor import Role
from kp4web.domain.questionnaire.definition import Skip
from tests.factories import (
    make_agency,
    make_application,
    make_dossier,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)
from tests.questionnaire_pages import MARCH, NAME


@pytest.fixture
def intake(app):
    return make_user(Role.INTAKE)


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def in_force(app):
    return make_version(make_team(), make_agency(), today=date(2026, 1, 1))


@pytest.fixture
def application(intake, in_force):
    return make_application(by=intake, surname=NAME)


@pytest.fixture
def dossier(lead, in_force):
    return make_dossier(lead=lead, surname="O'Brien-Şahin")


@pytest.fixture
def sheet(intake, application):
    """Return the id of a questionnaire with an applicant, with some answers."""
    return make_questionnaire(application, intake, answers={"werk_nu": "nee"}).id


@pytest.fixture
def again(lead, dossier):
    """Return the id of a reassessment; the earlier questionnaire is of March."""
    answers = {
        "werk_nu": "nee", "werk_laatst": "gt5", "werk_doen": ("solliciteren", "cursus"),
        "gez_lichaam": Skip.UNKNOWN, "gez_verklaring_datum": date(2025, 3, 2),
        "werk_wens": "Iets met planten.",
    }  # fmt: skip
    make_questionnaire(dossier, lead, answers=answers, completed=True, today=MARCH)
    return make_questionnaire(dossier, lead).id
