"""Forms about conversations: the conversation itself, and a message for the lead."""

from datetime import date, datetime
from typing import Any

from wtforms import (
    BooleanField,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from kp4web.conversations.commands import (
    CONVERSATION_FORM,
    REPORT_LIMIT,
    AttemptOutcome,
    Channel,
    ForPartner,
    LifeArea,
    MakeAgreement,
    Participant,
    RecordConversation,
)
from kp4web.domain.agreements import Party
from kp4web.domain.drafts import DraftRule
from kp4web.domain.errors import InvalidInput
from kp4web.domain.participation import STEPS
from kp4web.web.forms import (
    BaseForm,
    CheckboxesField,
    DayField,
    TextLine,
    TimeField,
    at_most,
    chosen,
    own_submission,
)
from kp4web.web.rows import RowsField
from kp4web.web.talk_fields import TalkFields

HELD = "held"
SAME, OWN = "same", "own"
"""How the partner's dossier gets its text, beside nothing at all."""
ROWS, MOST_ROWS = 3, 20
WHAT_LIMIT = 500
MESSAGE_LIMIT = 5_000
NO_ROW = 0
"""An id that no row has: for ticks that name nothing of ours."""
LARGEST_ID = 2**31 - 1
OUTCOMES = [
    SelectChoice(HELD, "Gesprek gevoerd"),
    *(SelectChoice(outcome.value, outcome.label) for outcome in AttemptOutcome),
]


class AgreementRow(BaseForm):
    """What somebody is to do; an empty row says nothing."""

    class Meta(BaseForm.Meta):
        """Part of a form that has a token."""

        csrf: Any = False

    what = TextLine("Wat", validators=[at_most(WHAT_LIMIT)])
    who = SelectField(
        "Wie",
        choices=[
            SelectChoice("", "Kies wie"),
            *(SelectChoice(party.value, party.label) for party in Party),
        ],
        default="",
    )
    due_on = DayField("Uiterlijk op", validators=[Optional()])

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was typed in this row."""
        typed = (*(self.due_on.raw_data or ()), self.what.data, self.who.data)
        return not self.due_on.data and not any((text or "").strip() for text in typed)

    def validate_what(self, field: TextLine) -> None:
        """Ask what was agreed as soon as something else was typed."""
        if not field.data and not self.is_empty:
            raise ValidationError("Schrijf op wat er is afgesproken, of maak deze regel leeg.")

    def validate_who(self, field: SelectField) -> None:
        """Ask who is to do it."""
        if not field.data and self.what.data:
            raise ValidationError("Kies wie dit doet.")

    def command(self) -> MakeAgreement:
        """Return what was agreed; call only after validation, and not for an empty row."""
        return MakeAgreement(self.what.data or "", Party(self.who.data), self.due_on.data)


class ConversationForm(TalkFields):
    """A conversation or an attempt, its follow-up, and the follow-ups it settles."""

    draft = DraftRule(
        CONVERSATION_FORM, "Gesprek vastleggen", "conversations.new",
        preset=frozenset({"outcome", "held_on", "held_at", "channel", "participants",
                          "participants_asked", "outline", "partner_number"}),
    )  # fmt: skip

    outcome = RadioField("Hoe ging het?", choices=OUTCOMES, validators=[chosen])
    held_on = DayField("Datum", validators=[InputRequired("Vul een datum in.")])
    held_at = TimeField("Tijd", validators=[])
    channel = SelectField(
        "Vorm",
        choices=[SelectChoice(channel.value, channel.label) for channel in Channel],
        validators=[chosen],
    )
    participants = CheckboxesField(
        "Wie waren erbij?",
        choices=[SelectChoice(person.value, person.label) for person in Participant],
    )
    participants_asked = HiddenField()
    """Tells "nobody ticked" from "not asked": then the resident took part."""
    report = TextAreaField("Verslag", validators=[at_most(REPORT_LIMIT)])
    outline = SelectField("Sjabloon", choices=[], validate_choice=False, default="")
    life_areas = CheckboxesField(
        "Waar ging het over?",
        choices=[SelectChoice(area.value, area.label) for area in LifeArea],
    )
    participation_step = SelectField(
        "Trede op de participatieladder",
        choices=[
            SelectChoice("", "Niet ingevuld"),
            *(SelectChoice(str(step.number), step.label) for step in STEPS),
        ],
        default="",
    )
    agreements = RowsField(FormField(AgreementRow), "Afspraken", min_entries=ROWS, most=MOST_ROWS)
    kept = CheckboxesField("Nagekomen", choices=[], validate_choice=False)
    follow_up_on = DayField("Opvolgen op", validators=[])
    follow_up_what = TextLine("Wat gaat u dan doen?", validators=[at_most(WHAT_LIMIT)])
    done = CheckboxesField("Afhandelen", choices=[], validate_choice=False)
    partner = RadioField(
        "Waar legt u dit gesprek vast?",
        choices=[
            SelectChoice("", "Alleen in dit dossier"),
            SelectChoice(SAME, "Dezelfde tekst in beide dossiers"),
            SelectChoice(OWN, "Een eigen tekst voor elk dossier"),
        ],
        default="",
    )
    partner_number = HiddenField()
    partner_absent = BooleanField("De partner was er zelf niet bij")
    partner_report = TextAreaField("Tekst voor de partner", validators=[at_most(REPORT_LIMIT)])
    partner_done = CheckboxesField("Afhandelen bij de partner", choices=[], validate_choice=False)
    partner_follow_up_on = DayField("Opvolgen bij de partner op", validators=[Optional()])
    partner_follow_up_what = TextLine(
        "Wat gaat u dan doen bij de partner?", validators=[at_most(WHAT_LIMIT)]
    )
    submission = HiddenField()
    terug = HiddenField()

    def refuse(self, error: InvalidInput) -> None:
        """Put a refusal of the domain at its field, also of an agreement."""
        part, _, rest = error.field.partition("-")
        index, _, name = rest.partition("-")
        if part != "agreements":
            super().refuse(error)
            return
        field = self._typed_rows()[int(index)][name]
        field.errors = [*field.errors, str(error)]
        self.agreements.errors = [str(error)]

    def _typed_rows(self) -> list[AgreementRow]:
        return [entry.form for entry in self.agreements.entries if not entry.form.is_empty]

    @property
    def has_agreements(self) -> bool:
        """Return whether something was typed in a row of the agreements."""
        return bool(self._typed_rows())

    def validate_follow_up_what(self, field: TextLine) -> None:
        """Never drop what was typed: a text without a date would be lost."""
        if field.data and not self.follow_up_on.data and not self.follow_up_on.errors:
            raise ValidationError("Kies ook een datum, of maak dit veld leeg.")

    def validate_follow_up_on(self, field: DayField) -> None:
        """A time, a place, a purpose or a colleague without a date would be lost."""
        if self.has_talk and not field.data:
            raise ValidationError("Kies ook een datum, of maak de velden over het gesprek leeg.")
        if self.user.data and not field.data:
            raise ValidationError("Kies ook een datum: u gaf de opvolging aan een collega.")

    @property
    def has_partner_part(self) -> bool:
        """Return whether something was chosen or typed for the partner's dossier."""
        typed = (self.partner_report.data, self.partner_follow_up_what.data)
        on = self.partner_follow_up_on
        ticked = self.partner_done.data or self.partner_absent.data
        return bool(self.partner.data or any(typed) or on.data or on.errors or ticked)

    def validate_partner(self, field: RadioField) -> None:
        """Never drop what was typed for the partner, and never guess where it belongs."""
        if not field.data and self.has_partner_part:
            raise ValidationError(
                "U vulde ook iets in voor de partner. Kies of u het gesprek daar vastlegt, "
                "of maak die velden leeg."
            )
        if field.data == SAME and (self.partner_report.data or "").strip():
            raise ValidationError(
                "U schreef ook een tekst voor de partner. Kies ‘Een eigen tekst voor elk "
                "dossier’, of maak die tekst leeg."
            )

    def validate_partner_report(self, field: TextAreaField) -> None:
        """Ask for the second text when that was chosen."""
        if self.partner.data == OWN and not (field.data or "").strip():
            raise ValidationError("Schrijf de tekst voor de partner, of kies dezelfde tekst.")

    def validate_partner_absent(self, field: BooleanField) -> None:
        """Ask whether the partner was there when the form says both."""
        ticked = Participant.PARTNER.value in (self.participants.data or ())
        if field.data and ticked and self.outcome.data == HELD:
            raise ValidationError("U vinkte de partner ook aan bij ‘Wie waren erbij?’.")

    def validate_partner_follow_up_what(self, field: TextLine) -> None:
        """Never drop what was typed: a text without a date would be lost."""
        on = self.partner_follow_up_on
        if field.data and not on.data and not on.errors:
            raise ValidationError("Kies ook een datum, of maak dit veld leeg.")

    def for_partner(self) -> ForPartner | None:
        """Return what goes into the partner's dossier, if anything; call only when valid."""
        if not self.partner.data:
            return None
        own = self.partner.data == OWN
        return ForPartner(
            number=self.partner_number.data or "",
            report=(self.partner_report.data or "").replace("\r\n", "\n") if own else None,
            was_there=not self.partner_absent.data,
            follow_up_on=self.partner_follow_up_on.data,
            follow_up_what=self.partner_follow_up_what.data or "",
            done=frozenset(_row_id(text) for text in self.partner_done.data or ()),
        )

    def command(self) -> RecordConversation:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        assert self.held_on.data is not None  # noqa: S101 -- the validator saw to it
        outcome = self.outcome.data
        return RecordConversation(
            held_on=self.held_on.data,
            held_at=self.held_at.data,
            channel=Channel(self.channel.data),
            attempt=None if outcome == HELD else AttemptOutcome(outcome),
            participants=self._participants(),
            report=(self.report.data or "").replace("\r\n", "\n"),
            life_areas=frozenset(LifeArea(name) for name in self.life_areas.data or ()),
            participation_step=int(self.participation_step.data or 0) or None,
            agreements=tuple(row.command() for row in self._typed_rows()),
            kept=frozenset(_row_id(text) for text in self.kept.data or ()),
            follow_up_on=self.follow_up_on.data,
            follow_up_what=self.follow_up_what.data or "",
            talk=self.talk(),
            is_activation=bool(self.is_activation.data),
            activation_reason=self.activation_reason.data or "",
            follow_up_user_id=self.user_id,
            done=frozenset(_row_id(text) for text in self.done.data or ()),
            submission=own_submission(self.submission.data),
        )

    def _participants(self) -> tuple[Participant, ...]:
        if not self.participants_asked.data:
            return (Participant.RESIDENT,)
        return tuple(Participant(name) for name in self.participants.data or ())


def blank(now_there: datetime, today: date) -> dict[str, Any]:
    """Return what a new form starts with; ``now_there`` is this moment in the Netherlands."""
    return {
        "outcome": HELD,
        "held_on": today,
        "held_at": now_there.time().replace(second=0, microsecond=0),
        "channel": Channel.FACE_TO_FACE.value,
        "participants": [Participant.RESIDENT.value],
    }


def _row_id(text: str) -> int:
    """Return the id, or one that no row has: the command then says that it is not open."""
    whole = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))
    return int(text) if whole and int(text) <= LARGEST_ID else NO_ROW


class AttemptForm(BaseForm):
    """An attempt of today in one choice: the form that follows from it is the usual one."""

    outcome = RadioField(
        "Wat gebeurde er?",
        choices=[SelectChoice(outcome.value, outcome.label) for outcome in AttemptOutcome],
        validators=[chosen],
    )
    submission = HiddenField()

    def command(self, today: date) -> RecordConversation:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        outcome = AttemptOutcome(self.outcome.data)
        phoned = outcome is AttemptOutcome.NO_ANSWER
        return RecordConversation(
            held_on=today, channel=Channel.PHONE if phoned else Channel.FACE_TO_FACE,
            attempt=outcome, submission=own_submission(self.submission.data),
        )  # fmt: skip


class MessageForm(BaseForm):
    """A colleague's word to the lead."""

    draft = DraftRule("bericht", "Bericht achterlaten", "conversations.new_message")

    text = TextAreaField(
        "Bericht", validators=[InputRequired("Schrijf uw bericht op."), at_most(MESSAGE_LIMIT)]
    )
    submission = HiddenField()
    terug = HiddenField()
