"""
Every page that shows somebody leaves one entry, with whom it showed; no other page does.

The whole route list is walked (GET, as somebody who may) and the entries are compared with the
answers: the rule of the log (3-visibility, rule 5), counted.
"""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from kp4web.audit import queries as audit
from kp4web.audit.commands import ACTIVITY, record
from kp4web.audit.models import ACTS, AuditEntry
from kp4web.audit.queries import subjects_of
from kp4web.clients.models import Client
from kp4web.domain.policy import Relation
from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from tests.conversation_pages import fields
from tests.factories import actor
from tests.web.test_matrix import ROWS, routes
from tests.world import PERSONAS, make_world, paths_of

pytestmark = pytest.mark.world
ABOUT_NOBODY = {  # pages that show no resident and no applicant
    "accounts.extend_session", "accounts.shortcuts", "accounts.show", "administration.index",
    "caseload.new_dossier", "organisations.edit", "organisations.index", "organisations.new",
    "decisions.figures", "digest.show", "directory.index", "figures.new_count", "grounds.index",
    "intake.new", "outlines.edit", "outlines.index", "outlines.new", "privacy.show",
    "search.filters", "search.show", "start.index", "transfers.edit", "transfers.index",
    "transfers.new", "users.edit", "users.index", "users.new",
    "versions.index", "versions.show",
}  # fmt: skip
EMPTY_HERE = {"departures.nobody", "handovers.index"}  # lists without anybody on them: no entry
REASON = "De vaste consulent is ziek en de inwoner belt."
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Walker:
    """Signed-in clients by persona, and the entries that each request leaves."""

    def __init__(self, app, http_as):
        self.world, self.http_as, self.clients = make_world(), http_as, {}
        self.values = paths_of(self.world, "West Betuwe")
        self.names = dict(db.session.execute(select(Client.surname, Client.id)).all())
        self.dossiers = dict(db.session.execute(select(Dossier.id, Dossier.client_id)).all())

    def open(self, persona, address, method="GET", **more):
        """Return the answer and the entries it left."""
        if persona not in self.clients:
            self.clients[persona] = self.http_as(self.world.users[persona])
            self.clients[persona].checks_html = False  # the matrix of pages does
        last = db.session.scalar(select(func.max(AuditEntry.id))) or 0
        db.session.rollback()
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(self.values[part[1]]), address)
        answer = self.clients[persona].open(address, method=method, **more)
        query = select(AuditEntry).where(AuditEntry.id > last).order_by(AuditEntry.id)
        return answer, db.session.scalars(query).all()

    def shown_on(self, page):
        """Return the clients whose name stands on a page."""
        return {client_id for surname, client_id in self.names.items() if surname in page}

    def check_fields(self, entry, persona):
        """Check the fields of Logboek Dataverwerkingen and our own."""
        user, subjects = self.world.users[persona], set(subjects_of(entry))
        assert re.fullmatch("[0-9a-f]{32} [0-9a-f]{16}", f"{entry.trace_id} {entry.span_id}")
        assert (entry.activity, entry.status) == (ACTIVITY, "ok")
        assert entry.started_at < entry.ended_at
        assert entry.action in ACTS
        assert (entry.user_id, entry.organisation_id) == (user.id, user.organisation_id)
        assert entry.roles == PERSONAS[persona][1]
        assert set(filter(None, entry.relation.split(","))) <= set(Relation)
        if entry.dossier_id is not None:
            assert entry.relation
            assert subjects == {self.dossiers[entry.dossier_id]}
        assert "Kanarie" not in json.dumps(entry.detail) + entry.reason
        if subjects:  # whom a page showed is not to be read without the key
            assert b"[" not in bytes(entry.subjects_sealed)[:3]


def test_one_entry_for_each_page_that_shows_somebody_with_whom_it_shows(app, http_as):
    walker, listed, wrong = Walker(app, http_as), {}, []
    pages = [(endpoint, rule.rule) for endpoint, method, rule in routes(app) if method == "GET"]
    for endpoint, address in pages:
        persona = next((name for name in PERSONAS if name in ROWS[endpoint][0]), None)
        if persona is None:
            continue
        answer, made = walker.open(persona, address)
        shows = endpoint not in ABOUT_NOBODY | EMPTY_HERE
        expected = int(answer.status_code == 200 and shows)
        if len(made) != expected:
            wrong.append((endpoint, persona, answer.status_code, [entry.action for entry in made]))
        for entry in made:
            walker.check_fields(entry, persona)
        logged = {client_id for entry in made for client_id in subjects_of(entry)}
        listed[endpoint] = walker.shown_on(answer.text)
        assert (endpoint, listed[endpoint] - logged) == (endpoint, set())
    assert wrong == []
    for page in ("search.index", "worklist.index", "timeline.show", "exemptions.index"):
        assert listed[page]  # otherwise nothing was compared
    assert set(listed) >= ABOUT_NOBODY


def test_a_search_leaves_one_entry_with_whom_it_found(app, http_as):
    walker = Walker(app, http_as)
    answer, made = walker.open("lead", "/zoeken", "POST", data={"term": "Kanarie"})
    found = walker.shown_on(answer.text)
    assert found
    assert [set(subjects_of(entry)) for entry in made] == [found]
    walker.check_fields(made[0], "lead")


def test_fragments_of_a_page_and_saved_drafts_leave_none(app, http_as):
    walker = Walker(app, http_as)
    assert len(walker.open("lead", "/dossiers/<number>")[1]) == 1
    for address in ("/dossiers/<number>?soort=gesprek", "/dossiers/<number>?voor=2026-09-01"):
        answer, made = walker.open("lead", address, headers=FRAGMENT)
        assert (answer.status_code, made) == (200, [])
    typed = fields(concept="1", report="Half")
    for headers in (FRAGMENT, {}):
        answer, made = walker.open(
            "lead", "/dossiers/<number>/gesprekken", "POST", data=typed, headers=headers
        )
        saved = answer.status_code in {200, 303}
        assert (saved, [entry.action for entry in made if entry.action != "conversation_form"]) == (
            True, [],
        )  # fmt: skip


def test_a_header_that_asks_for_a_part_hides_no_reading(app, http_as, monkeypatch):
    """Without a page before it a part is logged as one; the whole walk, each place by itself."""
    monkeypatch.setattr(audit, "SHOWN_FOR", -timedelta(hours=1))  # as if nothing came before
    walker, silent = Walker(app, http_as), []
    pages = [(endpoint, rule.rule) for endpoint, method, rule in routes(app) if method == "GET"]
    for endpoint, address in pages:
        persona = next((name for name in PERSONAS if name in ROWS[endpoint][0]), None)
        if persona is None or endpoint in ABOUT_NOBODY | EMPTY_HERE:
            continue
        answer, made = walker.open(persona, address, headers=FRAGMENT)
        if answer.status_code == 200 and answer.data and len(made) != 1:
            silent.append((endpoint, persona, [entry.action for entry in made]))
    assert silent == []


def test_what_came_between_page_and_part_neither_hides_nor_breaks_it(app, http_as):
    walker = Walker(app, http_as)
    earlier = "/dossiers/<number>?voor=2026-09-01"
    walker.open("colleague", "/dossiers/<number>/inzien-met-reden", "POST", data={"reason": REASON})
    shown = walker.open("colleague", earlier, headers=FRAGMENT)[1]
    assert [entry.action for entry in shown] == ["dossier_read"]  # the reason is no page
    walker.open("lead", "/dossiers/<number>")
    me = actor(walker.world.users["lead"])
    record(db.session(), me, "handovers_read", now=datetime.now(UTC), handovers=[1, 2])
    db.session.commit()
    answer, made = walker.open("lead", earlier, headers=FRAGMENT)
    assert (answer.status_code, made) == (200, [])
