"""The log for the data protection officer, and who looked at one dossier for its team."""

import csv
from datetime import timedelta
from io import StringIO

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.audit.models import ACTS
from kp4web.domain.dates import AMSTERDAM
from kp4web.domain.looks import MANY_DOSSIERS, plain_cell
from kp4web.domain.policy import Action, Relation
from kp4web.dossiers.commands import record_in
from kp4web.extensions import db
from kp4web.logbook import looks, patterns, queries
from kp4web.logbook.forms import LogForm
from kp4web.logbook.queries import LogFilter
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.converters import LARGEST_ID
from kp4web.web.htmx import render_page
from kp4web.web.period import PeriodForm
from kp4web.web.transactions import become_writer

FILTERS = ("dossier", "gebruiker", "handeling", "relatie", "van", "tot")
HEADINGS = (
    "Regel", "Moment", "Wie", "Rol", "Organisatie", "Handeling", "Dossier", "Relatie", "Reden",
    "Gelukt",
)  # fmt: skip

bp = Blueprint("logbook", __name__)


@bp.get("/logboek")
@requires(Action.LOG_READ)
def index() -> ResponseReturnValue:
    """List what was done, newest first, filtered in the address; 422 for a filter that is wrong."""
    actor, session = current_actor(), db.session()
    form = _filter_form()
    valid = form.validate()
    asked = _asked(form) if valid else LogFilter()
    page = queries.log_for(session, actor, asked, before=_before()) if valid else None
    chain = queries.chain_for(session, actor)
    become_writer()
    record(session, actor, "log_read", now=now(), **asked.codes())
    session.commit()
    return render_page(
        "logbook/index.html", status=200 if valid else 422, form=form, page=page, chain=chain,
        filters=_filters(), exported=queries.EXPORTED,
    )  # fmt: skip


@bp.get("/logboek/uitdraai")
@requires(Action.LOG_READ)
def export() -> ResponseReturnValue:
    """Give what the page shows as CSV; logged itself; 422 for a filter that is wrong."""
    actor, session = current_actor(), db.session()
    form = _filter_form()
    if not form.validate():
        return index()
    asked, table = _asked(form), StringIO()
    rows = [_cells(line) for line in queries.log_lines(session, actor, asked)]
    count = len(rows)
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerows([HEADINGS, *([plain_cell(text) for text in row] for row in rows)])
    if count == queries.EXPORTED:
        writer.writerow([f"Hier staan de nieuwste {count} regels. Kies een kortere periode."])
    become_writer()
    record(session, actor, "log_export", now=now(), lines=count, **asked.codes())
    session.commit()
    answer = Response(table.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"logboek-{today()}.csv")
    return answer


def _cells(line: queries.LogLine) -> tuple[str, ...]:
    return (
        str(line.id), f"{line.at.astimezone(AMSTERDAM):%Y-%m-%d %H:%M:%S}", line.who, line.roles,
        line.organisation, line.action, line.dossier, line.relation, line.reason,
        "ja" if line.status == "ok" else "nee",
    )  # fmt: skip


@bp.get("/logboek/opvallend")
@requires(Action.LOG_READ)
def unusual() -> ResponseReturnValue:
    """Show three patterns that ask for a question; 422 for a period that is none."""
    actor, session, day = current_actor(), db.session(), today()
    form = PeriodForm.asked(request.args, since=day - timedelta(days=29), until=day)
    found = None
    if form.validate() and form.van.data and form.tot.data:
        found = patterns.patterns_for(session, actor, form.van.data, form.tot.data)
    become_writer()
    record(session, actor, "log_patterns_read", now=now())
    session.commit()
    return render_page(
        "logbook/unusual.html", status=200 if found else 422, form=form, found=found,
        many=MANY_DOSSIERS, Relation=Relation,
        days={"van": form.van.data, "tot": form.tot.data} if found else {},
    )  # fmt: skip


@bp.get("/dossiers/<number:number>/inzage")
@requires(Action.LOOKED_READ)
def looked(number: str) -> ResponseReturnValue:
    """Show who looked at the dossier: others, or everybody."""
    everybody = request.args.get("wie") == "iedereen"
    session, actor = db.session(), current_actor()
    page = looks.looked_for(session, actor, number, everybody=everybody, before=_before())
    become_writer()
    record_in(session, actor, page.ref, "looked_read", now=now())
    session.commit()
    whose = "iedereen" if everybody else "anderen"
    return render_page(
        "logbook/looked.html", page=page, everybody=everybody,
        earlier_url=url_for(".looked", number=number, voor=page.earlier, wie=whose)
        if page.earlier else None,
        choices=[
            {"label": label, "href": url_for(".looked", number=number, wie=who),
             "current": everybody is (who == "iedereen")}
            for who, label in (("anderen", "Anderen"), ("iedereen", "Iedereen"))
        ],
    )  # fmt: skip


def _filter_form() -> LogForm:
    form = LogForm(request.args)
    people = queries.people_in_log(db.session(), current_actor())
    form.offer(people, sorted(ACTS.items(), key=lambda act: act[1]))
    return form


def _filters() -> dict[str, str]:
    return {name: request.args[name] for name in FILTERS if request.args.get(name)}


def _asked(form: LogForm) -> LogFilter:
    return LogFilter(
        user_id=int(form.gebruiker.data) if form.gebruiker.data else None,
        dossier=(form.dossier.data or "").upper() or None,
        relation=Relation(form.relatie.data) if form.relatie.data else None,
        action=form.handeling.data or None, since=form.van.data, until=form.tot.data,
    )  # fmt: skip


def _before() -> int | None:
    """Return the entry to go on from; anything that cannot be one means the newest."""
    text = request.args.get("voor", "")
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))):
        return None
    return int(text) if int(text) <= LARGEST_ID else None
