"""Pages about conversations: the form with its draft, one report, messages for the lead."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from kp4web.audit.commands import record
from kp4web.audit.queries import WITH_ROWS, shown_before
from kp4web.conversations import commands, queries
from kp4web.conversations.commands import ForPartner, RecordConversation, Recorded
from kp4web.conversations.forms import MOST_ROWS, AttemptForm, ConversationForm, MessageForm, blank
from kp4web.conversations.models import AttemptOutcome
from kp4web.conversations.partners import partner_for
from kp4web.conversations.queries import Report, Screen
from kp4web.conversations.together import record_together
from kp4web.domain.attempts import signal_words
from kp4web.domain.dates import AMSTERDAM, dutch_date
from kp4web.domain.due_words import quick_picks
from kp4web.domain.errors import DomainError, Forbidden, InvalidInput
from kp4web.domain.outlines import caret_after, with_headings
from kp4web.domain.participation import STEPS
from kp4web.domain.policy import Access, Action, Field
from kp4web.domain.talks import day_and_time
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import dossier_ref
from kp4web.extensions import db
from kp4web.outlines.queries import OutlineLine, outlines_to_choose
from kp4web.reports.queries import aftermath_for
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.forms import own_submission
from kp4web.web.hints import ask_about_number
from kp4web.web.htmx import go_to, render_page, wants_fragment
from kp4web.web.once import once
from kp4web.web.paths import way_back
from kp4web.web.transactions import become_writer
from kp4web.worklist.commands import LeaveMessage, leave_message
from kp4web.worklist.commands import settle_message as settle
from kp4web.worklist.queries import colleagues_for

bp = Blueprint("conversations", __name__)


# ---------------------------------------------------------------------- the form


@bp.get("/dossiers/<number:number>/gesprekken/nieuw")
@requires(Action.CONVERSATION_RECORD)
def new(number: str) -> ResponseReturnValue:
    """Show the form on one screen, with the draft that was left behind."""
    actor = current_actor()
    screen = queries.screen_for(db.session(), actor, number)
    start = blank(now().astimezone(AMSTERDAM), today())
    return _page(screen, drafts.restored(ConversationForm, screen.dossier_id, **start))


@bp.post("/dossiers/<number:number>/gesprekken")
@requires(Action.CONVERSATION_RECORD)
def create(number: str) -> ResponseReturnValue:
    """Record: 303 to where one came from; 422 or 409 with the form and everything typed."""
    actor, form = current_actor(), ConversationForm()
    if drafts.keeps():
        ref = dossier_ref(db.session(), actor, number)
        ref.require(Field.OWN_ENTRY, Access.WRITE)
        mark = own_submission(form.submission.data)
        sent = commands.is_recorded(db.session(), actor, ref, mark)
        return drafts.keep(form, ref.id, sent=sent)
    if "meer" in request.form:
        form.agreements.add_row()
        return _page(queries.screen_for(db.session(), actor, number), form)
    if "invoegen" in request.form:
        return _with_outline(number, form)
    if not form.validate_on_submit():
        return _refused(number, form, 422)
    command, partner = form.command(), form.for_partner()
    beside = None
    try:
        if partner is None:
            entry = commands.record_conversation(
                db.session(), actor, number, command, now=now(), today=today()
            )
        else:
            entry, beside = record_together(
                db.session(), actor, number, command, partner, now=now(), today=today()
            )
    except InvalidInput as error:
        form.refuse(error)
        return _refused(number, form, 422)
    except DomainError as error:
        if type(error) is not DomainError:
            raise  # out of reach or not allowed: there is no form to give back
        form.form_errors = [str(error)]
        return _refused(number, form, 409)
    said, page = _said(entry, command, partner), _page_of(number, entry)
    page_beside = _page_of(partner.number, beside) if partner and beside else page
    db.session.commit()
    flash(said, "ok")
    agreed = (agreement.what for agreement in command.agreements)
    planned = (command.follow_up_what, command.activation_reason)
    ask_about_number(command.report, *planned, *agreed, href=page)
    if partner is not None:
        ask_about_number(partner.report, partner.follow_up_what, href=page_beside)
    return go_to(way_back(url_for("timeline.show", number=number)))


def _with_outline(number: str, form: ConversationForm) -> ResponseReturnValue:
    """Put the headings of the outline chosen under what was typed; nothing is stored."""
    screen = queries.screen_for(db.session(), current_actor(), number)
    typed = (form.report.data or "").replace("\r\n", "\n")
    chosen = next(
        (one for one in _outlines() if str(one.id) == form.outline.data), None
    )  # one that was retired meanwhile is not there
    if chosen is None:
        form.outline.errors = ["Kies eerst een sjabloon."]
        return _page(screen, form, fragment="report_part")
    text = with_headings(typed, chosen.headings)
    if text == typed:
        flash(f"De koppen van “{chosen.name}” staan al in het verslag.", "info")
    form.report.data = text
    return _page(screen, form, fragment="report_part", caret=caret_after(typed, text))


def _outlines() -> tuple[OutlineLine, ...]:
    return outlines_to_choose(db.session(), current_actor())


def _page_of(number: str, entry: Recorded) -> str:
    """Return where an entry can be read again: an attempt has no page of its own."""
    if entry.is_attempt:
        return url_for("timeline.show", number=number)
    return url_for(".show", number=number, conversation_id=entry.id)


def _said(entry: Recorded, command: RecordConversation, partner: ForPartner | None) -> str:
    words = ["De contactpoging" if entry.is_attempt else "Het gesprek"]
    words.append("is vastgelegd in beide dossiers." if partner else "is vastgelegd.")
    if command.follow_up_on and command.talk:
        when = day_and_time(command.follow_up_on, command.talk.starts_at)
        words.append(f"Volgend gesprek op {when}.")
    elif command.follow_up_on:
        words.append(f"Opvolging op {dutch_date(command.follow_up_on)}.")
    if partner and partner.follow_up_on:
        words.append(f"Bij de partner op {dutch_date(partner.follow_up_on)}.")
    return " ".join(words)


def _refused(number: str, form: ConversationForm, status: int) -> ResponseReturnValue:
    """Give the form back with what was typed; nothing has changed."""
    db.session.rollback()
    return _page(queries.screen_for(db.session(), current_actor(), number), form, status=status)


def _page(
    screen: Screen, form: ConversationForm, *, status: int = 200,
    fragment: str = "form_block", caret: int | None = None,
) -> ResponseReturnValue:  # fmt: skip
    form.submission.data = uuid4().hex  # another try is another form
    form.outline.choices = [
        SelectChoice("", "Kies een sjabloon"),
        *(SelectChoice(str(outline.id), outline.name) for outline in _outlines()),
    ]
    if screen.may_plan:
        form.offer(colleagues_for(db.session(), current_actor()))
    back = url_for("timeline.show", number=screen.number)
    partner = partner_for(db.session(), current_actor(), screen.client_id)
    form.partner_number.data = partner.number if partner else ""
    asked_on = form.held_on.data or today()
    if not _is_part_of_logged_page("conversation_form", dossier_id=screen.dossier_id):
        _log("conversation_form", screen, also=[partner.client_id] if partner else [])
    return render_page(
        "conversations/new.html", fragment=fragment, status=status, screen=screen, form=form,
        caret=caret,
        back=way_back(back), picks=[(p.label, p.on) for p in quick_picks(today())],
        proposal=screen.proposal(asked_on, today()), partner=partner,
        partner_proposal=partner and partner.proposal(asked_on, today()),
        clock=f"{now().astimezone(AMSTERDAM):%H:%M}", steps=STEPS, most_rows=MOST_ROWS,
        asks_more="meer" in request.form, asks_outline="invoegen" in request.form,
    )  # fmt: skip


def _log(action: str, shown: Screen | Report, *, also: Sequence[int] = (), **detail: Any) -> None:
    """Log that a page about a person was shown, and who else stood on it."""
    become_writer()
    record(
        db.session(), current_actor(), action, now=now(), subjects=[shown.client_id, *also],
        dossier_id=shown.dossier_id, municipality_id=shown.municipality_id,
        relation=shown.relations, **detail,
    )  # fmt: skip
    db.session.commit()


def _is_part_of_logged_page(*actions: str, **page: int) -> bool:
    return wants_fragment() and shown_before(
        db.session(), current_actor(), *actions, now=now(), **page
    )


# ---------------------------------------------------------------------- an attempt at once

AGAIN = "Opnieuw proberen te bereiken"


@bp.get("/dossiers/<number:number>/pogingen/nieuw")
@requires(Action.CONVERSATION_RECORD)
def new_attempt(number: str) -> ResponseReturnValue:
    """Ask what went wrong: a page, or the buttons inside a row of the work list."""
    return _attempt_page(number, AttemptForm(formdata=None))


@bp.post("/dossiers/<number:number>/pogingen")
@requires(Action.CONVERSATION_RECORD)
@once
def create_attempt(number: str) -> ResponseReturnValue:
    """Record an attempt of today: 303 to the next one (for htmx right there), or 422."""
    form = AttemptForm()
    if not form.validate_on_submit():
        return _attempt_page(number, form, status=422)
    commands.record_conversation(
        db.session(), current_actor(), number, form.command(today()), now=now(), today=today()
    )
    db.session.commit()
    flash("De contactpoging is vastgelegd.", "ok")
    if wants_fragment():
        return next_attempt(number)
    back, follow_up = way_back(url_for("worklist.index")), _follow_up_id()
    return go_to(url_for(".next_attempt", number=number, terug=back, opvolging=follow_up))


@bp.get("/dossiers/<number:number>/pogingen/volgende")
@requires(Action.CONVERSATION_RECORD)
def next_attempt(number: str) -> ResponseReturnValue:
    """Propose when to try again: move the follow-up it came from, or plan one."""
    line, tried = queries.attempts_for(db.session(), current_actor(), number)
    follow_up = _follow_up_id()
    url = None
    if follow_up and queries.may_move(db.session(), current_actor(), number, follow_up):
        url = url_for("worklist.move", follow_up_id=follow_up)
    elif line.may_plan:
        url = url_for("worklist.create", number=number)
    return _line_page(
        "conversations/next_attempt.html", line, url=url, what=AGAIN, signal=signal_words(tried),
        picks=quick_picks(today())[:2],
    )  # fmt: skip


def _attempt_page(number: str, form: AttemptForm, *, status: int = 200) -> ResponseReturnValue:
    line, _ = queries.attempts_for(db.session(), current_actor(), number)
    form.submission.data, form.outcome.id = uuid4().hex, f"outcome-{number}"
    return _line_page(
        "conversations/attempt.html", line, status=status, form=form,
        outcomes=list(AttemptOutcome), follow_up_id=_follow_up_id(),
    )  # fmt: skip


def _line_page(
    template: str, line: queries.Line, *, status: int = 200, **context: Any
) -> ResponseReturnValue:
    if not _is_part_of_logged_page(*WITH_ROWS, client_id=line.ref.client_id):
        become_writer()
        record_in(db.session(), current_actor(), line.ref, "conversation_form", now=now())
        db.session.commit()
    row = request.values.get("rij", "")
    return render_page(
        template, fragment="form", status=status, line=line, inside=wants_fragment(),
        place=f"poging-{line.ref.number}-{_follow_up_id() or 0}",
        back=way_back(url_for("worklist.index")),
        row=int(row) if row.isascii() and row.isdecimal() and len(row) < 7 else None, **context,
    )  # fmt: skip


def _follow_up_id() -> int | None:
    given = request.values.get("opvolging", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None


# ---------------------------------------------------------------------- one report


@bp.get("/dossiers/<number:number>/gesprekken/<id:conversation_id>")
@requires(Action.CONVERSATION_READ)
def show(number: str, conversation_id: int) -> ResponseReturnValue:
    """Show one report in full, for the lead or its author."""
    report = queries.report_for(db.session(), current_actor(), number, conversation_id)
    after = aftermath_for(db.session(), current_actor(), number, conversation_id)
    _log("conversation_read", report, entry=report.id)
    return render_page("conversations/show.html", report=report, after=after)


# ---------------------------------------------------------------------- messages


@bp.get("/dossiers/<number:number>/berichten")
@requires(Action.MESSAGE_LEAVE)
def new_message(number: str) -> ResponseReturnValue:
    """Show the form for a message to the lead."""
    screen = _message_screen(number)
    return _message_page(screen, drafts.restored(MessageForm, screen.dossier_id))


def _message_screen(number: str) -> Screen:
    screen = queries.screen_for(db.session(), current_actor(), number)
    if screen.is_own:
        raise Forbidden("U bent zelf de vaste consulent van dit dossier.")
    return screen


@bp.post("/dossiers/<number:number>/berichten")
@requires(Action.MESSAGE_LEAVE)
@once
def create_message(number: str) -> ResponseReturnValue:
    """Leave the message: 303 to the dossier, or 422 with the form and everything typed."""
    form, screen = MessageForm(), _message_screen(number)
    if drafts.keeps():
        return drafts.keep(form, screen.dossier_id)
    if not form.validate_on_submit():
        return _message_page(screen, form, status=422)
    submission = own_submission(form.submission.data)
    command = LeaveMessage(
        text=(form.text.data or "").replace("\r\n", "\n"),
        submission=submission and f"{current_actor().id}:{submission}",
    )
    try:
        leave_message(db.session(), current_actor(), number, command, now=now(), today=today())
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _message_page(screen, form, status=422)
    drafts.forget(form, screen.dossier_id)
    db.session.commit()
    flash("Uw bericht is achtergelaten.", "ok")
    ask_about_number(
        command.text, href=url_for("timeline.show", number=number), label="Naar het dossier"
    )
    return go_to(way_back(url_for("timeline.show", number=number)))


def _message_page(screen: Screen, form: MessageForm, status: int = 200) -> ResponseReturnValue:
    form.submission.data = uuid4().hex
    back = url_for("timeline.show", number=screen.number)
    if not _is_part_of_logged_page("message_form", dossier_id=screen.dossier_id):
        _log("message_form", screen)
    return render_page(
        "conversations/message.html", fragment="form_block", status=status, screen=screen,
        form=form, back=way_back(back),
    )  # fmt: skip


@bp.post("/berichten/<id:message_id>/gelezen")
@requires(Action.DUE_ITEM_SETTLE)
def settle_message(message_id: int) -> ResponseReturnValue:
    """Note that the lead has read a message: 303 to the dossier."""
    ref = settle(db.session(), current_actor(), message_id, now=now())
    db.session.commit()
    flash("Het bericht is gelezen.", "ok")
    return go_to(way_back(url_for("timeline.show", number=ref.number)))
