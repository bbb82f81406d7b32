"""Forms that correct one fact: what was wrong, what it must be, and why."""

from collections.abc import Iterable
from datetime import date

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from kp4web.corrections.commands import Statement
from kp4web.domain.corrections import (
    ASSIGNMENT_REASON_MAX,
    AssignmentContent,
    AssignmentCorrection,
    TrackContent,
    TrackCorrection,
)
from kp4web.domain.drafts import DraftRule
from kp4web.domain.stretches import Verdict
from kp4web.domain.tracks import REASON_MAX, StopReason, TrackKind
from kp4web.web.correcting import WhyForm
from kp4web.web.forms import DayField, at_most, chosen, own_submission


class CorrectionForm(WhyForm):
    """What is asked of a row in a history; the view fills in what can be said of it."""

    verdict = RadioField("Wat klopt er niet?", validators=[chosen])
    valid_from = DayField("Vanaf", validators=[Optional()])
    reason = TextAreaField("Toelichting", validators=[at_most(REASON_MAX)])
    also_on = DayField("Ook de cijfers van deze dag laten zien", validators=[Optional()])

    @property
    def also(self) -> tuple[date, ...]:
        """Return the day that was asked for, if any."""
        return (self.also_on.data,) if self.also_on.data else ()

    def offer(self, verdicts: Iterable[tuple[Verdict, str]]) -> None:
        """Set what can be said of this fact."""
        self.verdict.choices = [SelectChoice(value.value, text) for value, text in verdicts]

    @property
    def said(self) -> Verdict:
        """Return what was wrong; call only after validation."""
        return Verdict(self.verdict.data)

    @property
    def statement(self) -> Statement:
        """Return why, and on which history it was decided."""
        submission = own_submission(self.submission.data)
        return Statement(self.why.data or "", self.known.data or "", submission)


class TrackCorrectionForm(CorrectionForm):
    """Correct a track."""

    draft = DraftRule(
        "traject-correctie", "Traject corrigeren", "corrections.edit_track", part="track_id"
    )

    kind = RadioField(
        "Traject", choices=[SelectChoice(kind.value, kind.label) for kind in TrackKind],
        validators=[chosen],
    )  # fmt: skip
    planned_end = DayField("Rust tot", validators=[Optional()])
    avoid = TextAreaField("Wat u beter kunt vermijden", validators=[at_most(REASON_MAX)])
    stop_reason = SelectField(
        "Waarom stopte het?",
        default="",
        choices=[
            SelectChoice("", "Kies een reden"),
            *(SelectChoice(reason.value, reason.label) for reason in StopReason),
        ],
    )

    def show(self, content: TrackContent) -> None:
        """Fill in what is known."""
        self.kind.data, self.planned_end.data = content.kind.value, content.planned_end
        self.stop_reason.data = content.stop_reason.value if content.stop_reason else ""
        self.reason.data, self.avoid.data = content.reason, content.avoid

    def correction(self) -> TrackCorrection:
        """Return the correction; what belongs to another track than the chosen one is left out."""
        if self.said is not Verdict.CHANGED:
            return TrackCorrection(self.said)
        kind = TrackKind(self.kind.data)
        rest, stopped = kind is TrackKind.REST, kind is TrackKind.STOPPED
        stop_reason = StopReason(self.stop_reason.data) if self.stop_reason.data else None
        content = TrackContent(
            kind=kind,
            planned_end=self.planned_end.data if rest else None,
            stop_reason=stop_reason if stopped else None,
            reason=(self.reason.data or "").strip(),
            avoid=(self.avoid.data or "").strip() if rest else "",
        )
        return TrackCorrection(self.said, self.valid_from.data, content)


class AssignmentCorrectionForm(CorrectionForm):
    """Correct who held a dossier."""

    draft = DraftRule(
        "toewijzing-correctie", "Toewijzing corrigeren", "corrections.edit_assignment",
        part="assignment_id",
    )  # fmt: skip

    user = SelectField("Consulent", coerce=int)
    valid_to = DayField("Tot", validators=[Optional()])
    reason = TextAreaField("Reden", validators=[at_most(ASSIGNMENT_REASON_MAX)])

    def show(self, content: AssignmentContent) -> None:
        """Fill in what is known."""
        self.user.data, self.reason.data = content.user_id, content.reason

    def correction(self) -> AssignmentCorrection:
        """Return the correction."""
        if self.said is not Verdict.CHANGED:
            return AssignmentCorrection(self.said)
        content = AssignmentContent(self.user.data, (self.reason.data or "").strip())
        return AssignmentCorrection(self.said, self.valid_from.data, self.valid_to.data, content)
