from datetime import date
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kp4web.domain.bsn import demo_numbers, is_in, is_valid, mask, normalise

DEMO = list(demo_numbers())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (DEMO[0], DEMO[0]),
        (f"{DEMO[0][:4]} {DEMO[0][4:6]}.{DEMO[0][6:]}", DEMO[0]),
        (f" {DEMO[0][:4]}-{DEMO[0][4:6]}–{DEMO[0][6:]}\u00a0\n", DEMO[0]),
        ("12345678", "012345678"),
        ("1234567", "1234567"),
        ("", ""),
        ("abc", "abc"),
    ],
)
def test_what_people_type_around_the_digits_is_taken_away(text, number):
    assert normalise(text) == number


def test_there_are_9091_demo_numbers_in_order():
    assert len(DEMO) == 9091
    assert sorted(set(DEMO)) == DEMO
    assert all(is_valid(number) and number.startswith("9999") for number in DEMO)
    assert list(islice(demo_numbers(), 3)) == DEMO[:3]


@given(st.sampled_from(DEMO), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number, place, shift):
    wrong = str((int(number[place]) + shift) % 10)
    assert not is_valid(number[:place] + wrong + number[place + 1 :])


@given(st.sampled_from(DEMO), st.integers(0, 7))
def test_two_neighbours_swapped_are_always_noticed(number, place):
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert is_valid(swapped) is (swapped == number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "000000000",
        DEMO[0][:8],
        f"{DEMO[0]}0",
        f" {DEMO[0]}",
        f"{DEMO[0]}\n",
        "９９９９０００１",
        "٩٩٩٩٠٠٠٠٠",
        "99990000x",
        "\x00" * 9,
        "\ud800" * 9,
    ],
)
def test_anything_else_is_no_number(number):
    assert not is_valid(number)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=30))
def test_no_text_raises(text):
    assert is_valid(normalise(text)) in (True, False)
    assert normalise(normalise(text)) == normalise(text)


def test_a_masked_number_shows_three_digits():
    assert mask("999900653") == "•••••• 653"


@given(st.sampled_from(DEMO), st.integers(1, 8), st.sampled_from(" .-\u00a0"), st.text("ab, ;\n"))
def test_a_number_is_found_in_a_text_however_it_is_written(number, place, between, around):
    for written in (number, f"{number[:place]}{between}{number[place:]}", between.join(number)):
        assert is_in(f"{around}{written}{around}")
        assert is_in(f"a 12 {written} 7, b")


@given(st.text())
def test_a_text_without_nine_digits_holds_no_number(text):
    few = "".join(c for c in text if not c.isdigit())
    assert not is_in(few)
    assert not is_in(f"{few} 1234567 {few}")


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_is_no_number(day):
    for written in ("%d-%m-%Y", "%d%m%Y", "%Y%m%d", "%d.%m.%Y 14.03"):
        assert not is_in(f"Op {day.strftime(written)} gebeld.")


def test_eight_digits_count_when_they_stand_alone():
    short = next(f"{n}" for n in range(30_000_000, 30_000_020) if is_valid(f"0{n}"))
    assert is_in(f"Nummer {short}.")
    assert not is_in(f"Bel 06-{short}.")


@pytest.mark.parametrize("text", ["", "000000000", "06-12345678", "0345 123 456", "€ 27.347"])
def test_what_is_no_number(text):
    assert not is_in(text)


def test_a_long_row_of_digits_takes_no_time():
    assert not is_in("0 " * 25_000)
