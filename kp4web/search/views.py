"""The list of dossiers and the search: parse, call, log whom is shown, answer."""

from collections.abc import Collection, Iterable
from typing import Any

from flask import Blueprint, current_app, flash, request, url_for
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.domain.actor import Role
from kp4web.domain.due_words import DueGroup
from kp4web.domain.errors import InvalidInput, NotFound
from kp4web.domain.passages import parts_of
from kp4web.domain.policy import Action, Field, Relation
from kp4web.domain.tracks import Subgroup, TrackKind
from kp4web.extensions import db
from kp4web.search import addresses, commands, finding, queries, reports
from kp4web.search.addresses import ALL, MINE, NOBODY, WHOSE_LABELS, Addresses
from kp4web.search.commands import SaveFilter
from kp4web.search.forms import LONGEST_TERM, AssignForm, FilterForm, FilterNameForm, SearchForm
from kp4web.search.queries import Choices, Colleague, DossierList, Sort, Wanted, Whose
from kp4web.search.recent import recent_for
from kp4web.search.reports import reports_for, searches_reports
from kp4web.search.terms import By
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page
from kp4web.web.transactions import become_writer

bp = Blueprint("search", __name__)
ASSIGN = "caseload.assign"
ANY_NUMBER = "KP4-0000-0000"
"""Stands for the dossier number in an address that is built once for all rows."""


@bp.get("/dossiers")
@requires(Action.DOSSIER_READ)
def index() -> ResponseReturnValue:
    """List the dossiers within reach, as the address filters and sorts them."""
    return _list_page(FilterForm(request.args), FilterNameForm(formdata=None))


def _list_page(
    form: FilterForm, name_form: FilterNameForm, *, status: int = 200
) -> ResponseReturnValue:
    """Show the list that the form asks for, and log whom it shows."""
    actor, session = current_actor(), db.session()
    choices = queries.choices_for(session, actor)
    _offer(form, choices)
    is_known = form.settle()
    found = queries.dossiers_for(session, actor, _wanted(form), today=today())
    _log("dossiers_read", found.clients)
    around = Addresses(url_for(".index"), form.chosen(), form.usual())
    return render_page(
        "search/index.html", status=status, form=form, found=found, is_known=is_known,
        addresses=around, chips=around.chips(form.labels()), tabs=around.tabs(_tabs()),
        whose=form.consulent.data, shows_lead=form.consulent.data == ALL,
        assign=_assign_form(choices.team, found), number_url=_number_url(),
        filters=choices.filters, name_form=name_form,
    )  # fmt: skip


@bp.post("/dossiers/filters")
@requires(Action.DOSSIER_READ)
def create_filter() -> ResponseReturnValue:
    """Keep the filters of the list under a name: 303 to that list, or 422 with the error."""
    form, name_form = FilterForm(request.form), FilterNameForm()
    if not name_form.validate_on_submit():
        return _list_page(form, name_form, status=422)
    _offer(form, queries.choices_for(db.session(), current_actor()))
    form.settle()
    command = SaveFilter(name=name_form.name.data or "", chosen=form.chosen())
    try:
        commands.save_filter(db.session(), current_actor(), command, now=now())
    except InvalidInput as error:
        db.session.rollback()
        name_form.refuse(error)
        return _list_page(FilterForm(request.form), name_form, status=422)
    db.session.commit()
    flash("Het filter is bewaard.")
    return go_to(Addresses(url_for(".index"), form.chosen(), form.usual()).of())


@bp.get("/dossiers/filters")
@requires(Action.DOSSIER_READ)
def filters() -> ResponseReturnValue:
    """Show the own filters, to rename them or throw them away."""
    return _filters_page()


def _filters_page(
    wrong: FilterNameForm | None = None, wrong_id: int = 0, *, status: int = 200
) -> ResponseReturnValue:
    """Show the own filters, at one of them a form that was refused; or ``NotFound``."""
    form = FilterForm(formdata=None)
    choices = queries.choices_for(db.session(), current_actor())
    _offer(form, choices)
    form.settle()
    around = Addresses(url_for(".index"), form.chosen(), form.usual())
    if wrong and wrong_id not in {each.id for each in choices.filters}:
        raise NotFound(commands.NO_FILTER)
    kept = []
    for each in choices.filters:
        form_of = wrong if wrong and each.id == wrong_id else FilterNameForm(None, name=each.name)
        form_of.name.id = f"name-{each.id}"  # several on one page
        kept.append((each, around.of_kept(each.chosen), form_of))
    return render_page(
        "search/filters.html", status=status, kept=kept, wrong=wrong, most=commands.MOST_FILTERS,
        longest=commands.LONGEST_NAME,
    )  # fmt: skip


@bp.post("/dossiers/filters/<id:filter_id>/naam")
@requires(Action.DOSSIER_READ)
def rename_filter(filter_id: int) -> ResponseReturnValue:
    """Give an own filter another name: 303, 404, or 422 with the error at the field."""
    form = FilterNameForm()
    if not form.validate_on_submit():
        return _filters_page(form, filter_id, status=422)
    try:
        commands.rename_filter(db.session(), current_actor(), filter_id, form.name.data or "")
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _filters_page(form, filter_id, status=422)
    db.session.commit()
    flash("Het filter heeft een andere naam.")
    return go_to(url_for(".filters"))


@bp.post("/dossiers/filters/<id:filter_id>/verwijdering")
@requires(Action.DOSSIER_READ)
def delete_filter(filter_id: int) -> ResponseReturnValue:
    """Throw an own filter away: 303 or 404."""
    commands.delete_filter(db.session(), current_actor(), filter_id)
    db.session.commit()
    flash("Het filter is verwijderd.")
    return go_to(url_for(".filters"))


def _offer(form: FilterForm, choices: Choices) -> None:
    """Fill in what can be chosen; who is no colleague cannot."""
    if choices.places:
        form.offer(gemeente=addresses.place_offers(choices.places))
    else:
        del form.gemeente
    whose = dict.fromkeys((*_tabs(), NOBODY))
    form.offer(
        traject=addresses.TRACK_OFFERS,
        groep=addresses.GROUP_OFFERS,
        subgroep=addresses.SUBGROUP_OFFERS,
        sort=addresses.sort_offers(form.sort.data or ""),
        consulent=[
            *((one, WHOSE_LABELS[one]) for one in whose),
            *((str(one.id), one.name) for one in choices.team),
        ],
    )


def _tabs() -> list[str]:
    """Return whose dossiers this actor goes to, the usual first."""
    actor = current_actor()
    if queries.may_assign(actor):
        return [ALL, NOBODY, MINE] if actor.has(Role.CONSULTANT) else [ALL, NOBODY]
    return [MINE, ALL]


def _wanted(form: FilterForm) -> Wanted:
    """Return what is asked for; call only after ``settle``."""
    consulent, track = form.consulent.data, form.traject.data
    sort = form.sort.data
    whose = {ALL: Whose.TEAM, NOBODY: Whose.NOBODY}.get(consulent, Whose.ONE)
    lead_id = current_actor().id if consulent == MINE else None
    if whose is Whose.ONE and lead_id is None:
        lead_id = int(consulent)
    with_stopped = track == addresses.WITH_STOPPED
    return Wanted(
        whose=whose, lead_id=lead_id,
        track=TrackKind(track) if track and not with_stopped else None, with_stopped=with_stopped,
        subgroup=Subgroup(form.subgroep.data) if form.subgroep.data else None,
        group=DueGroup(form.groep.data) if form.groep.data else None,
        place=int(form.gemeente.data) if form.gemeente and form.gemeente.data else None,
        sort=Sort(sort.removeprefix("-")), descending=sort.startswith("-"), page=_page(),
    )  # fmt: skip


def _page() -> int:
    """Return the page in the address; what is no page number is the first."""
    text = request.args.get("pagina", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def _assign_form(team: Iterable[Colleague], found: DossierList) -> AssignForm | None:
    """Return the form under the list, for who divides dossiers; the caseload answers it."""
    if not found.may_assign or ASSIGN not in current_app.view_functions:
        return None
    form = AssignForm(formdata=None)
    form.offer((str(one.id), one.name) for one in team if one.can_hold)
    return form


def _number_url() -> Any:
    """Return a function from dossier number to its address, built once for all rows."""
    pattern = url_for("timeline.show", number=ANY_NUMBER)
    return lambda number: pattern.replace(ANY_NUMBER, number)


def _log(action: str, subjects: Iterable[int], **detail: Any) -> None:
    """Log whom is about to be shown."""
    become_writer()
    record(db.session(), current_actor(), action, now=now(), subjects=subjects, **detail)
    db.session.commit()


@bp.get("/zoeken")
@requires(Action.DOSSIER_READ)
def show() -> ResponseReturnValue:
    """Show the page to search on, with what was opened last; a term is never in the address."""
    opened = recent_for(db.session(), current_actor(), today=today())
    if opened:
        _log("search", [row.client_id for row in opened], by="recent")
    return _search_page(SearchForm(formdata=None), recent=opened)


@bp.post("/zoeken")
@requires(Action.DOSSIER_READ)
def results() -> ResponseReturnValue:
    """Show what the term finds within reach: 200, or 422 with the term typed."""
    form = SearchForm()
    if not form.validate_on_submit():
        return _search_page(form, status=422)
    actor, term = current_actor(), form.term.data or ""
    found = finding.search_for(db.session(), actor, term, today=today())
    parts = parts_of(term) if By.NAME in found.by and searches_reports(actor) else ()
    written = reports_for(db.session(), actor, parts, all_of_them=form.alle.data)
    by = (*found.by, By.REPORTS) if parts else found.by
    _log(
        "search", [*found.clients, *written.clients], by=",".join(by),
        **_with_reason({hit.dossier_id for hit in written.hits}),
    )  # fmt: skip
    return _search_page(form, found=found, written=written, looked_in_reports=bool(parts))


def _with_reason(shown: Collection[int]) -> dict[str, Any]:
    """Return what the log says of dossiers whose reports are shown because of a reason."""
    grants = [grant for grant in current_actor().grants if grant.dossier_id in shown]
    if not grants:
        return {}
    reason = "; ".join(grant.reason for grant in grants)
    return {"relation": [Relation.WITH_REASON], "reason": reason}


def _search_page(form: SearchForm, *, status: int = 200, **context: Any) -> ResponseReturnValue:
    actor = current_actor()
    return render_page(
        "search/results.html", status=status, form=form, longest=LONGEST_TERM,
        at_most=finding.AT_MOST, number_url=_number_url(),
        finds_bsn=finding.reads_everywhere(actor, Field.BSN),
        finds_reports=searches_reports(actor), most_reports=reports.AT_MOST, **context,
    )  # fmt: skip
