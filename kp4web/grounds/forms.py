"""Forms about reference data: what holds from a day on, and what no longer does."""

from typing import Any

from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms.validators import NumberRange, Optional

from kp4web.grounds.commands import CODE_MAX, NAME_MAX, TEXT_MAX, AnnounceRow
from kp4web.web.forms import BaseForm, CheckboxesField, DayField, TextLine, at_most, filled

MOST_MONTHS = 600


class _RowForm(BaseForm):
    """What every kind of row has; ``kind`` is the word in the address."""

    kind = ""
    code = TextLine("Code", validators=[filled, at_most(CODE_MAX)])
    name = TextLine("Naam", validators=[filled, at_most(NAME_MAX)])
    from_on = DayField("Geldt vanaf", validators=[filled])

    def command(self) -> AnnounceRow:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        assert self.from_on.data is not None  # noqa: S101 -- the validator saw to it
        asked = {"code", "from_on", "csrf_token"}
        values: dict[str, Any] = {
            field.name: self._value(field) for field in self if field.name not in asked
        }
        return AnnounceRow(self.kind, self.code.data or "", self.from_on.data, values)

    @staticmethod
    def _value(field: Any) -> Any:
        if isinstance(field, IntegerField):
            return field.data or 0
        if isinstance(field, CheckboxesField | BooleanField):
            return field.data
        return (field.data or "").strip()


class DutyForm(_RowForm):
    """A duty of the law."""

    kind = "verplichting"
    explanation = TextAreaField("Uitleg", validators=[filled, at_most(TEXT_MAX)])


def _number(label: str) -> IntegerField:
    return IntegerField(label, default=0, validators=[Optional(), NumberRange(0, MOST_MONTHS)])


class GroundForm(_RowForm):
    """A ground of exemption with what it asks; the view fills in the duties."""

    kind = "grond"
    article = TextLine("Artikel", validators=[filled, at_most(NAME_MAX)])
    explanation = TextAreaField("Uitleg", validators=[filled, at_most(TEXT_MAX)])
    lifts = CheckboxesField("Welke verplichtingen gelden dan niet?")
    end_required = BooleanField("Tijdelijk: een einddatum is verplicht", default=True)
    seen_required = BooleanField("‘Gezien op’ in plaats van een kopie")
    on_request = BooleanField("Op verzoek van de inwoner")
    once = BooleanField("Eén keer per persoon")
    max_months = _number("Hoogstens zoveel maanden")
    child_until_years = _number("Tot het jongste kind zo oud is (jaren)")
    plan_months = _number("Plan binnen zoveel maanden")
    review_months = _number("Beoordelen om de zoveel maanden")


class ReasonForm(_RowForm):
    """A category of reasons."""

    kind = "reden"


class WarningForm(_RowForm):
    """The words about the consequence."""

    kind = "waarschuwing"
    name = TextLine("Artikel", validators=[filled, at_most(NAME_MAX)])
    text = TextAreaField("Tekst", validators=[filled, at_most(TEXT_MAX)])


FORMS: dict[str, type[_RowForm]] = {
    form.kind: form for form in (DutyForm, GroundForm, ReasonForm, WarningForm)
}


class RetireForm(BaseForm):
    """From when a code no longer holds."""

    code = TextLine("Code", validators=[filled, at_most(CODE_MAX)])
    on = DayField("Geldt niet meer vanaf", validators=[filled])
