"""The menu and the start page of each role: only what the actor can open."""

from dataclasses import dataclass
from functools import lru_cache

from flask import current_app, request, url_for

from kp4web.domain.actor import Actor, Role
from kp4web.domain.policy import Action, may


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the menu: the action that opens it decides who gets it."""

    label: str
    endpoint: str
    icon: str
    action: Action


WORKLIST = Place("Werkvoorraad", "worklist.index", "layout-list", Action.WORKLIST_READ)
AGENDA = Place("Agenda", "agenda.index", "calendar", Action.AGENDA_READ)
DOSSIERS = Place("Dossiers", "search.index", "folder", Action.DOSSIER_READ)
CASELOAD = Place("Caseload", "caseload.index", "users", Action.CASELOAD_READ)
APPLICATIONS = Place("Aanvragen", "intake.index", "clipboard-list", Action.APPLICATIONS_READ)
HANDOVERS = Place("Overdrachten", "handovers.index", "send", Action.HANDOVERS_READ)
REPORT = Place("Rapportage", "figures.show", "chart-bar", Action.REPORT_READ)
OUTLINES = Place("Sjablonen", "outlines.index", "note", Action.OUTLINES_MANAGE)
LOG = Place("Logboek", "logbook.index", "history", Action.LOG_READ)
ACCESS_REQUESTS = Place(
    "Inzageverzoeken", "accessrequests.index", "inbox", Action.ACCESS_REQUEST_RELEASE
)
SUGGESTIONS = Place(
    "Profielvoorstellen", "decisions.figures", "chart-bar", Action.SUGGESTION_FIGURES_READ
)
VERSIONS = Place("Vragenlijsten", "versions.index", "file-text", Action.VERSIONS_READ)
WHO_DOES_WHAT = Place("Wie doet wat", "directory.index", "users", Action.WHO_DOES_WHAT_READ)
EXEMPTIONS = Place("Ontheffingen", "exemptions.index", "shield", Action.EXEMPTION_READ)
SIGNALS = Place("Maatregelsignalen", "signals.index", "flag", Action.SIGNAL_LIST)
GROUNDS = Place("Wettelijke gronden", "grounds.index", "stairs-up", Action.GROUNDS_READ)
ADMINISTRATION = Place("Beheer", "administration.index", "settings", Action.ADMINISTRATION_READ)
USERS = Place("Gebruikers", "users.index", "user", Action.USERS_MANAGE)
ORGANISATIONS = Place("Organisaties", "organisations.index", "users", Action.ORGANISATIONS_MANAGE)
MENU = (
    WORKLIST, AGENDA, CASELOAD, DOSSIERS, APPLICATIONS, HANDOVERS, WHO_DOES_WHAT, EXEMPTIONS,
    SIGNALS, REPORT,
    OUTLINES, SUGGESTIONS, LOG, ACCESS_REQUESTS, ADMINISTRATION, USERS, ORGANISATIONS,
    VERSIONS, GROUNDS,
)  # fmt: skip

LANDING: tuple[tuple[Role, Place], ...] = (
    (Role.COORDINATOR, CASELOAD),
    (Role.CONSULTANT, WORKLIST),
    (Role.INTAKE, HANDOVERS),
    (Role.AGENCY_COORDINATOR, HANDOVERS),
    (Role.JOB_COACH, HANDOVERS),
    (Role.INCOME_OFFICER, WHO_DOES_WHAT),
    (Role.POLICY_OFFICER, REPORT),
    (Role.DATA_PROTECTION_OFFICER, LOG),
    (Role.PRIVACY_OFFICER, ACCESS_REQUESTS),
    (Role.ADMINISTRATOR, ADMINISTRATION),
)
"""The first role that the actor has decides."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of the menu."""

    label: str
    href: str
    icon: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around every page."""

    user_id: int
    user_name: str
    organisation_label: str
    navigation: tuple[MenuItem, ...]
    can_search: bool
    shortcuts: bool
    """Whether single keys do something."""
    session_ends: int = 0
    """Seconds until the session ends unless something is done."""


def landing_page(actor: Actor) -> str | None:
    """Return the address of the start page of this actor, or ``None`` without work yet."""
    place = next((place for role, place in LANDING if actor.has(role)), None)
    return url_for(place.endpoint) if place else None


def shell(actor: Actor, organisation_label: str, *, shortcuts: bool, session_ends: int) -> Shell:
    """Return the menu and header for this actor on this page."""
    items = _menu(actor, request.blueprint, request.script_root)
    can_search = may(actor, Action.DOSSIER_READ)
    return Shell(actor.id, actor.name, organisation_label, items, can_search, shortcuts,
                 session_ends)  # fmt: skip


@lru_cache(maxsize=1_000)
def _menu(actor: Actor, here: str | None, _root: str) -> tuple[MenuItem, ...]:
    """Return the lines of the menu, on a page of the blueprint ``here``, below this root."""
    return tuple(
        MenuItem(p.label, url_for(p.endpoint), p.icon, here == p.endpoint.split(".")[0])
        for p in MENU
        if may(actor, p.action) and p.endpoint in current_app.view_functions
    )
