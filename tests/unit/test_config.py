"""Settings: production unless told otherwise, and clear about what is wrong."""

from datetime import date
from pathlib import Path

import pytest

from kp4web import create_app
from kp4web.config import SettingsError, settings
from tests.conftest import ENCRYPTION_KEYS

GOOD = {"SECRET_KEY": "x" * 32, "ENCRYPTION_KEYS": ENCRYPTION_KEYS}
HERE = Path("instance")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SECRET_KEY": ""}, "KP4WEB_SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "shorter than 32"),
        ({"ENCRYPTION_KEYS": ""}, "KP4WEB_ENCRYPTION_KEYS is missing"),
        ({"DATABASE_URL": "mysql://x"}, "KP4WEB_DATABASE_URL"),
        ({"TODAY": "2026-11-22"}, "KP4WEB_TODAY"),
        ({"TODAY": "22-11-2026", "DEMO": "1"}, "KP4WEB_TODAY"),
        ({"TRUSTED_PROXIES": "many"}, "KP4WEB_TRUSTED_PROXIES"),
        ({"SESSION_IDLE_MINUTES": "-1"}, "KP4WEB_SESSION_IDLE_MINUTES"),
    ],
)
def test_a_wrong_setting_is_named(changes, named):
    with pytest.raises(SettingsError, match=named):
        settings(HERE, GOOD | changes)


@pytest.mark.parametrize("keys", ["k1", "k1:abc", "k1:!!!!", ":" + ENCRYPTION_KEYS[3:], ","])
def test_a_malformed_key_ring_stops_the_application(keys):
    with pytest.raises(SettingsError, match="KP4WEB_ENCRYPTION_KEYS"):
        create_app(GOOD | {"ENCRYPTION_KEYS": keys})


def test_production_is_the_default():
    config = settings(HERE, GOOD)
    assert config["SESSION_COOKIE_NAME"] == "__Host-session"
    assert config["SESSION_COOKIE_SECURE"] is True
    assert (config["DEMO"], config["TODAY"]) == (False, None)


def test_the_demo_relaxes_what_http_needs():
    config = settings(HERE, GOOD | {"DEMO": "1", "TODAY": "2024-02-29"})
    assert config["SESSION_COOKIE_NAME"] == "session"
    assert config["TODAY"] == date(2024, 2, 29)


def test_postgres_addresses_get_their_driver():
    config = settings(HERE, GOOD | {"DATABASE_URL": "postgresql://kp4@/kp4"})
    assert config["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://kp4@/kp4"
