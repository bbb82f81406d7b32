"""The start page and the two health checks."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from kp4web.domain.policy import Action
from kp4web.extensions import db
from kp4web.web.access import current_actor, public, requires
from kp4web.web.htmx import render_page
from kp4web.web.navigation import landing_page

bp = Blueprint("start", __name__)


@bp.get("/")
@requires(Action.OWN_ACCOUNT)
def index() -> ResponseReturnValue:
    """Go to the page made for this role, or say honestly that there is none yet."""
    if page := landing_page(current_actor()):
        return redirect(page, 303)
    return render_page("start/nothing.html")


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Answer that the process is alive."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Answer whether the database answers and carries the tables: 200 or 503."""
    try:
        db.session.execute(text("SELECT last_id FROM audit_head")).one()
    except Exception:
        return {"status": "database"}, 503
    return {"status": "ok"}
