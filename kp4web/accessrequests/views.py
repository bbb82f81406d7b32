"""Pages of access requests: for the coordinator, for the privacy officer, and the document."""

from flask import Blueprint, Response, flash, url_for
from flask.typing import ResponseReturnValue

from kp4web.accessrequests import commands, queries
from kp4web.accessrequests.export import as_json, shown
from kp4web.accessrequests.forms import EndForm, PrepareForm, ReleaseForm
from kp4web.accessrequests.queries import NO_REQUEST, Document
from kp4web.audit.commands import record
from kp4web.domain.accessrequests import RequestState
from kp4web.domain.errors import NotFound
from kp4web.domain.policy import Action
from kp4web.dossiers.commands import record_in
from kp4web.extensions import db
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page
from kp4web.web.once import once
from kp4web.web.transactions import become_writer, carried_out

bp = Blueprint("accessrequests", __name__)


# ---------------------------------------------------------------------- the coordinator


@bp.get("/dossiers/<number:number>/inzageverzoeken")
@requires(Action.ACCESS_REQUEST_PREPARE)
def of_dossier(number: str) -> ResponseReturnValue:
    """Show the requests of a dossier, and the form for a new one while none waits."""
    form = PrepareForm(formdata=None)
    form.received_on.data = today()
    return _of_dossier(number, form, EndForm(formdata=None))


@bp.post("/dossiers/<number:number>/inzageverzoeken")
@requires(Action.ACCESS_REQUEST_PREPARE)
@once
def create(number: str) -> ResponseReturnValue:
    """Prepare a request: 303, 409 while one waits, or 422 with the form."""
    form = PrepareForm()

    def carry_out() -> None:
        commands.prepare_request(
            db.session(), current_actor(), number, form.command(), now=now(), today=today()
        )

    if carried_out(form, carry_out):
        flash("Het verzoek ligt nu bij de privacy officer.", "ok")
        return go_to(url_for(".of_dossier", number=number))
    return _of_dossier(number, form, EndForm(formdata=None), status=422)


@bp.post("/dossiers/<number:number>/inzageverzoeken/<id:access_request_id>/intrekking")
@requires(Action.ACCESS_REQUEST_PREPARE)
def withdraw(number: str, access_request_id: int) -> ResponseReturnValue:
    """Withdraw a request that waits: 303, 409 when it was ended meanwhile, or 422."""
    form = EndForm()

    def carry_out() -> None:
        commands.withdraw_request(
            db.session(), current_actor(), number, access_request_id, form.reason.data or "",
            now=now(),
        )  # fmt: skip

    if carried_out(form, carry_out):
        flash("Het inzageverzoek is ingetrokken.", "ok")
        return go_to(url_for(".of_dossier", number=number))
    return _of_dossier(number, PrepareForm(formdata=None), form, status=422, of=access_request_id)


def _of_dossier(
    number: str, form: PrepareForm, end: EndForm, *, status: int = 200, of: int | None = None
) -> ResponseReturnValue:
    page = queries.requests_of(db.session(), current_actor(), number)
    if of is not None and all(line.id != of for line in page.lines):
        raise NotFound(NO_REQUEST)
    become_writer()
    record_in(db.session(), current_actor(), page.ref, "access_requests_read", now=now())
    db.session.commit()
    return render_page(
        "accessrequests/dossier.html", fragment="forms", status=status, page=page, form=form,
        end=end, now=now(), RequestState=RequestState,
    )  # fmt: skip


@bp.get("/dossiers/<number:number>/inzageverzoeken/<id:access_request_id>/document")
@requires(Action.ACCESS_REQUEST_PREPARE)
def document(number: str, access_request_id: int) -> ResponseReturnValue:
    """Show everything held about the resident, to print and hand over; 409 when not released."""
    found = _document(number, access_request_id)
    return render_page(
        "accessrequests/document.html", page=found, shown=shown, made_at=now(),
        json_url=url_for(".data", number=number, access_request_id=access_request_id),
    )  # fmt: skip


@bp.get("/dossiers/<number:number>/inzageverzoeken/<id:access_request_id>/gegevens.json")
@requires(Action.ACCESS_REQUEST_PREPARE)
def data(number: str, access_request_id: int) -> ResponseReturnValue:
    """Give the same for a machine; the name of the file says nothing about anybody."""
    found = _document(number, access_request_id)
    about = {
        "stand_van": now().isoformat(timespec="seconds"),
        "inzage": [
            {
                "moment": look.at.isoformat(timespec="seconds"), "handeling": look.act,
                "rol": look.roles, "relatie": look.relation, "organisatie": look.organisation,
                "reden": look.reason,
            }
            for look in found.looks
        ],
    }  # fmt: skip
    answer = Response(as_json(found.sections, about), mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename="inzage.json")
    return answer


def _document(number: str, request_id: int) -> Document:
    """Read the document, then log that it was opened."""
    session, actor = db.session(), current_actor()
    found = queries.document_for(session, actor, number, request_id, now=now())
    become_writer()
    record_in(session, actor, found.ref, "access_export_read", now=now(), request=request_id)
    session.commit()
    return found


# ---------------------------------------------------------------------- the privacy officer


@bp.get("/privacy/inzageverzoeken")
@requires(Action.ACCESS_REQUEST_RELEASE)
def index() -> ResponseReturnValue:
    """List the requests of the municipality, those that wait first."""
    session, actor = db.session(), current_actor()
    lines = queries.requests_for(session, actor)
    become_writer()
    subjects = [line.client_id for line in lines]
    record(session, actor, "access_requests_read", now=now(), subjects=subjects)
    session.commit()
    waiting = sum(line.state is RequestState.PREPARED for line in lines)
    return render_page(
        "accessrequests/index.html", lines=lines, waiting=waiting, today=today(),
        RequestState=RequestState,
    )  # fmt: skip


@bp.get("/privacy/inzageverzoeken/<id:access_request_id>")
@requires(Action.ACCESS_REQUEST_RELEASE)
def show(access_request_id: int) -> ResponseReturnValue:
    """Show one request with what the document will hold, never the content."""
    return _show(access_request_id, EndForm(formdata=None))


@bp.post("/privacy/inzageverzoeken/<id:access_request_id>/vrijgave")
@requires(Action.ACCESS_REQUEST_RELEASE)
def release(access_request_id: int) -> ResponseReturnValue:
    """Release the document: 303, or 409 when it was ended meanwhile or is one's own."""
    form = ReleaseForm()
    if not form.validate_on_submit():
        return _show(access_request_id, EndForm(formdata=None), status=422)
    commands.release_request(db.session(), current_actor(), access_request_id, now=now())
    db.session.commit()
    flash("Vrijgegeven. De coördinator kan de uitdraai 14 dagen openen.", "ok")
    return go_to(url_for(".index"))


@bp.post("/privacy/inzageverzoeken/<id:access_request_id>/terugzending")
@requires(Action.ACCESS_REQUEST_RELEASE)
def return_(access_request_id: int) -> ResponseReturnValue:
    """Send it back to the coordinator with what is missing: 303, 409 or 422."""
    form = EndForm()

    def carry_out() -> None:
        commands.return_request(
            db.session(), current_actor(), access_request_id, form.reason.data or "", now=now()
        )

    if carried_out(form, carry_out):
        flash("Het verzoek is teruggestuurd naar de coördinator.", "ok")
        return go_to(url_for(".index"))
    return _show(access_request_id, form, status=422)


def _show(request_id: int, end: EndForm, *, status: int = 200) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    found = queries.request_for(session, actor, request_id)
    become_writer()
    record(
        session, actor, "access_request_read", now=now(), subjects=[found.line.client_id],
        dossier_id=found.line.dossier_id, relation=["privacy"], request=request_id,
    )  # fmt: skip
    session.commit()
    return render_page(
        "accessrequests/show.html", fragment="forms", status=status, found=found, end=end,
        own=found.line.prepared_by_id == actor.id, RequestState=RequestState,
    )  # fmt: skip
