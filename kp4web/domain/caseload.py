"""How much attention a caseload asks: by weight per track, not only by count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from kp4web.domain.tracks import TrackKind

_PER_TRACK: Mapping[TrackKind, Decimal] = {
    TrackKind.UNDER_INVESTIGATION: Decimal("1.5"),
    TrackKind.SUPPORT: Decimal("1.0"),
    TrackKind.KP3: Decimal("1.2"),
    TrackKind.REST: Decimal("0.3"),
    TrackKind.STOPPED: Decimal("0.0"),
}


@dataclass(frozen=True, slots=True)
class AttentionWeights:
    """The weight of a dossier per track, and of what is overdue in it; configurable."""

    per_track: Mapping[TrackKind, Decimal] = field(default_factory=lambda: _PER_TRACK)
    per_overdue: Decimal = Decimal("0.1")
    overdue_at_most: Decimal = Decimal("0.5")


DEFAULT_WEIGHTS = AttentionWeights()


def attention(
    kind: TrackKind, overdue: int, weights: AttentionWeights = DEFAULT_WEIGHTS
) -> Decimal:
    """Return the weight of one dossier with so many overdue items; nothing once it stopped."""
    if not kind.active:
        return Decimal("0.0")
    return weights.per_track[kind] + min(overdue * weights.per_overdue, weights.overdue_at_most)


def caseload_attention(
    dossiers: Iterable[tuple[TrackKind, int]], weights: AttentionWeights = DEFAULT_WEIGHTS
) -> Decimal:
    """Return the weight of a caseload: (track, overdue items) per dossier."""
    return sum((attention(kind, overdue, weights) for kind, overdue in dossiers), Decimal("0.0"))
