"""Which municipality a list or report is of, for who works in several; a part of the address."""

from collections.abc import Iterable

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from kp4web.web.forms import BaseForm

ALL = "Alle gemeenten"


class PlaceForm(BaseForm):
    """A form that only asks, with a municipality among what it asks."""

    gemeente = SelectField("Gemeente", choices=[], default="")

    def offer_places(self, places: Iterable[tuple[int, str]]) -> None:
        """Set which municipalities can be chosen; what cannot be chosen means all of them."""
        choices = [("", ALL), *((str(key), name) for key, name in places)]
        self.gemeente.choices = [SelectChoice(key, name) for key, name in choices]
        if self.gemeente.data not in {key for key, _ in choices}:
            self.gemeente.data = ""

    @property
    def asks_place(self) -> bool:
        """Return whether there is anything to choose."""
        return len(self.gemeente.choices or ()) > 1

    @property
    def place(self) -> int | None:
        """Return the chosen municipality by its id; ``None`` is all of them."""
        return int(self.gemeente.data) if self.gemeente.data else None
