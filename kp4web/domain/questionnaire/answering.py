"""
Answers: which questions are asked, what was typed, how one is kept and how it is shown.

A question that is not shown keeps its answer, which counts again as soon as the question returns.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kp4web.domain.errors import InvalidInput
from kp4web.domain.questionnaire.definition import (
    BEFORE,
    SCALE,
    Answers,
    Definition,
    Question,
    QuestionType,
    Skip,
    Texts,
    Value,
)
from kp4web.domain.questionnaire.evidence import Evidence, holds
from kp4web.domain.questionnaire.words import answer_words

YES, NO = "ja", "nee"
"""What a form sends for a question of type ``yesno``."""
BEFORE_LABEL = "Vooraf"
_DATES = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2})-(?P<month>[0-9]{1,2})-(?P<year>[0-9]{4})"),
)
_YEARS = range(1900, 2200)


# ---------------------------------------------------------------------- what is asked


def visible_questions(definition: Definition, answers: Answers) -> tuple[Question, ...]:
    """Return the questions to ask, in order; a condition sees only answers that count."""
    return _asked(definition, answers)[0]


def counted(definition: Definition, answers: Answers) -> dict[str, Value]:
    """Return the answers to the questions that are shown, skips among them."""
    return _asked(definition, answers)[1]


def _asked(
    definition: Definition, answers: Answers
) -> tuple[tuple[Question, ...], dict[str, Value]]:
    shown: list[Question] = []
    count: dict[str, Value] = {}
    evidence = Evidence(definition, count)  # grows along: conditions are on earlier questions
    for question in definition.questions:
        if question.show_if is None or holds(question.show_if, evidence):
            shown.append(question)
            if question.id in answers:
                count[question.id] = answers[question.id]
    return tuple(shown), count


@dataclass(frozen=True, slots=True)
class AreaProgress:
    """How far the questions of one area are; a skip is an answer here."""

    code: str
    label: str
    shown: int
    answered: int
    required_open: int
    """Required questions that are shown and have no answer."""


def progress(definition: Definition, answers: Answers) -> tuple[AreaProgress, ...]:
    """Return the progress of the questions before the areas, where there are any, and per area."""
    shown, count = _asked(definition, answers)
    pages = [(area.code, area.label) for area in definition.areas]
    if definition.questions_of(BEFORE):
        pages.insert(0, (BEFORE, BEFORE_LABEL))
    return tuple(
        _progress_of(code, label, [one for one in shown if one.area == code], count)
        for code, label in pages
    )


def _progress_of(
    code: str, label: str, questions: Sequence[Question], count: Mapping[str, Value]
) -> AreaProgress:
    still_open = [question for question in questions if question.id not in count]
    required = sum(question.required for question in still_open)
    return AreaProgress(code, label, len(questions), len(questions) - len(still_open), required)


# ---------------------------------------------------------------------- what was typed


def read_answer(
    question: Question, raw: Sequence[str], *, skip: str = "", today: date
) -> Value | None:
    """
    Return the answer that a form sent, or ``None`` when nothing was given.

    ``skip`` is ``unknown`` or ``refused`` and goes before the rest. Raises ``InvalidInput`` with
    the id of the question for what does not fit it.
    """
    if skip:
        return _skip(question, skip)
    given = [text for text in raw if text.strip()]
    if not given:
        return None
    if question.type is QuestionType.MULTI:
        return _chosen(question, given)
    if len(given) > 1:
        raise InvalidInput(question.id, "Kies één antwoord.")
    match question.type:
        case QuestionType.SINGLE:
            return _listed(question, given[0])
        case QuestionType.YESNO:
            return _yes_or_no(question, given[0])
        case QuestionType.SCALE:
            return _step(question, given[0])
        case QuestionType.DATE:
            return _day(question, given[0], today)
        case _:
            return _text(question, given[0])


def _skip(question: Question, skip: str) -> Skip:
    try:
        return Skip(skip)
    except ValueError:
        raise InvalidInput(question.id, _NOT_LISTED) from None


_NOT_LISTED = "Kies een antwoord uit de lijst."


def _listed(question: Question, value: str) -> str:
    if all(option.value != value for option in question.options):
        raise InvalidInput(question.id, _NOT_LISTED)
    return value


def _chosen(question: Question, values: Sequence[str]) -> tuple[str, ...]:
    """Return the chosen options in the order of the file."""
    wanted = {_listed(question, value) for value in values}
    chosen = [option for option in question.options if option.value in wanted]
    alone = next((option for option in chosen if option.exclusive), None)
    if alone is not None and len(chosen) > 1:
        raise InvalidInput(question.id, f"‘{alone.label}’ kan niet samen met een ander antwoord.")
    return tuple(option.value for option in chosen)


def _yes_or_no(question: Question, value: str) -> bool:
    if value not in (YES, NO):
        raise InvalidInput(question.id, "Kies Ja of Nee.")
    return value == YES


def _step(question: Question, value: str) -> int:
    steps = {str(step): step for step in SCALE}
    if value not in steps:
        raise InvalidInput(question.id, f"Kies een getal van {SCALE[0]} tot en met {SCALE[-1]}.")
    return steps[value]


def _day(question: Question, value: str, today: date) -> date:
    found = next(filter(None, (form.fullmatch(value.strip()) for form in _DATES)), None)
    if found is None:
        raise InvalidInput(question.id, "Vul een datum in, bijvoorbeeld 22-11-2026.")
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    if year not in _YEARS:
        years = f"{_YEARS.start} tot en met {_YEARS.stop - 1}"
        raise InvalidInput(question.id, f"Vul een jaar in van {years}.")
    try:
        answer = date(year, month, day)
    except ValueError:
        raise InvalidInput(question.id, "Deze datum bestaat niet.") from None
    if question.not_in_future and answer > today:
        raise InvalidInput(question.id, "Deze datum ligt in de toekomst.")
    return answer


def _text(question: Question, value: str) -> str:
    text = re.sub(r"\r\n?", "\n", value).strip()
    if not _can_be_kept(text):
        raise InvalidInput(
            question.id, "In deze tekst staat een teken dat niet bewaard kan worden."
        )
    if len(text) > question.max_length:
        limit = f"Gebruik hoogstens {question.max_length} tekens."
        raise InvalidInput(question.id, f"{limit} U typte er {len(text)}.")
    return text


def _can_be_kept(text: str) -> bool:
    """Return whether a database takes the text: no NUL, no half of a character."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


# ---------------------------------------------------------------------- how it is kept


def dump(value: Value) -> str:
    """Return the answer as JSON text for one column."""
    match value:
        case Skip():
            return json.dumps({"skip": value.value})
        case date():
            return json.dumps(value.isoformat())
        case _:
            return json.dumps(value, ensure_ascii=False)


def load(question: Question, text: str) -> Value:
    """Return the answer that ``dump`` wrote; ``ValueError`` for what does not fit the question."""
    kept = json.loads(text)
    if isinstance(kept, dict):
        if set(kept) != {"skip"}:
            raise ValueError(_unfit(question))
        return Skip(kept["skip"])
    if question.type is QuestionType.MULTI:
        strings = [one for one in kept if isinstance(one, str)] if isinstance(kept, list) else []
        value: Value | None = _load_chosen(question, strings) if strings == kept else None
    elif question.type is QuestionType.YESNO:
        value = kept if isinstance(kept, bool) else None
    elif question.type is QuestionType.SCALE:
        value = kept if type(kept) is int and kept in SCALE else None
    else:
        value = _load_words(question, kept) if isinstance(kept, str) else None
    if value is None:
        raise ValueError(_unfit(question))
    return value


def _unfit(question: Question) -> str:
    """Return what went wrong, without a word of the answer."""
    return f"what is kept does not fit question {question.id}"


def _load_chosen(question: Question, values: list[str]) -> tuple[str, ...] | None:
    chosen = [option for option in question.options if option.value in values]
    alone = any(option.exclusive for option in chosen) and len(chosen) > 1
    fits = bool(chosen) and len(chosen) == len(values) and not alone
    return tuple(option.value for option in chosen) if fits else None


def _load_words(question: Question, kept: str) -> str | date | None:
    if question.type is QuestionType.DATE:
        return date.fromisoformat(kept)
    if question.type is QuestionType.SINGLE:
        return kept if any(option.value == kept for option in question.options) else None
    return kept if 0 < len(kept) <= question.max_length else None


# ---------------------------------------------------------------------- how it is shown


def describe(question: Question, value: Value, texts: Texts) -> str:
    """Return the answer in Dutch words; a scale says what its ends mean."""
    words = answer_words(question, value, texts)
    if question.type is not QuestionType.SCALE or isinstance(value, Skip):
        return words
    ends = ((SCALE[0], question.min_label), (SCALE[-1], question.max_label))
    named = ", ".join(f"{step} = {label}" for step, label in ends if label)
    return f"{words} ({named})" if named else words


def offers_unknown(question: Question, texts: Texts) -> bool:
    """Return whether "dat weet ik niet" is offered beside the options: not when it is one."""
    return _offers(question, texts.unknown_label)


def offers_refuse(question: Question, texts: Texts) -> bool:
    """Return whether "dat wil ik niet zeggen" is offered beside the options."""
    return _offers(question, texts.refuse_label)


def _offers(question: Question, label: str) -> bool:
    return all(option.label != label for option in question.options)
