"""The log, for the data protection officer."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.audit.models import ACTS
from kp4web.domain.policy import Action
from kp4web.extensions import db
from kp4web.logbook import queries
from kp4web.logbook.forms import LogForm
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now
from kp4web.web.converters import LARGEST_ID
from kp4web.web.htmx import render_page
from kp4web.web.transactions import become_writer

FILTERS = ("gebruiker", "handeling", "van", "tot")

bp = Blueprint("logbook", __name__, url_prefix="/logboek")


@bp.get("")
@requires(Action.LOG_READ)
def index() -> ResponseReturnValue:
    """List what was done, newest first, filtered in the address; 422 for a filter that is wrong."""
    actor, session = current_actor(), db.session()
    form = LogForm(request.args)
    form.offer(queries.people_in_log(session, actor), sorted(ACTS.items(), key=lambda a: a[1]))
    valid = form.validate()
    asked = _asked(form) if valid else queries.LogFilter()
    page = queries.log_for(session, actor, asked, before=_before()) if valid else None
    become_writer()
    record(session, actor, "log_read", now=now())
    session.commit()
    return render_page(
        "logbook/index.html", status=200 if valid else 422, form=form, page=page,
        filters={name: request.args[name] for name in FILTERS if request.args.get(name)},
    )  # fmt: skip


def _asked(form: LogForm) -> queries.LogFilter:
    return queries.LogFilter(
        user_id=int(form.gebruiker.data) if form.gebruiker.data else None,
        action=form.handeling.data or None, since=form.van.data, until=form.tot.data,
    )  # fmt: skip


def _before() -> int | None:
    """Return the entry to go on from; anything that cannot be one means the newest."""
    text = request.args.get("voor", "")
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))):
        return None
    return int(text) if int(text) <= LARGEST_ID else None
