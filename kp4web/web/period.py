"""A period in the address of a page that only reads."""

from datetime import date
from typing import Any, Self

from werkzeug.datastructures import MultiDict

from kp4web.web.forms import BaseForm, DayField, filled


class PeriodForm(BaseForm):
    """Which period: two days in the address, so no token."""

    class Meta(BaseForm.Meta):
        """A form that only asks."""

        csrf = False

    van = DayField("Van", validators=[filled])
    tot = DayField("Tot en met", validators=[filled])

    @classmethod
    def asked(cls, given: MultiDict[str, str], *, since: date, until: date) -> Self:
        """Return the form of an address; without days it is ``since`` until ``until``."""
        known = MultiDict(given)
        if not known.get("van") and not known.get("tot"):
            known["van"], known["tot"] = since.isoformat(), until.isoformat()
        return cls(known)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check both days, and that the period does not end before it begins."""
        valid = super().validate(extra_validators)
        if valid and self.van.data and self.tot.data and self.tot.data < self.van.data:
            self.tot.errors = ["Deze dag ligt voor de eerste dag."]
            return False
        return valid
