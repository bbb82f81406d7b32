"""What the work list is made of: frozen objects without anything the actor may not see."""

from dataclasses import dataclass
from datetime import date, time

from kp4web.domain.due import DueKind
from kp4web.domain.due_words import DueGroup, Explanation
from kp4web.domain.talks import follow_up_label, moved_words
from kp4web.domain.tracks import TrackKind
from kp4web.drafts.queries import DraftLine
from kp4web.worklist.acts import Act


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the work list is asked for."""

    group: DueGroup | None = None
    track: TrackKind | None = None
    kind: DueKind | None = None
    page: int = 1
    everything: bool = False
    """Also what is due after the horizon."""
    chooses: bool = False
    """To choose several follow-ups and move them together."""

    @property
    def is_filtered(self) -> bool:
        """Return whether some items are left out on purpose."""
        return bool(self.group or self.track or self.kind)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items stand in each group, and after the horizon."""

    late: int = 0
    today: int = 0
    week: int = 0
    later: int = 0
    beyond: int = 0

    def of(self, which: DueGroup) -> int:
        """Return the number in one group, the horizon kept."""
        return int(getattr(self, which.value))

    @property
    def total(self) -> int:
        """Return the number of all items."""
        return self.late + self.today + self.week + self.later + self.beyond


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One line of the work list; what the actor may not read is ``None``."""

    kind: DueKind
    due_on: date
    group: DueGroup
    subject_id: int | None
    """What it is about beside the dossier; without a dossier the hand-over."""
    words: Explanation
    acts: tuple[Act, ...]
    number: str | None = None
    """Of the dossier; ``None`` for a hand-over."""
    name: str | None = None
    track: TrackKind | None = None
    last_contact_on: date | None = None
    message: str | None = None
    author: str | None = None
    lead: str | None = None
    """Who holds the dossier, when that is somebody else."""
    starts_at: time | None = None
    """Of a planned talk."""
    moves: int = 0
    """How often a follow-up was moved."""

    @property
    def label(self) -> str:
        """Return what it is called."""
        if self.kind is DueKind.FOLLOW_UP:
            return follow_up_label(self.starts_at)
        return self.kind.label

    @property
    def moved(self) -> str:
        """Return how often it was moved, in words."""
        return moved_words(self.moves)

    @property
    def order(self) -> tuple[date, time]:
        """Return what to sort by: the day, and on that day what has no time first."""
        return self.due_on, self.starts_at or time.min


@dataclass(frozen=True, slots=True)
class Work:
    """One page of somebody's work list."""

    wanted: Wanted
    page: int
    pages: int
    counts: Counts
    horizon: date
    rows: tuple[WorkRow, ...]
    clients: tuple[int, ...]
    """Whose data is shown: for the log."""
    drafts: tuple[DraftLine, ...] = ()
    """What the actor typed and did not send."""
