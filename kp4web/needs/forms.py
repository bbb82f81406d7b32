"""The form of one heading."""

from typing import ClassVar

from wtforms import HiddenField, TextAreaField

from kp4web.domain.drafts import DraftRule
from kp4web.needs.commands import TEXT_LIMIT, Heading, WriteHeading
from kp4web.web.forms import BaseForm, at_most


class HeadingForm(BaseForm):
    """What stands under one heading."""

    drafts: ClassVar[dict[Heading, DraftRule]] = {
        heading: DraftRule(
            f"kop-{heading.slug}", heading.label, "needs.edit",
            place=(("heading", heading.slug),),
        )
        for heading in Heading
    }  # fmt: skip
    more_drafts = tuple(drafts.values())

    text = TextAreaField("Tekst", validators=[at_most(TEXT_LIMIT)])
    terug = HiddenField()

    def command(self, heading: Heading, based_on: int) -> WriteHeading:
        """Return the command on top of a version; call only after validation."""
        text = (self.text.data or "").replace("\r\n", "\n")
        return WriteHeading(heading, text, based_on)
