"""Reading what the decision on rest needs: how long already, why, and the last conversations."""

from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from sqlalchemy import bindparam, case, or_, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.conversations.models import Channel, Conversation
from kp4web.domain.actor import Actor
from kp4web.domain.policy import Field, visible_fields
from kp4web.domain.tracks import TrackKind
from kp4web.tracks.queries import Course, Spell

TALKS = 3
"""Conversations shown beside the decision."""

_TALKS = (
    select(
        Conversation.id, Conversation.held_on, Conversation.channel, User.name.label("author"),
        case(
            (
                or_(bindparam("reads_reports"), Conversation.author_id == bindparam("actor_id")),
                Conversation.report,
            )
        ).label("report"),
    )
    .join(User, User.id == Conversation.author_id)
    .where(Conversation.dossier_id == bindparam("dossier_id"))
    .order_by(Conversation.held_on.desc(), Conversation.id.desc())
    .limit(TALKS)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Talk:
    """An earlier conversation; ``report`` is ``None`` when it is not for this actor."""

    id: int
    held_on: date
    channel: Channel
    author: str
    report: str | None


@dataclass(frozen=True, slots=True)
class RestSoFar:
    """The rest that a decision is about."""

    since: date
    spells: tuple[Spell, ...]
    """Without a break until now, the first one on top; each after that is an extension."""
    talks: tuple[Talk, ...]
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
    keys = {
        "dossier_id": course.ref.id, "actor_id": actor.id,
        "reads_reports": Field.REPORTS in visible_fields(course.ref.relations),
    }  # fmt: skip
    talks = tuple(Talk(**row._mapping) for row in session.execute(_TALKS, keys))
    return RestSoFar(spells[0].valid_from, spells, talks)
