"""Shared by the tests of the digest: users who want one, and the night that sends it."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from kp4web.accounts.models import User
from kp4web.digest.commands import SetDigest, set_digest
from kp4web.digest.models import DigestSent
from kp4web.domain.actor import Role
from kp4web.domain.digest import Rhythm, SendOutcome
from kp4web.extensions import db
from tests.conftest import TODAY
from tests.factories import actor, at, make_dossier, make_follow_up, make_user

NOW = at(TODAY)
WEDNESDAY = 2
Nightly = Callable[..., tuple[int, str]]


def nightly_of(app: Flask) -> Nightly:
    """Return the command of the night: it gives its exit code and its line about e-mail."""

    def run(on: date = TODAY) -> tuple[int, str]:
        db.session.commit()
        app.config["TODAY"] = on
        result = app.test_cli_runner(catch_exceptions=False).invoke(args=["nightly"])
        return result.exit_code, result.output.splitlines()[-1]

    return run


def said(sent: int = 0, refused: int = 0, unknown: int = 0, waiting: int = 0) -> str:
    """Return the line with these numbers."""
    return (
        f"Overzichten per e-mail: {sent} verstuurd, {refused} niet verstuurd, "
        f"{unknown} onbekend, {waiting} wachten."
    )


def wants(user: User, rhythm: Rhythm = Rhythm.DAILY, weekday: int = WEDNESDAY) -> User:
    """Let the user ask for the digest."""
    set_digest(db.session(), actor(user), SetDigest(rhythm, weekday), now=NOW)
    db.session.commit()
    return user


def busy(*roles: Role, late: int = 1, today: int = 0, week: int = 0) -> User:
    """Return a user with follow-ups in these groups, each of another dossier."""
    user = make_user(*roles)
    days = [TODAY - timedelta(days=2)] * late + [TODAY] * today + [TODAY + timedelta(days=1)] * week
    for due_on in days:
        dossier = make_dossier(lead=user, opened_on=TODAY - timedelta(days=20))
        make_follow_up(dossier, user, due_on=due_on, today=TODAY - timedelta(days=5))
    return user


def outcomes() -> list[SendOutcome | None]:
    """Return how each digest ended, the first first."""
    db.session.commit()
    return list(db.session.scalars(select(DigestSent.outcome).order_by(DigestSent.id)))
