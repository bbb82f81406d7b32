"""The start page of the administrator."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kp4web.administration.queries import overview_for
from kp4web.domain.policy import Action
from kp4web.extensions import db
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import today
from kp4web.web.htmx import render_page

bp = Blueprint("administration", __name__)


@bp.get("/beheer")
@requires(Action.ADMINISTRATION_READ)
def index() -> ResponseReturnValue:
    """Show what there is to keep, with its numbers."""
    kept = overview_for(db.session(), current_actor(), today=today())
    return render_page("administration/index.html", kept=kept)
