"""Registers each feature's commands under ``flask --app wsgi``."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the command groups."""
    from kp4web.demo import cli as demo
    from kp4web.upkeep import cli as upkeep

    demo.init_app(app)
    upkeep.init_app(app)
