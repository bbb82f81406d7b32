"""
Nonsense in every field of every form and in every address, as somebody who may use them.

Never a failure of ours, nothing stored where something was refused, nothing typed comes back as
HTML, and the same answer on both databases. A form without a row fails.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain, product
from typing import Any
from urllib.parse import quote_from_bytes, quote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from kp4web.accounts.commands import start_session
from kp4web.extensions import db
from tests.databases import ENGINES
from tests.factories import PASSWORD
from tests.forms import ASKED, ASKERS, FORMS, NEVER_ACCEPTED, PATHS, Data
from tests.subjects import subjects_of
from tests.web.test_matrix import ROWS
from tests.world import World, make_world, paths_of

pytestmark = pytest.mark.forms
ALLOWED = {200, 303, 400, 401, 403, 404, 409, 413, 422, 429}
SCRIPT = "<script>\"'"
PARTS = 6  # of one long test, so that the workers can share it
CHANGE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
UNCOUNTED = {"audit_entry", "audit_head", "sign_in_attempt", "user_session"}
"""Tables in which reading and signing in write too."""

BYTES = {  # label: the value as it travels, percent-encoded
    "raw nul": "a\x00b", "nul": "a%00b", "surrogate": "%ED%A0%80", "no utf-8": "%FF%FE%C3",
    "script": quote_plus(SCRIPT), "lines": "a%0D%0Ab%0BSet-Cookie:x", "blank": "%20%09",
    "override": "%E2%80%AEabc%EF%BB%BF",
}  # fmt: skip
DAYS = ("2020-02-30", "0000-00-00", "9999-12-31", "99999-1-1", "gisteren", "29-02-2023",
        "2199-12-31", "1900-01-01")  # fmt: skip
IDS = ("0", "-1", str(2**31), str(2**63), str(10**25), "x", "%C2%B2", "0" * 11 + "9" * 20,
       "9" * 5000, "{buren}", "{buren_follow_up}", "{buren_lead}")  # fmt: skip
EVERYWHERE = {"gisteren", "9999-12-31", str(2**63), "9" * 5000}
ASKED_FOR = (*(BYTES[one] for one in ("nul", "surrogate", "no utf-8", "script", "lines")),
             "2020-02-30", "0001-01-01", "9999-12-31", "2199-12-31", "-1", str(2**31), str(2**63),
             "%C2%B2", "0" * 11 + "9" * 20, "9" * 5000, "")  # fmt: skip
STRANGE_IDS = ("0", "-1", str(2**31), str(2**63), str(10**25), "x", "%00", "%ED%A0%80", "1%2F2")


class Visitors:
    """Signed-in clients by persona, and in which tables they made something change."""

    def __init__(self, app: Flask) -> None:
        self.app, self.world = app, make_world()
        self.clients: dict[str, FlaskClient] = {}
        self.written: set[str] = set()
        """Tables in which something was stored since this was last emptied."""
        self.values = paths_of(self.world, "West Betuwe") | subjects_of(self.world)

    def send(self, persona: str, address: str, body: str | None = None) -> tuple[int, str]:
        """Return the status and the page; ``body`` is percent-encoded already."""
        if persona not in self.clients:
            self.clients[persona] = signed_in(self.app, self.world, persona)
        with self.app.app_context():
            response = self.clients[persona].open(
                address, method="GET" if body is None else "POST",
                data=None if body is None else body.encode("latin-1"),
                content_type="application/x-www-form-urlencoded",
            )  # fmt: skip
        onward = response.headers.get("Location", "")
        if response.status_code == 401 or onward.startswith("/inloggen"):
            del self.clients[persona]
        return response.status_code, response.text

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note every table in which a row is added, changed or removed by a commit."""
        listeners = {
            "after_cursor_execute": self._write,
            "commit": self._keep,
            "rollback": self._forget,
        }
        for name, listener in listeners.items():
            event.listen(db.engine, name, listener)
        try:
            yield
        finally:
            for name, listener in listeners.items():
                event.remove(db.engine, name, listener)

    def _write(self, connection: Any, cursor: Any, statement: str, *_rest: object) -> None:
        change = CHANGE.match(statement)
        if change and cursor.rowcount and change[1] not in UNCOUNTED:
            connection.info.setdefault("written", set()).add(change[1])

    def _keep(self, connection: Any) -> None:
        self.written |= connection.info.pop("written", set())

    def _forget(self, connection: Any) -> None:
        connection.info.pop("written", None)

    def fill(self, text: str) -> str:
        """Put the ids of this world where a form or a rule names them."""
        text = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", text)
        return re.sub(r"\{(\w+)\}", lambda part: str(self.values[part[1]]), text)


def signed_in(app: Flask, world: World, persona: str) -> FlaskClient:
    client = FlaskClient(app, app.response_class)
    token = start_session(db.session(), world.users[persona], now=datetime.now(UTC))
    db.session.commit()
    with client.session_transaction() as session:
        session["token"] = token
    return client


def bodies(data: Data) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the label and the pairs of every bad form: all fields at once, then one by one."""
    good = [(name, quote_plus(value, safe="{}")) for name, value in data.items()]
    yield "as it should be", good
    yield "nothing", []
    yield "100,000 characters", [(name, "x" * 100_000) for name in data]
    yield "everything twice", good + [(name, "nog") for name in data]
    yield "fields nobody asked for", [*good, ("id", "1"), ("recorded_by_id", "1"), ("a%00", "b")]
    for label, value in BYTES.items():
        yield label, [(name, value) for name in data]
        if label == "script":
            yield from one_by_one(good, label, value)
    for value in chain(DAYS, IDS):
        if value in EVERYWHERE:
            yield value, [(name, value) for name in data]
        for name, usual in data.items():
            is_day = re.fullmatch(r"\d{4}-\d\d-\d\d", usual) is not None
            is_id = usual.startswith("{") or usual.isdigit()
            if (is_day and value in DAYS) or (is_id and value in IDS):
                yield from one_by_one(good, f"{name}={value}", value, only=name)


def body_of(data: Data) -> str:
    """Return the form as it travels, before the ids of this world stand in it."""
    return "&".join(f"{name}={quote_plus(value, safe='{}')}" for name, value in data.items())


def one_by_one(
    good: list[tuple[str, str]], label: str, value: str, *, only: str | None = None
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for changed in (name for name, _ in good if only in {None, name}):
        pairs = [(name, value if name == changed else usual) for name, usual in good]
        yield f"{label} in {changed}", pairs


Answers = dict[tuple[str, str], int]


def on_every_engine(app_on: Callable[..., Flask], run: Callable[[Visitors], Answers]) -> None:
    """Do the same on both databases and compare the answers."""
    found = {}
    for engine in ENGINES:
        app = app_on(engine, "forms")
        with app.app_context():
            try:
                visitors = Visitors(app)
                with visitors.watching():
                    found[engine] = run(visitors)
            finally:
                db.session.remove()
                db.engine.dispose()
    first, *others = found.values()
    assert len(first) > 0
    for other in others:
        assert first == other


def rules_of(app: Flask) -> dict[str, str]:
    return {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}


def post_everything(visitors: Visitors, forms: list[str]) -> Answers:
    rules, answers, faults = rules_of(visitors.app), {}, []
    for endpoint in forms:
        persona, data = FORMS[endpoint]
        path = visitors.fill(PATHS.get(endpoint, rules[endpoint]))
        for label, pairs in bodies(data):
            body = visitors.fill("&".join(f"{name}={value}" for name, value in pairs))
            visitors.written.clear()
            status, page = visitors.send(persona, path, body)
            where = (endpoint, label)
            faults += [f for f, is_wrong in (
                ((*where, status), status not in ALLOWED), ((*where, "html"), SCRIPT in page),
                ((*where, "stored", *visitors.written), status >= 400 and visitors.written),
            ) if is_wrong]  # fmt: skip
            answers[where] = status
    assert faults == []
    accepted = {endpoint for (endpoint, _), status in answers.items() if status in {200, 303}}
    assert set(forms) - accepted == NEVER_ACCEPTED & set(forms)
    return answers


def ask_everything(visitors: Visitors, endpoints: list[str]) -> Answers:
    rules, answers, faults = rules_of(visitors.app), {}, []
    for endpoint in endpoints:
        names = ASKED[endpoint]
        usual = endpoint not in ROWS or "lead" in ROWS[endpoint][0]
        persona = "lead" if usual else ASKERS.get(endpoint.partition(".")[0], "coordinator")
        path = visitors.fill(rules[endpoint])
        for value in ASKED_FOR:
            for name in (*names, *(["&".join(names)] if len(names) > 1 else [])):
                query = visitors.fill("&".join(f"{one}={value}" for one in name.split("&")))
                where = (endpoint, f"{name}={value[:40]}")
                status, page = visitors.send(persona, f"{path}?{quote_raw(query)}")
                faults += [(*where, status)] * (status not in ALLOWED or SCRIPT in page)
                answers[where] = status
    assert faults == []
    assert visitors.written == set()
    return answers


def quote_raw(query: str) -> str:
    """Return the query as a browser could send it: no raw control characters or spaces."""
    return quote_from_bytes(query.encode("latin-1"), safe="%&=-:+.")


def test_every_form_and_every_question_in_an_address_has_a_row(app):
    rules = list(app.url_map.iter_rules())
    assert set(FORMS) == {rule.endpoint for rule in rules if "POST" in rule.methods}
    assert set(ASKED) <= {rule.endpoint for rule in rules if "GET" in rule.methods}


@pytest.mark.parametrize("part", range(PARTS))
def test_no_form_fails_or_stores_what_it_refuses(app_on, part):
    forms = list(FORMS)[part::PARTS]
    on_every_engine(app_on, lambda visitors: post_everything(visitors, forms))


@pytest.mark.parametrize("part", range(PARTS))
def test_no_address_fails_and_none_changes_anything(app_on, part):
    endpoints = list(ASKED)[part::PARTS]
    on_every_engine(app_on, lambda visitors: ask_everything(visitors, endpoints))


def test_an_id_that_cannot_exist_or_belongs_elsewhere_is_not_there(app):
    visitors = Visitors(app)
    with visitors.watching():
        for endpoint, rule in rules_of(app).items():
            names = re.findall(r"<(?:id|number):(\w+)>", rule)
            persona = FORMS[endpoint][0] if endpoint in FORMS else "lead"
            for name, strange in product(names, (*STRANGE_IDS, str(2**31 - 1))):
                given = rule.replace(f"<id:{name}>", strange).replace(f"<number:{name}>", strange)
                body = "" if endpoint in FORMS else None
                status, _ = visitors.send(persona, visitors.fill(given), body)
                assert status in {403, 404, 405, 409}, (endpoint, strange, status)
    assert visitors.written == set()


@pytest.mark.parametrize("endpoint", ["residents.edit_contact", "residents.edit_member"])
def test_the_people_of_one_dossier_are_not_there_in_another(app, endpoint):
    visitors = Visitors(app)
    elsewhere = rules_of(app)[endpoint].replace("<number:number>", "{other}")
    assert visitors.send("lead", visitors.fill(elsewhere))[0] == 404
    visitors.values |= {"contact_id": visitors.world.places["Buren"].contact.id,
                        "member_id": visitors.world.places["Buren"].member.id}  # fmt: skip
    assert visitors.send("lead", visitors.fill(rules_of(app)[endpoint]))[0] == 404


def test_without_its_token_no_form_changes_anything(app):
    visitors = Visitors(app)
    app.config["WTF_CSRF_ENABLED"] = True
    for persona in {persona for persona, _ in FORMS.values()}:
        visitors.clients[persona] = signed_in(app, visitors.world, persona)
    with visitors.watching():
        for endpoint, (persona, data) in FORMS.items():
            clients = dict(visitors.clients)
            path = visitors.fill(rules_of(app)[endpoint])
            status, _ = visitors.send(persona, path, visitors.fill(body_of(data)))
            assert (endpoint, status) == (endpoint, 401)
            visitors.clients = clients
    assert visitors.written == set()


WRONG_DAY = {  # endpoint: (the field that is wrong, the text that must stay)
    "caseload.create_dossier": ("birth_date", "reason"),
    "conversations.create": ("held_on", "report"),
    "residents.update": ("birth_date", "approach"),
    "tracks.update": ("valid_from", "reason"),
    "worklist.note_pension": ("postponed_to", "note"),
}


@pytest.mark.parametrize("endpoint", WRONG_DAY)
def test_a_wrong_date_leaves_what_was_typed(app, endpoint):
    visitors, (wrong, typed) = Visitors(app), WRONG_DAY[endpoint]
    story = 'Een lang verhaal met é en <teken> & "aanhaling".'
    path = visitors.fill(rules_of(app)[endpoint])
    for day in ("2020-02-30", "gisteren", "99999-1-1", ""):
        body = body_of(FORMS[endpoint][1] | {wrong: day, typed: story})
        status, page = visitors.send(FORMS[endpoint][0], path, visitors.fill(body))
        assert (day, status) == (day, 422)
        assert "Een lang verhaal met é en &lt;teken&gt; &amp; " in page
        assert not day or f'value="{day}"' in page


def test_the_password_of_the_tests_is_not_the_one_that_is_tried():
    assert FORMS["accounts.update_password"][1]["password"] != PASSWORD
