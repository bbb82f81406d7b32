"""Pages of a questionnaire: filling it in area by area, completing it, the list of a dossier."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.domain.dates import AMSTERDAM
from kp4web.domain.errors import InvalidInput, NotFound
from kp4web.domain.policy import Action
from kp4web.domain.questionnaire.definition import BEFORE
from kp4web.domain.questionnaire.scoring import score
from kp4web.domain.questionnaire.sent import Sent
from kp4web.extensions import db
from kp4web.questionnaires import commands, filling, queries
from kp4web.questionnaires.filling import Filled, GivenOne
from kp4web.questionnaires.forms import DiscardForm, sent_in
from kp4web.questionnaires.pieces import BEFORE_PATH, FINISH, Notes, Sheet, path_of
from kp4web.questionnaires.queries import NO_QUESTIONNAIRE, QuestionnaireRef
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page, wants_fragment
from kp4web.web.once import once
from kp4web.web.transactions import become_writer

bp = Blueprint("questionnaires", __name__)

PAGE, LAST_PAGE = "questionnaires/show.html", "questionnaires/finish.html"


# ---------------------------------------------------------------------- starting one


@bp.post("/aanvragen/<id:application_id>/vragenlijsten")
@requires(Action.QUESTIONNAIRE_FILL_IN)
def create_for_application(application_id: int) -> ResponseReturnValue:
    """Start a questionnaire with an applicant: 303 to its first page."""
    made = commands.start_for_application(
        db.session(), current_actor(), application_id, now=now(), today=today()
    )
    db.session.commit()
    return go_to(url_for(".show", questionnaire_id=made.id, area=BEFORE_PATH))


@bp.post("/dossiers/<number:number>/vragenlijsten")
@requires(Action.QUESTIONNAIRE_FILL_IN)
def create_for_dossier(number: str) -> ResponseReturnValue:
    """Start a reassessment in an own dossier: 303 to its first page."""
    made = commands.start_for_dossier(
        db.session(), current_actor(), number, now=now(), today=today()
    )
    db.session.commit()
    return go_to(url_for(".show", questionnaire_id=made.id, area=BEFORE_PATH))


@bp.get("/dossiers/<number:number>/vragenlijsten")
@requires(Action.QUESTIONNAIRE_FILL_IN)
def index_of_dossier(number: str) -> ResponseReturnValue:
    """List the questionnaires of a dossier, for its lead."""
    actor = current_actor()
    listed = queries.questionnaires_of(db.session(), actor, number)
    become_writer()
    record(
        db.session(), actor, "questionnaires_read", now=now(),
        subjects=[listed.dossier.client_id], dossier_id=listed.dossier.id,
        municipality_id=listed.dossier.municipality_id, relation=listed.dossier.relations,
    )  # fmt: skip
    db.session.commit()
    return render_page("questionnaires/index.html", listed=listed, address=address)


# ---------------------------------------------------------------------- one area


@bp.get("/vragenlijsten/<id:questionnaire_id>")
@requires(Action.QUESTIONNAIRE_FILL_IN)
def resume(questionnaire_id: int) -> ResponseReturnValue:
    """Go on where it stopped: 303 to the first area with an open question, else to the end."""
    ref = queries.questionnaire_ref(db.session(), current_actor(), questionnaire_id)
    if not ref.is_open:
        return redirect(_url(ref, BEFORE_PATH), 303)
    waiting = queries.sheet_for(db.session(), ref).open_questions()
    path, first = next(((path, found[0]) for path, found in waiting if found), (FINISH, None))
    return redirect(_url(ref, path) + (f"#q-{first.id}" if first else ""), 303)


@bp.get("/vragenlijsten/<id:questionnaire_id>/<area>")
@requires(Action.QUESTIONNAIRE_FILL_IN)
def show(questionnaire_id: int, area: str) -> ResponseReturnValue:
    """Show the questions of one area; frozen, the answers alone."""
    ref = queries.questionnaire_ref(db.session(), current_actor(), questionnaire_id)
    sheet = queries.sheet_for(db.session(), ref)
    return _area_page(ref, sheet, _area(sheet, area))


@bp.post("/vragenlijsten/<id:questionnaire_id>/<area>")
@requires(Action.QUESTIONNAIRE_FILL_IN)
def update(questionnaire_id: int, area: str) -> ResponseReturnValue:
    """
    Save what was changed in one area: on to the next, or the area again with its new questions.

    422 or 409 with everything typed, and nothing saved, for an answer that does not fit or that
    was changed elsewhere.
    """
    ref = queries.questionnaire_ref(db.session(), current_actor(), questionnaire_id, lock=True)
    code = _area(queries.sheet_for(db.session(), ref), area)
    sent = sent_in(request.form)
    filled = filling.fill_in_area(
        db.session(), current_actor(), ref, code, sent, now=now(), today=today()
    )
    if filled.status != 200:
        db.session.rollback()
        return _area_page(ref, filled.sheet, code, filled=filled, status=filled.status)
    db.session.commit()
    stays = filled.appeared or sent.press
    target = area if stays else _next(filled.sheet, code)
    if wants_fragment():
        response = _fragment_of(ref, filled, target)
        response.headers["HX-Push-Url"] = _url(ref, target)
        return response
    if filled.appeared:
        flash(filled.sentence, "info")
    anchor = filled.appeared[0] if filled.appeared else sent.about
    anchor = anchor if anchor in filled.sheet.slots(code) else ""
    return go_to(_url(ref, target) + (f"#q-{anchor}" if stays and anchor else ""))


def _fragment_of(ref: QuestionnaireRef, filled: Filled, target: str) -> Response:
    if target == FINISH:
        return _last_page(ref, filled.sheet)
    code = _area(filled.sheet, target)
    return _area_page(ref, filled.sheet, code, filled=replace(filled, notes=Notes()))


def _area(sheet: Sheet, path: str) -> str:
    """Return the code of the area in the address, or raise ``NotFound``."""
    code = next((code for code in sheet.pages() if path_of(code) == path), None)
    if code is None:
        raise NotFound(NO_QUESTIONNAIRE)
    return code


def _next(sheet: Sheet, code: str) -> str:
    pages = [*map(path_of, sheet.pages()), FINISH]
    return pages[pages.index(path_of(code)) + 1]


def _url(ref: QuestionnaireRef, path: str) -> str:
    if path == FINISH:
        return url_for(".finish", questionnaire_id=ref.id)
    return url_for(".show", questionnaire_id=ref.id, area=path)


def _area_page(
    ref: QuestionnaireRef, sheet: Sheet, code: str, *,
    filled: Filled | None = None, status: int = 200,
) -> Response:  # fmt: skip
    """Log that the area was shown, then show it."""
    context = _around(ref, sheet, path_of(code))
    _log(ref, path_of(code))
    notes = filled.notes if filled else Notes()
    return render_page(
        PAGE, fragment="sheet", status=status, area=sheet.definition.area(code),
        rows=sheet.rows(code, notes), is_first=code == BEFORE,
        sentence=filled.sentence if filled else "", notes=notes, before=_previous(sheet, code),
        **context,
    )  # fmt: skip


def _previous(sheet: Sheet, code: str) -> str | None:
    pages = sheet.pages()
    place = pages.index(code)
    return path_of(pages[place - 1]) if place else None


def _around(ref: QuestionnaireRef, sheet: Sheet, path: str) -> dict[str, Any]:
    parts = sheet.parts(path)
    counted = [part.progress for part in parts if part.progress]
    return {
        "ref": ref, "sheet": sheet, "definition": sheet.definition, "parts": parts, "path": path,
        "name": queries.name_for(db.session(), ref), "user_id": current_actor().id,
        "answered": sum(one.answered for one in counted), "url": lambda to: _url(ref, to),
        "shown": sum(one.shown for one in counted), "address": address, "back": _back(ref),
        "subject": f"aanvraag {ref.application_id}" if ref.of_application else ref.number,
    }  # fmt: skip


def _back(ref: QuestionnaireRef) -> tuple[tuple[str, str | None], ...]:
    """Return the way to this questionnaire: labels and addresses."""
    if ref.of_application:
        here = address("intake.show", application_id=ref.application_id)
        return (("Aanvragen", address("intake.index")), (f"Aanvraag {ref.application_id}", here))
    number = str(ref.number)
    return (
        ("Dossiers", address("search.index")), (number, address("timeline.show", number=number)),
        ("Vragenlijsten", url_for(".index_of_dossier", number=number)),
    )  # fmt: skip


def address(endpoint: str, **values: Any) -> str | None:
    """Return the address of a page of another feature, or ``None`` when there is no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def _log(ref: QuestionnaireRef, path: str) -> None:
    become_writer()
    record(
        db.session(), current_actor(), "questionnaire_form", now=now(),
        subjects=[ref.client_id] if ref.client_id else [], municipality_id=ref.municipality_id,
        dossier_id=None if ref.of_application else ref.dossier_id, relation=ref.relations,
        questionnaire=ref.id, application=ref.application_id, area=path,
    )  # fmt: skip
    db.session.commit()


# ---------------------------------------------------------------------- one answer


@bp.post("/vragenlijsten/<id:questionnaire_id>/antwoorden")
@requires(Action.QUESTIONNAIRE_FILL_IN)
def answer(questionnaire_id: int) -> ResponseReturnValue:
    """
    Save one answer as it is given: small fragments around it, never what is being typed.

    Without htmx 303 to the page of the question, or that page with what was refused.
    """
    moment, sent = now(), sent_in(request.form)
    ref = queries.questionnaire_ref(db.session(), current_actor(), questionnaire_id, lock=True)
    given = filling.give_one(db.session(), current_actor(), ref, sent, now=moment, today=today())
    if given.status == 200:
        db.session.commit()
    else:
        db.session.rollback()
    if not wants_fragment():
        if given.status != 200:
            return _refused_page(ref, given, sent)
        return go_to(f"{_url(ref, path_of(given.area))}#q-{given.asked.id}")
    clock = f"{moment.astimezone(AMSTERDAM):%H:%M}"
    return render_page(
        "questionnaires/answer.html", status=given.status, given=given, clock=clock,
        parts=given.sheet.parts(path_of(given.area)),
    )  # fmt: skip


def _refused_page(ref: QuestionnaireRef, given: GivenOne, sent: Sent) -> Response:
    """Show the whole page of a question with what was typed and why it was not saved."""
    sheet, question = queries.sheet_for(db.session(), ref), given.asked.id
    typed = {question: sent.typed[question]} if question in sent.typed else {}
    filled = Filled(given.status, sheet, replace(given.notes, typed=typed))
    return _area_page(ref, sheet, given.area, filled=filled, status=given.status)


# ---------------------------------------------------------------------- the end


@bp.get("/vragenlijsten/<id:questionnaire_id>/afronding")
@requires(Action.QUESTIONNAIRE_FILL_IN)
def finish(questionnaire_id: int) -> ResponseReturnValue:
    """Show what is answered and what is missing, and what that means."""
    ref = queries.questionnaire_ref(db.session(), current_actor(), questionnaire_id)
    return _last_page(ref, queries.sheet_for(db.session(), ref))


def _last_page(
    ref: QuestionnaireRef, sheet: Sheet, form: DiscardForm | None = None, status: int = 200
) -> Response:
    context = _around(ref, sheet, FINISH)
    _log(ref, FINISH)
    scores = score(sheet.definition, sheet.answers).without(_hidden(sheet))
    return render_page(
        LAST_PAGE, fragment="sheet", status=status, scores=scores, questions=sheet.open_questions(),
        form=form or drafts.restored(DiscardForm, ref.id), **context,
    )  # fmt: skip


def _hidden(sheet: Sheet) -> frozenset[Any]:
    return frozenset(q.data_class for q in sheet.definition.questions) - sheet.readable


@bp.post("/vragenlijsten/<id:questionnaire_id>/afronding")
@requires(Action.QUESTIONNAIRE_FILL_IN)
def complete(questionnaire_id: int) -> ResponseReturnValue:
    """Complete it: 303 to the outcome, also when it was completed just before."""
    ref = queries.questionnaire_ref(db.session(), current_actor(), questionnaire_id)
    if not ref.is_completed:
        commands.complete_questionnaire(
            db.session(), current_actor(), questionnaire_id, now=now(), today=today()
        )
    db.session.commit()
    flash("De vragenlijst is afgerond. De antwoorden staan vast.", "ok")
    outcome = address("decisions.outcome", questionnaire_id=questionnaire_id)
    return go_to(outcome or url_for(".finish", questionnaire_id=questionnaire_id))


@bp.post("/vragenlijsten/<id:questionnaire_id>/verwijdering")
@requires(Action.QUESTIONNAIRE_FILL_IN)
@once
def discard(questionnaire_id: int) -> ResponseReturnValue:
    """Throw it away with a reason: 303 to where it was started, 422 with what was typed."""
    actor, form = current_actor(), DiscardForm()
    ref = queries.questionnaire_ref(db.session(), actor, questionnaire_id)
    if drafts.keeps():
        return drafts.keep(form, ref.id, page=url_for(".finish", questionnaire_id=ref.id))
    if not form.validate_on_submit():
        return _last_page(ref, queries.sheet_for(db.session(), ref), form, 422)
    try:
        commands.discard_questionnaire(
            db.session(), actor, questionnaire_id, form.command(), now=now(), today=today()
        )
    except InvalidInput as error:
        form.refuse(error)
        db.session.rollback()
        return _last_page(ref, queries.sheet_for(db.session(), ref), form, 422)
    drafts.forget(form, ref.id)
    db.session.commit()
    flash("De vragenlijst is weggegooid.", "ok")
    return go_to(_back(ref)[-1][1] or url_for("start.index"))
