"""Whose value stands when two people changed a record, and what counts as text."""

import pytest

from kp4web.domain.drafts import size_of, worth_keeping
from kp4web.domain.merging import Side, side_of
from kp4web.domain.text import is_blank


@pytest.mark.parametrize(
    ("was", "mine", "theirs", "side"),
    [
        ("a", "a", "a", Side.MINE),
        ("a", "b", "a", Side.MINE),
        ("a", "a", "b", Side.THEIRS),
        ("a", "b", "b", Side.MINE),
        ("a", "b", "c", Side.BOTH),
        ("a", "", "c", Side.BOTH),
        ("", "b", "c", Side.BOTH),
        (None, "b", "c", Side.MINE),
    ],
)
def test_only_what_both_changed_to_something_else_is_a_choice(was, mine, theirs, side):
    assert side_of(was=was, mine=mine, theirs=theirs) is side


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u200b", "\ufeff\u00ad", "\u00a0\t\n", "\u2800\u3164", "\u200d\ufe0f", "\x00"],
)
def test_what_nobody_sees_is_no_text(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "\u200ba", ".", "é", "👩‍🦽", "٣"])
def test_what_somebody_sees_is_text(text):
    assert not is_blank(text)


def test_a_draft_is_worth_keeping_when_something_was_added():
    assert not worth_keeping({"channel": ["phone"], "report": [" "]}, {"channel"})
    assert worth_keeping({"channel": ["phone"], "report": ["Half"]}, {"channel"})
    assert worth_keeping({"agreements-0-what": ["Bellen"]}, {"channel"})
    assert size_of({"report": ["Half"], "done": ["1", "2"]}) == 6
