"""The digest by e-mail, against a real SMTP server: who gets it, what it says, exactly once."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select, text, update

from kp4web.accounts.models import User, UserRole
from kp4web.audit.models import AuditEntry
from kp4web.digest.commands import claim_digest
from kp4web.digest.models import DigestSent
from kp4web.domain.actor import Role
from kp4web.domain.digest import MOST_NUMBERS, Digest, Rhythm, SendOutcome
from kp4web.domain.errors import Forbidden, InvalidInput
from kp4web.extensions import db
from kp4web.worklist.queries import Wanted, work_for
from tests.conftest import ENCRYPTION_KEYS, TODAY
from tests.factories import actor, make_dossier, make_follow_up, make_user
from tests.mailbox import SENDER, mailbox
from tests.mailing import NOW, WEDNESDAY, busy, nightly_of, outcomes, said, wants
from tests.web.test_canaries import FIELDS
from tests.world import canary, make_world

ROOT = Path(__file__).parents[2]


@pytest.fixture
def post(app):
    """Give a mail server that the application knows."""
    with mailbox() as server:
        app.config["MAIL_SERVER"] = server.settings()
        yield server


@pytest.fixture
def nightly(app):
    """Run the command of the night."""
    return nightly_of(app)


# ---------------------------------------------------------------------- who, and when


def test_nobody_gets_one_without_asking(app, post, nightly):
    busy()
    assert nightly()[0] == 0
    assert post.messages == []
    assert outcomes() == []


def test_a_daily_digest_comes_when_something_is_late_or_due_today(app, post, nightly):
    late, today = wants(busy()), wants(busy(late=0, today=1))
    wants(busy(late=0, week=1))
    wants(make_user())
    assert nightly() == (0, said(sent=2))
    assert post.receivers == [late.email, today.email]
    assert outcomes() == [SendOutcome.SENT] * 2


@pytest.mark.parametrize("days", range(7))
def test_a_weekly_digest_comes_on_its_day_also_when_nothing_is_due(app, post, nightly, days):
    user = wants(make_user(), Rhythm.WEEKLY, weekday=WEDNESDAY)
    nightly(TODAY + timedelta(days=days))
    assert post.receivers == ([user.email] if days == 0 else [])


def test_turned_off_it_stops(app, post, nightly):
    user = wants(busy())
    wants(user, Rhythm.OFF)
    nightly()
    assert post.messages == []


@pytest.mark.parametrize("change", ["closed", "lost role"])
def test_a_closed_account_and_a_lost_role_get_nothing(app, post, nightly, change):
    user = wants(busy())
    if change == "closed":
        db.session.execute(update(User).where(User.id == user.id).values(closed_at=NOW))
    else:
        db.session.execute(
            update(UserRole).where(UserRole.user_id == user.id).values(revoked_at=NOW)
        )
    assert nightly()[0] == 0
    assert post.messages == []
    assert outcomes() == []


def test_a_coordinator_gets_what_waits_for_the_team(app, post, nightly):
    dossier = make_dossier(opened_on=TODAY - timedelta(days=20))
    wants(make_user(Role.COORDINATOR))
    assert nightly()[0] == 0
    assert dossier.number in post.messages[0].get_content()


def test_only_who_has_a_work_list_can_ask_for_it(app):
    with pytest.raises(Forbidden):
        wants(make_user(Role.INTAKE))
    with pytest.raises(InvalidInput):
        wants(make_user(), weekday=7)


def test_without_a_mail_server_the_night_does_its_other_work(app, nightly):
    wants(busy())
    code, line = nightly()
    assert code == 0
    assert line.endswith(" regels, 0 fouten.")
    assert outcomes() == []


# ---------------------------------------------------------------------- what it says


def test_the_counts_are_those_of_the_work_list(app, post, nightly):
    user = wants(busy(late=3, today=2, week=1))
    counts = work_for(db.session(), actor(user), Wanted(), today=TODAY).counts
    nightly()
    (message,) = post.messages
    body = message.get_content()
    assert (counts.late, counts.today, counts.week) == (3, 2, 1)
    assert "Te laat: 3\nVandaag: 2\nDeze week, na vandaag: 1\n" in body.replace("\r\n", "\n")
    assert len(re.findall(r"KP4-\d{4}-\d+", body)) == 5
    assert message["Subject"] == "Uw werkvoorraad van wo 18-11-2026"
    assert (message["From"], message["To"]) == (SENDER, user.email)
    assert message.get_content_type() == "text/plain"


def test_a_dossier_is_named_once_and_the_link_is_the_setting(app, post, nightly):
    user = busy()
    dossier = make_dossier(lead=user, opened_on=TODAY - timedelta(days=20))
    for days in (1, 2, 3):
        make_follow_up(
            dossier, user, due_on=TODAY - timedelta(days=days), today=TODAY - timedelta(days=5)
        )
    wants(user)
    app.config["PUBLIC_URL"] = "https://kp4.gemeente.example"
    nightly()
    body = post.messages[0].get_content()
    assert body.count(dossier.number) == 1
    assert "https://kp4.gemeente.example/werkvoorraad" in body


def test_more_pages_of_work_are_all_counted(app, post, nightly):
    wants(busy(late=27))
    nightly()
    body = post.messages[0].get_content()
    assert "Te laat: 27" in body
    assert len(re.findall(r"KP4-\d{4}-\d+", body)) == MOST_NUMBERS
    assert "en nog 7" in body


@pytest.mark.parametrize(
    ("numbers", "others"), [(0, None), (20, None), (21, "en nog 1"), (32, "en nog 12")]
)
def test_at_most_twenty_numbers_then_how_many_more(numbers, others):
    found = tuple(f"KP4-2026-{number:04d}" for number in range(numbers))
    words = Digest(TODAY, Rhythm.WEEKLY, WEDNESDAY, numbers, 0, 0, found).text(None)
    assert words.count("KP4-2026-") == min(numbers, 20)
    assert (others in words) if others else ("en nog" not in words)
    assert "elke woensdag" in words
    assert "http" not in words


@pytest.mark.world
def test_no_mail_says_anything_about_a_person(app, post, nightly):
    world = make_world()
    consulted = [world.users[name] for name in ("lead", "colleague", "coordinator", "buren lead")]
    for user in consulted:
        wants(user, Rhythm.WEEKLY)
    assert nightly()[0] == 0
    assert sorted(post.receivers) == sorted(user.email for user in consulted)
    words = {
        word.lower()
        for (found,) in db.session.execute(
            text("SELECT surname FROM client UNION SELECT what FROM follow_up"
                 " UNION SELECT report FROM conversation UNION SELECT name FROM user_account"
                 " UNION SELECT text FROM message UNION SELECT town FROM client")
        )
        for word in re.findall(r"[^\W\d]{5,}", found or "")
    }  # fmt: skip
    allowed = {"dossiers", "werkvoorraad", "vandaag", "beurt"}
    canaries = {canary(place, what).lower() for place in world.places for what in FIELDS}
    assert canaries & words
    for message in post.messages:
        plain = re.sub(r"\S+@\S+", "", str(message).lower())
        spoken = set(re.findall(r"[^\W\d]{5,}", plain))
        assert (spoken & words) - allowed == set()
        assert [word for word in canaries if word in plain] == []
        assert not re.search(r"\d{8,9}", message.get_content())


# ---------------------------------------------------------------------- exactly once


def test_a_second_run_sends_nothing_and_the_next_day_again(app, post, nightly):
    wants(busy())
    nightly()
    assert nightly() == (0, said())
    assert len(post.messages) == 1
    nightly(TODAY + timedelta(days=1))
    assert len(post.messages) == 2
    assert len({message["Message-ID"] for message in post.messages}) == 2


@pytest.mark.parametrize("before", [None, SendOutcome.REFUSED])
def test_one_of_many_at_once_gets_the_claim(app, before):
    user = wants(busy())
    if before:
        db.session.add(
            DigestSent(user_id=user.id, for_day=TODAY, claimed_at=NOW, outcome=before, ended_at=NOW)
        )
    user_id = user.id
    db.session.commit()
    start = Barrier(6)

    def claim(_number):
        with app.app_context():
            start.wait(timeout=30)
            claimed = claim_digest(db.session(), user_id, now=NOW, today=TODAY)
            db.session.commit()
            return claimed is not None

    with ThreadPoolExecutor(6) as pool:
        assert Counter(pool.map(claim, range(6))) == {True: 1, False: 5}
    assert outcomes() == [None]


def test_two_machines_that_run_the_night_send_each_digest_once(app, post, tmp_path):
    users = [wants(busy()) for _ in range(12)]
    db.session.commit()
    settings = {
        "PATH": os.environ["PATH"], "KP4WEB_DEMO": "1", "KP4WEB_TODAY": TODAY.isoformat(),
        "KP4WEB_SECRET_KEY": "x" * 40, "KP4WEB_ENCRYPTION_KEYS": ENCRYPTION_KEYS,
        "KP4WEB_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "KP4WEB_SMTP_HOST": "127.0.0.1", "KP4WEB_SMTP_PORT": str(post.port),
        "KP4WEB_SMTP_FROM": SENDER, "KP4WEB_SMTP_STARTTLS": "0",
        "KP4WEB_AUDIT_HEADS": str(tmp_path / "heads"),
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "nightly"]
    machines = [
        subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [machine.communicate(timeout=120)[0] for machine in machines]
    assert [machine.returncode for machine in machines] == [0, 0]
    assert sorted(post.receivers) == sorted(user.email for user in users)
    assert sum(int(re.search(r"(\d+) verstuurd", line)[1]) for line in told) == len(users)
    assert outcomes() == [SendOutcome.SENT] * len(users)


# ---------------------------------------------------------------------- the log of looks


def test_sending_and_choosing_are_in_the_log_with_counts_only(app, post, nightly):
    user = wants(busy(late=2, today=1))
    nightly()
    entries = {
        entry.action: entry
        for entry in db.session.scalars(
            select(AuditEntry).where(AuditEntry.action.in_(["digest_set", "digest_send"]))
        )
    }
    sent = entries["digest_send"]
    assert sent.municipality_id == actor(user).municipality_id
    assert sent.detail == {
        "user": user.id, "outcome": "sent", "late": 2, "today": 1, "week": 0, "dossiers": 3,
    }  # fmt: skip
    assert entries["digest_set"].user_id == user.id
    assert json.dumps(sent.detail).count("KP4-") == 0
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0
