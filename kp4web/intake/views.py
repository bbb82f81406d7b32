"""Pages about applications: the list, registering, one application, correcting and closing it."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from kp4web.applications.commands import record_at, require_undecided
from kp4web.applications.queries import Alike, application_ref
from kp4web.audit.commands import record
from kp4web.domain.applications import ApplicationState
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.policy import Action
from kp4web.extensions import db
from kp4web.intake import commands, queries
from kp4web.intake.forms import ApplicationForm, ChangeForm, CloseForm, FilterForm, RegisterForm
from kp4web.intake.page import ApplicationPage, application_for
from kp4web.web import drafts, merging
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page, wants_fragment
from kp4web.web.once import once
from kp4web.web.transactions import become_writer

bp = Blueprint("intake", __name__)
TABS: dict[str, tuple[str, tuple[ApplicationState, ...]]] = {
    "": ("Te doen", queries.OURS),
    "aangeboden": ("Aangeboden", (ApplicationState.OFFERED,)),
    "geaccepteerd": ("Geaccepteerd", (ApplicationState.ACCEPTED,)),
    "afgesloten": ("Afgesloten", (ApplicationState.CLOSED,)),
}
"""What stands in the address: the words on the tab, and the states behind it."""
PARTS: dict[str, tuple[str, tuple[ApplicationState, ...]]] = {
    "": ("Alles", queries.OURS),
    "open": ("Open", (ApplicationState.OPEN,)),
    "vragenlijst": ("Vragenlijst", (ApplicationState.RUNNING,)),
    "wacht": ("Wacht op profiel", (ApplicationState.WAITING,)),
    "teruggestuurd": ("Terug bij intake", (ApplicationState.RETURNED,)),
}
"""The same for the parts of what the work agency itself has to do."""
STATES = {name: states for name, (_, states) in (TABS | PARTS).items()}
EMPTY = {
    "open": ("Er zijn geen open aanvragen.", "Een nieuwe aanvraag staat hier tot u begint."),
    "vragenlijst": ("Er is geen vragenlijst bezig.", "Begin er een vanuit een open aanvraag."),
    "wacht": ("Er wacht niets op een profiel.", "Rond een vragenlijst af, dan staat die hier."),
    "teruggestuurd": (
        "Er is niets terug.", "Wat een gemeente terugstuurt of u zelf intrekt, komt hier te staan.",
    ),
    "aangeboden": (
        "Er is niets aangeboden.", "Na het vaststellen van klantprofiel 4 staat een aanvraag hier.",
    ),
    "geaccepteerd": (
        "Er is nog niets geaccepteerd.", "Accepteert een gemeente, dan ziet u hier de status.",
    ),
    "afgesloten": (
        "Er is nog niets afgesloten.", "Klantprofiel 1, 2 of 3 en wat is ingetrokken staat hier.",
    ),
}  # fmt: skip
"""What an empty tab says, and what fills it."""
LAST_PAGE = 100_000
TOGETHER = "Iemand anders legde deze aanvraag net vast. Kijk eerst of de aanvraag er al is."
_CHOICES = ("contact_preference", "municipality")


# ---------------------------------------------------------------------- the list


@bp.get("/aanvragen")
@requires(Action.APPLICATIONS_READ)
def index() -> ResponseReturnValue:
    """Show what waits, by default for the work agency itself; the longest waiting first."""
    actor = current_actor()
    tab = request.args.get("status", "")
    tab = tab if tab in STATES else ""
    form = FilterForm(request.args)
    form.offer_places(queries.municipalities_for(db.session(), actor))
    filters = queries.Filters(
        states=STATES[tab], municipality_id=int(form.gemeente.data or 0) or None,
        handler_id=actor.id if form.mijn.data else None,
    )  # fmt: skip
    page = min(max(request.args.get("pagina", 1, type=int), 1), LAST_PAGE)
    found = queries.applications_for(db.session(), actor, filters, page=page, today=today())
    if page > found.pages:
        return redirect(_list_url(tab, form, found.pages), 303)
    if found.shows_persons and found.lines:
        _record_list(line.id for line in found.lines)
    return render_page(
        "intake/index.html", found=found, form=form, tab=tab,
        tabs=_tabs(TABS, tab if tab in TABS else "", form, found),
        parts=_tabs(PARTS, tab, form, found) if tab in PARTS else [],
        is_filtered=bool(form.gemeente.data or form.mijn.data), empty_texts=EMPTY,
        unfiltered_url=url_for(".index", status=tab or None),
        page_url=lambda number: _list_url(tab, form, number),
    )  # fmt: skip


def _record_list(application_ids: Any) -> None:
    become_writer()
    shown = list(application_ids)
    record(db.session(), current_actor(), "applications_read", now=now(), applications=shown)
    db.session.commit()


def _list_url(tab: str, form: FilterForm, page: int | None = None) -> str:
    return url_for(
        ".index", status=tab or None, gemeente=form.gemeente.data or None,
        mijn="1" if form.mijn.data else None, pagina=page,
    )  # fmt: skip


def _tabs(
    offered: dict[str, tuple[str, tuple[ApplicationState, ...]]],
    current: str,
    form: FilterForm,
    found: queries.ApplicationList,
) -> list[dict[str, object]]:
    return [
        {
            "label": label,
            "href": _list_url(name, form),
            "current": name == current,
            "count": sum(found.counts[state] for state in states),
        }
        for name, (label, states) in offered.items()
    ]


# ---------------------------------------------------------------------- registering


@bp.get("/aanvragen/nieuw")
@requires(Action.APPLICATION_REGISTER)
def new() -> ResponseReturnValue:
    """Show the form for a new application."""
    return _register(drafts.restored(RegisterForm, data={"registered_on": today()}))


@bp.get("/aanvragen/<id:application_id>/partner")
@requires(Action.APPLICATION_REGISTER)
def new_partner(application_id: int) -> ResponseReturnValue:
    """Show the form for the partner of an applicant, with the household filled in."""
    partner = queries.partner_for(db.session(), current_actor(), application_id)
    _record_application(application_id)
    start = _typed(partner) | {"partner_of": str(partner.id)}
    rule = RegisterForm.of_partner
    return _register(drafts.restored(RegisterForm, partner.id, rule=rule, data=start))


def _typed(editable: queries.Editable) -> dict[str, Any]:
    """Return what a form starts with; a choice stands in it by its value."""
    values = editable.values | {"municipality": str(editable.values["municipality_id"])}
    values["members"] = [m | {"relation": m["relation"].value} for m in values["members"]]
    return values | {name: values.get(name) or "" for name in _CHOICES}


def _register(
    form: RegisterForm, *, matches: tuple[Alike, ...] = (), running: int | None = None,
    status: int = 200,
) -> ResponseReturnValue:  # fmt: skip
    """Show the form, empty or as it was typed; another try is another form."""
    form.offer(queries.municipalities_for(db.session(), current_actor()))
    form.submission.data = uuid4().hex
    if shown := [match.id for match in matches] + ([running] if running else []):
        _record_list(shown)
    partner = form.partner_id
    back = url_for(".show", application_id=partner) if partner else url_for(".index")
    return render_page(
        "intake/new.html", fragment="form", status=status, form=form, matches=matches,
        running=running, partner=partner, back=back, asks_more="meer" in request.form,
    )  # fmt: skip


@bp.post("/aanvragen")
@requires(Action.APPLICATION_REGISTER)
@once
def create() -> ResponseReturnValue:
    """Register: 303 to the application, or 422 with everything typed, also for a look-alike."""
    actor, form = current_actor(), RegisterForm()
    partner, rule = form.partner_id, form.of_partner if form.partner_id else form.draft
    if drafts.keeps():
        page = url_for(".new_partner", application_id=partner) if partner else None
        return drafts.keep(form, partner or 0, rule=rule, page=page)
    form.offer(queries.municipalities_for(db.session(), actor))
    if "meer" in request.form:
        form.members.add_row()
        return _register(form)
    if not form.validate_on_submit():
        return _register(form, status=422)
    try:
        made = commands.take_in_application(
            db.session(), actor, form.command(), now=now(), today=today()
        ).id
        drafts.forget(form, partner or 0, rule=rule)
        db.session.commit()
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _register(form, running=getattr(error, "application_id", None), status=422)
    except commands.PossibleDouble as error:
        db.session.rollback()
        return _register(form, matches=error.matches, status=422)
    except IntegrityError as error:  # the same form, sent twice at once
        raise DomainError(TOGETHER) from error
    flash(f"Aanvraag {made} is geregistreerd.", "ok")
    return go_to(url_for(".show", application_id=made))


# ---------------------------------------------------------------------- one application


@bp.get("/aanvragen/<id:application_id>")
@requires(Action.APPLICATIONS_READ)
def show(application_id: int) -> ResponseReturnValue:
    """Show one application: everything for intake, the status for others and once accepted."""
    return _page(application_id)


def _page(
    application_id: int, form: CloseForm | None = None, *, status: int = 200, **revealed: Any
) -> ResponseReturnValue:
    found = application_for(db.session(), current_actor(), application_id, today=today())
    form = form or drafts.restored(CloseForm, application_id)
    _record_page(found)
    return render_page(
        "intake/show.html", status=status, found=found, form=form,
        content=found.content, is_closing=status == 422 or form.saved, **revealed,
    )  # fmt: skip


def _record_page(found: ApplicationPage) -> None:
    become_writer()
    record(
        db.session(), current_actor(), "application_read", now=now(),
        municipality_id=found.municipality_id, relation=found.relations, application=found.id,
    )  # fmt: skip
    db.session.commit()


@bp.post("/aanvragen/<id:application_id>/bsn")
@requires(Action.APPLICATION_REGISTER)
def bsn(application_id: int) -> ResponseReturnValue:
    """Show the BSN in full, in its place on the page; a logged act."""
    full = commands.reveal_bsn(db.session(), current_actor(), application_id, now=now())
    db.session.commit()
    if wants_fragment():
        return render_page("intake/show.html", fragment="bsn", full_bsn=full, is_revealed=True)
    return _page(application_id, full_bsn=full, is_revealed=True)


@bp.post("/aanvragen/<id:application_id>/behandelaar")
@requires(Action.APPLICATION_REGISTER)
def take(application_id: int) -> ResponseReturnValue:
    """Take the application over from a colleague: 303 back to it."""
    commands.take_application(db.session(), current_actor(), application_id, now=now())
    db.session.commit()
    flash(f"U behandelt nu aanvraag {application_id}.", "ok")
    return go_to(url_for(".show", application_id=application_id))


@bp.post("/aanvragen/<id:application_id>/afsluiten")
@requires(Action.APPLICATION_REGISTER)
@once
def close(application_id: int) -> ResponseReturnValue:
    """Close without a klantprofiel: 303 back to it, 422 with what was typed, or 409 by now."""
    form = CloseForm()
    require_undecided(application_ref(db.session(), current_actor(), application_id))
    if drafts.keeps():
        return drafts.keep(form, application_id)
    if not form.validate_on_submit():
        return _page(application_id, form, status=422)
    try:
        commands.close_application(
            db.session(), current_actor(), application_id, form.command(), now=now(), today=today()
        )
        drafts.forget(form, application_id)
        db.session.commit()
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _page(application_id, form, status=422)
    flash(f"Aanvraag {application_id} is afgesloten.", "ok")
    return go_to(url_for(".show", application_id=application_id))


# ---------------------------------------------------------------------- correcting


@bp.get("/aanvragen/<id:application_id>/gegevens")
@requires(Action.APPLICATION_REGISTER)
def edit(application_id: int) -> ResponseReturnValue:
    """Show the form with what was registered; 409 when it is with the municipality."""
    editable = queries.editable_for(db.session(), current_actor(), application_id)
    return _change(editable, drafts.restored(ChangeForm, application_id, data=_typed(editable)))


def _change(
    editable: queries.Editable, form: ApplicationForm, *, running: int | None = None,
    status: int = 200,
) -> ResponseReturnValue:  # fmt: skip
    """Log whom the form is about, then show it; a form that comes back was logged before."""
    form.offer(queries.municipalities_for(db.session(), current_actor()))
    if request.method == "GET":
        _record_application(editable.id)
        if not form.saved:
            merging.begin(form)
    return render_page(
        "intake/edit.html", fragment="form", status=status, form=form, editable=editable,
        running=running, back=url_for(".show", application_id=editable.id),
        asks_more="meer" in request.form,
    )  # fmt: skip


def _record_application(application_id: int) -> None:
    become_writer()
    ref = application_ref(db.session(), current_actor(), application_id)
    record_at(db.session(), current_actor(), ref, "application_read", now=now())
    db.session.commit()


@bp.post("/aanvragen/<id:application_id>/gegevens")
@requires(Action.APPLICATION_REGISTER)
def update(application_id: int) -> ResponseReturnValue:
    """Correct the data: 303 back to the application, or 422 with everything typed."""
    actor, form = current_actor(), ChangeForm()
    if drafts.keeps():
        queries.editable_for(db.session(), actor, application_id)
        return drafts.keep(form, application_id)
    editable = queries.editable_for(db.session(), actor, application_id, lock=True)
    form.offer(queries.municipalities_for(db.session(), actor))
    if "meer" in request.form:
        form.based_on = request.form.get(drafts.BASIS, "")
        form.members.add_row()
        return _change(editable, form)
    if not merging.merge(form, _typed(editable)):
        db.session.rollback()
        return _change(editable, form, status=409)
    if not form.validate_on_submit():
        return _change(editable, form, status=422)
    try:
        commands.change_application(
            db.session(), actor, application_id, form.command(), now=now(), today=today()
        )
        drafts.forget(form, application_id)
        db.session.commit()
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        running = getattr(error, "application_id", None)
        return _change(editable, form, running=running, status=422)
    flash("De gegevens zijn opgeslagen.", "ok")
    if others := merging.said(form):
        flash(others, "info")
    return go_to(url_for(".show", application_id=application_id))
