"""Answers for the tests of the engine: easy ones, random ones, and small random questionnaires."""

from datetime import date
from fractions import Fraction
from random import Random

from hypothesis import strategies as st

from kp4web.domain.questionnaire.definition import (
    All,
    AnswerIs,
    AnyOf,
    Area,
    AreasAtLeast,
    AreaScoreIs,
    Comparison,
    DataClass,
    Definition,
    Direction,
    FactIs,
    FactName,
    HasSignal,
    Insufficient,
    Level,
    Match,
    NoneOf,
    Option,
    Proposal,
    Question,
    QuestionType,
    Rule,
    RuleKind,
    Scoring,
    Signal,
    Skip,
    Texts,
    TotalScoreIs,
    Urgency,
)
from kp4web.domain.questionnaire.outcome import Facts
from kp4web.domain.questionnaire.scoring import barrier_of
from tests.questionnaires import example

TODAY = date(2026, 11, 18)


def easy(definition=None, **other):
    """Return the answer with the least barrier to every question that can count, and others."""
    definition = definition or example()
    answers = {}
    for question in definition.questions:
        values = [value for value in values_of(question) if not isinstance(value, Skip)]
        counted = [
            (barrier, value)
            for value in values
            if (barrier := barrier_of(definition.scoring, question, value)) is not None
        ]
        if counted and question.weight:
            answers[question.id] = min(counted, key=lambda one: one[0])[1]
    return {key: value for key, value in {**answers, **other}.items() if value is not None}


def values_of(question):
    """Return the answers to a question, of a date and a text a few, skips last."""
    match question.type:
        case QuestionType.SINGLE:
            values = [option.value for option in question.options]
        case QuestionType.MULTI:
            values = _choices(question)
        case QuestionType.YESNO:
            values = [False, True]
        case QuestionType.SCALE:
            values = [1, 2, 3, 4, 5]
        case QuestionType.DATE:
            values = [date(1999, 2, 28), date(2024, 2, 29)]
        case _:
            values = ["ruiten 'zes' \\ \"é€😀\"\nregel"]
    return [*values, Skip.UNKNOWN, Skip.REFUSED]


def _choices(question):
    """Return every choice of an option alone, of all that go together, and of some of these."""
    together = [option.value for option in question.options if not option.exclusive]
    alone = [(option.value,) for option in question.options]
    groups = [tuple(together[start:end]) for start in (0, 1) for end in (2, len(together))]
    return list(dict.fromkeys([*alone, *(group for group in groups if group)]))


# ---------------------------------------------------------------------- random answers


@st.composite
def answer_sets(draw, definition):
    """Return answers of all kinds to some of the questions, given in any order."""
    answers = {}
    gaps = draw(st.sampled_from([0, 1, 3]))
    for question in definition.questions:
        values = values_of(question)
        number = draw(st.integers(-gaps, len(values) - 1 - (0 if gaps else 2)))
        if number >= 0:
            answers[question.id] = values[number]
    return answers


facts = st.builds(
    Facts,
    months_to_pension=st.none() | st.integers(-12, 60),
    current_profile=st.none() | st.integers(1, 4),
    previous_total=st.none() | st.fractions(0, 100, max_denominator=40),
)


@st.composite
def cases(draw):
    """Return a questionnaire, the example or a small random one, with answers and facts."""
    definition = example() if draw(st.booleans()) else draw(small_definitions())
    return definition, draw(answer_sets(definition)), draw(facts)


# ---------------------------------------------------------------------- random questionnaires


AREAS = ("a", "b")
SIGNALS = ("s1", "s2", "s3")
WEIGHTS = (Fraction(0), Fraction(1), Fraction(2), Fraction(1, 2))
SHARES = (Fraction(0), Fraction(1, 2), Fraction(2, 3))
FEW_SIGNALS = ((), (), ("s1",), ("s2",), ("s1", "s2"))
TEXTS = Texts("intro", "privacy", "outro", "Dat weet ik niet", "Dat wil ik niet zeggen")


def small_definitions():
    """Return questionnaires of two life areas with all that the schema knows, by their seed."""
    return st.integers(0, 2**32).map(lambda seed: _Small(Random(seed)).definition())


class _Small:
    """Makes one random questionnaire; quicker than drawing every part of it."""

    def __init__(self, random):
        self.random = random
        self.pick = random.choice
        self.questions = []

    def definition(self):
        for area in ("", *AREAS):
            for _ in range(self.random.randint(1, 3 if area else 1)):
                self.questions.append(self.question(area))
        levels = (Level(Fraction(0), "klein", "klein"), Level(Fraction(50), "groot", "groot"))
        required = self.pick([(), ("a",), ("a", "b")])
        return Definition(
            "klein", "1.0.0", "Klein", date(2026, 1, 1), False, "test", 1, TEXTS,
            Scoring(4, self.pick(SHARES), self.pick(SHARES), self.pick([1, 2]), required, levels),
            {},
            tuple(Area(code, f"Gebied {code}", order, self.pick(WEIGHTS), DataClass.GENERAL)
                  for order, code in enumerate(AREAS)),
            {code: Signal(code, f"Signaal {code}", urgency, "doe iets")
             for code, urgency in zip(SIGNALS, reversed(Urgency), strict=True)},
            tuple(self.questions),
            self.pick([(), (Rule("G1", RuleKind.GATE, Insufficient(), "te weinig"),)]),
            self.rules(RuleKind.KNOCKOUT), self.rules(RuleKind.RULE, 1),
            self.rules(RuleKind.CEILING),
            (Proposal("groep", "Groep", self.condition()),),
            (Proposal("traject", "Traject", self.condition(), "voorstel {voorstel}"),),
        )  # fmt: skip

    def question(self, area):
        type_ = self.pick([*QuestionType, QuestionType.SINGLE, QuestionType.MULTI])
        counts = area and type_ not in (QuestionType.DATE, QuestionType.TEXT)
        order = len(self.questions)
        shared = {
            "id": f"q{order}", "area": area, "order": order, "type": type_,
            "text": f"Vraag {order}?", "data_class": self.pick([*DataClass]),
            "key": self.pick([True, False]),
            "weight": self.pick(WEIGHTS) if counts else Fraction(0),
            "show_if": self.answer_leaf() if self.questions and self.pick([1, 0]) else None,
        }  # fmt: skip
        barrier = self.random.randint
        match type_:
            case QuestionType.SINGLE | QuestionType.MULTI:
                several = type_ is QuestionType.MULTI
                options = (self.option(one, several) for one in range(barrier(2, 4)))
                return Question(**shared, options=tuple(options))
            case QuestionType.YESNO:
                return Question(**shared, barrier_yes=barrier(0, 4), barrier_no=barrier(0, 4),
                                signals_yes=self.pick(FEW_SIGNALS))  # fmt: skip
            case QuestionType.SCALE:
                return Question(**shared, direction=self.pick([*Direction]),
                                signals_low=self.pick(FEW_SIGNALS))  # fmt: skip
            case _:
                return Question(**shared)

    def option(self, number, several):
        skip = number > 0 and self.pick([True, False, False, False])
        alone = several and self.pick([True, False, False])
        barrier = None if skip else self.random.randint(0, 4)
        return Option(f"o{number}", f"Optie {number}", barrier, skip, alone, self.pick(FEW_SIGNALS))

    def rules(self, kind, least=0):
        return tuple(
            Rule(f"{kind}{number}", kind, self.condition(), "{a} en {totaal}",
                 self.random.randint(1, 4))
            for number in range(self.random.randint(least, 3))
        )  # fmt: skip

    def condition(self, depth=0):
        if depth == 2 or self.pick([True, False]):
            return self.pick([self.answer_leaf, self.answer_leaf, self.other_leaf])()
        group = self.pick([All, AnyOf, NoneOf])
        return group(tuple(self.condition(depth + 1) for _ in range(self.random.randint(0, 3))))

    def other_leaf(self):
        op, number = self.pick([*Comparison]), self.pick([Fraction(n) for n in (0, 25, 40, 75)])
        return self.pick([
            AreaScoreIs(self.pick(AREAS), op, number),
            TotalScoreIs(op, number),
            AreasAtLeast(number, op, self.pick([Fraction(1), Fraction(2)])),
            HasSignal(self.pick(SIGNALS)),
            FactIs(self.pick([*FactName]), op, self.pick([Fraction(3), Fraction(24)])),
            Insufficient(),
        ])  # fmt: skip

    def answer_leaf(self):
        question = self.pick(self.questions)
        op = self.pick([*Match])
        if op is Match.ANSWERED or question.type in (QuestionType.DATE, QuestionType.TEXT):
            return AnswerIs(question.id, Match.ANSWERED, None)
        values = values_of(question)[:-2]
        whole = [one[0] if isinstance(one, tuple) else one for one in values]
        if op in (Match.IN, Match.CONTAINS_ANY):
            return AnswerIs(question.id, op, tuple(self.random.choices(whole, k=2)))
        return AnswerIs(question.id, op, self.pick(whole))
