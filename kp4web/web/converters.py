"""Typed parts of addresses: what cannot exist is a 404 before any query."""

from flask import Flask
from werkzeug.routing import IntegerConverter, UnicodeConverter

LARGEST_ID = 2**31 - 1


class IdConverter(IntegerConverter):
    """A row's id; a number no database column can hold does not match."""

    def __init__(self, map: object) -> None:
        super().__init__(map, max=LARGEST_ID)  # type: ignore[arg-type]


class DossierNumberConverter(UnicodeConverter):
    """A dossier number such as KP4-2020-0117."""

    regex = r"KP4-[0-9]{4}-[0-9]{4,9}"
    part_isolating = True

    def __init__(self, map: object) -> None:
        super().__init__(map)  # type: ignore[arg-type]
        self.regex = type(self).regex


def init_app(app: Flask) -> None:
    """Make ``<id:...>`` and ``<number:...>`` known to the routes."""
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["number"] = DossierNumberConverter
