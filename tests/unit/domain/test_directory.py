"""Whom to call for what, phone numbers, and names known as a whole."""

import pytest

from kp4web.domain.directory import About, Desk, Guide, calls, check_phone, names_whole
from kp4web.domain.errors import InvalidInput
from kp4web.domain.names import search_words, searchable

TEAM = Desk("Gemeente Buren", "Team Sociaal", "14 0344", "9.00-12.00 uur")
PAYER = Desk("Werkzaak", phone="0344 000000")
ANN, BOB = Guide(TEAM, "Ann", "06 1"), Guide(TEAM, "Bob")


GUIDED, PAID = (About.GUIDANCE, About.EXEMPTION), (About.BENEFIT, About.CHANGES)


def told(*guides, payer=PAYER):
    found = calls(guides, payer)
    return [(call.abouts, call.who, call.phone, call.for_whom) for call in found]


def test_a_couple_with_one_contact_person_is_told_once():
    once = [(GUIDED, "Ann", "06 1", ""), (PAID, "Werkzaak", "0344 000000", "")]
    assert told(("A", ANN), ("B", ANN)) == told(("A", ANN)) == once


def test_a_household_with_two_contact_persons_is_told_whose_each_is():
    found = told(("A", ANN), ("B", BOB), ("C", ANN), payer=None)
    assert found == [(GUIDED, "Ann", "06 1", "A en C"), (GUIDED, "Bob", "14 0344", "B")]


def test_without_a_contact_person_the_team_is_called():
    assert told(("A", Guide(TEAM, "", "06 2")))[0][1:3] == (TEAM.label, TEAM.phone)
    assert told(("A", Guide(Desk("Buren"))))[0][2] == ""


@pytest.mark.parametrize("number", ["", "14 0345", "+31 (0)345-12 34 56", "0612345678"])
def test_a_number_is_kept_as_it_is_written(number):
    assert check_phone(f"  {number} ") == number


@pytest.mark.parametrize("number", ["bel maar", "06", "0" * 16, "0612345678;", "06-12<b>"])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(InvalidInput, match="geen telefoonnummer"):
        check_phone(number)


NAME = searchable(surname="O'Brien-Şahin", prefix="van der", initials="J.M.", given_name="Jo")


@pytest.mark.parametrize(
    ("term", "is_found"),
    [
        ("O'Brien-Şahin", True), ("sahin", True), ("J. van der Obrien", True), ("sahim", True),
        ("J.M. Sahin", True), ("sah", False), ("obri", False), ("j", False), ("K. Sahin", False),
        ("", False), ("sahin jansen", False), ("der", True),
    ],
)  # fmt: skip
def test_a_name_is_found_as_a_whole_only(term, is_found):
    assert names_whole(NAME, search_words(term)) is is_found
