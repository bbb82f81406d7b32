"""The form about the digest by e-mail."""

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from kp4web.digest.commands import SetDigest
from kp4web.domain.digest import WEEKDAYS, Rhythm
from kp4web.web.forms import BaseForm, chosen


class DigestForm(BaseForm):
    """How often, and on which day when it is once a week."""

    rhythm = RadioField(
        "Hoe vaak?",
        validators=[chosen],
        choices=[SelectChoice(rhythm.value, rhythm.label) for rhythm in Rhythm],
    )
    weekday = SelectField(
        "Op welke dag van de week?",
        default="0",
        choices=[SelectChoice(str(number), name) for number, name in enumerate(WEEKDAYS)],
    )

    def command(self) -> SetDigest:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        return SetDigest(rhythm=Rhythm(self.rhythm.data), weekday=int(self.weekday.data))
