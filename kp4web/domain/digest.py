"""
The digest of a work list by e-mail: when it goes out, and its words.

Counts and dossier numbers only: an e-mail leaves the application and lies in a mailbox, so
nothing in it says anything about a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kp4web.domain.dates import dutch_day

MOST_NUMBERS = 20
"""Dossier numbers in one e-mail; of the others only how many there are."""
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


class Rhythm(StrEnum):
    """How often somebody wants the digest."""

    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return _LABELS[self]


_LABELS: Mapping[Rhythm, str] = {
    Rhythm.OFF: "Geen e-mail",
    Rhythm.DAILY: "Elke dag waarop iets te laat of vandaag aan de beurt is",
    Rhythm.WEEKLY: "Elke week",
}


class SendOutcome(StrEnum):
    """How sending a digest ended; as long as nobody knows there is none."""

    SENT = "sent"
    """The mail server accepted it."""
    REFUSED = "refused"
    """Certainly not sent: it may be tried again on the same day."""
    UNKNOWN = "unknown"
    """Broken off after the text went out: never tried again."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What one e-mail says: how many items stand in each group, and which dossiers are due."""

    on: date
    rhythm: Rhythm
    weekday: int
    late: int
    today: int
    week: int
    numbers: tuple[str, ...]
    """Of dossiers with something late or due today, the latest first; each once."""

    @property
    def is_wanted(self) -> bool:
        """Return whether to send it: daily only with something due, weekly also without."""
        return self.rhythm is Rhythm.WEEKLY or bool(self.late or self.today)

    @property
    def subject(self) -> str:
        """Return the subject: the day, nothing else."""
        return f"Uw werkvoorraad van {dutch_day(self.on)}"

    def text(self, address: str | None) -> str:
        """Return the e-mail as plain text; ``address`` is where the application is reached."""
        counts = (
            f"Te laat: {self.late}",
            f"Vandaag: {self.today}",
            f"Deze week, na vandaag: {self.week}",
        )
        parts = [
            f"Dit staat er op uw werkvoorraad van {dutch_day(self.on)}:",
            "\n".join(counts),
        ]
        if self.numbers:
            due = "\n".join((*self.numbers[:MOST_NUMBERS], *self._others()))
            parts.append(f"Dossiers die te laat of vandaag aan de beurt zijn:\n{due}")
        if address:
            parts.append(f"Naar uw werkvoorraad:\n{address}/werkvoorraad")
        parts.append(
            f"U krijgt deze e-mail {self._when()}. U kunt dat veranderen of uitzetten "
            "in kp4web, bij Mijn account."
        )
        return "\n\n".join(parts) + "\n"

    def _others(self) -> tuple[str, ...]:
        others = len(self.numbers) - MOST_NUMBERS
        return (f"en nog {others}",) if others > 0 else ()

    def _when(self) -> str:
        if self.rhythm is Rhythm.WEEKLY:
            return f"elke {WEEKDAYS[self.weekday]}"
        return "elke dag waarop iets te laat of vandaag aan de beurt is"
