"""
Names of people: how they are shown, sorted and found.

Searching forgives case, diacritics, punctuation and particles: "sahin" finds Şahin, "vries"
and "de vries" find De Vries, "obrien" finds O'Brien. Folding takes any text whatever, so that
nothing a person can paste into a search box raises.
"""

import re
import unicodedata
from functools import lru_cache

MAX_SEARCH_LENGTH = 200
"""Characters of a search that are read; nobody has a longer name."""
MAX_SEARCH_WORDS = 8
_LETTERS_WITHOUT_DECOMPOSITION = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe",
    "ß": "ss", "ŧ": "t", "ŋ": "n", "ə": "e",
}  # fmt: skip
_APOSTROPHES = re.compile("['`´‘’‛′ʹʻʼʽʾʿˈ＇]")
_MODIFIERS = range(0x02B0, 0x0300)
"""Spacing modifier letters: Unicode calls them letters, but a dozen of them are apostrophes."""


def display_name(
    *,
    surname: str,
    prefix: str = "",
    initials: str = "",
    given_name: str = "",
    partner_surname: str = "",
) -> str:
    """Return the name as the screens show it: ``M. de Vries``, ``de Vries-Jansen``."""
    family = _joined(prefix, surname)
    if partner_surname.strip():
        family = f"{family}-{partner_surname.strip()}"
    return _joined(_initials(initials) or _first_letter(given_name), family)


def sort_key(
    *,
    surname: str,
    prefix: str = "",
    initials: str = "",
    given_name: str = "",
    partner_surname: str = "",
) -> str:
    """Return the folded name to sort by: surname first, particles last, as in a Dutch list."""
    return fold(f"{surname} {partner_surname} {initials or given_name} {prefix}")


def searchable(
    *,
    surname: str,
    prefix: str = "",
    initials: str = "",
    given_name: str = "",
    partner_surname: str = "",
) -> str:
    """
    Return the folded words of a name between spaces, to match ``search_words`` against.

    Each word starts after a space. Compound names are in it as their parts and as a whole
    ("o brien obrien"), a surname also with its particles attached ("devries").
    """
    texts = (given_name, initials, prefix, surname, partner_surname)
    words = [word for text in texts for token in text.split() for word in _forms(token)]
    attached = fold(f"{prefix} {surname}").replace(" ", "") if prefix.strip() else ""
    return f" {' '.join(dict.fromkeys(w for w in [*words, attached] if w))} "


def search_words(text: str) -> tuple[str, ...]:
    """
    Return the folded words of a search; a name is found when each begins a word of it.

    An apostrophe joins ("O'Brien" looks for "obrien"), everything else that is no letter or
    digit separates.
    """
    joined = _APOSTROPHES.sub("", text[:MAX_SEARCH_LENGTH])
    return tuple(dict.fromkeys(fold(joined).split()))[:MAX_SEARCH_WORDS]


def matches(searchable_name: str, words: tuple[str, ...]) -> bool:
    """Return whether every word begins a word of the searchable name; nothing matches none."""
    return bool(words) and all(f" {word}" in searchable_name for word in words)


def fold(text: str) -> str:
    """Return the text in small plain letters and digits, its words apart by single spaces."""
    return " ".join("".join(map(folded_character, text)).split())


@lru_cache(maxsize=4096)
def folded_character(character: str) -> str:
    """Return what ``fold`` leaves of one character: letters, digits, spaces, or nothing."""
    plain = unicodedata.normalize("NFKD", character).casefold()
    plain = unicodedata.normalize("NFKD", plain)
    return "".join(_bare(part) for part in plain)


def _bare(part: str) -> str:
    if unicodedata.category(part).startswith("M"):
        return ""
    if ord(part) in _MODIFIERS:
        return " "
    part = _LETTERS_WITHOUT_DECOMPOSITION.get(part, part)
    return part if part.isalnum() else " "


def _forms(token: str) -> tuple[str, ...]:
    """Return the folded parts of one token, and the token as a whole when it has several."""
    parts = fold(token).split()
    by_apostrophe = fold(_APOSTROPHES.sub("", token)).split()
    return tuple(dict.fromkeys([*parts, *by_apostrophe, "".join(parts)]))


def _initials(text: str) -> str:
    """Return initials with their dots: ``MJ`` becomes ``M.J.``; what has dots stays."""
    bare = "".join(text.split())
    if not bare or "." in bare or not bare.isupper():
        return f"{bare}." if bare and not bare.endswith(".") else bare
    return "".join(f"{letter}." for letter in bare)


def _first_letter(given_name: str) -> str:
    name = given_name.strip()
    return f"{name[0].upper()}." if name else ""


def _joined(*parts: str) -> str:
    return " ".join(" ".join(parts).split())
