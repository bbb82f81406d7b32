"""
Trying other answers: which are worth trying, and the profile they lead to, remembered per area.

The questions come area by area and conditions look back only, so what an area comes to depends on
its own answers and on the earlier answers that its conditions name, and on nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from kp4web.domain.questionnaire.definition import (
    BEFORE,
    SCALE,
    All,
    AnswerIs,
    Answers,
    AnyOf,
    Area,
    Condition,
    Definition,
    HasSignal,
    Match,
    NoneOf,
    Question,
    QuestionType,
    Value,
)
from kp4web.domain.questionnaire.evidence import Evidence, can_raise, holds
from kp4web.domain.questionnaire.outcome import Facts, facts_for_rules, looked_at, profile_of
from kp4web.domain.questionnaire.scoring import (
    area_score,
    barrier_of,
    is_sufficient,
    raised_by,
)


class Candidate(NamedTuple):
    """One other answer to one question."""

    question: str
    value: Value


# ---------------------------------------------------------------------- what can matter


@dataclass(frozen=True, slots=True)
class _Named:
    """What the rules and the conditions of questions ask for."""

    in_rules: frozenset[str]
    """Questions that a rule names."""
    signals: frozenset[str]
    """Signals that a rule names."""
    leaves: Mapping[str, tuple[AnswerIs, ...]]
    """Every condition on an answer, by question."""


def _leaves(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, All | AnyOf | NoneOf):
        for part in condition.parts:
            yield from _leaves(part)
    else:
        yield condition


def _named(definition: Definition) -> _Named:
    rules = (
        *definition.gates, *definition.knockouts, *definition.rules, *definition.ceilings,
    )  # fmt: skip
    asked = [leaf for rule in rules for leaf in _leaves(rule.when)]
    shows = [leaf for one in definition.questions if one.show_if for leaf in _leaves(one.show_if)]
    by_question: dict[str, tuple[AnswerIs, ...]] = {}
    for leaf in (*asked, *shows):
        if isinstance(leaf, AnswerIs):
            by_question[leaf.question] = (*by_question.get(leaf.question, ()), leaf)
    return _Named(
        frozenset(leaf.question for leaf in asked if isinstance(leaf, AnswerIs)),
        frozenset(leaf.signal for leaf in asked if isinstance(leaf, HasSignal)),
        by_question,
    )


def deciders_of(definition: Definition) -> dict[str, frozenset[str]]:
    """Return by question the questions on which it depends whether it is shown, all the way."""
    found: dict[str, frozenset[str]] = {}
    for question in definition.questions:
        leaves = _leaves(question.show_if) if question.show_if else ()
        direct = {leaf.question for leaf in leaves if isinstance(leaf, AnswerIs)}
        found[question.id] = frozenset(direct).union(*(found[one] for one in direct))
    return found


def candidates_of(definition: Definition, answers: Answers) -> tuple[Candidate, ...]:
    """
    Return the other answers that can matter, in the order of the file.

    An answer matters when it differs from the present one in what it counts for, in a signal that
    a rule names, or in a condition; one that says nothing is never a way to another profile.
    """
    named = _named(definition)
    deciders = deciders_of(definition)
    matter = {
        question.id
        for question in definition.questions
        if question.weight > 0 or question.id in named.in_rules
        or can_raise(question) & named.signals
    }  # fmt: skip
    matter = matter.union(*(deciders[one] for one in matter))
    return tuple(
        Candidate(question.id, value)
        for question in definition.questions
        if question.id in matter
        for value in _others(definition, named, question, answers.get(question.id))
    )


_Effect: TypeAlias = tuple[int | None, frozenset[str], tuple[bool, ...]]
"""The barrier, the signals that rules name, and which conditions on the question hold."""


def _others(
    definition: Definition, named: _Named, question: Question, now: Value | None
) -> list[Value]:
    effects: dict[Value, _Effect] = {}
    present = _effect(definition, named, question, now)
    for value in _values(definition, named, question, now):
        effects[value] = _effect(definition, named, question, value)
    return [value for value, effect in effects.items() if effect != present]


def _effect(
    definition: Definition, named: _Named, question: Question, value: Value | None
) -> _Effect:
    leaves = named.leaves.get(question.id, ())
    if value is None:
        return None, frozenset(), tuple(False for _ in leaves)
    evidence = Evidence(definition, {question.id: value})
    counts = barrier_of(definition.scoring, question, value) if question.weight else None
    signals = named.signals & frozenset(raised_by(question, value))
    return counts, signals, tuple(holds(leaf, evidence) for leaf in leaves)


def _values(
    definition: Definition, named: _Named, question: Question, now: Value | None
) -> Sequence[Value]:
    match question.type:
        case QuestionType.SINGLE:
            return [option.value for option in question.options if not option.skip]
        case QuestionType.YESNO:
            return [True, False]
        case QuestionType.SCALE:
            return SCALE
        case QuestionType.MULTI:
            return _choices(definition, named, question, now if isinstance(now, tuple) else ())
        case _:
            return []


def _choices(
    definition: Definition, named: _Named, question: Question, now: tuple[str, ...]
) -> list[Value]:
    """
    Return one choice for everything that choices of more options can come to.

    Option by option: of all choices so far that come to the same, only the one nearest to the
    present choice goes on, so twenty options are no more work than four.
    """
    single = any(leaf.op is not Match.CONTAINS_ANY for leaf in named.leaves.get(question.id, ()))
    options = [option for option in question.options if not option.skip]
    best: dict[object, _Choice] = {None: _Choice(0, (), ())}
    for place, option in enumerate(options):
        if option.exclusive:
            continue
        grown: dict[object, _Choice] = {}
        for choice in _with_and_without(best.values(), place, option.value, option.value in now):
            whole = choice.values if single and len(choice.values) == 1 else bool(choice.values)
            key = (_effect(definition, named, question, choice.values), whole)
            grown[key] = min(choice, grown.get(key, choice))
        best = grown
    together: list[Value] = [choice.values for choice in best.values() if choice.values]
    return together + [(option.value,) for option in options if option.exclusive]


class _Choice(NamedTuple):
    """Some options; the smaller, the nearer to the present choice and the earlier in the file."""

    toggled: int
    """Options that are different from the present choice."""
    places: tuple[int, ...]
    values: tuple[str, ...]


def _with_and_without(
    choices: Iterable[_Choice], place: int, value: str, chosen_now: bool
) -> Iterator[_Choice]:
    for toggled, places, values in choices:
        yield _Choice(toggled + chosen_now, places, values)
        yield _Choice(toggled + (not chosen_now), (*places, place), (*values, value))


# ---------------------------------------------------------------------- trying


class _Page(NamedTuple):
    """The questions of one area, or those before the areas."""

    area: Area | None
    questions: tuple[Question, ...]
    asked_before: tuple[str, ...]
    """Questions of earlier pages that conditions here name."""


class _Part(NamedTuple):
    """What one page comes to."""

    shown: frozenset[str]
    named: Mapping[str, Value]
    """Answers that count and that a rule or a condition names."""
    score: Fraction | None
    signals: frozenset[str]
    """Those that a rule names."""


class Trial:
    """The profile that other answers lead to; it remembers what it worked out."""

    def __init__(self, definition: Definition, answers: Answers, facts: Facts) -> None:
        self._definition = definition
        self._answers = answers
        self._facts = facts_for_rules(facts)
        self._previous_total = facts.previous_total
        self._named = _named(definition)
        self._pages = _pages(definition)
        self._page_of = {
            question.id: number
            for number, page in enumerate(self._pages)
            for question in page.questions
        }
        self._parts: dict[object, tuple[int, _Part]] = {}
        self._kinds: dict[object, int] = {}
        self._profiles: dict[tuple[int, ...], int | None] = {}
        self.deciders = deciders_of(definition)
        """By question, those on which it depends whether it is shown."""
        self.shown = frozenset[str]().union(*(part.shown for _, part in self._tried(())))
        """Questions shown with the present answers."""

    def profile(self, changes: Sequence[Candidate]) -> int | None:
        """Return the profile with these answers instead of the present ones."""
        tried = self._tried(changes)
        key = tuple(kind for kind, _ in tried)
        if key not in self._profiles:
            self._profiles[key] = self._decide([part for _, part in tried])
        return self._profiles[key]

    def _tried(self, changes: Sequence[Candidate]) -> list[tuple[int, _Part]]:
        """Return by page what it comes to, with a number that is equal for what is equal."""
        tried = []
        named: dict[str, Value] = {}
        for number, page in enumerate(self._pages):
            own = tuple(one for one in changes if self._page_of[one.question] == number)
            key = (number, own, tuple(named.get(one) for one in page.asked_before))
            found = self._parts.get(key)
            if found is None:
                part = self._work_out(page, own, named)
                kind = (number, part.score, part.signals, frozenset(part.named.items()))
                found = (self._kinds.setdefault(kind, len(self._kinds)), part)
                self._parts[key] = found
            named.update(found[1].named)
            tried.append(found)
        return tried

    def _work_out(
        self, page: _Page, changes: Sequence[Candidate], named: Mapping[str, Value]
    ) -> _Part:
        count = dict(named)
        evidence = Evidence(self._definition, count)
        given = {**self._answers, **dict(changes)}
        shown = []
        for question in page.questions:
            if question.show_if is None or holds(question.show_if, evidence):
                shown.append(question)
                if question.id in given:
                    count[question.id] = given[question.id]
        own = {question.id: count[question.id] for question in shown if question.id in count}
        scoring = self._definition.scoring
        signals = [raised_by(self._definition.by_id[one], value) for one, value in own.items()]
        return _Part(
            frozenset(question.id for question in shown),
            {one: value for one, value in own.items() if one in self._named.leaves},
            area_score(scoring, page.area, shown, own).score if page.area else None,
            self._named.signals.intersection(one for each in signals for one in each),
        )

    def _decide(self, parts: Sequence[_Part]) -> int | None:
        scores = {
            page.area.code: part.score
            for page, part in zip(self._pages, parts, strict=True)
            if page.area
        }
        named = {one: value for part in parts for one, value in part.named.items()}
        evidence = Evidence(
            self._definition, named, scores, frozenset().union(*(part.signals for part in parts)),
            is_sufficient(self._definition.scoring, scores), self._facts, self._previous_total,
        )  # fmt: skip
        return profile_of(
            (rule.kind, held, rule.profile) for rule, held in looked_at(self._definition, evidence)
        )


def _pages(definition: Definition) -> tuple[_Page, ...]:
    pages = []
    for area in (None, *definition.areas):
        questions = definition.questions_of(area.code if area else BEFORE)
        own = {question.id for question in questions}
        asked = {
            leaf.question: None
            for question in questions if question.show_if
            for leaf in _leaves(question.show_if) if isinstance(leaf, AnswerIs)
        }  # fmt: skip
        pages.append(_Page(area, questions, tuple(one for one in asked if one not in own)))
    return tuple(pages)
