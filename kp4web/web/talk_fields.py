"""Fields of a planned talk (time, how, how long, where, about activation), and who does it."""

from collections.abc import Iterable

from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from kp4web.domain.talks import PLACE_LIMIT, REASON_LIMIT, TalkHow, TalkPlan
from kp4web.web.forms import BaseForm, TextLine, TimeField, at_most

LONGEST_ID = 10
"""Digits in an id."""
MINUTES = (15, 30, 45, 60, 90, 120)


class TalkFields(BaseForm):
    """A form that may plan a talk; every field is optional, a time makes it a talk."""

    talk_at = TimeField("Tijd", validators=[])
    talk_how = SelectField(
        "Vorm van het gesprek",
        choices=[
            SelectChoice("", "Kies de vorm"),
            *(SelectChoice(how.value, how.label) for how in TalkHow),
        ],
        default="",
    )
    talk_minutes = SelectField(
        "Duur",
        choices=[
            SelectChoice("", "Niet ingevuld"),
            *(SelectChoice(str(number), f"{number} minuten") for number in MINUTES),
        ],
        default="",
    )
    talk_place = TextLine("Plaats", validators=[at_most(PLACE_LIMIT)])
    is_activation = BooleanField("Dit is een activeringsgesprek")
    activation_reason = TextLine(
        "Waarom toch een activeringsgesprek in de rust?", validators=[at_most(REASON_LIMIT)]
    )

    user = SelectField("Wie doet dit", choices=[], validate_choice=False, default="")

    def offer(self, consultants: Iterable[tuple[int, str]]) -> None:
        """Offer these colleagues; without a choice it is for the lead, whoever that is then."""
        named = (SelectChoice(str(user_id), name) for user_id, name in consultants)
        self.user.choices = [SelectChoice("", "De vaste consulent van dit dossier"), *named]

    @property
    def user_id(self) -> int | None:
        """Return the colleague who was named; 0 for what names nobody: the command refuses it."""
        text = self.user.data or ""
        whole = text.isascii() and text.isdigit() and len(text) < LONGEST_ID
        return int(text if whole else 0) if text else None

    @property
    def has_talk(self) -> bool:
        """Return whether something was filled in beside the date."""
        typed = (*(self.talk_at.raw_data or ()), self.talk_how.data, self.talk_minutes.data,
                 self.talk_place.data, self.activation_reason.data)  # fmt: skip
        return bool(self.is_activation.data) or any((text or "").strip() for text in typed)

    @property
    def talk_errors(self) -> bool:
        """Return whether one of these fields was refused."""
        return any(self[name].errors for name in (*TALK_FIELDS, "user"))

    def validate_talk_at(self, field: TimeField) -> None:
        """Ask for the time when something else of a talk was filled in."""
        if field.data is None and not field.process_errors and (
            self.talk_how.data or self.talk_minutes.data or self.talk_place.data
        ):  # fmt: skip
            raise ValidationError("Vul een tijd in, of maak de andere velden van het gesprek leeg.")

    def validate_talk_how(self, field: SelectField) -> None:
        """Ask how people will speak with each other."""
        if self.talk_at.data is not None and not field.data:
            raise ValidationError("Kies de vorm van het gesprek.")

    def validate_activation_reason(self, field: TextLine) -> None:
        """Never drop what was typed: a reason belongs to an activation talk."""
        if field.data and not self.is_activation.data:
            raise ValidationError("Kruis aan dat dit een activeringsgesprek is, of maak dit leeg.")

    def talk(self) -> TalkPlan | None:
        """Return the planned talk, or ``None`` without a time; call only after validation."""
        if self.talk_at.data is None:
            return None
        return TalkPlan(
            self.talk_at.data, TalkHow(self.talk_how.data),
            int(self.talk_minutes.data or 0) or None, self.talk_place.data or "",
        )  # fmt: skip


TALK_FIELDS = (
    "talk_at", "talk_how", "talk_minutes", "talk_place", "is_activation", "activation_reason",
)  # fmt: skip
"""The names of these fields, as a form and a draft hold them."""
