"""Outlines hold headings, never a finding, and never replace what was typed."""

import pytest

from kp4web.domain.outlines import caret_after, fault_in, typed_headings, with_headings


@pytest.mark.parametrize(
    "heading",
    ["Gezondheid", "Wat is er besproken", "Wat werkt goed?", "Zijn netwerk", "Werk en inkomen",
     "Hoe gaat het nu?", "Gezondheid: wat kan wel?", "Contact met hulpverlening",
     "Dagbesteding (nu en straks)"],
)  # fmt: skip
def test_a_heading_is_taken(heading):
    assert fault_in([heading]) is None


@pytest.mark.parametrize(
    ("heading", "because"),
    [
        ("De inwoner heeft geen klachten", "bevinding"),
        ("Inwoner wil rust", "bevinding"),
        ("Gaat goed", "bevinding"),
        ("Geen klachten.", "zin"),
        ("Alles besproken; niets nieuws", "zin"),
        ("Gezondheid,", "zin"),
        ("Een twee drie vier vijf zes zeven acht negen", "hoogstens 8 woorden"),
        ("x" * 61, "hoogstens 60 tekens"),
        ("---", "bestaat uit woorden"),
    ],
)
def test_what_could_pass_for_a_finding_is_refused(heading, because):
    assert because in (fault_in(["Gezondheid", heading]) or "")


def test_a_number_of_headings_has_an_end_and_each_comes_once():
    assert "ten minste" in (fault_in([]) or "")
    assert "hoogstens 12" in (fault_in([f"Kop {letter}" for letter in "abcdefghijklm"]) or "")
    assert "twee keer" in (fault_in(["Werk", "werk"]) or "")


def test_headings_are_typed_one_a_line():
    assert typed_headings(" Gezondheid:\r\n\n  Werk  en\tinkomen \n") == (
        "Gezondheid",
        "Werk en inkomen",
    )


def test_headings_come_under_what_was_typed():
    assert with_headings("", ["Werk", "Thuis"]) == "Werk:\n\n\nThuis:\n"
    assert with_headings("Al getypt.  \n", ["Werk"]) == "Al getypt.\n\nWerk:\n"
    assert with_headings("", ["Hoe gaat het?"]) == "Hoe gaat het?\n"


def test_a_heading_that_stands_there_is_not_put_there_again():
    once = with_headings("Al getypt.", ["Werk", "Thuis"])
    assert with_headings(once, ["Werk", "Thuis"]) == once
    assert with_headings("werk:\nLoopt.", ["Werk", "Thuis"]) == "werk:\nLoopt.\n\nThuis:\n"


def test_one_goes_on_writing_under_the_first_new_heading():
    typed = "Al getypt: 👍."
    text = with_headings(typed, ["Werk", "Thuis"])
    place = caret_after(typed, text)
    assert text.encode("utf-16-le")[: place * 2].decode("utf-16-le").endswith("Werk:\n")
    assert caret_after("Al getypt.", "Al getypt.") == len("Al getypt.")
