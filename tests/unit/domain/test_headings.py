"""The two standing headings, and what their empty state says."""

import pytest

from kp4web.domain.headings import BY_SLUG, Heading, what_to_write


def test_every_heading_has_an_address():
    assert set(BY_SLUG) == {"ondersteuningsvraag", "activering"}


def test_rest_does_not_ask_for_activation():
    at_rest = what_to_write(Heading.ACTIVATION, resting=True)
    assert "Vraag de inwoner nu niet naar activering" in at_rest
    assert "volgende stap" not in at_rest


@pytest.mark.parametrize(
    ("heading", "resting"),
    [(Heading.SUPPORT_NEED, True), (Heading.SUPPORT_NEED, False), (Heading.ACTIVATION, False)],
)
def test_an_empty_heading_says_what_to_write(heading, resting):
    assert "Bijvoorbeeld" in what_to_write(heading, resting=resting)
