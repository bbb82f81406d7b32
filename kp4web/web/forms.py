"""Base of all forms: Dutch messages from WTForms' own catalogue, text that can be stored."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, ClassVar
from uuid import UUID

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Field, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from kp4web.domain.drafts import DraftRule
from kp4web.domain.errors import InvalidInput
from kp4web.domain.text import is_blank

NOT_STORABLE = (
    "Hier stond een teken dat niet bewaard kan worden. Het is weggehaald; controleer de tekst."
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2199
FORMS: list[type["BaseForm"]] = []
"""Every form there is."""

filled = DataRequired("Vul dit veld in.")
chosen = InputRequired("Maak een keuze.")


def _is_nothing(text: str) -> bool:
    return is_blank(text) and not _UNSTORABLE.search(text)


class BaseForm(FlaskForm):
    """A ``FlaskForm`` in Dutch (needs ``WTF_I18N_ENABLED = False``)."""

    class Meta(FlaskForm.Meta):
        """WTForms looks for these locales in its bundled catalogues."""

        locales: Any = ("nl",)

    draft: ClassVar[DraftRule | None] = None
    """How what is typed here is kept until it is sent; all fields but the hidden ones are."""
    more_drafts: ClassVar[tuple[DraftRule, ...]] = ()
    """The same where one form stands on several pages."""
    saved: Any = None
    """The draft this form was filled with."""
    based_on: str = ""
    """Marks of what an editing form was based on; see ``web.merging``."""
    clashes: bool = False
    """Somebody else changed the same fields."""
    taken_over: tuple[str, ...] = ()
    """Labels of the fields that only somebody else changed."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        FORMS.append(cls)

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        """Read what was sent; text that nobody can see is no text, unless nothing can store it."""
        formdata = self.meta.wrap_formdata(self, formdata)
        if formdata and not self._prefix and hasattr(formdata, "lists"):
            formdata = MultiDict(
                (name, "" if isinstance(text, str) and _is_nothing(text) else text)
                for name, texts in formdata.lists()
                for text in texts
            )
        super().process(formdata, *args, **kwargs)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that no text holds what a database refuses (NUL, half pairs)."""
        valid = super().validate(extra_validators)
        for field in self:
            typed = [text for text in field.raw_data or () if isinstance(text, str)]
            if any(_cleaned(text) != text for text in typed):
                field.errors = [NOT_STORABLE]
                field.raw_data = [_cleaned(text) for text in typed]
                if isinstance(field.data, str):
                    field.data = _cleaned(field.data)
                valid = False
        return bool(valid)

    def refuse(self, error: InvalidInput) -> None:
        """Put a refusal of the domain at its field (or above the form when it has none)."""
        field: Field | None = self._fields.get(error.field)
        if field is None:
            self.form_errors: list[str] = [*self.form_errors, str(error)]
        else:
            field.errors = [*field.errors, str(error)]


class DayField(DateField):
    """A date as the browser sends it (2026-11-22) or as people type it (22-11-2026)."""

    data: date | None

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d-%m-%Y", "%d-%m-%y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date; raise ``ValueError`` with a sentence that says how to write it."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata([valuelist[0].strip()])
        except ValueError as error:
            raise ValueError(
                "Dit is geen bestaande datum. Schrijf bijvoorbeeld 22-11-2026."
            ) from error
        if self.data and not EARLIEST_YEAR <= self.data.year <= LATEST_YEAR:
            self.data = None
            raise ValueError("Dit jaartal kan niet kloppen. Schrijf bijvoorbeeld 22-11-2026.")

    def __call__(self, **kwargs: Any) -> Any:
        """Return the field; as plain text when what was typed is no date: it must not vanish."""
        if self.process_errors:
            kwargs["type"] = "text"
        return super().__call__(**kwargs)

    def _value(self) -> str:
        if self.data is not None:
            return self.data.isoformat()  # the one spelling a date input shows
        return str(self.raw_data[0]) if self.raw_data else ""

    def pre_validate(self, form: Any) -> None:
        """Keep the sentence about a date that does not exist: it is not an empty field."""
        if self.process_errors:
            raise StopValidation


class TimeField(StringField):
    """A time of day as the browser sends it (14:03) or as people type it (14.03)."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the time; raise ``ValueError`` with a sentence that says how to write it."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data: time | None = None
        if not typed:
            return
        for pattern in ("%H:%M", "%H.%M", "%H:%M:%S"):
            try:
                self.data = datetime.strptime(typed, pattern).time()  # noqa: DTZ007 -- no day
            except ValueError:
                continue
            return
        raise ValueError("Dit is geen bestaande tijd. Schrijf bijvoorbeeld 14:03.")

    def __call__(self, **kwargs: Any) -> Any:
        """Return the field; as plain text when what was typed is no time: it must not vanish."""
        kwargs["type"] = "text" if self.process_errors else "time"
        return super().__call__(**kwargs)

    def _value(self) -> str:
        if self.data is not None:
            return f"{self.data:%H:%M}"
        return str(self.raw_data[0]) if self.raw_data else ""

    def pre_validate(self, form: Any) -> None:
        """Keep the sentence about a time that does not exist."""
        if self.process_errors:
            raise StopValidation


class TextLine(StringField):
    """One line of text, without white space around it."""

    data: str | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the text."""
        self.data = valuelist[0].strip() if valuelist else None


class CheckboxesField(SelectMultipleField):
    """Several choices as tick boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def at_most(length: int) -> Any:
    """Return a validator: at most so many characters, with the number typed in the message."""

    def check(_form: Any, field: Field) -> None:
        typed = len(field.data or "")
        if typed > length:
            raise ValidationError(f"Gebruik hier hoogstens {length} tekens. U typte er {typed}.")

    return check


def own_submission(text: str | None) -> str | None:
    """Return the mark of one form in its usual spelling; ``None`` when it is not one of ours."""
    try:
        return str(UUID(text or ""))
    except ValueError:
        return None


def _cleaned(text: str) -> str:
    return _UNSTORABLE.sub("", text)
