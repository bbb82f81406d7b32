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
from tests.conftest import TODAY
from tests.databases import ENGINES
from tests.factories import PASSWORD
from tests.subjects import TEXT, subjects_of
from tests.web.test_matrix import ROWS
from tests.world import World, make_world, paths_of

pytestmark = pytest.mark.forms
DAY = TODAY.isoformat()
ALLOWED = {200, 303, 400, 401, 403, 404, 409, 413, 422, 429}
SCRIPT = "<script>\"'"
PARTS = 6  # of one long test, so that the workers can share it
CHANGE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
UNCOUNTED = {"audit_entry", "audit_head", "sign_in_attempt", "user_session"}
"""Tables in which reading and signing in write too."""

Data = dict[str, str]
EXEMPTION = {
    "ground": "9-2", "reason": "zorgtaken", "justification": TEXT, "starts_on": DAY,
    "ends_on": "2027-05-01", "review_on": "", "seen_on": "", "requested_on": "",
    "child_born_on": "", "decided_on": "", "decision_reference": "Z-1",
    "organisation": "{team}", "note": "", "shown": "",
}  # fmt: skip
FORMS: dict[str, tuple[str, Data]] = {  # endpoint: (who may, what a good form sends)
    "accessrequests.create": (
        "coordinator", {"received_on": DAY, "identity": "digid", "identity_note": TEXT},
    ),
    "accessrequests.release": ("privacy", {}),
    "accessrequests.return_": ("privacy", {"reason": TEXT}),
    "accessrequests.withdraw": ("coordinator", {"reason": TEXT}),
    "accounts.create_session": ("lead", {"email": "x@y.example", "password": "", "verder": "/"}),
    "accounts.end_session": ("lead", {}),
    "accounts.sign_out": ("fg", {}),
    "accounts.update_password": (
        "policy", {"password": "fout", "new_password": TEXT, "repeat_password": TEXT},
    ),
    "breakglass.create": ("coordinator", {"reason": "De vaste consulent is vandaag ziek."}),
    "breakglass.delete": ("coordinator", {}),
    "caseload.assign": (
        "coordinator",
        {"dossier": "{other}", "user": "{colleague}", "reason": TEXT, "page": "caseload",
         "pagina": "1"},
    ),
    "caseload.create_dossier": (
        "coordinator",
        {"initials": "A.", "given_name": "An", "prefix": "de", "surname": "Proef",
         "birth_date": "1980-02-01", "bsn": "", "street": "Dam 1", "postcode": "4191 AB",
         "town": "Geldermalsen", "phone": "0345 123456", "opened_on": "2026-02-01",
         "kind": "rest", "valid_from": "2026-02-01", "planned_end": "2027-01-31",
         "reason": TEXT, "partner_of": "{other}", "user": "{colleague}", "confirmed": ""},
    ),
    "conversations.create": (
        "lead",
        {"outcome": "held", "held_on": DAY, "held_at": "00:00", "channel": "phone",
         "participants": "resident", "participants_asked": "1", "report": TEXT,
         "follow_up_on": DAY, "follow_up_what": TEXT, "talk_at": "23:59", "talk_how": "home",
         "talk_minutes": "45", "talk_place": TEXT, "is_activation": "y",
         "activation_reason": TEXT, "done": "{talked_about}",
         "life_areas": "work", "participation_step": "2", "agreements-0-what": TEXT,
         "agreements-0-who": "resident", "agreements-0-due_on": DAY,
         "submission": "", "terug": "/werkvoorraad"},
    ),
    "conversations.create_attempt": (
        "lead",
        {"outcome": "no_show", "submission": "", "terug": "/", "rij": "1", "opvolging": "1"},
    ),
    "conversations.create_message": ("colleague", {"text": TEXT, "submission": ""}),
    "conversations.settle_message": ("lead", {"terug": "/"}),
    "corrections.update_assignment": (
        "coordinator",
        {"verdict": "changed", "user": "{colleague}", "valid_from": "2026-11-01", "valid_to": DAY,
         "reason": TEXT, "why": TEXT, "also_on": DAY, "known": "1", "submission": "", "stap": ""},
    ),
    "corrections.update_track": (
        "lead",
        {"verdict": "changed", "kind": "rest", "valid_from": "2026-06-01",
         "planned_end": "2027-05-01", "avoid": TEXT, "stop_reason": "moved", "reason": TEXT,
         "why": TEXT, "also_on": DAY, "known": "1", "submission": "", "stap": ""},
    ),
    "corrections.see": ("lead", {}),
    "decisions.update": (
        "intake",
        {"profile": "4", "decided_on": DAY, "justification": TEXT, "note": TEXT,
         "basis": "elsewhere", "basis_reason": TEXT, "instrument": TEXT, "measured_on": DAY,
         "measured_profile": "3", "reference": TEXT, "score_work": "40", "why": TEXT,
         "known": "1", "submission": "", "stap": ""},
    ),
    "decisions.create": (
        "intake",
        {"profile": "4", "justification": TEXT, "note": TEXT, "basis": "elsewhere",
         "basis_reason": TEXT, "instrument": TEXT, "measured_on": DAY, "measured_profile": "3",
         "reference": "X-1", "score_work": "62", "score_health": "rood", "score_social": "",
         "score_housing_money": "5,5", "score_justice": "", "questionnaire": ""},
    ),
    "directory.results": ("income", {"term": "Jansen"}),
    "drafts.delete": ("lead", {"terug": "/"}),
    "exemptions.correct": ("lead", EXEMPTION | {"note": TEXT}),
    "exemptions.create": ("lead", EXEMPTION),
    "exemptions.end": ("lead", {"on": DAY, "note": TEXT, "shown": ""}),
    "exemptions.extend": (
        "lead", EXEMPTION | {"starts_on": "", "ends_on": "2029-05-01", "note": TEXT},
    ),
    "exemptions.lapse": ("lead", {"note": TEXT, "shown": ""}),
    "exemptions.plan": ("lead", {"on": DAY, "note": TEXT, "shown": ""}),
    "exemptions.review": ("lead", {"on": DAY, "review_on": "", "note": TEXT, "shown": ""}),
    "grounds.create": ("operator", {"code": "extra", "name": "Extra", "from_on": DAY}),
    "grounds.retire": ("operator", {"code": "anders", "on": DAY}),
    "signals.answer": ("income", {"outcome": "applied", "on": DAY, "text": TEXT}),
    "signals.approve": ("coordinator", {"reason": TEXT}),
    "signals.return_": ("coordinator", {"reason": TEXT}),
    "signals.see": ("lead", {}),
    "signals.update": (
        "lead",
        {"ground": "refuses_contact", "explanation": TEXT, "culpability": TEXT,
         "urgent_reasons": TEXT, "heard_on": DAY, "agreement": "", "track_start": TEXT,
         "revision": "", "submits": ""},
    ),
    "signals.withdraw": ("lead", {"reason": TEXT}),
    "figures.create_count": ("coordinator", {"counted_on": DAY, "households": "9", "source": "X"}),
    "handovers.accept": ("coordinator", {"reopen": "{other}"}),
    "handovers.create": ("intake", {"note": TEXT}),
    "handovers.return_": ("coordinator", {"reason": TEXT}),
    "departures.create": ("lead", {"note": TEXT, "talk_wanted": "y"}),
    "handovers.choose_coach": ("agency coordinator", {"coach": "{coach}"}),
    "handovers.note_read": ("lead", {}),
    "handovers.plan_talk": (
        "lead", {"wanted": "y", "planned_on": "2026-11-20", "held_on": "2026-11-18"},
    ),
    "handovers.tell": ("job coach", {"text": TEXT}),
    "handovers.withdraw": ("intake", {}),
    "intake.create": (
        "intake",
        {"initials": "A.", "given_name": "An", "prefix": "de", "surname": "Aanvrager",
         "birth_date": "1980-02-01", "bsn": "", "municipality": "{municipality}",
         "registered_on": DAY, "street": "Dam 1", "postcode": "4191 AB", "town": "Tiel",
         "phone": "0345 123456", "email": "an@example.org", "contact_preference": "phone",
         "interpreter": "", "approach": TEXT, "members-0-name": "Jan",
         "members-0-relation": "child", "members-0-birth_date": "2015-03-01",
         "partner_of": "{application_id}", "submission": "", "confirmed": ""},
    ),
    "intake.update": (
        "intake",
        {"initials": "A.", "surname": "Aangepast", "birth_date": "1980-02-02",
         "municipality": "{municipality}", "registered_on": DAY, "contact_preference": "",
         "members-0-name": "Jan", "members-0-relation": "child", "members-0-birth_date": DAY},
    ),
    "intake.bsn": ("intake", {}),
    "intake.take": ("intake", {}),
    "intake.close": ("intake", {"closing": "other", "note": TEXT}),
    "moves.create": (
        "lead", {"verzet": "{follow_up_id}_2026-11-17_2026-12-01", "terug": "/werkvoorraad"},
    ),
    "needs.update": ("lead", {"text": TEXT, "terug": "/"}),
    "organisations.create": (
        "operator", {"kind": "municipality", "name": "Proefdorp", "team": TEXT},
    ),
    "organisations.update": (
        "operator",
        {"name": "Gemeente West Betuwe", "team": TEXT, "phone": "14 0345", "reachable": TEXT},
    ),
    "organisations.update_norms": (
        "administrator",
        {"investigation_contact_weeks": "5", "support_contact_months": "2", "classify_weeks": "9",
         "rest_decision_weeks": "4", "rest_max_months": "6", "floor_months": "9"},
    ),
    "outlines.create": ("coordinator", {"name": "Nieuw", "headings": "Werk", "revision": ""}),
    "outlines.restore": ("coordinator", {}),
    "outlines.retire": ("coordinator", {}),
    "outlines.update": ("coordinator", {"name": "Zo", "headings": "Thuis", "revision": "1"}),
    "privacy.explain": ("lead", {"person": "", "field": "bsn", "number": "{number}"}),
    "questionnaires.answer": (
        "lead",
        {"question": "gez_energie", "was.gez_energie": "0:", "answer.gez_energie": "2",
         "shown": "gez_energie", "keep": "gez_energie"},
    ),
    "questionnaires.update": (
        "lead",
        {"was.gez_hulp": "0:", "answer.gez_hulp": "ggz", "was.gez_verklaring": "0:",
         "answer.gez_verklaring": "ja", "was.gez_verklaring_datum": "0:",
         "answer.gez_verklaring_datum": "2025-03-02", "skip.gez_verklaring_datum": "",
         "stay": "1"},
    ),
    "questionnaires.create_for_application": ("intake", {}),
    "questionnaires.create_for_dossier": ("lead", {}),
    "questionnaires.discard": ("lead", {"reason": TEXT}),
    "questionnaires.complete": ("lead", {}),
    "reports.answer": ("lead", {"answer": TEXT, "terug": "/"}),
    "reports.ask": ("coordinator", {"question": TEXT, "submission": "", "terug": "/"}),
    "reports.create_addition": (
        "lead",
        {"kind": "response", "text": TEXT, "reason": TEXT, "said_on": DAY, "submission": "",
         "terug": "/"},
    ),
    "reports.settle": ("coordinator", {"terug": "/"}),
    "residents.create_contact": (
        "lead",
        {"name": "An", "role": "zus", "organisation": "x", "phone": "0345 123456",
         "since": DAY, "until": DAY, "discussed_on": DAY},
    ),
    "residents.create_member": (
        "lead",
        {"name": "Jan", "relation": "child", "birth_date": DAY, "since": DAY, "until": DAY},
    ),
    "residents.update": (
        "lead",
        {"initials": "A.", "given_name": "An", "prefix": "de", "surname": "Proef",
         "birth_date": "1980-02-01", "street": "Dam 1", "postcode": "4191 AB", "town": "Tiel",
         "phone": "0345 123456", "email": "an@example.org", "contact_preference": "",
         "interpreter": "", "approach": TEXT},
    ),
    "residents.update_contact": ("lead", {"name": "An", "role": "zus", "since": DAY}),
    "residents.update_member": ("lead", {"name": "Jan", "relation": "child", "birth_date": DAY}),
    "accounts.update_shortcuts": ("lead", {"aan": "nee"}),
    "digest.update": ("lead", {"rhythm": "weekly", "weekday": "2"}),
    "search.create_filter": (
        "lead",
        {"name": "Zorg", "traject": "support", "groep": "", "subgroep": "", "consulent": "mij",
         "sort": "naam"},
    ),
    "search.delete_filter": ("lead", {}),
    "search.rename_filter": ("lead", {"name": "Rust"}),
    "search.results": ("lead", {"term": "Jansen 01-02-1980"}),
    "timeline.reveal_bsn": ("lead", {}),
    "tracks.update": (
        "lead",
        {"kind": "rest", "valid_from": DAY, "planned_end": "2027-06-01", "avoid": TEXT,
         "keep": "{follow_up_id}", "keep_asked": "1", "stop_reason": "", "reason": TEXT},
    ),
    "tracks.update_subgroups": ("lead", {"subgroup": "language", "since": DAY}),
    "transfers.choose": (
        "coordinator", {"what": "leave", "dossier": "{other}", "traject": "rest", "pagina": "1"},
    ),
    "transfers.create": (
        "coordinator",
        {"municipality": "{municipality}", "decided_on": DAY, "effective_on": DAY,
         "reference": TEXT, "note": TEXT, "tracks": "support", "leads": "0"},
    ),
    "transfers.divide": (
        "coordinator",
        {"how": "to", "user": "{colleague}", "users": "{colleague}", "dossier": "{other}",
         "traject": "rest", "pagina": "1"},
    ),
    "transfers.execute": ("coordinator", {}),
    "transfers.step": ("coordinator", {"step": "offered", "reason": TEXT}),
    "transfers.update": (
        "coordinator",
        {"decided_on": DAY, "effective_on": DAY, "reference": TEXT, "note": TEXT},
    ),
    "users.create": (
        "administrator",
        {"name": "Nieuw", "email": "nieuw@y.example", "organisation": "1", "roles": "consultant",
         "phone": "14 0345"},
    ),
    "users.create_password": ("administrator", {}),
    "users.update_phone": ("administrator", {"phone": "0345 12 34 56"}),
    "users.update_roles": ("administrator", {"roles": "consultant"}),
    "versions.create": ("operator", {"file": TEXT}),
    "versions.put_in_force": ("operator", {"organisation": "2", "from_on": DAY}),
    "worklist.create": (
        "lead",
        {"due_on": DAY, "what": TEXT, "talk_at": "23:59", "talk_how": "home", "talk_minutes": "45",
         "talk_place": TEXT, "is_activation": "y", "activation_reason": TEXT,
         "user": "{colleague}", "terug": "/", "rij": "1"},
    ),
    "worklist.move": (
        "lead",
        {"due_on": DAY, "starts_at": "23:59", "terug": "/werkvoorraad?pagina=2", "rij": "1"},
    ),
    "worklist.note_pension": ("lead", {"note": TEXT, "postponed_to": DAY, "uitstel": "1"}),
    "worklist.complete": ("lead", {"terug": "/", "rij": "1"}),
    "worklist.undo": ("lead", {"terug": "/"}),
    "worklist.settle_agreement": ("lead", {"ending": "kept", "terug": "/", "rij": "1"}),
    "users.close": ("administrator", {}),  # last: then there is nobody to change
}  # fmt: skip
NEVER_ACCEPTED = {
    "accounts.create_session", "accounts.end_session", "accounts.update_password",
    "search.delete_filter", "search.rename_filter",  # nobody's filter
    "drafts.delete",  # nobody's draft
    "versions.create",  # takes a file
    "transfers.divide", "transfers.execute",  # for who receives, and once it is confirmed
}  # fmt: skip
PATHS = {  # endpoint: where its good form belongs, when that is not the row of the world
    "accessrequests.create": "/dossiers/{fresh_dossier}/inzageverzoeken",
    "accessrequests.release": "/privacy/inzageverzoeken/{to_release}/vrijgave",
    "accessrequests.return_": "/privacy/inzageverzoeken/{to_return}/terugzending",
    "exemptions.create": "/dossiers/{unexempted}/ontheffing",
    "exemptions.end": "/dossiers/{to_end}/ontheffing/einde",
    "exemptions.extend": "/dossiers/{to_extend}/ontheffing/verlenging",
    "exemptions.plan": "/dossiers/{planned}/ontheffing/plan",
    "transfers.step": "/overgangen/{second_transfer}/stappen",
    "signals.approve": "/maatregelsignalen/{judged}/goedkeuring",
    "signals.return_": "/maatregelsignalen/{returned_signal}/terugzending",
    "signals.see": "/maatregelsignalen/{seen}/gezien",
    "signals.update": "/dossiers/{unexempted}/maatregelsignaal",
    "signals.withdraw": "/maatregelsignalen/{draft}/intrekking",
    "handovers.create": "/aanvragen/{returned}/overdrachten",
    "decisions.create": "/aanvragen/{undecided}/profielbepalingen",
    "handovers.return_": "/overdrachten/{second_handover}/terugzending",
    "departures.create": "/dossiers/{to_offer}/overdracht",
    "handovers.choose_coach": "/overdrachten/{to_choose}/klantmanager",
    "handovers.note_read": "/overdrachten/{told}/terugmelding/lezing",
    "handovers.plan_talk": "/overdrachten/{to_choose}/gesprek",
    "handovers.tell": "/overdrachten/{guided}/terugmelding",
    "handovers.withdraw": "/overdrachten/{third_handover}/intrekking",
    "questionnaires.create_for_application": "/aanvragen/{new_application}/vragenlijsten",
    "questionnaires.create_for_dossier": "/dossiers/{fresh_dossier}/vragenlijsten",
    "questionnaires.discard": "/vragenlijsten/{second_questionnaire}/verwijdering",
    "reports.answer": "/gespreksvragen/{open_question}/antwoord",
    "intake.close": "/aanvragen/{open_application}/afsluiten",
}
ASKED: dict[str, tuple[str, ...]] = {  # endpoint: what its address may carry
    "accounts.sign_in": ("verder",),
    "agenda.index": ("week", "maand"),
    "caseload.index": ("pagina",),
    "conversations.new": ("terug",),
    "conversations.new_attempt": ("terug", "rij", "opvolging"),
    "conversations.new_message": ("terug",),
    "conversations.next_attempt": ("terug", "rij", "opvolging"),
    "decisions.outcome": ("wat",),
    "exemptions.index": ("welke", "pagina"),
    "exemptions.report": ("peildatum", "bekend_op"),
    "figures.dossiers": ("peildatum", "bekend_op", "inactief", "traject", "volgorde", "pagina"),
    "figures.show": ("peildatum", "bekend_op", "inactief"),
    "handovers.index": ("status", "pagina", "richting", "alleen"),
    "intake.index": ("status", "gemeente", "mijn", "pagina"),
    "logbook.export": ("dossier", "gebruiker", "handeling", "relatie", "van", "tot"),
    "logbook.index": ("dossier", "gebruiker", "handeling", "relatie", "van", "tot", "voor"),
    "logbook.looked": ("wie", "voor"),
    "logbook.unusual": ("van", "tot"),
    "moves.index": ("verzet", "terug"),
    "moves.new": ("opvolging", "naar", "op", "terug"),
    "needs.index": ("kop",),
    "reports.question": ("terug",),
    "reports.questions": ("terug",),
    "search.index": ("traject", "groep", "subgroep", "consulent", "sort", "pagina"),
    "timeline.show": ("soort", "voor"),
    "transfers.dossiers": ("traject", "lijst", "bevinding", "pagina"),
    "worklist.agreement": ("terug", "rij"),
    "worklist.edit": ("terug", "rij"),
    "worklist.index": ("groep", "traject", "soort", "pagina", "alles", "kies"),
    "worklist.new": ("terug", "rij"),
    "worklist.pension": ("uitstel", "terug", "rij"),
}
ASKERS = {"logbook": "fg", "intake": "intake"}  # who may ask what the lead may not
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
