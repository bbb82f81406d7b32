"""Slips in names: every slip is found, and what is found is one slip away."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kp4web.domain.names import search_words, searchable
from kp4web.domain.spelling import SHORTEST, is_slip, name_keys, slip_keys, slips_in

LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = st.text(st.sampled_from("abcde"), min_size=SHORTEST, max_size=9) | st.text(
    st.sampled_from(LETTERS), min_size=SHORTEST, max_size=14
)
NAMES = (
    {"surname": "O'Brien-Şahin", "initials": "J."},
    {"surname": "Wojciechowska-van den Heuvel", "given_name": "Agnieszka"},
    {"surname": "Vries", "prefix": "de", "given_name": "Zoë"},
    {"surname": "Łukasiewicz", "given_name": "Æbbe"},
)


def distance(one: str, other: str) -> int:
    """Return the number of slips between two words, by the book: a table of all beginnings."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            cost = min(
                rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (letter != against)
            )  # fmt: skip
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def slips_of(word: str) -> set[str]:
    """Return every word that is one slip away."""
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    missing = {a + b[1:] for a, b in splits if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    wrong = {a + letter + b[1:] for a, b in splits if b for letter in LETTERS}
    extra = {a + letter + b for a, b in splits for letter in LETTERS}
    return missing | swapped | wrong | extra


@given(WORDS)
def test_every_slip_shares_a_key_and_is_recognised(word):
    for slip in slips_of(word):
        assert slip_keys(slip) & slip_keys(word)
        assert is_slip(slip, word)
        assert is_slip(word, slip)


@given(WORDS, WORDS)
def test_nothing_further_away_is_recognised(one, other):
    assert is_slip(one, other) == (distance(one, other) <= 1)


@given(WORDS, st.data())
def test_a_slip_of_a_slip_is_only_recognised_when_it_is_near_again(word, data):
    once = data.draw(st.sampled_from(sorted(slips_of(word))))
    assume(once)
    twice = data.draw(st.sampled_from(sorted(slips_of(once))))
    assert is_slip(twice, word) == (distance(twice, word) <= 1)


@pytest.mark.parametrize("name", NAMES)
def test_every_long_word_of_a_name_is_found_with_every_slip(name):
    folded = searchable(**name)
    keys = name_keys(folded)
    for word in folded.split():
        if len(word) < SHORTEST:
            continue
        for slip in slips_of(word):
            assert slip_keys(slip) & keys
            assert slips_in(folded, (slip,)) in {0, 1}


def test_short_words_have_no_keys_and_no_slips():
    folded = searchable(surname="Bos", prefix="van")
    assert name_keys(folded) == slip_keys("vanbos")
    assert slips_in(folded, ("bas",)) is None
    assert slips_in(folded, ("vna", "bos")) is None
    assert slips_in(folded, ("van", "bos")) == 0


@pytest.mark.parametrize(
    ("typed", "slips"),
    [
        ("wojciechowska heuvel", 0), ("wojchiechowska", 1), ("wojciechwoska heuvel", 1),
        ("wojciechowka heuvl", 2), ("van den heuvle", 1), ("agniezka heuvel", 1),
        ("wojcechowka", None), ("heuvel jansen", None), ("", None),
    ],
)  # fmt: skip
def test_a_search_counts_the_words_with_a_slip(typed, slips):
    name = searchable(surname="Wojciechowska-van den Heuvel", given_name="Agnieszka")
    assert slips_in(name, search_words(typed)) == slips


def test_keys_are_the_word_and_the_word_without_each_letter():
    assert slip_keys("boom") == {"boom", "oom", "bom", "boo"}
    assert slip_keys("a") == {"a"}
    assert all(len(b) - len(a) <= 1 for a, b in pairwise(sorted(slip_keys("lang"), key=len)))
