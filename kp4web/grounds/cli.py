"""``flask --app wsgi grounds load``: fill the legal reference data from the file."""

from datetime import UTC, datetime

import click
from flask import Flask
from flask.cli import AppGroup

from kp4web.extensions import db
from kp4web.grounds.commands import load_reference

grounds = AppGroup("grounds", help="Wettelijke gronden en verplichtingen.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(grounds)


@grounds.command("load")
def load() -> None:
    """Vul wat nog ontbreekt; wat de beheerder heeft vastgelegd, blijft staan."""
    added = load_reference(db.session(), now=datetime.now(UTC))
    db.session.commit()
    click.echo(f"{added} regels toegevoegd.")
