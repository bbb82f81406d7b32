"""Wie doet wat: look a household up, and the letter for the resident."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.directory import queries
from kp4web.directory.forms import LONGEST_TERM, LookUpForm
from kp4web.domain.directory import MOST_HOUSEHOLDS
from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import Action
from kp4web.extensions import db
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import render_page
from kp4web.web.transactions import become_writer

bp = Blueprint("directory", __name__)


@bp.get("/wie-doet-wat")
@requires(Action.WHO_DOES_WHAT_READ)
def index() -> ResponseReturnValue:
    """Show the page to look somebody up on; a term is never in the address."""
    waiting = queries.waiting_for(db.session(), current_actor(), today=today())
    return _page(LookUpForm(formdata=None), waiting=waiting)


@bp.post("/wie-doet-wat")
@requires(Action.WHO_DOES_WHAT_READ)
def results() -> ResponseReturnValue:
    """Show a card for each household that was found: 200, or 422 with what was typed."""
    form, actor = LookUpForm(), current_actor()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        found = queries.households_for(db.session(), actor, form.term.data or "", today=today())
    except InvalidInput as error:
        form.refuse(error)
        return _page(form, status=422)
    become_writer()
    record(
        db.session(), actor, "who_does_what_read", now=now(), subjects=found.clients, by=found.by
    )
    db.session.commit()
    return _page(form, found=found)


def _page(form: LookUpForm, *, status: int = 200, **context: Any) -> ResponseReturnValue:
    return render_page(
        "directory/index.html", status=status, form=form, longest=LONGEST_TERM,
        side=queries.side_of(current_actor()), most=MOST_HOUSEHOLDS, **context,
    )  # fmt: skip


@bp.get("/dossiers/<number:number>/wie-helpt-waarmee")
@requires(Action.DOSSIER_READ)
def letter(number: str) -> ResponseReturnValue:
    """Show the letter for the resident, to print; 409 when the dossier has stopped."""
    written = queries.letter_for(db.session(), current_actor(), number)
    become_writer()
    record(
        db.session(), current_actor(), "letter_read", now=now(), subjects=[written.client_id],
        dossier_id=written.dossier_id, municipality_id=written.municipality_id,
        relation=written.relations,
    )  # fmt: skip
    db.session.commit()
    return render_page("directory/letter.html", letter=written)
