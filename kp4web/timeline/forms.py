"""The period of the timeline, as it stands in the address."""

from wtforms.validators import Optional

from kp4web.domain.errors import InvalidInput
from kp4web.web.forms import BaseForm, DayField

TURNED_ROUND = "Deze dag ligt voor de eerste dag. Kies een latere dag."


class PeriodForm(BaseForm):
    """From a day to a day, both included and both optional; it only asks, so no token."""

    class Meta(BaseForm.Meta):
        """A form that only asks."""

        csrf = False

    van = DayField("Van", validators=[Optional()])
    tot = DayField("Tot en met", validators=[Optional()])

    def is_valid(self) -> bool:
        """Check the days, and that the last is not before the first."""
        valid = self.validate()
        if valid and self.van.data and self.tot.data and self.tot.data < self.van.data:
            self.refuse(InvalidInput("tot", TURNED_ROUND))
            return False
        return valid
