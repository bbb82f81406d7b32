"""The administrator's pages of organisations: whom to call, for whom they work, and norms."""

from typing import Any

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from kp4web.domain.actor import OrganisationKind
from kp4web.domain.dates import count_of
from kp4web.domain.due import Norms
from kp4web.domain.errors import InvalidInput
from kp4web.domain.norms import TERMS
from kp4web.domain.policy import Action
from kp4web.dossiers.queries import places_held_by
from kp4web.extensions import db
from kp4web.norms.commands import change_norms
from kp4web.organisations import commands, queries
from kp4web.organisations.forms import NewOrganisationForm, NormsForm, OrganisationForm
from kp4web.organisations.queries import OrganisationRow
from kp4web.web import merging
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now
from kp4web.web.htmx import go_to, render_page
from kp4web.web.once import once

bp = Blueprint("organisations", __name__, url_prefix="/beheer/organisaties")


@bp.get("")
@requires(Action.ORGANISATIONS_MANAGE)
def index() -> ResponseReturnValue:
    """List the organisations that this administrator keeps."""
    rows = queries.organisations_for(db.session(), current_actor())
    return render_page(
        "organisations/index.html", rows=rows, places=queries.municipality_names(db.session()),
        may_add=commands.keeps_all(current_actor()),
    )  # fmt: skip


@bp.get("/nieuw")
@requires(Action.ORGANISATIONS_MANAGE)
def new() -> ResponseReturnValue:
    """Show the form for a new organisation, to the operator."""
    commands.require_keeps_all(current_actor())
    return _new_page(NewOrganisationForm(formdata=None))


@bp.post("")
@requires(Action.ORGANISATIONS_MANAGE)
@once
def create() -> ResponseReturnValue:
    """Add an organisation and go to its page: 303, 403 for other administrators, or 422."""
    commands.require_keeps_all(current_actor())
    form = NewOrganisationForm()
    form.offer()
    if form.validate_on_submit():
        try:
            made = commands.create_organisation(
                db.session(), current_actor(), form.command(), now=now()
            )
            db.session.commit()
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
        else:
            flash(MADE[made.kind], "ok")
            return go_to(url_for(".edit", organisation_id=made.id))
    return _new_page(form, 422)


MADE = {
    OrganisationKind.MUNICIPALITY: "De gemeente is toegevoegd. Vul het telefoonnummer in, en zet"
    " bij Werkzaak aan dat zij voor deze gemeente werkt.",
    OrganisationKind.WORK_AGENCY: "De organisatie is toegevoegd. Controleer voor welke gemeenten"
    " zij werkt.",
}


def _new_page(form: NewOrganisationForm, status: int = 200) -> ResponseReturnValue:
    form.offer()
    return render_page("organisations/new.html", status=status, form=form)


@bp.get("/<id:organisation_id>")
@requires(Action.ORGANISATIONS_MANAGE)
def edit(organisation_id: int) -> ResponseReturnValue:
    """Show one organisation with its forms."""
    return _page(queries.organisation_for(db.session(), current_actor(), organisation_id))


@bp.post("/<id:organisation_id>")
@requires(Action.ORGANISATIONS_MANAGE)
def update(organisation_id: int) -> ResponseReturnValue:
    """Change whom to call and for whom it works: 303, 409 on a clash, or 422."""
    actor = current_actor()
    row = queries.organisation_for(db.session(), actor, organisation_id)
    form = _organisation_form(row, sent=True)
    if not merging.merge(form, _known(row)):
        db.session.rollback()
        return _page(row, form, status=409)
    if form.validate_on_submit():
        try:
            commands.change_organisation(
                db.session(),
                actor,
                organisation_id,
                form.command(),
                guides_in=places_held_by(db.session(), organisation_id),
                now=now(),
            )
            db.session.commit()
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
        else:
            flash("De organisatie is gewijzigd.", "ok")
            return go_to(url_for(".edit", organisation_id=organisation_id))
    return _page(row, form, status=422)


@bp.post("/<id:organisation_id>/normen")
@requires(Action.ORGANISATIONS_MANAGE)
def update_norms(organisation_id: int) -> ResponseReturnValue:
    """Change the norms and every date that follows: 303, 409 on a clash, or 422."""
    actor = current_actor()
    row = queries.organisation_for(db.session(), actor, organisation_id)
    form = NormsForm()
    if row.norms and not merging.merge(form, _norms_of(row.norms)):
        db.session.rollback()
        return _page(row, norms=form, status=409)
    if form.validate_on_submit():
        try:
            number = change_norms(db.session(), actor, organisation_id, form.norms(), now=now())
            db.session.commit()
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
        else:
            done = count_of(number, "dossier is", "dossiers zijn")
            flash(f"De normen zijn bewaard. {done} opnieuw doorgerekend.", "ok")
            return go_to(url_for(".edit", organisation_id=organisation_id))
    return _page(row, norms=form, status=422)


def _organisation_form(row: OrganisationRow, *, sent: bool = False) -> OrganisationForm:
    form = OrganisationForm() if sent else OrganisationForm(formdata=None, data=_known(row))
    keeps_all = commands.keeps_all(current_actor())
    form.narrow(
        may_name=keeps_all, may_serve=keeps_all and row.kind is OrganisationKind.WORK_AGENCY
    )
    if "serves" in form:
        places = queries.municipality_names(db.session())
        form.serves.choices = [SelectChoice(str(one), name) for one, name in places.items()]
    return form


def _known(row: OrganisationRow) -> dict[str, Any]:
    """Return what stands now, in the shape of the form; served municipalities by name."""
    order = [str(one) for one in queries.municipality_names(db.session())]
    served = {str(one) for one in row.serves}
    return {
        "name": row.name, "team": row.team, "phone": row.phone, "reachable": row.reachable,
        "serves": [one for one in order if one in served],
    }  # fmt: skip


def _norms_of(norms: Norms) -> dict[str, int]:
    return {name: getattr(norms, name) for name in TERMS}


def _page(
    row: OrganisationRow,
    form: OrganisationForm | None = None,
    *,
    norms: NormsForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Show an organisation; a form that was not sent holds what stands."""
    if form is None:
        form = _organisation_form(row)
        merging.begin(form)
    if norms is None and row.norms:
        norms = NormsForm(formdata=None, data=_norms_of(row.norms))
        merging.begin(norms)
    return render_page(
        "organisations/edit.html", status=status, row=row, form=form, norms=norms,
        standard=_norms_of(Norms()), terms=TERMS,
    )  # fmt: skip
