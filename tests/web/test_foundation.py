"""What holds on every answer: headers, health, errors, settings of the database, logs."""

import json
import logging
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from kp4web.domain.actor import Role
from kp4web.extensions import db, reading
from kp4web.web import access
from kp4web.web.logs import JsonLines
from tests.factories import make_dossier, make_user

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_an_endpoint_without_a_rule_stops_the_application():
    app = Flask("trial")
    app.add_url_rule("/secret", "secret", lambda: "x")
    with pytest.raises(RuntimeError, match="secret"):
        access.init_app(app)


@pytest.mark.parametrize("path", ["/inloggen", "/bestaat-niet", "/healthz", "/static/js/kp4.js"])
def test_every_answer_carries_the_security_headers(http, path):
    with http.get(path) as response:
        headers = response.headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Permissions-Policy" in headers
    if not path.startswith("/static"):
        assert headers["Cache-Control"] == "no-store"


def test_files_are_kept_by_the_browser_only_under_an_address_with_a_version(http):
    page = http.get("/inloggen").text
    address = page.split('<script src="')[1].split('"')[0]
    for path, kept in ((address, True), ("/static/js/kp4.js", False)):
        with http.get(path) as response:
            assert ("immutable" in response.headers["Cache-Control"]) is kept


def test_every_style_sheet_is_sent_in_the_one_file_of_the_page(app, http):
    address = http.get("/inloggen").text.split('rel="stylesheet" href="')[1].split('"')[0]
    sent = http.get(address)
    assert sent.mimetype == "text/css"
    assert "immutable" in sent.headers["Cache-Control"]
    sheets = Path(app.static_folder, "css").glob("*.css")
    left_out = [path.stem for path in sheets if path.read_bytes() not in sent.data]
    assert left_out == ["print"]


def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(http):
    cookie = http.get("/inloggen").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_health_needs_no_session(http):
    assert http.get("/healthz").json == {"status": "ok"}
    assert http.get("/readyz").json == {"status": "ok"}


def test_readiness_tells_when_the_database_is_not_there(app, http, monkeypatch):
    def gone(*_args, **_kwargs):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(db.session, "execute", gone)
    assert http.get("/readyz").status_code == 503


def test_an_unknown_page_answers_in_dutch(http):
    response = http.get("/bestaat-niet")
    assert response.status_code == 404
    assert "Deze pagina bestaat niet of is niet voor u." in response.text


@pytest.mark.parametrize("number", ["KP4-2026-0000", "KP4-1-1", "x" * 5000, "%00", "2147483648"])
def test_a_number_that_is_no_dossier_is_not_found(http_as, number):
    assert http_as(make_user()).get(f"/dossiers/{number}/traject").status_code == 404


def test_too_much_text_is_refused_with_a_sentence(http_as):
    dossier = make_dossier()
    response = http_as(make_user(Role.COORDINATOR)).post(
        f"/dossiers/{dossier.number}/traject", data={"reason": "x" * 2_100_000}
    )
    assert response.status_code == 413
    assert "te veel tekst" in response.text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_a_failure_is_a_sentence_and_leaves_no_trace_of_the_data(
    app, http_as, monkeypatch, caplog, headers
):
    http = http_as(make_user(Role.COORDINATOR))
    dossier = make_dossier()

    def fail(*_args, **_kwargs):
        raise ValueError("Geheimzinnig 999990019")

    monkeypatch.setattr("kp4web.tracks.views.queries.course_for", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.INFO, logger="kp4web"):
        logging.getLogger("kp4web").propagate = True
        response = http.post(
            f"/dossiers/{dossier.number}/traject", data={"reason": "Blijft staan."}, headers=headers
        )
        logging.getLogger("kp4web").propagate = False
    assert response.status_code == 500
    assert "Er is niets veranderd." in response.text
    assert ("Blijft staan." in response.text) is (not headers)
    assert response.headers.get("HX-Retarget") == ("#message" if headers else None)
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any(json.loads(line).get("error") == "ValueError" for line in lines)
    assert not any("Geheimzinnig" in line or "999990019" in line for line in lines)


def test_another_site_never_gets_a_filled_form_back(app, http_as):
    app.config["WTF_CSRF_ENABLED"] = True
    http = http_as(make_user(Role.COORDINATOR))
    dossier = make_dossier()
    path, data = f"/dossiers/{dossier.number}/traject", {"reason": "Blijft staan."}
    own = http.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"})
    foreign = http.post(path, data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert (own.status_code, foreign.status_code) == (401, 401)
    assert "Blijft staan." in own.text
    assert "Blijft staan." not in foreign.text


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_sqlite_keeps_what_was_committed_and_checks_its_references(app):
    for _ in range(3):
        with db.engine.connect() as connection:
            found = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
            assert found == ["wal", 2, 1, 10000]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_reading_does_not_wait_for_writing_on_sqlite(app):
    with db.engine.connect() as writer:
        writer.execute(text("SELECT 1"))  # begins as a writer
        token = reading.set(True)
        try:
            with db.engine.connect() as reader:
                assert reader.scalar(text("SELECT last_id FROM audit_head")) == 0
        finally:
            reading.reset(token)
