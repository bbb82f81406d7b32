"""Pages of break-glass: give a reason, end it, and the overview of how often."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.breakglass import commands, queries
from kp4web.breakglass.forms import ReasonForm
from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import Action
from kp4web.domain.reasons import until_words
from kp4web.dossiers.commands import record_in
from kp4web.extensions import db
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page
from kp4web.web.period import PeriodForm
from kp4web.web.transactions import become_writer

bp = Blueprint("breakglass", __name__)


@bp.get("/dossiers/<number:number>/inzien-met-reden")
@requires(Action.BREAK_GLASS)
def new(number: str) -> ResponseReturnValue:
    """Show what a reason opens and the form for it, or until when it is open."""
    return _page(number, ReasonForm(formdata=None))


@bp.post("/dossiers/<number:number>/inzien-met-reden")
@requires(Action.BREAK_GLASS)
def create(number: str) -> ResponseReturnValue:
    """Open the dossier for a day: 303 to it, or 422 with the form and what was typed."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(number, form, status=422)
    try:
        grant = commands.open_with_reason(
            db.session(), current_actor(), number, form.command(), now=now(), today=today()
        )
    except InvalidInput as error:
        form.refuse(error)
        return _page(number, form, status=422)
    until = until_words(grant.expires_at, now())
    db.session.commit()
    flash(f"U ziet dit dossier met reden tot {until}. De vaste consulent krijgt bericht.", "ok")
    return go_to(url_for("timeline.show", number=number))


@bp.post("/dossiers/<number:number>/inzien-met-reden/einde")
@requires(Action.BREAK_GLASS)
def delete(number: str) -> ResponseReturnValue:
    """End it before the day is over: 303 to the dossier."""
    ref = commands.close_with_reason(db.session(), current_actor(), number, now=now())
    db.session.commit()
    flash("Inzien met reden is beëindigd.", "ok")
    return go_to(url_for("timeline.show", number=ref.number))


def _page(number: str, form: ReasonForm, status: int = 200) -> ResponseReturnValue:
    db.session.rollback()
    asked = queries.asked_for(db.session(), current_actor(), number)
    become_writer()
    record_in(db.session(), current_actor(), asked.ref, "break_glass_form", now=now())
    db.session.commit()
    return render_page(
        "breakglass/new.html", fragment="form_block", status=status, form=form, asked=asked,
        until=until_words(asked.until, now()) if asked.until else "",
    )  # fmt: skip


@bp.get("/rapportages/inzien-met-reden")
@requires(Action.BREAK_GLASS_COUNT)
def index() -> ResponseReturnValue:
    """Show how often dossiers were opened with a reason; 422 for a period that is none."""
    form = PeriodForm.asked(request.args, since=today().replace(month=1, day=1), until=today())
    counts = None
    if form.validate() and form.van.data and form.tot.data:
        counts = queries.counts_for(db.session(), current_actor(), form.van.data, form.tot.data)
    become_writer()
    record(db.session(), current_actor(), "break_glass_figures", now=now())
    db.session.commit()
    return render_page(
        "breakglass/index.html", status=200 if counts else 422, form=form, counts=counts
    )
