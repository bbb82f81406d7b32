"""From the text of a questionnaire file to plain tables: size, lines and TOML syntax."""

import re
import tomllib
from decimal import Decimal, InvalidOperation
from typing import Any

from kp4web.domain.questionnaire.faults import DefinitionError, Fault

FILE_MAX = 1_000_000
"""Bytes of a file; the example has some 40,000."""
LINE_MAX = 4000
"""Characters of a line; keeps the time to read a hostile file short."""
DOTS_MAX = 100
"""Points in a line, for the same reason: a key of many parts takes long."""

INVALID = "dit is geen geldige TOML"
REASONS = (
    ("Cannot declare", "dit onderdeel staat twee keer in het bestand"),
    ("Cannot overwrite", "deze sleutel staat twee keer in hetzelfde onderdeel"),
    ("Duplicate inline table key", "deze sleutel staat twee keer tussen dezelfde accolades"),
    ("Expected '='", "na de sleutel ontbreekt het teken ="),
    ("Expected ']'", "de naam van het onderdeel is niet afgesloten met ]"),
    ("Unclosed array", "de lijst is niet afgesloten met ]"),
    ("Unclosed inline table", "de accolade is niet afgesloten met }"),
    ("Unterminated string", "de tekst is niet afgesloten met een aanhalingsteken"),
    ("Illegal character", "een teken dat hier niet mag, of een tekst zonder aanhalingsteken"),
    ("Found invalid character", "een teken dat hier niet mag"),
    ("Unescaped", "een \\ in een tekst moet u dubbel schrijven"),
    ("Invalid date", "deze datum bestaat niet"),
    ("Invalid value", "deze waarde is geen tekst, getal, datum, true of false"),
    ("Expected newline", "hier hoort een nieuwe regel te beginnen"),
)
"""The start of what the parser of TOML says, and the same for the screen."""

_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def parse(text: str) -> dict[str, Any]:
    """Return the tables of the file, decimals exact; raise ``DefinitionError`` at the line."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    _check_size(text)
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_refusal(text, str(error)) from error
    except (RecursionError, ValueError) as error:  # nested too deep; a number of 4,300 digits
        raise _refusal("bestand", "is te ingewikkeld om te lezen") from error


def _check_size(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise _refusal("bestand", "is geen tekst in UTF-8") from error
    if size > FILE_MAX:
        raise _refusal("bestand", "is groter dan 1 MB")
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LINE_MAX:
            raise _refusal(f"bestandsregel {number}", f"is langer dan {LINE_MAX} tekens")
        if line.count(".") > DOTS_MAX:
            raise _refusal(f"bestandsregel {number}", f"heeft meer dan {DOTS_MAX} punten")


def _decimal(number: str) -> Decimal:
    try:
        return Decimal(number)
    except InvalidOperation:  # an exponent beyond all bounds
        return Decimal("nan")


def _syntax_refusal(text: str, message: str) -> DefinitionError:
    position = _POSITION.search(message)
    reason = next((dutch for start, dutch in REASONS if message.startswith(start)), INVALID)
    if position and position[1]:
        return _refusal(f"bestandsregel {position[1]}", f"{reason} (teken {position[2]})")
    return _refusal(f"bestandsregel {text.count(chr(10)) + 1}", f"{reason} (einde van het bestand)")


def _refusal(place: str, message: str) -> DefinitionError:
    return DefinitionError([Fault(place, message)])
