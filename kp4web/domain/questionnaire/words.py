"""Dutch words for numbers and answers, shared by everything that explains an outcome."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from math import floor

from kp4web.domain.dates import dutch_date
from kp4web.domain.questionnaire.definition import (
    SCALE,
    Comparison,
    Question,
    QuestionType,
    Skip,
    Texts,
    Value,
)

UNKNOWN = "onbekend"
"""What a text shows for a score that is not there."""
_DIGITS_MAX = 6
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def rounded(score: Fraction) -> int:
    """Return the score as a whole number, halves up; only for showing."""
    return floor(score + Fraction(1, 2))


def number(value: Fraction, digits: int | None = None) -> str:
    """Return the number with a decimal comma, rounded half up; without ``digits`` as is needed."""
    if digits is None:
        digits = next((n for n in range(_DIGITS_MAX) if (value * 10**n).denominator == 1), 2)
    scaled = rounded(abs(value) * 10**digits)
    whole, rest = divmod(scaled, 10**digits)
    sign = "-" if value < 0 and scaled else ""
    return f"{sign}{whole},{rest:0{digits}d}" if digits else f"{sign}{whole}"


def number_beside(value: Fraction, threshold: Fraction) -> str:
    """
    Return the number with as few decimals as keep it on its own side of the threshold.

    54.6 beside 55 is ``54,6``: "55, en dat is minder dan 55" would be nonsense.
    """
    for digits in range(_DIGITS_MAX):
        near = Fraction(rounded(abs(value) * 10**digits), 10**digits) * (-1 if value < 0 else 1)
        if _side(near, threshold) == _side(value, threshold):
            return number(value, digits)
    return number(value, _DIGITS_MAX)


def _side(value: Fraction, threshold: Fraction) -> int:
    return (value > threshold) - (value < threshold)


_COMPARED = {
    (Comparison.AT_LEAST, True): "{} of meer",
    (Comparison.AT_LEAST, False): "minder dan {}",
    (Comparison.MORE, True): "meer dan {}",
    (Comparison.MORE, False): "niet meer dan {}",
    (Comparison.AT_MOST, True): "{} of minder",
    (Comparison.AT_MOST, False): "meer dan {}",
    (Comparison.LESS, True): "minder dan {}",
    (Comparison.LESS, False): "niet minder dan {}",
    (Comparison.EQUAL, True): "precies {}",
    (Comparison.EQUAL, False): "niet {}",
}


def compared(op: Comparison, threshold: Fraction, held: bool) -> str:
    """Return what a comparison came to: ``55 of meer``, or ``minder dan 55``."""
    return _COMPARED[op, held].format(number(threshold))


def either(words: Iterable[str]) -> str:
    """Join with commas and "of": ``a``, ``a of b``, ``a, b of c``."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} of {last}" if first else last


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put the values in a rule's text; what is not among them becomes ``onbekend``."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], UNKNOWN), text)


def answer_words(question: Question, value: Value, texts: Texts) -> str:
    """Return an answer in words, as a sentence or a list shows it."""
    match value:
        case Skip.UNKNOWN:
            return texts.unknown_label
        case Skip.REFUSED:
            return texts.refuse_label
        case bool():
            return "Ja" if value else "Nee"
        case int():
            return f"{value} van {SCALE[-1]}"
        case date():
            return dutch_date(value)
        case tuple():
            return ", ".join(option_label(question, one) for one in value)
        case _ if question.type is QuestionType.SINGLE:
            return option_label(question, value)
        case _:
            return value


def option_label(question: Question, value: str) -> str:
    """Return the label of an option, or the value itself where there is no such option."""
    return next((option.label for option in question.options if option.value == value), value)
