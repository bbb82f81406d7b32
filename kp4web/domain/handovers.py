"""Where a hand-over stands, from the side of who offers it and of who receives it."""

from collections.abc import Mapping
from enum import StrEnum, auto

from kp4web.domain.applications import ApplicationState


class HandoverState(StrEnum):
    """Where a hand-over stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return HANDOVER_LABELS[self]


HANDOVER_LABELS: Mapping[HandoverState, str] = {
    HandoverState.OFFERED: "Aangeboden",
    HandoverState.RETURNED: "Teruggestuurd",
    HandoverState.ACCEPTED: "Geaccepteerd",
}
"""In the order of the screens."""


class Side(StrEnum):
    """On which side of a hand-over an organisation stands."""

    SENDER = auto()
    RECEIVER = auto()


class HandoverPart(StrEnum):
    """What there is to read of a hand-over beyond its status, dates and owner."""

    PACKAGE = auto()
    """The person, the reasons for klantprofiel 4 and the note."""
    RETURN_REASON = auto()


class AfterReturn(StrEnum):
    """What the sender did with a hand-over that came back."""

    TO_DO = auto()
    RUNNING = auto()
    WAITING = auto()
    AGAIN = auto()
    CLOSED = auto()

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return AFTER_RETURN_LABELS[self]


AFTER_RETURN_LABELS: Mapping[AfterReturn, str] = {
    AfterReturn.TO_DO: "Wacht op uw organisatie",
    AfterReturn.RUNNING: "Nieuwe vragenlijst bezig",
    AfterReturn.WAITING: "Wacht op profiel",
    AfterReturn.AGAIN: "Later opnieuw aangeboden",
    AfterReturn.CLOSED: "Aanvraag afgesloten",
}


def after_return(application: ApplicationState, *, offered_later: bool) -> AfterReturn:
    """Return what happened after a return; ``offered_later``: the applicant was offered again."""
    if offered_later:
        return AfterReturn.AGAIN
    return {
        ApplicationState.RUNNING: AfterReturn.RUNNING,
        ApplicationState.WAITING: AfterReturn.WAITING,
        ApplicationState.CLOSED: AfterReturn.CLOSED,
    }.get(application, AfterReturn.TO_DO)
