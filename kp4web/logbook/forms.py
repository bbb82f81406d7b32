"""The filter of the log."""

from typing import Any

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from kp4web.web.forms import BaseForm, DayField


class LogForm(BaseForm):
    """Who, what and when; sent in the address, so without a token."""

    class Meta(BaseForm.Meta):
        """Nothing is changed by reading."""

        csrf: Any = False

    gebruiker = SelectField("Gebruiker", default="")
    handeling = SelectField("Handeling", default="")
    van = DayField("Van", validators=[Optional()])
    tot = DayField("Tot en met", validators=[Optional()])

    def offer(self, people: list[tuple[int, str]], acts: list[tuple[str, str]]) -> None:
        """Fill in what can be chosen."""
        everybody, everything = SelectChoice("", "Iedereen"), SelectChoice("", "Alles")
        self.gebruiker.choices = [everybody, *(SelectChoice(str(i), n) for i, n in people)]
        self.handeling.choices = [everything, *(SelectChoice(code, text) for code, text in acts)]
