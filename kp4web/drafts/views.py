"""Throwing a draft away: from the list, or beside the form it stands in."""

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue

from kp4web.domain.policy import Action
from kp4web.drafts import commands
from kp4web.extensions import db
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.htmx import go_to
from kp4web.web.paths import way_back

bp = Blueprint("drafts", __name__)
drafts.use(commands)


@bp.post("/concepten/<id:draft_id>/verwijdering")
@requires(Action.OWN_ACCOUNT)
def delete(draft_id: int) -> ResponseReturnValue:
    """Throw an own draft away: 303 to where one came from, 404 for anybody else's."""
    commands.discard_draft(db.session(), current_actor(), draft_id)
    db.session.commit()
    flash("Het concept is weggegooid.", "ok")
    return go_to(way_back("/"))
