"""``flask --app wsgi users create``: an account from the command line, such as the very first."""

from datetime import UTC, datetime

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from kp4web.domain.actor import Role
from kp4web.domain.errors import InvalidInput
from kp4web.extensions import db
from kp4web.organisations.models import Organisation
from kp4web.users.commands import check_new_user, initial_password, install_user

users = AppGroup("users", help="Gebruikers.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(users)


@users.command("create")
@click.option("--email", required=True, help="Hiermee logt de gebruiker in.")
@click.option("--name", required=True, help="Naam van de gebruiker.")
@click.option("--organisation", required=True, help="Naam van de organisatie.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
)
def create(email: str, name: str, organisation: str, roles: tuple[str, ...]) -> None:
    """Maak een account en toon het eerste wachtwoord, een keer."""
    place = db.session.scalar(select(Organisation).where(Organisation.name == organisation))
    if place is None:
        names = ", ".join(db.session.scalars(select(Organisation.name).order_by("name")))
        raise click.ClickException(f"{organisation} bestaat niet. Kies uit: {names or 'niets'}.")
    password = initial_password()
    try:
        address = check_new_user(db.session(), email, place.kind, {Role(role) for role in roles})
    except InvalidInput as error:
        raise click.ClickException(str(error)) from error
    install_user(
        db.session(), email=address, name=name.strip(), organisation_id=place.id,
        roles={Role(role) for role in roles}, password=password, now=datetime.now(UTC),
    )  # fmt: skip
    db.session.commit()
    click.echo(f"Account {address} is gemaakt. Eerste wachtwoord: {password}")
