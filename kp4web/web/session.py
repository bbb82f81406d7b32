"""How long the session still lasts, told to the page: it warns in time (``session.js``)."""

from datetime import datetime

from flask import Flask, Response, g
from flask_login import current_user

from kp4web.web.clock import now

HEADER = "KP4-Session-Ends"
"""Seconds until the session ends unless something is done; on every answer of who is signed in."""


def init_app(app: Flask) -> None:
    """Tell it on every answer."""

    @app.after_request
    def tell(response: Response) -> Response:
        user = g.get("_login_user")
        if user is not None and user.is_authenticated:
            response.headers[HEADER] = str(seconds_left(current_user.expires_at))
        return response


def seconds_left(expires_at: datetime) -> int:
    """Return the whole seconds until then, never less than none."""
    return max(0, int((expires_at - now()).total_seconds()))
