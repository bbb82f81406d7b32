"""Browser tests: plain Playwright, the real server on a port, a page that may not complain.

Every test runs on SQLite with and without JavaScript, and on PostgreSQL; ``tests.browser.only``
narrows that. What a test needs beforehand it makes inside ``with arrange():``, so that no
transaction of the test stays open while the server works.
"""

import logging
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from kp4web.accounts.commands import start_session
from kp4web.extensions import db
from tests.browser import VARIANTS, Variant
from tests.conftest import held_by
from tests.machine import require_browser

# The first two draw hidden pages in the address bar of every window, which costs more than most
# tests; the next keeps a process ready that is never used. Only the last list of this kind counts,
# so what Playwright turns off stands in it again.
UNWANTED = [
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess"),
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades"),
    *("LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints"),
    *("PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning"),
]
FLAGS = [
    *("--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    f"--disable-features={','.join(UNWANTED)}",
]
# The browser itself reports an answer of the 400 kind, which a test may well be about.
EXPECTED = re.compile(r"status of (4\d\d|502)|Response Status Error Code (4|502)")
# Werkzeug opens a static file before it answers "not modified", and leaves closing it to Python.
UNREAD_FILE = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <_io.FileIO:pytest.PytestUnraisableExceptionWarning"
)
TIMEOUT = 10_000  # milliseconds; a slow machine is no failure


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests in this folder, so that ``-m "not e2e"`` leaves them out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(UNREAD_FILE)


# ---------------------------------------------------------------------- the server


@pytest.fixture(params=VARIANTS.values(), ids=VARIANTS.keys())
def variant(request: pytest.FixtureRequest) -> Variant:
    """Return the engine and whether scripts run."""
    return request.param


@pytest.fixture
def engine_name(variant: Variant) -> str:
    """Return the engine of the variant, in place of both engines."""
    return variant.engine


@pytest.fixture
def app(request: pytest.FixtureRequest, engine_name: str, app_on: Callable[..., Flask]) -> Flask:
    """Return the application as it runs in production: tokens checked, no open transaction."""
    app = app_on(engine_name, held_by(request))
    changed = {"TESTING": False, "WTF_CSRF_ENABLED": True}
    before = {name: app.config[name] for name in changed}
    app.config.update(changed)
    yield app
    app.config.update(before)


@pytest.fixture
def arrange(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """Return ``arrange``: ``with arrange():`` the test works in the database, then commits."""

    @contextmanager
    def _arrange() -> Iterator[None]:
        with app.app_context():
            yield
            db.session.commit()

    return _arrange


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """Give the address of the application, served in a thread."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line for every request
    http = make_server("127.0.0.1", 0, app, threaded=True)
    http.daemon_threads = False  # closing waits for what a closing page still sends
    thread = threading.Thread(target=http.serve_forever, args=[0.05])
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    thread.join()
    http.server_close()


# ---------------------------------------------------------------------- the browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give the browser, started once per worker."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses root otherwise
    path = require_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS + sandbox)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """Return what the pages of this test complained about; a test may empty it."""
    return []


@pytest.fixture
def context(
    browser: Browser, variant: Variant, server: str, complaints: list[str]
) -> Iterator[BrowserContext]:
    """Give a visitor's browser; a script error or a breach of the policy fails the test."""
    context = browser.new_context(
        base_url=server,
        java_script_enabled=variant.javascript,
        locale="nl-NL",
        timezone_id="Europe/Amsterdam",
        viewport={"width": 1280, "height": 900},
    )
    context.set_default_timeout(TIMEOUT)
    context.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    context.on("weberror", lambda thrown: complaints.append(str(thrown.error)))
    context.on("request", lambda asked: _note_foreign(asked.url, server, complaints))
    yield context
    context.close()
    assert [text for text in complaints if not EXPECTED.search(text)] == []


def _note_foreign(url: str, server: str, complaints: list[str]) -> None:
    if not url.startswith((f"{server}/", "data:", "blob:")):
        complaints.append(f"A request left the intranet: {url}")


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Return a page of a visitor who is not signed in; addresses are relative to the server."""
    return context.new_page()


@pytest.fixture
def page_as(
    context: BrowserContext, app: Flask, server: str, arrange: Callable[..., Any]
) -> Callable[[int], Page]:
    """Return a function that gives a page signed in as the user with that id."""
    from kp4web.accounts.models import User

    def _as(user_id: int) -> Page:
        with arrange():
            user = db.session.get_one(User, user_id)
            token = start_session(db.session(), user, now=datetime.now(UTC))
        client = app.test_client()
        with client.session_transaction() as session:
            session["token"] = token
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = client.get_cookie(name)
        assert cookie is not None
        context.add_cookies([{"name": name, "value": cookie.value, "url": server}])
        return context.new_page()

    return _as
