"""``flask --app wsgi organisations create-municipality`` and ``create-agency``: a first set-up."""

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from kp4web.domain.actor import OrganisationKind
from kp4web.extensions import db
from kp4web.organisations.commands import add_municipality, add_organisation
from kp4web.organisations.models import Municipality, Organisation

TEAM = "Team Sociaal"

organisations = AppGroup("organisations", help="Organisaties.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(organisations)


@organisations.command("create-municipality")
@click.argument("name")
@click.option("--team", default=TEAM, help="Naam van het team.")
def create_municipality(name: str, team: str) -> None:
    """Voeg een gemeente toe, met haar team."""
    _refuse_known(f"Gemeente {name}")
    slug = "-".join(name.lower().split())
    home = add_municipality(db.session(), slug=slug, name=name)
    add_organisation(
        db.session(), kind=OrganisationKind.MUNICIPALITY, name=f"Gemeente {name}", team=team,
        municipality_id=home.id,
    )  # fmt: skip
    db.session.commit()
    click.echo(f"Gemeente {name} is toegevoegd.")


@organisations.command("create-agency")
@click.argument("name")
def create_agency(name: str) -> None:
    """Voeg een uitvoeringsorganisatie toe; zij werkt voor alle gemeenten van nu."""
    _refuse_known(name)
    served = list(db.session.scalars(select(Municipality.id)))
    add_organisation(db.session(), kind=OrganisationKind.WORK_AGENCY, name=name, serves=served)
    db.session.commit()
    click.echo(f"{name} is toegevoegd, voor {len(served)} gemeenten.")


@organisations.command("create-operator")
@click.argument("name")
def create_operator(name: str) -> None:
    """Voeg een beheerorganisatie toe; haar beheerders beheren alle accounts."""
    _refuse_known(name)
    add_organisation(db.session(), kind=OrganisationKind.OPERATOR, name=name)
    db.session.commit()
    click.echo(f"{name} is toegevoegd.")


def _refuse_known(name: str) -> None:
    if db.session.scalar(select(Organisation.id).where(Organisation.name == name)) is not None:
        raise click.ClickException(f"{name} bestaat al.")
