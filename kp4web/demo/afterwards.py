"""
What comes after a report, now and then: a correction, the resident's word, a question about it.

Only after the golden years, with dice of its own: whatever else happens goes on as it did.
"""

from dataclasses import dataclass
from datetime import date, time
from random import Random

from kp4web.demo.events import DossierEvent, Event, RecordConversation
from kp4web.demo.life import GOLDEN_END, Life, Plan, scene
from kp4web.demo.reports import theme
from kp4web.domain.dates import add_days

LATE = time(16, 50)
"""After everything else of a day."""
BETWEEN = 1_100
"""Days between two occasions in one dossier, on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddToReport(DossierEvent):
    """The author corrects or adds to the latest own report, or notes what the resident says."""

    kind: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion(DossierEvent):
    """The coordinator asks something about the latest conversation."""

    question: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion(DossierEvent):
    """The lead answers."""

    question: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleQuestion(DossierEvent):
    """The coordinator has read the answer."""

    question: str


def first_occasion(plan: Plan) -> date:
    """Return when something may come after a report for the first time."""
    begins = max(add_days(GOLDEN_END, 1), add_days(plan.opened_on, 60))
    return add_days(begins, _wait(_dice(plan, begins)))


def _dice(plan: Plan, day: date) -> Random:
    return Random(f"afterwards:{plan.key}:{day}")  # noqa: S311 -- a story, not a secret


def _wait(rng: Random) -> int:
    return int(rng.expovariate(1 / BETWEEN)) + 10


@scene
def look_back(life: Life, day: date) -> None:
    """Something comes after the latest report, and again some day."""
    rng = _dice(life.plan, day)
    authors = [event.by for event in life.events if _is_held(event)]
    if not life.stopped and life.lead in authors:
        _happens(life, day, rng, asks=life.plan.team.coordinator not in {life.lead, authors[-1]})
    life.schedule(add_days(day, _wait(rng)), "look_back")


def _is_held(event: Event) -> bool:
    return isinstance(event, RecordConversation) and event.outcome == "held"


def _happens(life: Life, day: date, rng: Random, *, asks: bool) -> None:
    texts = theme("afterwards")
    kind = rng.choice(("correction", "addition", "response", "question", "question"))
    if kind == "question" and not asks:
        return
    if kind == "question":
        key = life.fresh("q")
        asked = rng.randrange(len(texts["questions"]))
        life.emit(AskQuestion, day, at=LATE, by=life.plan.team.coordinator, question=key,
                  dossier=life.plan.key, text=texts["questions"][asked]["ask"])  # fmt: skip
        life.asked.append((key, texts["questions"][asked]["answer"]))
        life.schedule(add_days(day, rng.randint(2, 9)), "answer_question")
        return
    told = rng.choice(texts[kind])
    life.emit(AddToReport, day, at=LATE, dossier=life.plan.key, kind=kind,
              text=told["text"].format_map(life.story.words),
              reason=told.get("reason", "").format_map(life.story.words))  # fmt: skip


@scene
def answer_question(life: Life, day: date) -> None:
    """The lead answers what was asked first."""
    key, text = life.asked[0]
    if life.stopped or life.lead is None:
        life.asked.pop(0)
        return
    life.emit(AnswerQuestion, day, at=LATE, dossier=life.plan.key, question=key, text=text)
    life.schedule(add_days(day, _dice(life.plan, day).randint(1, 6)), "settle_question")


@scene
def settle_question(life: Life, day: date) -> None:
    """The coordinator has read the answer."""
    key, _ = life.asked.pop(0)
    life.emit(SettleQuestion, day, at=LATE, by=life.plan.team.coordinator, question=key,
              dossier=life.plan.key)  # fmt: skip
