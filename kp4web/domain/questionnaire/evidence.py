"""
Evidence: what the rules look at, whether a condition holds on it, why, and how sensitive that is.

There is one meaning of every condition, here; the suggestion, the questions to show and the search
for what would change the suggestion all ask ``holds``.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from kp4web.domain.questionnaire.definition import (
    All,
    AnswerIs,
    Answers,
    AnyOf,
    Area,
    AreasAtLeast,
    AreaScoreIs,
    Comparison,
    Condition,
    DataClass,
    Definition,
    FactIs,
    FactName,
    HasSignal,
    Insufficient,
    Match,
    NoneOf,
    Question,
    Skip,
    TotalScoreIs,
    Value,
)
from kp4web.domain.questionnaire.words import (
    answer_words,
    compared,
    either,
    number,
    number_beside,
    option_label,
)


@dataclass(frozen=True)
class Evidence:
    """All that a condition can look at."""

    definition: Definition
    answers: Answers
    """Only the answers that count: those to questions that are shown."""
    scores: Mapping[str, Fraction | None] = field(default_factory=dict)
    """By code of the life area."""
    signals: frozenset[str] = frozenset()
    sufficient: bool = True
    facts: Mapping[FactName, Fraction] = field(default_factory=dict)
    """Without those that are unknown, and without the change of the total."""
    previous_total: Fraction | None = None

    @cached_property
    def total(self) -> Fraction | None:
        """Return the total score."""
        return weighted_total(self.definition.areas, self.scores)

    def fact(self, name: FactName) -> Fraction | None:
        """Return a fact of the dossier, or ``None`` while it is unknown."""
        if name is not FactName.CHANGE_OF_TOTAL:
            return self.facts.get(name)
        if self.total is None or self.previous_total is None:
            return None
        return self.total - self.previous_total


def weighted_total(
    areas: tuple[Area, ...], scores: Mapping[str, Fraction | None]
) -> Fraction | None:
    """Return the weighted mean over the areas with a score; ``None`` without any."""
    weighed = weights = Fraction(0)
    for area in areas:
        score = scores.get(area.code)
        if score is not None:
            weighed += area.weight * score
            weights += area.weight
    return weighed / weights if weights else None


# ---------------------------------------------------------------------- does it hold


def holds(condition: Condition, evidence: Evidence) -> bool:
    """Return whether a condition is true; about something that is not there it never is."""
    match condition:
        case All(parts):
            return all(holds(part, evidence) for part in parts)
        case AnyOf(parts):
            return any(holds(part, evidence) for part in parts)
        case NoneOf(parts):
            return not any(holds(part, evidence) for part in parts)
        case _:
            return _leaf_holds(condition, evidence)


_Leaf: TypeAlias = (
    AreaScoreIs | TotalScoreIs | AreasAtLeast | AnswerIs | HasSignal | FactIs | Insufficient
)
_COMPARE: Mapping[Comparison, Callable[[Fraction | int, Fraction], bool]] = {
    Comparison.AT_LEAST: operator.ge,
    Comparison.MORE: operator.gt,
    Comparison.AT_MOST: operator.le,
    Comparison.LESS: operator.lt,
    Comparison.EQUAL: operator.eq,
}


def _leaf_holds(leaf: _Leaf, evidence: Evidence) -> bool:
    match leaf:
        case AnswerIs():
            return _answer_holds(leaf, evidence)
        case HasSignal(signal):
            return signal in evidence.signals
        case AreaScoreIs(area, op, value):
            return _compares(evidence.scores.get(area), op, value)
        case AreasAtLeast(threshold, op, value):
            return _COMPARE[op](len(_areas_from(threshold, evidence)), value)
        case TotalScoreIs(op, value):
            return _compares(evidence.total, op, value)
        case FactIs(fact, op, value):
            return _compares(evidence.fact(fact), op, value)
        case Insufficient():
            return not evidence.sufficient


def _compares(found: Fraction | None, op: Comparison, value: Fraction) -> bool:
    return found is not None and _COMPARE[op](found, value)


def _areas_from(threshold: Fraction, evidence: Evidence) -> list[str]:
    """Return the codes of the areas with this score or more."""
    return [
        code for code, score in evidence.scores.items() if score is not None and score >= threshold
    ]


def _answer_holds(leaf: AnswerIs, evidence: Evidence) -> bool:
    """
    Return whether an answer matches.

    An option with ``skip`` matches where a condition names it, but it is no answer for
    ``answered`` and ``ne``. Apart from ``contains_any`` a condition is about the whole answer: of
    a question with more answers, the only one that was chosen.
    """
    answer = evidence.answers.get(leaf.question)
    if answer is None or isinstance(answer, Skip):
        return False
    wanted = leaf.value
    if leaf.op is Match.CONTAINS_ANY and isinstance(answer, tuple):
        return isinstance(wanted, tuple) and any(one in wanted for one in answer)
    whole = answer[0] if isinstance(answer, tuple) and len(answer) == 1 else answer
    if leaf.op is Match.EQ:
        return whole == wanted
    if leaf.op in (Match.IN, Match.CONTAINS_ANY):
        return isinstance(wanted, tuple) and whole in wanted
    said = not says_nothing(evidence.definition.by_id[leaf.question], answer)
    return said and (leaf.op is Match.ANSWERED or whole != wanted)


def says_nothing(question: Question, value: Value) -> bool:
    """Return whether the answer is a skip, or only options that are marked as one."""
    if isinstance(value, Skip):
        return True
    chosen = value if isinstance(value, tuple) else (value,)
    skips = [option.value for option in question.options if option.skip]
    return bool(skips) and all(one in skips for one in chosen)


# ---------------------------------------------------------------------- why


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that decided whether a rule holds."""

    sentence: str
    """Dutch, without capital and full stop."""
    held: bool
    """Whether it speaks for the rule."""
    data_classes: frozenset[DataClass]


def reasons(condition: Condition, evidence: Evidence) -> tuple[Reason, ...]:
    """
    Return what decided: all that made the condition true, or all that made it false.

    Of "all" that fails only the parts that fail are named, of "any" that holds those that hold.
    """
    held = holds(condition, evidence)
    leaves = tuple(dict.fromkeys(_deciding(condition, evidence)))
    if not leaves:
        sentence = "dit geldt altijd" if held else "dit geldt nooit"
        return (Reason(sentence, held, frozenset()),)
    return tuple(
        Reason(_sentence(leaf, evidence), held, data_classes(leaf, evidence.definition))
        for leaf in leaves
    )


def _deciding(condition: Condition, evidence: Evidence) -> list[_Leaf]:
    match condition:
        case All(parts):
            every = holds(condition, evidence)
            deciding = [part for part in parts if every or not holds(part, evidence)]
        case AnyOf(parts) | NoneOf(parts):
            some = any(holds(part, evidence) for part in parts)
            deciding = [part for part in parts if not some or holds(part, evidence)]
        case _:
            return [condition]
    return [leaf for part in deciding for leaf in _deciding(part, evidence)]


def _sentence(leaf: _Leaf, evidence: Evidence) -> str:
    """Return what is so, whether the condition holds or not."""
    held = _leaf_holds(leaf, evidence)
    match leaf:
        case AnswerIs():
            return _answer_sentence(leaf, evidence, held)
        case HasSignal(signal):
            return f"het signaal ‘{_signal(signal, evidence)}’ is er{'' if held else ' niet'}"
        case AreaScoreIs(area, op, value):
            return _area_sentence(_label(area, evidence), evidence.scores.get(area), op, value)
        case TotalScoreIs(op, value):
            if evidence.total is None:
                return "er is geen totaalscore"
            return f"de totaalscore is {_beside(evidence.total, op, value)}"
        case AreasAtLeast(threshold, op, value):
            return _areas_sentence(threshold, op, value, evidence)
        case FactIs(fact, op, value):
            return _fact_sentence(fact, op, value, evidence)
        case Insufficient():
            return f"er zijn {'te weinig' if held else 'genoeg'} vragen beantwoord"


def _beside(value: Fraction, op: Comparison, threshold: Fraction) -> str:
    """Return ``62, en dat is 55 of meer``."""
    result = compared(op, threshold, _COMPARE[op](value, threshold))
    return f"{number_beside(value, threshold)}, en dat is {result}"


def _area_sentence(label: str, score: Fraction | None, op: Comparison, value: Fraction) -> str:
    if score is None:
        return f"er is geen score op {label}"
    return f"de score op {label} is {_beside(score, op, value)}"


def _areas_sentence(
    threshold: Fraction, op: Comparison, value: Fraction, evidence: Evidence
) -> str:
    codes = _areas_from(threshold, evidence)
    where = f"{len(codes)} {'leefgebied' if len(codes) == 1 else 'leefgebieden'}"
    names = f" ({', '.join(_label(code, evidence) for code in codes)})" if codes else ""
    result = compared(op, value, _COMPARE[op](len(codes), value))
    return f"op {where} is de score {number(threshold)} of meer{names}, en dat is {result}"


_FACT_WORDS = {
    FactName.MONTHS_TO_PENSION: (
        "het aantal maanden tot de AOW-leeftijd is",
        "de AOW-leeftijd is niet bekend",
    ),
    FactName.CURRENT_PROFILE: ("het huidige klantprofiel is", "er is nog geen klantprofiel"),
    FactName.SUGGESTED_PROFILE: ("het voorgestelde klantprofiel is", "er is geen voorstel"),
    FactName.CHANGE_OF_TOTAL: (
        "de verandering van de totaalscore is",
        "er is geen eerdere totaalscore om mee te vergelijken",
    ),
}


def _fact_sentence(fact: FactName, op: Comparison, value: Fraction, evidence: Evidence) -> str:
    known, unknown = _FACT_WORDS[fact]
    found = evidence.fact(fact)
    if found is None:
        return unknown
    if op is Comparison.EQUAL and found == value:
        return f"{known} {number(found)}"
    return f"{known} {_beside(found, op, value)}"


def _answer_sentence(leaf: AnswerIs, evidence: Evidence, held: bool) -> str:
    question = evidence.definition.by_id[leaf.question]
    answer = evidence.answers.get(leaf.question)
    if answer is None:
        return f"er is geen antwoord op de vraag ‘{question.text}’"
    words = answer_words(question, answer, evidence.definition.texts)
    sentence = f"op de vraag ‘{question.text}’ is het antwoord ‘{words}’"
    if held or leaf.op in (Match.NE, Match.ANSWERED):
        return sentence
    return f"{sentence}, en niet {_wanted(question, leaf, evidence)}"


def _wanted(question: Question, leaf: AnswerIs, evidence: Evidence) -> str:
    """Return the answers that a condition asks for: ``‘a’, ‘b’ of ‘c’``."""
    values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    texts = evidence.definition.texts
    words = (
        option_label(question, one) if isinstance(one, str) else answer_words(question, one, texts)
        for one in values
        if one is not None
    )
    return either(f"‘{one}’" for one in words)


def _label(code: str, evidence: Evidence) -> str:
    area = evidence.definition.area(code)
    return area.label if area else code


def _signal(code: str, evidence: Evidence) -> str:
    signal = evidence.definition.signals.get(code)
    return signal.label if signal else code


# ---------------------------------------------------------------------- how sensitive


def data_classes(condition: Condition, definition: Definition) -> frozenset[DataClass]:
    """
    Return the classes of the answers that a condition names, whether they were given or not.

    Scores have their own row in the table of rights, so a score names no answer.
    """
    match condition:
        case All(parts) | AnyOf(parts) | NoneOf(parts):
            found = [data_classes(part, definition) for part in parts]
            return frozenset[DataClass]().union(*found)
        case AnswerIs(question):
            return frozenset({definition.by_id[question].data_class})
        case HasSignal(signal):
            return frozenset(
                question.data_class
                for question in definition.questions
                if signal in can_raise(question)
            )
        case _:
            return frozenset()


def can_raise(question: Question) -> frozenset[str]:
    """Return the signals that some answer to the question raises."""
    by_option = (signal for option in question.options for signal in option.signals)
    return frozenset(
        (*by_option, *question.signals_yes, *question.signals_no, *question.signals_low)
    )
