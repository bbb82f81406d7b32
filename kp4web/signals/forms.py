"""Forms about a sanction signal: the draft, the judgement and the outcome."""

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from kp4web.domain.drafts import DraftRule
from kp4web.domain.sanctions import TEXT_MAX, SignalGround, SignalOutcome
from kp4web.signals.commands import AnswerSignal, SaveSignal
from kp4web.web.forms import BaseForm, CheckboxesField, DayField, at_most, chosen, filled


class SignalForm(BaseForm):
    """A signal as the lead writes it; the view fills in the evidence to choose from."""

    draft = DraftRule(
        "maatregelsignaal", "Maatregelsignaal", "signals.edit",
        preset=frozenset({"attempts", "revision"}),
    )  # fmt: skip

    ground = RadioField(
        "Waarom geeft u dit signaal?",
        choices=[SelectChoice(ground.value, ground.label) for ground in SignalGround],
        validators=[chosen],
    )
    attempts = CheckboxesField("Contactpogingen sinds het laatste contact", coerce=int)
    agreement = SelectField("Afspraak die de inwoner niet nakwam", default="")
    track_start = StringField("Welk traject begon toen?", validators=[at_most(TEXT_MAX)])
    explanation = TextAreaField("Wat is er gebeurd?", validators=[at_most(TEXT_MAX)])
    culpability = TextAreaField(
        "Kon de inwoner er iets aan doen? (verwijtbaarheid)", validators=[at_most(TEXT_MAX)]
    )
    urgent_reasons = TextAreaField("Zijn er dringende redenen?", validators=[at_most(TEXT_MAX)])
    heard_on = DayField("Gehoord op", validators=[Optional()])
    revision = HiddenField()
    submits = HiddenField()

    def command(self) -> SaveSignal:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        agreement, revision = self.agreement.data or "", self.revision.data or ""
        return SaveSignal(
            ground=SignalGround(self.ground.data),
            explanation=self.explanation.data or "", culpability=self.culpability.data or "",
            urgent_reasons=self.urgent_reasons.data or "", heard_on=self.heard_on.data,
            attempts=frozenset(self.attempts.data or ()),
            agreement_id=int(agreement) if agreement else None,
            track_start=self.track_start.data or "",
            revision=int(revision) if _is_number(revision) else None,
            submits=self.submits.data == "1",
        )  # fmt: skip


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


class StepForm(BaseForm):
    """A step with a reason."""

    reason = TextAreaField("Toelichting", validators=[at_most(TEXT_MAX)])


class OutcomeForm(BaseForm):
    """What the work agency did with the signal."""

    outcome = RadioField(
        "Uitkomst",
        choices=[SelectChoice(outcome.value, outcome.label) for outcome in SignalOutcome],
        validators=[chosen],
    )
    on = DayField("Datum", validators=[filled])
    text = TextAreaField("Toelichting", validators=[filled, at_most(TEXT_MAX)])

    def command(self) -> AnswerSignal:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        assert self.on.data is not None  # noqa: S101 -- the validator saw to it
        return AnswerSignal(SignalOutcome(self.outcome.data), self.on.data, self.text.data or "")
