"""Who is looking: roles, and the actor that every command and query receives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a user does; a user has one or more within one organisation (3-visibility)."""

    CONSULTANT = "consultant"
    COORDINATOR = "coordinator"
    INTAKE = "intake"
    JOB_COACH = "job_coach"
    AGENCY_COORDINATOR = "agency_coordinator"
    INCOME_OFFICER = "income_officer"
    POLICY_OFFICER = "policy_officer"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    PRIVACY_OFFICER = "privacy_officer"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return ROLE_LABELS[self]


ROLE_LABELS: Mapping[Role, str] = {
    Role.CONSULTANT: "Consulent",
    Role.COORDINATOR: "Coördinator",
    Role.INTAKE: "Intakeconsulent",
    Role.JOB_COACH: "Klantmanager",
    Role.AGENCY_COORDINATOR: "Coördinator Werkzaak",
    Role.INCOME_OFFICER: "Inkomensconsulent",
    Role.POLICY_OFFICER: "Beleidsmedewerker",
    Role.DATA_PROTECTION_OFFICER: "Functionaris gegevensbescherming",
    Role.PRIVACY_OFFICER: "Privacy officer",
    Role.ADMINISTRATOR: "Functioneel beheerder",
}


class OrganisationKind(StrEnum):
    """What an organisation is here: it decides which roles its users can have."""

    MUNICIPALITY = "municipality"
    WORK_AGENCY = "work_agency"
    OPERATOR = "operator"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return KIND_LABELS[self]


KIND_LABELS: Mapping[OrganisationKind, str] = {
    OrganisationKind.MUNICIPALITY: "Gemeente",
    OrganisationKind.WORK_AGENCY: "Werkzaak",
    OrganisationKind.OPERATOR: "Functioneel beheer",
}

ROLES_OF: Mapping[OrganisationKind, tuple[Role, ...]] = {
    OrganisationKind.MUNICIPALITY: (
        Role.CONSULTANT,
        Role.COORDINATOR,
        Role.POLICY_OFFICER,
        Role.DATA_PROTECTION_OFFICER,
        Role.PRIVACY_OFFICER,
        Role.ADMINISTRATOR,
    ),
    OrganisationKind.WORK_AGENCY: (
        Role.CONSULTANT,
        Role.COORDINATOR,
        Role.INTAKE,
        Role.JOB_COACH,
        Role.AGENCY_COORDINATOR,
        Role.INCOME_OFFICER,
        Role.ADMINISTRATOR,
    ),
    OrganisationKind.OPERATOR: (Role.ADMINISTRATOR,),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A dossier that a user opened by giving a reason, until a moment (break-glass)."""

    dossier_id: int
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user, stripped of Flask and of the database."""

    id: int
    name: str
    roles: frozenset[Role]
    organisation_id: int
    organisation_kind: OrganisationKind
    municipality_id: int | None
    grants: tuple[Grant, ...] = ()
    """Those that run at this moment."""

    def grant_for(self, dossier_id: int | None) -> Grant | None:
        """Return the running grant for this dossier, or ``None``."""
        return next((grant for grant in self.grants if grant.dossier_id == dossier_id), None)

    def has(self, role: Role) -> bool:
        """Return whether this user has the role."""
        return role in self.roles
