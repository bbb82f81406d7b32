"""The council report, the dossiers behind a figure, and the figure from outside."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.domain.dates import day_of
from kp4web.domain.errors import InvalidInput, NotFound
from kp4web.domain.policy import Action, may
from kp4web.domain.reporting import ACTIVE_KINDS, ALL_KINDS, Question
from kp4web.domain.tracks import TrackKind
from kp4web.extensions import db
from kp4web.figures import behind, commands, queries, words
from kp4web.figures.forms import ReportForm, WelfareCountForm
from kp4web.figures.queries import Report
from kp4web.organisations.queries import places_to_choose
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page
from kp4web.web.once import once
from kp4web.web.transactions import become_writer

bp = Blueprint("figures", __name__, url_prefix="/rapportages")

FUTURE = "Deze dag moet nog komen. Kies vandaag of een eerdere dag."


@bp.get("/kp4")
@requires(Action.REPORT_READ)
def show() -> ResponseReturnValue:
    """Show the report on a reference date, or 422 with what was typed and no figures."""
    form = _asked()
    if not _is_valid(form):
        return render_page("figures/show.html", status=422, form=form, report=None)
    report = queries.report_for(db.session(), current_actor(), form.question())
    _log("report_read", report.question)
    return render_page("figures/show.html", form=form, report=report, **_shown(report))


def _asked() -> ReportForm:
    """Return the form of the address, with the municipalities that this actor chooses among."""
    places = places_to_choose(db.session(), current_actor())
    return ReportForm.asked(request.args, today=today(), places=places)


def _shown(report: Report) -> dict[str, Any]:
    """Return what stands on the page beside the figures themselves."""
    question = report.question
    return {
        "subtitle": words.subtitle(report),
        "sentence": words.note_sentence(report),
        "rows": _rows(report),
        "total_href": _behind(report, None) if report.figures.total else None,
        "subgroups": _subgroup_rows(report),
        "subgroups_shared": any(row.share for row in report.subgroups),
        "households": report.households
        and words.households_sentence(report.households, report.municipality),
        "definitions": words.definitions_of(report),
        "source": words.SOURCE,
        "outlook": words.later_than_known(question),
        "day_not_over": question.known_on is not None and question.known_on >= _latest(),
        "may_count_reasons": may(current_actor(), Action.BREAK_GLASS_COUNT),
        "may_record": may(current_actor(), Action.WELFARE_COUNT_RECORD),
    }


def _is_valid(form: ReportForm) -> bool:
    """Check the dates; a report on a day to come is not a fact, so it is refused."""
    valid = form.validate()
    if form.peildatum.data and form.peildatum.data > today():
        form.refuse(InvalidInput("peildatum", FUTURE))
        valid = False
    if form.bekend_op.data and form.bekend_op.data > _latest():
        form.refuse(InvalidInput("bekend_op", FUTURE))
        valid = False
    return valid


def _latest() -> date:
    """Return the last day on which something can be known: recording uses the real clock."""
    return max(today(), day_of(now()))


def _log(action: str, question: Question, subjects: tuple[int, ...] = (), **detail: Any) -> None:
    """Log what is about to be shown."""
    become_writer()
    known_on = question.known_on
    record(
        db.session(), current_actor(), action, now=now(), subjects=subjects,
        municipality_id=question.place,
        reference_date=question.reference_date.isoformat(),
        known_on=known_on and known_on.isoformat(), with_stopped=question.with_stopped, **detail,
    )  # fmt: skip
    db.session.commit()


def _rows(report: Report) -> list[dict[str, Any]]:
    """Return the figures as rows of the chart; each leads to its dossiers where that is open."""
    return [
        {
            "label": cell.kind.label,
            "value": cell.count,
            "text": cell.shown,
            "share": cell.share,
            "track": cell.kind.value,
            "testid": f"count-{cell.kind.value}",
            "href": _behind(report, cell.kind) if cell.count else None,
        }
        for cell in report.figures.cells
    ]


def _subgroup_rows(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "label": row.subgroup.label,
            "value": row.count,
            "text": row.shown,
            "share": row.share and f"({row.share})",
            "testid": f"subgroup-{row.subgroup.value}",
        }
        for row in report.subgroups
    ]


def _behind(report: Report, kind: TrackKind | None) -> str | None:
    """Return the address of the dossiers behind a figure, or ``None`` for who sees counts only."""
    if report.is_guarded:
        return None
    return url_for(".dossiers", **_parameters(report.question), traject=kind and kind.value)


def _parameters(question: Question) -> dict[str, Any]:
    """Return the question as parts of an address; ``None`` is left out."""
    known_on = question.known_on
    return {
        "peildatum": question.reference_date.isoformat(),
        "bekend_op": known_on and known_on.isoformat(),
        "inactief": "1" if question.with_stopped else None,
        "gemeente": question.place,
    }


@bp.get("/kp4/dossiers")
@requires(Action.DOSSIER_READ)
def dossiers() -> ResponseReturnValue:
    """Show the dossiers behind a figure, within reach; 422 for a date that is none."""
    form = _asked()
    if not _is_valid(form):
        raise InvalidInput("peildatum", _first_error(form))
    question, kind = form.question(), _kind(request.args.get("traject"))
    order = request.args.get("volgorde", "nummer")
    if order not in behind.ORDERS:
        raise NotFound("Deze volgorde bestaat niet.")
    found = behind.dossiers_behind(
        db.session(), current_actor(), question, _kinds(question, kind), order=order,
        page=_page_asked(),
    )  # fmt: skip
    clients = tuple(row.client_id for row in found.rows)
    _log("report_dossiers_read", question, clients, kind=kind and kind.value)
    parameters = _parameters(question)
    return render_page(
        "figures/dossiers.html", found=found, order=order, lead=words.figure_lead(question),
        heading=words.figure_heading(kind, question, found.total + found.elsewhere),
        back=url_for(".show", **parameters),
        elsewhere=words.elsewhere(found.elsewhere), mixed=kind is None,
        shows_reason=any(row.stop_reason for row in found.rows),
        address=_address(parameters | {"traject": kind and kind.value}, order),
    )  # fmt: skip


def _first_error(form: ReportForm) -> str:
    return next(
        f"{field.label.text}: {field.errors[0]}"
        for field in (form.peildatum, form.bekend_op, form.inactief)
        if field.errors
    )


def _kind(code: str | None) -> TrackKind | None:
    """Return the track asked for; ``None`` is all of them. Raise ``NotFound`` for no track."""
    if code is None:
        return None
    try:
        return TrackKind(code)
    except ValueError:
        raise NotFound("Dit traject bestaat niet.") from None


def _kinds(question: Question, kind: TrackKind | None) -> tuple[TrackKind, ...]:
    if kind is not None:
        return (kind,)
    return ALL_KINDS if question.with_stopped else ACTIVE_KINDS


def _page_asked() -> int:
    """Return the page in the address; what is no page number is the first."""
    text = request.args.get("pagina", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 1


def _address(parameters: dict[str, Any], order: str) -> Callable[..., str]:
    """Return the function from page number (and order) to the address of that page."""

    def address(page: int, order: str = order) -> str:
        return url_for(".dossiers", **parameters, volgorde=order, pagina=page)

    return address


@bp.get("/bijstand")
@requires(Action.WELFARE_COUNT_RECORD)
def new_count() -> ResponseReturnValue:
    """Show the form for a number of households, and what was recorded before."""
    return _count_page(WelfareCountForm())


@bp.post("/bijstand")
@requires(Action.WELFARE_COUNT_RECORD)
@once
def create_count() -> ResponseReturnValue:
    """Record the number: 303 to the list, or 422 with the form and everything typed."""
    form = WelfareCountForm()
    if not form.validate_on_submit():
        return _count_page(form, status=422)
    try:
        commands.record_welfare_count(
            db.session(), current_actor(), form.command(), now=now(), today=today()
        )
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _count_page(form, status=422)
    db.session.commit()
    flash("Het aantal huishoudens is vastgelegd.", "ok")
    return go_to(url_for(".new_count"))


def _count_page(form: WelfareCountForm, status: int = 200) -> ResponseReturnValue:
    return render_page(
        "figures/new_count.html", fragment="form", status=status, form=form,
        counts=queries.welfare_counts_of(db.session(), current_actor()),
    )  # fmt: skip
