"""Pages of sanction signals: the one of a dossier, the list, and the one of the work agency."""

from collections.abc import Callable

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from kp4web.audit.commands import record
from kp4web.domain.actor import Role
from kp4web.domain.errors import Forbidden, InvalidInput
from kp4web.domain.policy import Action
from kp4web.domain.sanctions import ATTEMPTS_NEEDED, Incomplete, SignalState
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import DossierRef
from kp4web.extensions import db
from kp4web.grounds.queries import warning_on
from kp4web.signals import commands, queries
from kp4web.signals.forms import OutcomeForm, SignalForm, StepForm
from kp4web.signals.queries import Signal, SignalPage
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page
from kp4web.web.once import once
from kp4web.web.transactions import become_writer

bp = Blueprint("signals", __name__)
TO_COORDINATOR = "Het signaal ligt bij de coördinator."
STAYS_HERE = "Het signaal is opgeslagen. De coördinator ziet het nog niet."


@bp.get("/dossiers/<number:number>/maatregelsignaal")
@requires(Action.SIGNAL_READ)
def edit(number: str) -> ResponseReturnValue:
    """Show the signal of a dossier: the form for the lead, the judgement for the coordinator."""
    page = queries.signals_of(db.session(), current_actor(), number)
    return _page(page)


@bp.post("/dossiers/<number:number>/maatregelsignaal")
@requires(Action.SIGNAL_DRAFT)
@once
def update(number: str) -> ResponseReturnValue:
    """Save a draft or submit it: 303, 409 when it went on, or 422 with what is missing."""
    actor = current_actor()
    page = queries.signals_of(db.session(), actor, number)
    form = SignalForm()
    if drafts.keeps():
        if not _writes(page):
            raise Forbidden("Alleen de vaste consulent schrijft aan dit signaal.")
        return drafts.keep(form, page.ref.id)
    _offer(form, page)
    if form.validate_on_submit():
        command = form.command()
        try:
            commands.save_signal(db.session(), actor, number, command, now=now(), today=today())
            drafts.forget(form, page.ref.id)
            db.session.commit()
        except Incomplete as error:
            db.session.rollback()
            for missing in error.missing:
                form.refuse(InvalidInput(missing.field, missing.text))
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
        else:
            said = TO_COORDINATOR if command.submits else STAYS_HERE
            flash(said, "ok")
            return go_to(url_for(".edit", number=number))
    return _page(page, form, status=422)


@bp.post("/maatregelsignalen/<id:signal_id>/intrekking")
@requires(Action.SIGNAL_DRAFT)
def withdraw(signal_id: int) -> ResponseReturnValue:
    """Withdraw a signal that was not sent: 303, 409 when it went on, or 422."""
    return _take(signal_id, "Het signaal is ingetrokken.", commands.withdraw_signal)


@bp.post("/maatregelsignalen/<id:signal_id>/goedkeuring")
@requires(Action.SIGNAL_REVIEW)
def approve(signal_id: int) -> ResponseReturnValue:
    """Approve a signal and so send it: 303, 403 for who wrote it, 409 when it went on."""
    return _take(signal_id, "Het signaal is verstuurd aan Werkzaak.", commands.approve_signal)


@bp.post("/maatregelsignalen/<id:signal_id>/terugzending")
@requires(Action.SIGNAL_REVIEW)
def return_(signal_id: int) -> ResponseReturnValue:
    """Send a signal back with a reason: 303, 409 when it went on, or 422."""
    return _take(signal_id, "Het signaal is teruggestuurd.", commands.return_signal)


def _take(signal_id: int, said: str, command: Callable[..., DossierRef]) -> ResponseReturnValue:
    """Take a step and go to the page of the dossier, or show it with what is wrong."""
    actor, form = current_actor(), StepForm()
    problem: InvalidInput | None = None
    if form.validate_on_submit():
        try:
            ref = command(
                db.session(), actor, signal_id, form.reason.data or "", now=now(), today=today()
            )
            db.session.commit()
        except InvalidInput as error:
            db.session.rollback()
            problem = error
        else:
            flash(said, "ok")
            return go_to(url_for(".edit", number=ref.number))
    if problem is not None:
        form.refuse(problem)
    number = queries.number_of(db.session(), actor, signal_id)
    return _page(queries.signals_of(db.session(), actor, number), step=form, status=422)


@bp.post("/maatregelsignalen/<id:signal_id>/gezien")
@requires(Action.SIGNAL_DRAFT)
def see(signal_id: int) -> ResponseReturnValue:
    """Note that the lead has seen the outcome: 303."""
    ref = commands.see_outcome(db.session(), current_actor(), signal_id, now=now(), today=today())
    db.session.commit()
    flash("Vastgelegd dat u de uitkomst hebt gezien.", "ok")
    return go_to(url_for(".edit", number=ref.number))


# ---------------------------------------------------------------------- the list, the agency


@bp.get("/maatregelsignalen")
@requires(Action.SIGNAL_LIST)
def index() -> ResponseReturnValue:
    """Show the signals of the own team, or those that were sent to the own work agency."""
    actor = current_actor()
    found = queries.signals_for(db.session(), actor)
    become_writer()
    clients = tuple(signal.client_id for signal in found)
    record(db.session(), actor, "signals_read", now=now(), subjects=clients)
    db.session.commit()
    of_team = actor.has(Role.COORDINATOR)
    return render_page(
        "signals/index.html", signals=found, of_team=of_team,
        places=not of_team or actor.municipality_id is None,
    )  # fmt: skip


@bp.get("/maatregelsignalen/<id:signal_id>")
@requires(Action.SIGNAL_LIST)
def show(signal_id: int) -> ResponseReturnValue:
    """Show one signal; the income officer records its outcome here."""
    signal = queries.signal_for(db.session(), current_actor(), signal_id)
    return _signal_page(signal)


@bp.post("/maatregelsignalen/<id:signal_id>/uitkomst")
@requires(Action.SIGNAL_ANSWER)
def answer(signal_id: int) -> ResponseReturnValue:
    """Record the outcome: 303, 409 when there is one already, or 422 with the form."""
    signal = queries.signal_for(db.session(), current_actor(), signal_id)
    form = OutcomeForm()
    if form.validate_on_submit():
        try:
            commands.answer_signal(
                db.session(), current_actor(), signal_id, form.command(), now=now(), today=today()
            )
            db.session.commit()
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
        else:
            flash("De uitkomst is vastgelegd. De consulent krijgt bericht.", "ok")
            return go_to(url_for(".show", signal_id=signal_id))
    return _signal_page(signal, form, status=422)


def _signal_page(
    signal: Signal, form: OutcomeForm | None = None, *, status: int = 200
) -> ResponseReturnValue:
    actor = current_actor()
    become_writer()
    record(
        db.session(), actor, "signal_read", now=now(), subjects=[signal.client_id],
        dossier_id=signal.dossier_id, municipality_id=signal.municipality_id,
        relation=signal.relations, signal=signal.id,
    )  # fmt: skip
    db.session.commit()
    waits = actor.has(Role.INCOME_OFFICER) and signal.state is SignalState.SENT
    answers = waits and not signal.involves(actor.id)
    if form is None:
        form = OutcomeForm(formdata=None)
        form.on.data = today()
    return render_page(
        "signals/show.html", status=status, signal=signal, form=form if answers else None,
        own_signal=commands.OWN_SIGNAL if waits and not answers else None,
    )  # fmt: skip


# ---------------------------------------------------------------------- the page of a dossier


def _offer(form: SignalForm, page: SignalPage) -> None:
    """Fill in the evidence that the application found in the dossier."""
    form.attempts.choices = [SelectChoice(line.id, line.text) for line in page.attempts]
    form.agreement.choices = [
        SelectChoice(
            "", "Kies een afspraak" if page.agreements else "Er is geen niet-nagekomen afspraak"
        ),
        *(SelectChoice(str(line.id), line.text) for line in page.agreements),
    ]


def _form_of(page: SignalPage) -> SignalForm:
    """Return the form with what was typed or saved, or a new one with every attempt attached."""
    form, signal = drafts.restored(SignalForm, page.ref.id), page.running
    if signal is None and form.revision.data:  # typed in a signal that was withdrawn since
        form = SignalForm(formdata=None)
    _offer(form, page)
    if form.saved:
        return form
    form.attempts.data = [line.id for line in page.attempts]
    if signal is None:
        return form
    form.ground.data, form.revision.data = signal.ground.value, str(signal.revision)
    if signal.attempts:
        form.attempts.data = [line.id for line in signal.attempts]
    form.agreement.data = str(signal.agreement_id or "")
    for name in ("track_start", "explanation", "culpability", "urgent_reasons", "heard_on"):
        form[name].data = getattr(signal, name)
    return form


def _writes(page: SignalPage) -> bool:
    running = page.running
    return page.may_draft and page.ref.is_active and (running is None or running.is_editable)


def _page(
    page: SignalPage,
    form: SignalForm | None = None,
    *,
    step: StepForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Log what is about to be shown, then answer."""
    actor, running = current_actor(), page.running
    judges = (
        running is not None
        and running.state is SignalState.SUBMITTED
        and actor.has(Role.COORDINATOR)
    )
    become_writer()
    record_in(db.session(), actor, page.ref, "signal_read", now=now())
    db.session.commit()
    return render_page(
        "signals/edit.html", fragment="form", status=status, page=page, running=running,
        form=(form or _form_of(page)) if _writes(page) else None,
        warning=warning_on(db.session(), today()),
        step=step or StepForm(formdata=None), judges=judges, needed=ATTEMPTS_NEEDED,
        own_work=running is not None and running.is_by(actor.id),
        withdraws=page.may_draft and running is not None and running.state.is_open,
        sees=page.may_draft and running is not None and running.state is SignalState.ANSWERED,
    )  # fmt: skip
