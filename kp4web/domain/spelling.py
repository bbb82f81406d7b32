"""
Slips of the pen in names: one wrong, missing, extra or swapped letter.

Two words that are one slip apart share a key: the word itself or the word with one letter left
out. So the keys of a name can be kept in an index, and a search looks up its own few keys; what
comes back is then compared exactly, for words up to two slips apart can share a key too.
"""

from kp4web.domain.names import matches

SHORTEST = 4
"""Letters of a word in a name that is also found with a slip: shorter words are all alike."""


def name_keys(searchable_name: str) -> frozenset[str]:
    """Return the keys under which a name (as ``names.searchable`` folds it) can be found."""
    words = [word for word in searchable_name.split() if len(word) >= SHORTEST]
    return frozenset().union(*map(slip_keys, words))


def slip_keys(word: str) -> frozenset[str]:
    """Return the word, and the word with each of its letters left out."""
    shorter = (word[:place] + word[place + 1 :] for place in range(len(word)))
    return frozenset({word, *shorter} - {""})


def slips_in(searchable_name: str, words: tuple[str, ...]) -> int | None:
    """
    Return how many words of a search need a slip to be found in a name.

    A word is found when it begins a word of the name, or is one slip away from a whole word of
    at least ``SHORTEST`` letters. ``None`` when some word is not found at all.
    """
    if not words:
        return None
    wrong = [word for word in words if not matches(searchable_name, (word,))]
    whole = [word for word in searchable_name.split() if len(word) >= SHORTEST]
    if all(any(is_slip(word, each) for each in whole) for word in wrong):
        return len(wrong)
    return None


def is_slip(typed: str, meant: str) -> bool:
    """Return whether the words are equal but for one letter, or two neighbours swapped."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    begin = 0
    while typed[begin : begin + 1] == meant[begin : begin + 1] != "":
        begin += 1
    typed, meant = typed[begin:], meant[begin:]
    while typed and meant and typed[-1] == meant[-1]:
        typed, meant = typed[:-1], meant[:-1]
    swapped = len(typed) == 2 and typed == meant[::-1]
    return swapped or (len(typed) <= 1 and len(meant) <= 1)
