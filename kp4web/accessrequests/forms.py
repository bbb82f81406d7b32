"""Forms of access requests: prepare one, or say why it ends."""

from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from kp4web.accessrequests.commands import PrepareRequest
from kp4web.domain.accessrequests import TEXT_LIMIT, IdentityCheck
from kp4web.web.forms import BaseForm, DayField, at_most, chosen, filled


class PrepareForm(BaseForm):
    """When the request came and how identity was checked; nothing is chosen beforehand."""

    received_on = DayField("Wanneer kwam het verzoek binnen?", validators=[filled])
    identity = RadioField(
        "Hoe is vastgesteld dat het verzoek van deze inwoner komt?",
        choices=[SelectChoice(kind.value, kind.label) for kind in IdentityCheck],
        validators=[chosen],
    )
    identity_note = TextAreaField("Toelichting", validators=[filled, at_most(TEXT_LIMIT)])

    def command(self) -> PrepareRequest:
        """Return what is asked; call only after ``validate`` returned true."""
        if self.received_on.data is None:
            raise ValueError("validate first")
        return PrepareRequest(
            self.received_on.data, IdentityCheck(self.identity.data), self.identity_note.data or ""
        )


class EndForm(BaseForm):
    """Why a request is withdrawn or sent back."""

    reason = TextAreaField("Waarom?", validators=[filled, at_most(TEXT_LIMIT)])


class ReleaseForm(BaseForm):
    """Nothing to fill in: the button is the decision."""
