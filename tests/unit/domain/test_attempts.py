from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kp4web.domain.agreements import AgreementEnding, Party, agreed
from kp4web.domain.attempts import SIGNAL_AT, attempts_since, is_signal, signal_words
from kp4web.domain.participation import BY_NUMBER, STEPS

DAYS = st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
CONTACT = date(2026, 5, 1)
DAY = timedelta(days=1)


@given(DAYS, st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_only_attempts_after_the_last_contact_count(days, contact):
    later = [day for day in days if contact is None or day > contact]
    assert attempts_since(days, contact) == len(later)
    assert attempts_since(days, max(days, default=contact)) == 0 or not days


def test_an_attempt_on_the_day_of_the_contact_does_not_count():
    assert attempts_since([CONTACT - DAY, CONTACT, CONTACT + DAY], CONTACT) == 1
    assert attempts_since([CONTACT], None) == 1


@pytest.mark.parametrize(
    ("attempts", "words"), [(0, ""), (2, ""), (3, "3 pogingen zonder contact"), (11, "11 pogingen")]
)
def test_three_in_a_row_are_a_signal(attempts, words):
    assert is_signal(attempts) is (attempts >= SIGNAL_AT) is bool(words)
    assert signal_words(attempts).startswith(words)


def test_the_ladder_has_six_steps_each_with_its_meaning():
    assert [step.number for step in STEPS] == [1, 2, 3, 4, 5, 6] == list(BY_NUMBER)
    assert len({step.meaning for step in STEPS}) == len({step.name for step in STEPS}) == 6
    assert STEPS[3].label == "4. Onbetaald werk"


def test_agreements_in_words():
    assert agreed(Party.RESIDENT, "de huisarts bellen") == "Inwoner: de huisarts bellen"
    assert [ending.label for ending in AgreementEnding] == [
        "Nagekomen", "Niet nagekomen", "Vervallen",
    ]  # fmt: skip
