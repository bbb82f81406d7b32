"""
Drafts of forms: what is typed is kept on the server until it is sent.

A form says with ``draft`` how; its page opens it with ``restored``, its view keeps what comes in
with the button "Concept bewaren" (``keeps`` and ``keep``) and forgets it when it is carried out
(``forget``). The templates draw ``draft_notice`` and ``draft_button``. Where drafts are stored is
a matter of the feature ``drafts``, which names itself here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from flask import current_app, flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from kp4web.domain.actor import Actor
from kp4web.domain.dates import AMSTERDAM
from kp4web.domain.drafts import NEVER_KEPT, About, DraftRule, rule_of, worth_keeping
from kp4web.extensions import db
from kp4web.web.access import current_actor
from kp4web.web.clock import now
from kp4web.web.forms import FORMS, BaseForm, own_submission
from kp4web.web.htmx import go_to, wants_fragment
from kp4web.web.paths import way_back

AnyForm = TypeVar("AnyForm", bound=BaseForm)
BUTTON = "concept"
"""Name of the button that keeps a draft; its value says whether somebody reads the answer."""
CLOSING = "achtergrond"
BASIS = "based_on"
"""What an editing form was based on (``web.merging``); part of its draft."""
LONGEST_NAME = 60
_HIDDEN = frozenset({"csrf_token", "submission", "terug"}) | NEVER_KEPT
_UNSTORABLE = {0: None} | dict.fromkeys(range(0xD800, 0xE000))
_PARAMETERS = {
    About.DOSSIER: "number", About.APPLICATION: "application_id",
    About.HANDOVER: "handover_id", About.QUESTIONNAIRE: "questionnaire_id",
}  # fmt: skip
_SUBJECTS = {
    About.APPLICATION: "Aanvraag {}", About.HANDOVER: "Overdracht {}",
    About.QUESTIONNAIRE: "Vragenlijst {}",
}  # fmt: skip


class Saved(Protocol):
    """A draft as it is read back."""

    @property
    def fields(self) -> Mapping[str, Sequence[str]]:
        """Return field name to what was typed."""


class Store(Protocol):
    """Where drafts are kept and sent forms are noted."""

    def draft_of(self, session: Session, actor: Actor, form: str, subject_id: int) -> Saved | None:
        """Return the actor's own draft."""

    def save_draft(
        self, session: Session, actor: Actor, rule: DraftRule, subject_id: int,
        fields: Mapping[str, Sequence[str]], *, submission: str | None, now: datetime,
    ) -> object | None:  # fmt: skip
        """Keep what was typed, unless this form was sent meanwhile."""

    def forget_draft(self, session: Session, actor: Actor, form: str, subject_id: int) -> None:
        """Forget the actor's own draft."""

    def claim_form(
        self, session: Session, actor: Actor, submission: str, content: str, *, now: datetime
    ) -> bool:
        """Note that a form is being carried out; false when it was before."""

    def location_of(
        self, session: Session, actor: Actor, submission: str, content: str
    ) -> str | None:
        """Return where a sent form landed."""

    def settle_form(
        self, session: Session, actor: Actor, submission: str, content: str, location: str | None
    ) -> None:
        """Note where a form landed."""


store: Store
"""Set when the feature is loaded."""


def use(chosen: Any) -> None:
    """Name the store; called once, by the feature that keeps drafts."""
    global store
    store = chosen


def rules() -> dict[str, DraftRule]:
    """Return every declared rule by its key."""
    found = (rule for form in FORMS for rule in (form.draft, *form.more_drafts) if rule)
    return {rule.key: rule for rule in found}


def restored(
    kind: type[AnyForm], subject_id: int = 0, *, rule: DraftRule | None = None,
    part: int | None = None, **start: Any,
) -> AnyForm:  # fmt: skip
    """
    Return the form with the draft that was left behind, or as it starts without one.

    ``part`` tells the forms about one subject apart, where the rule names a parameter for it.
    """
    rule = _rule_of(kind, rule, part)
    draft = store.draft_of(db.session(), current_actor(), rule.key, subject_id)
    if draft is None or not worth_keeping(draft.fields, {*rule.preset, BASIS}):
        return kind(formdata=None, **start)
    typed = MultiDict((name, text) for name, texts in draft.fields.items() for text in texts)
    form = kind(formdata=typed)
    form.saved, form.based_on = draft, typed.get(BASIS, "")
    return form


def _rule_of(kind: type[BaseForm], rule: DraftRule | None, part: int | None) -> DraftRule:
    chosen = rule or kind.draft
    assert chosen is not None, f"{kind.__name__} declares no draft"  # noqa: S101
    return chosen if part is None else chosen.of(part)


def keeps() -> bool:
    """Return whether this request keeps a draft, instead of sending the form."""
    return BUTTON in request.form


def keep(
    form: BaseForm, subject_id: int = 0, *, rule: DraftRule | None = None,
    part: int | None = None, page: str | None = None, sent: bool = False,
) -> ResponseReturnValue:  # fmt: skip
    """
    Keep what is typed: the line "Bewaard om", or 303 back to the form (``page``).

    ``sent``: the feature itself knows that this form was sent already, so nothing is kept. Call
    it only for who may fill in this form. Nothing is logged: a draft is its writer's own.
    """
    rule, moment = _rule_of(type(form), rule, part), now()
    draft = None if sent else store.save_draft(
        db.session(), current_actor(), rule, subject_id, _typed(form),
        submission=own_submission(request.form.get("submission")), now=moment,
    )  # fmt: skip
    db.session.commit()
    if request.form[BUTTON] == CLOSING:  # sent while the page was closing: nobody reads an answer
        return "", 204
    if wants_fragment():
        return f"Bewaard om {moment.astimezone(AMSTERDAM):%H:%M}" if draft else ""
    flash("Het concept is bewaard.", "ok")
    back = way_back("")
    return go_to(page or url_for(rule.page, **(request.view_args or {}), terug=back or None))


def _typed(form: BaseForm) -> dict[str, list[str]]:
    """Return the fields worth keeping, without characters that no database takes."""
    return {
        name: [text.translate(_UNSTORABLE) for text in texts]
        for name, texts in request.form.lists()
        if len(name) < LONGEST_NAME
        and name not in _HIDDEN
        and (name.partition("-")[0] in form._fields or name == BASIS)
    }


def forget(
    form: BaseForm, subject_id: int = 0, *, rule: DraftRule | None = None, part: int | None = None
) -> None:
    """Forget the draft of a form that was carried out; in the same transaction."""
    rule = _rule_of(type(form), rule, part)
    store.forget_draft(db.session(), current_actor(), rule.key, subject_id)


@dataclass(frozen=True, slots=True)
class ListedDraft:
    """A draft on a list: where it goes on, and since when it waits."""

    id: int
    words: str
    subject: str
    number: str | None
    when: str
    href: str


def listed(lines: Sequence[Any]) -> list[ListedDraft]:
    """Return the drafts to show; those without anything typed, or of no form, are left out."""
    known = rules() if lines else {}
    return [
        ListedDraft(
            line.id, rule.words, line.name or _SUBJECTS.get(rule.about, "").format(line.subject_id),
            line.number, line.when, _address(rule, line),
        )
        for line in lines
        if (rule := rule_of(known, line.form)) and worth_keeping(line.fields, {*rule.preset, BASIS})
    ]  # fmt: skip


def _address(rule: DraftRule, line: Any) -> str:
    """Return the page of the form; one that is found by its part alone names no subject."""
    parameter = _PARAMETERS.get(rule.about)
    values: dict[str, Any] = dict(rule.place)
    if parameter and current_app.url_map.is_endpoint_expecting(rule.page, parameter):
        values[parameter] = line.number or line.subject_id
    return url_for(rule.page, **values)
