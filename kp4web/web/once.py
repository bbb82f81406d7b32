"""A form is carried out once: sent again, it lands where it went the first time."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, flash, make_response, request
from flask.typing import ResponseReturnValue

from kp4web.crypto import vault
from kp4web.domain.errors import DomainError
from kp4web.extensions import db
from kp4web.web import drafts
from kp4web.web.access import current_actor
from kp4web.web.clock import now
from kp4web.web.forms import own_submission
from kp4web.web.htmx import go_to
from kp4web.web.paths import way_back

View = TypeVar("View", bound=Callable[..., Any])
AGAIN = "Dit formulier was al verstuurd. Er is niets dubbel vastgelegd."
BUSY = "Dit formulier wordt al verwerkt. Kijk zo of het is vastgelegd."
PAUSE, TRIES = 0.1, 50
"""Seconds between looks, and how often, while the first of two is being carried out."""
_NOT_CONTENT = frozenset({"csrf_token", "submission", "terug", "rij"})


def once(view: View) -> View:
    """
    Carry out a form with a mark (``submission``) once; stands under ``requires``.

    The same form with the same content again answers with where the first one led; with other
    content it is another form. A form without a mark, a draft and "one more row" pass through.
    """

    @wraps(view)
    def guarded(**values: Any) -> ResponseReturnValue:
        submission = own_submission(request.form.get("submission"))
        if submission is None or drafts.keeps() or "meer" in request.form:
            return view(**values)  # type: ignore[no-any-return]
        content = _content()
        if (landed := _claim(submission, content)) is not None:
            flash(AGAIN, "info")
            return go_to(landed)
        response = make_response(view(**values))
        drafts.store.settle_form(
            db.session(), current_actor(), submission, content, _landed(response)
        )
        db.session.commit()
        return response

    return guarded  # type: ignore[return-value]


def _claim(submission: str, content: str) -> str | None:
    """Claim the form; return where it landed when it was carried out before."""
    for _ in range(TRIES):
        session, actor = db.session(), current_actor()
        if drafts.store.claim_form(session, actor, submission, content, now=now()):
            return None
        landed = drafts.store.location_of(session, actor, submission, content)
        db.session.rollback()
        if landed:
            return landed
        time.sleep(PAUSE)
    raise DomainError(BUSY)


def _landed(response: Response) -> str | None:
    """Return where a carried out form led, or ``None`` when it was refused."""
    if response.status_code >= 400:
        return None
    return response.headers.get("HX-Redirect") or response.location or way_back("/")


def _content() -> str:
    """Return what was sent, as a keyed hash."""
    sent = sorted(item for item in request.form.items(multi=True) if item[0] not in _NOT_CONTENT)
    return vault.keyed_hash(repr((request.path, sent)), purpose="form")
