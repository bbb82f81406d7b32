"""Pages about hand-overs: the list of either organisation, one hand-over, accepting it."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from kp4web.audit.commands import record
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.policy import Action
from kp4web.extensions import db
from kp4web.handovers import commands, queries
from kp4web.handovers.forms import AcceptForm
from kp4web.handovers.models import HandoverState
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import render_page
from kp4web.web.transactions import become_writer

bp = Blueprint("handovers", __name__)
TABS = {
    "aangeboden": HandoverState.OFFERED,
    "teruggestuurd": HandoverState.RETURNED,
    "geaccepteerd": HandoverState.ACCEPTED,
}
LAST_PAGE = 100_000
TOGETHER = "Iemand anders legde deze inwoner net vast. Open de overdracht opnieuw."


@bp.get("/overdrachten")
@requires(Action.HANDOVERS_READ)
def index() -> ResponseReturnValue:
    """Show what is offered and what was accepted, to or from the own organisation."""
    actor = current_actor()
    state = TABS.get(request.args.get("status", ""), HandoverState.OFFERED)
    page = min(max(request.args.get("pagina", 1, type=int), 1), LAST_PAGE)
    found = queries.handovers_for(db.session(), actor, state, page=page)
    if page > found.pages:
        return redirect(_tab(state), 303)
    if found.shows_persons and found.lines:
        become_writer()
        record(
            db.session(), actor, "handovers_read", now=now(),
            subjects=[line.client_id for line in found.lines if line.client_id],
            handovers=[line.id for line in found.lines],
        )  # fmt: skip
        db.session.commit()
    return render_page(
        "handovers/index.html", found=found, tabs=_tabs(found),
        page_url=lambda number: _tab(state, number),
    )  # fmt: skip


def _tab(state: HandoverState, page: int | None = None) -> str:
    name = next(name for name, tab in TABS.items() if tab is state)
    return url_for(".index", status=name, pagina=page)


def _tabs(found: queries.HandoverList) -> list[dict[str, object]]:
    return [
        {
            "label": state.label,
            "href": _tab(state),
            "current": state is found.state,
            "count": found.counts[state],
        }
        for state in HandoverState
    ]


@bp.get("/overdrachten/<id:handover_id>")
@requires(Action.HANDOVERS_READ)
def show(handover_id: int) -> ResponseReturnValue:
    """Show one hand-over: what it carries, or only where it stands."""
    return _page(handover_id, AcceptForm(formdata=None))


def _page(handover_id: int, form: AcceptForm, *, status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    found = queries.handover_for(db.session(), actor, handover_id)
    if found.package is not None:
        shown = {match.client_id for match in found.matches}
        become_writer()
        record(
            db.session(), actor, "handover_read", now=now(),
            subjects=shown | ({found.line.client_id} if found.line.client_id else set()),
            municipality_id=found.line.municipality_id, handover=handover_id,
        )  # fmt: skip
        db.session.commit()
    return render_page("handovers/show.html", status=status, form=form, found=found)


@bp.post("/overdrachten/<id:handover_id>/acceptatie")
@requires(Action.HANDOVER_ACCEPT)
def accept(handover_id: int) -> ResponseReturnValue:
    """Accept: 303 to the dossier, 422 with the choice to make, or 409 when it was done before."""
    form = AcceptForm()
    if not form.validate_on_submit():
        return _page(handover_id, form, status=422)
    try:
        dossier = commands.accept_handover(
            db.session(), current_actor(), handover_id, form.command(), now=now(), today=today()
        )
        number, has_lead = dossier.number, dossier.lead_id is not None
        db.session.commit()
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _page(handover_id, form, status=422)
    except IntegrityError as error:  # the same person, through another hand-over at that moment
        raise DomainError(TOGETHER) from error
    flash(f"De overdracht is geaccepteerd in dossier {number}.")
    if not has_lead:
        flash("Dit dossier heeft nog geen consulent. Wijs het nu toe.", "info")
    return redirect(url_for("timeline.show", number=number), 303)
