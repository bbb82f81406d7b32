"""
One dossier as it goes: a state, a clock, dice, and the events it leaves behind.

A life never looks at today: it is simulated until a day, and every earlier day gives the same
beginning. Up to the end of 2021 it throws its own golden dice, after that those of the seed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import TypeVar

from kp4web.demo.cast import Character
from kp4web.demo.days import on_or_after
from kp4web.demo.events import Event
from kp4web.demo.reports import Story
from kp4web.domain.dates import AMSTERDAM
from kp4web.domain.tracks import StopReason, TrackKind

GOLDEN_END = date(2021, 12, 31)
"""Up to this day the history depends on neither seed nor today."""
NEVER = date(9000, 1, 1)
INTAKE = "intake@werkzaak.example"

Scene = Callable[["Life", date], None]
SCENES: dict[str, Scene] = {}
"""What can happen, by name: scenes follow one another in circles, their modules do not."""
E_ = TypeVar("E_", bound=Event)


def scene(function: Scene) -> Scene:
    """Make a function known as a scene."""
    SCENES[function.__name__] = function
    return function


@dataclass(frozen=True, slots=True)
class Team:
    """Who works for a municipality, by e-mail."""

    municipality: str
    coordinator: str
    consultants: tuple[str, ...]
    policy_officer: str


@dataclass(frozen=True, slots=True)
class Exit:
    """When and why a dossier stops."""

    on: date
    reason: StopReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is settled about a dossier before its life is told."""

    key: str
    number: str
    team: Team
    character: Character
    opened_on: date
    recorded_on: date
    """When the coordinator took it over; for a hand-over the opening day itself."""
    offered_on: date | None = None
    """Set when it comes by a hand-over from Werkzaak."""
    reason: str = ""
    assign_on: date | None
    lead: str
    classify_on: date = NEVER
    classify_to: TrackKind = TrackKind.REST
    locked_until: date = date.min
    """Up to this day the track that was chosen stays."""
    rest_months: int = 0
    """Length of the first rest; 0 means: throw the dice."""
    exits: tuple[Exit, ...]
    """How it ends; a second one after a return."""
    kp3_on: date = NEVER
    back_on: date = NEVER
    """When KP3 turned out to come too early."""
    reopen_on: date = NEVER
    joins_round: bool = False
    seen: bool = True
    """Whether the nearing AOW date is noted as seen."""
    silent_from: date = NEVER
    """From this day nobody gets to speak this resident."""
    couple: bool = False
    opens_household: bool = True


@dataclass
class Life:
    """The running state of one dossier; ``scenes`` moves it on."""

    plan: Plan
    seed: str
    events: list[Event] = field(default_factory=list)
    kind: TrackKind | None = None
    planned_end: date | None = None
    lead: str | None = None
    last_contact: date | None = None
    classify_on: date = NEVER
    classify_to: TrackKind = TrackKind.REST
    open: dict[str, date] = field(default_factory=dict)
    """Open follow-ups with their dates."""
    unread: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Questions of the coordinator that are not settled, with what will be answered."""
    talks: int = 0
    attempts: int = 0
    episode: int = 0
    stopped: bool = False
    spells: int = 0

    def __post_init__(self) -> None:
        who = self.plan.character
        self.golden = Random(f"golden:{self.plan.key}")  # noqa: S311 -- a story, not a secret
        self.later = Random(f"{self.seed}:{self.plan.key}")  # noqa: S311
        self.story = Story(who.themes, who.cause, who.words, who.script)
        self.clock = datetime.min.replace(tzinfo=AMSTERDAM)
        self.agenda: list[tuple[date, int, str]] = []
        self.step: tuple[date, str] | None = None
        self._order, self._name = count(), count(1)
        self.classify_on, self.classify_to = self.plan.classify_on, self.plan.classify_to

    def dice(self, day: date) -> Random:
        """Return the dice that count on a day."""
        return self.golden if day <= GOLDEN_END else self.later

    def schedule(self, day: date, name: str) -> None:
        """Let something happen on a day, whatever else goes on."""
        if day < NEVER:
            heappush(self.agenda, (on_or_after(day), next(self._order), name))

    def then(self, day: date, name: str) -> None:
        """Let this be the next step of the guidance, instead of what was to come."""
        self.step = (on_or_after(day), name)

    def run(self, until: date) -> "Life":
        """Live on up to, not including, a day."""
        while True:
            waits = self.agenda[0][0] if self.agenda else NEVER
            goes = self.step[0] if self.step else NEVER
            if min(waits, goes) >= until:
                return self
            if waits <= goes:
                day, _, name = heappop(self.agenda)
            else:
                assert self.step is not None  # noqa: S101 -- goes is NEVER without a step
                (day, name), self.step = self.step, None
            SCENES[name](self, max(day, self.clock.date()))

    def fresh(self, sort: str) -> str:
        """Return a fresh key for a follow-up or a message."""
        return f"{self.plan.key}-{sort}{next(self._name)}"

    def emit(
        self, event: Callable[..., E_], day: date, *, by: str = "", at: time | None = None,
        **fields: object,
    ) -> E_:  # fmt: skip
        """Leave an event behind on a working day, after everything before it."""
        rng = self.dice(day)
        if at is not None:
            moment = datetime.combine(day, at, AMSTERDAM)
        elif day > self.clock.date():
            opens = datetime.combine(day, time(9), AMSTERDAM)
            moment = opens + timedelta(minutes=rng.randint(10, 370))
        else:
            moment = self.clock + timedelta(minutes=rng.randint(3, 12))
        self.clock = moment
        made = event(at=moment, by=by or self.lead or self.plan.team.coordinator, **fields)
        self.events.append(made)
        return made

    def colleague(self, day: date) -> str | None:
        """Return another consultant of the team, or ``None`` when there is none."""
        others = [one for one in self.plan.team.consultants if one != self.lead]
        return self.dice(day).choice(others) if others and self.lead else None
