"""A request for access to the own data (AVG art. 15): how identity was checked, until when."""

from datetime import date, timedelta
from enum import StrEnum

from kp4web.domain.dates import add_months
from kp4web.domain.errors import InvalidInput

OPEN_FOR = timedelta(days=14)
"""How long a released document can be opened."""
SHORTEST = 10
TEXT_LIMIT = 1000


class IdentityCheck(StrEnum):
    """How it was established that the request comes from the resident."""

    IN_PERSON = "in_person"
    DIGID = "digid"
    HOME_VISIT = "home_visit"
    REPRESENTATIVE = "representative"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return {
            IdentityCheck.IN_PERSON: "Aan de balie, met een geldig identiteitsbewijs",
            IdentityCheck.DIGID: "Met DigiD",
            IdentityCheck.HOME_VISIT: "Thuis bezocht, met een geldig identiteitsbewijs",
            IdentityCheck.REPRESENTATIVE: "Via een vertegenwoordiger: machtiging en bewijs gezien",
        }[self]


class RequestState(StrEnum):
    """Where a request stands; every state but the first is an end."""

    PREPARED = "prepared"
    RELEASED = "released"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return {
            RequestState.PREPARED: "Wacht op vrijgave",
            RequestState.RELEASED: "Vrijgegeven",
            RequestState.RETURNED: "Teruggestuurd",
            RequestState.WITHDRAWN: "Ingetrokken",
        }[self]


def answer_before(received_on: date) -> date:
    """Return the last day to answer: a month after receipt (AVG art. 12 lid 3)."""
    return add_months(received_on, 1)


def checked_receipt(received_on: date, today: date) -> date:
    """Return the day of receipt; raise ``InvalidInput`` for one that cannot be."""
    if received_on > today:
        raise InvalidInput("received_on", "Deze dag moet nog komen.")
    if received_on < add_months(today, -12):
        raise InvalidInput("received_on", "Deze dag is meer dan een jaar geleden.")
    return received_on


def checked_text(field: str, text: str, missing: str) -> str:
    """Return what was written; raise ``InvalidInput`` when it says too little."""
    kept = text.strip()
    if len(kept) < SHORTEST:
        raise InvalidInput(field, missing)
    return kept
