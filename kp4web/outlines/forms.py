"""The form of an outline."""

from wtforms import HiddenField, TextAreaField

from kp4web.domain.drafts import About, DraftRule
from kp4web.outlines.commands import LONGEST_NAME, SaveOutline, typed_headings
from kp4web.web.forms import BaseForm, TextLine, at_most, filled

TYPED_LIMIT = 2_000


class OutlineForm(BaseForm):
    """A name, and the headings one a line."""

    draft = DraftRule("sjabloon", "Sjabloon maken", "outlines.new", About.NOTHING)
    of_one = DraftRule(
        "sjabloon-wijzigen", "Sjabloon wijzigen", "outlines.edit", About.NOTHING,
        part="outline_id",
    )  # fmt: skip
    more_drafts = (of_one,)

    name = TextLine("Naam", validators=[filled, at_most(LONGEST_NAME)])
    headings = TextAreaField("Koppen, elke kop op een eigen regel", validators=[
        filled, at_most(TYPED_LIMIT),
    ])  # fmt: skip
    revision = HiddenField()

    def command(self) -> SaveOutline:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        typed = self.revision.data or ""
        whole = typed.isascii() and typed.isdigit() and len(typed) < 10
        name = " ".join((self.name.data or "").split())
        return SaveOutline(
            name, typed_headings(self.headings.data or ""), int(typed) if whole else 0
        )
