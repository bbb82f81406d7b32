"""Errors of the domain; ``web/errors.py`` maps each to one HTTP status."""


class DomainError(Exception):
    """A rule of the domain was broken; the text is Dutch and fit to show (409)."""


class Forbidden(DomainError):
    """The actor may not do this (403)."""


class NotFound(DomainError):
    """No such record within the actor's reach (404, also when it exists elsewhere)."""


class NotSignedIn(DomainError):
    """Nobody is signed in, or the session ran out (401)."""


class InvalidInput(DomainError):
    """One field of what was sent breaks a rule (422, shown at that field)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TooMany(DomainError):
    """Tried too often in a short time (429)."""
