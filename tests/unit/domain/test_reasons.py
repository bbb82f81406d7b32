"""A reason that opens a dossier: what it must say, and until when in words."""

from datetime import UTC, datetime

import pytest

from kp4web.domain.errors import InvalidInput
from kp4web.domain.reasons import REASON_LIMIT, checked_reason, until_words

NOW = datetime(2026, 11, 18, 13, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "De vaste consulent is ziek, inwoner belt.",
        "O'Brien-Şahin staat aan de balie",
        "  Inwoner\r\n staat aan de balie  ",
    ],
)
def test_a_sentence_is_a_reason(text):
    assert checked_reason(text) == " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    ["", "   ", "nodig", "ziek ziek ziek ziek ziek", "............... ....",
     "1234567 12345678 1234", "a b c d e f g h i j", "x" * 40, "een twee drie " * 60],
)  # fmt: skip
def test_what_says_nothing_or_too_much_is_none(text):
    with pytest.raises(InvalidInput) as refused:
        checked_reason(text)
    assert refused.value.field == "reason"


def test_the_longest_reason_fits():
    text = ("woord anders nog " * 40)[: REASON_LIMIT - 1] + "x"
    assert len(checked_reason(text)) <= REASON_LIMIT


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (datetime(2026, 11, 18, 22, 59, tzinfo=UTC), "23:59"),
        (datetime(2026, 11, 18, 23, 1, tzinfo=UTC), "do 19-11-2026 00:01"),
        (datetime(2026, 11, 19, 13, 3, tzinfo=UTC), "do 19-11-2026 14:03"),
    ],
)
def test_the_end_is_said_with_its_day_once_that_is_another(until, words):
    assert until_words(until, NOW) == words
