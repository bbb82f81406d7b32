"""The list of dossiers and the search: parse, call, log whom is shown, answer."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.domain.actor import Role
from kp4web.domain.due_words import DueGroup
from kp4web.domain.policy import Action, Field
from kp4web.domain.tracks import Subgroup, TrackKind
from kp4web.extensions import db
from kp4web.search import addresses, finding, queries
from kp4web.search.addresses import ALL, MINE, NOBODY, WHOSE_LABELS, Addresses
from kp4web.search.forms import LONGEST_TERM, AssignForm, FilterForm, SearchForm
from kp4web.search.queries import Colleague, DossierList, Sort, Wanted, Whose
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import render_page
from kp4web.web.transactions import become_writer

bp = Blueprint("search", __name__)
ASSIGN = "caseload.assign"
ANY_NUMBER = "KP4-0000-0000"
"""Stands for the dossier number in an address that is built once for all rows."""


@bp.get("/dossiers")
@requires(Action.DOSSIER_READ)
def index() -> ResponseReturnValue:
    """List the dossiers within reach, as the address filters and sorts them."""
    actor, session = current_actor(), db.session()
    team = queries.team_for(session, actor)
    form = FilterForm(request.args)
    _offer(form, team)
    is_known = form.settle()
    found = queries.dossiers_for(session, actor, _wanted(form), today=today())
    _log("dossiers_read", found.clients)
    around = Addresses(url_for(".index"), form.chosen(), form.usual())
    return render_page(
        "search/index.html", form=form, found=found, is_known=is_known, addresses=around,
        chips=around.chips(form.labels()), tabs=around.tabs(_tabs()), whose=form.consulent.data,
        shows_lead=form.consulent.data == ALL, assign=_assign_form(team, found),
        number_url=_number_url(),
    )  # fmt: skip


def _offer(form: FilterForm, team: Iterable[Colleague]) -> None:
    """Fill in what can be chosen; who is no colleague cannot."""
    whose = dict.fromkeys((*_tabs(), NOBODY))
    form.offer(
        traject=addresses.TRACK_OFFERS,
        groep=addresses.GROUP_OFFERS,
        subgroep=addresses.SUBGROUP_OFFERS,
        sort=addresses.sort_offers(request.args.get("sort", "")),
        consulent=[
            *((one, WHOSE_LABELS[one]) for one in whose),
            *((str(one.id), one.name) for one in team),
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
    """Show the page to search on; a term never stands in the address."""
    return _search_page(SearchForm(formdata=None))


@bp.post("/zoeken")
@requires(Action.DOSSIER_READ)
def results() -> ResponseReturnValue:
    """Show what the term finds within reach: 200, or 422 with the term typed."""
    form = SearchForm()
    if not form.validate_on_submit():
        return _search_page(form, status=422)
    found = finding.search_for(
        db.session(), current_actor(), form.term.data or "", today=today()
    )  # fmt: skip
    _log("search", found.clients, by=",".join(found.by))
    return _search_page(form, found=found)


def _search_page(form: SearchForm, *, status: int = 200, **context: Any) -> ResponseReturnValue:
    return render_page(
        "search/results.html", status=status, form=form, longest=LONGEST_TERM,
        at_most=finding.AT_MOST, number_url=_number_url(),
        finds_bsn=finding.reads_everywhere(current_actor(), Field.BSN), **context,
    )  # fmt: skip
