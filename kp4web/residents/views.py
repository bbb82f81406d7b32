"""Forms about the person of a dossier: data, people around the resident, household."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import Action
from kp4web.dossiers.commands import record_in
from kp4web.extensions import db
from kp4web.residents import commands, queries
from kp4web.residents.forms import ContactForm, MemberForm, PersonForm
from kp4web.residents.queries import Editable
from kp4web.web import drafts, merging
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.forms import BaseForm
from kp4web.web.htmx import go_to, render_page
from kp4web.web.once import once
from kp4web.web.transactions import become_writer

bp = Blueprint("residents", __name__)
AnyForm = TypeVar("AnyForm", bound=BaseForm)


@bp.get("/dossiers/<number:number>/inwoner")
@requires(Action.CLIENT_CHANGE)
def edit(number: str) -> ResponseReturnValue:
    """Show the form with the data of the resident."""
    person = queries.person_for(db.session(), current_actor(), number)
    form = drafts.restored(PersonForm, person.ref.id, data=_known(person))
    return _form_page("residents/edit.html", person, form)


@bp.post("/dossiers/<number:number>/inwoner")
@requires(Action.CLIENT_CHANGE)
def update(number: str) -> ResponseReturnValue:
    """Change the data: 303 to the dossier, 422 with everything typed, 409 beside another's."""
    form = PersonForm()
    if drafts.keeps():
        ref = queries.person_for(db.session(), current_actor(), number).ref
        return drafts.keep(form, ref.id)
    person = queries.person_for(db.session(), current_actor(), number, lock=True)
    return _save(
        form, person, "residents/edit.html", "De gegevens zijn opgeslagen.",
        lambda: commands.change_client(
            db.session(), current_actor(), number, form.command(), now=now(), today=today()
        ),
    )  # fmt: skip


@bp.get("/dossiers/<number:number>/betrokkenen/nieuw")
@requires(Action.CLIENT_CHANGE)
def new_contact(number: str) -> ResponseReturnValue:
    """Show the empty form for somebody around the resident."""
    contact = queries.contact_for(db.session(), current_actor(), number)
    return _form_page("residents/contact.html", contact, _filled(ContactForm, contact))


@bp.post("/dossiers/<number:number>/betrokkenen/nieuw")
@requires(Action.CLIENT_CHANGE)
@once
def create_contact(number: str) -> ResponseReturnValue:
    """Add somebody around the resident: 303 to the dossier, or 422."""
    return _save_contact(number, None, "De betrokkene is toegevoegd.")


@bp.get("/dossiers/<number:number>/betrokkenen/<id:contact_id>")
@requires(Action.CLIENT_CHANGE)
def edit_contact(number: str, contact_id: int) -> ResponseReturnValue:
    """Show the form with what is known of somebody around the resident."""
    contact = queries.contact_for(db.session(), current_actor(), number, contact_id)
    return _form_page("residents/contact.html", contact, _filled(ContactForm, contact))


@bp.post("/dossiers/<number:number>/betrokkenen/<id:contact_id>")
@requires(Action.CLIENT_CHANGE)
def update_contact(number: str, contact_id: int) -> ResponseReturnValue:
    """Change or end somebody's involvement: 303 to the dossier, or 422."""
    return _save_contact(number, contact_id, "De betrokkene is opgeslagen.")


def _save_contact(number: str, contact_id: int | None, done: str) -> ResponseReturnValue:
    contact = queries.contact_for(db.session(), current_actor(), number, contact_id, lock=True)
    form = ContactForm()
    return _save(
        form, contact, "residents/contact.html", done,
        lambda: commands.save_contact(
            db.session(), current_actor(), number, form.command(), contact_id=contact_id,
            now=now(), today=today(),
        ),
    )  # fmt: skip


@bp.get("/dossiers/<number:number>/gezinsleden/nieuw")
@requires(Action.CLIENT_CHANGE)
def new_member(number: str) -> ResponseReturnValue:
    """Show the empty form for somebody in the household."""
    member = queries.member_for(db.session(), current_actor(), number)
    return _form_page("residents/member.html", member, _filled(MemberForm, member))


@bp.post("/dossiers/<number:number>/gezinsleden/nieuw")
@requires(Action.CLIENT_CHANGE)
@once
def create_member(number: str) -> ResponseReturnValue:
    """Add somebody to the household: 303 to the dossier, or 422."""
    return _save_member(number, None, "Het gezinslid is toegevoegd.")


@bp.get("/dossiers/<number:number>/gezinsleden/<id:member_id>")
@requires(Action.CLIENT_CHANGE)
def edit_member(number: str, member_id: int) -> ResponseReturnValue:
    """Show the form with what is known of somebody in the household."""
    member = queries.member_for(db.session(), current_actor(), number, member_id)
    return _form_page("residents/member.html", member, _filled(MemberForm, member))


@bp.post("/dossiers/<number:number>/gezinsleden/<id:member_id>")
@requires(Action.CLIENT_CHANGE)
def update_member(number: str, member_id: int) -> ResponseReturnValue:
    """Change what is known of somebody in the household: 303 to the dossier, or 422."""
    return _save_member(number, member_id, "Het gezinslid is opgeslagen.")


def _save_member(number: str, member_id: int | None, done: str) -> ResponseReturnValue:
    member = queries.member_for(db.session(), current_actor(), number, member_id, lock=True)
    form = MemberForm()
    return _save(
        form, member, "residents/member.html", done,
        lambda: commands.save_member(
            db.session(), current_actor(), number, form.command(), member_id=member_id,
            now=now(), today=today(),
        ),
    )  # fmt: skip


def _filled(kind: type[AnyForm], editable: Editable) -> AnyForm:
    """Return the form with what is known."""
    return kind(formdata=None, data=_known(editable))


def _known(editable: Editable) -> dict[str, Any]:
    """Return what is known as a form holds it; a choice stands in it by its value."""
    return {name: value or "" if name in _CHOICES else value
            for name, value in editable.values.items()}  # fmt: skip


_CHOICES = frozenset({"contact_preference", "relation"})


def _save(
    form: BaseForm, editable: Editable, template: str, done: str, command: Callable[[], object]
) -> ResponseReturnValue:
    """Carry out the command and go to the dossier, or show the form again with its errors."""
    if editable.values and not merging.merge(form, _known(editable)):
        db.session.rollback()
        return _form_page(template, editable, form, status=409)
    if form.validate_on_submit():
        try:
            command()
            if form.draft:
                drafts.forget(form, editable.ref.id)
            db.session.commit()
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
        else:
            flash(done, "ok")
            if others := merging.said(form):
                flash(others, "info")
            return go_to(url_for("timeline.show", number=editable.ref.number))
    return _form_page(template, editable, form, status=422)


def _form_page(
    template: str, editable: Editable, form: BaseForm, *, status: int = 200
) -> ResponseReturnValue:
    """Log whom the form is about, then show it; a form that comes back was logged before."""
    ref = editable.ref
    if status == 200:
        if editable.values and not form.saved:
            merging.begin(form)
        become_writer()
        record_in(db.session(), current_actor(), ref, "client_read", now=now())
        db.session.commit()
    return render_page(
        template, fragment="form", status=status, number=ref.number, person=editable.person,
        form=form, is_new=not editable.values, writes_approach=editable.writes_approach,
        known=editable.values, back=url_for("timeline.show", number=ref.number),
    )  # fmt: skip
