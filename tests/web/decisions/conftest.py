"""An applicant whose questionnaire waits for a decision."""

from datetime import date

import pytest

from kp4web.domain.actor import Role
from tests.answers import easy
from tests.decision_pages import PERSON
from tests.factories import (
    make_agency,
    make_application,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)


@pytest.fixture(autouse=True)
def version(app):
    return make_version(make_team(), make_agency(), today=date(2026, 1, 1))


@pytest.fixture
def intake(app):
    return make_user(Role.INTAKE, name="Femke de Groot")


@pytest.fixture
def http(http_as, intake):
    return http_as(intake)


@pytest.fixture
def waiting(intake):
    """Return an application that waits for its klantprofiel; the suggestion is 1."""
    application = make_application(by=intake, **PERSON)
    make_questionnaire(application, intake, answers=easy(), completed=True)
    return application
