"""
Runs too long for the suite: ``./kp4 drill`` types in a real browser and breaks things.

Drafts: six kinds of fault, each as often as asked (20). A consultant types a report; then the
session ends, somebody signs in again in another tab, the server restarts, the network goes, the
tab is killed, or the computer sleeps. Counted are the characters that are not on the server in
the end; of a killed tab also those typed in its last two seconds. The suite has each kind once.
"""

import argparse
import logging
import os
import random
import re
import string
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from sqlalchemy import select, update
from werkzeug.serving import BaseWSGIServer, make_server

import kp4web
from kp4web.accounts.commands import start_session
from kp4web.accounts.models import User, UserSession
from kp4web.drafts.models import Draft
from kp4web.extensions import db
from tests.conftest import migrate, settings_for
from tests.factories import PASSWORD, make_dossier, make_user
from tests.machine import require_browser

EMAIL = "drill@westbetuwe.example"
SAVED = re.compile(r"Bewaard om \d\d:\d\d")
LETTERS = string.ascii_letters + "      éëï"
PATIENCE = 60_000  # milliseconds
SETTLES = 10  # seconds in which what was typed last has to arrive


@dataclass
class Drill:
    """The application under test, its server and the browser of one consultant."""

    app: Flask
    context: BrowserContext
    port: int = 0
    http: BaseWSGIServer | None = None
    thread: threading.Thread | None = None
    number: str = ""
    dossier_id: int = 0
    lost: dict[str, list[int]] = field(default_factory=dict)
    last_words: list[int] = field(default_factory=list)
    """Characters of the last two seconds that a killed tab lost; counted apart."""

    def serve(self) -> None:
        """Start the server, on the same port as before."""
        self.http = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self.port = self.http.server_port
        self.thread = threading.Thread(target=self.http.serve_forever, args=[0.05], daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Stop the server as a restart does."""
        assert self.http is not None
        assert self.thread is not None
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()

    def address(self, path: str) -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"

    def open(self) -> Page:
        """Open the form of a new dossier, signed in."""
        with self.app.app_context():
            user = db.session.scalars(select(User).where(User.email == EMAIL)).one()
            dossier = make_dossier(lead=user)
            self.number, self.dossier_id = dossier.number, dossier.id
            token = start_session(db.session(), user, now=datetime.now(UTC))
            db.session.commit()
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["token"] = token
        name = self.app.config["SESSION_COOKIE_NAME"]
        cookie = client.get_cookie(name)
        assert cookie is not None
        url = self.address("/")
        self.context.add_cookies([{"name": name, "value": cookie.value, "url": url}])
        page = self.context.new_page()
        page.goto(self.address(f"/dossiers/{self.number}/gesprekken/nieuw"))
        return page

    def end_sessions(self) -> None:
        """End every session on the server, as thirty idle minutes do."""
        with self.app.app_context():
            db.session.execute(update(UserSession).values(expires_at=UserSession.created_at))
            db.session.commit()

    def sign_in(self) -> None:
        """Sign in again, in another tab."""
        tab = self.context.new_page()
        tab.goto(self.address("/inloggen"))
        tab.get_by_label("E-mailadres").fill(EMAIL)
        tab.get_by_label("Wachtwoord").fill(PASSWORD)
        tab.get_by_role("button", name="Inloggen").click()
        expect(tab).not_to_have_url(re.compile("inloggen"), timeout=PATIENCE)
        tab.close()

    def stored(self) -> str:
        """Return the report in the draft on the server."""
        with self.app.app_context():
            query = select(Draft.fields).where(Draft.subject_id == self.dossier_id)
            fields = db.session.scalars(query).first() or {}
            db.session.rollback()
        return str((fields.get("report") or [""])[0])


def write(page: Page, text: str) -> None:
    """Type at the end of the report."""
    page.get_by_label("Verslag").press_sequentially(text, delay=3)


def saved(page: Page) -> None:
    """Wait until the page says that it was saved; coming back to the tab asks for it."""
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#draft-status")).to_have_text(SAVED, timeout=PATIENCE)


def session_expires(drill: Drill, page: Page, text: str) -> None:
    """Type on after the session ended; sign in elsewhere, come back."""
    drill.end_sessions()
    write(page, text)
    expect(page.locator("#draft-status")).to_contain_text("Niet bewaard", timeout=PATIENCE)
    drill.sign_in()
    saved(page)


def other_tab(drill: Drill, page: Page, text: str) -> None:
    """Somebody signs out and in again in another tab while this one is being typed in."""
    drill.context.clear_cookies()
    half = len(text) // 2
    write(page, text[:half])
    drill.sign_in()
    page.bring_to_front()
    write(page, text[half:])
    saved(page)


def server_restarts(drill: Drill, page: Page, text: str) -> None:
    """The server is away while one types, and comes back."""
    drill.stop()
    write(page, text)
    expect(page.locator("#draft-status")).to_contain_text("Nog niet", timeout=PATIENCE)
    drill.serve()
    saved(page)


def network_goes(drill: Drill, page: Page, text: str) -> None:
    """The network is away while one types, and comes back."""
    drill.context.set_offline(True)
    write(page, text)
    expect(page.get_by_role("alert").first).to_contain_text("Geen verbinding", timeout=PATIENCE)
    drill.context.set_offline(False)
    saved(page)


def tab_killed(drill: Drill, page: Page, text: str) -> None:
    """The tab dies without a word; what was typed before its last two seconds is there."""
    write(page, text)
    saved(page)
    tail = " en nog wat laatste woorden"
    write(page, tail)
    page.close(run_before_unload=False)
    time.sleep(0.5)
    drill.last_words.append(len(text + tail) - len(drill.stored()))


def computer_sleeps(drill: Drill, page: Page, text: str) -> None:
    """The computer sleeps right after typing, and wakes after the session ended."""
    write(page, text)
    devtools = drill.context.new_cdp_session(page)
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    drill.end_sessions()
    time.sleep(3)
    devtools.send("Page.setWebLifecycleState", {"state": "active"})
    drill.sign_in()
    saved(page)


KINDS: dict[str, Callable[[Drill, Page, str], None]] = {
    "sessie verlopen": session_expires,
    "inloggen in ander tabblad": other_tab,
    "server herstart": server_restarts,
    "netwerk weg": network_goes,
    "tabblad gedood": tab_killed,
    "computer slaapt": computer_sleeps,
}


def run(drill: Drill, kind: str, chance: random.Random) -> int:
    """Do one fault and return how many characters were lost."""
    page = drill.open()
    text = "".join(chance.choice(LETTERS) for _ in range(chance.randint(20, 80))).strip()
    KINDS[kind](drill, page, text)
    end = time.monotonic() + SETTLES
    while not (found := drill.stored()).startswith(text) and time.monotonic() < end:
        time.sleep(0.2)
    if not page.is_closed():
        page.close()
    kept = 0
    while kept < min(len(found), len(text)) and found[kept] == text[kept]:
        kept += 1
    return len(text) - kept


def drill_drafts(times: int, seed: int, kinds: list[str]) -> int:
    """Do every kind so many times; print a table and return the number of lost characters."""
    chance = random.Random(seed)
    path = require_browser()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        uri = f"sqlite:///{Path(folder) / 'drill.sqlite'}"
        migrate(uri)
        app = kp4web.create_app(settings_for(uri))
        for name in ("werkzeug", "kp4web"):
            logging.getLogger(name).setLevel(logging.ERROR)
        app.config.update(TESTING=False, WTF_CSRF_ENABLED=True)  # as in production, over http
        with app.app_context():
            make_user(email=EMAIL)
            db.session.commit()
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=sandbox)
        context: Any = browser.new_context(locale="nl-NL", timezone_id="Europe/Amsterdam")
        context.set_default_timeout(PATIENCE)
        drill = Drill(app, context)
        drill.serve()
        for kind in kinds:
            drill.lost[kind] = []
            for _ in range(times):
                drill.lost[kind].append(run(drill, kind, chance))
            print(
                f"{kind:28} {times:4} keer   verloren tekens: {sum(drill.lost[kind])}", flush=True
            )
        browser.close()
        drill.stop()
    print(
        f"Van gedode tabbladen ging van de laatste 2 seconden {sum(drill.last_words)} tekens weg."
    )
    return sum(map(sum, drill.lost.values()))


def main() -> None:
    """Run what was asked; end with code 1 when a character was lost."""
    parser = argparse.ArgumentParser(prog="kp4 drill", description=__doc__)
    parser.add_argument("--times", type=int, default=20, help="hoe vaak elke storing")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, action="append", help="alleen deze storing")
    asked = parser.parse_args()
    if drill_drafts(asked.times, asked.seed, asked.kind or list(KINDS)):
        sys.exit(1)


if __name__ == "__main__":
    main()
