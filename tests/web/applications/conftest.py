"""Somebody at intake, and the coordinator of the work agency."""

import pytest

from kp4web.domain.actor import Role
from tests.factories import (
    make_team,
    make_user,
)


@pytest.fixture
def intake(app):
    make_team("Buren")
    return make_user(Role.INTAKE, name="Sanne Verhoeven")


@pytest.fixture
def boss(intake):
    return make_user(Role.AGENCY_COORDINATOR)
