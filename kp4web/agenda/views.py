"""The agenda: a week or a month of one's own dates, and a planned talk as a calendar file."""

from datetime import date

from flask import Blueprint, make_response, request, url_for
from flask.typing import ResponseReturnValue

from kp4web.agenda import queries
from kp4web.agenda.presentation import agenda_of
from kp4web.audit.commands import record
from kp4web.domain.agenda import Month, Week, month_from, month_of, week_from, week_of
from kp4web.domain.policy import Action
from kp4web.dossiers.commands import record_in
from kp4web.extensions import db
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import render_page
from kp4web.web.transactions import become_writer

bp = Blueprint("agenda", __name__)
MOST = 400
"""Rows on one page."""


@bp.get("/agenda")
@requires(Action.AGENDA_READ)
def index() -> ResponseReturnValue:
    """Show a week (``week``) or a month (``maand``) of the actor's own dates."""
    span = _span()
    days, day = span.days, today()
    first = date.min if days[0] <= day <= days[-1] else days[0]  # what is late is named today
    rows, clients = queries.days_for(
        db.session(), current_actor(), first, days[-1], most=MOST, today=day
    )
    become_writer()
    record(db.session(), current_actor(), "agenda_read", now=now(), subjects=clients)
    db.session.commit()
    month = span.first.month if isinstance(span, Month) else None
    around = month_of(days[3]) if isinstance(span, Week) else week_of(_day_in(span, day))
    return render_page(
        "agenda/index.html", span=span, is_month=month is not None,
        agenda=agenda_of(rows, days, day, month=month, is_cut=len(rows) == MOST),
        earlier=_address(span.later(-1)), later=_address(span.later(1)),
        current=_address(month_of(day) if month else week_of(day)), other=_address(around),
        here=_address(span), address_of_week=_address,
    )  # fmt: skip


def _span() -> Week | Month:
    """Return what the address asks for; what it cannot mean is this week."""
    month = month_from(request.args.get("maand", ""))
    return month or week_from(request.args.get("week", "")) or week_of(today())


def _day_in(month: Month, day: date) -> date:
    """Return the day of which to show the week, coming from a month."""
    return day if month_of(day) == month else month.first


def _address(span: Week | Month) -> str:
    if isinstance(span, Month):
        return url_for(".index", maand=span.code)
    return url_for(".index", week=span.code)


@bp.get("/opvolgingen/<id:follow_up_id>/gesprek.ics")
@requires(Action.FOLLOW_UP_CHANGE)
def talk_file(follow_up_id: int) -> ResponseReturnValue:
    """Give a planned talk as a calendar file; logged as a page about the dossier."""
    talk = queries.talk_for(db.session(), current_actor(), follow_up_id)
    moment = now()
    become_writer()
    record_in(
        db.session(), current_actor(), talk.ref, "calendar_file_read", now=moment,
        follow_up=follow_up_id,
    )  # fmt: skip
    db.session.commit()
    response = make_response(queries.calendar_file(talk, now=moment))
    response.mimetype = "text/calendar"
    name = f"gesprek-{talk.ref.number}.ics"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
