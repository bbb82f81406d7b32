"""The dated facts of a dossier on one page, and the pages that correct one of them."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from kp4web.corrections import commands, history, previews, queries
from kp4web.corrections.forms import AssignmentCorrectionForm, CorrectionForm, TrackCorrectionForm
from kp4web.domain.bands import Segment, band
from kp4web.domain.corrected_figures import lead_words, track_words
from kp4web.domain.corrections import TrackContent, ends_freely, verdicts
from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import Action
from kp4web.domain.stretches import History, Verdict
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import DossierRef
from kp4web.extensions import db
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import render_page
from kp4web.web.transactions import become_writer

bp = Blueprint("corrections", __name__)

SAVING = "vastleggen"
"""What the button that saves sends as ``stap``; anything else looks first."""


@bp.get("/dossiers/<number:number>/verloop")
@requires(Action.DOSSIER_READ)
def index(number: str) -> ResponseReturnValue:
    """Show every track, assignment and profile of a dossier, and what was corrected."""
    facts = history.facts_for(db.session(), current_actor(), number)
    _log(facts.ref, "facts_read")
    spells = ((row.kind, row.valid_from, row.valid_to) for row in reversed(facts.tracks))
    return render_page("corrections/index.html", facts=facts, segments=band(spells, today()))


# ---------------------------------------------------------------------- a track


@bp.get("/dossiers/<number:number>/traject/<id:track_id>/correctie")
@requires(Action.TRACK_CHANGE)
def edit_track(number: str, track_id: int) -> ResponseReturnValue:
    """Show the form that corrects a track, filled in with what is known."""
    subject = queries.track_for(db.session(), current_actor(), number, track_id)
    form = drafts.restored(TrackCorrectionForm, subject.ref.id, part=track_id)
    if not form.saved:
        form.show(subject.stretch.content)
        form.valid_from.data = subject.stretch.span.valid_from
    _offer_track(form, subject)
    return _track_page(subject, _fresh(form))


@bp.post("/dossiers/<number:number>/traject/<id:track_id>/correctie")
@requires(Action.TRACK_CHANGE)
def update_track(number: str, track_id: int) -> ResponseReturnValue:
    """Show what the correction changes, or save it: 303; 422 with the form and what was typed."""
    form, actor = TrackCorrectionForm(), current_actor()
    if _saves():
        return _save_track(form, number, track_id)
    subject = queries.track_for(db.session(), actor, number, track_id)
    if drafts.keeps():
        return drafts.keep(form, subject.ref.id, part=track_id)
    _offer_track(form, subject)
    if not form.validate_on_submit():
        return _track_page(subject, form, status=422)
    try:
        preview = previews.track_preview(
            db.session(), actor, subject, form.correction(), today=today(), also=_also(form)
        )
    except InvalidInput as error:
        form.refuse(error)
        return _track_page(subject, form, status=422)
    return _track_page(subject, form, preview)


def _save_track(form: TrackCorrectionForm, number: str, track_id: int) -> ResponseReturnValue:
    form.offer((verdict, "") for verdict in Verdict)
    valid = form.validate_on_submit()
    try:
        if valid:
            made = commands.correct_track(
                db.session(), current_actor(), number, track_id, form.correction(),
                form.statement, now=now(), today=today(),
            )  # fmt: skip
            drafts.forget(form, made.dossier_id, part=track_id)
            db.session.commit()
            return _saved(number)
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
    subject = queries.track_for(db.session(), current_actor(), number, track_id)
    _offer_track(form, subject)
    return _track_page(subject, form, status=422)


def _offer_track(form: TrackCorrectionForm, subject: queries.Track) -> None:
    form.offer(
        (verdict, _said_of_track(subject, verdict))
        for verdict in verdicts(subject.history, subject.index)
    )


def _said_of_track(subject: queries.Track, verdict: Verdict) -> str:
    tracks, index = subject.history, subject.index
    if verdict is Verdict.EARLIER_WENT_ON:
        label = tracks[index - 1].content.kind.label
        return f"Deze periode was er niet: {label} van ervoor liep door."
    if verdict is Verdict.LATER_BEGAN:
        label = tracks[index + 1].content.kind.label
        return f"Deze periode was er niet: {label} van erna begon eerder."
    return "Iets in deze periode klopt niet: de begindatum, het traject of de toelichting."


def _track_page(
    subject: queries.Track,
    form: TrackCorrectionForm,
    preview: previews.TrackPreview | None = None,
    *,
    status: int = 200,
) -> ResponseReturnValue:
    limits = queries.opening_limits(db.session(), current_actor(), subject.ref)
    is_first = subject.index == 0
    return _page(
        "corrections/track.html", subject.ref, form, status=status,
        subject=subject, basis=subject.basis, preview=preview,
        is_first=is_first, refusal=limits.refusal if is_first else "",
        sentences=[track_words(change) for change in preview.days] if preview else [],
        other=_other_of_track(preview) if preview else [],
        segments=_course(preview.after) if preview else (),
    )  # fmt: skip


def _course(tracks: History[TrackContent]) -> tuple[Segment, ...]:
    return band(
        ((one.content.kind, one.span.valid_from, one.span.valid_to) for one in tracks), today()
    )


def _other_of_track(preview: previews.TrackPreview) -> list[str]:
    """Return what changes in the row itself and is counted nowhere."""
    if preview.content is None:
        return []
    was, becomes = preview.before, preview.content
    lines = []
    if was.planned_end and becomes.planned_end and was.planned_end != becomes.planned_end:
        days = f"{dutch_date(was.planned_end)} wordt {dutch_date(becomes.planned_end)}"
        lines.append(f"Rust tot {days}.")
    if was.stop_reason and becomes.stop_reason and was.stop_reason != becomes.stop_reason:
        lines.append(
            f"Reden van stoppen: {was.stop_reason.label} wordt {becomes.stop_reason.label}."
        )
    if was.reason != becomes.reason:
        lines.append("De toelichting wordt vervangen.")
    if was.avoid != becomes.avoid:
        lines.append("Wat u beter kunt vermijden, wordt aangepast.")
    return lines


# ---------------------------------------------------------------------- an assignment


@bp.get("/dossiers/<number:number>/toewijzingen/<id:assignment_id>/correctie")
@requires(Action.DOSSIER_ASSIGN)
def edit_assignment(number: str, assignment_id: int) -> ResponseReturnValue:
    """Show the form that corrects who held the dossier, filled in with what is known."""
    subject = queries.assignment_for(db.session(), current_actor(), number, assignment_id)
    form = drafts.restored(AssignmentCorrectionForm, subject.ref.id, part=assignment_id)
    if not form.saved:
        form.show(subject.stretch.content)
        form.valid_from.data = subject.stretch.span.valid_from
        form.valid_to.data = subject.stretch.span.valid_to
    _offer_assignment(form, subject)
    return _assignment_page(subject, _fresh(form))


@bp.post("/dossiers/<number:number>/toewijzingen/<id:assignment_id>/correctie")
@requires(Action.DOSSIER_ASSIGN)
def update_assignment(number: str, assignment_id: int) -> ResponseReturnValue:
    """Show what the correction changes, or save it: 303; 422 with the form and what was typed."""
    form, actor = AssignmentCorrectionForm(), current_actor()
    if _saves():
        return _save_assignment(form, number, assignment_id)
    subject = queries.assignment_for(db.session(), actor, number, assignment_id)
    if drafts.keeps():
        return drafts.keep(form, subject.ref.id, part=assignment_id)
    _offer_assignment(form, subject)
    if not form.validate_on_submit():
        return _assignment_page(subject, form, status=422)
    try:
        preview = previews.assignment_preview(
            db.session(), actor, subject, form.correction(), today=today(), also=_also(form)
        )
    except InvalidInput as error:
        form.refuse(error)
        return _assignment_page(subject, form, status=422)
    return _assignment_page(subject, form, preview)


def _save_assignment(
    form: AssignmentCorrectionForm, number: str, assignment_id: int
) -> ResponseReturnValue:
    actor = current_actor()
    form.offer((verdict, "") for verdict in Verdict)
    _offer_team(form)
    valid = form.validate_on_submit()
    try:
        if valid:
            made = commands.correct_assignment(
                db.session(), actor, number, assignment_id, form.correction(), form.statement,
                now=now(), today=today(),
            )  # fmt: skip
            drafts.forget(form, made.dossier_id, part=assignment_id)
            db.session.commit()
            return _saved(number)
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
    subject = queries.assignment_for(db.session(), actor, number, assignment_id)
    _offer_assignment(form, subject)
    return _assignment_page(subject, form, status=422)


def _offer_assignment(form: AssignmentCorrectionForm, subject: queries.Held) -> None:
    names = queries.names_of(db.session(), {one.content.user_id for one in subject.history})
    form.offer(
        (verdict, _said_of_assignment(subject, verdict, names))
        for verdict in verdicts(subject.history, subject.index)
    )
    _offer_team(form, subject.stretch.content.user_id, names)


def _offer_team(
    form: AssignmentCorrectionForm, held_by: int | None = None, names: dict[int, str] | None = None
) -> None:
    """Let the form offer the team, of now and of before, and who is known to have held it."""
    offered = {
        member.id: member.name if member.is_active else f"{member.name} (niet meer in het team)"
        for member in queries.team_of(db.session(), current_actor())
    }
    if held_by is not None and names:
        offered.setdefault(held_by, names[held_by])
    form.user.choices = [SelectChoice(user_id, name) for user_id, name in offered.items()]


def _said_of_assignment(subject: queries.Held, verdict: Verdict, names: dict[int, str]) -> str:
    held, index = subject.history, subject.index
    if verdict is Verdict.EARLIER_WENT_ON:
        name = names[held[index - 1].content.user_id]
        return f"Deze toewijzing was er niet: {name} van ervoor hield het dossier."
    if verdict is Verdict.LATER_BEGAN:
        name = names[held[index + 1].content.user_id]
        return f"Deze toewijzing was er niet: {name} van erna had het dossier al eerder."
    if verdict is Verdict.NOTHING:
        return "Deze toewijzing was er niet: niemand had toen het dossier."
    return "Iets in deze toewijzing klopt niet: wie, vanaf wanneer of waarom."


def _assignment_page(
    subject: queries.Held,
    form: AssignmentCorrectionForm,
    preview: previews.AssignmentPreview | None = None,
    *,
    status: int = 200,
) -> ResponseReturnValue:
    return _page(
        "corrections/assignment.html", subject.ref, form, status=status,
        subject=subject, basis=subject.basis, preview=preview,
        ends_freely=ends_freely(subject.history, subject.index),
        sentences=[lead_words(change, preview.names) for change in preview.days]
        if preview else [],
    )  # fmt: skip


# ---------------------------------------------------------------------- both


def _fresh(form: Any) -> Any:
    """Return the form as it begins: nothing said yet but that something in it is wrong."""
    form.submission.data = uuid4().hex
    if not form.saved:
        form.verdict.data = Verdict.CHANGED.value
    return form


def _saves() -> bool:
    return request.form.get("stap") == SAVING


def _also(form: CorrectionForm) -> tuple[date, ...]:
    return (form.also_on.data,) if form.also_on.data else ()


def _saved(number: str) -> ResponseReturnValue:
    flash("De correctie is vastgelegd. Wat eerder bekend was, staat onderaan deze pagina.")
    return redirect(url_for(".index", number=number), 303)


def _page(
    template: str, ref: DossierRef, form: CorrectionForm, *, status: int, **context: Any
) -> ResponseReturnValue:
    """Log what is about to be shown, then answer with the page or its block."""
    _log(ref, "correction_read")
    return render_page(
        template, fragment="correction", status=status, ref=ref, form=form,
        kept=tuple(_kept(form)), saving=SAVING, **context,
    )  # fmt: skip


def _kept(form: CorrectionForm) -> Iterable[tuple[str, str]]:
    """Yield what was sent, for the form that saves exactly what was looked at."""
    for field in form:
        if field.name not in {"csrf_token", "basis"}:
            yield from ((field.name, value) for value in request.form.getlist(field.name)[:1])


def _log(ref: DossierRef, action: str) -> None:
    become_writer()
    record_in(db.session(), current_actor(), ref, action, now=now())
    db.session.commit()
