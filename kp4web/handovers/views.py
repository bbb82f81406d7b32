"""Pages about hand-overs: the list of either organisation, one hand-over, answering it."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from kp4web.applications.queries import number_to_do
from kp4web.audit.commands import record
from kp4web.domain.errors import DomainError, Forbidden, InvalidInput
from kp4web.domain.handovers import Side, Way
from kp4web.domain.policy import NO_ACCESS, Action, may
from kp4web.extensions import db
from kp4web.handovers import commands, queries
from kp4web.handovers.forms import (
    AcceptDossierForm,
    AcceptForm,
    CoachForm,
    FeedbackForm,
    OfferForm,
    ReturnForm,
    TalkForm,
    WithdrawForm,
)
from kp4web.handovers.models import HandoverKind, HandoverState
from kp4web.handovers.presentation import (
    TABS,
    WAYS,
    name_of,
    parts_of,
    tabs_of,
    way_named,
    ways_in,
)
from kp4web.handovers.queries import Only
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.forms import BaseForm
from kp4web.web.htmx import go_to, render_page
from kp4web.web.once import once
from kp4web.web.transactions import become_writer

bp = Blueprint("handovers", __name__)
LAST_PAGE = 100_000
TOGETHER = "Iemand anders legde deze inwoner net vast. Open de overdracht opnieuw."


@bp.get("/overdrachten")
@requires(Action.HANDOVERS_READ)
def index() -> ResponseReturnValue:
    """Show what is offered, came back or was accepted, to or from the own organisation."""
    actor = current_actor()
    state = TABS.get(request.args.get("status", ""), HandoverState.OFFERED)
    page = min(max(request.args.get("pagina", 1, type=int), 1), LAST_PAGE)
    ways = queries.ways_of(actor)
    asked = request.args.get("richting", "")
    way = way_named(asked, ways) if asked in WAYS else ways[0]
    if way is None:
        raise Forbidden(NO_ACCESS)
    only = next((one for one in Only if one.value == request.args.get("alleen")), None)
    found = queries.handovers_for(
        db.session(), actor, state, way=way, only=only, page=page, today=today()
    )
    opens = found.may_register and state is HandoverState.OFFERED
    waiting = number_to_do(db.session(), actor) if opens else 0
    if page > found.pages:
        return redirect(_tab(way, state), 303)
    if found.shown:
        become_writer()
        record(
            db.session(), actor, "handovers_read", now=now(),
            subjects=[line.client_id for line in found.lines if line.client_id],
            handovers=list(found.shown),
        )  # fmt: skip
        db.session.commit()
    return render_page(
        "handovers/index.html", found=found, tabs=tabs_of(found, _tab),
        ways=ways_in(found, ways, _tab), parts=parts_of(found, _tab),
        page_url=lambda number: _tab(way, state, number, only),
        returned_url=_tab(way, HandoverState.RETURNED),
        register_url=url_for("intake.new") if found.may_register else None,
        nobody_url=url_for("departures.nobody") if may(actor, Action.NOBODY_READ) else None,
        application_url=_application_url, waiting=waiting, places=actor.municipality_id is None,
    )  # fmt: skip


def _tab(way: Way, state: HandoverState, page: int | None = None, only: Only | None = None) -> str:
    name = next(name for name, tab in TABS.items() if tab is state)
    ways = queries.ways_of(current_actor())
    asked = None if way == ways[0] else name_of(way, ways)
    return url_for(".index", richting=asked, status=name, alleen=only, pagina=page)


def _application_url(application_id: int | None) -> str | None:
    if application_id is None:
        return None
    return url_for("intake.show", application_id=application_id)


@bp.get("/overdrachten/<id:handover_id>")
@requires(Action.HANDOVERS_READ)
def show(handover_id: int) -> ResponseReturnValue:
    """Show one hand-over: what it carries, or only where it stands."""
    if queries.kind_of(db.session(), current_actor(), handover_id) is HandoverKind.KP3:
        return _dossier_page(handover_id)
    return _page(handover_id)


def _page(
    handover_id: int,
    *,
    accepting: AcceptForm | None = None,
    returning: ReturnForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    found = queries.handover_for(db.session(), current_actor(), handover_id)
    if (accepting or returning) and not found.may_answer:
        raise DomainError(f"Deze overdracht is al {found.line.state.label.lower()}.")
    if returning is None and found.may_answer:
        returning = drafts.restored(ReturnForm, handover_id)
    if found.package is not None or found.line.reason:
        _record_read(found)
    return render_page(
        "handovers/show.html", status=status, found=found, plain=WithdrawForm(formdata=None),
        form=accepting or AcceptForm(formdata=None),
        returning=returning, opens_return=bool(returning and (returning.errors or returning.saved)),
        application_url=_application_url(found.line.application_id),
    )  # fmt: skip


def _record_read(found: queries.HandoverPage) -> None:
    """Log that the person or the reason of a hand-over was shown."""
    shown = {match.client_id for match in found.matches}
    become_writer()
    record(
        db.session(), current_actor(), "handover_read", now=now(),
        subjects=shown | ({found.line.client_id} if found.line.client_id else set()),
        municipality_id=found.line.municipality_id, handover=found.line.id,
    )  # fmt: skip
    db.session.commit()


@bp.post("/overdrachten/<id:handover_id>/acceptatie")
@requires(Action.HANDOVER_ACCEPT)
@once
def accept(handover_id: int) -> ResponseReturnValue:
    """Accept: 303 to the dossier, 422 with the choice to make, or 409 when it was done before."""
    if _kind_to_answer(handover_id) is HandoverKind.KP3:
        return _accept_dossier(handover_id)
    form = AcceptForm()
    if not form.validate_on_submit():
        return _page(handover_id, accepting=form, status=422)
    try:
        dossier = commands.accept_handover(
            db.session(), current_actor(), handover_id, form.command(), now=now(), today=today()
        )
        number, has_lead = dossier.number, dossier.lead_id is not None
        db.session.commit()
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _page(handover_id, accepting=form, status=422)
    except IntegrityError as error:  # the same person, through another hand-over at that moment
        raise DomainError(TOGETHER) from error
    flash(f"De overdracht is geaccepteerd in dossier {number}.")
    if not has_lead:
        flash("Dit dossier heeft nog geen consulent. Wijs het nu toe.", "info")
    return redirect(url_for("timeline.show", number=number), 303)


@bp.post("/overdrachten/<id:handover_id>/terugzending")
@requires(Action.HANDOVER_ACCEPT)
@once
def return_(handover_id: int) -> ResponseReturnValue:
    """Send back: 303 to where it stands now, 422 without a reason, 409 when it was answered."""
    form = ReturnForm()
    is_dossier = _kind_to_answer(handover_id) is HandoverKind.KP3
    find = queries.dossier_handover_for if is_dossier else queries.handover_for
    show_again = _dossier_page if is_dossier else _page
    if drafts.keeps():
        if not find(db.session(), current_actor(), handover_id).may_answer:
            raise DomainError("Deze overdracht is al beantwoord.")
        return drafts.keep(form, handover_id)
    if not form.validate_on_submit():
        return show_again(handover_id, returning=form, status=422)
    try:
        commands.return_handover(
            db.session(), current_actor(), handover_id, form.command(), now=now(), today=today()
        )
        drafts.forget(form, handover_id)
        db.session.commit()
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return show_again(handover_id, returning=form, status=422)
    reader = "De consulent" if is_dossier else "Werkzaak"
    flash(f"Overdracht {handover_id} is teruggestuurd. {reader} ziet uw reden.")
    return go_to(url_for(".show", handover_id=handover_id))


def _kind_to_answer(handover_id: int) -> HandoverKind:
    return queries.kind_of(db.session(), current_actor(), handover_id, Side.RECEIVER)


@bp.get("/aanvragen/<id:application_id>/overdrachten/nieuw")
@requires(Action.HANDOVER_OFFER)
def new(application_id: int) -> ResponseReturnValue:
    """Show the form to offer a returned applicant again, with the reason beside it."""
    return _offer_page(application_id, None)


def _offer_page(
    application_id: int, form: OfferForm | None, *, status: int = 200
) -> ResponseReturnValue:
    offering = queries.offering_for(db.session(), current_actor(), application_id)
    form = form or drafts.restored(OfferForm, application_id, data={"note": offering.note})
    _record_read(offering.returned)
    return render_page(
        "handovers/new.html", status=status, offering=offering, form=form,
        application_url=_application_url(application_id),
    )  # fmt: skip


@bp.post("/aanvragen/<id:application_id>/overdrachten")
@requires(Action.HANDOVER_OFFER)
@once
def create(application_id: int) -> ResponseReturnValue:
    """Offer again: 303 to the new hand-over, 422 with the note kept, 409 when not returned."""
    form = OfferForm()
    if drafts.keeps():
        queries.offering_for(db.session(), current_actor(), application_id)
        return drafts.keep(form, application_id)
    if not form.validate_on_submit():
        return _offer_page(application_id, form, status=422)
    try:
        handover = commands.offer_again(
            db.session(), current_actor(), application_id, form.note.data or "",
            now=now(), today=today(),
        )  # fmt: skip
        handover_id = handover.id
        drafts.forget(form, application_id)
        db.session.commit()
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _offer_page(application_id, form, status=422)
    flash("De aanvraag is opnieuw aangeboden.")
    return go_to(url_for(".show", handover_id=handover_id))


# ---------------------------------------------------------------------- a dossier that goes (KP3)


def _handover_url(handover_id: int) -> str:
    return url_for(".show", handover_id=handover_id)


def _dossier_page(
    handover_id: int, *, status: int = 200, **typed: BaseForm | None
) -> ResponseReturnValue:
    """Show a KP3 hand-over with the forms for what the actor may do; ``typed`` comes back."""
    actor = current_actor()
    found = queries.dossier_handover_for(db.session(), actor, handover_id)
    line = found.line
    forms: dict[str, BaseForm | None] = {
        "returning": drafts.restored(ReturnForm, handover_id) if found.may_answer else None,
        "accepting": drafts.restored(AcceptDossierForm, handover_id)
        if line.is_offered and (found.may_answer or (found.may_choose and line.coach)) else None,
        "choosing": CoachForm(formdata=None) if found.may_choose else None,
        "telling": drafts.restored(FeedbackForm, handover_id) if found.may_tell else None,
        "talking": TalkForm(
            formdata=None, wanted=line.talk_wanted, planned_on=line.talk_planned_on,
            held_on=line.talk_held_on,
        ) if found.may_plan else None,
        "plain": WithdrawForm(formdata=None),
    }  # fmt: skip
    if any(forms[name] is None for name, form in typed.items() if form is not None):
        raise DomainError(f"Deze overdracht is al {line.state.label.lower()}.")
    forms |= {name: form for name, form in typed.items() if form is not None}
    for form in (forms["choosing"], forms["accepting"]):
        if isinstance(form, CoachForm):
            form.among(found.coaches)
    if found.carried is not None or line.reason:
        become_writer()
        record(
            db.session(), actor, "handover_read", now=now(), handover=handover_id,
            subjects=[line.client_id] if line.client_id else [],
            municipality_id=line.municipality_id,
        )  # fmt: skip
        db.session.commit()
    return render_page("handovers/onward.html", status=status, found=found, **forms)


def _accept_dossier(handover_id: int) -> ResponseReturnValue:
    form, actor = AcceptDossierForm(), current_actor()
    form.among(queries.coaches_of(db.session(), actor))
    if drafts.keeps():
        queries.dossier_handover_for(db.session(), actor, handover_id)
        return drafts.keep(form, handover_id)
    if not form.validate_on_submit():
        return _dossier_page(handover_id, accepting=form, status=422)
    try:
        commands.accept_dossier(
            db.session(), actor, handover_id, form.command(), now=now(), today=today()
        )
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _dossier_page(handover_id, accepting=form, status=422)
    drafts.forget(form, handover_id)
    db.session.commit()
    flash("De overdracht is geaccepteerd. Klantprofiel 3 is vastgesteld.")
    return go_to(_handover_url(handover_id))


@bp.post("/overdrachten/<id:handover_id>/intrekking")
@requires(Action.HANDOVER_WITHDRAW)
@once
def withdraw(handover_id: int) -> ResponseReturnValue:
    """Withdraw an offer: 303, or 409 with what happened when it was answered."""
    commands.withdraw_handover(db.session(), current_actor(), handover_id, now=now(), today=today())
    db.session.commit()
    flash(f"Overdracht {handover_id} is ingetrokken.")
    return go_to(_handover_url(handover_id))


@bp.post("/overdrachten/<id:handover_id>/klantmanager")
@requires(Action.COACH_ASSIGN)
@once
def choose_coach(handover_id: int) -> ResponseReturnValue:
    """Choose or take: 303, 422 without a choice, or 409 when a colleague has it."""
    form, actor = CoachForm(), current_actor()
    form.among(queries.coaches_of(db.session(), actor))
    if not form.validate_on_submit():
        return _dossier_page(handover_id, choosing=form, status=422)
    try:
        commands.assign_coach(db.session(), actor, handover_id, form.chosen(), now=now())
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _dossier_page(handover_id, choosing=form, status=422)
    db.session.commit()
    flash("De klantmanager is gekozen.")
    return go_to(_handover_url(handover_id))


@bp.post("/overdrachten/<id:handover_id>/gesprek")
@requires(Action.JOINT_TALK_PLAN)
@once
def plan_talk(handover_id: int) -> ResponseReturnValue:
    """Note what is agreed about a joint talk: 303, or 422 at the date."""
    form = TalkForm()
    if not form.validate_on_submit():
        return _dossier_page(handover_id, talking=form, status=422)
    try:
        commands.plan_joint_talk(
            db.session(), current_actor(), handover_id, form.command(), now=now(), today=today()
        )
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _dossier_page(handover_id, talking=form, status=422)
    db.session.commit()
    flash("Het gezamenlijke gesprek is vastgelegd.")
    return go_to(_handover_url(handover_id))


@bp.post("/overdrachten/<id:handover_id>/terugmelding")
@requires(Action.FEEDBACK_WRITE)
@once
def tell(handover_id: int) -> ResponseReturnValue:
    """Write the feedback: 303, 422 with the text kept, 409 when it was written."""
    form, actor = FeedbackForm(), current_actor()
    if drafts.keeps():
        queries.dossier_handover_for(db.session(), actor, handover_id)
        return drafts.keep(form, handover_id)
    if not form.validate_on_submit():
        return _dossier_page(handover_id, telling=form, status=422)
    commands.write_feedback(
        db.session(), actor, handover_id, form.text.data or "", now=now(), today=today()
    )
    drafts.forget(form, handover_id)
    db.session.commit()
    flash("De terugmelding is verstuurd.")
    return go_to(_handover_url(handover_id))


@bp.post("/overdrachten/<id:handover_id>/terugmelding/lezing")
@requires(Action.FEEDBACK_READ)
@once
def note_read(handover_id: int) -> ResponseReturnValue:
    """Note that the feedback was read: 303, or 409 when there is none."""
    commands.read_feedback(db.session(), current_actor(), handover_id, now=now(), today=today())
    db.session.commit()
    flash("U hebt de terugmelding gelezen.")
    return go_to(_handover_url(handover_id))
