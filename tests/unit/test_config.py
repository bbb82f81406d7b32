"""Settings: production unless told otherwise, and clear about what is wrong."""

from datetime import date
from pathlib import Path

import pytest

from kp4web import create_app
from kp4web.config import SettingsError, settings
from tests.conftest import ENCRYPTION_KEYS

GOOD = {"SECRET_KEY": "x" * 32, "ENCRYPTION_KEYS": ENCRYPTION_KEYS}
MAIL = {"SMTP_HOST": "mail.gemeente.example", "SMTP_FROM": "kp4web@gemeente.example"}
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
        ({"SMTP_PORT": "587"}, "KP4WEB_SMTP_HOST is missing"),
        ({"SMTP_HOST": "mail", "SMTP_FROM": ""}, "KP4WEB_SMTP_FROM is missing"),
        ({"SMTP_HOST": "mail", "SMTP_FROM": "KP4 <a@b.nl>"}, "KP4WEB_SMTP_FROM"),
        ({"SMTP_HOST": "mail", "SMTP_FROM": "a@b.nl\nBcc: c@d.nl"}, "KP4WEB_SMTP_FROM"),
        (MAIL | {"SMTP_PORT": "smtp"}, "KP4WEB_SMTP_PORT"),
        (MAIL | {"SMTP_PORT": "65536"}, "KP4WEB_SMTP_PORT"),
        (MAIL | {"SMTP_STARTTLS": "yes"}, "KP4WEB_SMTP_STARTTLS"),
        (MAIL | {"SMTP_USER": "kp4"}, "KP4WEB_SMTP_USER and KP4WEB_SMTP_PASSWORD"),
        (MAIL | {"SMTP_PASSWORD": "x"}, "KP4WEB_SMTP_USER and KP4WEB_SMTP_PASSWORD"),
        (
            MAIL | {"SMTP_USER": "kp4", "SMTP_PASSWORD": "x", "SMTP_STARTTLS": "0"},
            "not sent without KP4WEB_SMTP_STARTTLS",
        ),
        ({"URL": "http://kp4.example"}, "KP4WEB_URL"),
        ({"URL": "kp4.example"}, "KP4WEB_URL"),
        ({"URL": "https://kp4.example/\r\nx"}, "KP4WEB_URL"),
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


def test_without_a_host_there_is_no_mail_server():
    config = settings(HERE, GOOD)
    assert (config["MAIL_SERVER"], config["PUBLIC_URL"]) == (None, None)


@pytest.mark.parametrize(("starttls", "port"), [("1", 587), ("0", 25)])
def test_the_mail_server_is_reached_with_tls_unless_told_otherwise(starttls, port):
    server = settings(HERE, GOOD | MAIL | {"SMTP_STARTTLS": starttls})["MAIL_SERVER"]
    assert (server.host, server.port, server.starttls) == (
        "mail.gemeente.example", port, starttls == "1",
    )  # fmt: skip


def test_the_password_of_the_mail_server_is_not_shown():
    login = {"SMTP_USER": "kp4", "SMTP_PASSWORD": "geheim"}
    server = settings(HERE, GOOD | MAIL | login)["MAIL_SERVER"]
    assert server.password == "geheim"
    assert "geheim" not in repr(server)


def test_the_address_of_the_application_ends_without_a_slash():
    config = settings(HERE, GOOD | {"URL": "https://kp4.gemeente.example/"})
    assert config["PUBLIC_URL"] == "https://kp4.gemeente.example"
