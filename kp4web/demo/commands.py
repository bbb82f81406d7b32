"""The passwords of the demo accounts, and what one of them left half typed."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kp4web.accounts.commands import end_all_sessions, passwords
from kp4web.accounts.models import User
from kp4web.accounts.queries import actor_of
from kp4web.conversations.commands import CONVERSATION_FORM
from kp4web.demo.accounts import ACCOUNTS, ADMINISTRATOR
from kp4web.domain.drafts import DraftRule
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.drafts.commands import save_draft

TYPIST = "consulent1@westbetuwe.example"
HALF_TYPED = (
    "Gebeld over de dagbesteding. De eerste twee ochtenden gingen goed. Het vervoer terug is nog"
)


def is_loaded(session: Session) -> bool:
    """Return whether the database holds the accounts of the demo."""
    return session.scalar(select(User.id).where(User.email == ADMINISTRATOR)) is not None


def is_empty(session: Session) -> bool:
    """Return whether nobody has an account yet: only then a history may be loaded."""
    return session.scalar(select(User.id).limit(1)) is None


def set_password(session: Session, password: str, *, now: datetime) -> bool:
    """
    Give every demo account this password and end its sessions; flushed.

    Returns ``False`` when they had it already.
    """
    first = session.scalars(select(User).where(User.email == ADMINISTRATOR)).one()
    if passwords.match(first.password_hash, password):
        return False
    emails = [email for email, *_ in ACCOUNTS]
    for user in session.scalars(select(User).where(User.email.in_(emails))):
        user.password_hash, user.password_set_at = passwords.hash(password), now
        user.password_is_initial = False
        end_all_sessions(session, user.id, now=now)
    session.flush()
    return True


def leave_draft(session: Session, *, now: datetime, today: date) -> None:
    """Let a consultant have been called away while typing a report; flushed."""
    user_id = session.scalar(select(User.id).where(User.email == TYPIST))
    dossier_id = session.scalar(
        select(Dossier.id)
        .where(Dossier.lead_id == user_id, Dossier.kind == TrackKind.SUPPORT)
        .order_by(Dossier.last_contact_on.desc(), Dossier.id)
        .limit(1)
    )
    if user_id is None or dossier_id is None:
        return
    rule = DraftRule(CONVERSATION_FORM, "", "")
    fields = {
        "report": [HALF_TYPED], "channel": ["phone"], "outcome": ["held"],
        "held_on": [today.isoformat()], "participants": ["resident"], "participants_asked": ["1"],
    }  # fmt: skip
    save_draft(session, actor_of(session, user_id), rule, dossier_id, fields, now=now)
