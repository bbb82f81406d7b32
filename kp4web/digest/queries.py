"""Who wants the digest of a day, and what it says."""

from datetime import date

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.accounts.queries import actor_of
from kp4web.digest.models import DigestSent, DigestSetting
from kp4web.domain.actor import Actor
from kp4web.domain.digest import Digest, Rhythm, SendOutcome
from kp4web.domain.due_words import DueGroup
from kp4web.domain.policy import Action, may, require
from kp4web.worklist.queries import Wanted, work_for

MONDAY = 0
_WANTED = or_(
    DigestSetting.rhythm == Rhythm.DAILY,
    and_(
        DigestSetting.rhythm == Rhythm.WEEKLY, DigestSetting.weekday == bindparam("weekday")
    ),
)  # fmt: skip
_ASKED = (
    select(User.id, User.email, DigestSetting.rhythm, DigestSetting.weekday)
    .join(DigestSetting, DigestSetting.user_id == User.id)
    .where(User.closed_at.is_(None), _WANTED)
)
_OPEN = (
    _ASKED.outerjoin(
        DigestSent,
        and_(DigestSent.user_id == User.id, DigestSent.for_day == bindparam("for_day")),
    )
    .where(or_(DigestSent.id.is_(None), DigestSent.outcome == SendOutcome.REFUSED))
    .order_by(User.id)
)
_ONE = _ASKED.where(User.id == bindparam("user_id"))
_SETTING = select(DigestSetting.rhythm, DigestSetting.weekday).where(
    DigestSetting.user_id == bindparam("user_id")
)


def digest_setting_for(session: Session, actor: Actor) -> tuple[Rhythm, int]:
    """Return how often the actor wants the digest, and on which weekday: off until chosen."""
    require(actor, Action.WORKLIST_READ)
    row = session.execute(_SETTING, {"user_id": actor.id}).one_or_none()
    return (Rhythm(row.rhythm), row.weekday) if row else (Rhythm.OFF, MONDAY)


def recipients_on(session: Session, day: date) -> list[int]:
    """Return the users with an open account who want a digest of this day and have none yet."""
    given = {"for_day": day, "weekday": day.weekday()}
    return list(session.scalars(_OPEN, given))


def digest_for(session: Session, user_id: int, *, today: date) -> tuple[str, Actor, Digest] | None:
    """
    Return where to, for whom and what; ``None`` when there is nothing to send (any more).

    Counts and numbers are those of the work list itself, page by page: what is not on the
    user's list is not in the e-mail.
    """
    row = session.execute(_ONE, {"user_id": user_id, "weekday": today.weekday()}).one_or_none()
    if row is None:
        return None
    actor = actor_of(session, user_id)
    if not may(actor, Action.WORKLIST_READ):
        return None
    counts = work_for(session, actor, Wanted(), today=today).counts
    digest = Digest(
        on=today, rhythm=Rhythm(row.rhythm), weekday=row.weekday, late=counts.late,
        today=counts.today, week=counts.week, numbers=_numbers(session, actor, today),
    )  # fmt: skip
    return (row.email, actor, digest) if digest.is_wanted else None


def _numbers(session: Session, actor: Actor, today: date) -> tuple[str, ...]:
    """Return the numbers of the dossiers with something late or due today, each once."""
    found: dict[str, None] = {}
    for group in (DueGroup.LATE, DueGroup.TODAY):
        page, pages = 1, 1
        while page <= pages:
            work = work_for(session, actor, Wanted(group=group, page=page), today=today)
            found |= dict.fromkeys(row.number for row in work.rows if row.number)
            page, pages = page + 1, work.pages
    return tuple(found)
