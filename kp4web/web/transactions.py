"""One request, one transaction: reads begin as readers, everything else as writers."""

from flask import Flask, request

from kp4web.extensions import db, reading


def init_app(app: Flask) -> None:
    """Decide per request how its transaction begins (matters on SQLite)."""

    @app.before_request
    def begin() -> None:
        reading.set(request.method in {"GET", "HEAD", "OPTIONS"})

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        reading.set(False)


def become_writer() -> None:
    """
    End the reading part of this request; what follows is a writing transaction.

    Used by pages that log what they are about to show: the rows are read, then the entry is
    written and committed, and only then the answer leaves.
    """
    if reading.get():
        db.session.rollback()
        reading.set(False)
