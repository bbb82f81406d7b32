"""
Correcting something recorded wrongly: what it changes is shown first, and exactly that is saved.

One description per kind of fact (``Correcting``) serves both steps; a feature says how its fact is
found, what the form offers, what is looked at and what is saved.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Generic, TypeVar
from uuid import uuid4

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, TextAreaField

from kp4web.domain.corrections import WHY_MAX
from kp4web.domain.errors import InvalidInput
from kp4web.extensions import db
from kp4web.web import drafts
from kp4web.web.forms import BaseForm, at_most, filled

SAVING = "vastleggen"
"""What the button that saves sends as ``stap``; anything else looks first."""


class WhyForm(BaseForm):
    """What every correction asks, and what it carries from looking to saving."""

    why = TextAreaField("Waarom corrigeert u dit?", validators=[filled, at_most(WHY_MAX)])
    known = HiddenField()
    """Names what was known when it was looked at."""
    submission = HiddenField()


FormT = TypeVar("FormT", bound=WhyForm)
SubjectT = TypeVar("SubjectT")
PreviewT = TypeVar("PreviewT")


class Correcting(ABC, Generic[FormT, SubjectT, PreviewT]):
    """How one kind of fact is corrected; ``key`` is what its address names, the fact last."""

    form: ClassVar[Any]
    """The class of its form."""

    @abstractmethod
    def find(self, *key: Any) -> SubjectT:
        """Return the fact within the reach of who may correct it."""

    @abstractmethod
    def draft_of(self, subject: SubjectT) -> int:
        """Return the id of what the draft of its form is about."""

    @abstractmethod
    def fill(self, form: FormT, subject: SubjectT) -> None:
        """Fill in what is known."""

    @abstractmethod
    def offer(self, form: FormT, subject: SubjectT | None) -> None:
        """Set the choices; without a subject everything there is: the command decides then."""

    @abstractmethod
    def preview(self, form: FormT, subject: SubjectT) -> PreviewT:
        """Return what it changes, nothing stored; raises ``InvalidInput``."""

    @abstractmethod
    def save(self, form: FormT, *key: Any) -> int:
        """Carry it out, not committed; returns what ``draft_of`` would."""

    @abstractmethod
    def page(
        self, form: FormT, subject: SubjectT, preview: PreviewT | None, *, status: int
    ) -> ResponseReturnValue:
        """Answer with the page or its block."""

    @abstractmethod
    def landing(self, about: int, *key: Any) -> str:
        """Return the address to go to once it is saved; ``about`` is what ``save`` returned."""

    def edit(self, *key: Any) -> ResponseReturnValue:
        """Show the form as it begins, or with the draft that was left behind."""
        subject = self.find(*key)
        form = drafts.restored(self.form, self.draft_of(subject), part=key[-1])
        if not form.saved:
            self.fill(form, subject)
        self.offer(form, subject)
        form.submission.data = uuid4().hex
        return self.page(form, subject, None, status=200)

    def update(self, *key: Any) -> ResponseReturnValue:
        """Show what it changes, or save it: 303; 422 with the form and what was typed."""
        form = self.form()
        if request.form.get("stap") == SAVING:
            return self._save(form, *key)
        subject = self.find(*key)
        if drafts.keeps():
            return drafts.keep(form, self.draft_of(subject), part=key[-1])
        self.offer(form, subject)
        if form.validate_on_submit():
            try:
                return self.page(form, subject, self.preview(form, subject), status=200)
            except InvalidInput as error:
                form.refuse(error)
        return self.page(form, subject, None, status=422)

    def _save(self, form: FormT, *key: Any) -> ResponseReturnValue:
        self.offer(form, None)
        try:
            if form.validate_on_submit():
                about = self.save(form, *key)
                drafts.forget(form, about, part=key[-1])
                db.session.commit()
                flash("De correctie is vastgelegd. Wat eerder bekend was, blijft leesbaar.")
                return redirect(self.landing(about, *key), 303)
        except InvalidInput as error:
            db.session.rollback()
            form.refuse(error)
        subject = self.find(*key)
        self.offer(form, subject)
        return self.page(form, subject, None, status=422)


def sent(form: WhyForm) -> dict[str, Any]:
    """Return what the page needs to save exactly what was looked at."""
    return {"form": form, "kept": tuple(_kept(form)), "saving": SAVING}


def _kept(form: WhyForm) -> Iterable[tuple[str, str]]:
    """Yield what was sent, but for the token and what is known: both are written anew."""
    for field in form:
        if field.name not in {"csrf_token", "known"}:
            yield from ((field.name, value) for value in request.form.getlist(field.name)[:1])
