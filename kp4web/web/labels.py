"""The words of a form's fields, for when all that is left of the form is what was sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wtforms.fields.core import UnboundField

from kp4web.web.forms import FORMS, BaseForm

HIDDEN = frozenset(
    {"based_on", "concept", "confirmed", "csrf_token", "keep_asked", "kies", "opvolging", "page",
     "pagina", "participants_asked", "partner_of", "question", "questionnaire", "rij", "shown",
     "revision", "stay", "submission", "terug", "version"}
)  # fmt: skip
"""Fields without words: they go along unseen."""
_UNSEEN = ("was.", "seen.", "vraag.", "keuzes.", "keuze-")
LONG = 60


@dataclass(frozen=True, slots=True)
class Typed:
    """One value that was sent, with the words it has on the screen."""

    name: str
    value: str
    label: str = ""
    words: str = ""
    """The words of a choice; empty for what was typed."""
    is_hidden: bool = False
    """It goes along unseen: nothing to read, or nothing in it."""

    @property
    def is_long(self) -> bool:
        """Return whether it needs more than a line."""
        return len(self.value) > LONG or "\n" in self.value


def labelled(sent: Iterable[tuple[str, str]], feature: str) -> tuple[Typed, ...]:
    """Return what was sent to a feature, in the words of the form that it must have been."""
    pairs = list(sent)
    form = _form_of({name.partition("-")[0] for name, _ in pairs}, feature)
    asked = _asked(pairs)
    return tuple(_typed(name, value, form, asked) for name, value in pairs)


def _form_of(names: set[str], feature: str) -> type[BaseForm] | None:
    """Return the form of this feature that has most of these fields."""
    own = [form for form in FORMS if form.__module__.startswith(f"kp4web.{feature}.")]
    fitting = [(len([n for n in names if _field(form, n)]), form) for form in own]
    most, form = max(fitting, key=lambda each: each[0], default=(0, None))
    return form if most else None


def _field(form: type[BaseForm] | None, name: str) -> UnboundField | None:
    found = getattr(form, name, None)
    return found if isinstance(found, UnboundField) else None


def _typed(
    name: str, value: str, form: type[BaseForm] | None, asked: dict[str, dict[str, str]]
) -> Typed:
    if name in HIDDEN or name.startswith(_UNSEEN) or not value.strip():
        return Typed(name, value, is_hidden=True)
    kind, _, question = name.partition(".")
    if kind in {"answer", "skip"} and question in asked:
        known = asked[question]
        return Typed(name, value, known[""], known.get(value, ""))
    first, *rest = name.split("-")
    field, number = _field(form, first), ""
    if field is not None and len(rest) == 2:
        field, number = _field_of_row(field, rest[1]), f" {int(rest[0]) + 1}"
    if field is None:
        return Typed(name, value, name.replace("_", " ").capitalize())
    label = field.args[0] if field.args else field.kwargs.get("label", name)
    return Typed(name, value, f"{label}{number}", _choices(field).get(value, ""))


def _field_of_row(rows: UnboundField, name: str) -> UnboundField | None:
    """Return a field of the form that stands in every row."""
    inner = rows.args[0] if rows.args else None
    kind = inner.args[0] if isinstance(inner, UnboundField) and inner.args else None
    return _field(kind, name)


def _choices(field: UnboundField) -> dict[str, str]:
    offered: Any = field.kwargs.get("choices")
    if not isinstance(offered, list):
        return {}
    return {str(choice.value): str(choice.label) for choice in offered if choice.value != ""}


def _asked(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, str]]:
    """Return the questions of a questionnaire and the words of their answers, which went along."""
    found: dict[str, dict[str, str]] = {}
    for name, value in pairs:
        kind, _, question = name.partition(".")
        if kind == "vraag":
            found.setdefault(question, {})[""] = value
        elif kind == "keuzes":
            lines = (line.partition("\t") for line in value.splitlines())
            found.setdefault(question, {}).update({key: words for key, _, words in lines})
    return {question: words for question, words in found.items() if "" in words}
