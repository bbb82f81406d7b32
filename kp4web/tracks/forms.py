"""Forms about the course of a dossier."""

from datetime import date

from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from kp4web.domain.drafts import DraftRule
from kp4web.domain.tracks import REASON_MAX, StopReason, Subgroup, TrackChange, TrackKind
from kp4web.web.forms import BaseForm, CheckboxesField, DayField, at_most, chosen, filled


class TrackForm(BaseForm):
    """Another track, extending rest, stopping or reopening; the view fills in the choices."""

    draft = DraftRule(
        "traject", "Traject wijzigen", "tracks.edit",
        preset=frozenset({"valid_from", "planned_end", "keep", "keep_asked"}),
    )  # fmt: skip

    kind = RadioField("Nieuw traject", validators=[chosen])
    valid_from = DayField("Vanaf", validators=[filled])
    planned_end = DayField("Rust tot", validators=[Optional()])
    avoid = TextAreaField("Wat u beter kunt vermijden", validators=[at_most(REASON_MAX)])
    keep = CheckboxesField("Opvolgingen die open blijven", coerce=int)
    keep_asked = HiddenField()
    stop_reason = SelectField(
        "Waarom stopt het?",
        default="",
        choices=[
            SelectChoice("", "Kies een reden"),
            *(
                SelectChoice(reason.value, reason.label)
                for reason in StopReason
                if reason is not StopReason.HANDED_OVER  # that takes an accepted hand-over
            ),
        ],
    )
    reason = TextAreaField("Toelichting", validators=[filled, at_most(REASON_MAX)])

    def command(self) -> TrackChange:
        """Return the change; what belongs to another track than the chosen one is left out."""
        kind = TrackKind(self.kind.data)
        rest, stopped = kind is TrackKind.REST, kind is TrackKind.STOPPED
        stop_reason = StopReason(self.stop_reason.data) if self.stop_reason.data else None
        assert self.valid_from.data is not None  # noqa: S101 -- the validator saw to it
        return TrackChange(
            kind=kind,
            valid_from=self.valid_from.data,
            reason=self.reason.data or "",
            planned_end=self.planned_end.data if rest else None,
            stop_reason=stop_reason if stopped else None,
            avoid=(self.avoid.data or "").strip() if rest else "",
        )

    def kept(self) -> frozenset[int] | None:
        """Return the follow-ups to keep, or ``None`` when the form did not ask."""
        return frozenset(self.keep.data or ()) if self.keep_asked.data else None


class SubgroupsForm(BaseForm):
    """The subgroups a dossier is in from a day on."""

    subgroup = CheckboxesField(
        "Subgroepen", choices=[SelectChoice(group.value, group.label) for group in Subgroup]
    )
    since = DayField("Vanaf", validators=[filled])

    def chosen(self) -> frozenset[Subgroup]:
        """Return the ticked subgroups."""
        return frozenset(Subgroup(value) for value in self.subgroup.data or ())

    def day(self) -> date:
        """Return the day; call only after ``validate_on_submit`` returned true."""
        assert self.since.data is not None  # noqa: S101 -- the validator saw to it
        return self.since.data
