"""The form to accept a hand-over."""

import re

from wtforms import StringField
from wtforms.validators import ValidationError

from kp4web.handovers.commands import AcceptHandover
from kp4web.web.forms import BaseForm

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
