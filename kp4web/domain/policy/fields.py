"""The field classes: what data about one person is grouped by who may see it."""

from collections.abc import Mapping
from enum import StrEnum, auto

from kp4web.domain.questionnaire.definition import DataClass


class Field(StrEnum):
    """Groups of data about one person whose visibility depends on the relation."""

    PERSON = auto()
    APPROACH = auto()
    BSN = auto()
    BIRTH = auto()
    CONTACTS = auto()
    PROFILE = auto()
    ANSWERS_WORK = auto()
    """Ordinary answers in life area work."""
    ANSWERS_GENERAL = auto()
    """Ordinary answers elsewhere: housing, surroundings, what comes before the life areas."""
    ANSWERS_HEALTH = auto()
    ANSWERS_FINANCIAL = auto()
    ANSWERS_CRIMINAL = auto()
    ANSWERS_LEAD_ONLY = auto()
    OUTCOME = auto()
    """Scores per life area, signals, suggestion and rule trace."""
    QUESTIONNAIRES = auto()
    """That a questionnaire was filled in, when and by whom; nothing of its content."""
    TRACK = auto()
    REPORTS = auto()
    """Conversation reports, messages of colleagues and agreements."""
    SUPPORT_NEEDS = auto()
    OWN_ENTRY = auto()
    QUESTIONS = auto()
    """What a coordinator asks at a report, and the answer; nothing of the report itself."""
    FOLLOW_UP_DATE = auto()
    FOLLOW_UP_WHAT = auto()
    EXEMPTION = auto()
    """Ground and dates."""
    EXEMPTION_JUSTIFICATION = auto()
    PROVISIONS = auto()
    """Kind and dates."""
    PROVISION_COST = auto()
    PROVISION_APPROVAL = auto()
    SANCTION_SIGNAL = auto()
    ASSIGNMENT = auto()
    HANDOVER = auto()
    LOOKED = auto()
    """Who looked at the dossier."""
    ACCESS_REQUEST = auto()
    """The export for an access request of the resident."""
    SETTINGS = auto()
    """Users, roles, reference data and questionnaire versions; about no person at all."""

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return FIELD_LABELS[self]


FIELD_LABELS: Mapping[Field, str] = {
    Field.PERSON: "Naam, contactgegevens, contactvoorkeur en tolk",
    Field.APPROACH: "Zo benadert u deze inwoner (aanpak en veiligheid)",
    Field.BSN: "BSN",
    Field.BIRTH: "Geboortedatum, AOW-datum en huishouden",
    Field.CONTACTS: "Betrokkenen",
    Field.PROFILE: "Klantprofiel en datum",
    Field.ANSWERS_WORK: "Antwoorden over werk",
    Field.ANSWERS_GENERAL: "Antwoorden over wonen en sociale omgeving",
    Field.ANSWERS_HEALTH: "Antwoorden over gezondheid",
    Field.ANSWERS_FINANCIAL: "Antwoorden over geld",
    Field.ANSWERS_CRIMINAL: "Antwoorden over justitie",
    Field.ANSWERS_LEAD_ONLY: "Antwoorden alleen voor de regievoerder",
    Field.OUTCOME: "Scores, profielvoorstel en uitleg daarvan",
    Field.QUESTIONNAIRES: "Dat er een vragenlijst is ingevuld, wanneer en door wie",
    Field.TRACK: "Traject, data en volgend besluit",
    Field.REPORTS: "Gespreksverslagen, berichten en afspraken",
    Field.SUPPORT_NEEDS: "Ondersteuningsvraag en activering",
    Field.OWN_ENTRY: "Eigen gesprek, bericht of terugmelding vastleggen",
    Field.QUESTIONS: "Vraag van de coördinator bij een gesprek, en het antwoord",
    Field.FOLLOW_UP_DATE: "Opvolging: datum en voor wie",
    Field.FOLLOW_UP_WHAT: "Opvolging: waarover",
    Field.EXEMPTION: "Ontheffing: grond en data",
    Field.EXEMPTION_JUSTIFICATION: "Ontheffing: motivering",
    Field.PROVISIONS: "Voorzieningen: soort en data",
    Field.PROVISION_COST: "Voorzieningen: kosten",
    Field.PROVISION_APPROVAL: "Voorzieningen: goedkeuring",
    Field.SANCTION_SIGNAL: "Maatregelsignaal",
    Field.ASSIGNMENT: "Toewijzing: wie is de vaste consulent",
    Field.HANDOVER: "Overdracht",
    Field.LOOKED: "Inzage: wie keek in het dossier",
    Field.ACCESS_REQUEST: "Inzageverzoek: uitdraai voor de inwoner",
    Field.SETTINGS: "Gebruikers, rollen, stamgegevens en versies van de vragenlijst",
}

SECRET_WHEN_HIDDEN = frozenset(
    {
        Field.ANSWERS_CRIMINAL,
        Field.ANSWERS_LEAD_ONLY,
        Field.PROVISION_COST,
        Field.PROVISION_APPROVAL,
        Field.SANCTION_SIGNAL,
        Field.HANDOVER,
        Field.LOOKED,
        Field.ACCESS_REQUEST,
        Field.SETTINGS,
        Field.OWN_ENTRY,
        Field.QUESTIONS,
    }
)
"""
Fields of which even the existence is kept: hidden, they are absent from every page.

The others every dossier has, or has in a way everybody on the team knows: hidden, they show as
"niet zichtbaar voor uw rol".
"""
NOT_VISIBLE = "niet zichtbaar voor uw rol"

WORK_AREA = "werk"
"""The life area of the file that is about work."""
ANSWER_FIELDS: Mapping[DataClass, Field] = {
    DataClass.GENERAL: Field.ANSWERS_GENERAL,
    DataClass.HEALTH: Field.ANSWERS_HEALTH,
    DataClass.FINANCIAL: Field.ANSWERS_FINANCIAL,
    DataClass.CRIMINAL: Field.ANSWERS_CRIMINAL,
    DataClass.LEAD_ONLY: Field.ANSWERS_LEAD_ONLY,
}
"""Which field an answer belongs to: the questionnaire file itself knows no rights."""


def answer_field(data_class: DataClass, area: str) -> Field:
    """
    Return the field of an answer: its class decides, and for ordinary ones the life area.

    The file calls work, surroundings and housing all "gewoon"; a job coach reads work only.
    """
    if data_class is DataClass.GENERAL and area == WORK_AREA:
        return Field.ANSWERS_WORK
    return ANSWER_FIELDS[data_class]
