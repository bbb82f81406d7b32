"""The form in which a reason is given."""

from wtforms import TextAreaField
from wtforms.validators import InputRequired

from kp4web.breakglass.commands import OpenWithReason
from kp4web.domain.reasons import REASON_LIMIT
from kp4web.web.forms import BaseForm, at_most


class ReasonForm(BaseForm):
    """Why somebody has to see this now; nothing is filled in beforehand."""

    reason = TextAreaField(
        "Waarom moet u dit dossier nu inzien?",
        validators=[
            InputRequired("Schrijf op waarom u dit dossier nu moet inzien."),
            at_most(REASON_LIMIT),
        ],
    )

    def command(self) -> OpenWithReason:
        """Return what is asked; call only after ``validate`` returned true."""
        return OpenWithReason(self.reason.data or "")
