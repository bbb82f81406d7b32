"""Forms about versions: the file to add, and from when it is in force."""

from datetime import date

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.validators import ValidationError

from kp4web.web.forms import BaseForm, DayField, chosen, filled


class FileForm(BaseForm):
    """A questionnaire file to add."""

    file = FileField("Bestand (toml)", validators=[FileRequired("Kies een bestand.")])

    def validate_file(self, field: FileField) -> None:
        """Refuse what is no text; what is wrong in the text is told by the reader."""
        self.content = ""
        if field.data:
            try:
                self.content = field.data.read().decode("utf-8")
            except UnicodeDecodeError as error:
                raise ValidationError("Dit is geen tekstbestand in UTF-8.") from error


class ForceForm(BaseForm):
    """From when an organisation uses this version."""

    organisation = SelectField("Organisatie", validators=[chosen])
    from_on = DayField("Vanaf", validators=[filled])

    def from_day(self) -> date:
        """Return the day; call only after ``validate_on_submit`` returned true."""
        day = self.from_on.data
        assert day is not None  # noqa: S101 -- the validator saw to it
        return day
