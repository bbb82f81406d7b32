"""
Prepare the demo and serve it, in one process: ``./kp4 demo`` ends here.

Starting Python once instead of three times is what keeps the second start short. The address
comes in ``KP4WEB_BIND``, the password of the accounts in ``KP4WEB_DEMO_PASSWORD``.
"""

import fcntl
import os
import sys
import traceback
from pathlib import Path

import click
from flask import Flask
from flask.cli import FlaskGroup
from gunicorn.app.wsgiapp import WSGIApplication

from kp4web.config import SettingsError

COMMANDS = (["db", "upgrade"], ["demo", "load"], ["demo", "accounts"])


def main() -> None:
    """Make the database, load the history once, show the accounts, and become the server."""
    bind = os.environ["KP4WEB_BIND"]
    instance = Path.cwd() / "instance"
    try:
        prepare(instance)
    except (click.ClickException, SettingsError) as error:
        sys.exit(f"De demo kon niet worden klaargezet: {error}")
    except (click.Abort, KeyboardInterrupt):
        sys.exit("Gestopt.")
    except Exception as error:
        (instance / "demo.log").write_text(traceback.format_exc(), encoding="utf-8")
        kind = type(error).__name__  # its text may hold data
        sys.exit(f"De demo kon niet worden klaargezet ({kind}). Meer staat in instance/demo.log.")
    click.echo(f"\nWachtwoord van elk account: {os.environ.pop('KP4WEB_DEMO_PASSWORD')}")
    click.echo(f"Adres: http://{reachable(bind)}    (stoppen: Ctrl+C)")
    options = ["--config", "python:kp4web.serve", "--log-level", "warning", "--bind", bind]
    sys.argv = ["gunicorn", *options, "wsgi:app"]
    WSGIApplication("").run()


def prepare(instance: Path) -> None:
    """Run the three commands; another start on the same database waits for its turn."""
    instance.mkdir(exist_ok=True)
    with (instance / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        from wsgi import app

        commands = FlaskGroup(create_app=lambda: app)
        for command in COMMANDS:
            commands.main(command, prog_name="flask", standalone_mode=False)
        let_go(app)


def let_go(app: Flask) -> None:
    """Close the connections of this process: a worker must not inherit one."""
    from kp4web.extensions import db

    with app.app_context():
        db.engine.dispose()


def reachable(bind: str) -> str:
    """Return the address for the browser: who listens everywhere is also found here."""
    host, _, port = bind.rpartition(":")
    return f"127.0.0.1:{port}" if host in {"0.0.0.0", "[::]"} else bind  # noqa: S104


if __name__ == "__main__":
    main()
