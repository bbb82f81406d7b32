"""Forms of the work list: move, plan, and what was agreed about the AOW date."""

from datetime import date

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from kp4web.domain.drafts import DraftRule
from kp4web.domain.talks import PLACE_LIMIT
from kp4web.web.forms import BaseForm, DayField, TextLine, TimeField, at_most, chosen, filled
from kp4web.web.talk_fields import TalkFields
from kp4web.worklist.commands import AgreementEnding, NotePension, PlanFollowUp

WHAT_LIMIT = 500
NOTE_LIMIT = 2000


class CompleteForm(BaseForm):
    """Nothing but the token."""


class MoveForm(BaseForm):
    """Another date for a follow-up, and another time and place for a planned talk."""

    due_on = DayField("Nieuwe datum", validators=[filled])
    starts_at = TimeField("Tijd", validators=[])
    place = TextLine("Plaats", validators=[at_most(PLACE_LIMIT)])

    @property
    def new_place(self) -> str | None:
        """Return the place as typed; ``None`` where it was not asked for."""
        return (self.place.data or "") if self.place.raw_data else None

    def day(self) -> date:
        """Return the date; call only after ``validate_on_submit`` returned true."""
        return _day(self.due_on)


class PlanForm(TalkFields):
    """A follow-up beside any conversation; with a time it is a planned talk."""

    due_on = DayField("Wanneer", validators=[filled])
    what = TextLine("Wat spreekt u af", validators=[at_most(WHAT_LIMIT)])

    def command(self) -> PlanFollowUp:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        return PlanFollowUp(
            due_on=_day(self.due_on), what=self.what.data or "",
            user_id=self.user_id, talk=self.talk(),
            is_activation=bool(self.is_activation.data),
            activation_reason=self.activation_reason.data or "",
        )  # fmt: skip


class AgreementForm(BaseForm):
    """How an agreement ended."""

    ending = RadioField(
        "Hoe is de afspraak afgelopen?",
        choices=[SelectChoice(ending.value, ending.label) for ending in AgreementEnding],
        validators=[chosen],
    )

    def chosen_ending(self) -> AgreementEnding:
        """Return the ending; call only after ``validate_on_submit`` returned true."""
        return AgreementEnding(self.ending.data)


class PensionForm(BaseForm):
    """What is known or agreed about the AOW date; ``uitstel`` asks for a date as well."""

    draft = DraftRule("aow", "AOW-datum", "worklist.pension", preset=frozenset({"uitstel"}))

    note = TextAreaField("Wat weet u hierover?", validators=[filled, at_most(NOTE_LIMIT)])
    postponed_to = DayField("Uitstellen tot")
    uitstel = HiddenField()

    def validate_postponed_to(self, field: DayField) -> None:
        """Ask for the date when it is about postponing."""
        if self.uitstel.data:
            filled(self, field)

    def command(self) -> NotePension:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        return NotePension(note=self.note.data or "", postponed_to=self.postponed_to.data)


def _day(field: DayField) -> date:
    day = field.data
    assert isinstance(day, date)  # noqa: S101 -- the validator saw to it
    return day
