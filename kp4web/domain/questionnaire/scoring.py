"""
Scores: exact fractions per life area, the total, the signals, and whether enough was answered.

The rules stand in the comments of the questionnaire file. Nothing is rounded before it is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from kp4web.domain.questionnaire.answering import counted, visible_questions
from kp4web.domain.questionnaire.definition import (
    SCALE,
    SCALE_LOW,
    Answers,
    Area,
    DataClass,
    Definition,
    Direction,
    Level,
    Question,
    QuestionType,
    Scoring,
    Signal,
    Skip,
    Urgency,
    Value,
)
from kp4web.domain.questionnaire.evidence import says_nothing, weighted_total
from kp4web.domain.questionnaire.words import rounded as rounded  # for who shows a score

PERCENT = 100
_URGENCIES = tuple(Urgency)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one answer adds to the score of its area."""

    question: str
    barrier: int
    weight: Fraction
    key: bool


@dataclass(frozen=True, slots=True)
class AreaScore:
    """The score of one life area: 0 is no barrier, 100 the largest."""

    code: str
    label: str
    mean: Fraction | None
    """``None`` when nothing counts."""
    peak: Fraction | None
    """``None`` when no key question was answered."""
    score: Fraction | None
    """``None`` when nothing counts or too little was answered."""
    completeness: Fraction
    """Share of the counting questions shown that were really answered; 0 when none is shown."""
    shown: int
    """Questions shown that can count."""
    answered: int
    """Those that were really answered: a skip is not."""
    level: Level | None
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class RaisedSignal:
    """A signal with the answers that raise it."""

    signal: Signal
    questions: tuple[str, ...]
    data_classes: frozenset[DataClass]
    """Those of its questions."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A life area that must be filled in further before there can be a suggestion."""

    code: str
    label: str
    questions: tuple[str, ...]
    """Counting questions that are shown and have no answer."""
    skipped: tuple[str, ...]
    """Counting questions that were skipped."""


@dataclass(frozen=True, slots=True)
class Scores:
    """All that follows from the answers alone."""

    areas: Mapping[str, AreaScore]
    """By code, in the order of the file."""
    total: Fraction | None
    signals: tuple[RaisedSignal, ...]
    """Most urgent first."""
    sufficient: bool
    missing: tuple[Missing, ...]
    """Empty when enough was answered."""
    data_class_of: Mapping[str, DataClass]
    """By question: ``without`` goes by it."""

    def without(self, hidden: frozenset[DataClass]) -> "Scores":
        """Return every score, without the answers, signals and questions of these classes."""

        def kept(question: str) -> bool:
            return self.data_class_of[question] not in hidden

        areas = {
            code: replace(
                area, contributions=tuple(one for one in area.contributions if kept(one.question))
            )
            for code, area in self.areas.items()
        }
        signals = (
            replace(one, questions=tuple(filter(kept, one.questions)),
                    data_classes=one.data_classes - hidden)
            for one in self.signals if one.data_classes - hidden
        )  # fmt: skip
        missing = (
            replace(one, questions=tuple(filter(kept, one.questions)),
                    skipped=tuple(filter(kept, one.skipped)))
            for one in self.missing
        )  # fmt: skip
        classes = {code: one for code, one in self.data_class_of.items() if one not in hidden}
        return replace(
            self, areas=areas, signals=tuple(signals), missing=tuple(missing), data_class_of=classes
        )


def score(definition: Definition, answers: Answers) -> Scores:
    """Return the scores and signals of these answers."""
    shown = visible_questions(definition, answers)
    count = counted(definition, answers)
    areas = {
        area.code: area_score(
            definition.scoring, area, [one for one in shown if one.area == area.code], count
        )
        for area in definition.areas
    }
    by_area = {code: one.score for code, one in areas.items()}
    return Scores(
        areas=areas,
        total=weighted_total(definition.areas, by_area),
        signals=_raised(definition, count),
        sufficient=is_sufficient(definition.scoring, by_area),
        missing=_missing(definition, by_area, shown, count),
        data_class_of={question.id: question.data_class for question in definition.questions},
    )


# ---------------------------------------------------------------------- one area


def area_score(
    scoring: Scoring, area: Area, shown: Sequence[Question], answers: Mapping[str, Value]
) -> AreaScore:
    """Return the score of an area from its questions that are shown."""
    counting = [question for question in shown if question.weight > 0]
    parts = _contributions(scoring, counting, answers)
    mean, peak = _mean(scoring, parts), _peak(scoring, parts)
    completeness = Fraction(len(parts), len(counting)) if counting else Fraction(0)
    enough = completeness >= scoring.min_completeness_area
    result = _mixed(mean, peak, scoring.peak_share) if enough else None
    return AreaScore(
        area.code, area.label, mean, peak, result, completeness, len(counting), len(parts),
        level_of(scoring, result), parts,
    )  # fmt: skip


def _contributions(
    scoring: Scoring, questions: Sequence[Question], answers: Mapping[str, Value]
) -> tuple[Contribution, ...]:
    found = []
    for question in questions:
        barrier = barrier_of(scoring, question, answers.get(question.id))
        if barrier is not None:
            found.append(Contribution(question.id, barrier, question.weight, question.key))
    return tuple(found)


def _mean(scoring: Scoring, parts: Sequence[Contribution]) -> Fraction | None:
    most = sum((part.weight for part in parts), Fraction(0)) * scoring.barrier_max
    found = sum((part.weight * part.barrier for part in parts), Fraction(0))
    return PERCENT * found / most if most else None


def _peak(scoring: Scoring, parts: Sequence[Contribution]) -> Fraction | None:
    barriers = [part.barrier for part in parts if part.key]
    return Fraction(PERCENT * max(barriers), scoring.barrier_max) if barriers else None


def _mixed(mean: Fraction | None, peak: Fraction | None, share: Fraction) -> Fraction | None:
    if mean is None or peak is None:
        return mean
    return mean * (1 - share) + peak * share


def level_of(scoring: Scoring, result: Fraction | None) -> Level | None:
    """Return the highest band that starts at or below the score."""
    if result is None:
        return None
    bands = sorted(scoring.levels, key=lambda level: level.start)
    return next((level for level in reversed(bands) if level.start <= result), None)


# ---------------------------------------------------------------------- one answer


def barrier_of(scoring: Scoring, question: Question, value: Value | None) -> int | None:
    """Return how large a barrier an answer is; ``None`` when it does not count."""
    if value is None or isinstance(value, Skip):
        return None
    match question.type:
        case QuestionType.SINGLE | QuestionType.MULTI:
            return _barrier_of_options(scoring, question, value)
        case QuestionType.YESNO:
            return question.barrier_yes if value else question.barrier_no
        case QuestionType.SCALE if isinstance(value, int):
            good = question.direction is Direction.HIGH_IS_GOOD
            return min(scoring.barrier_max, SCALE[-1] - value if good else value - SCALE[0])
        case _:
            return None


def _barrier_of_options(scoring: Scoring, question: Question, value: Value) -> int | None:
    chosen = value if isinstance(value, tuple) else (value,)
    barriers = [
        option.barrier
        for option in question.options
        if option.value in chosen and not option.skip and option.barrier is not None
    ]
    return min(scoring.barrier_max, sum(barriers)) if barriers else None


def raised_by(question: Question, value: Value) -> tuple[str, ...]:
    """Return the signals that an answer raises."""
    match value:
        case Skip():
            return ()
        case bool():
            return question.signals_yes if value else question.signals_no
        case int():
            return question.signals_low if value in SCALE_LOW else ()
        case _:
            chosen = value if isinstance(value, tuple) else (value,)
            options = (option for option in question.options if option.value in chosen)
            return tuple(signal for option in options for signal in option.signals)


def _raised(definition: Definition, answers: Mapping[str, Value]) -> tuple[RaisedSignal, ...]:
    by_signal: dict[str, list[Question]] = {}
    for question in definition.questions:
        value = answers.get(question.id)
        for code in dict.fromkeys(raised_by(question, value) if value is not None else ()):
            by_signal.setdefault(code, []).append(question)
    raised = (
        RaisedSignal(
            signal,
            tuple(question.id for question in by_signal[code]),
            frozenset(question.data_class for question in by_signal[code]),
        )
        for code, signal in definition.signals.items()
        if code in by_signal
    )
    return tuple(sorted(raised, key=lambda one: _URGENCIES.index(one.signal.urgency)))


# ---------------------------------------------------------------------- enough or not


def is_sufficient(scoring: Scoring, scores: Mapping[str, Fraction | None]) -> bool:
    """Return whether enough areas have a score, the required ones among them."""
    scored = sum(score is not None for score in scores.values())
    required = all(scores.get(code) is not None for code in scoring.required_areas)
    return required and scored >= scoring.min_areas_scored


def _missing(
    definition: Definition,
    scores: Mapping[str, Fraction | None],
    shown: Sequence[Question],
    answers: Mapping[str, Value],
) -> tuple[Missing, ...]:
    """Return where to go on: the required areas, and any other as long as more are needed."""
    scoring = definition.scoring
    if is_sufficient(scoring, scores):
        return ()
    few = sum(score is not None for score in scores.values()) < scoring.min_areas_scored
    return tuple(
        _missing_of(scoring, area, [one for one in shown if one.area == area.code], answers)
        for area in definition.areas
        if scores[area.code] is None and (few or area.code in scoring.required_areas)
    )


def _missing_of(
    scoring: Scoring, area: Area, shown: Sequence[Question], answers: Mapping[str, Value]
) -> Missing:
    counting = [question for question in shown if question.weight > 0]
    still_open = [question.id for question in counting if question.id not in answers]
    skipped = [
        question.id
        for question in counting
        if question.id in answers and says_nothing(question, answers[question.id])
    ]
    return Missing(area.code, area.label, tuple(still_open), tuple(skipped))
