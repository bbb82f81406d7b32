"""``flask --app wsgi policy document``: who sees what, as ``docs/policy.md`` keeps it."""

import click
from flask import Flask
from flask.cli import AppGroup

from kp4web.domain.policy.document import markdown

policy = AppGroup("policy", help="Rechten: wie ziet wat.")


def init_app(app: Flask) -> None:
    """Register the command."""
    app.cli.add_command(policy)


@policy.command("document")
def document() -> None:
    """Schrijf uit wie wat ziet, zoals in docs/policy.md."""
    click.echo(markdown(), nl=False)
