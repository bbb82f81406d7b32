"""The only place that looks at the clock (beside the command line)."""

from datetime import UTC, date, datetime

from flask import current_app

from kp4web.domain.dates import AMSTERDAM


def now() -> datetime:
    """Return this moment; always the real clock, for what was recorded, sessions and the log."""
    return datetime.now(UTC)


def today() -> date:
    """Return today in the Netherlands, or the day that ``KP4WEB_TODAY`` fixes (demo, tests)."""
    fixed: date | None = current_app.config["TODAY"]
    return fixed or datetime.now(AMSTERDAM).date()
