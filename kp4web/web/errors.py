"""Errors to answers: one status per meaning; never at the cost of typed text."""

import logging
from functools import partial

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug import exceptions as http

from kp4web.domain.errors import (
    DomainError,
    Forbidden,
    InvalidInput,
    NotFound,
    NotSignedIn,
    TooMany,
)
from kp4web.extensions import db
from kp4web.web.drafts import keeps
from kp4web.web.htmx import render_page, wants_fragment
from kp4web.web.labels import Typed, labelled

STATUS: dict[type[Exception], int] = {
    NotSignedIn: 401,
    CSRFError: 401,
    Forbidden: 403,
    NotFound: 404,
    InvalidInput: 422,
    TooMany: 429,
    DomainError: 409,
    http.BadRequest: 400,
    http.NotFound: 404,
    http.MethodNotAllowed: 405,
    http.RequestEntityTooLarge: 413,
    IntegrityError: 409,
    OperationalError: 500,
    http.InternalServerError: 500,
}
TEXTS: dict[type[Exception], str] = {
    NotSignedIn: "U bent niet meer ingelogd. Log opnieuw in en verstuur dit nog een keer.",
    CSRFError: "Dit scherm was verlopen. Controleer uw invoer en verstuur het nog een keer.",
    http.BadRequest: "De gegevens kwamen niet goed aan. Probeer het opnieuw.",
    http.NotFound: "Deze pagina bestaat niet of is niet voor u.",
    http.MethodNotAllowed: "Deze pagina bestaat niet of is niet voor u.",
    http.RequestEntityTooLarge: "Dit is te veel tekst om te bewaren. Maak het korter.",
    IntegrityError: (
        "Iemand anders legde net hetzelfde vast. Er is niets veranderd. Kijk wat er nu staat."
    ),
    OperationalError: (
        "De gegevens zijn nu niet bereikbaar. Er is niets veranderd. Probeer het zo weer."
    ),
}
FAILURE = "Er ging iets mis. Er is niets veranderd. Probeer het opnieuw."
NOT_KEPT = {"csrf_token", "password", "new_password", "repeat_password", "bsn"}
logger = logging.getLogger("kp4web")


def init_app(app: Flask) -> None:
    """Register one handler per kind of error."""
    for kind, status in STATUS.items():
        app.register_error_handler(kind, partial(_answer, status=status))


def _answer(error: Exception, *, status: int) -> ResponseReturnValue:
    db.session.rollback()
    if status == 500:
        _ask_the_database_nothing_more()
        cause = getattr(error, "original_exception", None) or error
        # JsonLines writes where it happened, never the message: that can quote personal data
        logger.error("failure", extra={"error": type(cause).__name__}, exc_info=cause)
    response = render_page(
        "errors/error.html", fragment="message", status=status, text=_text(error),
        status_code=status, kept=_typed() if _from_our_own_page() else (),
        retry_url=request.full_path.rstrip("?"),
        renew_token=status == 401 and wants_fragment() and not _is_overtaken_by_sign_in(),
    )  # fmt: skip
    if wants_fragment():  # land in the page's message area, leave the form alone
        response.headers["HX-Retarget"] = "#message"
        response.headers["HX-Reswap"] = "innerHTML"
        if isinstance(error, CSRFError) and current_user.is_authenticated:
            # for draft.js: the same user may send the same form again, by itself
            response.headers["KP4-Token-Renewed"] = str(current_user.actor.id)
    return response


def _is_overtaken_by_sign_in() -> bool:
    """
    Return whether a new token could cost the session of somebody signing in right now.

    A draft is saved by itself, and its answer may come in after that of the sign-in in another
    tab: then its cookie would win. It gets its token from the save after that.
    """
    try:
        return keeps() and not current_user.is_authenticated
    except http.HTTPException:  # what was sent cannot be read, so it is no draft to go on with
        return True


def _ask_the_database_nothing_more() -> None:
    """Show the page as for a visitor when the user was not known yet: asking may fail again."""
    if "_login_user" not in g:
        g._login_user = AnonymousUserMixin()


def _text(error: Exception) -> str:
    if isinstance(error, DomainError) and str(error):
        return str(error)
    for kind, text in TEXTS.items():
        if isinstance(error, kind):
            return text
    return FAILURE


def _typed() -> tuple[Typed, ...]:
    """Return what was typed, to give it back on the error page (without JavaScript)."""
    if request.method != "POST" or wants_fragment() or request.endpoint == "accounts.sign_in":
        return ()
    try:
        fields = request.form.items(multi=True)
        kept = [(name, value) for name, value in fields if name not in NOT_KEPT]
        return labelled(kept, request.blueprint or "")
    except http.HTTPException:  # the body itself could not be read
        return ()


def _from_our_own_page() -> bool:
    """Return whether the browser says this form came from this application."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
