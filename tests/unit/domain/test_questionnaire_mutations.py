"""
Whatever somebody uploads: a questionnaire, or a report with places; never another error.

The example is changed at random places (a key gone, a value of another kind, two values swapped)
and random text is read; a file without a fault must give objects that hold together, also for
the calculation.
"""

import copy
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from hypothesis import example as also
from hypothesis import given, settings
from hypothesis import strategies as st

from kp4web.domain.questionnaire.conditions import walk
from kp4web.domain.questionnaire.definition import (
    SCALE,
    AnswerIs,
    Definition,
    HasSignal,
    QuestionType,
    Value,
)
from kp4web.domain.questionnaire.outcome import Facts, outcome
from kp4web.domain.questionnaire.reader import (
    DefinitionError,
    definition_of,
    read_definition,
)
from kp4web.domain.questionnaire.syntax import parse
from tests.questionnaires import example_text

Path = tuple[str | int, ...]


@cache
def tree() -> dict[str, Any]:
    """Return the tables of the example."""
    return parse(example_text())


def paths(node: Any, path: Path = ()) -> Iterator[Path]:
    """Yield where every value of the example is."""
    if path:
        yield path
    if isinstance(node, dict | list):
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in items:
            yield from paths(value, (*path, key))


PATHS = tuple(paths(tree()))
VALUES = st.one_of(
    st.sampled_from(
        [
            *("", " ", "x", "werk_nu", "werk", "taal", "{werk}", "{", "\x00", "\u202e", "é" * 3000),
            *(0, 1, -1, 4, 5, 2**64, True, False, Decimal("0.5"), Decimal("nan"), Decimal("-inf")),
            *(Decimal("1e-400"), Decimal("1e400"), date(2026, 1, 1), time(9, 0)),
            *(datetime(2026, 1, 1, 9, 0, tzinfo=UTC), [], {}, [[]], [{}], {"all": []}, ["x", 1]),
            *({"any": [{"none": []}]}, {"signal": []}, {"question": {}}, [True, 1], {"": {}}),
        ]
    ),
    st.text(max_size=8),
    st.integers(-5, 120),
    st.sampled_from(PATHS).map(lambda path: found(tree(), path)),
)
CHANGES = st.one_of(
    st.tuples(st.just("delete"), st.sampled_from(PATHS)),
    st.tuples(st.just("set"), st.sampled_from(PATHS), VALUES),
    st.tuples(st.just("add"), st.sampled_from(PATHS), st.text(max_size=12), VALUES),
    st.tuples(st.just("swap"), st.sampled_from(PATHS), st.sampled_from(PATHS)),
)


def found(node: Any, path: Path) -> Any:
    for key in path:
        node = node[key]
    return node


def mutated(changes: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Return the example with these changes; one whose place is gone by then does nothing."""
    root = copy.deepcopy(tree())
    for change in changes:
        try:
            apply(root, *change)
        except (KeyError, IndexError, TypeError):
            continue
    return root


def apply(root: dict[str, Any], kind: str, path: Path, *rest: Any) -> None:
    parent = found(root, path[:-1])
    match kind, rest:
        case "delete", ():
            del parent[path[-1]]
        case "set", (value,):
            parent[path[-1]] = copy.deepcopy(value)
        case "add", (key, value):
            parent[path[-1]][key] = copy.deepcopy(value)
        case "swap", (other,):
            one, two = copy.deepcopy(found(root, path)), copy.deepcopy(found(root, other))
            parent[path[-1]] = two
            found(root, other[:-1])[other[-1]] = one


def check(read: Callable[[], Definition]) -> None:
    """Read, and look at what comes of it; any error but the refusal fails the test."""
    try:
        definition = read()
    except DefinitionError as error:
        report = error.faults
    else:
        check_holds_together(definition)
        return
    assert report
    for fault in report:
        assert fault.place
        assert fault.message
        assert fault.place.isprintable()
        assert fault.message.isprintable()


def check_holds_together(definition: Definition) -> None:
    ids = [question.id for question in definition.questions]
    assert len(set(ids)) == len(ids)
    for place, question in enumerate(definition.questions):
        for part in walk(question.show_if) if question.show_if else ():
            assert not isinstance(part, AnswerIs) or part.question in ids[:place]
    for rule in (*definition.gates, *definition.knockouts, *definition.rules):
        for part in walk(rule.when):
            assert not isinstance(part, AnswerIs) or part.question in ids
            assert not isinstance(part, HasSignal) or part.signal in definition.signals
    for last in (False, True):
        assert outcome(
            definition, answered(definition, last=last), Facts(12, 4, Fraction(50))
        ).trace


def answered(definition: Definition, *, last: bool) -> dict[str, Value]:
    """Return an answer to every question: the first that can be given, or the last."""
    given: dict[str, Value] = {}
    for question in definition.questions:
        match question.type:
            case QuestionType.SINGLE:
                given[question.id] = question.options[-last].value
            case QuestionType.MULTI:
                given[question.id] = (question.options[-last].value,)
            case QuestionType.SCALE:
                given[question.id] = SCALE[-last]
            case QuestionType.YESNO:
                given[question.id] = last
    return given


@settings(max_examples=400)
@given(st.lists(CHANGES, min_size=1, max_size=4))
@also([("delete", ("questions", 3, "text"))])
@also([("set", ("questions", 3, "show_if", "value"), [True])])
@also([("set", ("questions",), {"a": []})])
@also([("swap", ("areas",), ("signals",))])
@also([("add", ("signals",), "", {})])
def test_a_changed_file_gives_a_questionnaire_or_a_report(changes):
    check(lambda: definition_of(mutated(changes)))


@settings(max_examples=200)
@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet="[]{}=\"'.,#\n\\ a1-:", max_size=60),
        st.tuples(st.integers(0, len(example_text())), st.text(max_size=3)).map(
            lambda cut: example_text()[: cut[0]] + cut[1] + example_text()[cut[0] :]
        ),
        st.integers(0, len(example_text())).map(lambda cut: example_text()[:cut]),
    )
)
@also("\ufeff")
@also("\ud800")
@also("a = 1e9999999999999999999")
@also("a = 0x" + "f" * 3900)
@also("a = " + "9" * 3900)
def test_any_text_gives_a_questionnaire_or_a_report(text):
    check(lambda: read_definition(text))
