"""A page is checked for valid HTML at the moment a test fetches it."""

import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import html5lib

# Elements that the parser only accepts inside their own parent.
CONTAINERS = {"tr": "tbody", "tbody": "table", "td": "tr", "th": "tr", "option": "select"}
REFERENCES = (
    "for", "form", "list", "aria-controls", "aria-describedby", "aria-errormessage",
    "aria-labelledby", "aria-owns",
)  # fmt: skip
NAMED = {"a", "button", "summary"}
WORDS = re.compile(r">\s*[^\s<&][^<&]*(?=<)")  # an ampersand may be a fault, emptiness too
VALUE = re.compile(
    r'\b(value|href|action|formaction|datetime|data-[\w-]+)="[^"&<#\s][^"&<]*"', re.ASCII
)

sound_folder = Path()
"""Where each frame found sound leaves a file, for all workers; set when a run starts."""


def assert_valid_html(text: str) -> None:
    """
    Fail when the page, or the fragment of one, is not valid HTML or refers to nothing.

    Parsing takes a hundred times longer than making the page, so pages that differ in their words
    only are parsed once per run.
    """
    seen = sound_folder / sha256(frame_of(text).encode()).hexdigest()
    if not seen.exists():
        faults = list(faults_in(text))
        assert not faults, "\n".join(["Not valid HTML:", *faults, "", text[:3000]])
        seen.touch()


def frame_of(text: str) -> str:
    """Return the page without what cannot make it invalid: words, values, links elsewhere."""
    return WORDS.sub(">x", VALUE.sub(r'\1="x"', text))


def faults_in(text: str) -> Iterator[str]:
    """Yield what is wrong with a page (it starts with a doctype) or with a fragment."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    is_page = text.lstrip()[:9].lower() == "<!doctype"
    if is_page:
        tree = parser.parse(text)
    else:
        first = re.match(r"(?:\s|<!--.*?-->)*<(\w+)", text, re.DOTALL)
        tree = parser.parseFragment(text, CONTAINERS.get(first[1] if first else "", "div"))
    for (line, column), code, values in parser.errors:
        yield f"line {line}, column {column}: {code} {values}"
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    yield from _double_ids(elements)
    yield from _nameless(elements)
    yield from _nested(elements)
    if is_page:
        yield from _dangling(elements)
        yield from _incomplete(tree)


def _double_ids(elements: list[Any]) -> Iterator[str]:
    counts = Counter(element.get("id") for element in elements if "id" in element.attrib)
    for name, count in counts.items():
        if count > 1:
            yield f"id {name!r} stands {count} times on the page"
        if not name or re.search(r"\s", name):
            yield f"id {name!r} is empty or holds a space"


def _nameless(elements: list[Any]) -> Iterator[str]:
    for element in elements:
        if element.tag == "img" and "alt" not in element.attrib:
            yield f"img without alt: {element.get('src')}"
        if element.tag in NAMED and not _name(element):
            yield f"{element.tag} without a name: {dict(element.attrib)}"


def _name(element: Any) -> str:
    labels = [part.get("aria-label", "") + part.get("alt", "") for part in element.iter()]
    return "".join([*element.itertext(), *labels, element.get("aria-labelledby", "")]).strip()


def _nested(elements: list[Any]) -> Iterator[str]:
    for outer in elements:
        if outer.tag in {"a", "button", "label"}:
            for inner in outer.iter():
                if inner is not outer and inner.tag in {"a", "button", "label"}:
                    yield f"{inner.tag} inside {outer.tag}"


def _dangling(elements: list[Any]) -> Iterator[str]:
    known = {element.get("id") for element in elements}
    for element in elements:
        for attribute in REFERENCES:
            for target in element.get(attribute, "").split():
                if target not in known:
                    yield f"{element.tag} {attribute}={target!r} points at nothing"
        link = element.get("href", "") if element.tag == "a" else ""
        if link.startswith("#") and link[1:] not in known:
            yield f"a href={link!r} points at nothing"


def _incomplete(tree: Any) -> Iterator[str]:
    if tree.get("lang") != "nl":
        yield "html without lang=nl"
    if not (tree.findtext("head/title") or "").strip():
        yield "page without a title"
    headings = len(tree.findall(".//h1"))
    if headings != 1:
        yield f"page with {headings} h1 elements"
    if len(tree.findall(".//main")) != 1:
        yield "page without exactly one main"
