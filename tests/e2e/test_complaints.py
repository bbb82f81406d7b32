"""The checks that watch over every browser test find what they must find."""

import pytest

from tests.browser import ON_SQLITE, only, run_axe, run_axe_at_all_widths, with_javascript

ADD_SCRIPT = "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"
ADD_IMAGE = "document.querySelector('main').append(document.createElement('img'))"
ADD_WIDTH = "document.querySelector('main').style.minWidth = '2000px'"
CALL_OUT = "fetch('https://example.org/').catch(() => null)"


@with_javascript
def test_an_inline_script_breaks_the_policy_and_is_a_complaint(page, complaints):
    page.goto("/inloggen")
    with page.expect_event("console"):
        page.evaluate(ADD_SCRIPT)
    assert "Content Security Policy" in complaints.pop()


@only(ON_SQLITE)
def test_a_request_to_another_host_is_a_complaint(page, complaints):
    page.goto("/inloggen")
    with page.expect_event("console"):
        page.evaluate(CALL_OUT)
    assert "example.org" in " ".join(complaints)
    complaints.clear()


@only(ON_SQLITE)
def test_axe_finds_an_image_without_a_text(page):
    page.goto("/inloggen")
    page.evaluate(ADD_IMAGE)
    with pytest.raises(AssertionError, match="image-alt"):
        run_axe(page)


@only(ON_SQLITE)
def test_a_page_that_sticks_out_sideways_is_found(page):
    page.goto("/inloggen")
    page.evaluate(ADD_WIDTH)
    with pytest.raises(AssertionError, match="pixels wide"):
        run_axe_at_all_widths(page)
