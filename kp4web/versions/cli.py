"""``flask --app wsgi versions add FILE``: a questionnaire file from the command line."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from kp4web.domain.dates import day_of
from kp4web.domain.errors import DomainError
from kp4web.domain.questionnaire.reader import DefinitionError
from kp4web.extensions import db
from kp4web.versions.commands import add_version

versions = AppGroup("versions", help="Versies van de vragenlijst.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(versions)


@versions.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add(file: Path) -> None:
    """Add a questionnaire file; every fault is printed, and then nothing is added."""
    now = datetime.now(UTC)
    try:
        content = file.read_text(encoding="utf-8")
        version = add_version(db.session(), None, content, now=now, today=day_of(now))
    except DefinitionError as error:
        for fault in error.faults:
            click.echo(str(fault), err=True)
        raise click.ClickException(f"{len(error.faults)} fouten: niets toegevoegd.") from error
    except (DomainError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    title = f"{version.title} (versie {version.version})"
    db.session.commit()
    click.echo(f"Toegevoegd: {title}. Een beheerder neemt hem in gebruik bij Vragenlijsten.")
