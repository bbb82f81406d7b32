"""Who sends a hand-over back, and who offered it."""

import pytest

from kp4web.domain.actor import Role
from tests.factories import (
    make_user,
)


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR, name="Karin Jansen")


@pytest.fixture
def intake(app):
    return make_user(Role.INTAKE, name="Piet O'Brien")


@pytest.fixture
def agency_coordinator(app):
    return make_user(Role.AGENCY_COORDINATOR)
