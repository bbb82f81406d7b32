"""The page "Wie ziet wat": the tables of the policy, and why somebody sees something or not."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import Action, Field, document
from kp4web.extensions import db
from kp4web.privacy import queries
from kp4web.privacy.forms import ExplainForm
from kp4web.privacy.queries import Explained
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now
from kp4web.web.htmx import render_page

bp = Blueprint("privacy", __name__, url_prefix="/privacy")


@bp.get("/wie-ziet-wat")
@requires(Action.POLICY_READ)
def show() -> ResponseReturnValue:
    """Show who sees what, and the form that explains one case."""
    return _page(ExplainForm(formdata=None))


@bp.post("/wie-ziet-wat")
@requires(Action.POLICY_READ)
def explain() -> ResponseReturnValue:
    """Explain one case: 200 with the answer, or 422 with the form and what was typed."""
    form, moment = ExplainForm(), now()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        explained = queries.explain_for(
            db.session(), current_actor(), person=(form.person.data or "").strip(),
            field=Field(form.field.data), number=(form.number.data or "").strip().upper(),
            now=moment,
        )  # fmt: skip
    except InvalidInput as error:
        form.refuse(error)
        return _page(form, status=422)
    ref = explained.ref
    record(
        db.session(), current_actor(), "policy_explain", now=moment, about=explained.user_id,
        subjects=[ref.client_id] if ref else (), dossier_id=ref.id if ref else None,
        municipality_id=ref.municipality_id if ref else None,
        relation=ref.relations if ref else (), field=explained.field.value,
    )  # fmt: skip
    db.session.commit()
    return _page(form, explained=explained)


def _page(
    form: ExplainForm, *, status: int = 200, explained: Explained | None = None
) -> ResponseReturnValue:
    return render_page(
        "privacy/show.html", fragment="explanation", status=status, form=form,
        explained=explained, document=document,
    )  # fmt: skip
