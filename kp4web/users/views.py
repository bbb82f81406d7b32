"""Users and their roles: list, create, change roles, new password, close."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from kp4web.domain.actor import ROLES_OF, Role
from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import Action
from kp4web.extensions import db
from kp4web.users import commands, queries
from kp4web.users.forms import PhoneForm, RolesForm, UserForm, role_choices, roles_of
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now
from kp4web.web.htmx import render_page

bp = Blueprint("users", __name__, url_prefix="/beheer/gebruikers")


@bp.get("")
@requires(Action.USERS_MANAGE)
def index() -> ResponseReturnValue:
    """List the users, open accounts first; ``gesloten=1`` shows the closed ones."""
    closed = request.args.get("gesloten") == "1"
    users = queries.users_for(db.session(), current_actor())
    return render_page(
        "users/index.html", closed=closed,
        users=[user for user in users if (user.closed_at is not None) is closed],
        running=sum(user.closed_at is None for user in users), total=len(users),
    )  # fmt: skip


@bp.get("/nieuw")
@requires(Action.USERS_MANAGE)
def new() -> ResponseReturnValue:
    """Show the form for a new account."""
    return render_page("users/new.html", form=_user_form())


@bp.post("")
@requires(Action.USERS_MANAGE)
def create() -> ResponseReturnValue:
    """Create the account and show its first password, once: 200, or 422 with the form."""
    form = _user_form()
    if not form.validate_on_submit():
        return render_page("users/new.html", status=422, form=form)
    try:
        user, password = commands.create_user(
            db.session(), current_actor(), form.command(), now=now()
        )
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return render_page("users/new.html", status=422, form=form)
    db.session.commit()
    return render_page("users/password.html", email=user.email, password=password, made=True)


def _user_form() -> UserForm:
    form = UserForm()
    places = queries.organisations_for(db.session(), current_actor())
    form.organisation.choices = [SelectChoice(place.id, place.name) for place in places]
    kinds = {place.kind for place in places}
    form.roles.choices = role_choices(
        role for role in Role if any(role in ROLES_OF[kind] for kind in kinds)
    )
    return form


@bp.get("/<id:user_id>")
@requires(Action.USERS_MANAGE)
def edit(user_id: int) -> ResponseReturnValue:
    """Show one user with the roles to change."""
    user = queries.user_for(db.session(), current_actor(), user_id)
    return _edit(user, _roles_form(user, fresh=True))


def _roles_form(user: queries.UserLine, *, fresh: bool = False) -> RolesForm:
    form = RolesForm(formdata=None) if fresh else RolesForm()
    form.roles.choices = role_choices(ROLES_OF[user.organisation_kind])
    if fresh:
        form.roles.data = [str(role) for role in user.roles]
    return form


def _edit(
    user: queries.UserLine, form: RolesForm, status: int = 200, phone: PhoneForm | None = None
) -> ResponseReturnValue:
    own = user.id == current_actor().id
    phone = phone or PhoneForm(formdata=None, phone=user.phone)
    return render_page("users/edit.html", status=status, user=user, form=form, own=own, phone=phone)


@bp.post("/<id:user_id>/telefoon")
@requires(Action.USERS_MANAGE)
def update_phone(user_id: int) -> ResponseReturnValue:
    """Set the phone number of a user: 303, or 422 with the form."""
    user, form = queries.user_for(db.session(), current_actor(), user_id), PhoneForm()
    if form.validate_on_submit():
        try:
            commands.change_phone(
                db.session(), current_actor(), user_id, form.phone.data or "", now=now()
            )
            db.session.commit()
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
        else:
            flash("Het telefoonnummer is opgeslagen.", "ok")
            return redirect(url_for(".edit", user_id=user_id), 303)
    return _edit(user, _roles_form(user, fresh=True), 422, form)


@bp.post("/<id:user_id>/rollen")
@requires(Action.USERS_MANAGE)
def update_roles(user_id: int) -> ResponseReturnValue:
    """Give the user exactly the ticked roles: 303, or 422 with the form."""
    user = queries.user_for(db.session(), current_actor(), user_id)
    form = _roles_form(user)
    if not form.validate_on_submit():
        return _edit(user, form, 422)
    try:
        commands.change_roles(
            db.session(), current_actor(), user_id, roles_of(form.roles.data), now=now()
        )
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _edit(user, form, 422)
    db.session.commit()
    flash("De rollen zijn veranderd. Deze gebruiker moet opnieuw inloggen.")
    return redirect(url_for(".edit", user_id=user_id), 303)


@bp.post("/<id:user_id>/wachtwoord")
@requires(Action.USERS_MANAGE)
def create_password(user_id: int) -> ResponseReturnValue:
    """Give a new first password and show it once."""
    user, password = commands.reset_password(db.session(), current_actor(), user_id, now=now())
    db.session.commit()
    return render_page("users/password.html", email=user.email, password=password, made=False)


@bp.post("/<id:user_id>/sluiting")
@requires(Action.USERS_MANAGE)
def close(user_id: int) -> ResponseReturnValue:
    """Close the account: 303 to the list, or 422 with what stands in the way."""
    user = queries.user_for(db.session(), current_actor(), user_id)
    try:
        commands.close_user(db.session(), current_actor(), user_id, now=now())
    except InvalidInput as error:
        db.session.rollback()
        form = _roles_form(user, fresh=True)
        form.refuse(error)
        return _edit(user, form, 422)
    db.session.commit()
    flash("Het account is gesloten.")
    return redirect(url_for(".index"), 303)
