"""The one table from the codes of a questionnaire file to the words of the application."""

from collections.abc import Mapping

from kp4web.domain.tracks import Subgroup, TrackKind

SUBGROUP_CODES: Mapping[str, Subgroup] = {
    "beperking": Subgroup.DISABILITY,
    "taalachterstand": Subgroup.LANGUAGE,
    "bijna_aow": Subgroup.NEAR_PENSION,
    "mantelzorg": Subgroup.CAREGIVER,
    "verbeterde_situatie": Subgroup.IMPROVED,
    "verborgen_problematiek": Subgroup.HIDDEN_PROBLEMS,
}
"""What ``[[subgroups]]`` may propose."""

TRACK_CODES: Mapping[str, TrackKind] = {
    "kp3_traject": TrackKind.KP3,
    "ondersteuning": TrackKind.SUPPORT,
    "rust": TrackKind.REST,
    "in_onderzoek": TrackKind.UNDER_INVESTIGATION,
}
"""What ``[[tracks]]`` may propose; stopping is never proposed."""
