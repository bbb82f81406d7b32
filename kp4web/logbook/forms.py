"""The filters of the log."""

from typing import Any

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, Regexp

from kp4web.domain.policy import Relation
from kp4web.web.forms import BaseForm, DayField, TextLine

RELATIONS_IN_LOG = frozenset(
    {
        Relation.LEAD, Relation.DEPUTY, Relation.COLLEAGUE, Relation.COORDINATOR,
        Relation.WITH_REASON,
    }
)  # fmt: skip
"""What can be asked for; the others are told by the role."""
a_number = Regexp(
    r"(?i)KP4-[0-9]{4}-[0-9]{4,9}\Z",
    message="Schrijf een dossiernummer, bijvoorbeeld KP4-2020-0117.",
)


class LogForm(BaseForm):
    """Who, what and when; sent in the address, so without a token."""

    class Meta(BaseForm.Meta):
        """Nothing is changed by reading."""

        csrf: Any = False

    dossier = TextLine("Dossiernummer", validators=[Optional(), a_number])
    gebruiker = SelectField("Gebruiker", default="")
    handeling = SelectField("Handeling", default="")
    relatie = SelectField(
        "Relatie tot het dossier",
        default="",
        choices=[
            SelectChoice("", "Alle"),
            *(SelectChoice(r.value, r.label) for r in Relation if r in RELATIONS_IN_LOG),
        ],
    )
    van = DayField("Van", validators=[Optional()])
    tot = DayField("Tot en met", validators=[Optional()])

    def offer(self, people: list[tuple[int, str]], acts: list[tuple[str, str]]) -> None:
        """Fill in what can be chosen."""
        everybody, everything = SelectChoice("", "Iedereen"), SelectChoice("", "Alles")
        self.gebruiker.choices = [everybody, *(SelectChoice(str(i), n) for i, n in people)]
        self.handeling.choices = [everything, *(SelectChoice(code, text) for code, text in acts)]
