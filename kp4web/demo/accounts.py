"""Organisations and accounts of the demo."""

from collections.abc import Mapping

from kp4web.demo.life import Team
from kp4web.domain.actor import OrganisationKind, Role

MUNICIPALITIES: Mapping[str, str] = {
    "west-betuwe": "West Betuwe",
    "buren": "Buren",
    "culemborg": "Culemborg",
    "maasdriel": "Maasdriel",
    "neder-betuwe": "Neder-Betuwe",
    "tiel": "Tiel",
    "west-maas-en-waal": "West Maas en Waal",
    "zaltbommel": "Zaltbommel",
}
TEAM = "Team Sociaal"
WORK_AGENCY = "werkzaak"
OPERATOR = "beheer"
OTHERS: Mapping[str, tuple[OrganisationKind, str]] = {
    WORK_AGENCY: (OrganisationKind.WORK_AGENCY, "Werkzaak Rivierenland"),
    OPERATOR: (OrganisationKind.OPERATOR, "KP4-beheer"),
}
ADMINISTRATOR = "beheer@kp4web.example"

ACCOUNTS: tuple[tuple[str, str, str, tuple[Role, ...]], ...] = (
    (ADMINISTRATOR, "Femke Staalman", OPERATOR, (Role.ADMINISTRATOR,)),
    ("consulent1@westbetuwe.example", "Karin Jansen", "west-betuwe", (Role.CONSULTANT,)),
    ("consulent2@westbetuwe.example", "Yusuf Demirel", "west-betuwe", (Role.CONSULTANT,)),
    ("consulent3@westbetuwe.example", "Marleen van der Kolk", "west-betuwe", (Role.CONSULTANT,)),
    ("coordinator@westbetuwe.example", "Ellen Brouwer", "west-betuwe", (Role.COORDINATOR,)),
    ("beleid@westbetuwe.example", "Joris Hendrikse", "west-betuwe", (Role.POLICY_OFFICER,)),
    ("fg@westbetuwe.example", "Priya Mahabier", "west-betuwe", (Role.DATA_PROTECTION_OFFICER,)),
    ("privacy@westbetuwe.example", "Tom Westerveld", "west-betuwe", (Role.PRIVACY_OFFICER,)),
    ("consulent1@buren.example", "Sanne Verwoert", "buren", (Role.CONSULTANT,)),
    (
        "coordinator@buren.example",
        "Rob van Lieshout",
        "buren",
        (Role.COORDINATOR, Role.CONSULTANT),
    ),
    ("intake@werkzaak.example", "Nadia el Fassi", WORK_AGENCY, (Role.INTAKE,)),
    ("klantmanager@werkzaak.example", "Bart Nieuwkamp", WORK_AGENCY, (Role.JOB_COACH,)),
    ("coordinator@werkzaak.example", "Hetty Zijlstra", WORK_AGENCY, (Role.AGENCY_COORDINATOR,)),
    ("inkomen@werkzaak.example", "Wim Okkersen", WORK_AGENCY, (Role.INCOME_OFFICER,)),
    ("consulent@werkzaak.example", "Mirjam Postma", WORK_AGENCY, (Role.CONSULTANT,)),
    ("consulent2@werkzaak.example", "Joost van Dalen", WORK_AGENCY, (Role.CONSULTANT,)),
    ("teamcoordinator@werkzaak.example", "Saskia Benali", WORK_AGENCY, (Role.COORDINATOR,)),
)
"""E-mail, name, organisation, roles; in the small team of Buren the coordinator has dossiers."""

JOB_COACH = "klantmanager@werkzaak.example"
AGENCY_TEAM = "teamcoordinator@werkzaak.example"
AGENCY_CONSULTANTS = ("consulent@werkzaak.example", "consulent2@werkzaak.example")

WEST_BETUWE = Team(
    municipality="west-betuwe",
    coordinator="coordinator@westbetuwe.example",
    consultants=(
        "consulent1@westbetuwe.example",
        "consulent2@westbetuwe.example",
        "consulent3@westbetuwe.example",
    ),
    policy_officer="beleid@westbetuwe.example",
)
BUREN = Team(
    municipality="buren",
    coordinator="coordinator@buren.example",
    consultants=("consulent1@buren.example", "coordinator@buren.example"),
    policy_officer="coordinator@buren.example",
)
HOURS = "maandag tot en met vrijdag van 9.00 tot 12.00 uur"
PHONES: Mapping[str, str] = {
    "west-betuwe": "0345 00 00 10",
    "buren": "0344 00 00 20",
    WORK_AGENCY: "0344 00 00 30",
    "consulent1@westbetuwe.example": "0345 00 00 11",
    "consulent2@westbetuwe.example": "0345 00 00 12",
    "consulent1@buren.example": "0344 00 00 21",
    "consulent@werkzaak.example": "0344 00 00 31",
}
"""Of organisations and accounts; the numbers do not exist, and some are not filled in yet."""
