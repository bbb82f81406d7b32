"""How often somebody was tried in vain since the last contact, and when that is a signal."""

from collections.abc import Iterable
from datetime import date

SIGNAL_AT = 3
"""So many attempts in a row without a contact are a signal, for the lead and the coordinator."""


def attempts_since(attempts: Iterable[date], last_contact_on: date | None) -> int:
    """
    Return how many attempts there were since the last contact.

    On the day of a contact an attempt does not count: in the end somebody was reached.
    """
    return sum(last_contact_on is None or day > last_contact_on for day in attempts)


def is_signal(attempts: int) -> bool:
    """Return whether so many attempts without a contact ask for attention."""
    return attempts >= SIGNAL_AT


def signal_words(attempts: int) -> str:
    """Return the signal in Dutch, or nothing while it is none."""
    return f"{attempts} pogingen zonder contact" if is_signal(attempts) else ""
