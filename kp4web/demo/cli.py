"""``flask --app wsgi demo``: load the demo history, show its accounts."""

import os
from datetime import UTC, date, datetime

import click
from flask import Flask
from flask.cli import AppGroup

from kp4web.demo.accounts import ACCOUNTS, MUNICIPALITIES, OTHERS
from kp4web.demo.commands import is_empty, is_loaded, set_password
from kp4web.demo.loader import load
from kp4web.demo.story import DEFAULT_SEED, history
from kp4web.extensions import db
from kp4web.users.commands import initial_password
from kp4web.web.clock import today

demo = AppGroup("demo", help="De demo: een verzonnen geschiedenis vanaf 2019.")
PASSWORD = "KP4WEB_DEMO_PASSWORD"  # noqa: S105 -- the name of a setting


def init_app(app: Flask) -> None:
    """Add the commands of the demo."""
    app.cli.add_command(demo)


@demo.command("load")
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Toevalsgetal.")
@click.option("--today", "day", type=click.DateTime(["%Y-%m-%d"]), help="Tot en met welke dag.")
def load_command(seed: int, day: datetime | None) -> None:
    """Laad de demogeschiedenis in een lege database; een tweede keer gebeurt er niets."""
    session = db.session()
    if is_loaded(session):
        click.echo("De demogeschiedenis is al geladen.")
        return
    if not is_empty(session):
        raise click.ClickException("Deze database is in gebruik. De demo vraagt een lege database.")
    until: date = day.date() if day else today()
    given = os.environ.get(PASSWORD)
    password = given or initial_password()
    events = history(seed, until)
    with click.progressbar(length=len(events), label="Demogeschiedenis laden") as bar:
        load(session, events, password=password, done=bar.update)
    if not given:
        click.echo(f"Wachtwoord van elk account: {password}")


@demo.command("accounts")
def accounts_command() -> None:
    """Toon de accounts van de demo, en geef ze het wachtwoord van KP4WEB_DEMO_PASSWORD."""
    session = db.session()
    if not is_loaded(session):
        raise click.ClickException("De demo is nog niet geladen: flask --app wsgi demo load")
    password = os.environ.get(PASSWORD)
    if password:
        set_password(session, password, now=datetime.now(UTC))
        session.commit()
    names = {**MUNICIPALITIES, **{key: name for key, (_, name) in OTHERS.items()}}
    for email, name, organisation, roles in ACCOUNTS:
        labels = ", ".join(role.label for role in roles)
        click.echo(f"  {email:<32} {name:<22} {labels} ({names[organisation]})")
