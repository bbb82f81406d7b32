"""What browser tests share: in which variants they run, and the check on accessibility."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

AXE = Path(__file__).parent / "vendor/axe-core-4.14.1.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 390, 320)


class Variant(NamedTuple):
    """One way to run a browser test."""

    engine: str
    javascript: bool


ON_SQLITE, ON_POSTGRES = Variant("sqlite", True), Variant("postgres", True)
WITHOUT_JAVASCRIPT = Variant("sqlite", False)
VARIANTS = {"sqlite": ON_SQLITE, "sqlite-no-js": WITHOUT_JAVASCRIPT, "postgres": ON_POSTGRES}


def only(*variants: Variant) -> pytest.MarkDecorator:
    """Run a test in these variants only, for what exists in no other: ``@only(ON_SQLITE)``."""
    names = {variant: name for name, variant in VARIANTS.items()}
    ids = [names[variant] for variant in variants]
    return pytest.mark.parametrize("variant", variants, indirect=True, ids=ids)


with_javascript = only(ON_SQLITE, ON_POSTGRES)


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


CHECK = """
    rules => 'axe' in window
        ? axe.run(document, {
            runOnly: rules, resultTypes: ['violations'], preload: false, iframes: false
        }).then(({violations}) => [violations, document.documentElement.scrollWidth])
        : null
"""


def run_axe(page: Any) -> int:
    """Fail when axe finds a violation on the page as it is now; return how wide the page is.

    Needs JavaScript. The script goes in as an evaluated expression, which the content security
    policy of the page does not concern; the policy itself stays in force.
    """
    outcome = page.evaluate(CHECK, RULES)
    if outcome is None:
        page.evaluate(f"() => {{ {_axe()} }}")
        outcome = page.evaluate(CHECK, RULES)
    violations, width = outcome
    found = [
        f"{violation['id']}: {violation['help']}\n    {node['html']}\n    {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    ]
    assert not found, "\n".join([f"axe at {page.url}, {page.viewport_size}:", *found])
    return int(width)


def run_axe_at_all_widths(page: Any) -> None:
    """Check accessibility and that nothing sticks out sideways, on three kinds of screen."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        needed = run_axe(page)
        assert needed <= width, f"{page.url} is {needed} pixels wide on a screen of {width}"
