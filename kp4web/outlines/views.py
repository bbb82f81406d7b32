"""Pages where the coordinator keeps the outlines of the team."""

from collections.abc import Callable

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import Action
from kp4web.extensions import db
from kp4web.outlines import commands, queries
from kp4web.outlines.commands import Overtaken
from kp4web.outlines.forms import OutlineForm
from kp4web.outlines.models import Outline
from kp4web.outlines.queries import OutlineLine
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now
from kp4web.web.htmx import go_to, render_page

bp = Blueprint("outlines", __name__, url_prefix="/sjablonen")


@bp.get("")
@requires(Action.OUTLINES_MANAGE)
def index() -> ResponseReturnValue:
    """List the outlines of the team, those in use first."""
    outlines = queries.outlines_for(db.session(), current_actor())
    return render_page(
        "outlines/index.html",
        in_use=[one for one in outlines if one.retired_at is None],
        retired=[one for one in outlines if one.retired_at is not None],
    )


@bp.get("/nieuw")
@requires(Action.OUTLINES_MANAGE)
def new() -> ResponseReturnValue:
    """Show the form for a new outline."""
    return _page(drafts.restored(OutlineForm), None)


@bp.post("")
@requires(Action.OUTLINES_MANAGE)
def create() -> ResponseReturnValue:
    """Add an outline: 303 to the list, or 422 with the form."""
    return _save(None, lambda form: commands.add_outline(
        db.session(), current_actor(), form.command(), now=now()
    ))  # fmt: skip


@bp.get("/<id:outline_id>")
@requires(Action.OUTLINES_MANAGE)
def edit(outline_id: int) -> ResponseReturnValue:
    """Show the form of one outline."""
    outline = queries.outline_for(db.session(), current_actor(), outline_id)
    form = drafts.restored(
        OutlineForm, rule=OutlineForm.of_one, part=outline_id, name=outline.name,
        headings="\n".join(outline.headings), revision=str(outline.revision),
    )  # fmt: skip
    return _page(form, outline)


@bp.post("/<id:outline_id>")
@requires(Action.OUTLINES_MANAGE)
def update(outline_id: int) -> ResponseReturnValue:
    """Change an outline: 303 to the list, 422, or 409 with both versions."""
    outline = queries.outline_for(db.session(), current_actor(), outline_id)
    return _save(outline, lambda form: commands.change_outline(
        db.session(), current_actor(), outline_id, form.command(), now=now()
    ))  # fmt: skip


@bp.post("/<id:outline_id>/intrekking")
@requires(Action.OUTLINES_MANAGE)
def retire(outline_id: int) -> ResponseReturnValue:
    """Take an outline out of use: 303 to the list."""
    outline = commands.retire_outline(db.session(), current_actor(), outline_id, now=now())
    return _done(outline, "is niet meer in gebruik")


@bp.post("/<id:outline_id>/herstel")
@requires(Action.OUTLINES_MANAGE)
def restore(outline_id: int) -> ResponseReturnValue:
    """Take an outline into use again: 303 to the list."""
    outline = commands.restore_outline(db.session(), current_actor(), outline_id, now=now())
    return _done(outline, "is weer in gebruik")


def _save(
    outline: OutlineLine | None, save: Callable[[OutlineForm], Outline]
) -> ResponseReturnValue:
    form = OutlineForm()
    rule, part = (OutlineForm.of_one, outline.id) if outline else (OutlineForm.draft, None)
    if drafts.keeps():
        page = None if outline else url_for(".new")
        return drafts.keep(form, rule=rule, part=part, page=page)
    if not form.validate_on_submit():
        return _page(form, outline, status=422)
    try:
        saved = save(form)
    except InvalidInput as error:
        form.refuse(error)
        db.session.rollback()
        return _page(form, outline, status=422)
    except Overtaken as error:
        db.session.rollback()
        assert outline is not None  # noqa: S101 -- only a change can be overtaken
        other = queries.outline_for(db.session(), current_actor(), outline.id)
        form.form_errors = [str(error)]
        form.revision.data = str(other.revision)  # who saves again has seen it
        return _page(form, outline, other=other, status=409)
    drafts.forget(form, rule=rule, part=part)
    return _done(saved, "is opgeslagen")


def _page(
    form: OutlineForm, outline: OutlineLine | None, *,
    other: OutlineLine | None = None, status: int = 200,
) -> ResponseReturnValue:  # fmt: skip
    url = url_for(".update", outline_id=outline.id) if outline else url_for(".create")
    return render_page(
        "outlines/edit.html", fragment="form", status=status, form=form, outline=outline,
        other=other, url=url,
    )  # fmt: skip


def _done(outline: Outline, what: str) -> ResponseReturnValue:
    said = f"Het sjabloon “{outline.name}” {what}."
    db.session.commit()
    flash(said, "ok")
    return go_to(url_for(".index"))
