"""``flask --app wsgi demo``: load the demo history, show its accounts."""

import os
from datetime import UTC, date, datetime

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.conversations.models import Conversation
from kp4web.demo.accounts import ACCOUNTS, ADMINISTRATOR, MUNICIPALITIES, OTHERS
from kp4web.demo.bulk import TALKS, fill, sizes_for
from kp4web.demo.commands import is_empty, is_loaded, leave_draft, set_password
from kp4web.demo.loader import load
from kp4web.demo.story import DEFAULT_SEED, history
from kp4web.dossiers.models import Dossier
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
@click.option(
    "--clients",
    type=click.IntRange(0, 1_000_000),
    default=0,
    help="Vul aan tot zoveel inwoners, in verzonnen gemeenten.",
)
@click.option(
    "--conversations",
    type=click.IntRange(0),
    default=None,
    help=f"Vul aan tot zoveel gesprekken; anders {TALKS} per inwoner.",
)
def load_command(seed: int, day: datetime | None, clients: int, conversations: int | None) -> None:
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
    leave_draft(session, now=datetime.now(UTC), today=until)
    session.commit()
    _fill_up(session, clients, conversations, seed, until)
    if not given:
        click.echo(f"Wachtwoord van elk account: {password}")


def _fill_up(
    session: Session, clients: int, conversations: int | None, seed: int, until: date
) -> None:
    """Add what the history has too few of; a broken-off load is to be thrown away."""
    more = clients - (session.scalar(select(func.count(Dossier.id))) or 0)
    if more <= 0:
        return
    talks = session.scalar(select(func.count(Conversation.id))) or 0
    password_hash = session.scalar(select(User.password_hash).where(User.email == ADMINISTRATOR))
    with click.progressbar(length=more, label="Grote gegevensset laden") as bar:
        fill(
            session,
            sizes=sizes_for(more),
            seed=seed,
            today=until,
            password_hash=password_hash or "",
            conversations=max(0, TALKS * more if conversations is None else conversations - talks),
            done=bar.update,
        )


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
