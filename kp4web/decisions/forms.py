"""The forms to determine a klantprofiel, and the period of the figures."""

from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from kp4web.decisions.commands import (
    BASIS_REASON_MAX,
    INSTRUMENT_MAX,
    JUSTIFICATION_MAX,
    NOTE_MAX,
    REFERENCE_MAX,
    CorrectProfile,
    DecideProfile,
    Measured,
    Statement,
    check_score,
)
from kp4web.domain.applications import (
    KP4,
    PROFILE_LABELS,
    DecisionBasis,
    LifeArea,
)
from kp4web.domain.drafts import About, DraftRule
from kp4web.domain.errors import InvalidInput
from kp4web.domain.profile_corrections import DecisionContent
from kp4web.web.correcting import WhyForm
from kp4web.web.forms import (
    BaseForm,
    DayField,
    TextLine,
    at_most,
    chosen,
    filled,
    own_submission,
)

PROFILES = [SelectChoice(str(number), f"Klantprofiel {number}") for number in PROFILE_LABELS]


_WITHOUT = (DecisionBasis.CONVERSATION, DecisionBasis.ELSEWHERE)


def _score(_form: BaseForm, field: Field) -> None:
    """Refuse what is no number or colour."""
    try:
        check_score(field.name, field.data or "")
    except InvalidInput as error:
        raise ValidationError(str(error)) from error


class BasisForm(BaseForm):
    """What a klantprofiel rests on without a questionnaire of ours; the page begins with it."""

    basis = RadioField(
        "Waar rust het klantprofiel op?",
        choices=[SelectChoice(basis.value, basis.label) for basis in _WITHOUT],
        validators=[chosen],
    )
    basis_reason = TextAreaField(
        "Waarom is er geen vragenlijst?", validators=[at_most(BASIS_REASON_MAX)]
    )
    instrument = TextLine("Met welk instrument?", validators=[at_most(INSTRUMENT_MAX)])
    measured_on = DayField("Gemeten op", validators=[Optional()])
    measured_profile = SelectField(
        "Klantprofiel volgens de meting",
        choices=[SelectChoice("", "Niet genoemd"), *PROFILES], default="",
    )  # fmt: skip
    reference = TextLine("Kenmerk van de meting", validators=[at_most(REFERENCE_MAX)])
    score_work = TextLine(LifeArea.WORK.label, validators=[_score])
    score_health = TextLine(LifeArea.HEALTH.label, validators=[_score])
    score_social = TextLine(LifeArea.SOCIAL.label, validators=[_score])
    score_housing_money = TextLine(LifeArea.HOUSING_MONEY.label, validators=[_score])
    score_justice = TextLine(LifeArea.JUSTICE.label, validators=[_score])

    def validate_basis_reason(self, field: TextAreaField) -> None:
        """Without a questionnaire the reason is part of the decision."""
        without = self.basis.data == DecisionBasis.CONVERSATION
        if without and not (field.data or "").strip():
            raise ValidationError("Schrijf waarom er geen vragenlijst is.")

    def validate_instrument(self, field: TextLine) -> None:
        """A measurement is named by its instrument."""
        if self.is_elsewhere and not field.data:
            raise ValidationError("Schrijf met welk instrument er is gemeten.")

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; a measurement needs its date (an empty one is optional otherwise)."""
        valid = super().validate(extra_validators)
        if self.is_elsewhere and not self.measured_on.data and not self.measured_on.errors:
            self.measured_on.errors = ["Vul de datum van de meting in."]
            return False
        return valid

    @property
    def is_elsewhere(self) -> bool:
        """Return whether an outcome measured elsewhere was chosen."""
        return bool(self.basis.data == DecisionBasis.ELSEWHERE)

    @property
    def scores(self) -> tuple[TextLine, ...]:
        """Return the field of every life area."""
        return tuple(self[f"score_{area}"] for area in LifeArea)

    @property
    def measured(self) -> Measured | None:
        """Return what was measured elsewhere, when that is what it rests on."""
        if not self.is_elsewhere or self.measured_on.data is None:
            return None
        typed = zip(LifeArea, self.scores, strict=True)
        profile = self.measured_profile.data
        return Measured(
            instrument=self.instrument.data or "", measured_on=self.measured_on.data,
            profile=int(profile) if profile else None, reference=self.reference.data or "",
            scores=tuple((area, field.data) for area, field in typed if field.data),
        )  # fmt: skip


class DecideForm(BaseForm):
    """The klantprofiel and why, from the outcome of a questionnaire; nothing is preselected."""

    draft = DraftRule(
        "profiel", "Profiel vaststellen", "decisions.outcome", About.QUESTIONNAIRE,
        preset=frozenset({"questionnaire"}),
    )  # fmt: skip

    questionnaire = HiddenField()
    profile = RadioField("Klantprofiel", choices=PROFILES, validators=[chosen])
    justification = TextAreaField(
        "Waarom dit klantprofiel?", validators=[filled, at_most(JUSTIFICATION_MAX)]
    )
    note = TextAreaField("Korte overdracht aan Team Sociaal", validators=[at_most(NOTE_MAX)])

    def validate_note(self, field: TextAreaField) -> None:
        """Klantprofiel 4 goes to somebody else: a few words for that person are needed."""
        if self.profile.data == str(KP4) and not (field.data or "").strip():
            raise ValidationError("Schrijf een korte overdracht voor Team Sociaal.")

    def differs_from(self, suggested: int | None) -> bool:
        """Return whether another profile was chosen than the suggestion."""
        chosen_now = self.profile.data
        return bool(suggested and chosen_now in _NUMBERS and chosen_now != str(suggested))

    def command(self, questionnaire_id: int) -> DecideProfile:
        """Return the decision on the outcome of this questionnaire."""
        return self._command(DecisionBasis.QUESTIONNAIRE, questionnaire_id=questionnaire_id)

    def _command(self, basis: DecisionBasis, **more: Any) -> DecideProfile:
        profile = int(self.profile.data)
        return DecideProfile(
            profile=profile, justification=self.justification.data or "", basis=basis,
            note=(self.note.data or "") if profile == KP4 else "", **more,
        )  # fmt: skip


_NUMBERS = {str(number) for number in PROFILE_LABELS}


class DecideWithoutForm(BasisForm, DecideForm):
    """The klantprofiel without a questionnaire of ours: after a talk, or measured elsewhere."""

    draft = DraftRule(
        "profiel-zonder", "Profiel vaststellen", "decisions.new", About.APPLICATION,
        preset=frozenset({"questionnaire"}),
    )  # fmt: skip

    def without_questionnaire(self) -> DecideProfile:
        """Return the decision; what belongs to the other basis is left out."""
        measured = self.measured
        if measured is None:
            return self._command(
                DecisionBasis.CONVERSATION, basis_reason=self.basis_reason.data or ""
            )
        return self._command(DecisionBasis.ELSEWHERE, measured=measured)


class ProfileCorrectionForm(WhyForm, BasisForm):
    """Correct a decision: what was determined, when and on what it rests, as it really was."""

    draft = DraftRule(
        "profiel-correctie", "Profielbepaling corrigeren", "decisions.edit", About.APPLICATION,
        part="decision_id",
    )  # fmt: skip

    decided_on = DayField("Vastgesteld op", validators=[filled])
    profile = RadioField("Klantprofiel", choices=PROFILES, validators=[chosen])
    justification = TextAreaField("Motivering", validators=[filled, at_most(JUSTIFICATION_MAX)])
    note = TextAreaField("Korte overdracht aan Team Sociaal", validators=[at_most(NOTE_MAX)])

    def offer(self, *, with_questionnaire: bool) -> None:
        """Set what the profile can rest on."""
        bases = [basis for basis in DecisionBasis if with_questionnaire or basis in _WITHOUT]
        self.basis.choices = [SelectChoice(basis.value, basis.label) for basis in bases]

    def show(self, content: DecisionContent, *, with_outcome: bool) -> None:
        """Fill in what is known; what a measurement came to only for who reads outcomes."""
        self.profile.data, self.decided_on.data = str(content.profile), content.decided_on
        self.justification.data, self.basis.data = content.justification, content.basis.value
        self.basis_reason.data, self.instrument.data = content.basis_reason, content.instrument
        self.measured_on.data, self.reference.data = content.measured_on, content.reference
        if not with_outcome:
            return
        self.measured_profile.data = str(content.measured_profile or "")
        for area, score in content.scores:
            self[f"score_{area}"].data = score

    @property
    def statement(self) -> Statement:
        """Return why, and on what it was decided."""
        submission = own_submission(self.submission.data)
        return Statement(self.why.data or "", self.known.data or "", submission)

    def correction(self) -> CorrectProfile:
        """Return the correction; what belongs to another basis is left out."""
        decision = DecideProfile(
            profile=int(self.profile.data), justification=self.justification.data or "",
            basis=DecisionBasis(self.basis.data), note=self.note.data or "",
            basis_reason=self.basis_reason.data or "", measured=self.measured,
        )  # fmt: skip
        return CorrectProfile(self.decided_on.data, decision)


class PeriodForm(BaseForm):
    """From which day to which day the figures count; both count too."""

    class Meta(BaseForm.Meta):
        """Only asks, so it needs no token."""

        csrf = False

    van = DayField("Van", validators=[filled])
    tot = DayField("Tot en met", validators=[filled])
    bekend_op = DayField("Zoals bekend op", validators=[Optional()])

    @classmethod
    def asked(cls, given: MultiDict[str, str], *, today: date) -> "PeriodForm":
        """Return the form of an address; what is not in it is this calendar year."""
        known = MultiDict(given)
        known.setdefault("van", date(today.year, 1, 1).isoformat())
        known.setdefault("tot", date(today.year, 12, 31).isoformat())
        return cls(known)

    def validate_tot(self, field: DayField) -> None:
        """Refuse a period that ends before it begins."""
        if self.van.data and field.data and field.data < self.van.data:
            raise ValidationError("Kies een dag op of na de begindag.")
