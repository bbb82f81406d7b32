"""Forms about the person of a dossier: the data, the people around, the household."""

import re
from datetime import date

from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from kp4web.residents.commands import (
    ContactInput,
    ContactPreference,
    HouseholdRelation,
    MemberInput,
    Person,
)
from kp4web.web.forms import BaseForm, DayField, TextLine, at_most, chosen, filled

NAME_MAX = 100
LINE_MAX = 200
APPROACH_MAX = 2000
_ADDRESS = Regexp(
    re.compile(r"$|[^@\s]+@[^@\s]+\.[^@\s.]+$"),
    message="Dit is geen e-mailadres. Schrijf bijvoorbeeld naam@voorbeeld.nl.",
)
_DIGITS = Regexp(
    re.compile(r"$|[0-9+() \-./]*[0-9][0-9+() \-./]*$"),
    message="Schrijf hier alleen een telefoonnummer, bijvoorbeeld 0345 123456.",
)


class PersonForm(BaseForm):
    """Who the resident is and how to reach them; the BSN stays as it was registered."""

    initials = TextLine("Voorletters", validators=[at_most(20)])
    given_name = TextLine("Voornaam", validators=[at_most(NAME_MAX)])
    prefix = TextLine("Tussenvoegsel", validators=[at_most(20)])
    surname = TextLine("Achternaam", validators=[filled, at_most(NAME_MAX)])
    birth_date = DayField("Geboortedatum", validators=[filled])
    street = TextLine("Straat en huisnummer", validators=[at_most(LINE_MAX)])
    postcode = TextLine("Postcode", validators=[at_most(10)])
    town = TextLine("Woonplaats", validators=[at_most(NAME_MAX)])
    phone = TextLine("Telefoon", validators=[at_most(30), _DIGITS])
    email = TextLine("E-mailadres", validators=[at_most(LINE_MAX), _ADDRESS])
    contact_preference = SelectField(
        "Hoe wil de inwoner bereikt worden?",
        choices=[
            SelectChoice("", "Niet bekend"),
            *(SelectChoice(way.value, way.label) for way in ContactPreference),
        ],
    )
    interpreter = TextLine("Tolk nodig in", validators=[at_most(NAME_MAX)])
    approach = TextAreaField("Zo benadert u deze inwoner", validators=[at_most(APPROACH_MAX)])

    def command(self) -> Person:
        """Return the person; call only after ``validate_on_submit`` returned true."""
        preference = self.contact_preference.data
        return Person(
            surname=self.surname.data or "", birth_date=_day(self.birth_date),
            initials=self.initials.data or "", given_name=self.given_name.data or "",
            prefix=self.prefix.data or "", street=self.street.data or "",
            postcode=self.postcode.data or "", town=self.town.data or "",
            phone=self.phone.data or "", email=self.email.data or "",
            contact_preference=ContactPreference(preference) if preference else None,
            interpreter=self.interpreter.data or "",
            approach=(self.approach.data or "").strip(),
        )  # fmt: skip


class ContactForm(BaseForm):
    """Somebody around the resident; no medical content."""

    name = TextLine("Naam", validators=[filled, at_most(NAME_MAX)])
    role = TextLine("Rol", validators=[at_most(NAME_MAX)])
    organisation = TextLine("Organisatie", validators=[at_most(NAME_MAX)])
    phone = TextLine("Telefoon", validators=[at_most(30), _DIGITS])
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


def _day(field: DayField) -> date:
    day = field.data
    assert day is not None  # noqa: S101 -- the validator saw to it
    return day
