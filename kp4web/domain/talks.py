"""
Planned talks and moved follow-ups in words, and what follows from their times.

A follow-up with a time is a planned talk (an appointment); an agreement is something else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from kp4web.domain.dates import AMSTERDAM, count_of, dutch_day
from kp4web.domain.due import DueKind

UNDO_SECONDS = 10
"""How long what was completed can be taken back."""
LONGEST_MINUTES = 480
PLACE_LIMIT = 200
REASON_LIMIT = 500


class TalkHow(StrEnum):
    """Where or by what two people will speak with each other."""

    OFFICE = "office"
    HOME = "home"
    PHONE = "phone"
    VIDEO = "video"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return HOW_LABELS[self]


HOW_LABELS: Mapping[TalkHow, str] = {
    TalkHow.OFFICE: "Op kantoor",
    TalkHow.HOME: "Huisbezoek",
    TalkHow.PHONE: "Telefonisch",
    TalkHow.VIDEO: "Videogesprek",
}


@dataclass(frozen=True, slots=True)
class TalkPlan:
    """When on its day, how, for how many minutes and where; the last two may be left open."""

    starts_at: time
    how: TalkHow
    minutes: int | None = None
    place: str = ""

    @property
    def words(self) -> str:
        """Return how and where: ``Huisbezoek, Dorpsstraat 1, 45 minuten``."""
        length = count_of(self.minutes, "minuut", "minuten") if self.minutes else ""
        return ", ".join(part for part in (self.how.label, self.place, length) if part)


def follow_up_label(starts_at: time | None) -> str:
    """Return what a follow-up is called: with a time it is a planned talk."""
    return DueKind.FOLLOW_UP.label if starts_at is None else "Gepland gesprek"


def follow_up_words(
    what: str, talk: TalkPlan | None, *, is_activation: bool, activation_reason: str
) -> str:
    """Return in a few sentences what was planned; nothing when nothing was written down."""
    parts = [talk.words if talk else "", what.strip()]
    if is_activation:
        parts.append(activation_words(activation_reason))
    return ". ".join(part.rstrip(". ") for part in parts if part)


def activation_words(reason: str) -> str:
    """Return that it is an activation talk, and why it is held in rest when it is."""
    return f"Activeringsgesprek in rust, omdat: {reason}" if reason else "Activeringsgesprek"


def day_and_time(day: date, starts_at: time | None) -> str:
    """Return when: ``wo 18-11-2026``, with a time ``wo 18-11-2026 om 10:30``."""
    return dutch_day(day) if starts_at is None else f"{dutch_day(day)} om {starts_at:%H:%M}"


def moved_words(times: int) -> str:
    """Return how often it was moved: ``3 keer verzet``; nothing when never."""
    return f"{times} keer verzet" if times else ""


def starts(day: date, at: time) -> datetime:
    """Return the moment, in UTC, at which something on this day in the Netherlands begins."""
    return datetime.combine(day, at, AMSTERDAM).astimezone(UTC)


def can_undo(ended_at: datetime, now: datetime) -> bool:
    """Return whether what ended at that moment can still be taken back."""
    return now - ended_at <= timedelta(seconds=UNDO_SECONDS)


def is_cancelled(begins: datetime, ended_at: datetime | None, *, was_done: bool) -> bool:
    """
    Return whether a planned talk that ended will not take place.

    One that was closed never does; one that is done has taken place, unless it was ended
    before it would have begun.
    """
    return ended_at is not None and (not was_done or ended_at < begins)
