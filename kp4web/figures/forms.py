"""Forms of the council report: which report to show, and a figure from outside."""

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, StringField
from wtforms.validators import Optional, ValidationError

from kp4web.domain.reporting import Question
from kp4web.figures.commands import RecordWelfareCount
from kp4web.web.forms import BaseForm, DayField, TextLine, at_most, filled
from kp4web.web.places import PlaceForm

NUMBER = re.compile(r"[0-9]{1,12}|[0-9]{1,3}(\.[0-9]{3}){1,3}")
"""A whole number, with or without the Dutch dots between thousands."""


class ReportForm(PlaceForm):
    """Which report: structural parameters in the address, so no token."""

    class Meta(BaseForm.Meta):
        """A form that only asks."""

        csrf = False

    peildatum = DayField("Peildatum", validators=[filled])
    bekend_op = DayField("Bekend op", validators=[Optional()])
    inactief = BooleanField("Met gestopte dossiers", render_kw={"value": "1"})

    @classmethod
    def asked(
        cls, given: MultiDict[str, str], *, today: Any, places: Mapping[int, str]
    ) -> "ReportForm":
        """
        Return the form of an address; without a reference date it is today.

        ``places``: among which municipalities one chooses; empty for who works in one.
        """
        known = MultiDict(given)
        if "peildatum" not in known:
            known["peildatum"] = today.isoformat()
        form = cls(known)
        form.offer_places(places.items())
        return form

    def question(self) -> Question:
        """Return the question; call only after ``validate`` returned true."""
        assert self.peildatum.data is not None  # noqa: S101 -- the validator saw to it
        return Question(
            self.peildatum.data, self.bekend_op.data, bool(self.inactief.data), self.place
        )


class NumberLine(StringField):
    """A whole number as people type it: 449, 1.449."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the text; ``number`` reads it."""
        self.data = valuelist[0].strip() if valuelist else None

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no whole number."""
        if self.data and not NUMBER.fullmatch(self.data):
            raise ValidationError("Dit is geen heel getal. Schrijf bijvoorbeeld 449.")

    @property
    def number(self) -> int:
        """Return the number; call only after validation."""
        return int((self.data or "0").replace(".", ""))


class WelfareCountForm(BaseForm):
    """How many households received welfare on a date."""

    counted_on = DayField("Geteld op", validators=[filled])
    households = NumberLine(
        "Aantal huishoudens",
        validators=[filled],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    source = TextLine("Bron", validators=[filled, at_most(200)])

    def command(self) -> RecordWelfareCount:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        assert self.counted_on.data is not None  # noqa: S101 -- the validator saw to it
        return RecordWelfareCount(
            self.counted_on.data, self.households.number, self.source.data or ""
        )
