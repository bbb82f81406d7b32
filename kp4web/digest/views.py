"""The page on which somebody chooses to get the work list by e-mail."""

from flask import Blueprint, current_app, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from kp4web.digest import commands, queries
from kp4web.digest.forms import DigestForm
from kp4web.domain.digest import MOST_NUMBERS
from kp4web.domain.policy import Action
from kp4web.extensions import db
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now
from kp4web.web.htmx import go_to, render_page

bp = Blueprint("digest", __name__)


@bp.get("/account/overzicht")
@requires(Action.WORKLIST_READ)
def show() -> ResponseReturnValue:
    """Show how often the digest comes, and the form to change that."""
    rhythm, weekday = queries.digest_setting_for(db.session(), current_actor())
    return _page(DigestForm(rhythm=rhythm.value, weekday=str(weekday)))


@bp.post("/account/overzicht")
@requires(Action.WORKLIST_READ)
def update() -> ResponseReturnValue:
    """Choose how often: 303, or 422 with the error at the field."""
    form = DigestForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    commands.set_digest(db.session(), current_actor(), form.command(), now=now())
    db.session.commit()
    flash("Uw keuze voor het overzicht per e-mail is bewaard.")
    return go_to(url_for(".show"))


def _page(form: DigestForm, status: int = 200) -> ResponseReturnValue:
    return render_page(
        "digest/show.html", fragment="form", status=status, form=form,
        email=current_user.email, most=MOST_NUMBERS,
        can_send=current_app.config["MAIL_SERVER"] is not None,
    )  # fmt: skip
