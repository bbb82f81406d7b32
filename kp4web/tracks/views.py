"""The page about the course of a dossier: change track, extend, stop, reopen, subgroups."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from kp4web.domain.bands import band
from kp4web.domain.dates import add_months, dutch_date
from kp4web.domain.due import Norms
from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import Access, Action, Field
from kp4web.domain.tracks import TrackChange, TrackKind
from kp4web.dossiers.commands import record_in
from kp4web.extensions import db
from kp4web.tracks import commands, queries
from kp4web.tracks.forms import SubgroupsForm, TrackForm
from kp4web.tracks.rest import rest_so_far
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page
from kp4web.web.once import once
from kp4web.web.transactions import become_writer

bp = Blueprint("tracks", __name__)


MEANINGS = {
    TrackKind.UNDER_INVESTIGATION: "Het is nog niet duidelijk wat past.",
    TrackKind.REST: "Een gesprek over activering doet nu meer kwaad dan goed.",
    TrackKind.SUPPORT: "Eerst zorg en ondersteuning; u spreekt elkaar regelmatig.",
    TrackKind.KP3: "Een traject naar werk kan beginnen; daarna volgt overdracht aan Werkzaak.",
    TrackKind.STOPPED: "De inwoner hoort niet meer bij klantprofiel 4.",
}
AFTER_REST = {
    TrackKind.REST: "Een gesprek over activering zou nu nog steeds kwaad doen.",
    TrackKind.SUPPORT: "Er is ruimte voor zorg of ondersteuning; u spreekt elkaar weer regelmatig.",
    TrackKind.KP3: "De situatie is verbeterd: een traject naar werk kan beginnen.",
    TrackKind.STOPPED: MEANINGS[TrackKind.STOPPED],
}
"""What the decision on rest can come to, and when that fits."""


@bp.get("/dossiers/<number:number>/traject")
@requires(Action.DOSSIER_READ)
def edit(number: str) -> ResponseReturnValue:
    """Show how the dossier came where it is, and the form to change it for who may."""
    course = queries.course_for(db.session(), current_actor(), number)
    return _page(course, _track_form(course), _subgroups_form(course))


@bp.get("/dossiers/<number:number>/rustbesluit")
@requires(Action.TRACK_CHANGE)
def decide(number: str) -> ResponseReturnValue:
    """Show what the decision on rest needs, with nothing chosen; 303 when there is no rest."""
    course = queries.course_for(db.session(), current_actor(), number)
    course.ref.require(Field.TRACK, Access.WRITE)
    if course.running.kind is not TrackKind.REST:
        flash("Dit dossier staat niet op rust.", "info")
        return redirect(url_for(".edit", number=number), 303)
    return _decision(course, _track_form(course, tuple(AFTER_REST)))


@bp.post("/dossiers/<number:number>/traject")
@requires(Action.TRACK_CHANGE)
@once
def update(number: str) -> ResponseReturnValue:
    """Change the track: 303 to the dossier, or 422 with the form and everything typed."""
    course = queries.course_for(db.session(), current_actor(), number)
    course.ref.require(Field.TRACK, Access.WRITE)
    form = _track_form(course, sent=True)
    if drafts.keeps():
        page = url_for(".decide" if _decides(course) else ".edit", number=number)
        return drafts.keep(form, course.ref.id, page=page)
    if not form.validate_on_submit():
        return _refused(course, form)
    change = form.command()
    try:
        commands.change_track(
            db.session(), current_actor(), number, change, keep=form.kept(), now=now(),
            today=today(),
        )  # fmt: skip
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _refused(course, form)
    drafts.forget(form, course.ref.id)
    db.session.commit()
    flash(_said(course, change))
    return go_to(url_for("timeline.show", number=number))


def _decides(course: queries.Course) -> bool:
    """Return whether what was sent is the form of the decision on rest."""
    return "rustbesluit" in request.form and course.running.kind is TrackKind.REST


def _refused(course: queries.Course, form: TrackForm) -> ResponseReturnValue:
    """Give the form back on the page it came from; nothing has changed."""
    if _decides(course):
        form.kind.choices = [c for c in form.kind.choices if c.value in AFTER_REST]
        return _decision(course, form, status=422)
    return _page(course, form, _subgroups_form(course), status=422)


def _said(course: queries.Course, change: TrackChange) -> str:
    number = course.ref.number
    if change.kind is TrackKind.STOPPED:
        return f"Dossier {number} is gestopt."
    if change.planned_end is not None:
        verb = "De rust is verlengd" if course.ref.kind is change.kind else "De rust is vastgelegd"
        return f"{verb} tot {dutch_date(change.planned_end)}."
    return f"Dossier {number} staat nu op {change.kind.label}."


@bp.post("/dossiers/<number:number>/subgroepen")
@requires(Action.TRACK_CHANGE)
@once
def update_subgroups(number: str) -> ResponseReturnValue:
    """Put the dossier in exactly the ticked subgroups: 303, or 422 with the form."""
    actor = current_actor()
    course = queries.course_for(db.session(), actor, number)
    course.ref.require(Field.TRACK, Access.WRITE)
    form = SubgroupsForm()
    if not form.validate_on_submit():
        return _page(course, _track_form(course), form, status=422)
    try:
        commands.choose_subgroups(
            db.session(), actor, number, form.chosen(), since=form.day(), now=now(),
            today=today(),
        )  # fmt: skip
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _page(course, _track_form(course), form, status=422)
    db.session.commit()
    flash("De subgroepen zijn vastgelegd.")
    return go_to(url_for(".edit", number=number))


def _track_form(
    course: queries.Course, kinds: Sequence[TrackKind] = tuple(TrackKind), *, sent: bool = False
) -> TrackForm:
    """Return the form with the choices that this dossier has; ``sent``: as it was filled in."""
    form = TrackForm() if sent else drafts.restored(TrackForm, course.ref.id, **_start(course))
    form.kind.choices = [
        SelectChoice(kind.value, _choice(course, kind))
        for kind in kinds
        if kind is not course.ref.kind or kind is TrackKind.REST
    ]
    form.keep.choices = [
        SelectChoice(item.id, f"{dutch_date(item.due_on)} {item.what}".strip())
        for item in course.follow_ups
    ]
    return form


def _start(course: queries.Course) -> dict[str, Any]:
    """Return what an untouched form holds: extending rest drops nothing by itself."""
    if course.ref.kind is not TrackKind.REST:
        return {"valid_from": today()}
    kept = [item.id for item in course.follow_ups]
    return {"valid_from": today(), "avoid": course.running.avoid, "keep": kept}


def _choice(course: queries.Course, kind: TrackKind) -> str:
    if kind is TrackKind.REST and course.ref.kind is kind:
        return "Rust verlengen"
    if kind is TrackKind.STOPPED:
        return "Stoppen"
    return kind.label


def _subgroups_form(course: queries.Course) -> SubgroupsForm:
    form = SubgroupsForm(formdata=None)
    form.subgroup.data = [str(group) for group in course.subgroups]
    form.since.data = today()
    return form


def _page(
    course: queries.Course, form: TrackForm, subgroups: SubgroupsForm, *, status: int = 200
) -> ResponseReturnValue:
    """Log what is about to be shown, then answer."""
    _log(course, "course_read")
    return render_page(
        "tracks/edit.html", status=status, course=course, form=form, subgroups=subgroups,
        meanings=MEANINGS, rest_choices=_rest_ends(), segments=band(
            ((spell.kind, spell.valid_from, spell.valid_to) for spell in reversed(course.spells)),
            today(),
        ),
    )  # fmt: skip


def _decision(course: queries.Course, form: TrackForm, *, status: int = 200) -> ResponseReturnValue:
    """Answer with the page on which rest is decided."""
    rest = rest_so_far(db.session(), current_actor(), course)
    _log(course, "rest_decision_read")
    return render_page(
        "tracks/decide.html", status=status, course=course, rest=rest, form=form, decides=True,
        meanings=AFTER_REST, rest_choices=_rest_ends(),
    )  # fmt: skip


def _log(course: queries.Course, action: str) -> None:
    become_writer()
    record_in(db.session(), current_actor(), course.ref, action, now=now())
    db.session.commit()


def _rest_ends() -> list[tuple[str, object]]:
    """Return ends of rest at one touch, none later than the norm allows."""
    longest = Norms().rest_max_months
    return [
        (f"{months} maanden", add_months(today(), months))
        for months in (3, 6, 9, 12)
        if months <= longest
    ]
