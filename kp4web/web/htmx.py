"""One template, two answers: the whole page, or one block of it for htmx."""

from flask import Response, current_app, make_response, redirect, request, stream_template
from flask import render_template as _render_template  # noqa: TID251 -- the one allowed place
from flask.typing import ResponseReturnValue
from jinja2_fragments import render_block


def wants_fragment() -> bool:
    """
    Return whether htmx 4 will put the answer in a part of the page.

    ``HX-Request`` alone does not tell: a boosted link and a history restore send it too and
    need the whole page.
    """
    restores = request.headers.get("HX-History-Restore-Request") == "true"
    return request.headers.get("HX-Request-Type") == "partial" and not restores


def render_page(
    template_name: str, *, fragment: str | None = None, status: int = 200, **context: object
) -> Response:
    """
    Render the template in full, or only its block ``fragment`` when htmx asks.

    Returns a response that varies on the htmx headers.
    """
    if fragment and wants_fragment():
        current_app.update_template_context(context)
        body = render_block(current_app.jinja_env, template_name, fragment, **context)
    else:
        body = _render_template(template_name, **context)
    response = make_response(body, status)
    response.vary.update(("HX-Request-Type", "HX-History-Restore-Request"))
    return response


def stream_page(template_name: str, **context: object) -> Response:
    """Send the page while it is being made: a part of it may be a generator that works."""
    response = Response(stream_template(template_name, **context), mimetype="text/html")
    response.headers["X-Accel-Buffering"] = "no"  # a proxy passes it on as it comes
    return response


def go_to(path: str) -> ResponseReturnValue:
    """
    Send the browser to another page after a form: 303, or ``HX-Redirect`` when htmx asked.

    A fetch follows a 303 by itself, and the next page would land inside the form. Also when htmx
    takes its block out of a whole page (``hx-select``), which is not asking for a fragment.
    """
    if request.headers.get("HX-Request") != "true":
        return redirect(path, 303)
    return "", 200, {"HX-Redirect": path}
