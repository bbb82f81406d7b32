"""Settings from ``KP4WEB_*`` variables, checked at start; production unless told otherwise."""

import os
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

MIN_SECRET = 32
MAX_FORM_BYTES = 2_000_000


class SettingsError(RuntimeError):
    """A setting is missing or malformed; the text says which and what to do."""


def settings(instance: Path, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """
    Return the configuration of the application.

    ``given`` (tests) goes before the environment. Raises ``SettingsError`` for what is missing
    or malformed; in production nothing has a default but the database.
    """
    given = dict(given or {})
    read = _reader(given)
    demo = str(read("DEMO", "")) == "1"
    testing = bool(given.get("TESTING"))
    config = {
        "DEMO": demo,
        "SECRET_KEY": _secret(read("SECRET_KEY", None)),
        "ENCRYPTION_KEYS": _required("ENCRYPTION_KEYS", read("ENCRYPTION_KEYS", None)),
        "SQLALCHEMY_DATABASE_URI": given.get("SQLALCHEMY_DATABASE_URI")
        or _database(read("DATABASE_URL", None), instance),
        # a database that was away is found again without an error
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True},
        "TODAY": _today(read("TODAY", None), relaxed=demo or testing),
        "TRUSTED_PROXIES": _number("TRUSTED_PROXIES", read("TRUSTED_PROXIES", 0)),
        "SESSION_IDLE": timedelta(
            minutes=_number("SESSION_IDLE_MINUTES", read("SESSION_IDLE_MINUTES", 30))
        ),
        "SESSION_LONGEST": timedelta(hours=10),
        "SESSION_COOKIE_NAME": "session" if demo or testing else "__Host-session",
        "SESSION_COOKIE_SECURE": not (demo or testing),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": MAX_FORM_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_FORM_BYTES,
        "WTF_I18N_ENABLED": False,  # WTForms' own nl catalogue, see web/forms.py
        "WTF_CSRF_TIME_LIMIT": None,  # a long conversation report outlives one hour
        "PASSWORD_COST": "full",
    }
    return config | {key: value for key, value in given.items() if key != "TODAY"}


def _reader(given: Mapping[str, Any]) -> Any:
    return lambda name, default: given.get(name) or os.environ.get(f"KP4WEB_{name}") or default


def _required(name: str, value: str | None) -> str:
    if not value:
        raise SettingsError(f"KP4WEB_{name} is missing; set it before starting kp4web.")
    return value


def _secret(value: str | None) -> str:
    secret = _required("SECRET_KEY", value)
    if len(secret) < MIN_SECRET:
        raise SettingsError(f"KP4WEB_SECRET_KEY is shorter than {MIN_SECRET} characters.")
    return secret


def _database(url: str | None, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'kp4web.sqlite'}"
    if url.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise SettingsError("KP4WEB_DATABASE_URL must start with sqlite: or postgresql:.")
    return url


def _today(value: str | date | None, *, relaxed: bool) -> date | None:
    if value is None or isinstance(value, date):
        return value
    if not relaxed:
        raise SettingsError("KP4WEB_TODAY is for the demo and tests only; remove it.")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise SettingsError("KP4WEB_TODAY must be a date such as 2026-11-22.") from error


def _number(name: str, value: str | int) -> int:
    try:
        number = int(value)
    except ValueError as error:
        raise SettingsError(f"KP4WEB_{name} must be a whole number.") from error
    if number < 0:
        raise SettingsError(f"KP4WEB_{name} must not be negative.")
    return number
