"""Readers of single values of a questionnaire file, and of a table with declared keys."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeAlias

from kp4web.domain.questionnaire.faults import Say, quote

DECIMALS_MAX = 6
"""Digits after the point of a number in the file."""
CODE_MAX = 60
"""Characters of an id, a code or the value of an option."""
WORD_MAX = 40
"""A longer key is not compared with the known ones."""


class WrongValue(ValueError):
    """A value is not what its key asks for; the text is Dutch and says what it must be."""


Read: TypeAlias = Callable[[Any], Any]
"""Return the value ready for use; raise ``WrongValue``."""


# ---------------------------------------------------------------------- single values


def text(longest: int = 300, *, lines: bool = False) -> Read:
    """Read a text that says something, stripped; ``lines`` allows more than one line."""
    breaks = "\n" if lines else ""

    def read(raw: Any) -> str:
        if not isinstance(raw, str):
            raise WrongValue("moet een tekst zijn")
        value = raw.strip()
        if not value:
            raise WrongValue("is leeg")
        if len(value) > longest:
            raise WrongValue(f"mag hooguit {longest} tekens hebben")
        if any(unicodedata.category(sign)[0] == "C" and sign not in breaks for sign in value):
            raise WrongValue("bevat een teken dat niet te zien is (stuurteken)")
        return value

    return read


def pattern(expression: str, meaning: str) -> Read:
    """Read a short text of a fixed shape."""
    shape = re.compile(expression, re.ASCII)

    def read(raw: Any) -> str:
        if not isinstance(raw, str) or len(raw) > CODE_MAX or not shape.fullmatch(raw):
            raise WrongValue(f"moet bestaan uit {meaning}, hooguit {CODE_MAX} tekens")
        return raw

    return read


code = pattern("[a-z][a-z0-9_]*", "kleine letters, cijfers en _, te beginnen met een letter")
"""Stands in a URL, in the id of a field and between braces in a text."""
option_value = pattern("[a-z0-9][a-z0-9_]*", "kleine letters, cijfers en _")
rule_id = pattern("[A-Za-z][A-Za-z0-9_]*", "letters, cijfers en _, te beginnen met een letter")
file_id = pattern("[a-z][a-z0-9_-]*", "kleine letters, cijfers, - en _, te beginnen met een letter")
version = pattern("[0-9A-Za-z][0-9A-Za-z._-]*", "letters, cijfers, punten en streepjes")


def whole(low: int, high: int) -> Read:
    """Read a whole number; true and false are none."""

    def read(raw: Any) -> int:
        if type(raw) is not int or not low <= raw <= high:
            meaning = f"{low}" if low == high else f"een geheel getal van {low} tot en met {high}"
            raise WrongValue(f"moet {meaning} zijn")
        return raw

    return read


def number(low: int, high: int) -> Read:
    """Read a number, exactly as it is written."""

    def read(raw: Any) -> Fraction:
        if type(raw) not in (int, Decimal) or raw != raw or not low <= raw <= high:
            raise WrongValue(f"moet een getal van {low} tot en met {high} zijn")
        if isinstance(raw, Decimal) and abs(int(raw.as_tuple().exponent)) > DECIMALS_MAX:
            raise WrongValue(
                f"mag hooguit {DECIMALS_MAX} cijfers achter de punt hebben"
            )  # 0e-99999999
        return Fraction(raw)

    return read


def flag(raw: Any) -> bool:
    """Read true or false."""
    if not isinstance(raw, bool):
        raise WrongValue("moet true of false zijn")
    return raw


def true(raw: Any) -> bool:
    """Read the word true, where false would say nothing."""
    if raw is not True:
        raise WrongValue("kan alleen true zijn")
    return True


def day(raw: Any) -> date:
    """Read a date without a time."""
    if type(raw) is not date:
        raise WrongValue("moet een datum zijn, zonder aanhalingstekens: 2026-01-31")
    return raw


def word(words: type[StrEnum]) -> Read:
    """Read one of the words of an enumeration."""

    def read(raw: Any) -> StrEnum:
        if not isinstance(raw, str) or raw not in tuple(words):
            given = f", niet {quote(raw)}" if isinstance(raw, str) else ""
            raise WrongValue(f"moet een van deze woorden zijn: {', '.join(words)}{given}")
        return words(raw)

    return read


def fixed(*words: str) -> Read:
    """Read one of a few words."""

    def read(raw: Any) -> str:
        if not isinstance(raw, str) or raw not in words:
            raise WrongValue(f"moet {' of '.join(map(quote, words))} zijn")
        return raw

    return read


# ---------------------------------------------------------------------- lists and tables


def listed(read_one: Read, *, most: int = 100) -> Read:
    """Read a list of different values, at least one."""

    def read(raw: Any) -> tuple[Any, ...]:
        if not isinstance(raw, list):
            raise WrongValue("moet een lijst zijn: [ … ]")
        if not 0 < len(raw) <= most:
            raise WrongValue(f"moet 1 tot en met {most} waarden hebben")
        try:
            values = tuple(read_one(value) for value in raw)
        except WrongValue as error:
            raise WrongValue(f"heeft een waarde die niet klopt: elke waarde {error}") from error
        if len(set(values)) < len(values):
            raise WrongValue("noemt een waarde twee keer")
        return values

    return read


def table(raw: Any) -> dict[str, Any]:
    """Read a table, unseen."""
    if not isinstance(raw, dict):
        raise WrongValue("moet een onderdeel met sleutels zijn")
    return raw


def tables(most: int, least: int = 1) -> Read:
    """Read a list of tables, unseen."""

    def read(raw: Any) -> tuple[Any, ...]:
        if not isinstance(raw, list):
            raise WrongValue("moet een lijst van onderdelen zijn")
        if not least <= len(raw) <= most:
            raise WrongValue(f"moet {least} tot en met {most} onderdelen hebben")
        return tuple(raw)

    return read


def unseen(raw: Any) -> Any:
    """Leave a value for later."""
    return raw


@dataclass(frozen=True, slots=True)
class Key:
    """What stands under a key of a table."""

    read: Read
    required: bool = True
    default: Any = None


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of table: its name in a sentence and the keys that it may have."""

    name: str
    keys: Mapping[str, Key]


@dataclass(frozen=True, slots=True)
class Row:
    """A table that was read: the values of its keys; one that was wrong is missing."""

    values: Mapping[str, Any]
    sound: bool
    """Nothing was wrong with it."""

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, or ``default`` when it was wrong."""
        return self.values.get(key, default)


def read_table(raw: Any, kind: Table, say: Say) -> Row:
    """Return what the table says; report every unknown, missing and wrong key."""
    if not isinstance(raw, dict):
        say(f"{kind.name} moet een onderdeel met sleutels zijn")
        return Row({}, sound=False)
    problems = [_unknown(key, kind) for key in raw if key not in kind.keys]
    values: dict[str, Any] = {}
    for name, key in kind.keys.items():
        if name in raw:
            try:
                values[name] = key.read(raw[name])
            except WrongValue as error:
                problems.append(f"{name} {error}")
        elif key.required:
            problems.append(f"{name} ontbreekt")
        else:
            values[name] = key.default
    for problem in problems:
        say(problem)
    return Row(values, sound=not problems)


def _unknown(key: str, kind: Table) -> str:
    near = get_close_matches(key, kind.keys, n=1) if len(key) <= WORD_MAX else []
    hint = f"; bedoelt u {quote(near[0])}?" if near else ""
    return f"sleutel {quote(key)} hoort niet bij {kind.name}{hint}"
