"""The work list, and what can be done about one item: move, complete, plan, AOW date."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, Response, current_app, flash, request, url_for
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.audit.queries import WITH_ROWS, shown_before
from kp4web.domain.dates import dutch_date, dutch_day
from kp4web.domain.due import DueKind
from kp4web.domain.due_words import DueGroup, quick_picks
from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import Access, Action, Field
from kp4web.domain.talks import day_and_time
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import DossierRef
from kp4web.extensions import db
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.forms import BaseForm
from kp4web.web.hints import ask_about_number, offer_undo
from kp4web.web.htmx import go_to, render_page, wants_fragment
from kp4web.web.once import once
from kp4web.web.paths import way_back
from kp4web.web.transactions import become_writer
from kp4web.worklist import commands, overview, queries
from kp4web.worklist.acts import Act
from kp4web.worklist.commands import AgreementEnding
from kp4web.worklist.forms import AgreementForm, MoveForm, PensionForm, PlanForm
from kp4web.worklist.pieces import Wanted
from kp4web.worklist.presentation import (
    ANY_ID,
    ANY_NUMBER,
    Addresses,
    groups_of,
    summary,
    tabs_of,
)

bp = Blueprint("worklist", __name__)
Kind = TypeVar("Kind", bound=StrEnum)


@bp.get("/werkvoorraad")
@requires(Action.WORKLIST_READ)
def index() -> ResponseReturnValue:
    """Show what is due for this actor, in groups, one page at a time."""
    return _list(_wanted(request.args))


def _wanted(given: Mapping[str, str]) -> Wanted:
    """Return what the address asks for; what it cannot mean is left out."""
    return Wanted(
        group=_one_of(DueGroup, given.get("groep")),
        track=_one_of(TrackKind, given.get("traject")),
        kind=_one_of(DueKind, given.get("soort")),
        page=_number(given.get("pagina")) or 1,
        everything=given.get("alles") == "1",
        chooses=given.get("kies") == "1",
    )


def _one_of(kind: type[Kind], value: str | None) -> Kind | None:
    return next((member for member in kind if member.value == value), None)


def _number(text: str | None) -> int | None:
    plain = text is not None and text.isascii() and text.isdecimal() and len(text) < 7
    return int(text) if text is not None and plain else None


def _list(wanted: Wanted, *, focus: int | None = None) -> ResponseReturnValue:
    """Log whom the page shows, then answer with it; ``focus`` is the row to go on with."""
    actor, day = current_actor(), today()
    work = overview.work_for(db.session(), actor, wanted, today=day)
    become_writer()
    record(db.session(), actor, "worklist_read", now=now(), subjects=work.clients)
    db.session.commit()
    patterns = _patterns(request.script_root)
    addresses = Addresses(url_for(".index"), patterns, replace(wanted, page=work.page))
    return render_page(
        "worklist/index.html", fragment="list", work=work, addresses=addresses,
        can_choose=any(Act.MOVE in row.acts for row in work.rows),
        groups=groups_of(work, addresses, day, focus), tabs=tabs_of(work, addresses),
        lead=summary(work.counts), focuses=focus is not None, drafts=drafts.listed(work.drafts),
        tracks=[kind for kind in TrackKind if kind.active], kinds=list(DueKind),
    )  # fmt: skip


_PAGES = {
    "dossier": "timeline.show", "record": "conversations.new",
    "attempt": "conversations.new_attempt", "track": "tracks.edit", "rest": "tracks.decide",
    "assign": "caseload.index", "review": "handovers.show", "departure": "departures.show",
    "message": "conversations.settle_message", "move": "worklist.edit",
    "complete": "worklist.complete", "plan": "worklist.new", "pension": "worklist.pension",
    "settle": "worklist.agreement", "exemption": "exemptions.show", "signal": "signals.edit",
    "question": "reports.question", "facts": "corrections.index",
}  # fmt: skip


@lru_cache(maxsize=8)
def _patterns(_root: str) -> Mapping[str, str | None]:
    """Return the addresses that rows need below this root, each built once for all rows."""
    return {name: _pattern(endpoint) for name, endpoint in _PAGES.items()}


def _pattern(endpoint: str) -> str | None:
    if endpoint not in current_app.view_functions:
        return None
    arguments = next(current_app.url_map.iter_rules(endpoint)).arguments
    values: dict[str, Any] = {
        name: ANY_NUMBER if name == "number" else ANY_ID for name in arguments
    }
    return url_for(endpoint, **values)


@bp.get("/opvolgingen/<id:follow_up_id>/verzetting")
@requires(Action.FOLLOW_UP_CHANGE)
def edit(follow_up_id: int) -> ResponseReturnValue:
    """Offer other dates for a follow-up: a page, or the small form inside a row."""
    item = queries.follow_up_for(db.session(), current_actor(), follow_up_id)
    return _move_page(item, MoveForm(starts_at=item.starts_at, place=item.place))


@bp.post("/opvolgingen/<id:follow_up_id>/verzetting")
@requires(Action.FOLLOW_UP_CHANGE)
def move(follow_up_id: int) -> ResponseReturnValue:
    """Move a follow-up: 303 (the list again for htmx), or 422 with the date typed."""
    form = MoveForm()
    if form.validate_on_submit():
        try:
            moved = commands.move_follow_up(
                db.session(), current_actor(), follow_up_id, form.day(),
                starts_at=form.starts_at.data, place=form.new_place, now=now(), today=today(),
            )  # fmt: skip
            return _done(f"De opvolging is verzet naar {dutch_day(moved.due_on)}.")
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
    item = queries.follow_up_for(db.session(), current_actor(), follow_up_id)
    return _move_page(item, form, status=422)


def _move_page(item: queries.OpenItem, form: MoveForm, *, status: int = 200) -> Response:
    for field in (form.due_on, form.starts_at, form.place):
        field.id = f"{field.name}-{item.id}"
    return _form_page(
        "worklist/move.html", f"move-{item.id}", item.dossier, form, status=status, item=item,
        picks=quick_picks(today()), default=url_for(".index"),
    )  # fmt: skip


@bp.post("/opvolgingen/<id:follow_up_id>/afhandeling")
@requires(Action.FOLLOW_UP_CHANGE)
def complete(follow_up_id: int) -> ResponseReturnValue:
    """Complete a follow-up: 303 (the list again for htmx), 409 when it was settled before."""
    ref = commands.complete_follow_up(
        db.session(), current_actor(), follow_up_id, now=now(), today=today()
    )
    offer_undo(
        f"De opvolging in dossier {ref.number} is afgehandeld.",
        href=url_for(".undo", follow_up_id=follow_up_id),
        back=way_back(url_for(".index")), target="#worklist",
    )  # fmt: skip
    return _done()


@bp.post("/opvolgingen/<id:follow_up_id>/heropening")
@requires(Action.FOLLOW_UP_CHANGE)
def undo(follow_up_id: int) -> ResponseReturnValue:
    """Take back within 10 seconds that a follow-up was completed: 303, or 409 when too late."""
    ref = commands.undo_completion(db.session(), current_actor(), follow_up_id, now=now())
    return _done(f"De opvolging in dossier {ref.number} staat weer open.")


@bp.get("/dossiers/<number:number>/opvolgingen/nieuw")
@requires(Action.FOLLOW_UP_CHANGE)
def new(number: str) -> ResponseReturnValue:
    """Show the form to plan a follow-up beside any conversation."""
    line = queries.dossier_line(db.session(), current_actor(), number)
    return _plan_page(line, _plan_form())


def _plan_form() -> PlanForm:
    """Return the form, with the consultants of the own team to choose from."""
    form = PlanForm()
    form.offer(queries.colleagues_for(db.session(), current_actor()))
    return form


@bp.post("/dossiers/<number:number>/opvolgingen")
@requires(Action.FOLLOW_UP_CHANGE)
@once
def create(number: str) -> ResponseReturnValue:
    """Plan a follow-up: 303 to the dossier or the list, or 422 with everything typed."""
    form = _plan_form()
    if form.validate_on_submit():
        try:
            planned = commands.plan_follow_up(
                db.session(), current_actor(), number, form.command(), now=now(), today=today()
            )
            what = "Het gesprek" if form.talk_at.data else "De opvolging"
            text = f"{what} is gepland op {day_and_time(planned.due_on, form.talk_at.data)}."
            page = url_for("timeline.show", number=number)
            typed = (planned.what, planned.activation_reason)
            ask_about_number(*typed, href=page, label="Naar het dossier")
            return _done(text, default=url_for("timeline.show", number=number))
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
    line = queries.dossier_line(db.session(), current_actor(), number)
    return _plan_page(line, form, status=422)


def _plan_page(line: queries.DossierLine, form: PlanForm, *, status: int = 200) -> Response:
    line.ref.require(Field.FOLLOW_UP_WHAT, Access.WRITE)
    number = line.ref.number
    form.due_on.id, form.what.id = f"due_on-{number}", f"what-{number}"
    picks = [(pick.label, pick.on) for pick in quick_picks(today())]
    return _form_page(
        "worklist/plan.html", f"plan-{number}", line, form, status=status, picks=picks,
        default=url_for("timeline.show", number=number),
    )  # fmt: skip


@bp.get("/dossiers/<number:number>/aow")
@requires(Action.DUE_ITEM_SETTLE)
def pension(number: str) -> ResponseReturnValue:
    """Show the form about the AOW date: seen, or (``uitstel``) stopping postponed."""
    line = queries.dossier_line(db.session(), current_actor(), number)
    uitstel = request.args.get("uitstel", "")[:1]
    form = drafts.restored(PensionForm, line.ref.id, uitstel=uitstel)
    return _pension_page(line, form)


@bp.post("/dossiers/<number:number>/aow")
@requires(Action.DUE_ITEM_SETTLE)
@once
def note_pension(number: str) -> ResponseReturnValue:
    """Note what was agreed about the AOW date: 303, or 422 with everything typed."""
    form = PensionForm()
    line = queries.dossier_line(db.session(), current_actor(), number)
    if drafts.keeps():
        line.ref.require(Field.TRACK, Access.WRITE)
        return drafts.keep(form, line.ref.id)
    if form.validate_on_submit():
        try:
            note = commands.note_pension(
                db.session(), current_actor(), number, form.command(), now=now(), today=today()
            )
            drafts.forget(form, line.ref.id)
            page = url_for("timeline.show", number=number)
            ask_about_number(note.note, href=page, label="Naar het dossier")
            return _done(
                "U heeft de AOW-datum gezien."
                if note.postponed_to is None
                else f"Stoppen is uitgesteld tot {dutch_date(note.postponed_to)}."
            )
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
    return _pension_page(line, form, status=422)


def _pension_page(line: queries.DossierLine, form: PensionForm, *, status: int = 200) -> Response:
    line.ref.require(Field.TRACK, Access.WRITE)
    part = f"{'uitstel' if form.uitstel.data else 'gezien'}-{line.ref.number}"
    form.note.id, form.postponed_to.id = f"note-{part}", f"postponed_to-{part}"
    return _form_page(
        "worklist/pension.html", f"aow-{part}", line, form, status=status,
        postpones=bool(form.uitstel.data), default=url_for(".index"),
    )  # fmt: skip


@bp.get("/afspraken/<id:agreement_id>/afronding")
@requires(Action.AGREEMENT_SETTLE)
def agreement(agreement_id: int) -> ResponseReturnValue:
    """Ask how an agreement ended: a page, or the small form inside a row."""
    item = queries.agreement_for(db.session(), current_actor(), agreement_id)
    return _agreement_page(item, AgreementForm())


@bp.post("/afspraken/<id:agreement_id>/afronding")
@requires(Action.AGREEMENT_SETTLE)
def settle_agreement(agreement_id: int) -> ResponseReturnValue:
    """Note how an agreement ended: 303 (the list again for htmx), 409 when it ended before."""
    form = AgreementForm()
    if form.validate_on_submit():
        ending = form.chosen_ending()
        ref = commands.settle_agreement(
            db.session(), current_actor(), agreement_id, ending, now=now(), today=today()
        )
        return _done(f"De afspraak in dossier {ref.number} is afgerond: {ending.label.lower()}.")
    item = queries.agreement_for(db.session(), current_actor(), agreement_id)
    return _agreement_page(item, form, status=422)


def _agreement_page(
    item: queries.OpenAgreementLine, form: AgreementForm, *, status: int = 200
) -> Response:
    form.ending.id = f"ending-{item.id}"
    return _form_page(
        "worklist/agreement.html", f"settle-{item.id}", item.dossier, form, status=status,
        item=item, endings=list(AgreementEnding), default=url_for(".index"),
    )  # fmt: skip


def _form_page(
    template: str,
    place: str,
    line: queries.DossierLine,
    form: BaseForm,
    *,
    status: int,
    default: str,
    **context: object,
) -> Response:
    """Answer with a small form: inside the row whose page was logged, or as a page of its own."""
    _log(line.ref)
    response = render_page(
        template, fragment="form", status=status, place=place, line=line, form=form,
        inside=wants_fragment(), back=way_back(default), row=_number(request.values.get("rij")),
        **context,
    )  # fmt: skip
    if status == 422 and wants_fragment():  # the form itself, not the list it would have changed
        response.headers["HX-Retarget"] = f"#{place}"
        response.headers["HX-Reswap"] = "outerHTML"
    return response


def _log(ref: DossierRef) -> None:
    """Log that a form was shown; inside a row it is part of a page that was logged."""
    actor, client_id = current_actor(), ref.client_id
    if wants_fragment() and shown_before(
        db.session(), actor, *WITH_ROWS, now=now(), client_id=client_id
    ):
        return
    become_writer()
    record_in(db.session(), actor, ref, "due_item_read", now=now())
    db.session.commit()


def _done(text: str = "", *, default: str | None = None) -> ResponseReturnValue:
    """Commit and go back; for htmx the list anew, with the focus where one was working."""
    list_path = url_for(".index")
    back = way_back(default or list_path)
    if text:
        flash(text, "ok")
    if wants_fragment():
        asked = urlsplit(back)
        if asked.path == list_path:
            wanted = _wanted(dict(parse_qsl(asked.query)))
            return _list(wanted, focus=_number(request.values.get("rij")))
    db.session.commit()
    return go_to(back)
