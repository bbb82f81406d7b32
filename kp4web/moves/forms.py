"""Choosing the day to which several follow-ups go, and confirming it."""

from datetime import date

from wtforms import SelectMultipleField
from wtforms.validators import Optional

from kp4web.domain.errors import InvalidInput
from kp4web.domain.moves import PlannedMove, move_from, why_no_day
from kp4web.web.forms import BaseForm, DayField


class DayForm(BaseForm):
    """One day for all; it only asks, so no token."""

    class Meta(BaseForm.Meta):
        """A form that only asks."""

        csrf = False

    op = DayField("Allemaal op een andere dag", validators=[Optional()])

    def day(self, today: date) -> date | None:
        """Return the day, or ``None`` when there is none or it cannot be (said at the field)."""
        if not self.validate() or self.op.data is None:
            return None
        if (why := why_no_day(self.op.data, today)) is not None:
            self.refuse(InvalidInput("op", why))
            return None
        return self.op.data


class ConfirmForm(BaseForm):
    """The moves that were shown."""

    verzet = SelectMultipleField("Opvolgingen", choices=[], validate_choice=False)

    def moves(self) -> tuple[PlannedMove, ...]:
        """Return the moves; what names none is left out."""
        found = (move_from(text) for text in self.verzet.data or ())
        return tuple(move for move in found if move is not None)
