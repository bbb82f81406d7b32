"""The form that asks why somebody sees a field or not."""

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from kp4web.domain.policy import Field
from kp4web.web.forms import BaseForm, TextLine, at_most, chosen


class ExplainForm(BaseForm):
    """Who, which field, which dossier; no list of people or dossiers."""

    person = TextLine("Wie", validators=[at_most(200)])
    field = SelectField(
        "Wat",
        choices=[
            SelectChoice("", "Kies een gegeven"),
            *(SelectChoice(f.value, f.label) for f in Field),
        ],
        validators=[chosen],
    )
    number = TextLine("Dossiernummer", validators=[at_most(40)])
