"""
Outlines ("sjablonen"): headings that a team puts into a report, never text that says something.

A heading names what to write about. What could pass for a finding is refused: a sentence about
somebody would stand in the report before anybody had spoken to them.
"""

import re
from collections.abc import Iterable, Sequence

MOST_HEADINGS = 12
LONGEST_HEADING = 60
MOST_WORDS = 8
LONGEST_NAME = 60

_ENDS_A_SENTENCE = re.compile(r"[.!;]|[,:]$")
_ASKS = {
    "wat", "hoe", "wie", "waar", "wanneer", "waarom", "waarmee", "waarvoor", "welk",
    "welke", "hoeveel", "hoelang",
}  # fmt: skip
_TELLS = {
    "is", "was", "heeft", "heb", "hebben", "had", "kan", "kunnen", "kon", "wil", "willen",
    "wilt", "wilde", "moet", "moeten", "mag", "gaat", "gaan", "doet", "komt", "voelt",
    "woont", "werkt", "krijgt", "blijft", "lijkt", "vindt", "wordt", "worden", "ben",
    "bent", "waren", "zal", "zou", "zit", "zegt", "geeft", "neemt", "lukt",
}  # fmt: skip
"""Finite verbs: with one of them a line tells something, unless it asks."""


def typed_headings(text: str) -> tuple[str, ...]:
    """Return the headings in a text, one a line; empty lines and a colon at the end are nothing."""
    lines = (" ".join(line.split()).rstrip(":").rstrip() for line in text.splitlines())
    return tuple(line for line in lines if line)


def fault_in(headings: Sequence[str]) -> str | None:
    """Return in Dutch what is wrong with these headings, or ``None``."""
    if not headings:
        return "Schrijf ten minste één kop op."
    if len(headings) > MOST_HEADINGS:
        return f"Gebruik hoogstens {MOST_HEADINGS} koppen. U schreef er {len(headings)}."
    seen: set[str] = set()
    for heading in headings:
        if fault := _fault(heading):
            return f"“{heading[: LONGEST_HEADING + 20]}”: {fault}"
        if heading.casefold() in seen:
            return f"“{heading}” staat er twee keer."
        seen.add(heading.casefold())
    return None


def _fault(heading: str) -> str | None:
    words = re.findall(r"[^\W\d_]+", heading.casefold())
    if len(heading) > LONGEST_HEADING:
        return f"een kop heeft hoogstens {LONGEST_HEADING} tekens."
    if not words:
        return "een kop bestaat uit woorden."
    if len(heading.split()) > MOST_WORDS:
        return f"een kop heeft hoogstens {MOST_WORDS} woorden."
    if _ENDS_A_SENTENCE.search(heading):
        return "dit leest als een zin. Schrijf alleen een kop, zonder punt."
    asks = heading.endswith("?") or words[0] in _ASKS
    if not asks and not _TELLS.isdisjoint(words):
        return "dit leest als een bevinding. Schrijf een kop, of een vraag met wat of hoe."
    return None


def with_headings(text: str, headings: Iterable[str]) -> str:
    """
    Return the text with the headings under it, each with room to write; the text stays as it was.

    A heading that stands on a line of its own already is not put there again.
    """
    there = {line.strip().rstrip(":").casefold() for line in text.splitlines()}
    missing = [heading for heading in headings if heading.casefold() not in there]
    if not missing:
        return text
    before = f"{text.rstrip()}\n\n" if text.strip() else ""
    return before + "\n\n".join(f"{_titled(heading)}\n" for heading in missing)


def _titled(heading: str) -> str:
    return heading if heading.endswith("?") else f"{heading}:"


def caret_after(typed: str, text: str) -> int:
    """
    Return where to go on writing after headings were added: under the first of them.

    Counted as a browser counts, in units of 16 bits; the end when nothing was added.
    """
    if text == typed:
        return _units(text)
    before = len(typed.rstrip()) + 2 if typed.strip() else 0
    return _units(text[: text.index("\n", before) + 1])


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
