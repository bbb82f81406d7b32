"""The dated facts of a dossier on one page, and the pages that correct one of them."""

from functools import partial
from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from kp4web.corrections import commands, history, previews, queries
from kp4web.corrections.forms import AssignmentCorrectionForm, CorrectionForm, TrackCorrectionForm
from kp4web.domain.bands import Segment, band
from kp4web.domain.corrected_figures import lead_words, track_words
from kp4web.domain.corrections import TrackContent, ends_freely, verdicts
from kp4web.domain.dates import dutch_date
from kp4web.domain.policy import Action
from kp4web.domain.stretches import History, Verdict
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import DossierRef
from kp4web.extensions import db
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.correcting import Correcting, sent
from kp4web.web.htmx import render_page
from kp4web.web.transactions import become_writer

bp = Blueprint("corrections", __name__)


@bp.get("/dossiers/<number:number>/verloop")
@requires(Action.DOSSIER_READ)
def index(number: str) -> ResponseReturnValue:
    """Show every track, assignment and profile of a dossier, and what was corrected."""
    facts = history.facts_for(db.session(), current_actor(), number)
    _log(facts.ref, "facts_read")
    spells = ((row.kind, row.valid_from, row.valid_to) for row in reversed(facts.tracks))
    return render_page(
        "corrections/index.html", facts=facts, segments=band(spells, today()),
        held_url=partial(_held_url, number),
    )  # fmt: skip


def _held_url(number: str, held_id: int) -> str:
    return url_for(".edit_assignment", number=number, assignment_id=held_id)


@bp.post("/correcties/<id:correction_id>/gezien")
@requires(Action.DUE_ITEM_SETTLE)
def see(correction_id: int) -> ResponseReturnValue:
    """Note that a correction by the work agency was seen: 303 to the course of the dossier."""
    ref = commands.see_correction(db.session(), current_actor(), correction_id, now=now())
    db.session.commit()
    return redirect(url_for(".index", number=ref.number), 303)


# ---------------------------------------------------------------------- a track


@bp.get("/dossiers/<number:number>/traject/<id:track_id>/correctie")
@requires(Action.TRACK_CHANGE)
def edit_track(number: str, track_id: int) -> ResponseReturnValue:
    """Show the form that corrects a track, filled in with what is known."""
    return _Tracks().edit(number, track_id)


@bp.post("/dossiers/<number:number>/traject/<id:track_id>/correctie")
@requires(Action.TRACK_CHANGE)
def update_track(number: str, track_id: int) -> ResponseReturnValue:
    """Show what the correction changes, or save it: 303; 422 with the form and what was typed."""
    return _Tracks().update(number, track_id)


class _Tracks(Correcting[TrackCorrectionForm, queries.Track, previews.TrackPreview]):
    form = TrackCorrectionForm

    def find(self, *key: Any) -> queries.Track:
        return queries.track_for(db.session(), current_actor(), *key)

    def draft_of(self, subject: queries.Track) -> int:
        return subject.ref.id

    def fill(self, form: TrackCorrectionForm, subject: queries.Track) -> None:
        form.verdict.data = Verdict.CHANGED.value
        form.show(subject.stretch.content)
        form.valid_from.data = subject.stretch.span.valid_from

    def offer(self, form: TrackCorrectionForm, subject: queries.Track | None) -> None:
        if subject is None:
            form.offer((verdict, "") for verdict in Verdict)
            return
        possible = verdicts(subject.history, subject.index)
        form.offer((verdict, _said_of_track(subject, verdict)) for verdict in possible)

    def preview(self, form: TrackCorrectionForm, subject: queries.Track) -> previews.TrackPreview:
        return previews.track_preview(
            db.session(), current_actor(), subject, form.correction(), today=today(),
            also=form.also,
        )  # fmt: skip

    def save(self, form: TrackCorrectionForm, *key: Any) -> int:
        number, track_id = key
        ref = commands.correct_track(
            db.session(), current_actor(), number, track_id, form.correction(), form.statement,
            now=now(), today=today(),
        )  # fmt: skip
        return ref.id

    def page(
        self, form: TrackCorrectionForm, subject: queries.Track,
        preview: previews.TrackPreview | None, *, status: int,
    ) -> ResponseReturnValue:  # fmt: skip
        limits = queries.opening_limits(db.session(), current_actor(), subject.ref)
        is_first = subject.index == 0
        return _page(
            "corrections/track.html", subject, form, status=status, preview=preview,
            is_first=is_first, refusal=limits.refusal if is_first else "",
            sentences=[track_words(change) for change in preview.days] if preview else [],
            other=_other_of_track(preview) if preview else [],
            segments=_course(preview.after) if preview else (),
        )  # fmt: skip

    def landing(self, about: int, *key: Any) -> str:
        return url_for(".index", number=key[0])


def _said_of_track(subject: queries.Track, verdict: Verdict) -> str:
    tracks, index = subject.history, subject.index
    if verdict is Verdict.EARLIER_WENT_ON:
        label = tracks[index - 1].content.kind.label
        return f"Deze periode was er niet: {label} van ervoor liep door."
    if verdict is Verdict.LATER_BEGAN:
        label = tracks[index + 1].content.kind.label
        return f"Deze periode was er niet: {label} van erna begon eerder."
    return "Iets in deze periode klopt niet: de begindatum, het traject of de toelichting."


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
    return _Assignments().edit(number, assignment_id)


@bp.post("/dossiers/<number:number>/toewijzingen/<id:assignment_id>/correctie")
@requires(Action.DOSSIER_ASSIGN)
def update_assignment(number: str, assignment_id: int) -> ResponseReturnValue:
    """Show what the correction changes, or save it: 303; 422 with the form and what was typed."""
    return _Assignments().update(number, assignment_id)


class _Assignments(Correcting[AssignmentCorrectionForm, queries.Held, previews.AssignmentPreview]):
    form = AssignmentCorrectionForm

    def find(self, *key: Any) -> queries.Held:
        return queries.assignment_for(db.session(), current_actor(), *key)

    def draft_of(self, subject: queries.Held) -> int:
        return subject.ref.id

    def fill(self, form: AssignmentCorrectionForm, subject: queries.Held) -> None:
        form.verdict.data = Verdict.CHANGED.value
        form.show(subject.stretch.content)
        form.valid_from.data = subject.stretch.span.valid_from
        form.valid_to.data = subject.stretch.span.valid_to

    def offer(self, form: AssignmentCorrectionForm, subject: queries.Held | None) -> None:
        if subject is None:
            form.offer((verdict, "") for verdict in Verdict)
            _offer_team(form)
            return
        names = queries.names_of(db.session(), {one.content.user_id for one in subject.history})
        possible = verdicts(subject.history, subject.index)
        form.offer((verdict, _said_of_held(subject, verdict, names)) for verdict in possible)
        _offer_team(form, subject.stretch.content.user_id, names)

    def preview(
        self, form: AssignmentCorrectionForm, subject: queries.Held
    ) -> previews.AssignmentPreview:
        return previews.assignment_preview(
            db.session(), current_actor(), subject, form.correction(), today=today(),
            also=form.also,
        )  # fmt: skip

    def save(self, form: AssignmentCorrectionForm, *key: Any) -> int:
        number, held_id = key
        ref = commands.correct_assignment(
            db.session(), current_actor(), number, held_id, form.correction(), form.statement,
            now=now(), today=today(),
        )  # fmt: skip
        return ref.id

    def page(
        self, form: AssignmentCorrectionForm, subject: queries.Held,
        preview: previews.AssignmentPreview | None, *, status: int,
    ) -> ResponseReturnValue:  # fmt: skip
        days = preview.days if preview else ()
        return _page(
            "corrections/assignment.html", subject, form, status=status, preview=preview,
            ends_freely=ends_freely(subject.history, subject.index),
            sentences=[lead_words(change, preview.names) for change in days] if preview else [],
        )  # fmt: skip

    def landing(self, about: int, *key: Any) -> str:
        return url_for(".index", number=key[0])


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


def _said_of_held(subject: queries.Held, verdict: Verdict, names: dict[int, str]) -> str:
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


# ---------------------------------------------------------------------- both


def _page(
    template: str, subject: Any, form: CorrectionForm, *, status: int, **context: Any
) -> ResponseReturnValue:
    """Log what is about to be shown, then answer with the page or its block."""
    _log(subject.ref, "correction_read")
    return render_page(
        template, fragment="correction", status=status, ref=subject.ref, subject=subject,
        known=subject.basis, **sent(form), **context,
    )  # fmt: skip


def _log(ref: DossierRef, action: str) -> None:
    become_writer()
    record_in(db.session(), current_actor(), ref, action, now=now())
    db.session.commit()
