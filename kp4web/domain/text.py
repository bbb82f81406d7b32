"""What counts as text: something that somebody can see."""

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
"""Control characters, marks for layout, half pairs and every kind of space (Unicode, UAX 44)."""
_ALSO_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0")
"""Fillers that fonts draw as nothing, though Unicode counts them as letters, signs or marks."""


def is_blank(text: str) -> bool:
    """Return whether nobody would see anything: empty, spaces, or only invisible characters."""
    return all(
        character in _ALSO_UNSEEN
        or unicodedata.category(character) in _UNSEEN
        or 0xFE00 <= ord(character) <= 0xFE0F  # they choose how the character before them looks
        for character in text
    )
