"""A hand-over as a line of a list, and a page of lines: the same for both kinds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kp4web.domain.handovers import AfterReturn, HandoverKind, HandoverState, Side, Way

PER_PAGE = 25
NO_HANDOVER = "Deze overdracht bestaat niet of is niet voor u."


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """A hand-over as a list shows it; without the right to more only its status."""

    id: int
    municipality_id: int
    state: HandoverState
    municipality: str
    sender: str
    owner: str
    """Who has to do something now."""
    offered_on: date
    offered_by: str
    deadline: date | None
    """By when it is to be reviewed; ``None`` once that was done."""
    ended_on: date | None
    ended_by: str | None
    after_return: AfterReturn | None
    """What the sender did since it came back; for the sender only."""
    name: str | None
    birth_date: date | None
    reason: str | None
    """Why it came back, for who reads that."""
    application_id: int | None
    """For the sender, as long as there is more than the status to see."""
    number: str | None
    """The dossier it became, for who reaches it."""
    client_id: int | None
    lead: str | None
    kind: HandoverKind = HandoverKind.KP4
    receiver: str = ""
    coach: str | None = None
    """Of KP3: the job coach who reviews or guides; ``None`` also when the account is closed."""
    is_mine: bool = False
    """Whether the reader is that job coach."""
    talk_wanted: bool = False
    talk_planned_on: date | None = None
    talk_held_on: date | None = None
    guided_until: date | None = None
    told_on: date | None = None
    """When the job coach reported back."""
    told_read_on: date | None = None

    @property
    def is_offered(self) -> bool:
        """Return whether it still waits for an answer."""
        return self.state is HandoverState.OFFERED

    @property
    def is_returned(self) -> bool:
        """Return whether it came back."""
        return self.state is HandoverState.RETURNED


@dataclass(frozen=True, slots=True)
class HandoverList:
    """One page of the hand-overs in one state, with the number in every state."""

    lines: tuple[HandoverLine, ...]
    state: HandoverState
    counts: dict[HandoverState, int]
    to_do: int
    """How many came back and wait for the sender; 0 for the receiver."""
    page: int
    side: Side
    shows_persons: bool
    shows_reasons: bool
    may_register: bool
    kind: HandoverKind = HandoverKind.KP4
    only: StrEnum | None = None
    """The part of the tab that is shown."""
    parts: Mapping[StrEnum, int] = field(default_factory=dict)
    """How many there are in every part of this tab."""
    number: int | None = None
    """How many there are in what is shown; ``None``: as many as in the state."""

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        number = self.counts[self.state] if self.number is None else self.number
        return max(1, -(-number // PER_PAGE))

    @property
    def way(self) -> Way:
        """Return which hand-overs these are."""
        return self.kind, self.side

    @property
    def receiving(self) -> bool:
        """Return whether these come to the own organisation."""
        return self.side is Side.RECEIVER

    @property
    def shown(self) -> tuple[int, ...]:
        """Return the ids of those of which more than the status is shown."""
        return tuple(line.id for line in self.lines if line.name or line.reason)
