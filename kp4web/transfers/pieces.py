"""What the pages of a transfer show: itself, its dossiers, what was found, the people."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kp4web.domain.handovers import Side
from kp4web.domain.tracks import TrackKind
from kp4web.domain.transfers import (
    RULES,
    Effect,
    Finding,
    Outcome,
    TransferState,
    blocks,
    may_step,
)

SHOWN = 12
"""Numbers that the rehearsal names of one finding; the list has all of them."""


@dataclass(frozen=True, slots=True)
class Head:
    """A transfer without its dossiers, as one side sees it."""

    id: int
    state: TransferState
    municipality_id: int
    municipality: str
    from_organisation_id: int
    giver: str
    to_organisation_id: int
    receiver: str
    decided_on: date
    effective_on: date
    reference: str
    note: str
    dossiers: int
    side: Side

    @property
    def gives(self) -> bool:
        """Return whether the own organisation is the one that gives."""
        return self.side is Side.SENDER

    def may(self, step: TransferState) -> bool:
        """Return whether this side may take the step now."""
        return may_step(self.state, step, self.side)

    @property
    def may_divide(self) -> bool:
        """Return whether this side may choose who receives."""
        waits = self.state in {TransferState.OFFERED, TransferState.CONFIRMED}
        return waits and not self.gives

    @property
    def shows_dossiers(self) -> bool:
        """Return whether the dossiers are there for this side: not what came to nothing."""
        if self.state is TransferState.WITHDRAWN:
            return False
        return self.gives or self.state is not TransferState.RETURNED


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was taken."""

    state: TransferState
    taken_on: date
    taken_at: datetime
    by: str
    organisation: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One dossier of a transfer; the name only for who holds the dossier."""

    dossier_id: int
    number: str
    client_id: int
    kind: TrackKind
    track_since: date | None
    planned_end: date | None
    next_due_on: date | None
    is_ours: bool
    """The reader's organisation holds it at this moment."""
    lead_id: int | None
    lead: str | None
    receiver_id: int | None
    receiver: str | None
    outcome: Outcome
    """What became of it, or what would become of it today."""
    guided_from: date | None
    findings: tuple[Finding, ...]
    name: str = ""

    def has(self, effect: Effect) -> bool:
        """Return whether a check found something with this effect."""
        return any(RULES[finding].effect is effect for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Found:
    """One kind of finding with the dossiers that have it."""

    finding: Finding
    numbers: tuple[str, ...]
    people: tuple[str, ...]
    """Whom it waits for, where that is a person."""

    @property
    def shown(self) -> tuple[str, ...]:
        """Return the numbers that fit on the page."""
        return self.numbers[:SHOWN]

    @property
    def effect(self) -> Effect:
        """Return what it means for the transfer."""
        return RULES[self.finding].effect

    @property
    def label(self) -> str:
        """Return its name."""
        return RULES[self.finding].label

    @property
    def says(self) -> str:
        """Return what it means and what to do."""
        return RULES[self.finding].says


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who loses or gets sight of the dossiers."""

    id: int
    name: str
    is_consultant: bool
    is_coordinator: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The rehearsal of a transfer, or what became of it: counts, findings, who sees what."""

    head: Head
    steps: tuple[Step, ...]
    lines: tuple[Line, ...]
    found: tuple[Found, ...]
    hidden_blocks: int
    """Dossiers that wait for something this side does not see."""
    giving: tuple[Person, ...]
    receiving: tuple[Person, ...]

    @property
    def moving(self) -> tuple[Line, ...]:
        """Return the dossiers that moved, or would move today."""
        return tuple(line for line in self.lines if line.outcome is Outcome.MOVED)

    @property
    def is_blocked(self) -> bool:
        """Return whether something has to be solved first."""
        return bool(self.hidden_blocks) or any(f.effect is Effect.BLOCKS for f in self.found)

    @property
    def stuck(self) -> tuple[str, ...]:
        """Return the numbers of what the side that gives has to solve or leave out."""
        return tuple(
            line.number
            for line in self.lines
            if any(blocks(f) and f is not Finding.RECEIVER_GONE for f in line.findings)
        )

    @property
    def to_divide(self) -> int:
        """Return how many dossiers nobody receives yet."""
        return sum(line.receiver_id is None for line in self.moving)

    def counts(self, what: str) -> tuple[tuple[str, int], ...]:
        """Return how many move per ``kind``, ``lead`` or ``receiver``, in words."""
        number = Counter(self._said(getattr(line, what), what) for line in self.moving)
        return tuple(sorted(number.items(), key=lambda pair: (-pair[1], pair[0])))

    @staticmethod
    def _said(value: Any, what: str) -> str:
        if isinstance(value, TrackKind):
            return value.label
        return value or ("Zonder consulent" if what == "lead" else "Nog toe te wijzen")

    @property
    def consultants(self) -> tuple[Person, ...]:
        """Return who can receive dossiers."""
        return tuple(person for person in self.receiving if person.is_consultant)
