"""The two headings of a dossier: both with their history, and the form of one, in its place."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from kp4web.audit.queries import shown_before
from kp4web.domain.errors import InvalidInput, NotFound
from kp4web.domain.headings import BY_SLUG, NO_DIAGNOSIS, Heading
from kp4web.domain.policy import Access, Action, Field
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import dossier_ref
from kp4web.extensions import db
from kp4web.needs import commands, queries
from kp4web.needs.forms import HeadingForm
from kp4web.needs.queries import Needs
from kp4web.web import drafts, merging
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.hints import ask_about_number
from kp4web.web.htmx import go_to, render_page, wants_fragment
from kp4web.web.paths import way_back
from kp4web.web.transactions import become_writer

bp = Blueprint("needs", __name__)


@bp.get("/dossiers/<number:number>/ondersteuning")
@requires(Action.HEADINGS_READ)
def index(number: str) -> ResponseReturnValue:
    """Show both headings with what stood there before; htmx gets the one that ``kop`` names."""
    needs = queries.needs_for(db.session(), current_actor(), number)
    heading = BY_SLUG.get(request.args.get("kop", ""))
    _log(needs)
    if heading and wants_fragment():
        return _standing(needs, heading)
    return render_page("needs/index.html", needs=needs)


@bp.get("/dossiers/<number:number>/ondersteuning/<heading>")
@requires(Action.HEADINGS_CHANGE)
def edit(number: str, heading: str) -> ResponseReturnValue:
    """Show the form of one heading: in its place on the page, or as a page of its own."""
    needs = queries.needs_for(db.session(), current_actor(), number)
    now_there = needs.of(kind := _named(heading)).now
    form = drafts.restored(
        HeadingForm, needs.ref.id, rule=HeadingForm.drafts[kind],
        text=now_there.text,
    )  # fmt: skip
    if not form.saved:
        merging.begin(form)
    return _form_page(needs, kind, form)


@bp.post("/dossiers/<number:number>/ondersteuning/<heading>")
@requires(Action.HEADINGS_CHANGE)
def update(number: str, heading: str) -> ResponseReturnValue:
    """Save: 303 (for htmx the heading as it stands now); 422, or 409 with both texts."""
    form, kind = HeadingForm(), _named(heading)
    rule = HeadingForm.drafts[kind]
    if drafts.keeps():
        ref = dossier_ref(db.session(), current_actor(), number)
        ref.require(Field.SUPPORT_NEEDS, Access.WRITE)
        return drafts.keep(form, ref.id, rule=rule)
    needs = queries.needs_for(db.session(), current_actor(), number, lock=True)
    needs.ref.require(Field.SUPPORT_NEEDS, Access.WRITE)
    now_there = needs.of(kind).now
    if not merging.merge(form, {"text": now_there.text}):
        return _refused(number, kind, form, 409)
    if not form.validate_on_submit():
        return _refused(number, kind, form, 422)
    command = form.command(kind, now_there.version)
    try:
        made = commands.write_heading(
            db.session(), current_actor(), number, command, now=now(), today=today()
        )
        drafts.forget(form, made.dossier_id, rule=rule)
    except InvalidInput as error:
        form.refuse(error)
        return _refused(number, kind, form, 422)
    db.session.commit()
    flash(f"{kind.label} is opgeslagen.", "ok")
    if others := merging.said(form):
        flash(others, "info")
    ask_about_number(command.text, href=url_for(".index", number=number))
    if wants_fragment():
        return _standing(queries.needs_for(db.session(), current_actor(), number), kind)
    return go_to(way_back(url_for("timeline.show", number=number)))


def _named(slug: str) -> Heading:
    if slug not in BY_SLUG:
        raise NotFound("Deze kop bestaat niet.")
    return BY_SLUG[slug]


def _refused(number: str, kind: Heading, form: HeadingForm, status: int) -> ResponseReturnValue:
    """Give the form back with what was typed; nothing has changed."""
    db.session.rollback()
    needs = queries.needs_for(db.session(), current_actor(), number)
    return _form_page(needs, kind, form, status=status)


def _form_page(
    needs: Needs, kind: Heading, form: HeadingForm, *, status: int = 200
) -> ResponseReturnValue:
    needs.ref.require(Field.SUPPORT_NEEDS, Access.WRITE)
    _log(needs)
    form.text.id = f"tekst-{kind.slug}"
    return render_page(
        "needs/edit.html", fragment="form", status=status, needs=needs, form=form,
        standing=needs.of(kind).now, no_diagnosis=NO_DIAGNOSIS, user_id=current_actor().id,
        inside=wants_fragment(), back=way_back(url_for("timeline.show", number=needs.ref.number)),
    )  # fmt: skip


def _standing(needs: Needs, kind: Heading) -> ResponseReturnValue:
    """Answer with one heading as it stands, for its place on a page that was logged."""
    return render_page(
        "needs/standing.html", number=needs.ref.number, standing=needs.of(kind).now,
        may_write=needs.may_write, inside=True,
    )  # fmt: skip


def _log(needs: Needs) -> None:
    """Log that the headings were shown; a fragment is part of a page that was logged."""
    actor, ref = current_actor(), needs.ref
    pages = ("dossier_read", "headings_read")
    if wants_fragment() and shown_before(db.session(), actor, *pages, now=now(), dossier_id=ref.id):
        return
    become_writer()
    record_in(db.session(), actor, ref, "headings_read", now=now())
    db.session.commit()
