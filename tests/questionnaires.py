"""Questionnaires for the tests: the file that comes with the application, and changed copies."""

from functools import cache
from pathlib import Path

from kp4web.domain.questionnaire.definition import DataClass, Definition
from kp4web.domain.questionnaire.reader import read_definition

EXAMPLE = Path(__file__).parents[1] / "kp4web" / "data" / "questionnaire-example.toml"


@cache
def example_text() -> str:
    """Return the example as text."""
    return EXAMPLE.read_text(encoding="utf-8")


@cache
def example() -> Definition:
    """Return the example as objects."""
    return read_definition(example_text())


def changed(*changes: tuple[str, str]) -> str:
    """Return the example with each first text, which occurs exactly once, replaced."""
    text = example_text()
    for old, new in changes:
        found = text.count(old)
        assert found == 1, f"{old!r} occurs {found} times"
        text = text.replace(old, new)
    return text


CANARY_AREAS = {
    DataClass.GENERAL: "werk",
    DataClass.HEALTH: "gezondheid",
    DataClass.LEAD_ONLY: "sociaal",
    DataClass.FINANCIAL: "wonen_geld",
    DataClass.CRIMINAL: "justitie",
}


def canary_text() -> str:
    """Return the example with one more question in every class, answered in free text."""
    extra = "".join(
        f"""
[[questions]]
id = "kanarie_{kind}"
area = "{area}"
order = {900 + order}
type = "text"
text = "Wat wilt u hierover kwijt?"
data_class = "{kind}"
weight = 0
"""
        for order, (kind, area) in enumerate(CANARY_AREAS.items())
    )
    return changed(('version = "1.0.0"', 'version = "1.0.0-kanarie"')) + extra
