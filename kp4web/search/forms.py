"""The filters of the list, the search field, and the form that assigns what was ticked."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from kp4web.search.commands import LONGEST_NAME
from kp4web.web.forms import BaseForm, TextLine, at_most

LONGEST_TERM = 200
Offer = tuple[str, str]
"""What is sent, and the words on the screen."""


class FilterForm(BaseForm):
    """Which dossiers, in which order; sent in the address, so without a token."""

    class Meta(BaseForm.Meta):
        """Nothing is changed by reading."""

        csrf: Any = False

    traject = SelectField("Traject", default="")
    groep = SelectField("Volgende datum", default="")
    subgroep = SelectField("Subgroep", default="")
    gemeente = SelectField("Gemeente", default="")
    """Only there for who works in several."""
    consulent = SelectField("Consulent")
    sort = SelectField("Sorteren op")

    def offer(self, **offers: Iterable[Offer]) -> None:
        """Fill in what can be chosen in each field; the first is what holds without a choice."""
        for name, offered in offers.items():
            self[name].choices = [SelectChoice(value, label) for value, label in offered]

    def settle(self) -> bool:
        """
        Put every field that holds no choice on its first one.

        Returns false when something was asked for that does not exist.
        """
        given = {field.name: bool(field.raw_data and field.raw_data[0]) for field in self}
        known = {field.name: {choice.value for choice in field.choices} for field in self}
        wrong = [field for field in self if field.data not in known[field.name]]
        for field in wrong:
            field.data = field.choices[0].value
        return not any(given[field.name] for field in wrong)

    def chosen(self) -> dict[str, str]:
        """Return what every field holds; call only after ``settle``."""
        return {field.name: field.data for field in self}

    def usual(self) -> dict[str, str]:
        """Return what every field holds without a choice."""
        return {field.name: field.choices[0].value for field in self}

    def labels(self) -> dict[str, str]:
        """Return the words of what every field holds; call only after ``settle``."""
        return {
            field.name: next(c.label for c in field.choices if c.value == field.data)
            for field in self
        }


class SearchForm(BaseForm):
    """Something to look for; sent in the body, so that it never stands in an address."""

    term = TextLine(
        "Wie of welk dossier zoekt u?",
        validators=[
            DataRequired("Typ eerst een naam, dossiernummer, geboortedatum of BSN."),
            at_most(LONGEST_TERM),
        ],
    )
    alle = BooleanField("Alle verslagen tonen")


class FilterNameForm(BaseForm):
    """A name for a choice of filters."""

    name = TextLine(
        "Naam van het filter",
        validators=[DataRequired("Geef het filter een naam."), at_most(LONGEST_NAME)],
    )


class AssignForm(BaseForm):
    """To whom the ticked dossiers go, and why; the caseload answers it."""

    user = SelectField("Toewijzen aan", choices=[])
    reason = TextAreaField("Reden")

    def offer(self, people: Iterable[Offer]) -> None:
        """Fill in who can be chosen."""
        blank = SelectChoice("", "Kies een consulent")
        self.user.choices = [blank, *(SelectChoice(value, label) for value, label in people)]
