"""Rows of a form that come as often as they are needed, without JavaScript too."""

from collections.abc import Iterable, Iterator
from typing import Any

from wtforms import FieldList

LONGEST_NAME = 40
"""Characters in the name of a field of a row."""


class RowsField(FieldList):
    """As many rows as the page showed, at most ``most``; other numbers are not rows."""

    min_entries: int

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        self.type = FieldList.__name__  # the templates draw it by its kind

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Read the rows; those added to reach the least number are empty, whatever was sent."""
        least, self.min_entries = self.min_entries, 0
        super().process(*args, **kwargs)
        self.min_entries = least
        while len(self.entries) < least:
            self.append_entry()

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        names = (name for name in formdata if name.isascii() and len(name) <= LONGEST_NAME)
        for index in super()._extract_indices(prefix, names):
            if index < self.most:
                yield index

    def add_row(self) -> None:
        """Add an empty row, as long as there is room."""
        if len(self.entries) < self.most:
            self.append_entry()
