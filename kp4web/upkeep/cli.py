"""``flask --app wsgi worklist verify``, ``audit verify`` and ``nightly``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.orm import Session

from kp4web.audit.queries import verify_chain, verify_outside, written_outside
from kp4web.extensions import db, reading
from kp4web.upkeep.commands import Verified, forget_old, record_verified
from kp4web.upkeep.mailing import send_digests
from kp4web.upkeep.queries import Batch, verify_applications, verify_dossiers, verify_handovers
from kp4web.web import clock

worklist = AppGroup("worklist", help="De werkvoorraad.")
audit = AppGroup("audit", help="Het logboek.")

_VERIFIED: tuple[tuple[str, Callable[[Session], Iterator[Batch]]], ...] = (
    ("dossiers", verify_dossiers),
    ("overdrachten", verify_handovers),
    ("aanvragen", verify_applications),
)


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(worklist)
    app.cli.add_command(audit)
    app.cli.add_command(nightly)


@worklist.command("verify")
def verify_worklist() -> None:
    """Reken de werkvoorraad en de aanvragen na; meld verschillen en eindig dan met code 1."""
    compared, differences = [], 0
    with _one_snapshot():
        for name, verify in _VERIFIED:
            count = 0
            for batch in verify(db.session()):
                count += batch.compared
                differences += len(batch.differences)
                for difference in batch.differences:
                    click.echo(f"{difference.subject}: {difference.text}")
            compared.append(f"{count} {name}")
    click.echo(f"{', '.join(compared)}, {differences} verschillen.")
    if differences:
        raise SystemExit(1)


@audit.command("verify")
def verify_audit() -> None:
    """Reken het logboek na, ook tegen het bestand erbuiten; meld fouten, eindig dan met code 1."""
    if _verify_log().faults:
        raise SystemExit(1)


def _verify_log() -> Verified:
    """Tell what is wrong with the log, and return how many entries, heads and faults there are."""
    written = written_outside()
    with _one_snapshot():
        chain, outside = verify_chain(db.session()), verify_outside(db.session(), written)
    faults = [*chain.faults, *outside.faults]
    for fault in faults:
        click.echo(fault)
    if outside.unreadable:
        click.echo(f"{outside.unreadable} regels in het bestand buiten de database braken af.")
    click.echo(f"{chain.entries} regels, {len(faults)} fouten.")
    return Verified(chain.entries, outside.heads, len(faults))


@click.command("nightly")
@with_appcontext
def nightly() -> None:
    """Verwijder wat oud is, reken het logboek na, verstuur overzichten; bedoeld voor elke nacht."""
    forgotten = forget_old(db.session(), now=datetime.now(UTC))
    db.session.commit()
    click.echo(
        f"Verwijderd: {forgotten.drafts} concepten, {forgotten.sessions} sessies, "
        f"{forgotten.attempts} inlogpogingen."
    )
    verified = _verify_log()
    record_verified(db.session(), verified, now=datetime.now(UTC))
    db.session.commit()
    failed = _send_digests()
    if failed or verified.faults:
        raise SystemExit(1)


def _send_digests() -> int:
    """Send the digests of today, when there is a mail server; return how many did not go out."""
    server = current_app.config["MAIL_SERVER"]
    if server is None:
        return 0
    mailed = send_digests(
        db.session(), server, current_app.config["PUBLIC_URL"],
        today=clock.today(), clock=clock.now,
    )  # fmt: skip
    click.echo(
        f"Overzichten per e-mail: {mailed.sent} verstuurd, {mailed.refused} niet verstuurd, "
        f"{mailed.unknown} onbekend, {mailed.waiting} wachten."
    )
    return mailed.failed


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
