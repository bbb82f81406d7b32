"""Flask's test client, made stricter: as separate as a real visitor, and it reads what it gets."""

from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kp4web.extensions import db
from tests.html import assert_valid_html


class CheckedClient(FlaskClient):
    """Flask's client; every request has a context of its own and every page must be valid HTML."""

    checks_html = True
    """A crawl that fetches the same pages hundreds of times may turn it off."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request; what the test wrote is committed first, as a colleague's would be."""
        if has_app_context():
            db.session.commit()
            db.session.expire_all()
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        if self.checks_html and response.mimetype == "text/html" and response.data:
            assert_valid_html(response.text)
        return response
