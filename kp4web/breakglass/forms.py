"""The form in which a reason is given, and the period of the overview."""

from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from kp4web.breakglass.commands import OpenWithReason
from kp4web.domain.reasons import REASON_LIMIT
from kp4web.web.forms import BaseForm, DayField, at_most, filled


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


class PeriodForm(BaseForm):
    """Which period: two days in the address, so no token."""

    class Meta(BaseForm.Meta):
        """A form that only asks."""

        csrf = False

    van = DayField("Van", validators=[filled])
    tot = DayField("Tot en met", validators=[filled])

    @classmethod
    def asked(cls, given: MultiDict[str, str], *, today: Any) -> "PeriodForm":
        """Return the form of an address; without days it is this year so far."""
        known = MultiDict(given)
        if not known.get("van") and not known.get("tot"):
            known["van"], known["tot"] = (
                today.replace(month=1, day=1).isoformat(),
                today.isoformat(),
            )
        return cls(known)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check both days, and that the period does not end before it begins."""
        valid = super().validate(extra_validators)
        if valid and self.van.data and self.tot.data and self.tot.data < self.van.data:
            self.tot.errors = ["Deze dag ligt voor de eerste dag."]
            return False
        return valid
