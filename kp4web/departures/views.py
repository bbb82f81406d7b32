"""The page on which a dossier is offered to the work agency, with exactly what would cross."""

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.departures import commands
from kp4web.departures.forms import OfferDossierForm
from kp4web.domain.policy import Action
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import dossier_ref
from kp4web.extensions import db
from kp4web.handovers.queries import departure_for, nobodys_for
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page
from kp4web.web.once import once
from kp4web.web.transactions import become_writer

bp = Blueprint("departures", __name__)


@bp.get("/dossiers/<number:number>/overdracht")
@requires(Action.DOSSIER_HAND_OVER)
def show(number: str) -> ResponseReturnValue:
    """Show the hand-overs of a dossier, the form to offer it, and what would cross."""
    return _page(number)


def _page(
    number: str, form: OfferDossierForm | None = None, *, status: int = 200
) -> ResponseReturnValue:
    actor, moment = current_actor(), now()
    found = departure_for(db.session(), actor, number, now=moment, today=today())
    if form is None and found.may_offer:
        form = drafts.restored(OfferDossierForm, found.ref.id)
    become_writer()
    record_in(db.session(), actor, found.ref, "handover_read", now=moment)
    db.session.commit()
    return render_page("departures/show.html", status=status, found=found, form=form)


@bp.post("/dossiers/<number:number>/overdracht")
@requires(Action.DOSSIER_HAND_OVER)
@once
def create(number: str) -> ResponseReturnValue:
    """Offer a dossier: 303 to the hand-over, 422 with the report kept, 409 outside KP3."""
    form, actor = OfferDossierForm(), current_actor()
    ref = dossier_ref(db.session(), actor, number)
    commands.require_giver(ref)
    if drafts.keeps():
        return drafts.keep(form, ref.id)
    if not form.validate_on_submit():
        return _page(number, form, status=422)
    handover = commands.offer_dossier(
        db.session(), actor, number, form.command(), now=now(), today=today()
    )
    handover_id = handover.id
    drafts.forget(form, ref.id)
    db.session.commit()
    flash(f"Dossier {number} is aangeboden aan Werkzaak.")
    return go_to(url_for("handovers.show", handover_id=handover_id))


@bp.get("/overdrachten/van-niemand")
@requires(Action.NOBODY_READ)
def nobody() -> ResponseReturnValue:
    """Show whom nobody on the own side has had for more than five days."""
    actor = current_actor()
    lines = nobodys_for(db.session(), actor, today=today())
    if lines:
        become_writer()
        record(
            db.session(), actor, "nobody_read", now=now(),
            subjects=[line.client_id for line in lines if line.client_id],
            handovers=[line.handover_id for line in lines if line.handover_id],
        )  # fmt: skip
        db.session.commit()
    return render_page("departures/nobody.html", lines=lines)
