"""Rules every template obeys, checked on the source."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "kp4web/templates"
SOURCES = {
    path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(FOLDER.rglob("*.html"))
}
FORBIDDEN = {
    "inline style": r"\sstyle\s*=|<style",
    "inline script": r"<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:",
    "bare hx attribute": r"(?<![\w-])hx-[a-z]",
    "code in htmx": r"hx-on|\bjs:|hx-trigger\s*=\s*[\"'][^\"']*\[",
    "method a form does not have": r"data-hx-(?:put|patch|delete)\b",
    "unsafe output": r"\|\s*safe\b|autoescape\s+false",
    "role test": r"{%-?\s*(?:el)?if\b[^%]*\b(?:roles?|has_role|actor)\b"
    r"|{{[^}]*\bif\b[^}]*\b(?:roles?|has_role|actor)\b",
    "another host": r"(?:src|href|action|formaction)\s*=\s*[\"'](?:https?:)?//",
    "a resident in the title": r"{% block title %}[^{]*{{[^}]*\bname\b",
}
EXPRESSION = re.compile(r"{{.*?}}", re.DOTALL)
COMMENT = re.compile(r"{#.*?#}|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"""<(form|a|button)\b((?:[^>"']|"[^"]*"|'[^']*')*)>""")
ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*("[^"]*"|'[^']*')""")
TOKEN = re.compile(r"csrf|hidden_tag")


def faults_in(source: str) -> Iterator[str]:
    """Yield which house rules the template breaks."""
    source = COMMENT.sub("", source)
    yield from (name for name, pattern in FORBIDDEN.items() if re.search(pattern, source))
    plain, expressions = without_expressions(source)
    for tag in TAG.finditer(plain):
        attributes = {name: value[1:-1] for name, value in ATTRIBUTE.findall(tag[2])}
        yield from form_faults(tag[1], attributes)
        if tag[1] == "form" and attributes.get("method") == "post":
            inside = plain[tag.end() : plain.index("</form>", tag.end())]
            held = re.findall("\x00(\\d+)\x00", inside)
            if not any(TOKEN.search(expressions[int(number)]) for number in held):
                yield "post form without a token"


def without_expressions(source: str) -> tuple[str, list[str]]:
    """Return the template with every expression numbered, so that tags have no inner quotes."""
    expressions: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[0] not in expressions:
            expressions.append(found[0])
        return f"\x00{expressions.index(found[0])}\x00"

    return EXPRESSION.sub(number, source), expressions


def form_faults(tag: str, attributes: dict[str, str]) -> Iterator[str]:
    """Yield where a form, link or button would do something else without JavaScript."""
    method = attributes.get("method")
    if tag == "form" and method not in {"get", "post"}:
        yield f"form with method {method}"
    for verb, expected in (("data-hx-post", "post"), ("data-hx-get", "get")):
        if verb not in attributes:
            continue
        plain = {"form": "action", "button": "formaction", "a": "href"}[tag]
        if attributes.get(plain) != attributes[verb]:
            yield f"{verb} differs from {plain}"
        if method != expected and (tag == "form" or (tag == "a" and expected == "post")):
            yield f"{verb} on a {tag} with method {method}"


@pytest.mark.parametrize("name", SOURCES)
def test_the_template_keeps_the_house_rules(name):
    assert list(faults_in(SOURCES[name])) == []


def test_there_is_something_to_look_at():
    assert {"base.html", "errors/error.html"} <= SOURCES.keys()


FORM = '<form method="post" action="{{ url_for("a", x="b > c") }}"'


@pytest.mark.parametrize(
    ("fault", "source"),
    [
        ("inline style", '<p style="color: red">'),
        ("inline style", "<style>p {}</style>"),
        ("inline script", "<script>alert(1)</script>"),
        ("inline script", '<p onclick="x()">'),
        ("bare hx attribute", '<p hx-get="/x">'),
        ("code in htmx", '<p data-hx-on:click="x()">'),
        ("code in htmx", "<p data-hx-vals='js:{a: 1}'>"),
        ("code in htmx", "<p data-hx-trigger=\"keyup[key=='a']\">"),
        ("method a form does not have", '<button data-hx-delete="/x">'),
        ("unsafe output", "{{ text|safe }}"),
        ("unsafe output", "{% autoescape false %}"),
        ("role test", "{% if user.role == 'x' %}"),
        ("role test", "{%- elif 'fg' in actor.roles %}"),
        ("role test", "{{ 'x' if current_user.has_role('fg') }}"),
        ("another host", '<script src="https://example.org/x.js"></script>'),
        ("another host", "<a href='//example.org'>"),
        ("a resident in the title", "{% block title %}Dossier {{ client.name }}{% endblock %}"),
        ("form with method None", '<form action="/x"></form>'),
        ("post form without a token", f"{FORM}>{{{{ field(form.x) }}}}</form>{{{{ csrf() }}}}"),
        ("post form without a token", f"{FORM}>{{# csrf() #}}</form>"),
        ("data-hx-post differs from action", f'{FORM} data-hx-post="/y">{{{{ csrf() }}}}</form>'),
        ("data-hx-post differs from action", '<form method="post" data-hx-post="/y"></form>'),
        ("data-hx-post differs from formaction", '<button data-hx-post="/y">'),
        ("data-hx-get differs from href", '<a href="/x" data-hx-get="/y">'),
        ("data-hx-post on a a with method None", '<a href="/y" data-hx-post="/y">'),
        (
            "data-hx-post on a form with method get",
            '<form method="get" action="/y" data-hx-post="/y"></form>',
        ),
    ],
)
def test_a_fault_is_caught(fault, source):
    assert fault in list(faults_in(source))


@pytest.mark.parametrize(
    "source",
    [
        f'{FORM} data-hx-post="{{{{ url_for("a", x="b > c") }}}}">{{{{ csrf(form) }}}}</form>',
        '<form method="get" action="/x" data-hx-get="/x">{{ field(form.q) }}</form>',
        '<a href="/x" data-hx-get="/x" role="button">Meer</a>',
        '<textarea data-hx-post="/concepten" data-hx-trigger="input delay:2s"></textarea>',
        "{# hx-on is forbidden, as is |safe #}",
        '<p role="alert">{{ line.roles }}</p>{{ field(form.roles) }}',
    ],
)
def test_the_house_style_is_free(source):
    assert list(faults_in(source)) == []
