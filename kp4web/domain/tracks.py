"""
Tracks: what is going on with a resident, why one stops, and what a change must satisfy.

Source: Informatienota West Betuwe 24-11-2020 ("Overzicht KP4-doelgroep") and the deck for the
think tank of 23-03-2021 ("Resultaten screening", "Wie is die doelgroep").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from kp4web.domain.dates import add_months, count_of, dutch_date
from kp4web.domain.errors import InvalidInput

REASON_MAX = 2000
"""Characters in the reason of a change, and in what to avoid."""
REST_MAX_MONTHS = 12
"""How long rest may be planned at a time; an organisation may set another number."""


class TrackKind(StrEnum):
    """What a dossier is in; exactly one on every day from its opening."""

    UNDER_INVESTIGATION = "under_investigation"
    REST = "rest"
    SUPPORT = "support"
    KP3 = "kp3"
    STOPPED = "stopped"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return TRACK_LABELS[self]

    @property
    def active(self) -> bool:
        """Return whether a dossier in this track is active."""
        return self is not TrackKind.STOPPED


TRACK_LABELS: Mapping[TrackKind, str] = {
    TrackKind.UNDER_INVESTIGATION: "Nog in onderzoek",
    TrackKind.REST: "Rust",
    TrackKind.SUPPORT: "Ondersteuning",
    TrackKind.KP3: "KP3",
    TrackKind.STOPPED: "Gestopt",
}


class StopReason(StrEnum):
    """Why somebody is no longer KP4."""

    PENSION_AGE = "pension_age"
    MOVED = "moved"
    DECEASED = "deceased"
    PAID_WORK = "paid_work"
    BENEFIT_ENDED = "benefit_ended"
    HANDED_OVER = "handed_over"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return STOP_REASON_LABELS[self]


STOP_REASON_LABELS: Mapping[StopReason, str] = {
    StopReason.PENSION_AGE: "Pensioenleeftijd bereikt",
    StopReason.MOVED: "Verhuisd",
    StopReason.DECEASED: "Overleden",
    StopReason.PAID_WORK: "Betaald werk",
    StopReason.BENEFIT_ENDED: "Uitkering gestopt",
    StopReason.HANDED_OVER: "Overgedragen (KP3)",
    StopReason.OTHER: "Anders",
}


class Subgroup(StrEnum):
    """The six groups of the deck; a resident can be in several."""

    DISABILITY = "disability"
    LANGUAGE = "language"
    NEAR_PENSION = "near_pension"
    CAREGIVER = "caregiver"
    IMPROVED = "improved"
    HIDDEN_PROBLEMS = "hidden_problems"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return SUBGROUP_LABELS[self]


SUBGROUP_LABELS: Mapping[Subgroup, str] = {
    Subgroup.DISABILITY: "Lichamelijke of psychische beperking",
    Subgroup.LANGUAGE: "Taalachterstand",
    Subgroup.NEAR_PENSION: "Bijna pensioenleeftijd",
    Subgroup.CAREGIVER: "Mantelzorgtaken",
    Subgroup.IMPROVED: "Verbeterde situatie",
    Subgroup.HIDDEN_PROBLEMS: "Verborgen problematiek",
}


@dataclass(frozen=True, slots=True)
class TrackChange:
    """The track somebody goes to, from a day on; also extending rest, stopping and reopening."""

    kind: TrackKind
    valid_from: date
    reason: str
    planned_end: date | None = None
    stop_reason: StopReason | None = None
    avoid: str = ""
    """In rest: what colleagues had better avoid."""


def check_change(
    current_kind: TrackKind | None,
    current_planned_end: date | None,
    change: TrackChange,
    *,
    rest_max_months: int = REST_MAX_MONTHS,
) -> None:
    """
    Raise ``InvalidInput`` at the first field that keeps this change from happening.

    ``current_kind`` is ``None`` for the first track of a dossier. Whether ``valid_from`` fits
    the history is asked of ``periods.change``.
    """
    _check_kind(current_kind, change.kind)
    _check_planned_end(current_kind, current_planned_end, change, rest_max_months)
    _check_stop_reason(change)
    _check_texts(change)


def _check_kind(current: TrackKind | None, kind: TrackKind) -> None:
    if current is None and kind is TrackKind.STOPPED:
        raise InvalidInput("kind", "Een nieuw dossier kan niet beginnen als gestopt.")
    if current is kind and kind is not TrackKind.REST:
        raise InvalidInput("kind", f"Het dossier staat al op {kind.label}. Kies iets anders.")


def _check_planned_end(
    current: TrackKind | None, current_end: date | None, change: TrackChange, max_months: int
) -> None:
    end = change.planned_end
    if change.kind is not TrackKind.REST:
        if end is not None:
            raise InvalidInput("planned_end", "Een einddatum hoort alleen bij rust.")
        return
    if end is None:
        raise InvalidInput("planned_end", "Vul in tot wanneer de rust duurt.")
    if end <= change.valid_from:
        raise InvalidInput("planned_end", "De einddatum moet na de begindatum liggen.")
    latest = add_months(change.valid_from, max_months)
    if end > latest:
        months = count_of(max_months, "maand", "maanden")
        raise InvalidInput(
            "planned_end",
            f"Rust duurt hooguit {months}: uiterlijk tot {dutch_date(latest)}. "
            "Daarna kunt u verlengen.",
        )
    if current is TrackKind.REST and current_end is not None and end <= current_end:
        raise InvalidInput(
            "planned_end",
            f"Verlengen kan alleen tot een datum na {dutch_date(current_end)}.",
        )


def _check_stop_reason(change: TrackChange) -> None:
    if change.kind is TrackKind.STOPPED and change.stop_reason is None:
        raise InvalidInput("stop_reason", "Kies waarom het dossier stopt.")
    if change.kind is not TrackKind.STOPPED and change.stop_reason is not None:
        raise InvalidInput("stop_reason", "Een reden om te stoppen hoort alleen bij gestopt.")


def _check_texts(change: TrackChange) -> None:
    if not change.reason.strip():
        if change.stop_reason is StopReason.OTHER:
            raise InvalidInput("reason", "Schrijf op waarom het dossier stopt.")
        raise InvalidInput("reason", "Schrijf op waarom u hiervoor kiest.")
    for field, text in (("reason", change.reason), ("avoid", change.avoid)):
        if len(text) > REASON_MAX:
            raise InvalidInput(field, f"Gebruik hooguit {REASON_MAX} tekens.")


class TrackRow(Protocol):
    """A track with its days; ``Any`` for the reason given at ``periods.Period``."""

    @property
    def kind(self) -> Any:
        """Return the ``TrackKind``."""

    @property
    def valid_from(self) -> Any:
        """Return the first day."""

    @property
    def valid_to(self) -> Any:
        """Return the first day after it, or ``None``."""


def ran_since(rows: Sequence[TrackRow]) -> date:
    """
    Return since when the last row's kind runs without a break ("rust sinds").

    ``rows`` are those known at one moment, in order of time, and at least one.
    """
    since: date = rows[-1].valid_from
    for row in reversed(rows[:-1]):
        if row.kind != rows[-1].kind or row.valid_to != since:
            break
        since = row.valid_from
    return since
