"""The forms about a hand-over: accept it, send it back, offer it again."""

import re

from wtforms import StringField, TextAreaField
from wtforms.validators import ValidationError

from kp4web.domain.drafts import About, DraftRule
from kp4web.handovers.commands import NOTE_MAX, REASON_MAX, AcceptHandover, ReturnHandover
from kp4web.web.forms import BaseForm, at_most, filled

NUMBER = re.compile(r"KP4-[0-9]{4}-[0-9]{4,9}")


class AcceptForm(BaseForm):
    """Whether the person has a dossier already: its number, or empty for a new one."""

    reopen = StringField("Is dit dezelfde inwoner?")

    def validate_reopen(self, field: StringField) -> None:
        """Refuse what cannot be a dossier number."""
        if field.data and not NUMBER.fullmatch(field.data.strip()):
            raise ValidationError("Kies een van de dossiers die hierbij staan.")

    def command(self) -> AcceptHandover:
        """Return the command; a field that was not sent says nothing about look-alikes."""
        if not self.reopen.raw_data:
            return AcceptHandover(reopen=None)
        return AcceptHandover(reopen=(self.reopen.data or "").strip())


class ReturnForm(BaseForm):
    """Why the receiver sends a hand-over back."""

    draft = DraftRule(
        "terugsturen", "Overdracht terugsturen", "handovers.show", About.HANDOVER
    )  # fmt: skip

    reason = TextAreaField("Waarom stuurt u deze overdracht terug?", [filled, at_most(REASON_MAX)])

    def command(self) -> ReturnHandover:
        """Return the command."""
        return ReturnHandover(self.reason.data or "")


class OfferForm(BaseForm):
    """The note that goes along when an applicant is offered again."""

    draft = DraftRule("aanbieden", "Opnieuw aanbieden", "handovers.new", About.APPLICATION)

    note = TextAreaField("Korte overdracht", [filled, at_most(NOTE_MAX)])
