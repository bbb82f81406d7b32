"""Settings from ``KP4WEB_*`` variables, checked at start; production unless told otherwise."""

import os
import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from kp4web.mail import MailServer

MIN_SECRET = 32
MAX_FORM_BYTES = 2_000_000
HIGHEST_PORT = 65_535


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
    uri = given.get("SQLALCHEMY_DATABASE_URI") or _database(read("DATABASE_URL", None), instance)
    config = {
        "DEMO": demo,
        "SECRET_KEY": _secret(read("SECRET_KEY", None)),
        "ENCRYPTION_KEYS": _required("ENCRYPTION_KEYS", read("ENCRYPTION_KEYS", None)),
        "SQLALCHEMY_DATABASE_URI": uri,
        "AUDIT_HEADS": _audit_heads(read("AUDIT_HEADS", None), uri, instance),
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
        "MAIL_SERVER": _mail_server(read),
        "PUBLIC_URL": _address(read("URL", None), relaxed=demo or testing),
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


def _audit_heads(value: str | None, uri: str, instance: Path) -> Path:
    """Return the file with the heads of the log: of this database and no other."""
    if value:
        path = Path(value)
        if not path.is_absolute() or path.is_dir() or not path.parent.is_dir():
            raise SettingsError("KP4WEB_AUDIT_HEADS must be a whole path in a folder that exists.")
        return path
    url = make_url(uri)
    if url.get_backend_name() == "sqlite":
        return (instance / (url.database or "kp4web")).with_suffix(".audit-heads")
    return instance / f"{url.database}.audit-heads"


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


def _mail_server(read: Any) -> MailServer | None:
    """Return where the digest is handed in, or ``None``: without a host there is no e-mail."""
    host, starttls = read("SMTP_HOST", None), str(read("SMTP_STARTTLS", "1"))
    parts = {name: read(f"SMTP_{name}", None) for name in ("PORT", "FROM", "USER", "PASSWORD")}
    if not host:
        if left := [name for name, value in parts.items() if value]:
            raise SettingsError(f"KP4WEB_SMTP_HOST is missing, while KP4WEB_SMTP_{left[0]} is set.")
        return None
    if starttls not in {"0", "1"}:
        raise SettingsError("KP4WEB_SMTP_STARTTLS must be 1 (the default) or 0.")
    if bool(parts["USER"]) != bool(parts["PASSWORD"]):
        raise SettingsError("KP4WEB_SMTP_USER and KP4WEB_SMTP_PASSWORD belong together.")
    if parts["USER"] and starttls == "0":
        raise SettingsError("KP4WEB_SMTP_PASSWORD is not sent without KP4WEB_SMTP_STARTTLS.")
    port = _number("SMTP_PORT", parts["PORT"] or (587 if starttls == "1" else 25))
    if not 0 < port <= HIGHEST_PORT:
        raise SettingsError("KP4WEB_SMTP_PORT must be a port, such as 587.")
    return MailServer(
        host=host, port=port, sender=_sender(parts["FROM"]), starttls=starttls == "1",
        user=parts["USER"] or "", password=parts["PASSWORD"] or "",
    )  # fmt: skip


def _sender(value: str | None) -> str:
    sender = _required("SMTP_FROM", value)
    if not re.fullmatch(r"[!-;=?-~]+@[A-Za-z0-9.-]+", sender):
        raise SettingsError("KP4WEB_SMTP_FROM must be one e-mail address, without a name.")
    return sender


def _address(value: str | None, *, relaxed: bool) -> str | None:
    """Return where the application is reached, for a link in an e-mail; no slash at the end."""
    if not value:
        return None
    schemes = "https?" if relaxed else "https"
    if not re.fullmatch(rf"{schemes}://[!-~]+", value):
        raise SettingsError("KP4WEB_URL must be the https address of the application.")
    return value.rstrip("/")
