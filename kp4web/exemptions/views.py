"""The page about the exemption of one dossier, the list of exemptions, and the figures."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from kp4web.audit.commands import record
from kp4web.domain.dates import add_days, add_months, count_of, day_of, dutch_date
from kp4web.domain.errors import InvalidInput
from kp4web.domain.exemptions import DIAGNOSIS, Act, Terms, latest_end, until_words
from kp4web.domain.policy import Access, Action, Field, may, require_access
from kp4web.domain.reporting import Question
from kp4web.domain.sanctions import COUNTED_SINCE
from kp4web.exemptions import commands, figures, listing, queries
from kp4web.exemptions.forms import ExemptionForm, ReportDaysForm, SettleForm
from kp4web.exemptions.listing import Which
from kp4web.exemptions.queries import ExemptionPage
from kp4web.extensions import db
from kp4web.grounds.queries import duties_on, grounds_on, lifted_words, reasons_on
from kp4web.organisations.queries import places_to_choose
from kp4web.web import drafts
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import go_to, render_page
from kp4web.web.once import once
from kp4web.web.paths import page_number
from kp4web.web.transactions import become_writer

bp = Blueprint("exemptions", __name__)

SAID = {
    Act.GRANTED: "De ontheffing is vastgelegd.",
    Act.EXTENDED: "De ontheffing is verlengd.",
    Act.CORRECTED: "De ontheffing is gecorrigeerd.",
    Act.PLANNED: "Het plan is vastgelegd.",
    Act.REVIEWED: "De beoordeling is vastgelegd.",
    Act.LAPSES: "Vastgelegd: deze ontheffing wordt niet verlengd.",
    Act.ENDED: "De ontheffing is beëindigd.",
}


@bp.get("/dossiers/<number:number>/ontheffing")
@requires(Action.EXEMPTION_READ)
def show(number: str) -> ResponseReturnValue:
    """Show the exemption of a dossier, and the forms for who may change it."""
    return _page(_exemption(number))


@bp.post("/dossiers/<number:number>/ontheffing")
@requires(Action.EXEMPTION_CHANGE)
@once
def create(number: str) -> ResponseReturnValue:
    """Record an exemption: 303, 409 while one runs, or 422 with the form."""
    page, form = _writable(number), ExemptionForm()
    if drafts.keeps():
        return drafts.keep(form, page.dossier_id, page=url_for(".show", number=number))
    _offer(form, page)
    return _store(page, form, Act.GRANTED, lambda: _page(page, form, status=422))


@bp.get("/dossiers/<number:number>/ontheffing/verlenging")
@requires(Action.EXEMPTION_CHANGE)
def new_extension(number: str) -> ResponseReturnValue:
    """Show the form to extend the running exemption, with what is known of it."""
    page = _writable(number)
    return _form_page(page, _known_in_form(page, Act.EXTENDED), Act.EXTENDED)


@bp.post("/dossiers/<number:number>/ontheffing/verlenging")
@requires(Action.EXEMPTION_CHANGE)
@once
def extend(number: str) -> ResponseReturnValue:
    """Extend the running exemption: 303, 409, or 422 with the form."""
    return _rewrite(number, Act.EXTENDED)


@bp.get("/dossiers/<number:number>/ontheffing/correctie")
@requires(Action.EXEMPTION_CHANGE)
def edit(number: str) -> ResponseReturnValue:
    """Show the form to correct the running exemption."""
    page = _writable(number)
    return _form_page(page, _known_in_form(page, Act.CORRECTED), Act.CORRECTED)


@bp.post("/dossiers/<number:number>/ontheffing/correctie")
@requires(Action.EXEMPTION_CHANGE)
def correct(number: str) -> ResponseReturnValue:
    """Correct the running exemption: 303, 409, or 422 with the form."""
    return _rewrite(number, Act.CORRECTED)


@bp.post("/dossiers/<number:number>/ontheffing/beoordeling")
@requires(Action.EXEMPTION_CHANGE)
def review(number: str) -> ResponseReturnValue:
    """Record a review of the running exemption: 303, 409 or 422."""
    return _settle(number, Act.REVIEWED)


@bp.post("/dossiers/<number:number>/ontheffing/plan")
@requires(Action.EXEMPTION_CHANGE)
def plan(number: str) -> ResponseReturnValue:
    """Record that the plan is there: 303, 409 or 422."""
    return _settle(number, Act.PLANNED)


@bp.post("/dossiers/<number:number>/ontheffing/afloop")
@requires(Action.EXEMPTION_CHANGE)
def lapse(number: str) -> ResponseReturnValue:
    """Record that the running exemption will not be extended: 303, 409 or 422."""
    return _settle(number, Act.LAPSES)


@bp.post("/dossiers/<number:number>/ontheffing/einde")
@requires(Action.EXEMPTION_CHANGE)
def end(number: str) -> ResponseReturnValue:
    """End the running exemption before its last day: 303, 409 or 422."""
    return _settle(number, Act.ENDED)


# ---------------------------------------------------------------------- what they share


def _exemption(number: str) -> ExemptionPage:
    return queries.exemption_for(db.session(), current_actor(), number, today=today())


def _writable(number: str) -> ExemptionPage:
    page = _exemption(number)
    require_access(page.relations, Field.EXEMPTION, Access.WRITE)
    return page


def _rewrite(number: str, act: Act) -> ResponseReturnValue:
    page, form = _writable(number), ExemptionForm()
    if drafts.keeps():
        return drafts.keep(form, page.dossier_id, rule=ExemptionForm.rules[act])
    _offer(form, page)
    if act is Act.EXTENDED and page.running:
        form.ground.data = page.running.ground_code  # an extension keeps its ground
    return _store(page, form, act, lambda: _form_page(page, form, act, status=422))


_COMMANDS = {
    Act.GRANTED: commands.grant_exemption,
    Act.EXTENDED: commands.extend_exemption,
    Act.CORRECTED: commands.correct_exemption,
}


def _store(
    page: ExemptionPage, form: ExemptionForm, act: Act, again: Callable[[], ResponseReturnValue]
) -> ResponseReturnValue:
    """Carry out what the form says and go to the page, or show the form again."""
    if form.validate_on_submit():
        try:
            _COMMANDS[act](
                db.session(), current_actor(), page.number, form.command(today=today()),
                now=now(), today=today(),
            )  # fmt: skip
            drafts.forget(form, page.dossier_id, rule=ExemptionForm.rules[act])
            db.session.commit()
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
        else:
            flash(SAID[act], "ok")
            return go_to(url_for(".show", number=page.number))
    return again()


def _settle(number: str, act: Act) -> ResponseReturnValue:
    page, form = _writable(number), SettleForm()
    if form.validate_on_submit():
        try:
            commands.settle_exemption(
                db.session(), current_actor(), number, form.command(act), now=now(), today=today()
            )
            db.session.commit()
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
        else:
            flash(SAID[act], "ok")
            return go_to(url_for(".show", number=number))
    return _page(page, settle=form, unfolded=act, status=422)


def _offer(form: ExemptionForm, page: ExemptionPage) -> None:
    """Fill in the choices: the grounds and reasons of today, and who may have decided."""
    session, day = db.session(), today()
    form.ground.choices = [
        SelectChoice("", "Kies een grond"),
        *(SelectChoice(g.code, f"{g.name} ({g.article})") for g in grounds_on(session, day)),
    ]
    form.reason.choices = [
        SelectChoice("", "Kies een reden"),
        *(SelectChoice(reason.code, reason.name) for reason in reasons_on(session, day)),
    ]
    form.organisation.choices = [
        SelectChoice("", "Kies een organisatie"),
        *(
            SelectChoice(str(row.id), row.name)
            for row in queries.deciders_of(session, page.municipality_id)
        ),
    ]


def _empty_form(page: ExemptionPage) -> ExemptionForm:
    """Return the form for a new exemption, with the days that are known."""
    start = {"starts_on": today(), "child_born_on": page.child_born_on, "shown": ""}
    form = drafts.restored(ExemptionForm, page.dossier_id, data=start)
    _offer(form, page)
    return form


def _known_in_form(page: ExemptionPage, act: Act) -> ExemptionForm:
    """Return the form with what the running exemption says, or with the draft about that one."""
    running = page.running
    form = drafts.restored(ExemptionForm, page.dossier_id, rule=ExemptionForm.rules[act])
    if running is not None and form.saved and form.shown.data != str(running.id):
        form = ExemptionForm(formdata=None)
    _offer(form, page)
    if running is None or form.saved:
        return form
    form.ground.data, form.reason.data = running.ground_code, running.reason_code
    form.justification.data = running.justification
    form.organisation.data = str(running.organisation_id)
    for name in ("starts_on", "ends_on", "review_on", "seen_on", "requested_on", "child_born_on",
                 "decided_on", "decision_reference"):  # fmt: skip
        form[name].data = getattr(running, name)
    form.shown.data = str(running.id)
    return form


def _page(
    page: ExemptionPage,
    form: ExemptionForm | None = None,
    *,
    settle: SettleForm | None = None,
    unfolded: Act | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Log whose exemption is shown, then show it; ``unfolded`` is the form that was refused."""
    offers = page.may_change and page.is_active and (page.running is None or page.is_over(today()))
    if form is None and offers:
        form = _empty_form(page)
    settle_forms = _settle_forms(page, settle, unfolded) if page.may_change else {}
    session, day = db.session(), today()
    duties = duties_on(session, day)
    grounds = [(g, lifted_words(g.lifts, duties)) for g in grounds_on(session, day)]
    _log(page)
    running = page.running
    return render_page(
        "exemptions/show.html", fragment="form" if form else None, status=status, page=page,
        form=form if offers else None, settle=settle_forms, unfolded=unfolded, grounds=grounds,
        until=until_words(running.ends_on, day) if running else None, Act=Act,
        is_over=page.is_over(day), picks=_ends(page, day), diagnosis=DIAGNOSIS,
        latest=_latest(page, day),
    )  # fmt: skip


def _settle_forms(
    page: ExemptionPage, given: SettleForm | None, unfolded: Act | None
) -> dict[Act, SettleForm]:
    """Return one small form for each thing that can be settled, the refused one as it was sent."""
    made = {}
    for act in (Act.REVIEWED, Act.PLANNED, Act.LAPSES, Act.ENDED):
        form = given if given is not None and act is unfolded else SettleForm(formdata=None)
        if form is not given:
            form.on.data = today()
            form.shown.data = str(page.running.id) if page.running else ""
        for field in form:
            field.id = f"{field.name}-{act.value}"  # several of them on one page
        made[act] = form
    return made


def _form_page(
    page: ExemptionPage, form: ExemptionForm, act: Act, *, status: int = 200
) -> ResponseReturnValue:
    """Log whose exemption the form is about, then show it."""
    if page.running is None:
        flash(commands.NONE_RUNS, "warn")
        return go_to(url_for(".show", number=page.number))
    _log(page)
    return render_page(
        "exemptions/edit.html", fragment="form", status=status, page=page, form=form,
        extends=act is Act.EXTENDED, diagnosis=DIAGNOSIS, picks=_ends(page, today()),
        latest=_latest(page, page.running.starts_on),
    )  # fmt: skip


def _log(page: ExemptionPage) -> None:
    become_writer()
    record(
        db.session(), current_actor(), "exemption_read", now=now(), subjects=[page.client_id],
        dossier_id=page.dossier_id, municipality_id=page.municipality_id, relation=page.relations,
    )  # fmt: skip
    db.session.commit()


def _ends(page: ExemptionPage, day: date) -> list[tuple[str, date]]:
    """Return last days at one touch, counted from today or from the end of the running one."""
    running = page.running
    begin = running.ends_on if running and running.ends_on and running.ends_on >= day else day
    return [
        (f"{months} maanden", add_days(add_months(begin, months), 0 if begin > day else -1))
        for months in (6, 12, 24)
    ]


def _latest(page: ExemptionPage, first_on: date) -> str:
    """Return until when a ground with the child's age may run, for the hint at that field."""
    running = page.running
    born = page.child_born_on or (running.child_born_on if running else None)
    if born is None:
        return ""
    day = latest_end(_terms_with_child(page), first_on, born)
    return dutch_date(day) if day and day >= first_on else ""


def _terms_with_child(page: ExemptionPage) -> Terms:
    """Return the terms of the ground that counts from a birth date: the running one, or any."""
    if page.running and page.running.terms.child_until_years:
        return page.running.terms
    known = (ground.terms for ground in grounds_on(db.session(), today()))
    return next((terms for terms in known if terms.child_until_years), Terms())


# ---------------------------------------------------------------------- the list and the figures

_NOTHING = {
    Which.SOON: "Er loopt de komende drie maanden geen ontheffing af.",
    Which.RUNNING: "Er loopt geen enkele ontheffing.",
    Which.NONE: "Voor iedereen is een ontheffing vastgelegd.",
}


@bp.get("/ontheffingen")
@requires(Action.EXEMPTION_READ)
def index() -> ResponseReturnValue:
    """Show the exemptions that end soon, all that run, or the dossiers without one."""
    actor = current_actor()
    which = next((w for w in Which if w == request.args.get("welke")), Which.SOON)
    found = listing.exemptions_for(
        db.session(), actor, which, page=page_number(request.args.get("pagina")), today=today()
    )
    become_writer()
    clients = tuple(row.client_id for row in found.rows)
    record(db.session(), actor, "exemptions_read", now=now(), subjects=clients)
    db.session.commit()
    return render_page(
        "exemptions/index.html", found=found, nothing=_NOTHING[which],
        places=actor.municipality_id is None,
        lead=f"{which.label}: {count_of(found.total, 'inwoner', 'inwoners')}",
        choices=[
            {"label": w.label, "href": url_for(".index", welke=w.value), "current": w is which}
            for w in Which
        ],
        report_url=url_for(".report") if may(actor, Action.REPORT_READ) else None,
        page_url=lambda number: url_for(".index", welke=which.value, pagina=number),
    )  # fmt: skip


@bp.get("/rapportages/ontheffingen")
@requires(Action.REPORT_READ)
def report() -> ResponseReturnValue:
    """Show with and without a recorded ground on a reference date, and how often signals went."""
    places = places_to_choose(db.session(), current_actor())
    form = ReportDaysForm.asked(request.args, today=today(), places=places)
    latest = max(today(), day_of(now()))
    valid = form.validate()
    for field, last in ((form.peildatum, today()), (form.bekend_op, latest)):
        if field.data and field.data > last:
            form.refuse(InvalidInput(field.name, "Deze dag moet nog komen."))
            valid = False
    if not valid:
        return render_page("exemptions/report.html", status=422, form=form, report=None)
    question = Question(form.peildatum.data or today(), form.bekend_op.data, place=form.place)
    found = figures.figures_for(db.session(), current_actor(), question)
    become_writer()
    record(
        db.session(), current_actor(), "exemption_report_read", now=now(),
        municipality_id=question.place,
        reference_date=question.reference_date.isoformat(),
    )  # fmt: skip
    db.session.commit()
    lists_match = question == Question(today(), with_stopped=False)
    return render_page(
        "exemptions/report.html", form=form, report=found, since=COUNTED_SINCE,
        lists=may(current_actor(), Action.EXEMPTION_READ) and lists_match,
    )  # fmt: skip
