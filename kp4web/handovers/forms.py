"""The forms about a hand-over: accept, send back, withdraw, joint talk, feedback."""

import re

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from kp4web.domain.drafts import About, DraftRule
from kp4web.handovers.commands import (
    NOTE_MAX,
    REASON_MAX,
    AcceptDossier,
    AcceptHandover,
    PlanJointTalk,
    ReturnHandover,
)
from kp4web.web.forms import BaseForm, DayField, at_most, filled

NUMBER = re.compile(r"KP4-[0-9]{4}-[0-9]{4,9}")


class AcceptForm(BaseForm):
    """Whether the person has a dossier already: its number, or empty for a new one."""

    reopen = StringField("Is dit dezelfde inwoner?")

    def validate_reopen(self, field: StringField) -> None:
        """Refuse what cannot be a dossier number."""
        if field.data and not NUMBER.fullmatch(field.data.strip()):
            raise ValidationError("Kies een van de dossiers die hierbij staan.")

    def command(self) -> AcceptHandover:
        """Return the command; a field that was not sent says nothing about look-alikes."""
        if not self.reopen.raw_data:
            return AcceptHandover(reopen=None)
        return AcceptHandover(reopen=(self.reopen.data or "").strip())


class ReturnForm(BaseForm):
    """Why the receiver sends a hand-over back."""

    draft = DraftRule(
        "terugsturen", "Overdracht terugsturen", "handovers.show", About.HANDOVER
    )  # fmt: skip

    reason = TextAreaField("Waarom stuurt u deze overdracht terug?", [filled, at_most(REASON_MAX)])

    def command(self) -> ReturnHandover:
        """Return the command."""
        return ReturnHandover(self.reason.data or "")


class OfferForm(BaseForm):
    """The note that goes along when an applicant is offered again."""

    draft = DraftRule("aanbieden", "Opnieuw aanbieden", "handovers.new", About.APPLICATION)

    note = TextAreaField("Korte overdracht", [filled, at_most(NOTE_MAX)])


class WithdrawForm(BaseForm):
    """Taking an offer back asks nothing."""


class CoachForm(BaseForm):
    """Which job coach; empty means the reader."""

    coach = SelectField("Klantmanager", default="")

    def among(self, coaches: tuple[tuple[int, str], ...]) -> None:
        """Offer these job coaches."""
        self.coach.choices = [
            SelectChoice("", "Kies een klantmanager"),
            *(SelectChoice(str(key), name) for key, name in coaches),
        ]

    def chosen(self) -> int | None:
        """Return the id of the one that was chosen."""
        return int(self.coach.data) if self.coach.data else None


class AcceptDossierForm(CoachForm):
    """The reasons for klantprofiel 3, and who takes over."""

    draft = DraftRule(
        "overnemen", "Overdracht accepteren", "handovers.show", About.HANDOVER,
        preset=frozenset({"coach"}),
    )  # fmt: skip

    justification = TextAreaField("Waarom past klantprofiel 3?", [filled, at_most(REASON_MAX)])

    def command(self) -> AcceptDossier:
        """Return the command."""
        return AcceptDossier(self.justification.data or "", self.chosen())


class TalkForm(BaseForm):
    """What is agreed about a joint talk."""

    wanted = BooleanField("We voeren een gezamenlijk gesprek")
    planned_on = DayField("Gepland op", validators=[Optional()])
    held_on = DayField("Gevoerd op", validators=[Optional()])

    def command(self) -> PlanJointTalk:
        """Return the command."""
        return PlanJointTalk(bool(self.wanted.data), self.planned_on.data, self.held_on.data)


class FeedbackForm(BaseForm):
    """What the job coach tells the last lead."""

    draft = DraftRule(
        "terugmelding", "Terugmelding schrijven", "handovers.show", About.HANDOVER
    )  # fmt: skip

    text = TextAreaField("Hoe gaat het?", [filled, at_most(NOTE_MAX)])
