"""Forms about a report that was saved: an addition to it, a question about it, the answer."""

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from kp4web.domain.drafts import DraftRule
from kp4web.reports.commands import (
    QUESTION_LIMIT,
    REASON_LIMIT,
    REPORT_LIMIT,
    AdditionKind,
    AddToReport,
    AskQuestion,
)
from kp4web.web.forms import BaseForm, DayField, TextLine, at_most, chosen, own_submission


class AdditionForm(BaseForm):
    """A correction, an addition or the resident's response; what may be chosen depends on who."""

    draft = DraftRule(
        "aanvulling", "Aanvulling bij een gesprek", "reports.new_addition",
        preset=frozenset({"kind"}), part="conversation_id",
    )  # fmt: skip

    kind = RadioField("Wat legt u vast?", validators=[chosen])
    text = TextAreaField(
        "Tekst", validators=[InputRequired("Schrijf de tekst op."), at_most(REPORT_LIMIT)]
    )
    reason = TextLine("Reden", validators=[at_most(REASON_LIMIT)])
    said_on = DayField("Datum van de reactie", validators=[Optional()])
    submission = HiddenField()
    terug = HiddenField()

    def offer(self, *, may_correct: bool) -> None:
        """Offer what this actor may add; with one possibility that one is chosen."""
        kinds = AdditionKind if may_correct else (AdditionKind.RESPONSE,)
        self.kind.choices = [SelectChoice(kind.value, kind.label) for kind in kinds]
        if not may_correct and not self.kind.raw_data:
            self.kind.data = AdditionKind.RESPONSE.value

    def validate_reason(self, field: TextLine) -> None:
        """Ask why, except of a response."""
        if not field.data and self.kind.data in {AdditionKind.CORRECTION, AdditionKind.ADDITION}:
            raise ValidationError("Schrijf kort op waarom u dit corrigeert of aanvult.")

    def command(self) -> AddToReport:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        return AddToReport(
            kind=AdditionKind(self.kind.data),
            text=(self.text.data or "").replace("\r\n", "\n"),
            reason=self.reason.data or "",
            said_on=self.said_on.data,
            submission=own_submission(self.submission.data),
        )


class QuestionForm(BaseForm):
    """What a coordinator asks about a conversation."""

    draft = DraftRule(
        "vraag", "Vraag over een gesprek", "reports.questions", part="conversation_id"
    )

    question = TextAreaField(
        "Uw vraag", validators=[InputRequired("Schrijf uw vraag op."), at_most(QUESTION_LIMIT)]
    )
    submission = HiddenField()
    terug = HiddenField()

    def command(self) -> AskQuestion:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        text = (self.question.data or "").replace("\r\n", "\n")
        return AskQuestion(text, own_submission(self.submission.data))


class AnswerForm(BaseForm):
    """What the consultant answers."""

    draft = DraftRule("antwoord", "Antwoord op een vraag", "reports.question", part="question_id")

    answer = TextAreaField(
        "Uw antwoord",
        validators=[InputRequired("Schrijf uw antwoord op."), at_most(QUESTION_LIMIT)],
    )
    terug = HiddenField()
