"""Moving several follow-ups: choose and preview, confirm, read the result."""

from collections.abc import Iterable, Sequence

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.domain.moves import MOST_AT_ONCE, Shift, move_from
from kp4web.domain.policy import Action
from kp4web.extensions import db
from kp4web.moves import commands, queries
from kp4web.moves.forms import ConfirmForm, DayForm
from kp4web.moves.queries import Chosen
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page
from kp4web.web.paths import way_back
from kp4web.web.transactions import become_writer

bp = Blueprint("moves", __name__)
LARGEST_ID = 2**31 - 1


@bp.get("/verzettingen/nieuw")
@requires(Action.FOLLOW_UP_CHANGE)
def new() -> ResponseReturnValue:
    """Show the chosen follow-ups, and once a day is chosen where each would go."""
    return _preview(_ids(request.args.getlist("opvolging")), DayForm(request.args))


@bp.post("/verzettingen")
@requires(Action.FOLLOW_UP_CHANGE)
def create() -> ResponseReturnValue:
    """Move them in one transaction: 303 to the result, or 422 when nothing was chosen."""
    form = ConfirmForm()
    if not form.validate_on_submit() or not form.moves():
        return _preview((), DayForm(None), status=422)
    commands.move_several(db.session(), current_actor(), form.moves(), now=now(), today=today())
    db.session.commit()
    moves = [str(move) for move in form.moves()[:MOST_AT_ONCE]]
    return go_to(url_for(".index", verzet=moves, terug=way_back(_list())))


@bp.get("/verzettingen")
@requires(Action.FOLLOW_UP_CHANGE)
def index() -> ResponseReturnValue:
    """Show what became of each move, as it stands now."""
    named = (move_from(text) for text in request.args.getlist("verzet")[:MOST_AT_ONCE])
    moves = [move for move in named if move is not None]
    items = _read([move.follow_up_id for move in moves])
    lines = queries.results(items, moves)
    return render_page(
        "moves/index.html", lines=lines, back=way_back(_list()),
        moved=sum(line.why_not is None for line in lines),
    )  # fmt: skip


def _preview(ids: Sequence[int], form: DayForm, *, status: int = 200) -> ResponseReturnValue:
    items = _read(ids)
    shift = next((way for way in Shift if way.value == request.args.get("naar")), None)
    to = shift or form.day(today())
    lines = queries.preview(items, to, today()) if to else ()
    return render_page(
        "moves/new.html", status=422 if form.errors else status, items=items, form=form,
        lines=lines, shift=shift, confirm=ConfirmForm(formdata=None),
        ways=[(way, None if way.is_each else way.of(today(), today())) for way in Shift],
        count=sum(line.why_not is None for line in lines), back=way_back(_list()),
    )  # fmt: skip


def _read(ids: Sequence[int]) -> tuple[Chosen, ...]:
    """Read the follow-ups and log whom the page shows."""
    items = queries.chosen_for(db.session(), current_actor(), ids)
    become_writer()
    subjects = sorted({item.client_id for item in items})
    record(db.session(), current_actor(), "follow_ups_read", now=now(), subjects=subjects)
    db.session.commit()
    return items


def _ids(given: Iterable[str]) -> tuple[int, ...]:
    """Return the ids that can exist, each once."""
    plain = (text for text in given if text.isascii() and text.isdecimal() and len(text) < 11)
    found = dict.fromkeys(int(text) for text in plain)
    return tuple(number for number in found if 0 < number <= LARGEST_ID)[:MOST_AT_ONCE]


def _list() -> str:
    return url_for("worklist.index")
