"""What a search looks for in a report, and the passage around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kp4web.domain.names import fold
from kp4web.domain.passages import LENGTH, Part, parts_of, passage, tokens_of


def marked(text, term, also=()):
    return "".join(
        f"[{p.text}]" if p.is_hit else p.text for p in passage(text, parts_of(term), also)
    )


@pytest.mark.parametrize(
    ("term", "parts"),
    [
        ("Schuldh", (Part(("schuldh",), True),)),
        ("schuldh*", (Part(("schuldh",), True),)),
        ("kp", (Part(("kp",), False),)),
        ("kp*", (Part(("kp",), True),)),
        ('"geen werk"', (Part(("geen", "werk"), False, True),)),
        ('"geen we', (Part(("geen", "we"), True, True),)),
        ("„Geen Werk”", (Part(("geen", "werk"), False, True),)),
        ("O'Brien-Şahin", (Part(("o", "brien", "sahin"), True),)),
        ("de schuld en het werk", (Part(("schuld",), True), Part(("werk",), True))),
        ('"de het"', (Part(("de", "het"), False, True),)),
        ("werk werk", (Part(("werk",), True),)),
        ("de het een", ()), ('"de"', ()), ('""', ()), ('"', ()), ("* % _", ()), ("x", ()), ("", ()),
    ],
)  # fmt: skip
def test_a_search_holds_these_parts(term, parts):
    assert parts_of(term) == parts


@given(st.text(max_size=300))
def test_any_search_gives_folded_words_of_bounded_length(term):
    parts = parts_of(term)
    assert len(parts) <= 8
    for part in parts:
        assert part.words
        for word in part.words:
            assert word == fold(word)
            assert " " not in word
            assert 0 < len(word) <= 60


def test_hits_are_marked_in_the_text_as_it_was_written():
    assert marked("Zoë heeft géén werk.", "zoe") == "[Zoë] heeft géén werk."
    assert marked("Zoë heeft géén  werk.", '"geen werk"') == "Zoë heeft [géén  werk]."
    assert marked("Bij O’Brien thuis", "o'brien") == "Bij [O’Brien] thuis"
    assert marked("cafe\u0301s en cafés", "cafés") == "[cafe\u0301s] en [cafés]"
    assert marked("werk werkt gewerkt", "werk") == "[werk] [werkt] gewerkt"
    assert marked("Een schuld.", "schulden", also={"schuld"}) == "Een [schuld]."
    assert marked("a b a b", '"a b a" "b a b"') == "[a b a b]"


def test_the_passage_is_where_most_hits_are():
    text = f"schuld {'iets ' * 200}schuld en werk {'niets ' * 200}"
    shown = marked(text, "schuld werk")
    assert "[schuld] en [werk]" in shown
    assert shown.startswith("… iets")
    assert shown.endswith("niets …")
    assert len(shown) < LENGTH + 10


def test_without_a_hit_it_is_the_beginning():
    assert marked("Kort verslag.", "fiets") == "Kort verslag."
    assert marked("woord " * 100, "fiets").startswith("woord woord")
    assert marked("", "fiets") == ""


@given(st.text(max_size=600), st.text(max_size=40))
def test_a_passage_is_a_piece_of_the_text_and_its_tokens_are_the_folded_text(text, term):
    shown = "".join(p.text for p in passage(text, parts_of(term)))
    assert shown.removeprefix("… ").removesuffix(" …") in text or text in shown
    assert " ".join(token.word for token in tokens_of(text)) == fold(text)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens_of(text))


@given(st.lists(st.sampled_from(["werk", "schuld", "é", "O'Brien", "lang" * 40, "x"]), max_size=80))
def test_every_word_looked_for_is_marked(words):
    text = " ".join(words)
    for term in ("schuld", "o'brien"):
        if term in text.lower():
            assert "[" in marked(text, term)
