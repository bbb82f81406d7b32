"""Forms about the person of a dossier: the data, the people around, the household."""

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from kp4web.domain.drafts import DraftRule
from kp4web.residents.commands import (
    ContactInput,
    ContactPreference,
    HouseholdRelation,
    MemberInput,
    Person,
)
from kp4web.web.forms import BaseForm, DayField, TextLine, at_most, chosen, filled
from kp4web.web.person_fields import (
    NAME_MAX,
    PHONE_MAX,
    PersonFields,
    digits,
    preference_field,
)


class PersonForm(PersonFields):
    """Who the resident is and how to reach them; the BSN stays as it was registered."""

    draft = DraftRule("inwoner", "Gegevens wijzigen", "residents.edit")

    contact_preference = preference_field(ContactPreference)

    def command(self) -> Person:
        """Return the person; call only after ``validate_on_submit`` returned true."""
        preference = self.contact_preference.data
        way = ContactPreference(preference) if preference else None
        return Person(**self.person(), contact_preference=way)


class ContactForm(BaseForm):
    """Somebody around the resident; no medical content."""

    name = TextLine("Naam", validators=[filled, at_most(NAME_MAX)])
    role = TextLine("Rol", validators=[at_most(NAME_MAX)])
    organisation = TextLine("Organisatie", validators=[at_most(NAME_MAX)])
    phone = TextLine("Telefoon", validators=[at_most(PHONE_MAX), digits])
    since = DayField("Betrokken sinds")
    until = DayField("Betrokken tot")
    discussed_on = DayField("Besproken met de inwoner op")

    def command(self) -> ContactInput:
        """Return the contact; call only after ``validate_on_submit`` returned true."""
        return ContactInput(
            name=self.name.data or "", role=self.role.data or "",
            organisation=self.organisation.data or "", phone=self.phone.data or "",
            since=self.since.data, until=self.until.data, discussed_on=self.discussed_on.data,
        )  # fmt: skip


class MemberForm(BaseForm):
    """Somebody in the household without a dossier."""

    name = TextLine("Naam", validators=[filled, at_most(NAME_MAX)])
    relation = SelectField(
        "Wat is deze persoon van de inwoner?",
        choices=[
            SelectChoice("", "Maak een keuze"),
            *(SelectChoice(kind.value, kind.label) for kind in HouseholdRelation),
        ],
        validators=[chosen],
    )
    birth_date = DayField("Geboortedatum")
    since = DayField("Woont hier sinds")
    until = DayField("Woonde hier tot")

    def command(self) -> MemberInput:
        """Return the member; call only after ``validate_on_submit`` returned true."""
        return MemberInput(
            name=self.name.data or "", relation=HouseholdRelation(self.relation.data),
            birth_date=self.birth_date.data, since=self.since.data, until=self.until.data,
        )  # fmt: skip
