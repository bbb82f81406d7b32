"""Pages after a report was saved: adding to it, asking about it, answering."""

from uuid import uuid4

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from kp4web.audit.queries import shown_before
from kp4web.conversations.queries import Report, additions_to, report_for
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.policy import Action, may
from kp4web.dossiers.commands import record_in
from kp4web.extensions import db
from kp4web.reports import commands, queries
from kp4web.reports.forms import AdditionForm, AnswerForm, QuestionForm
from kp4web.reports.queries import Entry
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.forms import BaseForm, own_submission
from kp4web.web.hints import ask_about_number
from kp4web.web.htmx import go_to, render_page, wants_fragment
from kp4web.web.paths import way_back
from kp4web.web.transactions import become_writer

bp = Blueprint("reports", __name__)


def _report_url(number: str, conversation_id: int) -> str:
    return url_for("conversations.show", number=number, conversation_id=conversation_id)


def _questions_url(entry: Entry, **more: str | None) -> str:
    number = entry.ref.number
    return url_for(".questions", number=number, conversation_id=entry.id, **more)  # type: ignore[arg-type]


def _log(entry: Entry, action: str) -> None:
    """Log that a page about a person was shown; a fragment is part of a page that was logged."""
    actor, ref = current_actor(), entry.ref
    pages = ("dossier_read", "conversation_read", action)
    if wants_fragment() and shown_before(db.session(), actor, *pages, now=now(), dossier_id=ref.id):
        return
    become_writer()
    record_in(db.session(), actor, ref, action, now=now(), entry=entry.id)
    db.session.commit()


# ---------------------------------------------------------------------- additions


@bp.get("/dossiers/<number:number>/gesprekken/<id:conversation_id>/aanvullingen/nieuw")
@requires(Action.REPORT_ADD)
def new_addition(number: str, conversation_id: int) -> ResponseReturnValue:
    """Show the form to correct or add to a report, or to write down the resident's response."""
    return _addition_page(number, conversation_id)


@bp.post("/dossiers/<number:number>/gesprekken/<id:conversation_id>/aanvullingen")
@requires(Action.REPORT_ADD)
def create_addition(number: str, conversation_id: int) -> ResponseReturnValue:
    """Add it: 303 to the report; 422 or 409 with the form and everything typed."""
    form, actor = AdditionForm(), current_actor()
    entry = queries.addition_entry_for(db.session(), actor, number, conversation_id)
    if drafts.keeps():
        return _keep(form, form.submission.data, entry)
    form.offer(may_correct=entry.may_correct)
    if not form.validate_on_submit():
        return _addition_page(number, conversation_id, form, status=422)
    command = form.command()
    try:
        added = commands.add_to_report(
            db.session(), actor, number, conversation_id, command, now=now(), today=today()
        )
    except DomainError as error:
        status = _refused(form, error)
        return _addition_page(number, conversation_id, form, status=status)
    drafts.forget(form, entry.ref.id, part=conversation_id)
    said = f"{added.kind.label} vastgelegd. Het verslag zelf is niet veranderd."
    db.session.commit()
    flash(said, "ok")
    page = _report_url(number, conversation_id)
    ask_about_number(command.text, command.reason, href=page)
    return go_to(page)


def _keep(form: BaseForm, submission: str | None, entry: Entry) -> ResponseReturnValue:
    """Keep a draft about one conversation, unless the form was sent meanwhile."""
    sent = commands.was_sent(db.session(), current_actor(), own_submission(submission))
    return drafts.keep(form, entry.ref.id, part=entry.id, sent=sent)


def _refused(form: BaseForm, error: DomainError) -> int:
    """Put a refusal on the form and return its status; raise what leaves no form to give back."""
    if isinstance(error, InvalidInput):
        form.refuse(error)
        return 422
    if type(error) is not DomainError:
        raise error
    form.form_errors = [str(error)]
    return 409


def _addition_page(
    number: str, conversation_id: int, form: AdditionForm | None = None, *, status: int = 200
) -> ResponseReturnValue:
    db.session.rollback()
    actor = current_actor()
    entry = queries.addition_entry_for(db.session(), actor, number, conversation_id)
    report = report_for(db.session(), actor, number, conversation_id)
    added = additions_to(db.session(), [entry.id]).get(entry.id, ())
    form = form or drafts.restored(AdditionForm, entry.ref.id, part=entry.id)
    form.offer(may_correct=entry.may_correct)
    form.submission.data = uuid4().hex  # another try is another form
    _log(entry, "report_add_form")
    return render_page(
        "reports/addition.html", fragment="form_block", status=status, entry=entry, form=form,
        report=report, added=added, user_id=actor.id, back=_report_url(number, conversation_id),
    )  # fmt: skip


# ---------------------------------------------------------------------- questions


@bp.get("/dossiers/<number:number>/gesprekken/<id:conversation_id>/vragen")
@requires(Action.QUESTIONS_READ)
def questions(number: str, conversation_id: int) -> ResponseReturnValue:
    """Show the questions about one conversation, with the form that is this actor's turn."""
    return _questions_page(number, conversation_id)


@bp.post("/dossiers/<number:number>/gesprekken/<id:conversation_id>/vragen")
@requires(Action.QUESTION_ASK)
def ask(number: str, conversation_id: int) -> ResponseReturnValue:
    """Ask: 303 to the dossier; 422 or 409 with the form and everything typed."""
    form = QuestionForm()
    if drafts.keeps():
        entry = queries.entry_for(db.session(), current_actor(), number, conversation_id)
        queries.require_asking(entry)
        return _keep(form, form.submission.data, entry)
    if not form.validate_on_submit():
        return _questions_page(number, conversation_id, asks=form, status=422)
    command = form.command()
    try:
        asked = commands.ask_question(
            db.session(), current_actor(), number, conversation_id, command,
            now=now(), today=today(),
        )  # fmt: skip
    except DomainError as error:
        status = _refused(form, error)
        return _questions_page(number, conversation_id, asks=form, status=status)
    drafts.forget(form, asked.dossier_id, part=conversation_id)
    db.session.commit()
    flash("Uw vraag is gesteld. De consulent ziet hem in de werkvoorraad.", "ok")
    page = url_for(".questions", number=number, conversation_id=conversation_id)
    ask_about_number(command.question, href=page)
    return go_to(way_back(url_for("timeline.show", number=number)))


@bp.get("/gespreksvragen/<id:question_id>/gesprek")
@requires(Action.QUESTIONS_READ)
def question(question_id: int) -> ResponseReturnValue:
    """Go to the page of the conversation that a question is about."""
    entry = queries.entry_of_question(db.session(), current_actor(), question_id)
    return go_to(f"{_questions_url(entry, terug=way_back('') or None)}#vraag-{question_id}")


@bp.post("/gespreksvragen/<id:question_id>/antwoord")
@requires(Action.QUESTION_ANSWER)
def answer(question_id: int) -> ResponseReturnValue:
    """Answer: 303 to where one came from; 422 or 409 with the form and everything typed."""
    form, actor = AnswerForm(), current_actor()
    if drafts.keeps():
        entry, waits = queries.answerable_for(db.session(), actor, question_id)
        return drafts.keep(form, entry.ref.id, part=question_id, sent=not waits)
    entry = queries.entry_of_question(db.session(), actor, question_id)
    number, place = entry.ref.number, entry.id
    if not form.validate_on_submit():
        return _questions_page(number, place, answers=form, question_id=question_id, status=422)
    text = (form.answer.data or "").replace("\r\n", "\n")
    try:
        commands.answer_question(
            db.session(), actor, question_id, text, now=now(), today=today()
        )  # fmt: skip
    except DomainError as error:
        status = _refused(form, error)
        return _questions_page(number, place, answers=form, question_id=question_id, status=status)
    drafts.forget(form, entry.ref.id, part=question_id)
    db.session.commit()
    flash("Uw antwoord is vastgelegd. De coördinator leest het.", "ok")
    ask_about_number(text, href=_questions_url(entry))
    return go_to(way_back(url_for("timeline.show", number=number)))


@bp.post("/gespreksvragen/<id:question_id>/afhandeling")
@requires(Action.QUESTION_ASK)
def settle(question_id: int) -> ResponseReturnValue:
    """Note that the answer was read, or take the question back: 303 to where one came from."""
    entry, settled = commands.settle_question(
        db.session(), current_actor(), question_id, now=now(), today=today()
    )
    said = "Het antwoord is gelezen." if settled.answered_at else "De vraag is ingetrokken."
    db.session.commit()
    flash(said, "ok")
    return go_to(way_back(url_for("timeline.show", number=entry.ref.number)))


def _questions_page(
    number: str,
    conversation_id: int,
    *,
    asks: QuestionForm | None = None,
    answers: AnswerForm | None = None,
    question_id: int | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Answer with the questions; a refused form comes back at the question it answers."""
    db.session.rollback()
    actor = current_actor()
    entry, found = queries.questions_for(db.session(), actor, number, conversation_id)
    may_answer = entry.may_answer and may(actor, Action.QUESTION_ANSWER)
    may_ask = entry.may_ask and entry.ref.is_active and may(actor, Action.QUESTION_ASK)
    if asks is None and may_ask:
        asks = drafts.restored(QuestionForm, entry.ref.id, part=entry.id)
    asks = asks or QuestionForm(formdata=None)
    asks.submission.data = uuid4().hex
    waiting = {one.id for one in found if one.is_open}
    forms = {
        key: answers if answers and key == question_id else _answer_form(entry, key)
        for key in (waiting if may_answer else ())
    }
    for key, form in forms.items():
        form.answer.id = f"answer-{key}"
    back = way_back(url_for("timeline.show", number=number))
    report = _report(number, conversation_id)
    _log(entry, "questions_read")
    return render_page(
        "reports/questions.html", status=status, entry=entry, questions=found, asks=asks,
        answers=forms, lost=answers if question_id not in waiting else None, may_ask=may_ask,
        may_settle=entry.may_settle and may(actor, Action.QUESTION_ASK),
        report=report, user_id=actor.id, back=back,
    )  # fmt: skip


def _answer_form(entry: Entry, question_id: int) -> AnswerForm:
    return drafts.restored(AnswerForm, entry.ref.id, part=question_id)


def _report(number: str, conversation_id: int) -> Report | None:
    """Return the report to answer from, when this actor reads it without giving a reason."""
    if not may(current_actor(), Action.CONVERSATION_READ):
        return None
    try:
        return report_for(db.session(), current_actor(), number, conversation_id)
    except NotFound:
        return None
