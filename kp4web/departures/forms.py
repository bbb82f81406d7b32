"""The form to offer a dossier to the work agency."""

from wtforms import BooleanField, TextAreaField

from kp4web.departures.commands import NOTE_MAX, OfferDossier
from kp4web.domain.drafts import DraftRule
from kp4web.web.forms import BaseForm, at_most, filled


class OfferDossierForm(BaseForm):
    """The hand-over report with which a dossier is offered to the work agency."""

    draft = DraftRule("overdragen", "Overdracht aan Werkzaak", "departures.show")

    note = TextAreaField("Overdrachtsverslag", [filled, at_most(NOTE_MAX)])
    talk_wanted = BooleanField("Ik wil een gezamenlijk gesprek (warme overdracht)")

    def command(self) -> OfferDossier:
        """Return the command."""
        return OfferDossier(self.note.data or "", talk_wanted=bool(self.talk_wanted.data))
