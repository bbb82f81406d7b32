"""
The desk of intake: events about one application after another, each at its moment.

What the desk writes is the same for every later day: it throws the dice of the application.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TypeVar

from kp4web.demo import answers
from kp4web.demo.answers import Answered, Suggested
from kp4web.demo.cast import Character
from kp4web.demo.days import is_working_day, on_or_after
from kp4web.demo.events import Event, OfferHandover
from kp4web.demo.intake_events import (
    CloseApplication,
    CompleteQuestionnaire,
    DetermineProfile,
    DiscardQuestionnaire,
    ElsewhereOutcome,
    GiveAnswers,
    Housemate,
    RegisterApplicant,
    StartQuestionnaire,
)
from kp4web.demo.life import INTAKE
from kp4web.demo.reports import theme
from kp4web.domain.applications import KP4
from kp4web.domain.dates import AMSTERDAM, add_days

BEGIN = date(2026, 1, 2)
"""The first working day on which the questionnaire is in force."""
E_ = TypeVar("E_", bound=Event)


def working_day_between(first: date, last: date, rng: Random) -> date | None:
    """Return a working day from the first up to, not including, the last; ``None`` without one."""
    days = [add_days(first, number) for number in range((last - first).days)]
    open_days = [day for day in days if is_working_day(day)]
    return rng.choice(open_days) if open_days else None


@dataclass
class Case:
    """One application as intake works on it; leaves events behind."""

    key: str
    municipality: str
    character: Character
    persona: str
    rng: Random
    events: list[Event] = field(default_factory=list)
    clock: datetime = field(default=datetime.min.replace(tzinfo=AMSTERDAM))
    asked: int = 0

    def emit(self, event: Callable[..., E_], day: date, **fields: object) -> E_:
        """Leave an event behind on a working day, after everything before it."""
        if day > self.clock.date():
            opens = datetime.combine(day, time(9), AMSTERDAM)
            self.clock = opens + timedelta(minutes=self.rng.randint(10, 330))
        else:
            self.clock += timedelta(minutes=self.rng.randint(2, 6))
        made = event(at=self.clock, by=INTAKE, **fields)
        self.events.append(made)
        return made

    @property
    def questionnaire(self) -> str:
        """Return the key of the questionnaire that was begun last."""
        return f"{self.key}-q{self.asked}"

    def register(
        self, registered_on: date, *, members: tuple[Housemate, ...] | None = None,
        partner_of: str = "",
    ) -> None:  # fmt: skip
        """Register the application on its day, or the first working day after it."""
        if members is None:
            members = tuple(
                Housemate(name=name, relation="child", birth_date=born)
                for name, born in self.character.children
            )
        self.emit(
            RegisterApplicant, on_or_after(registered_on), application=self.key,
            municipality=self.municipality, person=self.character.person,
            registered_on=registered_on, members=members, partner_of=partner_of,
        )  # fmt: skip

    def ask(self, day: date, *, until: str = "") -> Answered:
        """Go through the questionnaire, or up to and including a question."""
        self.asked += 1
        self.emit(StartQuestionnaire, day, questionnaire=self.questionnaire, application=self.key)
        given = answers.answers_of(self.persona, self.character, day, self.rng)
        if until:
            given = answers.first_part(given, until)
        self.clock += timedelta(minutes=self.rng.randint(14, 24) // (2 if until else 1))
        self.emit(GiveAnswers, day, questionnaire=self.questionnaire, answers=given)
        return given

    def complete(self, day: date) -> Suggested:
        """Go through the whole questionnaire, and see what it suggests."""
        given = self.ask(day)
        self.emit(CompleteQuestionnaire, day, questionnaire=self.questionnaire)
        return answers.suggested(given, self.character, day)

    def decide(self, day: date, suggestion: Suggested, profile: int) -> None:
        """Determine the klantprofiel after the questionnaire."""
        self.emit(
            DetermineProfile, day, application=self.key, profile=profile,
            questionnaire=self.questionnaire,
            justification=justification(self, suggestion.profile, profile),
        )  # fmt: skip

    def decide_without(self, day: date, profile: int) -> None:
        """Determine the klantprofiel after a talk only."""
        texts = theme("applications")["conversation"]
        self.emit(
            DetermineProfile, day, application=self.key, profile=profile,
            justification=say(self, texts["justification"]),
            basis_reason=say(self, texts["reasons"]),
        )  # fmt: skip

    def decide_elsewhere(self, day: date, measured: ElsewhereOutcome) -> None:
        """Determine the klantprofiel that another instrument came to."""
        texts = theme("applications")["elsewhere"]
        self.emit(
            DetermineProfile, day, application=self.key, profile=measured.profile,
            justification=say(self, texts["justification"]), measured=measured,
        )  # fmt: skip

    def offer(self, day: date, suggestion: Suggested, note: str, registered_on: date) -> None:
        """Determine klantprofiel 4, and so offer the applicant to the municipality."""
        self.emit(
            OfferHandover, day, handover=f"{self.key}-h", municipality=self.municipality,
            person=self.character.person, registered_on=registered_on, note=note,
            justification=justification(self, suggestion.profile, KP4),
            application=self.key, questionnaire=self.questionnaire,
        )  # fmt: skip

    def withdraw(self, day: date, closing: str) -> None:
        """Close the application without a klantprofiel."""
        note = say(self, theme("applications")["closing"][closing])
        self.emit(CloseApplication, day, application=self.key, closing=closing, note=note)

    def discard(self, day: date) -> None:
        """Throw away the questionnaire that is not completed."""
        reason = say(self, theme("applications")["closing"]["discarded"])
        self.emit(DiscardQuestionnaire, day, questionnaire=self.questionnaire, reason=reason)


def justification(case: Case, suggestion: int | None, profile: int) -> str:
    """Return why this klantprofiel was determined, and why not what was suggested."""
    texts = theme("applications")["decision"]
    if suggestion is None:
        return say(case, texts["without_suggestion"])
    if suggestion == profile:
        return say(case, texts[str(profile)])
    chosen = texts["lower" if profile < suggestion else "higher"]
    return say(case, chosen, suggested=suggestion, profile=profile)


def say(case: Case, texts: list[str], **words: object) -> str:
    """Return one of the texts with the words of this person filled in."""
    known = {**case.character.words, "why": answers.why(case.persona), **words}
    return case.rng.choice(texts).format_map(known)
