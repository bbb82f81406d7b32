"""What may be corrected in a klantprofiel that was determined, and what follows from it."""

from dataclasses import replace
from datetime import date

import pytest

from kp4web.domain.applications import ApplicationState, Closing, DecisionBasis
from kp4web.domain.errors import InvalidInput
from kp4web.domain.profile_corrections import (
    Course,
    Days,
    DecisionContent,
    Place,
    changed_words,
    course_of,
)

MARCH = date(2026, 3, 2)
WAS = DecisionContent(4, MARCH, "Ziek.", DecisionBasis.CONVERSATION, "Het gesprek was genoeg.")


@pytest.mark.parametrize(
    ("state", "closing", "was", "becomes", "course"),
    [
        ("returned", None, 4, 2, Course.CLOSES),
        ("closed", Closing.PROFILE, 3, 4, Course.OFFERS),
        ("closed", Closing.PROFILE, 3, 1, Course.STAYS),
        ("closed", Closing.WITHDRAWN, 4, 2, Course.STAYS),
        ("closed", Closing.WITHDRAWN, 2, 4, Course.STAYS),
    ],
)
def test_another_profile_leads_the_applicant_elsewhere(state, closing, was, becomes, course):
    assert course_of(Place(ApplicationState(state), closing, True), was, becomes) is course


@pytest.mark.parametrize(
    ("state", "is_last", "advice"),
    [
        ("accepted", True, "Overleg met Team Sociaal"),
        ("offered", True, "Trek eerst de overdracht in"),
        ("running", True, "wacht op een nieuw klantprofiel"),
        ("waiting", True, "wacht op een nieuw klantprofiel"),
        ("open", True, "wacht op een nieuw klantprofiel"),
        ("closed", False, "opnieuw een klantprofiel vastgesteld"),
    ],
)
def test_where_the_profile_is_fixed_it_says_what_to_do(state, is_last, advice):
    place = Place(ApplicationState(state), None, is_last)
    with pytest.raises(InvalidInput, match=advice) as refused:
        course_of(place, 4, 3)
    assert refused.value.field == "profile"
    assert course_of(place, 4, 4) is Course.STAYS  # day and reasons can still be corrected


def test_nothing_is_offered_where_nobody_receives_it():
    place = Place(ApplicationState.CLOSED, Closing.PROFILE, is_last=True, receives=False)
    with pytest.raises(InvalidInput, match="werkt nog niet met dit systeem") as refused:
        course_of(place, 3, 4)
    assert refused.value.field == "profile"
    assert course_of(place, 3, 2) is Course.STAYS


def test_the_day_lies_among_what_happened_around_it():
    days = Days(MARCH, "die dag is de aanvraag gedaan.", date(2026, 3, 9), "later niet.")
    for day in (MARCH, date(2026, 3, 9)):
        days.check(day)
    for day, words in ((date(2026, 3, 1), "02-03-2026 of later: die dag is de aanvraag gedaan."),
                       (date(2026, 3, 10), "09-03-2026 of eerder: later niet.")):  # fmt: skip
        with pytest.raises(InvalidInput, match=words):
            days.check(day)


def test_what_changes_in_the_decision_is_said_in_words():
    becomes = replace(
        WAS, profile=3, decided_on=date(2026, 2, 28), justification="Kan meer.",
        basis=DecisionBasis.ELSEWHERE, basis_reason="", instrument="Dariuz Diagnose",
    )  # fmt: skip
    assert changed_words(WAS, becomes) == (
        "Klantprofiel 4 wordt klantprofiel 3.",
        "Vastgesteld op 02-03-2026 wordt 28-02-2026.",
        "Het profiel rust op: uitkomst van een meting elders, in plaats van zonder vragenlijst.",
        "De motivering wordt vervangen.",
    )
    assert changed_words(WAS, replace(WAS, basis_reason="Anders.")) == (
        "Waar het profiel op rust, wordt aangepast.",
    )
