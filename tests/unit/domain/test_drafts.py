"""How the draft of a form is named, and which forms keep none."""

import pytest

from kp4web.domain.drafts import DraftRule, rule_of

KNOWN = {
    "bericht": DraftRule("bericht", "Bericht", "conversations.new_message"),
    "vraag": DraftRule("vraag", "Vraag", "reports.questions", part="conversation_id"),
}


def test_the_key_of_a_form_that_there_is_several_times_says_which():
    rule = KNOWN["vraag"].of(12)
    assert (rule.key, rule.place) == ("vraag:12", (("conversation_id", "12"),))
    assert rule_of(KNOWN, "vraag:12") == rule


@pytest.mark.parametrize("key", ["vraag", "vraag:", "bericht:12", "weg", "weg:12", ""])
def test_a_key_of_no_form_of_today_has_no_rule(key):
    assert rule_of(KNOWN, key) is None


def test_a_form_that_there_is_once_has_its_own_rule():
    assert rule_of(KNOWN, "bericht") is KNOWN["bericht"]
