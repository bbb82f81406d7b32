"""Structured logs: one JSON line per request, without a name, a path or a message in it."""

import json
import logging
import time
import traceback
from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask, Response, g, request
from flask_login import current_user

from kp4web.extensions import db

FIELDS = ("trace", "method", "endpoint", "status", "ms", "user", "error")


class JsonLines(logging.Formatter):
    """Each record as one JSON object; tracebacks as places in the code, never values."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "event": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[2]:
            frames = traceback.extract_tb(record.exc_info[2])
            line["where"] = [f"{frame.filename}:{frame.lineno}" for frame in frames[-6:]]
        return json.dumps(line, ensure_ascii=False)


def init_app(app: Flask) -> None:
    """Send our own lines to standard error and nothing of Flask's."""
    logger = logging.getLogger("kp4web")
    logger.propagate = False
    logger.setLevel(logging.INFO)
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)

    @app.before_request
    def start() -> None:
        g.started, g.trace_id = time.perf_counter(), uuid4().hex
        db.session.info.update(trace_id=g.trace_id, started_at=datetime.now(UTC))

    @app.after_request
    def log(response: Response) -> Response:
        if request.endpoint != "static" and "started" in g:
            # only who was looked up already: writing this line must not ask the database
            known = "_login_user" in g and current_user.is_authenticated
            extra = {
                "trace": g.trace_id, "method": request.method, "endpoint": request.endpoint,
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.started) * 1000),
                "user": current_user.actor.id if known else None,
            }  # fmt: skip
            logger.info("request", extra=extra)
        return response
