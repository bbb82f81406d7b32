"""What happened about exemptions and sanction signals, as data."""

from dataclasses import dataclass
from datetime import date

from kp4web.demo.events import DossierEvent, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadGrounds(Event):
    """The legal reference data come into use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceDuty(Event):
    """The administrator lets a duty be something else from a day on."""

    code: str
    name: str
    explanation: str
    from_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordExemption(DossierEvent):
    """The lead records an exemption from that day on."""

    ground: str
    reason: str
    justification: str
    reference: str
    ends_on: date | None
    review_on: date | None = None
    seen_on: date | None = None
    child_born_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendExemption(DossierEvent):
    """The lead extends the exemption that runs."""

    reason: str
    justification: str
    reference: str
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleExemption(DossierEvent):
    """The plan of the exemption that runs is there, or it was reviewed."""

    planned: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSignal(DossierEvent):
    """The lead drafts a sanction signal with every attempt of the dossier, and may submit it."""

    explanation: str
    culpability: str
    urgent_reasons: str
    heard_on: date | None
    submits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnSignal(DossierEvent):
    """The coordinator sends the signal of a dossier back."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSignal(DossierEvent):
    """The lead withdraws the signal of a dossier."""

    reason: str
