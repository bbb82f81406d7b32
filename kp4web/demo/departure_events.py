"""What happened about dossiers that go to the work agency, as data."""

from dataclasses import dataclass

from kp4web.demo.events import DossierEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDossier(DossierEvent):
    """The lead offers a dossier to the work agency."""

    note: str
    talk_wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDossier(DossierEvent):
    """A job coach takes the offer up to review it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDossier(DossierEvent):
    """The job coach sends it back."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDossier(DossierEvent):
    """The lead takes the offer back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteFeedback(DossierEvent):
    """The job coach tells how it went."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFeedback(DossierEvent):
    """The last lead has read it."""
