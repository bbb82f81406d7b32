"""Signing in and out, and the page of the own account."""

from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from kp4web.accounts import commands, queries
from kp4web.accounts.forms import PasswordForm, SignInForm
from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import Action, may
from kp4web.extensions import db, login, reading
from kp4web.web.access import current_actor, public, requires
from kp4web.web.clock import now
from kp4web.web.htmx import render_page
from kp4web.web.navigation import landing_page

bp = Blueprint("accounts", __name__)
TOUCH_EVERY = timedelta(minutes=1)


@login.request_loader
def load_user(_request: object) -> queries.SignedIn | None:
    """Return who holds the session of this request, and keep that session alive."""
    token = session.get("token")
    if not isinstance(token, str):
        return None
    moment = now()
    user = queries.signed_in(db.session(), commands.token_hash(token), now=moment)
    if user is None or user.expires_at <= moment:
        return None
    if moment - user.last_seen_at > TOUCH_EVERY:
        db.session.rollback()
        was_reading = reading.get()
        reading.set(False)  # this is a write: begin as a writer
        expires_at = commands.touch_session(
            db.session(), user.session_id, now=moment,
            idle=current_app.config["SESSION_IDLE"], longest=current_app.config["SESSION_LONGEST"],
        )  # fmt: skip
        db.session.commit()
        reading.set(was_reading)
        user = replace(user, expires_at=expires_at)
    return user


@bp.get("/inloggen")
@public
def sign_in() -> ResponseReturnValue:
    """Show the sign-in form, or go on when already signed in."""
    if current_user.is_authenticated:
        return redirect(url_for("start.index"), 303)
    form = SignInForm(verder=request.args.get("verder", ""))
    return render_page("accounts/sign_in.html", form=form)


@bp.post("/inloggen")
@public
def create_session() -> ResponseReturnValue:
    """Sign in: 303 to the page asked for, 422 with the form, or 429 after too many failures."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_page("accounts/sign_in.html", status=422, form=form)
    token = commands.sign_in(
        db.session(), _credentials(form), now=now(), idle=current_app.config["SESSION_IDLE"]
    )
    db.session.commit()
    if token is None:
        form.form_errors = [commands.UNKNOWN]
        return render_page("accounts/sign_in.html", status=422, form=form)
    form_token = session.get("csrf_token")
    session.clear()  # a new session at every sign-in ...
    session["csrf_token"] = form_token  # ... but a form waiting in another tab stays good
    session["token"] = token
    return redirect(_onward(form.verder.data), 303)


def _credentials(form: SignInForm) -> commands.SignIn:
    return commands.SignIn(
        email=form.email.data or "", password=form.password.data or "",
        address=request.remote_addr or "", browser=_browser_name(),
    )  # fmt: skip


def _browser_name() -> str:
    """Return a short name of the browser, to recognise an own session by."""
    agent = request.user_agent.string
    names = {"Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    return next((name for mark, name in names.items() if mark in agent), "Onbekende browser")


def _onward(path: str | None) -> str:
    """Return the path when it is one of ours, else the start page (no open redirect)."""
    own = bool(path) and path is not None and path.isprintable()
    if own and path and path.startswith("/") and not path.startswith(("//", "/\\")):
        return path
    return url_for("start.index")


@bp.post("/uitloggen")
@requires(Action.OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End this session and make the browser forget what it kept: 303."""
    commands.end_session(db.session(), current_actor(), current_user.session_id, now=now())
    db.session.commit()
    session.clear()
    flash("U bent uitgelogd.")
    response = redirect(url_for(".sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.get("/account")
@requires(Action.OWN_ACCOUNT)
def show() -> ResponseReturnValue:
    """Show the own account: who am I, running sessions, password."""
    return _account(PasswordForm())


def _account(form: PasswordForm, status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    return render_page(
        "accounts/show.html", status=status, form=form, user=current_user, actor=actor,
        sessions=queries.own_sessions(db.session(), actor, now()),
        roles=", ".join(sorted(role.label for role in actor.roles)),
        has_work=landing_page(actor) is not None, has_worklist=may(actor, Action.WORKLIST_READ),
        can_send=current_app.config["MAIL_SERVER"] is not None,
    )  # fmt: skip


@bp.get("/account/sessie")
@requires(Action.OWN_ACCOUNT)
def extend_session() -> ResponseReturnValue:
    """Let the session go on, for who answers the warning: 204, its end is in a header."""
    return "", 204


@bp.post("/account/wachtwoord")
@requires(Action.OWN_ACCOUNT)
def update_password() -> ResponseReturnValue:
    """Replace the own password: 303, or 422 with the error at the field."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _account(form, 422)
    try:
        commands.change_password(
            db.session(), current_actor(), form.command(), now=now(),
            session_id=current_user.session_id,
        )  # fmt: skip
    except InvalidInput as error:
        db.session.rollback()
        form.refuse(error)
        return _account(form, 422)
    db.session.commit()
    flash("Uw wachtwoord is veranderd. Op andere apparaten bent u uitgelogd.")
    return redirect(url_for(".show"), 303)


@bp.post("/account/sessies/<id:session_id>/einde")
@requires(Action.OWN_ACCOUNT)
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of the own sessions: 303; the current one only through signing out."""
    commands.end_session(db.session(), current_actor(), session_id, now=now())
    db.session.commit()
    flash("Die sessie is beëindigd.")
    return redirect(url_for(".show"), 303)


@bp.get("/sneltoetsen")
@requires(Action.OWN_ACCOUNT)
def shortcuts() -> ResponseReturnValue:
    """Show which keys do something, and whether they do."""
    return render_page("accounts/shortcuts.html", are_on=current_user.shortcuts)


@bp.post("/sneltoetsen")
@requires(Action.OWN_ACCOUNT)
def update_shortcuts() -> ResponseReturnValue:
    """Turn the keys on or off: 303; what is neither leaves them as they are."""
    asked = request.form.get("aan")
    if asked in {"ja", "nee"}:
        commands.set_shortcuts(db.session(), current_actor(), on=asked == "ja")
        db.session.commit()
        flash("Sneltoetsen staan aan." if asked == "ja" else "Sneltoetsen staan uit.")
    return redirect(url_for(".shortcuts"), 303)
