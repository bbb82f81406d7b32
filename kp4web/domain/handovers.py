"""
Where a hand-over stands, from the side of who offers it and of who receives it, and who guides.

Source: Informatienota West Betuwe 24-11-2020 ("Vervolg"): klantprofiel 4 goes from the work agency
to the municipality; who can start a KP3 track goes the other way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum, auto

from kp4web.domain.applications import ApplicationState
from kp4web.domain.errors import DomainError
from kp4web.domain.tracks import TrackKind

KP3 = 3
"""The klantprofiel that the work agency guides after a hand-over from the municipality."""
NOBODY_DAYS = 5
"""After how many days somebody whom nobody took up stands on the list of nobody."""


class HandoverKind(StrEnum):
    """Which way a hand-over goes, and so what it is about."""

    KP4 = "kp4"
    """From the work agency to a municipality, about an application."""
    KP3 = "kp3"
    """From a municipality to the work agency, about a dossier."""


class HandoverState(StrEnum):
    """Where a hand-over stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return HANDOVER_LABELS[self]


HANDOVER_LABELS: Mapping[HandoverState, str] = {
    HandoverState.OFFERED: "Aangeboden",
    HandoverState.RETURNED: "Teruggestuurd",
    HandoverState.WITHDRAWN: "Ingetrokken",
    HandoverState.ACCEPTED: "Geaccepteerd",
}
"""In the order of the screens."""


class Side(StrEnum):
    """On which side of a hand-over an organisation stands."""

    SENDER = auto()
    RECEIVER = auto()


Way = tuple[HandoverKind, Side]
"""Which hand-overs a list is of: their kind, and on which side of them one stands."""


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


# ---------------------------------------------------------------------- who guides


class Guide(StrEnum):
    """Which side guides a resident."""

    HOLDER = auto()
    """The organisation that holds the dossier."""
    AGENCY = auto()
    """The work agency, after a KP3 hand-over."""


@dataclass(frozen=True, slots=True)
class Standing:
    """
    One dossier and its last KP3 hand-over, as far as it decides who guides.

    Every command that changes either asks here first and stores what comes out, so that an active
    dossier always has exactly one guiding organisation.
    """

    track: TrackKind
    handover: HandoverState | None = None
    ended: bool = False
    """Whether the guidance after an accepted hand-over ended: the dossier was reopened."""

    @property
    def guides(self) -> tuple[Guide, ...]:
        """Return who guides now."""
        found = [Guide.HOLDER] if self.track.active else []
        if self.handover is HandoverState.ACCEPTED and not self.ended:
            found.append(Guide.AGENCY)
        return tuple(found)

    def offered(self) -> "Standing":
        """Return what offering leads to; raise ``DomainError`` outside a KP3 track."""
        if self.handover is HandoverState.OFFERED:
            raise DomainError("Dit dossier is al aangeboden.")
        if self.track is not TrackKind.KP3:
            raise DomainError("Aanbieden kan alleen in een KP3-traject. Kies eerst dat traject.")
        return replace(self, handover=HandoverState.OFFERED, ended=False)

    def accepted(self) -> "Standing":
        """Return what acceptance leads to: the dossier stops at the same moment."""
        self._require_offered()
        if self.track is not TrackKind.KP3:
            raise DomainError("Het dossier heeft geen KP3-traject meer. Er is niets veranderd.")
        return replace(self, track=TrackKind.STOPPED, handover=HandoverState.ACCEPTED)

    def returned(self) -> "Standing":
        """Return what a return leads to: nothing changes but the hand-over."""
        self._require_offered()
        return replace(self, handover=HandoverState.RETURNED)

    def withdrawn(self) -> "Standing":
        """Return what withdrawing leads to: nothing changes but the hand-over."""
        self._require_offered()
        return replace(self, handover=HandoverState.WITHDRAWN)

    def moved(self, track: TrackKind) -> "Standing":
        """
        Return what another track leads to, also stopping and reopening.

        Outside KP3 nothing can be accepted any more, so an open offer is withdrawn; reopening
        ends what the work agency did after an accepted hand-over.
        """
        after = replace(self, track=track)
        if self.handover is HandoverState.OFFERED and track is not TrackKind.KP3:
            return replace(after, handover=HandoverState.WITHDRAWN)
        if self.handover is HandoverState.ACCEPTED and track.active:
            return replace(after, ended=True)
        return after

    def _require_offered(self) -> None:
        if self.handover is not HandoverState.OFFERED:
            raise DomainError("Deze overdracht staat niet meer open.")
