"""The norms that a municipality sets itself: their words, and between which numbers they are."""

from collections.abc import Mapping
from dataclasses import dataclass

from kp4web.domain.due import Norms
from kp4web.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class NormTerms:
    """One norm: what it is about, its unit, and the least and the most it may be."""

    label: str
    unit: str
    least: int
    most: int


TERMS: Mapping[str, NormTerms] = {
    "investigation_contact_weeks": NormTerms("Nog in onderzoek: contact binnen", "weken", 1, 26),
    "support_contact_months": NormTerms("Ondersteuning: contact binnen", "maanden", 1, 12),
    "classify_weeks": NormTerms("Nog in onderzoek: indelen binnen", "weken", 1, 52),
    "rest_decision_weeks": NormTerms("Rust: besluit vóór het einde", "weken", 1, 26),
    "rest_max_months": NormTerms("Rust: hoogstens", "maanden", 1, 24),
    "floor_months": NormTerms("Iedereen gesproken binnen", "maanden", 3, 24),
}
"""The norms with a row of their own per municipality, in the order of the page."""


def check_norms(norms: Norms) -> None:
    """Raise ``InvalidInput`` at the first norm that cannot be meant."""
    for name, terms in TERMS.items():
        if not terms.least <= getattr(norms, name) <= terms.most:
            raise InvalidInput(
                name, f"Kies een aantal van {terms.least} tot en met {terms.most} {terms.unit}."
            )
