"""What the grounds of the law ask of an exemption: both sides of every rule."""

from datetime import date, timedelta

import pytest

from kp4web.domain.errors import InvalidInput
from kp4web.domain.exemptions import (
    Terms,
    Wanted,
    check_review,
    check_wanted,
    latest_end,
    next_review,
    plan_due_on,
    until_words,
    youngest,
)

TODAY = date(2026, 11, 18)
URGENT = Terms(end_required=True)
DISABLED = Terms(end_required=False, seen_required=True)
PARENT = Terms(
    end_required=True, on_request=True, once=True, max_months=60, child_until_years=5,
    plan_months=6, review_months=6,
)  # fmt: skip
BORN = date(2024, 2, 29)


def refused(terms, first_on=None, **days):
    """Return the field at which the days are refused, or ``None``."""
    wanted = Wanted(**({"starts_on": TODAY} | days))
    try:
        check_wanted(terms, wanted, first_on or wanted.starts_on, today=TODAY)
    except InvalidInput as error:
        return error.field
    return None


def parent(**days):
    return {"requested_on": TODAY, "child_born_on": BORN, "ends_on": date(2028, 1, 1)} | days


def test_an_exemption_for_urgent_reasons_is_temporary():
    assert refused(URGENT) == "ends_on"
    assert refused(URGENT, ends_on=TODAY) is None
    assert refused(URGENT, ends_on=TODAY - timedelta(days=1)) == "ends_on"
    assert refused(URGENT, ends_on=date(2060, 1, 1)) is None


def test_it_may_have_begun_but_does_not_begin_in_the_future():
    ends_on = date(2028, 1, 1)
    assert refused(URGENT, starts_on=TODAY + timedelta(days=1), ends_on=ends_on) == "starts_on"
    assert refused(URGENT, starts_on=date(2020, 1, 1), ends_on=ends_on) is None
    decided = TODAY + timedelta(days=1)
    assert refused(URGENT, ends_on=ends_on, decided_on=decided) == "decided_on"


def test_fully_disabled_has_no_end_and_names_the_day_the_paper_was_seen():
    assert refused(DISABLED) == "seen_on"
    assert refused(DISABLED, seen_on=TODAY) is None
    assert refused(DISABLED, seen_on=TODAY + timedelta(days=1)) == "seen_on"
    assert refused(DISABLED, seen_on=TODAY, ends_on=date(2030, 1, 1)) == "ends_on"


@pytest.mark.parametrize("missing", ["requested_on", "child_born_on", "ends_on"])
def test_a_single_parent_asks_for_it_and_has_a_young_child(missing):
    assert refused(PARENT, **parent()) is None
    assert refused(PARENT, **parent(**{missing: None})) == missing


def test_it_ends_before_the_youngest_child_is_five_also_when_born_on_29_february():
    assert latest_end(PARENT, TODAY, BORN) == date(2029, 2, 27)
    assert refused(PARENT, **parent(ends_on=date(2029, 2, 27))) is None
    assert refused(PARENT, **parent(ends_on=date(2029, 2, 28))) == "ends_on"
    old = parent(child_born_on=date(2021, 11, 18))
    assert refused(PARENT, **old) == "starts_on"
    assert refused(PARENT, **parent(child_born_on=date(2021, 11, 20), ends_on=TODAY)) is None


def test_it_lasts_five_years_at_most_counted_from_the_first_day():
    born = date(2023, 6, 1)
    assert latest_end(PARENT, date(2020, 2, 29), born) == date(2025, 2, 27)
    first = date(2021, 11, 20)
    days = parent(child_born_on=date(2023, 1, 1), ends_on=date(2026, 11, 19))
    assert refused(PARENT, first, **days) is None
    assert refused(PARENT, first, **(days | {"ends_on": date(2026, 11, 20)})) == "ends_on"


def test_the_request_comes_before_the_exemption():
    late = parent(starts_on=TODAY - timedelta(days=9))
    assert refused(PARENT, **late) == "requested_on"


def test_a_review_lies_within_the_exemption_and_not_later_than_the_ground_asks():
    ends_on = date(2027, 8, 1)
    assert refused(URGENT, ends_on=ends_on, review_on=date(2027, 8, 2)) == "review_on"
    assert refused(URGENT, ends_on=ends_on, review_on=TODAY - timedelta(days=1)) == "review_on"
    assert check_review(URGENT, None, TODAY, ends_on) is None
    assert check_review(PARENT, None, TODAY, ends_on) == date(2027, 5, 18)
    assert check_review(PARENT, date(2027, 3, 1), TODAY, ends_on) == date(2027, 3, 1)
    with pytest.raises(InvalidInput):
        check_review(PARENT, date(2027, 5, 19), TODAY, ends_on)
    assert next_review(PARENT, date(2027, 5, 18), ends_on) is None
    assert plan_due_on(PARENT, date(2026, 8, 31)) == date(2027, 2, 28)
    assert plan_due_on(URGENT, TODAY) is None


def test_the_youngest_is_the_last_born_that_is_here():
    assert youngest([date(2015, 1, 1), None, BORN, date(2027, 1, 1)], TODAY) == BORN
    assert youngest([None], TODAY) is None


@pytest.mark.parametrize(
    ("ends_on", "words"),
    [
        (None, "Ontheffing zonder einddatum"),
        (TODAY, "Ontheffing tot en met 18-11-2026"),
        (TODAY - timedelta(days=1), "Ontheffing verlopen op 17-11-2026"),
    ],
)
def test_the_badge_says_how_far_it_reaches(ends_on, words):
    assert until_words(ends_on, TODAY) == words
