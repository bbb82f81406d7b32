"""Pages of a transfer: prepare it, choose and divide the dossiers, rehearse it, take steps."""

import logging
from collections.abc import Iterable, Iterator

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kp4web.audit.commands import record
from kp4web.domain.dates import count_of
from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import Action
from kp4web.domain.tracks import TrackKind
from kp4web.domain.transfers import RULES, Effect, Finding, Outcome, TransferState
from kp4web.extensions import db
from kp4web.transfers import choosing, commands, division, queries
from kp4web.transfers.execution import Progress, begin_execution, carry_out
from kp4web.transfers.forms import (
    DecisionForm,
    DivideForm,
    PickForm,
    StepForm,
    TransferForm,
)
from kp4web.transfers.pieces import Head, Line
from kp4web.web import drafts, merging
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page, stream_page
from kp4web.web.once import once
from kp4web.web.transactions import become_writer, carried_out, own_session

bp = Blueprint("transfers", __name__, url_prefix="/overgangen")
LAST_PAGE = 10_000
logger = logging.getLogger("kp4web")


@bp.get("")
@requires(Action.GUIDANCE_TRANSFER)
def index() -> ResponseReturnValue:
    """List the transfers from and to the own organisation."""
    lines = queries.transfers_for(db.session(), current_actor())
    return render_page("transfers/index.html", lines=lines, TransferState=TransferState)


# ---------------------------------------------------------------------- what it is about


@bp.get("/nieuw")
@requires(Action.GUIDANCE_TRANSFER)
def new() -> ResponseReturnValue:
    """Show the form for a new transfer."""
    return _new(drafts.restored(TransferForm))


def _new(form: TransferForm, *, status: int = 200) -> ResponseReturnValue:
    ways = _offer(form)
    return render_page("transfers/new.html", status=status, form=form, ways=ways)


def _offer(form: TransferForm) -> tuple[choosing.Way, ...]:
    ways = choosing.ways_for(db.session(), current_actor())
    blank = [(0, "Kies een gemeente")] if len(ways) > 1 else []
    known = [(way.municipality_id, way.municipality) for way in ways]
    form.municipality.choices = [*blank, *known]
    form.offer(choosing.leads_for(db.session(), current_actor()))
    return ways


@bp.post("")
@requires(Action.GUIDANCE_TRANSFER)
@once
def create() -> ResponseReturnValue:
    """Prepare a transfer: 303 to its rehearsal, or 422 with the form."""
    form = TransferForm()
    if drafts.keeps():
        return drafts.keep(form)
    _offer(form)
    if not form.validate_on_submit():
        return _new(form, status=422)
    try:
        transfer = commands.prepare_transfer(
            db.session(), current_actor(), form.municipality.data, form.decision(), form.choice(),
            now=now(), today=today(),
        )  # fmt: skip
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _new(form, status=422)
    transfer_id = transfer.id
    drafts.forget(form)
    db.session.commit()
    flash("De overgang is voorbereid. Er is nog niets veranderd in de dossiers.")
    return go_to(url_for(".show", transfer_id=transfer_id))


@bp.get("/<id:transfer_id>/gegevens")
@requires(Action.GUIDANCE_TRANSFER)
def edit(transfer_id: int) -> ResponseReturnValue:
    """Show what was noted of the council's decision, to mend it."""
    head = queries.head_for(db.session(), current_actor(), transfer_id)
    form = DecisionForm(formdata=None, data=_decided(head))
    merging.begin(form)
    return render_page("transfers/edit.html", form=form, head=head)


@bp.post("/<id:transfer_id>/gegevens")
@requires(Action.GUIDANCE_TRANSFER)
def update(transfer_id: int) -> ResponseReturnValue:
    """Mend it: 303, 409 on a clash or once it was put before the other side, or 422."""
    head = queries.head_for(db.session(), current_actor(), transfer_id)
    form = DecisionForm()
    if not merging.merge(form, _decided(head)):
        db.session.rollback()
        return render_page("transfers/edit.html", status=409, form=form, head=head)

    def carry_out() -> None:
        commands.change_decision(
            db.session(), current_actor(), transfer_id, form.decision(), now=now()
        )

    if not carried_out(form, carry_out):
        return render_page("transfers/edit.html", status=422, form=form, head=head)
    flash("De gegevens zijn opgeslagen.")
    return go_to(url_for(".show", transfer_id=transfer_id))


def _decided(head: Head) -> dict[str, object]:
    names = ("decided_on", "effective_on", "reference", "note")
    return {name: getattr(head, name) for name in names}


# ---------------------------------------------------------------------- the rehearsal


@bp.get("/<id:transfer_id>")
@requires(Action.GUIDANCE_TRANSFER)
def show(transfer_id: int) -> ResponseReturnValue:
    """Show what the transfer would do today, or what it did, with what is found."""
    return _show(transfer_id, StepForm(formdata=None))


def _show(transfer_id: int, form: StepForm, *, status: int = 200) -> ResponseReturnValue:
    actor, moment = current_actor(), now()
    report = queries.transfer_for(
        db.session(), actor, transfer_id, now=moment, today=today()
    )  # fmt: skip
    named = {number for found in report.found for number in found.shown}
    _log(report.head, (line for line in report.lines if line.number in named))
    return render_page(
        "transfers/show.html", fragment="transfer", status=status, report=report,
        head=report.head, form=form, TransferState=TransferState, Outcome=Outcome, Effect=Effect,
        today=today(), printed_at=moment,
    )  # fmt: skip


def _log(head: Head, lines: Iterable[Line | choosing.Candidate]) -> None:
    """Log what was read and is about to be shown."""
    become_writer()
    subjects = [line.client_id for line in lines]
    record(
        db.session(), current_actor(), "transfer_read", now=now(), subjects=subjects,
        transfer=head.id, municipality_id=head.municipality_id,
    )  # fmt: skip
    db.session.commit()


@bp.post("/<id:transfer_id>/stappen")
@requires(Action.GUIDANCE_TRANSFER)
def step(transfer_id: int) -> ResponseReturnValue:
    """Take a step: 303, 403 for the other side's, 409 when it was taken, 422 without its reason."""
    form = StepForm()

    def carry_out() -> None:
        commands.take_step(
            db.session(), current_actor(), transfer_id, form.state(), form.reason.data or "",
            now=now(), today=today(),
        )  # fmt: skip

    queries.head_for(db.session(), current_actor(), transfer_id)
    if not carried_out(form, carry_out):
        return _show(transfer_id, form, status=422)
    flash(f"De overgang is {form.state().label.lower()}.")
    return go_to(url_for(".show", transfer_id=transfer_id))


@bp.post("/<id:transfer_id>/uitvoering")
@requires(Action.GUIDANCE_TRANSFER)
def execute(transfer_id: int) -> ResponseReturnValue:
    """
    Carry it out, and tell meanwhile how far it is; 409 with what stands in the way, or happened.

    The page is sent as the work goes on. It ends with what was committed, or with a failure after
    which everything is as it was.
    """
    actor, moment, day = current_actor(), now(), today()
    session = own_session()
    try:
        execution = begin_execution(session, actor, transfer_id, now=moment, today=day)
    except BaseException:
        session.close()
        raise
    work = carry_out(session, actor, execution, now=moment, today=day)
    response = stream_page(
        "transfers/execution.html", head=execution.head, in_all=len(execution.moving),
        steps=_carried_out(session, work),
    )  # fmt: skip
    response.call_on_close(session.close)  # also when nobody waits for the page any more
    return response


def _carried_out(
    session: Session, work: Iterable[Progress]
) -> Iterator[tuple[str, Progress | None]]:
    """Yield how far it is, then ``done`` or ``failed``; a page that is left ends as a failure."""
    try:
        for progress in work:
            yield "busy", progress
        session.commit()
    except Exception as error:  # whatever it is: the page has begun, so it has to say so itself
        session.rollback()
        logger.error("failure", extra={"error": type(error).__name__}, exc_info=error)
        yield "failed", None
    else:
        yield "done", None


# ---------------------------------------------------------------------- its dossiers


@bp.get("/<id:transfer_id>/dossiers")
@requires(Action.GUIDANCE_TRANSFER)
def dossiers(transfer_id: int) -> ResponseReturnValue:
    """Show a page of the dossiers that are chosen, or of those that can still be."""
    return _dossiers(transfer_id, PickForm(formdata=None), DivideForm(formdata=None))


def _dossiers(
    transfer_id: int, pick: PickForm, form: DivideForm, *, status: int = 200
) -> ResponseReturnValue:
    actor = current_actor()
    report = queries.transfer_for(db.session(), actor, transfer_id, now=now(), today=today())
    head, kind = report.head, _track()
    page = min(max(request.values.get("pagina", 1, type=int), 1), LAST_PAGE)
    others = request.args.get("lijst") == "niet" and head.gives and head.state.is_editable
    finding = next((f for f in Finding if f.value == request.args.get("bevinding")), None)
    lines: tuple[Line | choosing.Candidate, ...]
    if others:
        choice = choosing.Choice(frozenset({kind} if kind else ()))
        found = choosing.candidates_for(db.session(), actor, head, choice, page=page)
        lines, in_all = found.lines, found.in_all
    else:
        wanted = [
            line for line in report.lines
            if (kind is None or line.kind is kind)
            and (finding is None or finding in line.findings)
        ]  # fmt: skip
        in_all = len(wanted)
        lines = tuple(wanted[(page - 1) * queries.PER_PAGE : page * queries.PER_PAGE])
    names = {} if others else queries.names_for(db.session(), lines)  # type: ignore[arg-type]
    form.offer((person.id, person.name) for person in report.consultants)
    _log(head, lines)

    def page_url(number: int) -> str:
        return _list_url(transfer_id, kind, number, others=others, finding=finding)

    return render_page(
        "transfers/dossiers.html", fragment="dossiers", status=status, report=report, head=head,
        lines=lines, names=names, in_all=in_all, page=page,
        pages=max(1, -(-in_all // queries.PER_PAGE)), page_url=page_url, others=others,
        finding=finding, kind=kind, pick=pick, form=form, RULES=RULES, TrackKind=TrackKind,
        Outcome=Outcome, list_url=lambda kind, others: _list_url(
            transfer_id, kind, 1, others=others
        ),
    )  # fmt: skip


def _track() -> TrackKind | None:
    asked = request.values.get("traject")
    return next((kind for kind in TrackKind if kind.active and kind.value == asked), None)


def _list_url(
    transfer_id: int, kind: TrackKind | None, page: int, *, others: bool = False,
    finding: Finding | None = None,
) -> str:  # fmt: skip
    return url_for(
        ".dossiers", transfer_id=transfer_id, traject=kind.value if kind else None,
        lijst="niet" if others else None, bevinding=finding.value if finding else None,
        pagina=page if page > 1 else None,
    )  # fmt: skip


@bp.post("/<id:transfer_id>/keuze")
@requires(Action.GUIDANCE_TRANSFER)
def choose(transfer_id: int) -> ResponseReturnValue:
    """Take dossiers in or leave them out: 303 back to the list, 409 once it is too late."""
    form, actor = PickForm(), current_actor()
    head = queries.head_for(db.session(), actor, transfer_id)
    adds = (form.what.data or "").startswith("add")
    if not form.validate_on_submit():
        return _dossiers(transfer_id, form, DivideForm(formdata=None), status=422)
    act = commands.add_dossiers if adds else commands.leave_out
    number = act(
        db.session(), actor, transfer_id, form.numbers(), form.choice(), now=now()
    )  # fmt: skip
    db.session.commit()
    what = count_of(number, "dossier", "dossiers")
    flash(f"{what} gekozen." if adds else f"{what} weggelaten.", "ok" if number else "info")
    return go_to(_list_url(head.id, _track(), 1, others=adds))


@bp.post("/<id:transfer_id>/verdeling")
@requires(Action.GUIDANCE_TRANSFER)
def divide(transfer_id: int) -> ResponseReturnValue:
    """Choose who receives: 303 back to the list, 403 for who gives, 409 too late, or 422."""
    form, actor = DivideForm(), current_actor()
    report = queries.transfer_for(db.session(), actor, transfer_id, now=now(), today=today())
    form.offer((person.id, person.name) for person in report.consultants)
    command = form.command() if form.validate_on_submit() else None
    if command is None:
        return _dossiers(transfer_id, PickForm(formdata=None), form, status=422)
    try:
        number = division.divide(
            db.session(), actor, transfer_id, command, now=now(), today=today()
        )
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _dossiers(transfer_id, PickForm(formdata=None), form, status=422)
    db.session.commit()
    flash(f"{count_of(number, 'dossier', 'dossiers')} verdeeld.", "ok" if number else "info")
    page = request.form.get("pagina", 1, type=int)
    return go_to(_list_url(transfer_id, _track(), page))
