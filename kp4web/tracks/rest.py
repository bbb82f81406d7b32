"""Reading what the decision on rest needs: how long already, why, and the last conversations."""

from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from sqlalchemy.orm import Session

from kp4web.conversations.queries import RecentReport, recent_talks
from kp4web.domain.actor import Actor
from kp4web.domain.policy import Field, visible_fields
from kp4web.domain.tracks import TrackKind
from kp4web.tracks.queries import Course, Spell

TALKS = 3
"""Conversations shown beside the decision."""


@dataclass(frozen=True, slots=True)
class RestSoFar:
    """The rest that a decision is about."""

    since: date
    spells: tuple[Spell, ...]
    """Without a break until now, the first one on top; each after that is an extension."""
    talks: tuple[RecentReport, ...]
    """The last ones, the newest first."""

    @property
    def extensions(self) -> int:
        """Return how often it was extended."""
        return len(self.spells) - 1


def rest_so_far(session: Session, actor: Actor, course: Course) -> RestSoFar | None:
    """Return the rest of a dossier whose course this actor has read; ``None`` without rest."""
    if course.running.kind is not TrackKind.REST:
        return None
    spells = tuple(takewhile(lambda spell: spell.kind is TrackKind.REST, course.spells))[::-1]
    talks = recent_talks(
        session, actor, course.ref.id, TALKS,
        reads_reports=Field.REPORTS in visible_fields(course.ref.relations),
    )  # fmt: skip
    return RestSoFar(spells[0].valid_from, spells, talks)
