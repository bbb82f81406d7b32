"""What is wrong with a questionnaire file: every fault with its place, in Dutch."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from kp4web.domain.dates import count_of
from kp4web.domain.errors import DomainError

FAULTS_MAX = 200
"""A file with more is no questionnaire; reading stops there."""
QUOTE_MAX = 40
"""Characters of the file repeated in a message."""

Say: TypeAlias = Callable[[str], None]
"""Report a fault at one place."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: ``place`` names the question, rule, section or line of the file it is in."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class DefinitionError(DomainError):
    """A questionnaire file was refused; ``faults`` holds at least one, in the order of reading."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        found = count_of(len(self.faults), "fout", "fouten")
        super().__init__(f"De vragenlijst is afgekeurd ({found}). Eerste fout: {self.faults[0]}.")


class Faults:
    """The faults found so far."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def __len__(self) -> int:
        return len(self._found)

    def at(self, place: str) -> Say:
        """Return the function that reports a fault at this place."""

        def say(message: str) -> None:
            fault = Fault(place, message)
            if fault not in self._found:
                self._found.append(fault)
            if len(self._found) >= FAULTS_MAX:
                self._give_up()

        return say

    def refuse(self) -> None:
        """Raise ``DefinitionError`` when there is a fault."""
        if self._found:
            raise DefinitionError(self._found)

    def _give_up(self) -> NoReturn:
        rest = Fault("bestand", f"heeft {FAULTS_MAX} fouten of meer; de rest is niet nagekeken")
        raise DefinitionError([*self._found, rest])


def within(say: Say, part: str) -> Say:
    """Return a function that reports at the same place, with the part named first."""
    return lambda message: say(f"{part}: {message}")


def quote(value: object) -> str:
    """Return a value of the file fit to repeat in a message."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in str(value)[: QUOTE_MAX + 1])
    return f'"{shown}"' if len(shown) <= QUOTE_MAX else f'"{shown[:QUOTE_MAX]}…"'
