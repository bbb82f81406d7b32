"""``flask --app wsgi worklist verify``, ``audit verify`` and ``nightly``."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from kp4web.audit.queries import verify_chain
from kp4web.extensions import db, reading
from kp4web.upkeep.commands import forget_old
from kp4web.upkeep.queries import verify_dossiers, verify_handovers

worklist = AppGroup("worklist", help="The due items and projections of dossiers.")
audit = AppGroup("audit", help="The log.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(worklist)
    app.cli.add_command(audit)
    app.cli.add_command(nightly)


@worklist.command("verify")
def verify_worklist() -> None:
    """Recompute every due item and projection; print differences and exit 1 when there are any."""
    dossiers = handovers = differences = 0
    with _one_snapshot():
        for batch in verify_dossiers(db.session()):
            dossiers += batch.compared
            for difference in batch.differences:
                differences += 1
                click.echo(f"{difference.subject}: {difference.text}")
        for batch in verify_handovers(db.session()):
            handovers += batch.compared
            for difference in batch.differences:
                differences += 1
                click.echo(f"{difference.subject}: {difference.text}")
    click.echo(f"{dossiers} dossiers, {handovers} hand-overs, {differences} differences.")
    if differences:
        raise SystemExit(1)


@audit.command("verify")
def verify_audit() -> None:
    """Recompute the chain of the log; print what is wrong with it and exit 1 if anything is."""
    with _one_snapshot():
        report = verify_chain(db.session())
    for fault in report.faults:
        click.echo(fault)
    click.echo(f"{report.entries} entries, {len(report.faults)} faults.")
    if report.faults:
        raise SystemExit(1)


@click.command("nightly")
@with_appcontext
def nightly() -> None:
    """Delete old drafts, ended sessions and attempts to sign in; for a timer, once a day."""
    forgotten = forget_old(db.session(), now=datetime.now(UTC))
    db.session.commit()
    click.echo(
        f"Deleted {forgotten.drafts} drafts, {forgotten.sessions} sessions, "
        f"{forgotten.attempts} attempts to sign in."
    )


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """Read everything as it was at one moment, without keeping anybody from writing."""
    db.session.rollback()
    before = reading.set(True)
    try:
        if db.engine.dialect.name == "postgresql":
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield
    finally:
        db.session.rollback()
        reading.reset(before)
