"""Break-glass: a reason opens one dossier for one user for a day."""

import re
from datetime import datetime, timedelta

from kp4web.domain.dates import AMSTERDAM, day_of, dutch_day
from kp4web.domain.errors import InvalidInput

LASTS = timedelta(hours=24)
REASON_LIMIT = 500
SHORTEST, WORDS = 15, 3
"""Characters and different words that a reason needs at least."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def checked_reason(text: str) -> str:
    """Return the reason as it is kept; raise ``InvalidInput`` when it says too little."""
    reason = " ".join(text.split())
    if not reason:
        raise InvalidInput("reason", "Schrijf op waarom u dit dossier nu moet inzien.")
    words = {word.lower() for word in _WORD.findall(reason)}
    if len(reason) < SHORTEST or len(words) < WORDS:
        raise InvalidInput("reason", "Schrijf in een hele zin waarom u dit dossier nu moet inzien.")
    if len(reason) > REASON_LIMIT:
        raise InvalidInput("reason", f"Gebruik hooguit {REASON_LIMIT} tekens.")
    return reason


def until_words(until: datetime, now: datetime) -> str:
    """Return until when in words: ``14:03`` on the same day, else ``za 29-11-2026 14:03``."""
    clock = f"{until.astimezone(AMSTERDAM):%H:%M}"
    day = day_of(until)
    return clock if day == day_of(now) else f"{dutch_day(day)} {clock}"
