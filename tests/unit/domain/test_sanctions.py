"""What a sanction signal needs before it can be sent: only two grounds, with evidence."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kp4web.domain.sanctions import (
    EDITABLE_STATES,
    OPEN_STATES,
    SENT_STATES,
    Content,
    SignalGround,
    SignalState,
    missing_from,
)

TODAY = date(2026, 11, 18)
TRIED = tuple(TODAY - timedelta(days=days) for days in (30, 20, 10))
SILENT = Content(
    ground=SignalGround.REFUSES_CONTACT, explanation="Reageert niet.", culpability="Ja.",
    urgent_reasons="Geen.", heard_on=TODAY, attempts=TRIED,
)  # fmt: skip
BROKEN = replace(
    SILENT, ground=SignalGround.BROKE_AGREEMENT, attempts=(), has_agreement=True,
    track_start="Taalcursus in juni.",
)  # fmt: skip


def lacks(content, last_contact_on=None):
    found = missing_from(content, last_contact_on=last_contact_on, today=TODAY)
    return [missing.field for missing in found]


def test_both_grounds_can_be_sent_when_everything_is_there():
    assert lacks(SILENT) == lacks(BROKEN) == []


def test_three_dated_attempts_are_needed():
    assert lacks(replace(SILENT, attempts=TRIED[:2])) == ["attempts"]
    (missing,) = missing_from(
        replace(SILENT, attempts=TRIED[:2]), last_contact_on=None, today=TODAY
    )
    assert "minstens 3" in missing.text
    assert "Dit zijn er 2." in missing.text


@pytest.mark.parametrize(("spoken", "count"), [(31, 0), (30, 2), (5, 2)])
def test_an_attempt_before_the_last_contact_does_not_count(spoken, count):
    assert lacks(SILENT, TODAY - timedelta(days=spoken)) == ["attempts"] * count


def test_a_broken_agreement_needs_that_agreement_and_its_track():
    assert lacks(replace(BROKEN, has_agreement=False, track_start=" ")) == [
        "agreement", "track_start",
    ]  # fmt: skip
    assert lacks(replace(BROKEN, attempts=TRIED, has_agreement=False)) == ["agreement"]


@pytest.mark.parametrize("field", ["explanation", "culpability", "urgent_reasons"])
def test_culpability_and_urgent_reasons_are_filled_in(field):
    for content in (SILENT, BROKEN):
        assert lacks(replace(content, **{field: " \n"})) == [field]


@pytest.mark.parametrize("heard_on", [None, TODAY + timedelta(days=1)])
def test_the_resident_was_heard(heard_on):
    assert lacks(replace(SILENT, heard_on=heard_on)) == ["heard_on"]


def test_a_state_is_open_or_sent_or_withdrawn():
    assert OPEN_STATES | SENT_STATES | {SignalState.WITHDRAWN} == set(SignalState)
    assert not OPEN_STATES & SENT_STATES
    assert EDITABLE_STATES < OPEN_STATES
