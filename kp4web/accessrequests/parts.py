"""
What belongs to one person: every table that holds something of it, and what is left out.

A test compares these lists with the metadata of all tables: a new table or column that is in
none of them fails.
"""

from collections.abc import Mapping
from dataclasses import dataclass

OWN_WORDS = "is van een medewerker, niet van de inwoner"
SETUP = "is inrichting van het systeem en gaat over niemand"


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the export; ``links``: column, and the table whose ids it holds."""

    table: str
    title: str
    links: tuple[tuple[str, str], ...]


def _of(table: str, title: str, column: str = "dossier_id", parent: str = "dossier") -> Part:
    return Part(table, title, ((column, parent),))


PARTS: tuple[Part, ...] = (
    _of("client", "Persoonsgegevens", "id", "client"),
    _of("household_member", "Huisgenoten zonder eigen dossier", "household_id", "household"),
    _of("contact", "Betrokkenen", "client_id", "client"),
    _of("dossier", "Dossier", "client_id", "client"),
    _of("guidance_period", "Organisatie die begeleidt"),
    _of("assignment", "Vaste consulent"),
    _of("track_period", "Traject"),
    _of("subgroup_period", "Subgroep"),
    _of("profile_decision", "Klantprofiel", "client_id", "client"),
    _of("application", "Aanvraag bij Werkzaak", "id", "application"),
    Part(
        "handover", "Overdracht tussen organisaties",
        (("dossier_id", "dossier"), ("application_id", "application")),
    ),
    _of("feedback_report", "Terugmelding van Werkzaak", "handover_id", "handover"),
    _of("application_member", "Gezinsleden bij de aanvraag", "application_id", "application"),
    _of("application_decision", "Profielbepaling bij de aanvraag", "application_id", "application"),
    _of("elsewhere_score", "Scores die elders zijn gemeten", "decision_id", "application_decision"),
    Part(
        "questionnaire", "Vragenlijsten",
        (("dossier_id", "dossier"), ("application_id", "application")),
    ),
    _of("answer", "Antwoorden", "questionnaire_id", "questionnaire"),
    _of("profile_suggestion", "Profielvoorstel", "questionnaire_id", "questionnaire"),
    _of("conversation", "Gesprekken"),
    _of("contact_attempt", "Contactpogingen"),
    _of("report_addition", "Aanvullingen en correcties op verslagen"),
    _of("report_question", "Vragen van de coördinator bij een verslag"),
    _of("heading_version", "Ondersteuningsvraag en activering"),
    _of("agreement", "Afspraken"),
    _of("follow_up", "Opvolgingen"),
    _of("follow_up_move", "Verzette opvolgingen", "follow_up_id", "follow_up"),
    _of("planned_talk", "Geplande gesprekken", "follow_up_id", "follow_up"),
    _of("message", "Berichten tussen medewerkers"),
    _of("pension_note", "Afspraken over de AOW"),
    Part(
        "due_item", "Waar het dossier op wacht",
        (("dossier_id", "dossier"), ("handover_id", "handover")),
    ),
    _of("exemption", "Ontheffing"),
    _of("sanction_signal", "Maatregelsignaal"),
    _of("sanction_step", "Stappen van het maatregelsignaal", "signal_id", "sanction_signal"),
    _of("screening_member", "Screening"),
    Part(
        "correction", "Correcties van wat was vastgelegd",
        (("dossier_id", "dossier"), ("application_id", "application")),
    ),
    _of("reason_grant", "Inzien met een reden"),
    _of("access_request", "Inzageverzoeken"),
    _of("transfer_dossier", "Overgang naar een andere organisatie"),
)  # fmt: skip
"""In the order of the document; a table comes after those it links to."""

LEFT_OUT_TABLES: Mapping[str, str] = {
    "household": "bevat alleen een nummer; de huisgenoten staan er zelf in",
    "name_key": "zoekindex: de naam nog eens, in stukken",
    "report_text": "zoekindex: de verslagen nog eens",
    "sanction_evidence": "koppelt een signaal aan contactpogingen die er zelf in staan",
    "audit_entry": "staat er in als apart onderdeel: wie uw gegevens bekeek",
    "draft": "half getypte tekst van een medewerker, niet vastgesteld, na 30 dagen weg",
    "sent_form": "merkteken tegen dubbel versturen, zonder inhoud",
    "audit_head": SETUP,
    "digest_sent": OWN_WORDS,
    "digest_setting": OWN_WORDS,
    "exemption_reason": SETUP,
    "legal_duty": SETUP,
    "legal_ground": SETUP,
    "municipality": SETUP,
    "municipality_norms": SETUP,
    "organisation": SETUP,
    "outline": SETUP,
    "questionnaire_version": SETUP,
    "sanction_warning": SETUP,
    "saved_filter": OWN_WORDS,
    "screening_round": SETUP,
    "served_municipality": SETUP,
    "sign_in_attempt": OWN_WORDS,
    "transfer": "gaat over veel inwoners tegelijk; wat er met deze inwoner gebeurde staat erin",
    "transfer_step": OWN_WORDS,
    "user_account": OWN_WORDS,
    "user_role": OWN_WORDS,
    "user_session": OWN_WORDS,
    "version_in_force": SETUP,
    "welfare_count": "is een aantal huishoudens, zonder personen",
}
"""Tables of which nothing is exported, each with the reason."""

REFERENCE = "verwijst binnen het systeem naar iets dat er zelf in staat"
TECHNICAL = "technisch: zegt niets over de inwoner"
SEARCH = "spelling van de naam om te zoeken en te sorteren"
LEFT_OUT_COLUMNS: Mapping[str, str] = {
    "id": TECHNICAL,
    "client_id": REFERENCE,
    "household_id": REFERENCE,
    "dossier_id": REFERENCE,
    "application_id": REFERENCE,
    "decision_id": REFERENCE,
    "first_id": REFERENCE,
    "questionnaire_id": REFERENCE,
    "conversation_id": REFERENCE,
    "follow_up_id": REFERENCE,
    "handover_id": REFERENCE,
    "transfer_id": REFERENCE,
    "signal_id": REFERENCE,
    "agreement_id": REFERENCE,
    "subject_id": REFERENCE,
    "municipality_id": "is overal die van de inwoner",
    "correction.replaced": REFERENCE,
    "application.partner_id": "verwijst naar de aanvraag van iemand anders",
    "seal": TECHNICAL,
    "bsn_hash": "afgeleid van het BSN, dat er zelf in staat",
    "submission": TECHNICAL,
    "revision": TECHNICAL,
    "search_name": SEARCH,
    "sort_name": SEARCH,
}
"""Columns that are not exported, by name or by ``table.name``, each with the reason."""
KEPT = frozenset({"client.municipality_id"})
"""Exported although their name is among those that are left out."""


def is_left_out(table: str, column: str) -> bool:
    """Return whether this column is not exported."""
    place = f"{table}.{column}"
    return place in LEFT_OUT_COLUMNS or (column in LEFT_OUT_COLUMNS and place not in KEPT)
