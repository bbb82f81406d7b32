"""An outcome, determining a klantprofiel, correcting one, and how often it is followed."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kp4web.applications.commands import record_at
from kp4web.audit.commands import record
from kp4web.audit.queries import shown_before
from kp4web.decisions import commands, corrected, figures, moved, preview, queries
from kp4web.decisions.commands import COLOURS, DecideProfile
from kp4web.decisions.forms import (
    DecideForm,
    DecideWithoutForm,
    PeriodForm,
    ProfileCorrectionForm,
)
from kp4web.domain.applications import KP4, PROFILE_LABELS
from kp4web.domain.dates import add_months, day_of, end_of_day
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.policy import Action
from kp4web.extensions import db
from kp4web.questionnaires.queries import NO_QUESTIONNAIRE, QuestionnaireRef, questionnaire_ref
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.converters import LARGEST_ID
from kp4web.web.correcting import Correcting, sent
from kp4web.web.htmx import go_to, render_page, wants_fragment
from kp4web.web.once import once
from kp4web.web.transactions import become_writer

bp = Blueprint("decisions", __name__)
WHAT_IF = "anders"


@bp.get("/vragenlijsten/<id:questionnaire_id>/uitkomst")
@requires(Action.QUESTIONNAIRE_FILL_IN)
def outcome(questionnaire_id: int) -> ResponseReturnValue:
    """Show the outcome, and with ``?wat=anders`` what would change it; open: on to finishing."""
    asked = request.args.get("wat") == WHAT_IF
    if asked and wants_fragment():
        found = queries.what_if_for(db.session(), current_actor(), questionnaire_id)
        _log_outcome(questionnaire_ref(db.session(), current_actor(), questionnaire_id))
        return render_page("decisions/outcome.html", fragment="what_if", what_if=found)
    try:
        page = queries.outcome_for(db.session(), current_actor(), questionnaire_id)
    except queries.StillOpen:
        return redirect(url_for("questionnaires.finish", questionnaire_id=questionnaire_id), 303)
    form, start = DecideForm(formdata=None), {"questionnaire": str(questionnaire_id)}
    if page.may_decide:
        form = drafts.restored(DecideForm, questionnaire_id, data=start)
    return _outcome_page(page, form, with_what_if=asked)


def _outcome_page(
    page: queries.OutcomePage, form: DecideForm, *, status: int = 200, with_what_if: bool = False
) -> ResponseReturnValue:
    """Log what is about to be shown, then answer; the form alone is part of a logged page."""
    ref, what_if = page.ref, None
    if with_what_if:
        what_if = queries.what_if_for(db.session(), current_actor(), ref.id)
    _log_outcome(ref)
    months = page.outcome.review_months
    return render_page(
        "decisions/outcome.html", fragment="decision", status=status, page=page, form=form,
        what_if=what_if, texts=PROFILE_LABELS,
        differs=status != 200 and form.differs_from(page.outcome.profile),
        review_on=add_months(day_of(page.completed_at), months) if months else None,
    )  # fmt: skip


def _log_outcome(ref: QuestionnaireRef) -> None:
    if _is_part_of_logged_page("questionnaire_outcome", questionnaire=ref.id):
        return
    become_writer()
    record(
        db.session(), current_actor(), "questionnaire_outcome", now=now(),
        subjects=[ref.client_id] if ref.client_id else [],
        municipality_id=ref.municipality_id, relation=ref.relations,
        dossier_id=None if ref.of_application else ref.dossier_id,
        questionnaire=ref.id, application=ref.application_id,
    )  # fmt: skip
    db.session.commit()


def _is_part_of_logged_page(action: str, **page: int) -> bool:
    return wants_fragment() and shown_before(
        db.session(), current_actor(), action, now=now(), **page
    )


@bp.get("/aanvragen/<id:application_id>/profielbepalingen/nieuw")
@requires(Action.PROFILE_DECIDE)
def new(application_id: int) -> ResponseReturnValue:
    """Show the form without a questionnaire of ours: after a talk, or measured elsewhere."""
    found = preview.undecided_for(db.session(), current_actor(), application_id)
    return _new_page(found, drafts.restored(DecideWithoutForm, application_id))


def _new_page(
    found: preview.Undecided, form: DecideWithoutForm, *, status: int = 200
) -> ResponseReturnValue:
    if not _is_part_of_logged_page("application_read", application=found.ref.id):
        become_writer()
        record_at(db.session(), current_actor(), found.ref, "application_read", now=now())
        db.session.commit()
    return render_page(
        "decisions/new.html", fragment="decision", status=status, found=found, form=form,
        texts=PROFILE_LABELS, colours=COLOURS,
    )  # fmt: skip


@bp.post("/aanvragen/<id:application_id>/profielbepalingen")
@requires(Action.PROFILE_DECIDE)
@once
def create(application_id: int) -> ResponseReturnValue:
    """Determine the klantprofiel: 303 to the application, 422 with the form, 409 when overtaken."""
    if request.form.get("questionnaire", "").strip():
        return _decide_on_outcome(application_id)
    found = preview.undecided_for(db.session(), current_actor(), application_id)
    form = DecideWithoutForm()
    if drafts.keeps():
        page = url_for(".new", application_id=application_id)
        return drafts.keep(form, application_id, page=page)
    if form.validate_on_submit():
        try:
            return _decide(application_id, form.without_questionnaire(), form, application_id)
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
    return _new_page(found, form, status=422)


def _decide_on_outcome(application_id: int) -> ResponseReturnValue:
    form = DecideForm()
    questionnaire_id = _id_of(form.questionnaire.data or "")
    if drafts.keeps():
        preview.undecided_for(db.session(), current_actor(), application_id)
        page_url = url_for(".outcome", questionnaire_id=questionnaire_id)
        return drafts.keep(form, questionnaire_id, page=page_url)
    if form.validate_on_submit():
        try:
            return _decide(application_id, form.command(questionnaire_id), form, questionnaire_id)
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
    preview.undecided_for(db.session(), current_actor(), application_id)
    page = queries.outcome_for(db.session(), current_actor(), questionnaire_id)
    if page.ref.application_id != application_id:
        raise NotFound(NO_QUESTIONNAIRE)
    if not page.may_decide:
        raise DomainError(commands.NEWER)
    return _outcome_page(page, form, status=422)


def _id_of(text: str) -> int:
    """Return the id in a hidden field; what cannot be one is not there."""
    if not (text.isascii() and text.isdecimal() and len(text) < 11 and int(text) <= LARGEST_ID):
        raise NotFound(NO_QUESTIONNAIRE)
    return int(text)


def _decide(
    application_id: int, command: DecideProfile, form: DecideForm, draft_of: int
) -> ResponseReturnValue:
    commands.decide_profile(
        db.session(), current_actor(), application_id, command, now=now(), today=today()
    )
    drafts.forget(form, draft_of)
    db.session.commit()
    if command.profile == KP4:
        flash("Klantprofiel 4 is vastgesteld. De aanvraag is aangeboden aan Team Sociaal.")
    else:
        flash(f"Klantprofiel {command.profile} is vastgesteld. De aanvraag is afgesloten.")
    return go_to(url_for("intake.show", application_id=application_id))


# ---------------------------------------------------------------------- correcting it


@bp.get("/profielbepalingen/<id:decision_id>/correctie")
@requires(Action.PROFILE_DECIDE)
def edit(decision_id: int) -> ResponseReturnValue:
    """Show the form that corrects a decision, filled in with what is known."""
    return _Decisions().edit(decision_id)


@bp.post("/profielbepalingen/<id:decision_id>/correctie")
@requires(Action.PROFILE_DECIDE)
def update(decision_id: int) -> ResponseReturnValue:
    """Show what the correction changes, or save it: 303; 422 with the form and what was typed."""
    return _Decisions().update(decision_id)


class _Decisions(Correcting[ProfileCorrectionForm, corrected.Subject, moved.ProfilePreview]):
    form = ProfileCorrectionForm

    def find(self, *key: Any) -> corrected.Subject:
        return corrected.decision_for(db.session(), current_actor(), *key)

    def draft_of(self, subject: corrected.Subject) -> int:
        return subject.ref.id

    def fill(self, form: ProfileCorrectionForm, subject: corrected.Subject) -> None:
        form.show(subject.content, with_outcome=subject.sees_outcome)

    def offer(self, form: ProfileCorrectionForm, subject: corrected.Subject | None) -> None:
        form.offer(with_questionnaire=subject is None or subject.outcome is not None)

    def preview(
        self, form: ProfileCorrectionForm, subject: corrected.Subject
    ) -> moved.ProfilePreview:
        return moved.profile_preview(db.session(), subject, form.correction(), today=today())

    def save(self, form: ProfileCorrectionForm, *key: Any) -> int:
        (decision_id,) = key
        ref = commands.correct_profile(
            db.session(), current_actor(), decision_id, form.correction(), form.statement,
            now=now(), today=today(),
        )  # fmt: skip
        return ref.id

    def page(
        self, form: ProfileCorrectionForm, subject: corrected.Subject,
        preview: moved.ProfilePreview | None, *, status: int,
    ) -> ResponseReturnValue:  # fmt: skip
        become_writer()
        record_at(db.session(), current_actor(), subject.ref, "correction_read", now=now())
        db.session.commit()
        return render_page(
            "decisions/correct.html", fragment="correction", status=status, subject=subject,
            known=subject.basis, preview=preview, texts=PROFILE_LABELS, colours=COLOURS,
            **sent(form),
        )  # fmt: skip

    def landing(self, about: int, *key: Any) -> str:
        return url_for("intake.show", application_id=about)


# ---------------------------------------------------------------------- figures


@bp.get("/rapportages/profielvoorstellen", endpoint="figures")
@requires(Action.SUGGESTION_FIGURES_READ)
def show_figures() -> ResponseReturnValue:
    """Show how often the suggestion was followed in a period, or 422 with what was typed."""
    form = PeriodForm.asked(request.args, today=today())
    if not form.validate() or form.van.data is None or form.tot.data is None:
        return render_page("decisions/figures.html", status=422, form=form, found=None)
    known_on = form.bekend_op.data
    found = figures.figures_for(
        db.session(), current_actor(), form.van.data, form.tot.data,
        known_at=end_of_day(known_on) if known_on else None,
    )  # fmt: skip
    return render_page(
        "decisions/figures.html", form=form, found=found, profiles=figures.PROFILES,
        period=(form.van.data, form.tot.data), known_on=known_on,
    )  # fmt: skip
