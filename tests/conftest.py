"""Fixtures for all tests: the application on both databases, and signed-in clients.

``app`` runs every test that asks for it twice, on SQLite and on PostgreSQL, each time on a fresh
database with the tables as the migrations make them. A mark gives a database that holds something
already, made once per run and copied: ``@pytest.mark.history`` the demo history,
``@pytest.mark.world`` the world of ``tests/world.py`` (with ``@pytest.mark.forms`` and
``@pytest.mark.visits`` more stands in it), ``@pytest.mark.towns`` the two towns of
``tests/bulk.py``. Today is always ``TODAY``; the clock itself is the real one.
"""

import gc
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

import kp4web
import tests.html
from kp4web.extensions import db
from tests.client import CheckedClient
from tests.databases import ENGINES, Databases, ensure_template
from tests.machine import PostgresServer, make_run_folder

TODAY = date(2026, 11, 18)  # a Wednesday, so that this week has a past and a future
ENCRYPTION_KEYS = "k1:" + "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="  # the bytes 1 to 32

RUN_FOLDER = pytest.StashKey[Path]()

hypothesis.settings.register_profile("kp4web", deadline=None)  # a slow machine is no failure
hypothesis.settings.load_profile("kp4web")


# ---------------------------------------------------------------------- the run and its folder


def pytest_configure(config: pytest.Config) -> None:
    """Give the run its folder; a worker gets the one of the process that started it."""
    for name in [name for name in os.environ if name.startswith("KP4WEB_")]:
        del os.environ[name]  # the developer's own settings are not part of a test
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling takes longer than loading
    sys.dont_write_bytecode = False
    shared = getattr(config, "workerinput", {}).get("run_folder")
    folder = config.stash[RUN_FOLDER] = Path(shared) if shared else make_run_folder()
    tests.html.sound_folder = folder / "sound"
    for name in ("sound", "templates"):
        (folder / name).mkdir(exist_ok=True)
    if not shared:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended early: still clean up


def pytest_collection_finish() -> None:
    """Keep the garbage collector away from what stays for the whole run: a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where the folder of the run is."""
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the PostgreSQL server, when one was started, and throw everything away."""
    if hasattr(config, "workerinput"):
        return
    folder = config.stash[RUN_FOLDER]
    if (folder / "postgres").exists():
        PostgresServer(folder / "postgres").stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> Path:
    """Return the folder that the workers of this run share."""
    return pytestconfig.stash[RUN_FOLDER]


# ---------------------------------------------------------------------- databases


@pytest.fixture(scope="session")
def engines(run_folder: Path) -> Iterator[Callable[[str], Databases]]:
    """Return a function that gives this worker's databases on an engine."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    made: dict[str, Databases] = {}

    def _engine(name: str) -> Databases:
        if name not in made:
            made[name] = ENGINES[name](run_folder, worker)
        return made[name]

    yield _engine
    for databases in made.values():
        databases.close()


@pytest.fixture(params=list(ENGINES))
def engine_name(request: pytest.FixtureRequest) -> str:
    """Return the engine of this test; every test that asks for it runs on each."""
    return str(request.param)


@pytest.fixture
def empty_database(engine_name: str, engines: Callable[[str], Databases]) -> str:
    """Return the address of a database without a single table, for tests of the migrations."""
    databases = engines(engine_name)
    databases.fresh(None)
    return databases.uri


def settings_for(uri: str) -> dict[str, Any]:
    """Return the settings of an application under test."""
    return {
        "TESTING": True,
        "SECRET_KEY": "a secret for the tests only, 32 bytes",
        "ENCRYPTION_KEYS": ENCRYPTION_KEYS,
        "SQLALCHEMY_DATABASE_URI": uri,
        "AUDIT_HEADS": None,  # databases come and go here; see test_audit_heads
        "WTF_CSRF_ENABLED": False,
        "TODAY": TODAY,
        "PASSWORD_COST": "low",
    }


# ---------------------------------------------------------------------- the application


@contextmanager
def short_lived(uri: str, **settings: Any) -> Iterator[Flask]:
    """Give an application for one job, in its context, and let go of the database after it."""
    app = kp4web.create_app(settings_for(uri) | settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def migrate(uri: str) -> None:
    """Make the tables, as the migrations do."""
    with short_lived(uri):
        flask_migrate.upgrade()


def load_history(uri: str) -> None:
    """Load the demo history, by the command that a user has for it."""
    with short_lived(uri) as app:
        result = app.test_cli_runner(catch_exceptions=False).invoke(
            args=["demo", "load", "--today", TODAY.isoformat()]
        )
        assert result.exit_code == 0, result.output


def load_world(uri: str) -> None:
    """Build the world of the tests, and note in the database who is who."""
    from tests.world import build_world, remember

    with short_lived(uri):
        remember(build_world())


def load_towns(uri: str) -> None:
    """Add a town with one dossier and one with sixty."""
    from tests.bulk import add_towns

    with short_lived(uri):
        add_towns(1, 60)


def load_forms(uri: str) -> None:
    """Add to the world what every form can be about."""
    from tests.subjects import SUBJECTS, make_subjects
    from tests.world import make_world, note

    with short_lived(uri):
        note(SUBJECTS, make_subjects(make_world()))


def load_visits(uri: str) -> None:
    """Add to the world a page in every state."""
    from tests.visits import VISITS, make_visits
    from tests.world import make_world, note

    with short_lived(uri):
        note(VISITS, make_visits(make_world()))


HELD: dict[str, tuple[str, Callable[[str], None]]] = {
    "migrated": ("", migrate),
    "history": ("migrated", load_history),
    "world": ("migrated", load_world),
    "forms": ("world", load_forms),
    "visits": ("world", load_visits),
    "towns": ("migrated", load_towns),
}
"""What a database may hold: the name of the mark, what it starts from, and who fills it."""


def held_by(request: pytest.FixtureRequest) -> str:
    """Return what the database of this test has to hold."""
    marks = (mark.name for mark in request.node.iter_markers())  # the closest first
    return next((name for name in marks if name in HELD), "migrated")


@pytest.fixture(scope="session")
def app_on(run_folder: Path, engines: Callable[[str], Databases]) -> Iterator[Callable[..., Flask]]:
    """Return a function that gives the application of an engine, on a fresh database.

    An application is made once per worker; templates are compiled once per run.
    """
    apps: dict[str, Flask] = {}

    def _ensure(databases: Databases, held: str) -> None:
        base, fill = HELD[held]
        if base:
            _ensure(databases, base)
        ensure_template(databases, run_folder, held, fill, base=base or None)

    def _app(engine_name: str, held: str = "migrated") -> Flask:
        databases = engines(engine_name)
        _ensure(databases, held)
        if engine_name not in apps:
            apps[engine_name] = kp4web.create_app(settings_for(databases.uri))
            apps[engine_name].test_client_class = CheckedClient
            compiled = FileSystemBytecodeCache(str(run_folder / "templates"))
            apps[engine_name].jinja_env.bytecode_cache = compiled
        if not databases.reset(held):
            let_go(apps[engine_name])
            databases.fresh(held)
        return apps[engine_name]

    yield _app
    for app in apps.values():
        let_go(app)


def let_go(app: Flask) -> None:
    """Close the application's connections."""
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(
    request: pytest.FixtureRequest, engine_name: str, app_on: Callable[..., Flask]
) -> Iterator[Flask]:
    """Give the application on a fresh database, in its context; a test may change its settings."""
    app = app_on(engine_name, held_by(request))
    settings = dict(app.config)
    with app.app_context():
        yield app
        db.session.remove()
    app.config.clear()
    app.config.update(settings)


@pytest.fixture
def db_session(app: Flask) -> Session:
    """Return the session of the test; the application's own requests use another."""
    return db.session()


# ---------------------------------------------------------------------- over HTTP


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    """Return a client of somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def http_as(app: Flask) -> Callable[..., FlaskClient]:
    """Return a function that gives a client signed in as a user, with a real session row."""
    from kp4web.accounts.commands import start_session

    def _as(user: Any) -> FlaskClient:
        client = app.test_client()
        token = start_session(db.session(), user, now=datetime.now(UTC))
        db.session.commit()
        with client.session_transaction() as session:
            session["token"] = token
        return client

    return _as
