"""The check that every fetched page goes through finds what it must find."""

import pytest
from flask import Flask

from tests.client import CheckedClient
from tests.html import assert_valid_html, faults_in, frame_of

PAGE = (
    "<!doctype html><html lang=nl><head><title>Lijst</title></head><body>"
    "<main><h1>Lijst</h1>%s</main></body></html>"
)


@pytest.mark.parametrize(
    ("fault", "content"),
    [
        ("unexpected-end-tag", "<p><div></div></p>"),
        ("unexpected-start-tag-implies-table-voodoo", "<table><p>x</p></table>"),
        ("duplicate-attribute", '<p class="a" class="b">x</p>'),
        ("end-tag-too-early", "<section><p>x"),
        ("stands 2 times", '<p id="a">x</p><p id="a">y</p>'),
        ("is empty", '<p id="">x</p>'),
        ("holds a space", '<p id="a b">x</p>'),
        ("img without alt", '<img src="/x.svg">'),
        ("button without a name", "<button><svg></svg></button>"),
        ("a without a name", '<a href="/x"> </a>'),
        ("label inside label", "<label>x <label>y</label></label>"),
        ("button inside a", '<a href="/x">x <button>y</button></a>'),
        ("for='a' points at nothing", '<label for="a">x</label>'),
        ("aria-describedby='b' points at nothing", '<p id="a" aria-describedby="a b">x</p>'),
        ("href='#a' points at nothing", '<a href="#a">x</a>'),
    ],
)
def test_a_fault_in_a_page_is_found(fault, content):
    assert fault in "\n".join(faults_in(PAGE % content))


@pytest.mark.parametrize(
    ("fault", "old", "new"),
    [
        ("without lang", " lang=nl", ""),
        ("without a title", "Lijst</title>", "</title>"),
        ("0 h1", "<h1>Lijst</h1>", "<h2>Lijst</h2>"),
        ("one main", "<main><h1>Lijst</h1>%s</main>", "<h1>Lijst</h1>"),
    ],
)
def test_a_page_has_its_four_parts(fault, old, new):
    assert fault in "\n".join(faults_in(PAGE.replace(old, new)))


@pytest.mark.parametrize(
    "text",
    [
        PAGE % '<p id="a">x</p><label for="b">y</label><input id="b"><a href="#a">z</a>',
        '<p>Bewaard om 14:03</p><button aria-label="Sluiten"></button>',
        '<tr><td>x</td></tr><tr><td aria-describedby="elsewhere">y</td></tr>',
        '<option value="1">x</option>',
        "  <!-- one --><li>x</li>",
        "",
    ],
)
def test_a_valid_page_or_fragment_passes(text):
    assert_valid_html(text)


@pytest.mark.parametrize(
    ("sound", "unsound"),
    [
        ('<a href="/x">x</a>', '<a href="/x"> </a>'),
        ('<a href="/x">x</a>', '<a href="#x">x</a>'),
        ("<p>Jansen en De Vries</p>", "<p>Jansen &unknown; De Vries</p>"),
        ('<p id="a">x</p><p id="b">x</p>', '<p id="a">x</p><p id="a">x</p>'),
        ('<input value="5">', '<input value="5" value="6">'),
        ('<input value="5">', '<input value="5"6">'),
    ],
)
def test_a_page_that_looks_like_a_sound_one_is_still_checked(sound, unsound):
    assert_valid_html(PAGE % sound)
    with pytest.raises(AssertionError, match="Not valid HTML"):
        assert_valid_html(PAGE % unsound)


def test_pages_that_differ_in_their_words_only_are_checked_once():
    one, other = (f'<a href="/{word}">{word}</a>' for word in ("Jansen", "de Vries 2"))
    assert frame_of(PAGE % one) == frame_of(PAGE % other)


def test_a_whole_page_without_doctype_is_no_fragment():
    assert list(faults_in((PAGE % "").replace("<!doctype html>", "")))


def test_the_client_of_the_tests_checks_every_page():
    app = Flask("trial")
    app.add_url_rule("/", view_func=lambda: PAGE % "<p><div></div></p>")
    app.test_client_class = CheckedClient
    with pytest.raises(AssertionError, match="Not valid HTML"):
        app.test_client().get("/")
