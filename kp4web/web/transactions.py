"""One request, one transaction: reads begin as readers, everything else as writers."""

from collections.abc import Callable

from flask import Flask, request
from sqlalchemy.orm import Session

from kp4web.domain.errors import InvalidInput
from kp4web.extensions import db, reading
from kp4web.web.forms import BaseForm


def init_app(app: Flask) -> None:
    """Decide per request how its transaction begins (matters on SQLite)."""

    @app.before_request
    def begin() -> None:
        reading.set(request.method in {"GET", "HEAD", "OPTIONS"})

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        reading.set(False)


def own_session() -> Session:
    """
    Return a session for work that goes on while the page is sent; who asks for it closes it.

    That of the request ends before the first line of the page leaves; what it began ends here.
    """
    info = dict(db.session().info)
    db.session.rollback()
    return Session(db.engine, info=info)


def become_writer() -> None:
    """
    End the reading part of this request; what follows is a writing transaction.

    Used by pages that log what they are about to show: the rows are read, then the entry is
    written and committed, and only then the answer leaves.
    """
    if reading.get():
        db.session.rollback()
        reading.set(False)


def carried_out(form: BaseForm, act: Callable[[], None]) -> bool:
    """Return whether what the form asks was done and committed; if not, the form says why."""
    if not form.validate_on_submit():
        return False
    try:
        act()
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return False
    db.session.commit()
    return True
