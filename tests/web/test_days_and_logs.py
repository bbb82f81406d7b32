"""Days on which dates go wrong, and what the log of the application may never hold."""

import io
import logging
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.extensions import db
from kp4web.web.logs import JsonLines
from tests.factories import make_conversation, make_dossier, make_user
from tests.world import canary, make_world

DAYS = (date(2028, 2, 29), date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 28),
        date(2026, 10, 25))  # fmt: skip


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_work_goes_on_as_on_any_other_day(app, http_as, day):
    app.config["TODAY"] = day
    lead = make_user()
    dossier = make_dossier(
        lead=lead, birth_date=date(1988, 2, 29), opened_on=date(2026, 1, 1), today=day
    )
    make_conversation(dossier, lead, today=day)
    http, number = http_as(lead), dossier.number
    report = f"/rapportages/kp4?peildatum={day}"
    pages = ("", "/gesprekken/nieuw", "/traject")
    for path in ("/werkvoorraad", "/dossiers", report, *(f"/dossiers/{number}{p}" for p in pages)):
        assert (path, http.get(path).status_code) == (path, 200)
    assert "29-02-1988" in http.get(f"/dossiers/{number}").text
    talk = {"outcome": "held", "held_on": day.isoformat(), "channel": "phone", "report": "x",
            "follow_up_on": day.isoformat(), "held_at": "00:00"}  # fmt: skip
    rest = {"kind": "rest", "valid_from": day.isoformat(), "reason": "x",
            "planned_end": (day + timedelta(days=300)).isoformat()}  # fmt: skip
    assert http.post(f"/dossiers/{number}/gesprekken", data=talk).status_code == 303
    assert http.post(f"/dossiers/{number}/traject", data=rest).status_code == 303
    for group in ("audit", "worklist"):
        assert app.test_cli_runner().invoke(args=[group, "verify"]).exit_code == 0


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_the_report_knows_days_of_23_and_25_hours(http_as, day):
    http = http_as(make_user(Role.COORDINATOR))
    assert http.get(f"/rapportages/kp4?peildatum={day}&bekend_op={day}").status_code == 200


def test_neither_log_holds_what_was_typed_or_who_it_is_about(http_as):
    stream, world = io.StringIO(), make_world()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    loggers = (logging.getLogger("kp4web"), logging.getLogger())
    for logger in loggers:
        logger.addHandler(handler)
    place = world.places["West Betuwe"]
    here, http = f"/dossiers/{place.dossier.number}", http_as(world.users["lead"])
    name, secret = canary("West Betuwe", "naam"), "Geheimzinnig"
    for path in (here, f"{here}/inwoner", f"{here}/{secret}", f"/dossiers?x={secret}"):
        http.get(path)
    http.post(f"{here}/bsn")
    talk = {"outcome": "held", "held_on": "2026-11-18", "channel": "phone", "report": secret,
            "follow_up_on": "2026-12-01", "follow_up_what": secret}  # fmt: skip
    http.post(f"{here}/gesprekken", data=talk)
    http.post(f"{here}/gesprekken", data=talk | {"held_on": secret})
    for term in (name, place.bsn, secret):
        http.post("/zoeken", data={"term": term})
    http.post("/uitloggen")
    http.post("/inloggen", data={"email": f"{secret}@x.example", "password": secret})
    for logger in loggers:
        logger.removeHandler(handler)
    db.session.rollback()
    entries = db.session.execute(select(AuditEntry.__table__)).mappings()
    logged = {"log": stream.getvalue(), "audit": "\n".join(str(dict(row)) for row in entries)}
    assert "conversations.create" in logged["log"]
    assert "bsn_reveal" in logged["audit"]
    found = [(which, word) for which, text in logged.items()
             for word in (name, place.bsn, secret) if word in text]  # fmt: skip
    assert found == []
