"""
What a questionnaire file says, as frozen objects: areas, questions, signals, rules.

The comments in the file itself are the schema; ``reader`` makes these objects from it and refuses
a file that does not meet it. Nothing here knows who may read an answer: a question only has a
``data_class``, and the policy tables do the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

SCALE = (1, 2, 3, 4, 5)
"""The steps of a question of type ``scale``."""
SCALE_LOW = (1, 2)
"""The steps that raise ``signals_low``."""
TEXT_MAX = 500
"""Characters in an answer of type ``text``, unless the question sets its own number."""
BEFORE = ""
"""The area of the questions that come before the life areas; they count for nothing."""
PROFILES = (1, 2, 3, 4)


class DataClass(StrEnum):
    """How sensitive an answer is; the values are the words of the file (AVG art. 9 and 10)."""

    GENERAL = "gewoon"
    HEALTH = "gezondheid"
    FINANCIAL = "financieel"
    CRIMINAL = "strafrechtelijk"
    LEAD_ONLY = "alleen_regievoerder"


class QuestionType(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTI = "multi"
    YESNO = "yesno"
    SCALE = "scale"
    DATE = "date"
    TEXT = "text"


class Direction(StrEnum):
    """Which end of a scale is good."""

    HIGH_IS_GOOD = "high_is_good"
    HIGH_IS_BAD = "high_is_bad"


class Skip(Enum):
    """An answer that says nothing: always allowed, never counted (not a string on purpose)."""

    UNKNOWN = "unknown"
    REFUSED = "refused"


Value: TypeAlias = str | tuple[str, ...] | bool | int | date | Skip
"""
One answer: an option (single), options in the order of the file (multi), yes or no, a step 1-5
(scale), a day, or a text; or a ``Skip``.
"""
Answers: TypeAlias = Mapping[str, Value]
"""Answers by the id of their question; a question without an answer is not in it."""


# ---------------------------------------------------------------------- conditions


class Comparison(StrEnum):
    """How a number is compared with the one in the file."""

    AT_LEAST = ">="
    MORE = ">"
    AT_MOST = "<="
    LESS = "<"
    EQUAL = "=="


class Match(StrEnum):
    """How an answer is compared with the one in the file."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    CONTAINS_ANY = "contains_any"
    ANSWERED = "answered"


class FactName(StrEnum):
    """What a rule may ask of the dossier."""

    MONTHS_TO_PENSION = "maanden_tot_aow"
    CURRENT_PROFILE = "huidig_profiel"
    SUGGESTED_PROFILE = "voorgesteld_profiel"
    CHANGE_OF_TOTAL = "verandering_totaalscore"


@dataclass(frozen=True, slots=True)
class AreaScoreIs:
    """The score (0-100) of a life area compares with ``value``; false without a score."""

    area: str
    op: Comparison
    value: Fraction


@dataclass(frozen=True, slots=True)
class TotalScoreIs:
    """The total score compares with ``value``; false without a total."""

    op: Comparison
    value: Fraction


@dataclass(frozen=True, slots=True)
class AreasAtLeast:
    """The number of life areas with a score of ``threshold`` or more compares with ``value``."""

    threshold: Fraction
    op: Comparison
    value: Fraction


@dataclass(frozen=True, slots=True)
class AnswerIs:
    """The answer to a question matches ``value``; false without an answer, and for a skip."""

    question: str
    op: Match
    value: str | bool | int | tuple[str | int, ...] | None
    """``None`` for ``answered``; a tuple for ``in`` and ``contains_any``."""


@dataclass(frozen=True, slots=True)
class HasSignal:
    """Some counted answer raises the signal."""

    signal: str


@dataclass(frozen=True, slots=True)
class FactIs:
    """A fact of the dossier compares with ``value``; false while the fact is unknown."""

    fact: FactName
    op: Comparison
    value: Fraction


@dataclass(frozen=True, slots=True)
class Insufficient:
    """Too little was answered for a suggestion (``completeness = "insufficient"``)."""


@dataclass(frozen=True, slots=True)
class All:
    """Every part is true; true without parts."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part is true; false without parts."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """No part is true; true without parts."""

    parts: tuple["Condition", ...]


Condition: TypeAlias = (
    AreaScoreIs | TotalScoreIs | AreasAtLeast | AnswerIs | HasSignal | FactIs | Insufficient
    | All | AnyOf | NoneOf
)  # fmt: skip


# ---------------------------------------------------------------------- content


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose; ``barrier`` 0-4, ``None`` where the question does not count."""

    value: str
    label: str
    barrier: int | None = None
    skip: bool = False
    """Does not count in the score, only against the completeness."""
    exclusive: bool = False
    """Cannot be chosen together with another option (multi)."""
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One question; what its type does not use is empty."""

    id: str
    area: str
    """Code of the life area; ``BEFORE`` for the questions before them."""
    order: int
    type: QuestionType
    text: str
    data_class: DataClass
    """Its own, else that of its area, else ``GENERAL``."""
    subarea: str = ""
    help: str = ""
    required: bool = False
    key: bool = False
    weight: Fraction = Fraction(0)
    show_if: Condition | None = None
    """Only ``AnswerIs`` about earlier questions, and ``All``/``AnyOf``/``NoneOf`` of those."""
    options: tuple[Option, ...] = ()
    barrier_yes: int | None = None
    barrier_no: int | None = None
    signals_yes: tuple[str, ...] = ()
    signals_no: tuple[str, ...] = ()
    direction: Direction | None = None
    min_label: str = ""
    max_label: str = ""
    signals_low: tuple[str, ...] = ()
    """Raised by the steps 1 and 2 of a scale."""
    max_length: int = TEXT_MAX
    not_in_future: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """A life area (leefgebied)."""

    code: str
    label: str
    order: int
    weight: Fraction
    data_class: DataClass
    intro: str = ""
    optional: bool = False
    subareas: tuple[tuple[str, str], ...] = ()
    """Code and label."""


class Urgency(StrEnum):
    """How soon a signal asks for action."""

    NOW = "direct"
    WEEK = "week"
    NORMAL = "gewoon"


@dataclass(frozen=True, slots=True)
class Signal:
    """Something to act on, whatever the score."""

    code: str
    label: str
    urgency: Urgency
    advice: str


@dataclass(frozen=True, slots=True)
class Level:
    """A band of scores, from ``start`` on."""

    start: Fraction
    label: str
    code: str


@dataclass(frozen=True, slots=True)
class Scoring:
    """The numbers of the calculation."""

    barrier_max: int
    peak_share: Fraction
    min_completeness_area: Fraction
    min_areas_scored: int
    required_areas: tuple[str, ...]
    levels: tuple[Level, ...]


class RuleKind(StrEnum):
    """Which step of the suggestion a rule belongs to, in the order they are tried."""

    GATE = "gates"
    KNOCKOUT = "knockouts"
    RULE = "list"
    CEILING = "ceilings"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule for the suggestion; ``text`` may name scores as ``{area code}`` or ``{totaal}``."""

    id: str
    kind: RuleKind
    when: Condition
    text: str
    profile: int | None = None
    """What a knock-out or rule leads to, or the highest profile a ceiling allows."""
    review_months: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A subgroup or track that the file proposes for somebody with klantprofiel 4."""

    code: str
    label: str
    when: Condition
    text: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """What is read to the applicant around the questions."""

    intro: str
    privacy: str
    outro: str
    unknown_label: str
    refuse_label: str


@dataclass(frozen=True)
class Definition:
    """A whole questionnaire file."""

    id: str
    version: str
    title: str
    valid_from: date
    validated: bool
    origin: str
    estimated_minutes: int
    texts: Texts
    scoring: Scoring
    profiles: Mapping[int, tuple[str, str]]
    """Label and description by profile."""
    areas: tuple[Area, ...]
    """In their order."""
    signals: Mapping[str, Signal]
    questions: tuple[Question, ...]
    """In the order of asking: those before the areas first, then area by area."""
    gates: tuple[Rule, ...]
    knockouts: tuple[Rule, ...]
    rules: tuple[Rule, ...]
    ceilings: tuple[Rule, ...]
    subgroups: tuple[Proposal, ...]
    tracks: tuple[Proposal, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """Return the questions by their id."""
        return {question.id: question for question in self.questions}

    def questions_of(self, area: str) -> tuple[Question, ...]:
        """Return the questions of one area (``BEFORE`` for those before them), in order."""
        return tuple(question for question in self.questions if question.area == area)

    def area(self, code: str) -> Area | None:
        """Return the area with this code, or ``None``."""
        return next((area for area in self.areas if area.code == code), None)
