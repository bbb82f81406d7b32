"""
What a page of a questionnaire sends, and which answer that is.

Whoever changed nothing sends what the page showed: that is how an old page is kept from erasing or
overwriting an answer that was given elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import InvalidInput
from kp4web.domain.questionnaire.answering import NO, YES, read_answer
from kp4web.domain.questionnaire.definition import Question, QuestionType, Skip, Value

SKIP_MARK = "?"
"""Begins the value of a skip; no option of a file does."""
TYPED_OUT = (QuestionType.DATE, QuestionType.TEXT)
"""Types with a field to type in; the others are choices."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form sent for one question."""

    values: tuple[str, ...] = ()
    """Also the skips, of a question where one chooses."""
    skips: tuple[str, ...] = ()
    """Beside a field to type in."""
    revision: int = 0
    shown: str = ""
    """The answer as the page showed it, as ``dump`` writes it; empty for none."""


class Press(StrEnum):
    """A button of a page: at a question, or the one that saves without going on."""

    CLEAR = "clear"
    SAME = "same"
    """Answer as in the previous questionnaire."""
    TAKE = "take"
    """Take the answer that was given elsewhere."""
    KEEP = "keep"
    """Keep the answer given here."""
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a page of an area sent."""

    typed: Mapping[str, Typed]
    """By question, of those that were on the page."""
    press: Press | None = None
    about: str = ""
    """The question whose button was pressed."""
    question: str = ""
    """The one question that is sent by itself."""
    shown: frozenset[str] = frozenset()
    """The questions on the page, told when one is sent by itself; empty: not told."""

    def asks(self, press: Press, question: str) -> bool:
        """Return whether this button of this question was pressed."""
        return self.press is press and self.about == question


# ---------------------------------------------------------------------- which answer it is


def read_typed(question: Question, typed: Typed, *, today: date) -> Value | None:
    """Return the answer, ``None`` for none; raises ``InvalidInput`` for what does not fit."""
    skips = chosen_skips(question, typed)
    given = [value for value in typed.values if value.strip() and value not in skips]
    if len(skips) > 1:
        raise InvalidInput(question.id, "Kies één antwoord.")
    if skips and given:
        raise InvalidInput(
            question.id, "Dit kan niet allebei. Geef een antwoord, of kies dat u het overslaat."
        )
    skip = skips[0].removeprefix(SKIP_MARK) if skips else ""
    return read_answer(question, given, skip=skip, today=today)


def chosen_skips(question: Question, typed: Typed) -> tuple[str, ...]:
    """Return the skips that were chosen; what is typed in a field is never one."""
    if question.type in TYPED_OUT:
        return typed.skips
    return tuple(value for value in typed.values if value.startswith(SKIP_MARK))


def typed_of(question: Question, value: Value | None) -> Typed:
    """Return what a form would send for this answer."""
    match value:
        case None:
            return Typed()
        case Skip():
            chosen = (SKIP_MARK + value.value,)
            return Typed(skips=chosen) if question.type in TYPED_OUT else Typed(chosen)
        case bool():
            return Typed((YES if value else NO,))
        case date():
            return Typed((dutch_date(value),))
        case tuple():
            return Typed(value)
        case _:
            return Typed((str(value),))
