"""What must hold for each question: its options, its weight, its signals and its condition."""

from collections import Counter
from collections.abc import Iterator, Mapping

from kp4web.domain.questionnaire.conditions import walk
from kp4web.domain.questionnaire.definition import (
    BEFORE,
    SCALE,
    All,
    AnswerIs,
    AnyOf,
    Match,
    NoneOf,
    Question,
    QuestionType,
)
from kp4web.domain.questionnaire.faults import Faults, Say, quote
from kp4web.domain.questionnaire.parts import Draft

CHOICES = (QuestionType.SINGLE, QuestionType.MULTI)
UNCOUNTED = (QuestionType.DATE, QuestionType.TEXT)
"""Types that no barrier can be given for."""

MATCHES: Mapping[QuestionType, tuple[Match, ...]] = {
    QuestionType.SINGLE: (Match.EQ, Match.NE, Match.IN, Match.ANSWERED),
    QuestionType.MULTI: (Match.CONTAINS_ANY, Match.ANSWERED),
    QuestionType.YESNO: (Match.EQ, Match.NE, Match.ANSWERED),
    QuestionType.SCALE: (Match.EQ, Match.NE, Match.IN, Match.ANSWERED),
    QuestionType.DATE: (Match.ANSWERED,),
    QuestionType.TEXT: (Match.ANSWERED,),
}
"""What may be asked about the answer to each type of question."""
SEVERAL = (Match.IN, Match.CONTAINS_ANY)
"""Compare with a list."""


def check_questions(draft: Draft, faults: Faults) -> None:
    """Report what is wrong with the questions, each looked at by itself."""
    subareas = {area.code: {code for code, _ in area.subareas} for area in draft.areas}
    for question in draft.questions:
        say = faults.at(f"vraag {question.id}")
        for check in (_area_problems, _weight_problems, _option_problems, _signal_problems):
            for problem in check(question, draft):
                say(problem)
        known = subareas.get(question.area, set())
        readable = question.area == BEFORE or question.area in subareas
        if question.subarea and readable and question.subarea not in known:
            say(f"deelgebied {quote(question.subarea)} bestaat niet in dit leefgebied")


def _area_problems(question: Question, draft: Draft) -> Iterator[str]:
    if question.area != BEFORE and question.area not in draft.area_names:
        yield f"leefgebied {quote(question.area)} bestaat niet"
    if question.area == BEFORE and question.weight:
        yield "telt mee (weight), maar hoort niet bij een leefgebied"


def _weight_problems(question: Question, draft: Draft) -> Iterator[str]:
    if question.key and not question.weight:
        yield "is een kernvraag (key), maar telt niet mee: weight ontbreekt of is 0"
    if not question.weight:
        return
    if question.type in UNCOUNTED:
        yield f"telt mee (weight), maar een vraag van type {question.type} heeft geen barrier"
    if question.type is QuestionType.YESNO:
        for name in ("barrier_yes", "barrier_no"):
            if getattr(question, name) is None:
                yield f"telt mee (weight), maar {name} ontbreekt"
    for option in question.options:
        if option.barrier is None and not option.skip:
            yield f"telt mee (weight), maar antwoord {option.value} heeft geen barrier en geen skip"
    if question.options and all(option.skip for option in question.options):
        yield "telt mee (weight), maar elk antwoord heeft skip"


def _option_problems(question: Question, draft: Draft) -> Iterator[str]:
    values = Counter(option.value for option in question.options)
    labels = Counter(option.label for option in question.options)
    yield from (f"antwoord {value} staat er {n} keer" for value, n in values.items() if n > 1)
    yield from (f"tekst {quote(label)} staat er {n} keer" for label, n in labels.items() if n > 1)
    for option in question.options:
        if option.skip and option.barrier is not None:
            yield f"antwoord {option.value} heeft skip en barrier: kies er een"
        if option.exclusive and question.type is not QuestionType.MULTI:
            yield f"antwoord {option.value} heeft exclusive: dat kan alleen bij type multi"


def _signal_problems(question: Question, draft: Draft) -> Iterator[str]:
    raised = [*question.signals_yes, *question.signals_no, *question.signals_low]
    for option in question.options:
        raised.extend(option.signals)
    for signal in dict.fromkeys(raised):
        if signal not in draft.signal_names:
            yield f"signaal {quote(signal)} bestaat niet"


# ---------------------------------------------------------------------- conditions on answers


def check_show_ifs(draft: Draft, faults: Faults) -> None:
    """Report conditions of questions on anything but the answer to an earlier question."""
    areas = {BEFORE, *(area.code for area in draft.areas)}
    asked = [question for question in draft.questions if question.area in areas]
    place = {question.id: number for number, question in enumerate(asked)}
    for question, placed in draft.show_ifs.items():
        for part in walk(placed.condition):
            if isinstance(part, All | AnyOf | NoneOf):
                continue
            if not isinstance(part, AnswerIs):
                placed.say("mag alleen over antwoorden gaan")
                continue
            check_answer(part, draft, placed.say)
            if part.question == question:
                placed.say("gaat over de vraag zelf")
            elif place.get(part.question, -1) > place.get(question, len(place)):
                placed.say(f"vraag {quote(part.question)} komt pas later aan de beurt")


def check_answer(condition: AnswerIs, draft: Draft, say: Say) -> None:
    """Report a condition on an answer that the question cannot have."""
    name = quote(condition.question)
    if condition.question not in draft.question_names:
        say(f"vraag {name} bestaat niet")
    question = next((q for q in draft.questions if q.id == condition.question), None)
    if question is None:
        return
    if condition.op not in MATCHES[question.type]:
        allowed = ", ".join(MATCHES[question.type])
        say(f"vraag {name} is van type {question.type}; daar kan {condition.op} niet ({allowed})")
        return
    for problem in _value_problems(condition, question):
        say(problem)


def _value_problems(condition: AnswerIs, question: Question) -> Iterator[str]:
    value = condition.value
    if condition.op is Match.ANSWERED:
        if value is not None:
            yield "answered heeft geen value"
    elif value is None:
        yield f"value ontbreekt bij {condition.op}"
    elif isinstance(value, tuple) != (condition.op in SEVERAL):
        yield f"value moet bij {condition.op} {_SHAPE[condition.op in SEVERAL]} zijn"
    else:
        for one in value if isinstance(value, tuple) else (value,):
            if not _possible(one, question):
                yield f"{quote(_shown(one))} is geen antwoord op vraag {quote(question.id)}"


_SHAPE = {True: "een lijst", False: "één waarde, geen lijst"}


def _shown(value: str | bool | int) -> str:
    """Return a value as the file writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _possible(value: str | bool | int, question: Question) -> bool:
    """Return whether the question can be answered like this, the type of the value included."""
    if question.type in CHOICES:
        return any(value == option.value for option in question.options)
    if question.type is QuestionType.YESNO:
        return isinstance(value, bool)
    return type(value) is int and value in SCALE
