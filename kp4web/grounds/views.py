"""The page of the administrator about what the law asks: grounds, duties, reasons, the warning."""

from typing import Any

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from kp4web.domain.actor import OrganisationKind
from kp4web.domain.errors import InvalidInput, NotFound
from kp4web.domain.policy import Action, may
from kp4web.extensions import db
from kp4web.grounds import commands, queries
from kp4web.grounds.forms import FORMS, RetireForm
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.forms import BaseForm
from kp4web.web.htmx import go_to, render_page

bp = Blueprint("grounds", __name__, url_prefix="/beheer/wettelijke-gronden")

TITLES = {
    "grond": ("Gronden", "Grond toevoegen of wijzigen"),
    "verplichting": ("Verplichtingen", "Verplichting toevoegen of wijzigen"),
    "reden": ("Redenen", "Reden toevoegen of wijzigen"),
    "waarschuwing": ("Tekst over het gevolg", "Tekst toevoegen of wijzigen"),
}


@bp.get("")
@requires(Action.GROUNDS_READ)
def index() -> ResponseReturnValue:
    """Show what holds, what held and what is to come, with the forms for who may change it."""
    return _page()


@bp.post("/<kind>")
@requires(Action.GROUNDS_MANAGE)
def create(kind: str) -> ResponseReturnValue:
    """Let something hold from a day on: 303, or 422 with the form."""
    commands.require_operator(current_actor())
    if kind not in FORMS:
        raise NotFound("Deze soort bestaat niet.")
    form = FORMS[kind]()
    _offer(form)
    if form.validate_on_submit():
        try:
            commands.announce(
                db.session(), current_actor(), form.command(), now=now(), today=today()
            )
            db.session.commit()
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
        else:
            flash("Vastgelegd. Wat al liep, verandert niet.", "ok")
            return go_to(url_for(".index"))
    return _page(kind, form, status=422)


@bp.post("/<kind>/einde")
@requires(Action.GROUNDS_MANAGE)
def retire(kind: str) -> ResponseReturnValue:
    """Let something hold no longer from a day on: 303, or 422 with what is wrong."""
    commands.require_operator(current_actor())
    form = RetireForm()
    if form.validate_on_submit():
        try:
            assert form.on.data is not None  # noqa: S101 -- the validator saw to it
            commands.retire(
                db.session(), current_actor(), kind, form.code.data or "", form.on.data,
                now=now(), today=today(),
            )  # fmt: skip
            db.session.commit()
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
        else:
            flash("Vastgelegd. Ontheffingen die hierop rusten, lopen door.", "ok")
            return go_to(url_for(".index"))
    return _page(refused=form, status=422)


def _offer(form: Any) -> None:
    """Fill in the duties, of today and of the days to come."""
    if not hasattr(form, "lifts"):
        return
    coming = queries.reference_for(db.session(), current_actor())["verplichting"]
    known = {
        duty.code: duty.name for duty in coming if not duty.valid_to or duty.valid_to > today()
    }
    form.lifts.choices = [SelectChoice(code, f"{name} ({code})") for code, name in known.items()]


def _page(
    kind: str | None = None,
    form: BaseForm | None = None,
    *,
    refused: RetireForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    actor = current_actor()
    rows = queries.reference_for(db.session(), actor)
    operator = actor.organisation_kind is OrganisationKind.OPERATOR
    may_manage = may(actor, Action.GROUNDS_MANAGE) and operator
    forms: dict[str, BaseForm] = {}
    for word, made in FORMS.items() if may_manage else ():
        forms[word] = form if form is not None and word == kind else made(formdata=None)
        _offer(forms[word])
        for field in forms[word]:
            field.id = f"{field.name}-{word}"  # several forms on one page
    return render_page(
        "grounds/index.html", status=status, rows=rows, titles=TITLES, forms=forms, unfolded=kind,
        refused=refused, duties=queries.duties_on(db.session(), today()),
        lifted=queries.lifted_words, day=today(),
    )  # fmt: skip
