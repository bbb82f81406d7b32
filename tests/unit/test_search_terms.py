"""What a search term can mean."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kp4web.domain.bsn import demo_numbers
from kp4web.domain.names import fold
from kp4web.search.terms import By, Meaning, meaning_of
from tests.conftest import TODAY

BSN = next(number for number in demo_numbers() if number[4:6] > "31")


@pytest.mark.parametrize(
    ("term", "meaning"),
    [
        ("", Meaning()),
        ("KP4-2020-0117", Meaning(number="KP4-2020-0117")),
        ("kp4 2020 0117", Meaning(number="KP4-2020-0117")),
        ("2020-0117", Meaning(number="KP4-2020-0117")),
        ("kp4-0117", Meaning(number_end="0117")),
        ("117", Meaning(number_end="0117")),
        ("24099", Meaning(number_end="24099")),
        ("22-11-1970", Meaning(birth_date=date(1970, 11, 22))),
        ("1-2-70", Meaning(birth_date=date(1970, 2, 1))),
        ("1970-11-22", Meaning(birth_date=date(1970, 11, 22))),
        ("22-11-26", Meaning(birth_date=date(2026, 11, 22))),
        ("22-11-27", Meaning(birth_date=date(1927, 11, 22))),
        ("29-02-1971", Meaning()),
        ("221170", Meaning(number_end="221170", birth_date=date(1970, 11, 22))),
        ("22111970", Meaning(number="KP4-2211-1970", birth_date=date(1970, 11, 22))),
        ("19701122", Meaning(number="KP4-1970-1122", birth_date=date(1970, 11, 22))),
        (BSN, Meaning(number=f"KP4-{BSN[:4]}-{BSN[4:]}", bsn=BSN)),
        (f"{BSN[:3]}.{BSN[3:6]}.{BSN[6:]}", Meaning(bsn=BSN)),
        ("de Vries", Meaning(words=("de", "vries"))),
        ("Jansen 2020-0117", Meaning(words=("jansen", "2020", "0117"))),
        ("KP4", Meaning(words=("kp4",))),
        ("%", Meaning()),
    ],
)
def test_a_term_means(term, meaning):
    assert meaning_of(term, today=TODAY) == meaning


def test_eight_digits_can_be_a_bsn_without_its_zero():
    assert meaning_of("10000008", today=TODAY).bsn == "010000008"


def test_by_names_the_most_exact_first():
    assert meaning_of(BSN, today=TODAY).by == (By.NUMBER, By.BSN)
    assert meaning_of("221170", today=TODAY).by == (By.NUMBER, By.BIRTH_DATE)
    assert meaning_of("jansen", today=TODAY).by == (By.NAME,)


def test_a_meaning_never_prints_what_was_typed():
    shown = repr(meaning_of(BSN, today=TODAY)) + repr(meaning_of("Jansen", today=TODAY))
    assert BSN not in shown
    assert "jansen" not in shown


@given(st.text(max_size=200) | st.from_regex(r"[0-9 ./-]{1,20}", fullmatch=True))
def test_any_text_means_something_that_can_be_bound(term):
    meaning = meaning_of(term, today=TODAY)
    assert all(word == fold(word) and word for word in meaning.words)
    assert len(meaning.words) <= 8
    assert (meaning.number or meaning.number_end or "0").isascii()
