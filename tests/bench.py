"""
How fast the pages are, as ratios within one run: ``./kp4 bench``.

Each page is asked of the application in this process, and beside it, turn by turn, its floor is
measured: the statements that this very turn used, straight through sqlite3 on a twin of the
database, and the same template with the same values. The twin gets every write of the application
and nothing else, so that the floor writes the same rows and finds what the application found.
"Lezen" is the floor of a page that would only read; "alles" also writes what the page writes (its
entry in the log, or the conversation), up to the disk. Medians; the demo history unless told
otherwise.
"""

import argparse
import gc
import logging
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from flask import Flask, template_rendered
from sqlalchemy import event, func, select

import kp4web
from kp4web.accounts.commands import start_session
from kp4web.accounts.queries import user_by_email
from kp4web.conversations.models import Conversation
from kp4web.dossiers.models import Dossier
from kp4web.extensions import SQLITE_PRAGMAS, db
from kp4web.worklist.models import FollowUp
from tests.conftest import ENCRYPTION_KEYS, TODAY, migrate, settings_for

CONSULTANT, COORDINATOR = "consulent1@westbetuwe.example", "coordinator@westbetuwe.example"
KEYS = os.environ.get("KP4WEB_ENCRYPTION_KEYS", ENCRYPTION_KEYS)
SEARCHES = (("zoeken", "ver"), ("zoeken, schrijffout", "jansne"), ("zoeken, verslagen", "gesprek"))
WARM_UP = 20
WRITES = ("INSERT", "UPDATE", "DELETE")
Statement = tuple[str, Any, bool]


@dataclass
class Page:
    """One page with who asks for it, and what a turn of the application is."""

    name: str
    email: str
    ask: Callable[[Any], Any]
    app_ms: list[float] = field(default_factory=list)
    read_ms: list[float] = field(default_factory=list)
    all_ms: list[float] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    template: Any = None
    context: dict[str, Any] = field(default_factory=dict)
    size: int = 0


def main() -> None:
    """Make the data, measure every page, print the table."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="kp4web-bench-") as folder:
        file = asked.file or Path(folder) / "bench.sqlite"
        uri = f"sqlite:///{file.resolve()}"
        if not file.exists():
            load(uri, asked.clients, asked.conversations)
        app = kp4web.create_app(settings_for(uri) | {"ENCRYPTION_KEYS": KEYS})
        logging.getLogger("kp4web").setLevel(logging.WARNING)  # a table, not a line per request
        with app.app_context():
            pages = list(_pages())
        clients = {page.email: signed_in(app, page.email) for page in pages}
        raw = twin_of(file, Path(folder) / "twin.sqlite")
        gc.collect()
        gc.freeze()  # as a worker does (serve.py)
        print(FORMAT.format(*HEADINGS))
        for page in pages:
            measure(app, page, clients[page.email], raw, asked.requests)
            print_row(page)
        raw.close()
        print_start(uri, app)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./kp4 bench", description="Meet de snelheid.")
    parser.add_argument("--requests", type=int, default=200, help="verzoeken per pagina")
    parser.add_argument("--clients", type=int, default=0, help="vul aan tot zoveel inwoners")
    parser.add_argument("--conversations", type=int, help="en tot zoveel gesprekken")
    parser.add_argument("--file", type=Path, help="bewaar de gegevens hier, of neem ze hieruit")
    return parser.parse_args()


def load(uri: str, clients: int, conversations: int | None) -> None:
    """Make the tables and load the demo, filled up when asked."""
    migrate(uri)
    app = kp4web.create_app(settings_for(uri) | {"ENCRYPTION_KEYS": KEYS})
    more = [] if conversations is None else ["--conversations", str(conversations)]
    options = ["--today", TODAY.isoformat(), "--clients", str(clients), *more]
    result = app.test_cli_runner(catch_exceptions=False).invoke(args=["demo", "load", *options])
    if result.exit_code:
        sys.exit(result.output)


def _pages() -> Iterator[Page]:
    """Yield the pages of the budget; the dossier is the one with most conversations."""
    lead = user_by_email(db.session(), CONSULTANT)
    assert lead is not None
    own = (
        select(Dossier.id, Dossier.number)
        .join(Conversation, Conversation.dossier_id == Dossier.id)
        .where(Dossier.lead_id == lead.id, Dossier.kind == "support")
        .group_by(Dossier.id, Dossier.number)
        .order_by(func.count().desc())
    )
    (_, longest), (other_id, other) = db.session.execute(own.limit(2)).all()
    yield Page("werkvoorraad", CONSULTANT, lambda http: http.get("/werkvoorraad"))
    yield Page("dossier", CONSULTANT, lambda http: http.get(f"/dossiers/{longest}"))
    report = "/rapportages/kp4?peildatum=2020-11-02&inactief=1"
    yield Page("raadsrapportage", COORDINATOR, lambda http: http.get(report))
    yield Page("caseload", COORDINATOR, lambda http: http.get("/caseload"))
    yield Page("dossierlijst", COORDINATOR, lambda http: http.get("/dossiers"))
    for name, term in SEARCHES:
        yield Page(name, CONSULTANT, lambda http, t=term: http.post("/zoeken", data={"term": t}))
    yield Page("gesprek vastleggen", CONSULTANT, _recording(other_id, other))


def _recording(dossier_id: int, number: str) -> Callable[[Any], Any]:
    """Return a turn that records a talk, ends the follow-up of the turn before and plans one."""
    data: dict[str, Any] = {
        "outcome": "held", "held_on": TODAY.isoformat(), "channel": "phone",
        "participants": "resident", "follow_up_on": "2026-12-01", "follow_up_what": "Bellen.",
        "report": "Gebeld. Het gaat beter; de week heeft een ritme. " * 6,
    }  # fmt: skip
    query = select(FollowUp.id).where(
        FollowUp.dossier_id == dossier_id, FollowUp.ended_at.is_(None)
    )

    def prepare(http: Any) -> None:
        """Fill in the form as its page does; the page before it showed its message."""
        with db.session.get_bind().connect() as connection:
            data["done"] = [str(row) for row in connection.scalars(query)]
        data["submission"] = uuid4().hex
        with http.session_transaction() as session:
            session.pop("_flashes", None)

    def ask(http: Any) -> Any:
        return http.post(f"/dossiers/{number}/gesprekken", data=data)

    ask.prepare = prepare  # type: ignore[attr-defined]
    return ask


def measure(app: Flask, page: Page, http: Any, raw: sqlite3.Connection, requests: int) -> None:
    """Ask for the page and its floor in turns, so that a busy moment hits them alike."""
    prepare = getattr(page.ask, "prepare", lambda _http: None)
    for turn in range(WARM_UP + requests):
        with app.app_context():
            prepare(http)
        with app.app_context(), captured(app, page):
            begun = time.perf_counter()
            answer = page.ask(http)
            took = (time.perf_counter() - begun) * 1000
        page.size = len(answer.data)
        assert answer.status_code in {200, 303}, answer.text
        with app.test_request_context("/"):
            read = timed(lambda: floor(raw, page, writes=False))
            whole = timed(lambda: floor(raw, page, writes=True))
        if turn >= WARM_UP:
            page.app_ms.append(took)
            page.read_ms.append(read)
            page.all_ms.append(whole)


def signed_in(app: Flask, email: str) -> Any:
    """Return a client with a session that lasts the run."""
    with app.app_context():
        user = user_by_email(db.session(), email)
        assert user is not None
        token = start_session(db.session(), user, now=datetime.now(UTC), idle=timedelta(hours=9))
        db.session.commit()
    http = app.test_client()
    with http.session_transaction() as session:
        session["token"] = token
    return http


def twin_of(file: Path, twin: Path) -> sqlite3.Connection:
    """Copy the database; return a connection of the driver itself, set as the application's."""
    raw = sqlite3.connect(twin, isolation_level=None)
    with closing(sqlite3.connect(file)) as source:
        source.backup(raw)
    for pragma in SQLITE_PRAGMAS:
        raw.execute(pragma)
    return raw


@contextmanager
def captured(app: Flask, page: Page) -> Iterator[None]:
    """Keep the statements of this turn, its template and the values that it was given."""
    page.statements = []

    def note(_connection, _cursor, statement, parameters, _context, many):  # type: ignore[no-untyped-def]
        if not statement.startswith("BEGIN"):
            page.statements.append((statement, parameters, many))

    def keep(_sender, template, context, **_rest):  # type: ignore[no-untyped-def]
        page.template, page.context = template, dict(context)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    with template_rendered.connected_to(keep, app):
        yield
    event.remove(engine, "before_cursor_execute", note)


def floor(raw: sqlite3.Connection, page: Page, *, writes: bool) -> None:
    """Run the statements of the page through the driver and fill in its template."""
    for statement, parameters, _ in page.statements:
        if not statement.startswith(WRITES):
            raw.execute(statement, parameters).fetchall()
    if writes:
        _write(raw, [one for one in page.statements if one[0].startswith(WRITES)])
    if page.template is not None:
        page.template.render(page.context)


def _write(raw: sqlite3.Connection, changes: list[Statement]) -> None:
    if not changes:
        return
    raw.execute("BEGIN IMMEDIATE")
    for statement, parameters, many in changes:
        if many:
            raw.executemany(statement, parameters)
        else:
            raw.execute(statement, parameters).fetchall()
    raw.execute("COMMIT")


def timed(job: Callable[[], object]) -> float:
    """Return how many milliseconds the job took."""
    begun = time.perf_counter()
    job()
    return (time.perf_counter() - begun) * 1000


HEADINGS = ("pagina", "vragen", "ms", "lezen", "x", "alles", "x", "kB")
FORMAT = "{:<20}{:>7}{:>9}{:>9}{:>7}{:>9}{:>7}{:>8}"


def print_row(page: Page) -> None:
    """Print one line of the table."""
    app, read, whole = median(page.app_ms), median(page.read_ms), median(page.all_ms)
    number = len(page.statements)
    print(FORMAT.format(
        page.name, number, f"{app:.2f}", f"{read:.2f}", f"{app / read:.1f}", f"{whole:.2f}",
        f"{app / whole:.1f}", f"{page.size / 1000:.1f}",
    ), flush=True)  # fmt: skip


def print_start(uri: str, app: Flask) -> None:
    """Start a server, and print how soon it answers and how much memory a worker takes."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {
        **os.environ, "KP4WEB_DATABASE_URL": uri, "KP4WEB_SECRET_KEY": app.config["SECRET_KEY"],
        "KP4WEB_ENCRYPTION_KEYS": KEYS,
    }  # fmt: skip
    command = [
        *(sys.executable, "-m", "gunicorn", "-c", "python:kp4web.serve"),
        *("--bind", f"127.0.0.1:{port}", "wsgi:app"),
    ]
    begun = time.perf_counter()
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/inloggen")
        print(f"koude start tot het eerste antwoord: {time.perf_counter() - begun:.2f} s")
        use(app, port)
        print(f"geheugen per werkproces (PSS): {', '.join(memory_of(server.pid))} MiB")
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str) -> None:
    """Return when the address answers; raise ``TimeoutError`` after 30 seconds."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address):  # noqa: S310 -- our own address
                return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(address)


def use(app: Flask, port: int) -> None:
    """Let the workers show some pages, so that they hold what they hold in use."""
    http = signed_in(app, CONSULTANT)
    cookie = next(iter(http._cookies.values()))
    for path in ("/werkvoorraad", "/dossiers", "/rapportages/kp4") * 10:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}", headers={"Cookie": f"{cookie.key}={cookie.value}"}
        )
        with urllib.request.urlopen(request):  # noqa: S310
            pass


def memory_of(server: int) -> Iterator[str]:
    """Yield the proportional memory of each worker, in MiB."""
    for child in Path(f"/proc/{server}/task/{server}/children").read_text().split():
        found = re.search(
            r"^Pss:\s+(\d+)", Path(f"/proc/{child}/smaps_rollup").read_text(), re.MULTILINE
        )
        if found:
            yield f"{int(found[1]) / 1024:.0f}"


if __name__ == "__main__":
    main()
