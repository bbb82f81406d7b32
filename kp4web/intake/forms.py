"""Forms about an application: registering and correcting it, closing it, filtering the list."""

from collections.abc import Iterable
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
from wtforms.validators import ValidationError

from kp4web.domain.drafts import About, DraftRule
from kp4web.domain.errors import InvalidInput
from kp4web.intake.commands import (
    ChangeApplication,
    CloseApplication,
    Closing,
    ContactPreference,
    HouseholdRelation,
    Member,
    Person,
    RegisterApplication,
    TakeInApplication,
    is_valid,
    normalise,
)
from kp4web.web.forms import (
    BaseForm,
    DayField,
    TextLine,
    at_most,
    chosen,
    filled,
    own_submission,
)
from kp4web.web.person_fields import NAME_MAX, PersonFields, preference_field, typed_day
from kp4web.web.places import PlaceForm
from kp4web.web.rows import RowsField

ROWS, MOST_ROWS = 2, 20
NOTE_MAX = 2000
LONGEST_ID = 9
NO_PARTNER = "Begin opnieuw bij de aanvraag van de partner."
NO_BSN = "Dit is geen geldig BSN. Controleer de cijfers."


class MemberRow(BaseForm):
    """Somebody who lives with the applicant; an empty row says nothing."""

    class Meta(BaseForm.Meta):
        """Part of a form that has a token."""

        csrf: Any = False

    name = TextLine("Naam gezinslid", validators=[at_most(NAME_MAX)])
    relation = SelectField(
        "Relatie gezinslid",
        choices=[
            SelectChoice("", "Maak een keuze"),
            *(SelectChoice(kind.value, kind.label) for kind in HouseholdRelation),
        ],
        default="",
    )
    birth_date = DayField("Geboortedatum gezinslid")

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was typed in this row."""
        typed = (*(self.birth_date.raw_data or ()), self.name.data, self.relation.data)
        return not self.birth_date.data and not any((text or "").strip() for text in typed)

    def validate_name(self, field: TextLine) -> None:
        """Ask for a name as soon as something else was typed."""
        if not field.data and not self.is_empty:
            raise ValidationError("Vul een naam in, of maak deze regel leeg.")

    def validate_relation(self, field: SelectField) -> None:
        """Ask what somebody is to the applicant."""
        if not field.data and self.name.data:
            raise ValidationError("Kies de relatie met de aanvrager.")

    def member(self) -> Member:
        """Return who was typed; call only after validation, and not for an empty row."""
        return Member(
            name=self.name.data or "", relation=HouseholdRelation(self.relation.data),
            birth_date=self.birth_date.data,
        )  # fmt: skip


class ApplicationForm(PersonFields):
    """Who applies, with whom they live, where and when."""

    contact_preference = preference_field(ContactPreference)
    bsn = TextLine("BSN", validators=[at_most(20)])
    municipality = SelectField("Gemeente", choices=[], default="", validators=[chosen])
    registered_on = DayField("Datum van de aanvraag", validators=[filled])
    members = RowsField(FormField(MemberRow), "Gezinsleden", min_entries=ROWS, most=MOST_ROWS)

    def offer(self, municipalities: Iterable[tuple[int, str]]) -> None:
        """Set which municipalities can be chosen."""
        offered = [SelectChoice(str(key), name) for key, name in municipalities]
        blank = [] if len(offered) == 1 else [SelectChoice("", "Kies een gemeente")]
        self.municipality.choices = blank + offered

    def validate_bsn(self, field: TextLine) -> None:
        """Refuse what cannot be a BSN, together with the other errors."""
        if field.data and not is_valid(normalise(field.data)):
            raise ValidationError(NO_BSN)

    def refuse(self, error: InvalidInput) -> None:
        """Put a refusal of the domain at its field, also of a household member."""
        part, _, rest = error.field.partition("-")
        index, _, name = rest.partition("-")
        if part != "members":
            super().refuse(error)
            return
        field = self._typed_rows()[int(index)][name]
        field.errors = [*field.errors, str(error)]
        self.members.errors = [str(error)]

    def _typed_rows(self) -> list[MemberRow]:
        return [entry.form for entry in self.members.entries if not entry.form.is_empty]

    def typed_members(self) -> tuple[Member, ...]:
        """Return the household; call only after ``validate_on_submit`` returned true."""
        return tuple(row.member() for row in self._typed_rows())

    def typed_person(self) -> Person:
        """Return who applies; call only after ``validate_on_submit`` returned true."""
        preference, bsn = self.contact_preference.data, self.bsn.data
        return Person(
            **self.person(), bsn=normalise(bsn) if bsn else None,
            contact_preference=ContactPreference(preference) if preference else None,
        )  # fmt: skip


class RegisterForm(ApplicationForm):
    """A new application; ``confirmed`` is ticked when a look-alike is somebody else."""

    draft = DraftRule(
        "aanvraag", "Aanvraag registreren", "intake.new", About.NOTHING,
        preset=frozenset({"registered_on", "municipality", "confirmed"}),
    )  # fmt: skip
    of_partner = DraftRule(
        "partner", "Partner aanmelden", "intake.new_partner", About.APPLICATION,
        preset=frozenset({"registered_on", "municipality", "confirmed", "partner_of"}),
    )  # fmt: skip
    more_drafts = (of_partner,)

    partner_of = HiddenField("Partner")
    submission = HiddenField()
    confirmed = HiddenField()
    """Ids of the look-alikes that were shown."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; refuse what cannot be an application: it would lose the partner."""
        valid = super().validate(extra_validators)
        if self.partner_of.data and self.partner_id is None:
            self.form_errors = [*self.form_errors, NO_PARTNER]
            valid = False
        return valid

    @property
    def partner_id(self) -> int | None:
        """Return the application of the partner, when this is the second of a couple."""
        return next(iter(_ids(self.partner_of.data)), None)

    def command(self) -> TakeInApplication:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        registering = RegisterApplication(
            person=self.typed_person(), municipality_id=int(self.municipality.data),
            registered_on=typed_day(self.registered_on), members=self.typed_members(),
            partner_of=self.partner_id, submission=own_submission(self.submission.data),
        )  # fmt: skip
        return TakeInApplication(registering, frozenset(_ids(self.confirmed.data)))


def _ids(text: str | None) -> list[int]:
    """Return the ids in a text, leaving out what no row can have."""
    words = (text or "").split()
    return [int(w) for w in words if w.isascii() and w.isdigit() and len(w) <= LONGEST_ID]


class ChangeForm(ApplicationForm):
    """A correction of what was registered."""

    draft = DraftRule(
        "aanvraag-aanpassen", "Gegevens aanpassen", "intake.edit", About.APPLICATION
    )  # fmt: skip

    def command(self) -> ChangeApplication:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        return ChangeApplication(
            person=self.typed_person(), municipality_id=int(self.municipality.data),
            registered_on=typed_day(self.registered_on), members=self.typed_members(),
        )  # fmt: skip


class CloseForm(BaseForm):
    """Ending an application without a klantprofiel."""

    draft = DraftRule("afsluiten", "Aanvraag afsluiten", "intake.show", About.APPLICATION)

    closing = RadioField(
        "Waarom sluit u de aanvraag af?",
        choices=[
            SelectChoice(kind.value, kind.label) for kind in Closing if kind is not Closing.PROFILE
        ],
        validators=[chosen],
    )
    note = TextAreaField("Toelichting", validators=[at_most(NOTE_MAX)])

    def command(self) -> CloseApplication:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        return CloseApplication(Closing(self.closing.data), (self.note.data or "").strip())


class FilterForm(PlaceForm):
    """Which applications of a tab; sent in the address, so without a token."""

    class Meta(BaseForm.Meta):
        """Nothing is changed by reading."""

        csrf: Any = False

    mijn = BooleanField("Alleen mijn aanvragen")
