"""The fields by which forms ask who a person is and how to reach them; no feature is known here."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from kp4web.web.forms import BaseForm, DayField, TextLine, at_most, filled

NAME_MAX = 100
LINE_MAX = 200
PHONE_MAX = 30
APPROACH_MAX = 2000
_ADDRESS = Regexp(
    re.compile(r"$|[^@\s]+@[^@\s]+\.[^@\s.]+$"),
    message="Dit is geen e-mailadres. Schrijf bijvoorbeeld naam@voorbeeld.nl.",
)
digits = Regexp(
    re.compile(r"$|[0-9+() \-./]*[0-9][0-9+() \-./]*$"),
    message="Schrijf hier alleen een telefoonnummer, bijvoorbeeld 0345 123456.",
)


class Labelled(Protocol):
    """A choice with its words on the screen."""

    @property
    def value(self) -> str:
        """Return what the form sends."""

    @property
    def label(self) -> str:
        """Return the words."""


class PersonFields(BaseForm):
    """Who the person is and how to reach them; a form adds ``contact_preference`` to it."""

    initials = TextLine("Voorletters", validators=[at_most(20)])
    given_name = TextLine("Voornaam", validators=[at_most(NAME_MAX)])
    prefix = TextLine("Tussenvoegsel", validators=[at_most(20)])
    surname = TextLine("Achternaam", validators=[filled, at_most(NAME_MAX)])
    birth_date = DayField("Geboortedatum", validators=[filled])
    street = TextLine("Straat en huisnummer", validators=[at_most(LINE_MAX)])
    postcode = TextLine("Postcode", validators=[at_most(10)])
    town = TextLine("Woonplaats", validators=[at_most(NAME_MAX)])
    phone = TextLine("Telefoon", validators=[at_most(PHONE_MAX), digits])
    email = TextLine("E-mailadres", validators=[at_most(LINE_MAX), _ADDRESS])
    interpreter = TextLine("Tolk nodig in", validators=[at_most(NAME_MAX)])
    approach = TextAreaField("Zo benadert u deze inwoner", validators=[at_most(APPROACH_MAX)])

    def person(self) -> dict[str, Any]:
        """Return these fields by name; call only after ``validate_on_submit`` returned true."""
        texts = {name: self[name].data or "" for name in _TEXTS}
        approach = (self.approach.data or "").strip()
        return texts | {"birth_date": typed_day(self.birth_date), "approach": approach}


_TEXTS = (
    "initials", "given_name", "prefix", "surname", "street", "postcode", "town", "phone", "email",
    "interpreter",
)  # fmt: skip


def preference_field(ways: Iterable[Labelled]) -> SelectField:
    """Return the field for how the person wants to be reached; empty when that is unknown."""
    choices = [SelectChoice("", "Niet bekend"), *(SelectChoice(w.value, w.label) for w in ways)]
    return SelectField("Hoe wil de inwoner bereikt worden?", choices=choices, default="")


def typed_day(field: DayField) -> date:
    """Return the day of a required field that passed its validators."""
    day = field.data
    assert day is not None  # noqa: S101 -- the validator saw to it
    return day
