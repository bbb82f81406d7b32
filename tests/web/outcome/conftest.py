"""The questionnaire in force, and who may read its outcome."""

from datetime import date

import pytest

from kp4web.domain.actor import Role
from tests.factories import (
    make_agency,
    make_team,
    make_user,
    make_version,
)


@pytest.fixture(autouse=True)
def version(app):
    return make_version(make_team(), make_team("Buren"), make_agency(), today=date(2026, 1, 1))


@pytest.fixture
def intake(app):
    return make_user(Role.INTAKE, name="Femke de Groot")


@pytest.fixture
def lead(app):
    return make_user(name="Noor O'Brien-Şahin")
