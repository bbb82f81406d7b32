"""What the application is made of: the features with tables, and those with pages."""

from importlib import import_module

FEATURES_WITH_TABLES = (
    "organisations",
    "accounts",
    "clients",
    "grounds",
    "dossiers",
    "worklist",
    "digest",
    "drafts",
    "conversations",
    "needs",
    "outlines",
    "caseload",
    "corrections",
    "applications",
    "versions",
    "questionnaires",
    "handovers",
    "screening",
    "figures",
    "search",
    "accessrequests",
    "transfers",
    "audit",
)

FEATURES_WITH_PAGES = (
    "accessrequests",
    "accounts",
    "administration",
    "agenda",
    "breakglass",
    "caseload",
    "conversations",
    "corrections",
    "decisions",
    "departures",
    "digest",
    "directory",
    "drafts",
    "exemptions",
    "figures",
    "grounds",
    "handovers",
    "intake",
    "logbook",
    "moves",
    "needs",
    "organisations",
    "outlines",
    "privacy",
    "questionnaires",
    "reports",
    "residents",
    "search",
    "signals",
    "timeline",
    "tracks",
    "transfers",
    "users",
    "versions",
    "worklist",
)


def import_models() -> None:
    """Import all models, so that relations between tables resolve and migrations see them."""
    for feature in FEATURES_WITH_TABLES:
        import_module(f"kp4web.{feature}.models")
