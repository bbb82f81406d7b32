"""The coordinator's pages: overview of the caseload, assigning, taking over a dossier."""

from collections.abc import Iterable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from kp4web.audit.commands import record
from kp4web.caseload import commands, queries
from kp4web.caseload import overview as overviews
from kp4web.caseload.forms import AssignForm, TakeOverForm
from kp4web.domain.attempts import SIGNAL_AT
from kp4web.domain.caseload import DEFAULT_WEIGHTS, AttentionWeights
from kp4web.domain.dates import count_of
from kp4web.domain.due import Norms
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.policy import Action, may
from kp4web.domain.tracks import TrackKind
from kp4web.extensions import db
from kp4web.transfers.queries import waiting_for
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page, wants_fragment
from kp4web.web.once import once
from kp4web.web.transactions import become_writer

bp = Blueprint("caseload", __name__)
NAMED_AT_MOST = 10
"""How many numbers a message names; it travels in the cookie."""
LAST_PAGE = 100_000
TOGETHER = "Iemand anders legde dit net vast. Kijk eerst of het dossier er al is."


@bp.get("/caseload")
@requires(Action.CASELOAD_READ)
def index() -> ResponseReturnValue:
    """Show who holds what, and what nobody holds with the form to assign it."""
    page = _page_number(request.args.get("pagina", 1, type=int))
    return _overview(AssignForm(formdata=None), page=page)


def _page_number(asked: int) -> int:
    return min(max(asked, 1), LAST_PAGE)


def _overview(form: AssignForm, *, page: int = 1, status: int = 200) -> ResponseReturnValue:
    """Read the overview, log whom it shows, and answer with the page or its block."""
    actor = current_actor()
    overview = overviews.overview_for(db.session(), actor, today=today())
    waiting = queries.unassigned_for(db.session(), actor, page=page, today=today())
    if page > waiting.pages:
        return redirect(url_for(".index"), 303)
    form.user.offer(_offers(overview))
    transfers = waiting_for(db.session(), actor, today=today())
    _log("caseload_read", (line.client_id for line in waiting.lines))
    return render_page(
        "caseload/index.html", fragment="caseload", status=status, form=form, overview=overview,
        waiting=waiting, weeks=overviews.LOOK_AHEAD_WEEKS, attempts=SIGNAL_AT,
        weights=_weights(DEFAULT_WEIGHTS), may_open=may(actor, Action.DOSSIER_OPEN),
        transfers=transfers,
        norm_days=Norms().assign_days, page_url=lambda number: url_for(".index", pagina=number),
    )  # fmt: skip


def _weights(weights: AttentionWeights) -> str:
    """Return how a weight comes about, in words."""
    kinds = ", ".join(
        f"{kind.label} {overviews.comma(weights.per_track[kind])}"
        for kind in TrackKind
        if kind.active
    )
    each, most = overviews.comma(weights.per_overdue), overviews.comma(weights.overdue_at_most)
    return (
        f"Gewicht per dossier: {kinds}. Elk punt dat te laat is telt voor {each}, "
        f"met hoogstens {most} per dossier."
    )


def _offers(overview: overviews.Overview) -> Iterable[tuple[int, str]]:
    """Yield who can be chosen, with how much they hold already."""
    for caseload in overview.choices:
        if caseload.user_id is not None:
            held = count_of(caseload.active, "dossier", "dossiers")
            yield caseload.user_id, f"{caseload.name} ({held}, gewicht {caseload.weight_text})"


def _log(action: str, subjects: Iterable[int]) -> None:
    """Log what was read and is about to be shown."""
    become_writer()
    record(db.session(), current_actor(), action, now=now(), subjects=subjects)
    db.session.commit()


@bp.get("/dossiers/<number:number>/toewijzing")
@requires(Action.DOSSIER_ASSIGN)
def new(number: str) -> ResponseReturnValue:
    """Show who held this dossier, and the form to give it to somebody."""
    return _assignment(number, AssignForm(formdata=None, page="dossier"))


def _assignment(number: str, form: AssignForm, *, status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    held = queries.held_by(db.session(), actor, number, today=today())
    form.user.offer(_offers(overviews.overview_for(db.session(), actor, today=today())))
    become_writer()
    record(
        db.session(), actor, "assignment_read", now=now(), subjects=[held.ref.client_id],
        dossier_id=held.ref.id, municipality_id=held.ref.municipality_id,
        relation=held.ref.relations,
    )  # fmt: skip
    db.session.commit()
    return render_page("caseload/show.html", status=status, form=form, held=held)


@bp.post("/toewijzingen")
@requires(Action.DOSSIER_ASSIGN)
@once
def assign() -> ResponseReturnValue:
    """Assign one or several dossiers, all or none: 303, or 422 with everything typed."""
    actor, form = current_actor(), AssignForm()
    overview = overviews.overview_for(db.session(), actor, today=today())
    form.user.offer(_offers(overview))
    if not form.validate_on_submit():
        return _refused(form)
    command = form.command()
    try:
        results = commands.assign_dossiers(
            db.session(), actor, command, now=now(), today=today()
        )  # fmt: skip
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _refused(form)
    db.session.commit()
    name = next(c.name for c in overview.choices if c.user_id == command.user_id)
    for text in _said(results, name):
        flash(text)
    if wants_fragment():
        return _overview(AssignForm(formdata=None))
    return go_to(_back(form, command.numbers))


def _refused(form: AssignForm) -> ResponseReturnValue:
    """Give the form back on the page it came from, or on one of its own."""
    if form.page.data == "dossier" and len(form.dossier.data) == 1:
        return _assignment(form.dossier.data[0], form, status=422)
    if form.page.data == "caseload":
        page = _page_number(request.form.get("pagina", 1, type=int))
        return _overview(form, page=page, status=422)
    numbers = form.dossier.data[: commands.AT_ONCE]
    lines = queries.dossiers_to_assign(db.session(), current_actor(), numbers, today=today())
    _log("assignment_read", (line.client_id for line in lines))
    return render_page("caseload/new.html", status=422, form=form, lines=lines)


def _back(form: AssignForm, numbers: tuple[str, ...]) -> str:
    if form.page.data == "dossier" and len(numbers) == 1:
        return url_for("timeline.show", number=numbers[0])
    return "/dossiers" if form.page.data == "dossiers" else url_for(".index")


def _said(results: list[commands.Assigned], name: str) -> Iterable[str]:
    """Yield what happened, item by item as far as it fits in a message."""
    changed = [result.number for result in results if result.changed]
    kept = [result.number for result in results if not result.changed]
    if changed:
        yield f"{_dossiers(changed)} toegewezen aan {name}: {_named(changed)}."
    if kept:
        yield f"{_dossiers(kept)} had {name} al: {_named(kept)}."


def _dossiers(numbers: list[str]) -> str:
    return count_of(len(numbers), "dossier", "dossiers")


def _named(numbers: list[str]) -> str:
    shown, rest = numbers[:NAMED_AT_MOST], len(numbers) - NAMED_AT_MOST
    return ", ".join(shown) + (f" en nog {rest}" if rest > 0 else "")


@bp.get("/caseload/overnemen")
@requires(Action.DOSSIER_OPEN)
def new_dossier() -> ResponseReturnValue:
    """Show the form for "Bestaand dossier overnemen"."""
    return _take_over(drafts.restored(TakeOverForm))


def _take_over(
    form: TakeOverForm, matches: tuple[queries.Match, ...] = (), *, status: int = 200
) -> ResponseReturnValue:
    actor = current_actor()
    form.user.offer(_offers(overviews.overview_for(db.session(), actor, today=today())))
    if matches:
        _log("match_read", (match.client_id for match in matches))
    return render_page("caseload/take_over.html", status=status, form=form, matches=matches)


@bp.post("/dossiers")
@requires(Action.DOSSIER_OPEN)
@once
def create_dossier() -> ResponseReturnValue:
    """Open the dossier: 303 to it, or 422 with the form, also to confirm a look-alike."""
    actor, form = current_actor(), TakeOverForm()
    if drafts.keeps():
        return drafts.keep(form, page=url_for(".new_dossier"))
    form.user.offer(_offers(overviews.overview_for(db.session(), actor, today=today())))
    if not form.validate_on_submit():
        return _take_over(form, status=422)
    try:
        dossier = commands.take_over_dossier(
            db.session(), actor, form.command(), now=now(), today=today()
        )  # fmt: skip
        drafts.forget(form)
        db.session.commit()
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _take_over(form, status=422)
    except commands.PossibleDouble as error:
        db.session.rollback()
        return _take_over(form, error.matches, status=422)
    except IntegrityError as error:  # the same person, typed by two people at once
        raise DomainError(TOGETHER) from error
    number = dossier.number
    flash(f"Dossier {number} is geopend.")
    return go_to(url_for("timeline.show", number=number))
