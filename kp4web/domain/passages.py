"""
Words in reports: what somebody looks for, and where in a text it stands.

Everything is compared folded (``names.fold``): small letters without diacritics. A word counts
as the beginning of a word, so "schuldh" and "schuldh*" both find schuldhulp; what stands between
quotes is looked for exactly as it is, word after word.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kp4web.domain.names import MAX_SEARCH_LENGTH, fold, folded_character

MAX_PARTS = 8
LONGEST_WORD = 60
"""Letters of a word that are looked at; a database refuses words without end."""
SHORTEST_OPEN = 3
"""Letters from which a word also stands for all words that begin with it."""
AROUND = 70
"""Characters before a hit that are shown with it."""
LENGTH = 220
"""Characters of a passage, about."""
_PARTS = re.compile(r'"([^"]*)("|$)|([^\s"]+)')
_QUOTES = str.maketrans("“”„‟«»", '""""""')
SMALL_WORDS = frozenset(
    re.findall(
        r"\w+",
        "aan al als bij dan dat de der deze die dit door een en er had heb heeft het hij hoe hun "
        "ik in is je kan maar me men met mij na naar niet nog nu of om onder ons ook op over te "
        "ten ter tot u uit uw van voor was wat we wel wie wij wil ze zei zich zij zijn zo zou",
    )
)
"""Words that stand in nearly every report; alone they find nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """Words that stand one after the other; everything asked for has to be in the text."""

    words: tuple[str, ...]
    is_open: bool
    """Whether the last word may go on."""
    is_quoted: bool = False

    def fits(self, words: Sequence[str]) -> bool:
        """Return whether these words, as many as there are here, are those looked for."""
        *before, last = self.words
        *found, end = words
        return before == found and (end.startswith(last) if self.is_open else end == last)


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word of a text, and where it stands."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of a passage."""

    text: str
    is_hit: bool


def parts_of(text: str) -> tuple[Part, ...]:
    """Return what a search looks for in reports; nothing when it holds small words only."""
    found = _PARTS.finditer(text[:MAX_SEARCH_LENGTH].translate(_QUOTES))
    parts = (_quoted(each[1], each[2]) if each[3] is None else _loose(each[3]) for each in found)
    return tuple(dict.fromkeys(part for part in parts if part))[:MAX_PARTS]


def _quoted(text: str, end: str) -> Part | None:
    """Return what stands between quotes; without the last quote somebody is still typing it."""
    words = _words(text)
    return Part(words, is_open=not end, is_quoted=True) if _says_something(words) else None


def _loose(text: str) -> Part | None:
    """Return a word, or the words of one that is written with a hyphen or an apostrophe."""
    words = _words(text)
    if not _says_something(words):
        return None
    return Part(words, is_open=len(words[-1]) >= SHORTEST_OPEN or text.endswith("*"))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word[:LONGEST_WORD] for word in fold(text).split())


def _says_something(words: tuple[str, ...]) -> bool:
    if len(words) > 1:
        return True
    return bool(words) and words[0] not in SMALL_WORDS and (len(words[0]) > 1)


def tokens_of(text: str) -> list[Token]:
    """Return the folded words of a text with their places in it."""
    found: list[Token] = []
    word, start, last = "", 0, 0
    for place, character in enumerate(f"{text} "):
        for part in folded_character(character):
            if part != " ":
                start, last = start if word else place, place
                word += part
            elif word:
                found.append(Token(word, start, max(place, last + 1)))
                word = ""
    return found


def passage(text: str, parts: Sequence[Part], also: Collection[str] = ()) -> tuple[Piece, ...]:
    """
    Return the part of the text with most of what was looked for, its hits apart.

    ``also``: folded words that count as hits too, as a database that knows stems found them.
    Without any hit: the beginning of the text.
    """
    spans = _spans(tokens_of(text), parts, frozenset(also))
    first, last = _window(text, spans)
    pieces = list(_pieces(text, first, last, [s for s in spans if first <= s[0] and s[1] <= last]))
    before, after = "… " if text[:first].strip() else "", " …" if text[last:].strip() else ""
    ends = (Piece(before, False), *pieces, Piece(after, False))
    return tuple(piece for piece in ends if piece.text)


def _spans(
    tokens: list[Token], parts: Sequence[Part], also: frozenset[str]
) -> list[tuple[int, int]]:
    """Return where the hits begin and end, in order, none over another."""
    words = [token.word for token in tokens]
    found = {
        (tokens[place].start, tokens[place + len(part.words) - 1].end)
        for part in parts
        for place in range(len(words) - len(part.words) + 1)
        if part.fits(words[place : place + len(part.words)])
    }
    found |= {(token.start, token.end) for token in tokens if token.word in also}
    spans: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _window(text: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
    """Return the place of the passage: where most hits stand together, from word to word."""
    starts = [start for start, _ in spans]
    best = max(
        starts, key=lambda s: (sum(s <= each < s + LENGTH - AROUND for each in starts), -s),
        default=0,
    )  # fmt: skip
    first = _edge(text, max(0, best - AROUND))
    longest = max((end - first for start, end in spans if start == best), default=0)
    last = min(len(text), first + max(LENGTH, longest))
    if last < len(text):
        space = max(text.rfind(" ", first, last), text.rfind("\n", first, last))
        last = space if space > max(best, first + longest - 1) else last
    return first, last


def _edge(text: str, place: int) -> int:
    """Return the beginning of a word near this place, when there is one."""
    if place == 0:
        return 0
    gap = re.compile(r"\s").search(text, place, place + AROUND // 2)
    return gap.end() if gap else place


def _pieces(text: str, first: int, last: int, spans: list[tuple[int, int]]) -> Iterator[Piece]:
    edges = [first, *(edge for span in spans for edge in span), last]
    for number, (start, end) in enumerate(pairwise(edges)):
        if end > start:
            yield Piece(text[start:end], is_hit=number % 2 == 1)
