"""The head of the chain outside the database: what it finds that the chain alone cannot."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from kp4web.audit import heads as outside
from kp4web.audit.commands import record
from kp4web.audit.heads import Head, Heads, heads
from kp4web.audit.models import AuditEntry, AuditHead
from kp4web.audit.queries import verify_chain, verify_outside
from kp4web.config import SettingsError, settings
from kp4web.extensions import db
from tests.conftest import TODAY
from tests.factories import at
from tests.unit.test_config import GOOD, HERE

NOW = at(TODAY)


@pytest.fixture
def file(app, tmp_path):
    """Write heads to a file during this test."""
    heads.open(tmp_path / "kp4web.audit-heads")
    yield heads.path
    heads.open(None)


def read(some):
    return list(some.read(some.size()))


def act(times=1):
    for _ in range(times):
        record(db.session(), None, "nightly", now=NOW)
        db.session.commit()


def faults():
    """Return what is wrong with the chain by itself, and what the file says about it."""
    session = db.session()
    return verify_chain(session).faults, " ".join(verify_outside(session, heads.size()).faults)


def cut_off(number):
    """Remove every entry after this one, and move the head back, as a thorough hand would."""
    session = db.session()
    session.execute(delete(AuditEntry).where(AuditEntry.id > number))
    last = session.scalars(select(AuditEntry.hash).where(AuditEntry.id == number)).one()
    session.execute(update(AuditHead).values(last_id=number, last_hash=last))
    session.commit()


def test_every_commit_leaves_the_head_outside_and_a_rollback_none(file):
    act(3)
    record(db.session(), None, "nightly", now=NOW)
    db.session.rollback()
    with db.session.begin_nested():
        record(db.session(), None, "nightly", now=NOW)
    assert [head.id for head in read(heads)] == [1, 2, 3]
    db.session.commit()
    stored = db.session.execute(select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id))
    assert [(head.id, head.hash) for head in read(heads)] == [tuple(row) for row in stored]
    assert heads.last() == Head(4, next(h.hash for h in read(heads) if h.id == 4), NOW)
    assert file.stat().st_mode & 0o777 == 0o600
    assert faults() == ((), "")


def test_an_end_that_was_cut_off_is_found_although_the_chain_is_sound(file):
    act(5)
    cut_off(3)
    chain, told = faults()
    assert chain == ()
    assert "regel 4 (" in told
    assert "er niet meer" in told
    assert "2 vastgelegde standen" in told


def test_going_on_after_an_older_copy_is_found(file):
    act(4)
    cut_off(2)
    act(5)
    chain, told = faults()
    assert chain == ()
    assert "regel 3 (" in told
    assert "een andere dan toen" in told


def test_a_file_that_is_gone_is_a_fault_unless_nothing_was_logged(file):
    assert faults() == ((), "")
    act()
    file.unlink()
    assert faults() == ((), "het bestand buiten de database is er niet of is niet te lezen")


def test_what_is_written_during_the_check_is_no_fault(file):
    act(2)
    written = heads.size()
    act()
    cut_off(2)  # as a snapshot from before the third act
    assert verify_outside(db.session(), written).faults == ()


def test_the_command_compares_both(app, file):
    act(3)
    cut_off(2)
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert (result.exit_code, result.output.splitlines()[-1]) == (1, "2 regels, 1 fouten.")


# ---------------------------------------------------------------------- the file by itself


def a_head(number):
    return Head(number, f"{number:064x}", datetime(2026, 11, 18, 9, 0, tzinfo=UTC))


def test_workers_that_write_at_once_do_not_mix_their_lines(tmp_path):
    file = Heads()
    file.open(tmp_path / "heads")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(file.append, map(a_head, range(1, 401))))
    assert sorted(head.id for head in read(file)) == list(range(1, 401))
    assert file.last().id >= 390


def test_a_full_disk_breaks_one_line_and_nothing_else(tmp_path, monkeypatch):
    file = Heads()
    file.open(tmp_path / "heads")
    file.append(a_head(1))
    write, room = os.write, [30, 0]

    def write_some(descriptor, content):
        if not (left := room.pop(0)):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, content[:left])

    with monkeypatch.context() as full:
        full.setattr(outside.os, "write", write_some)
        file.append(a_head(2))  # breaks off
        file.append(a_head(3))  # nothing at all
    file.append(a_head(4))
    assert [head and head.id for head in read(file)] == [1, None, 4]


@pytest.mark.parametrize("value", ["heads", "/nowhere/at/all/heads", "/"])
def test_a_place_that_cannot_be_is_refused_at_the_start(value):
    with pytest.raises(SettingsError, match="KP4WEB_AUDIT_HEADS"):
        settings(HERE, GOOD | {"AUDIT_HEADS": value})


def test_each_database_has_its_own_file_by_default(tmp_path):
    def place(uri):
        return settings(tmp_path, GOOD | {"DATABASE_URL": uri})["AUDIT_HEADS"]

    assert place("sqlite:////srv/kp4/a.sqlite") == Path("/srv/kp4/a.audit-heads")
    assert place("postgresql://kp4@/kp4") == tmp_path / "kp4.audit-heads"
    assert place("") == tmp_path / "kp4web.audit-heads"
