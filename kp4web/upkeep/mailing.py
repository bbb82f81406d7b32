"""
Sending the digests of a day one after the other: claim, commit, send, note how it ended, commit.

No transaction is open while the mail server is spoken to. What happens when something breaks
off at any of these steps is in docs/decisions/0017.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from kp4web import mail
from kp4web.digest.commands import (
    ClaimedDigest,
    claim_digest,
    end_broken_digests,
    end_digest,
    forget_digests,
)
from kp4web.digest.queries import recipients_on
from kp4web.domain.dates import AMSTERDAM
from kp4web.domain.digest import SendOutcome

logger = logging.getLogger("kp4web.digest")
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Mailed:
    """How many digests ended how in one run."""

    sent: int = 0
    refused: int = 0
    unknown: int = 0
    waiting: int = 0
    """Users that were not reached, as the server was away."""

    @property
    def failed(self) -> int:
        """Return how many need somebody to look."""
        return self.refused + self.unknown + self.waiting


def send_digests(
    session: Session, server: mail.MailServer, url: str | None, *, today: date, clock: Clock
) -> Mailed:
    """
    Send every digest of today that nobody sent yet, and return how that went.

    A failure is a line in the log with the id of the user. ``url`` is the address of the
    application for the link; ``clock`` gives this moment.
    """
    mailed = Mailed(unknown=_end_broken(session, clock()))
    forget_digests(session, today=today)
    waiting = recipients_on(session, today)
    session.commit()
    for number, user_id in enumerate(waiting, start=1):
        claimed = claim_digest(session, user_id, now=clock(), today=today)
        session.commit()
        if claimed is None:
            continue
        outcome, away = _send(server, url, claimed, clock())
        end_digest(session, claimed, outcome, now=clock())
        session.commit()
        setattr(mailed, outcome.value, getattr(mailed, outcome.value) + 1)
        if away:
            mailed.waiting = len(waiting) - number
            break
    return mailed


def _end_broken(session: Session, now: datetime) -> int:
    users = end_broken_digests(session, now=now)
    session.commit()
    for user_id in users:
        _tell(user_id, "broken off")
    return len(users)


def _send(
    server: mail.MailServer, url: str | None, claimed: ClaimedDigest, now: datetime
) -> tuple[SendOutcome, bool]:
    """Return how sending ended, and whether the server is away."""
    digest = claimed.digest
    try:
        message = mail.new_message(
            sender=server.sender, to=claimed.email, subject=digest.subject, text=digest.text(url),
            at=now.astimezone(AMSTERDAM), reference=f"digest-{digest.on:%Y%m%d}-{claimed.id}",
        )  # fmt: skip
        mail.send(server, message)
    except mail.NotSent as error:
        _tell(claimed.actor.id, str(error))
        return SendOutcome.REFUSED, isinstance(error, mail.ServerAway)
    except mail.Uncertain as error:
        _tell(claimed.actor.id, f"unknown: {error}")
        return SendOutcome.UNKNOWN, False
    return SendOutcome.SENT, False


def _tell(user_id: int, error: str) -> None:
    logger.error("digest not sent", extra={"user": user_id, "error": error})
