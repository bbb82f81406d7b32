"""Conditions of a questionnaire file: reading them, walking them, and what follows from them."""

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from kp4web.domain.questionnaire.definition import (
    All,
    AnswerIs,
    AnyOf,
    AreasAtLeast,
    AreaScoreIs,
    Comparison,
    Condition,
    FactIs,
    HasSignal,
    Insufficient,
    Match,
    NoneOf,
    TotalScoreIs,
)
from kp4web.domain.questionnaire.faults import Say, quote
from kp4web.domain.questionnaire.schema import CONDITIONS, DEPTH_MAX, PARTS_MAX
from kp4web.domain.questionnaire.values import Row, read_table

GROUPS: Mapping[str, type[All | AnyOf | NoneOf]] = {"all": All, "any": AnyOf, "none": NoneOf}
ALWAYS = All(())

_MAKERS: Mapping[str, Callable[[Row], Condition]] = {
    "area": lambda row: AreaScoreIs(row["area"], row["op"], row["value"]),
    "total": lambda row: TotalScoreIs(row["op"], row["value"]),
    "areas_at_least": lambda row: AreasAtLeast(row["areas_at_least"], row["op"], row["value"]),
    "question": lambda row: AnswerIs(row["question"], row["op"], row["value"]),
    "signal": lambda row: HasSignal(row["signal"]),
    "fact": lambda row: FactIs(row["fact"], row["op"], row["value"]),
    "completeness": lambda row: Insufficient(),
}


# ---------------------------------------------------------------------- reading


def read_condition(raw: Any, say: Say) -> Condition:
    """Return the condition; report what is wrong, and leave those parts out."""
    condition = _read(raw, say, depth=1) or ALWAYS
    if sum(1 for _ in walk(condition)) > PARTS_MAX:
        say(f"voorwaarde heeft meer dan {PARTS_MAX} delen")
    return condition


def _read(raw: Any, say: Say, depth: int) -> Condition | None:
    if depth > DEPTH_MAX:
        say(f"voorwaarde heeft meer dan {DEPTH_MAX} groepen in elkaar")
        return None
    kinds = [kind for kind in CONDITIONS if isinstance(raw, dict) and kind in raw]
    if len(kinds) != 1:
        given = quote(", ".join(raw)) if isinstance(raw, dict) and raw else "niets"
        say(f"voorwaarde moet precies één van deze hebben: {', '.join(CONDITIONS)}; heeft {given}")
        return None
    kind = kinds[0]
    row = read_table(raw, CONDITIONS[kind], say)
    if kind in GROUPS:
        parts = [_read(part, say, depth + 1) for part in row.get(kind, ())]
        return GROUPS[kind](tuple(part for part in parts if part is not None))
    return _MAKERS[kind](row) if row.sound else None


# ---------------------------------------------------------------------- walking


def walk(condition: Condition) -> Iterator[Condition]:
    """Yield the condition and all its parts, from the outside in."""
    yield condition
    if isinstance(condition, All | AnyOf | NoneOf):
        for part in condition.parts:
            yield from walk(part)


# ---------------------------------------------------------------------- what follows


def implies(one: Condition, other: Condition) -> bool:
    """
    Return whether ``other`` certainly holds whenever ``one`` does.

    Careful in one direction: ``False`` may also mean that it was not found out.
    """
    if one == other:
        return True
    if isinstance(one, AnyOf):
        return all(implies(part, other) for part in one.parts)
    if isinstance(other, All):
        return all(implies(one, part) for part in other.parts)
    if isinstance(one, NoneOf) and isinstance(other, NoneOf):
        return implies(AnyOf(other.parts), AnyOf(one.parts))
    if isinstance(other, AnyOf) and any(implies(one, part) for part in other.parts):
        return True
    if isinstance(one, All):
        return any(_implies_alone(part, other) for part in one.parts)
    return _values_within(one, other)


def _implies_alone(part: Condition, other: Condition) -> bool:
    """Return whether one part of an ``All`` is enough; an ``AnyOf`` was split before."""
    return part == other or (not isinstance(other, AnyOf) and implies(part, other))


_Numeric: TypeAlias = AreaScoreIs | TotalScoreIs | AreasAtLeast | FactIs
_Bound: TypeAlias = tuple[Fraction | float, int]
"""A number, and -1 or 1 for just below or just above it."""
_LOWEST: _Bound = (-math.inf, 0)
_HIGHEST: _Bound = (math.inf, 0)

_BOUNDS: Mapping[Comparison, Callable[[Fraction], tuple[_Bound, _Bound]]] = {
    Comparison.AT_LEAST: lambda value: ((value, 0), _HIGHEST),
    Comparison.MORE: lambda value: ((value, 1), _HIGHEST),
    Comparison.AT_MOST: lambda value: (_LOWEST, (value, 0)),
    Comparison.LESS: lambda value: (_LOWEST, (value, -1)),
    Comparison.EQUAL: lambda value: ((value, 0), (value, 0)),
}


def _values_within(one: Condition, other: Condition) -> bool:
    """Return whether two conditions are about the same thing, the first the stricter."""
    if isinstance(one, AnswerIs) and isinstance(other, AnswerIs):
        return one.question == other.question and _answers_within(one, other)
    if not isinstance(one, _Numeric) or not isinstance(other, _Numeric):
        return False
    if _subject(one) != _subject(other):
        return False
    low, high = _BOUNDS[one.op](one.value)
    other_low, other_high = _BOUNDS[other.op](other.value)
    return low >= other_low and high <= other_high


def _subject(condition: _Numeric) -> tuple[Any, ...]:
    """Return what the number in the condition is about."""
    match condition:
        case AreaScoreIs(area=area):
            return ("area", area)
        case AreasAtLeast(threshold=threshold):
            return ("areas", threshold)
        case FactIs(fact=fact):
            return ("fact", fact)
        case _:
            return ("total",)


def _answers_within(one: AnswerIs, other: AnswerIs) -> bool:
    """Return whether every answer that fits the one fits the other, of the same question."""
    if other.op is Match.ANSWERED:
        return one.op is Match.NE  # an option with skip fits eq, but is no answer
    if Match.NE in (one.op, other.op) or one.op is Match.ANSWERED:
        return False
    return set(_values(one)) <= set(_values(other))


def _values(condition: AnswerIs) -> tuple[Any, ...]:
    """Return the answers that the condition names."""
    return condition.value if isinstance(condition.value, tuple) else (condition.value,)
