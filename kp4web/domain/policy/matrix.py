"""
The matrix of ``3-visibility``: every field by every relation, as one table.

Two organisations serve one household for different purposes (Informatienota West Betuwe,
24-11-2020, "Vervolg"). Unlisted means nothing. What a relation is and when somebody has it is
in ``rights``; what a level means in one cell is in ``NOTES``.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum, auto

from kp4web.domain.policy.fields import Field


class Relation(StrEnum):
    """What an actor is to one dossier or application; a union when there are several."""

    LEAD = auto()
    DEPUTY = auto()
    """Stands in for the lead during an absence."""
    COLLEAGUE = auto()
    COORDINATOR = auto()
    INTAKE = auto()
    """An intake consultant of the organisation that registered the application."""
    HANDED_ON = auto()
    """The same, once klantprofiel 4 is accepted."""
    HANDED_OVER = auto()
    """The job coach to whom a KP3 hand-over is assigned."""
    AGENCY = auto()
    """The coordinator of the work agency, of its applications and hand-overs."""
    INCOME = auto()
    POLICY = auto()
    DATA_PROTECTION = auto()
    PRIVACY = auto()
    ADMINISTRATOR = auto()
    OTHER_MUNICIPALITY = auto()
    """Nobody has it: out of reach nothing is found at all. It stands here to be read."""
    WITH_REASON = auto()
    """Beside another relation: a reason was given, its cells that ask for one are open."""

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return RELATION_LABELS[self]


RELATION_LABELS: Mapping[Relation, str] = {
    Relation.LEAD: "Vaste consulent",
    Relation.DEPUTY: "Waarnemer",
    Relation.COLLEAGUE: "Collega",
    Relation.COORDINATOR: "Coördinator",
    Relation.INTAKE: "Intake",
    Relation.HANDED_ON: "Intake, na acceptatie van KP4",
    Relation.HANDED_OVER: "Klantmanager met de overdracht",
    Relation.AGENCY: "Coördinator Werkzaak",
    Relation.INCOME: "Inkomensconsulent",
    Relation.POLICY: "Beleidsmedewerker",
    Relation.DATA_PROTECTION: "Functionaris gegevensbescherming",
    Relation.PRIVACY: "Privacy officer",
    Relation.ADMINISTRATOR: "Functioneel beheerder",
    Relation.OTHER_MUNICIPALITY: "Andere gemeente",
    Relation.WITH_REASON: "Met reden",
}


class Access(IntEnum):
    """How far a relation reaches into a field; the furthest of several relations counts."""

    NONE = 0
    COUNTS = 1
    """In figures only, never of one person."""
    REASON = 2
    """Read after a reason is given (break-glass); until then nothing."""
    STATUS = 3
    """A status or summary only; which, see ``NOTES``."""
    READ = 4
    WRITE = 5

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return ACCESS_LABELS[self]


ACCESS_LABELS: Mapping[Access, str] = {
    Access.NONE: "niets",
    Access.COUNTS: "alleen in aantallen",
    Access.REASON: "lezen na een reden",
    Access.STATUS: "alleen de stand",
    Access.READ: "lezen",
    Access.WRITE: "lezen en wijzigen",
}
W, R, S, Q, C, N = (
    Access.WRITE, Access.READ, Access.STATUS, Access.REASON, Access.COUNTS, Access.NONE,
)  # fmt: skip
"""``Q`` is the R! of the specification."""


def _row(
    lead: Access = N,
    colleague: Access = N,
    coordinator: Access = N,
    *,
    intake: Access = N,
    coach: Access = N,
    income: Access = N,
    policy: Access = N,
    **others: Access,
) -> dict[Relation, Access]:
    """Return one row; the deputy has what the lead has."""
    return {
        Relation.LEAD: lead, Relation.DEPUTY: lead, Relation.COLLEAGUE: colleague,
        Relation.COORDINATOR: coordinator, Relation.INTAKE: intake, Relation.HANDED_OVER: coach,
        Relation.INCOME: income, Relation.POLICY: policy,
        **{Relation(name): level for name, level in others.items()},
    }  # fmt: skip


MATRIX: Mapping[Field, Mapping[Relation, Access]] = {
    # the resident:             lead colleague coordinator
    Field.PERSON: _row(W, R, W, intake=W, coach=R, income=S, agency=S),
    Field.APPROACH: _row(W, R, R, intake=W, coach=R),
    Field.BSN: _row(R, Q, R, intake=W, coach=R),
    Field.BIRTH: _row(W, R, W, intake=W, coach=R, income=S),
    Field.CONTACTS: _row(W, R),
    # profile and questionnaires
    Field.PROFILE: _row(R, R, R, intake=W, coach=R, income=S, policy=C, handed_on=W),
    Field.ANSWERS_WORK: _row(W, Q, intake=W, coach=R),
    Field.ANSWERS_GENERAL: _row(W, Q, intake=W),
    Field.ANSWERS_HEALTH: _row(W, Q, intake=W),
    Field.ANSWERS_FINANCIAL: _row(W, Q, intake=W),
    Field.ANSWERS_CRIMINAL: _row(W, intake=W),
    Field.ANSWERS_LEAD_ONLY: _row(W, intake=W),
    Field.OUTCOME: _row(R, Q, S, intake=R, coach=R),
    Field.QUESTIONNAIRES: _row(R, Q, R, intake=R, coach=R),
    # guidance
    Field.TRACK: _row(W, R, W, intake=S, coach=R, income=S, policy=C, handed_on=S),
    Field.REPORTS: _row(W, Q, Q),
    Field.SUPPORT_NEEDS: _row(W, Q, Q),
    Field.OWN_ENTRY: _row(W, W, coach=W),
    Field.QUESTIONS: _row(W, N, W),
    Field.FOLLOW_UP_DATE: _row(W, R, W),
    Field.FOLLOW_UP_WHAT: _row(W, R),
    # exemption, provisions, sanction signal
    Field.EXEMPTION: _row(W, R, R, intake=R, coach=R, income=R, policy=C),
    Field.EXEMPTION_JUSTIFICATION: _row(W, Q, R),
    Field.PROVISIONS: _row(W, R, R, coach=S),
    Field.PROVISION_COST: _row(W, N, R, policy=C),
    Field.PROVISION_APPROVAL: _row(R, N, W, policy=C),
    Field.SANCTION_SIGNAL: _row(W, N, W, income=R, policy=C),
    # who has it, who gets it, who looked
    Field.ASSIGNMENT: _row(R, R, W, income=S, policy=C, handed_on=S, agency=S),
    Field.HANDOVER: _row(W, N, R, intake=W, coach=W, policy=C, handed_on=S, agency=S),
    Field.LOOKED: _row(R, N, R, data_protection=R),
    Field.ACCESS_REQUEST: _row(N, N, W, privacy=W),
    Field.SETTINGS: _row(data_protection=R, administrator=W),
}

NOTES: Mapping[tuple[Field, Relation], str] = {
    (Field.PERSON, Relation.INCOME): "alleen de naam en wie begeleidt",
    (Field.PERSON, Relation.AGENCY): "alleen zoeken wie iemand begeleidt; de naam staat er niet",
    (Field.ASSIGNMENT, Relation.AGENCY): "alleen welke organisatie en welk team begeleidt",
    (Field.BIRTH, Relation.INCOME): "alleen wie er in het huishouden zijn",
    (Field.PROFILE, Relation.INCOME): "alleen het klantprofiel",
    (Field.TRACK, Relation.INCOME): "alleen of er begeleiding is",
    (Field.ASSIGNMENT, Relation.INCOME): "alleen wie de contactpersoon is",
    (Field.SANCTION_SIGNAL, Relation.INCOME): "vanaf het moment dat het is verstuurd",
    (Field.SANCTION_SIGNAL, Relation.COORDINATOR): "als tweede paar ogen, nooit van eigen hand",
    (Field.OUTCOME, Relation.COORDINATOR): "alleen of er een uitkomst is",
    (Field.PROFILE, Relation.HANDED_ON): "de eigen profielbepaling, om die te corrigeren",
    (Field.TRACK, Relation.INTAKE): "alleen de stand van de aanvraag",
    (Field.TRACK, Relation.HANDED_ON): "alleen of er begeleiding is",
    (Field.ASSIGNMENT, Relation.HANDED_ON): "alleen welk team begeleidt",
    (Field.HANDOVER, Relation.HANDED_ON): "alleen de stand en de data",
    (Field.HANDOVER, Relation.AGENCY): "alleen de stand, de data en bij wie het ligt",
    (Field.HANDOVER, Relation.INTAKE): "de eigen richting",
    (Field.HANDOVER, Relation.HANDED_OVER): "de eigen richting",
    (Field.OWN_ENTRY, Relation.HANDED_OVER): "eigen opvolgingen en de terugmelding",
    (Field.OWN_ENTRY, Relation.COLLEAGUE): "zonder wat anderen schreven te lezen",
    (Field.QUESTIONS, Relation.LEAD): "antwoord geven",
    (Field.QUESTIONS, Relation.DEPUTY): "antwoord geven",
    (Field.QUESTIONS, Relation.COORDINATOR): "vragen, zonder het verslag te lezen",
    (Field.FOLLOW_UP_DATE, Relation.COORDINATOR): "datum en voor wie",
    (Field.PROVISIONS, Relation.HANDED_OVER): "alleen dat er een voorziening loopt",
    (Field.PROVISION_COST, Relation.LEAD): "voorstellen",
    (Field.PROVISION_COST, Relation.DEPUTY): "voorstellen",
    (Field.PROVISION_COST, Relation.POLICY): "alleen totalen",
    (Field.PROVISION_APPROVAL, Relation.POLICY): "alleen totalen",
    (Field.PROVISION_APPROVAL, Relation.COORDINATOR): "goedkeuren",
    (Field.ACCESS_REQUEST, Relation.COORDINATOR): "voorbereiden",
    (Field.ACCESS_REQUEST, Relation.PRIVACY): "vrijgeven",
    (Field.LOOKED, Relation.DATA_PROTECTION): "het hele logboek van de eigen gemeente",
}
"""What a level comes down to in one cell, where the word for the level does not say it."""
