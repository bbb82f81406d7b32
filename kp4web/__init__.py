"""kp4web: guidance of people with klantprofiel 4, for a municipality and the work agency."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from kp4web.audit.heads import heads
from kp4web.config import SettingsError, settings
from kp4web.crypto import vault
from kp4web.extensions import csrf, db, login, migrate
from kp4web.registry import FEATURES_WITH_PAGES, import_models
from kp4web.web.assets import Site


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """
    Build and wire the application; nothing else happens here.

    Settings come from ``config``, then from ``KP4WEB_*`` in the environment. Returns the app.
    Raises ``SettingsError`` for a missing or malformed setting, and ``RuntimeError`` when an
    endpoint declares no access rule.
    """
    app = Site(__name__, instance_relative_config=True)
    app.config.from_mapping(settings(Path(app.instance_path), config))
    Path(app.instance_path).mkdir(exist_ok=True)
    import_models()
    _open_vault(app)
    heads.open(app.config["AUDIT_HEADS"])
    _bind(app)
    _register(app)
    return app


def _open_vault(app: Flask) -> None:
    """Read the key ring; raise ``SettingsError`` that names the setting."""
    try:
        vault.open(app.config["ENCRYPTION_KEYS"])
    except ValueError as error:
        raise SettingsError(f"KP4WEB_ENCRYPTION_KEYS is malformed: {error}.") from error


def _bind(app: Flask) -> None:
    """Bind the extensions and the parts of every request."""
    from kp4web.accounts.commands import passwords
    from kp4web.web import converters, errors, headers, logs, rendering, session, transactions

    passwords.use(cheap=app.config["PASSWORD_COST"] == "low")  # noqa: S105 -- a cost, no secret
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    transactions.init_app(app)  # first: decides how the transaction of the request begins
    logs.init_app(app)
    db.init_app(app)
    csrf.init_app(app)
    login.init_app(app)
    migrate.init_app(app, db, directory=str(Path(__file__).parent / "migrations"))
    converters.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    rendering.init_app(app)
    session.init_app(app)


def _register(app: Flask) -> None:
    """Register every feature's pages and commands, then close what declares no rule."""
    from kp4web import cli
    from kp4web.web import access, start

    app.register_blueprint(start.bp)
    for feature in FEATURES_WITH_PAGES:
        app.register_blueprint(import_module(f"kp4web.{feature}.views").bp)
    cli.init_app(app)
    access.init_app(app)  # last: it checks the endpoints registered so far
