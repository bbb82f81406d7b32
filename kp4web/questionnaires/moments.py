"""
The moment of an act, as its command writes it behind the lock.

``now`` was read before the lock, and what held the lock may carry a later moment. Which came first
is read from these moments (``earlier_of``, an outcome after the last decision), so no act gets a
moment before that of the act it follows.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kp4web.applications.models import ApplicationDecision
from kp4web.questionnaires.models import Questionnaire
from kp4web.questionnaires.queries import QuestionnaireRef

_NEXT = timedelta(microseconds=1)


def not_before_ended(session: Session, now: datetime, **subject: int) -> datetime:
    """Return ``now``, but not before the last questionnaire of this subject ended."""
    last = session.scalar(select(func.max(Questionnaire.ended_at)).filter_by(**subject))
    return now if last is None else max(now, last)


def moment_of_end(session: Session, ref: QuestionnaireRef, now: datetime) -> datetime:
    """Return ``now``, but not before it began, and after every decision till then."""
    decided = session.scalar(
        select(func.max(ApplicationDecision.decided_at)).where(
            ApplicationDecision.application_id == ref.application_id
        )
    )
    return max(now, ref.started_at, *([decided + _NEXT] if decided else ()))
