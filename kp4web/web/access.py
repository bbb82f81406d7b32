"""Access at the edge: every endpoint declares its rule, or the app does not start."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from kp4web.domain.actor import Actor
from kp4web.domain.errors import Forbidden, NotSignedIn
from kp4web.domain.policy import Action, require
from kp4web.web.htmx import wants_fragment

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"


def requires(action: Action) -> Callable[[View], View]:
    """Declare the action a view needs."""

    def mark(view: View) -> View:
        view.access = action  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Declare a view open to everyone (sign-in, health)."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def current_actor() -> Actor:
    """Return the signed-in actor; only valid behind ``requires``."""
    return cast(Actor, current_user.actor)


def init_app(app: Flask) -> None:
    """Refuse to start with an undeclared endpoint (``RuntimeError``); then guard each request."""
    rules = {name: getattr(view, "access", None) for name, view in app.view_functions.items()}
    rules["static"] = PUBLIC
    if bare := sorted(name for name, access in rules.items() if access is None):
        raise RuntimeError(f"Endpoints without an access rule: {', '.join(bare)}")

    @app.before_request
    def guard() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # unknown URL: Flask answers 404
        access = rules.get(request.endpoint)
        if access == PUBLIC:
            return None
        if access is None:  # added after start-up: closed, not open
            raise Forbidden("Dit onderdeel heeft geen toegangsregel.")
        if not current_user.is_authenticated:
            if wants_fragment() or request.method != "GET":
                raise NotSignedIn
            return redirect(url_for("accounts.sign_in", verder=_way_back()), 303)
        require(current_actor(), access)
        must_change = current_user.password_is_initial
        if must_change and request.blueprint != "accounts":
            return redirect(url_for("accounts.show"), 303)
        return None


def _way_back() -> str | None:
    """Return the page asked for, to continue there after signing in; none for the start page."""
    path = request.full_path.rstrip("?")
    return None if path == "/" else path
