"""
How the people of the demo answer the example questionnaire.

The answers are data in ``texts/personas.toml``: per kind of story the answers to choose from. What
is drawn is fitted to the person (interpreter, language, a young child), and the engine of the
application says what it suggests: the demo never makes up an outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from kp4web.demo.cast import Character
from kp4web.demo.reports import theme
from kp4web.domain.dates import add_days
from kp4web.domain.pension import months_until
from kp4web.domain.questionnaire.answering import counted
from kp4web.domain.questionnaire.definition import (
    Definition,
    Question,
    QuestionType,
    Skip,
    Value,
)
from kp4web.domain.questionnaire.outcome import Facts, outcome
from kp4web.domain.questionnaire.reader import read_definition
from kp4web.domain.tracks import Subgroup

EXAMPLE = Path(__file__).parents[1] / "data" / "questionnaire-example.toml"
BASIS, WHY = "basis", "why"
SKIPS: Mapping[str, Skip] = {"?": Skip.UNKNOWN, "!": Skip.REFUSED}
PERSONAS: Mapping[Subgroup, tuple[str, ...]] = {
    Subgroup.CAREGIVER: ("caregiver",),
    Subgroup.NEAR_PENSION: ("near_pension",),
    Subgroup.LANGUAGE: ("language_stuck",),
    Subgroup.HIDDEN_PROBLEMS: ("ill_debts",),
    Subgroup.IMPROVED: ("better",),
}
"""How somebody of a subgroup answers; illness differs by its cause."""
LITTLE_DUTCH = ("matig", "slecht", "slecht")

Answered = tuple[tuple[str, Value], ...]


@cache
def example() -> Definition:
    """Return the example questionnaire, read once."""
    return read_definition(EXAMPLE.read_text(encoding="utf-8"))


def persona_of(character: Character) -> str:
    """Return how somebody with klantprofiel 4 answers."""
    group = character.subgroups[0] if character.subgroups else Subgroup.DISABILITY
    if group in PERSONAS:
        return PERSONAS[group][0]
    if "debts" in character.themes:
        return "ill_debts"
    return "low" if character.cause == "mind" else "ill"


def why(persona: str) -> str:
    """Return what intake writes about somebody who answers like this."""
    return str(theme("personas")[persona][WHY])


def answers_of(persona: str, character: Character, day: date, rng: Random) -> Answered:
    """Return the answers to the questions that are asked, in the order of the file."""
    choices: Mapping[str, Any] = {**theme("personas")[BASIS], **theme("personas")[persona]}
    drawn: dict[str, Value] = {}
    for question in example().questions:
        if question.type is QuestionType.DATE:
            drawn[question.id] = _day(question, day, rng)
        else:
            drawn[question.id] = _value(rng.choice(choices[question.id]))
    drawn |= _fitting(persona, character, rng)
    return tuple(counted(example(), drawn).items())


def _value(raw: Any) -> Value:
    if isinstance(raw, list):
        return tuple(raw)
    if isinstance(raw, str):
        return SKIPS.get(raw, raw)
    value: Value = raw
    return value


def _day(question: Question, day: date, rng: Random) -> date:
    days = rng.randint(150, 600)
    return add_days(day, -days if question.not_in_future else days // 2)


def _fitting(persona: str, character: Character, rng: Random) -> dict[str, Value]:
    """Return what follows from who it is, whatever the kind of story."""
    fits: dict[str, Value] = {}
    if character.interpreter:
        fits["vooraf_tolk"] = True
        if not persona.startswith("language"):
            fits |= {"werk_taal": rng.choice(LITTLE_DUTCH), "werk_taal_leren": "bezig"}
    return fits


@dataclass(frozen=True, slots=True)
class Suggested:
    """What the engine makes of the answers."""

    profile: int | None
    total: Fraction | None


def suggested(
    answers: Answered, character: Character, day: date, *,
    current: int | None = None, previous: Fraction | None = None,
) -> Suggested:  # fmt: skip
    """Return the suggestion of the engine on a day."""
    facts = Facts(months_until(character.pension_on, day), current, previous)
    found = outcome(example(), dict(answers), facts)
    return Suggested(found.profile, found.scores.total)


def first_part(answers: Answered, until: str) -> Answered:
    """Return the answers up to and including a question: somebody stopped half-way."""
    order = [question.id for question in example().questions]
    last = order.index(until)
    return tuple((key, value) for key, value in answers if order.index(key) <= last)
