"""Pages about hand-overs: the list of either organisation, one hand-over, answering it."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from kp4web.applications.queries import number_to_do
from kp4web.audit.commands import record
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.policy import Action
from kp4web.extensions import db
from kp4web.handovers import commands, queries
from kp4web.handovers.forms import AcceptForm, OfferForm, ReturnForm
from kp4web.handovers.models import HandoverState
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page
from kp4web.web.once import once
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
    """Show what is offered, came back or was accepted, to or from the own organisation."""
    actor = current_actor()
    state = TABS.get(request.args.get("status", ""), HandoverState.OFFERED)
    page = min(max(request.args.get("pagina", 1, type=int), 1), LAST_PAGE)
    found = queries.handovers_for(db.session(), actor, state, page=page)
    opens = found.may_register and state is HandoverState.OFFERED
    waiting = number_to_do(db.session(), actor) if opens else 0
    if page > found.pages:
        return redirect(_tab(state), 303)
    if found.shown:
        become_writer()
        record(
            db.session(), actor, "handovers_read", now=now(),
            subjects=[line.client_id for line in found.lines if line.client_id],
            handovers=list(found.shown),
        )  # fmt: skip
        db.session.commit()
    return render_page(
        "handovers/index.html", found=found, tabs=_tabs(found),
        page_url=lambda number: _tab(state, number), returned_url=_tab(HandoverState.RETURNED),
        register_url=url_for("intake.new") if found.may_register else None,
        application_url=_application_url, waiting=waiting,
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
        for state in TABS.values()
    ]


def _application_url(application_id: int | None) -> str | None:
    if application_id is None:
        return None
    return url_for("intake.show", application_id=application_id)


@bp.get("/overdrachten/<id:handover_id>")
@requires(Action.HANDOVERS_READ)
def show(handover_id: int) -> ResponseReturnValue:
    """Show one hand-over: what it carries, or only where it stands."""
    return _page(handover_id)


def _page(
    handover_id: int,
    *,
    accepting: AcceptForm | None = None,
    returning: ReturnForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    found = queries.handover_for(db.session(), current_actor(), handover_id)
    if (accepting or returning) and not found.may_answer:
        raise DomainError(f"Deze overdracht is al {found.line.state.label.lower()}.")
    if returning is None and found.may_answer:
        returning = drafts.restored(ReturnForm, handover_id)
    if found.package is not None or found.line.reason:
        _record_read(found)
    return render_page(
        "handovers/show.html", status=status, found=found,
        form=accepting or AcceptForm(formdata=None),
        returning=returning, opens_return=bool(returning and (returning.errors or returning.saved)),
        application_url=_application_url(found.line.application_id),
    )  # fmt: skip


def _record_read(found: queries.HandoverPage) -> None:
    """Log that the person or the reason of a hand-over was shown."""
    shown = {match.client_id for match in found.matches}
    become_writer()
    record(
        db.session(), current_actor(), "handover_read", now=now(),
        subjects=shown | ({found.line.client_id} if found.line.client_id else set()),
        municipality_id=found.line.municipality_id, handover=found.line.id,
    )  # fmt: skip
    db.session.commit()


@bp.post("/overdrachten/<id:handover_id>/acceptatie")
@requires(Action.HANDOVER_ACCEPT)
@once
def accept(handover_id: int) -> ResponseReturnValue:
    """Accept: 303 to the dossier, 422 with the choice to make, or 409 when it was done before."""
    form = AcceptForm()
    if not form.validate_on_submit():
        return _page(handover_id, accepting=form, status=422)
    try:
        dossier = commands.accept_handover(
            db.session(), current_actor(), handover_id, form.command(), now=now(), today=today()
        )
        number, has_lead = dossier.number, dossier.lead_id is not None
        db.session.commit()
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _page(handover_id, accepting=form, status=422)
    except IntegrityError as error:  # the same person, through another hand-over at that moment
        raise DomainError(TOGETHER) from error
    flash(f"De overdracht is geaccepteerd in dossier {number}.")
    if not has_lead:
        flash("Dit dossier heeft nog geen consulent. Wijs het nu toe.", "info")
    return redirect(url_for("timeline.show", number=number), 303)


@bp.post("/overdrachten/<id:handover_id>/terugzending")
@requires(Action.HANDOVER_ACCEPT)
@once
def return_(handover_id: int) -> ResponseReturnValue:
    """Send back: 303 to where it stands now, 422 without a reason, 409 when it was answered."""
    form = ReturnForm()
    if drafts.keeps():
        if not queries.handover_for(db.session(), current_actor(), handover_id).may_answer:
            raise DomainError("Deze overdracht is al beantwoord.")
        return drafts.keep(form, handover_id)
    if not form.validate_on_submit():
        return _page(handover_id, returning=form, status=422)
    try:
        commands.return_handover(
            db.session(), current_actor(), handover_id, form.command(), now=now(), today=today()
        )
        drafts.forget(form, handover_id)
        db.session.commit()
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _page(handover_id, returning=form, status=422)
    flash(f"Overdracht {handover_id} is teruggestuurd. Werkzaak ziet uw reden.")
    return go_to(url_for(".show", handover_id=handover_id))


@bp.get("/aanvragen/<id:application_id>/overdrachten/nieuw")
@requires(Action.HANDOVER_OFFER)
def new(application_id: int) -> ResponseReturnValue:
    """Show the form to offer a returned applicant again, with the reason beside it."""
    return _offer_page(application_id, None)


def _offer_page(
    application_id: int, form: OfferForm | None, *, status: int = 200
) -> ResponseReturnValue:
    offering = queries.offering_for(db.session(), current_actor(), application_id)
    form = form or drafts.restored(OfferForm, application_id, data={"note": offering.note})
    _record_read(offering.returned)
    return render_page(
        "handovers/new.html", status=status, offering=offering, form=form,
        application_url=_application_url(application_id),
    )  # fmt: skip


@bp.post("/aanvragen/<id:application_id>/overdrachten")
@requires(Action.HANDOVER_OFFER)
@once
def create(application_id: int) -> ResponseReturnValue:
    """Offer again: 303 to the new hand-over, 422 with the note kept, 409 when not returned."""
    form = OfferForm()
    if drafts.keeps():
        queries.offering_for(db.session(), current_actor(), application_id)
        return drafts.keep(form, application_id)
    if not form.validate_on_submit():
        return _offer_page(application_id, form, status=422)
    try:
        handover = commands.offer_again(
            db.session(), current_actor(), application_id, form.note.data or "",
            now=now(), today=today(),
        )  # fmt: skip
        handover_id = handover.id
        drafts.forget(form, application_id)
        db.session.commit()
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _offer_page(application_id, form, status=422)
    flash("De aanvraag is opnieuw aangeboden.")
    return go_to(url_for(".show", handover_id=handover_id))
