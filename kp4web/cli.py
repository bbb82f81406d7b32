"""Registers each feature's commands under ``flask --app wsgi``."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the command groups."""
    from kp4web.demo import cli as demo
    from kp4web.grounds import cli as grounds
    from kp4web.organisations import cli as organisations
    from kp4web.privacy import cli as privacy
    from kp4web.upkeep import cli as upkeep
    from kp4web.users import cli as users
    from kp4web.versions import cli as versions

    demo.init_app(app)
    grounds.init_app(app)
    organisations.init_app(app)
    privacy.init_app(app)
    upkeep.init_app(app)
    users.init_app(app)
    versions.init_app(app)
