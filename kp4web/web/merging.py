"""
Two editors of one record: a form carries what it was based on, and nothing is overwritten unseen.

``begin`` marks a form with the values it starts with; ``csrf(form)`` prints the mark. When it
comes back, ``merge`` compares it with what stands now (read under the lock of the record): what
only one side changed is taken over, what both changed is a clash. Then the same form is given back
with 409, and the macro ``field`` draws both versions. It works for any ``BaseForm``: a view hands
the values that the form would be filled with today.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from wtforms import Field, FieldList, HiddenField, SelectField, TextAreaField
from wtforms.csrf.core import CSRFTokenField

from kp4web.crypto import vault
from kp4web.domain.dates import dutch_date
from kp4web.domain.merging import Side, side_of
from kp4web.web.drafts import BASIS
from kp4web.web.forms import BaseForm

CHOICE, NOW, MINE = "keuze-", "nu", "mijn"
ASKED = "kies"
"""Names the fields for which a choice was asked."""
CLASH = "Iemand anders heeft dit ook gewijzigd. Kies wat u wilt bewaren."
CLASH_TEXT = "Iemand anders heeft dit ook gewijzigd. Maak er 1 tekst van."
_MARK = 16
_APART = frozenset({"bsn"})
"""Fields that a form never shows filled in, so that there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed: both versions in words."""

    theirs: tuple[str, ...]
    mine: tuple[str, ...]
    is_text: bool


def begin(form: BaseForm, current: Mapping[str, Any] | None = None) -> BaseForm:
    """Mark the form with what it is based on: what stands in it, or the values given."""
    start = form if current is None else _filled(form, current)
    form.based_on = " ".join(f"{f.name}:{_mark(f)}" for f in _compared(start))
    return form


def merge(form: BaseForm, current: Mapping[str, Any]) -> bool:
    """
    Bring what was typed together with what stands now; return whether it can be saved.

    Otherwise the fields that clash carry ``clash`` and an error. Either way the form is based on
    what stands now from here on, and ``taken_over`` names what the other changed.
    """
    marks = dict(part.partition(":")[::2] for part in request.form.get(BASIS, "").split())
    stands = _filled(form, current)
    begin(form, current)
    taken = []
    for field in _compared(form):
        there = stands[field.name]
        if not _was_sent(field) or request.form.get(f"{CHOICE}{field.name}") == NOW:
            _take(field, there)
            continue
        side = side_of(was=marks.get(field.name), mine=_mark(field), theirs=_mark(there))
        unanswered = field.name in request.form.getlist(ASKED) and _choice(field) is None
        if side is Side.BOTH or (unanswered and _mark(field) != _mark(there)):
            _clash(field, there)
            form.clashes = True
        elif side is Side.THEIRS:
            taken.append(field.label.text)
            _take(field, there)
    form.taken_over = tuple(taken)
    return not form.clashes


def said(form: BaseForm) -> str | None:
    """Return the sentence about what was taken over from the other, or ``None``."""
    if not form.taken_over:
        return None
    return f"Een ander wijzigde intussen: {', '.join(form.taken_over)}. Dat is bewaard."


def _filled(form: BaseForm, current: Mapping[str, Any]) -> BaseForm:
    """Return a form of the same kind that holds what stands now."""
    twin = type(form)(formdata=None, data=dict(current))
    for field in form:
        if isinstance(field, SelectField):
            twin[field.name].choices = field.choices
    return twin


def _compared(form: BaseForm) -> Iterator[Field]:
    for field in form:
        if not isinstance(field, HiddenField | CSRFTokenField) and field.name not in _APART:
            yield field


def _was_sent(field: Field) -> bool:
    rows = f"{field.name}-"
    return field.name in request.form or any(name.startswith(rows) for name in request.form)


def _choice(field: Field) -> str | None:
    return request.form.get(f"{CHOICE}{field.name}")


def _mark(field: Field) -> str:
    """Return a short keyed hash of what stands in a field."""
    return vault.keyed_hash(repr((field.name, _plain(field))), purpose="basis")[:_MARK]


def _plain(field: Field) -> Any:
    """Return what stands in a field, the same for what was typed and for what was stored."""
    if isinstance(field, FieldList):
        rows = [[_plain(leaf) for leaf in _leaves(entry)] for entry in field.entries]
        return [row for row in rows if any(row)]
    if field.data is None:
        return (field.raw_data or [""])[0]
    if isinstance(field.data, date):
        return field.data.isoformat()
    return str(field.data).replace("\r\n", "\n").strip()


def _leaves(entry: Any) -> list[Field]:
    return [leaf for leaf in entry.form if not isinstance(leaf, CSRFTokenField)]


def _take(field: Field, there: Field) -> None:
    """Put what stands now in the field, as if it had been sent."""
    field.process(None, there.data)
    if not isinstance(field, FieldList):
        field.raw_data = [str(_plain(there))]


def _clash(field: Field, there: Field) -> None:
    is_text = isinstance(field, TextAreaField)
    field.clash = Clash(tuple(_words(there)), tuple(_words(field)), is_text)
    field.errors = [CLASH_TEXT if is_text else CLASH]


def _words(field: Field) -> Iterator[str]:
    """Yield what stands in a field as people read it; a line for each row."""
    if isinstance(field, FieldList):
        for entry in field.entries:
            parts = [word for leaf in _leaves(entry) for word in _words(leaf) if _plain(leaf)]
            if parts:
                yield ", ".join(parts)
    elif isinstance(field, SelectField):
        labels = {str(choice.value): str(choice.label) for choice in field.choices or ()}
        yield labels.get(str(field.data), "")
    elif isinstance(field.data, date):
        yield dutch_date(field.data)
    else:
        yield str(_plain(field))
