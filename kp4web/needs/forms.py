"""The form of one heading."""

from typing import ClassVar

from wtforms import HiddenField, TextAreaField

from kp4web.domain.drafts import DraftRule
from kp4web.needs.commands import TEXT_LIMIT, Heading, WriteHeading
from kp4web.web.forms import BaseForm, at_most

NO_VERSION = -1
"""A version that no heading has: what was sent does not say what it rests on."""


class HeadingForm(BaseForm):
    """What stands under one heading, and the version it was read from."""

    drafts: ClassVar[dict[Heading, DraftRule]] = {
        heading: DraftRule(
            f"kop-{heading.slug}", heading.label, "needs.edit", preset=frozenset({"version"}),
            place=(("heading", heading.slug),),
        )
        for heading in Heading
    }  # fmt: skip
    more_drafts = tuple(drafts.values())

    text = TextAreaField("Tekst", validators=[at_most(TEXT_LIMIT)])
    version = HiddenField()
    terug = HiddenField()

    def command(self, heading: Heading) -> WriteHeading:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        typed = self.version.data or ""
        whole = typed.isascii() and typed.isdigit() and len(typed) < 10
        text = (self.text.data or "").replace("\r\n", "\n")
        return WriteHeading(heading, text, int(typed) if whole else NO_VERSION)
