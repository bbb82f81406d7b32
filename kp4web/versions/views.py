"""Versions of the questionnaire: which exist, adding one, putting one in force."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.policy import Action, may
from kp4web.domain.questionnaire.definition import BEFORE
from kp4web.domain.questionnaire.reader import DefinitionError, summarise
from kp4web.extensions import db
from kp4web.versions import commands, queries
from kp4web.versions.forms import FileForm, ForceForm
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import render_page

bp = Blueprint("versions", __name__, url_prefix="/beheer/vragenlijsten")


@bp.get("")
@requires(Action.VERSIONS_READ)
def index() -> ResponseReturnValue:
    """Show which version each organisation uses, and every version there is."""
    return _index(FileForm(formdata=None))


def _index(
    form: FileForm, *, error: DefinitionError | None = None, status: int = 200
) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    periods, day = queries.periods_for(session, actor), today()
    return render_page(
        "versions/index.html", status=status, form=form, error=error,
        versions=queries.versions_for(session, actor),
        periods=[period for period in periods if period.valid_to is None or period.valid_to > day],
        may_add=may(actor, Action.VERSIONS_MANAGE), day=day,
    )  # fmt: skip


@bp.post("")
@requires(Action.VERSIONS_MANAGE)
def create() -> ResponseReturnValue:
    """Add a file: 303 to the version, or 422 with the check report."""
    form = FileForm()
    if not form.validate_on_submit():
        return _index(form, status=422)
    try:
        version = commands.add_version(
            db.session(), current_actor(), form.content, now=now(), today=today()
        )
        made = version.id
        db.session.commit()
    except DefinitionError as error:
        db.session.rollback()
        return _index(form, error=error, status=422)
    except DomainError as error:
        db.session.rollback()
        form.refuse(InvalidInput("file", str(error)))
        return _index(form, status=422)
    flash("Het bestand is nagekeken en toegevoegd. Het is nog niet in gebruik.")
    return redirect(url_for(".show", version_id=made), 303)


@bp.get("/<id:version_id>")
@requires(Action.VERSIONS_READ)
def show(version_id: int) -> ResponseReturnValue:
    """Show one version: what is in it, where it is in force, and the form to put it in force."""
    return _show(version_id, _force_form(formdata=None, from_on=today()))


def _force_form(**given: object) -> ForceForm:
    form = ForceForm(**given)
    places = queries.organisations_for(db.session(), current_actor())
    named = [SelectChoice(str(id), name) for id, name in places]
    nobody = [SelectChoice("", "Kies een organisatie")] if named else []
    form.organisation.choices = nobody + named
    return form


def _show(version_id: int, form: ForceForm, *, status: int = 200) -> ResponseReturnValue:
    found = queries.version_for(db.session(), current_actor(), version_id)
    definition = found.definition
    areas = (("Vooraf", BEFORE), *((area.label, area.code) for area in definition.areas))
    return render_page(
        "versions/show.html", status=status, found=found, form=form, day=today(),
        summary=summarise(definition),
        parts=[(label, definition.questions_of(code)) for label, code in areas],
    )  # fmt: skip


@bp.post("/<id:version_id>/ingebruikname")
@requires(Action.VERSIONS_MANAGE)
def put_in_force(version_id: int) -> ResponseReturnValue:
    """Put the version in force from a day: 303 to the version, or 422 with the form."""
    form = _force_form()
    queries.version_for(db.session(), current_actor(), version_id)
    if not form.validate_on_submit():
        return _show(version_id, form, status=422)
    try:
        commands.put_in_force(
            db.session(), current_actor(), int(form.organisation.data), version_id, form.from_day(),
            now=now(), today=today(),
        )  # fmt: skip
        db.session.commit()
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _show(version_id, form, status=422)
    flash("De versie geldt voor nieuwe vragenlijsten vanaf de gekozen dag.")
    return redirect(url_for(".show", version_id=version_id), 303)
