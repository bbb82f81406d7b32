"""The tables of the log: entries in a chain, its head, and how one link follows another."""

import json
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.crypto import vault
from kp4web.extensions import Base

GENESIS = "0" * 64
"""The hash before the first entry."""


ACTS: dict[str, str] = {
    "access_export_read": "Uitdraai voor de inwoner geopend",
    "access_request_prepare": "Inzageverzoek voorbereid",
    "access_request_read": "Inzageverzoek bekeken",
    "access_request_release": "Inzageverzoek vrijgegeven",
    "access_request_return": "Inzageverzoek teruggestuurd",
    "access_request_withdraw": "Inzageverzoek ingetrokken",
    "access_requests_read": "Inzageverzoeken bekeken",
    "agenda_read": "Agenda bekeken",
    "agreement_settle": "Afspraak afgerond",
    "application_bsn_reveal": "BSN van aanvrager getoond",
    "application_change": "Aanvraag gewijzigd",
    "application_close": "Aanvraag afgesloten",
    "application_read": "Aanvraag bekeken",
    "application_register": "Aanvraag geregistreerd",
    "application_take": "Aanvraag overgenomen",
    "applications_read": "Lijst met aanvragen bekeken",
    "assignment_correct": "Toewijzing gecorrigeerd",
    "assignment_read": "Toewijzing voorbereid",
    "attempt_record": "Contactpoging vastgelegd",
    "break_glass": "Dossier geopend met reden",
    "break_glass_end": "Inzien met reden beëindigd",
    "break_glass_figures": "Overzicht inzien met reden bekeken",
    "break_glass_form": "Formulier inzien met reden geopend",
    "bsn_reveal": "BSN getoond",
    "calendar_file_read": "Agendabestand gemaakt",
    "caseload_read": "Caseload bekeken",
    "client_change": "Gegevens inwoner gewijzigd",
    "client_read": "Gegevens inwoner bekeken",
    "contact_save": "Betrokkene vastgelegd",
    "conversation_form": "Gespreksformulier geopend",
    "conversation_read": "Gespreksverslag bekeken",
    "conversation_record": "Gesprek vastgelegd",
    "correction_read": "Correctie voorbereid",
    "course_read": "Traject bekeken",
    "digest_send": "Overzicht per e-mail verstuurd",
    "digest_set": "Overzicht per e-mail ingesteld",
    "dossier_assign": "Dossier toegewezen",
    "dossier_open": "Dossier geopend",
    "dossier_read": "Dossier bekeken",
    "dossier_unassign": "Toewijzing beëindigd",
    "dossiers_read": "Lijst met dossiers bekeken",
    "due_item_read": "Opvolging bekeken",
    "exemption_corrected": "Ontheffing gecorrigeerd",
    "exemption_ended": "Ontheffing beëindigd",
    "exemption_extended": "Ontheffing verlengd",
    "exemption_granted": "Ontheffing vastgelegd",
    "exemption_lapses": "Vastgelegd dat ontheffing afloopt",
    "exemption_planned": "Plan bij ontheffing vastgelegd",
    "exemption_read": "Ontheffing bekeken",
    "exemption_report_read": "Cijfers over ontheffingen bekeken",
    "exemption_reviewed": "Ontheffing beoordeeld",
    "exemptions_read": "Lijst met ontheffingen bekeken",
    "facts_read": "Verloop bekeken",
    "follow_up_complete": "Opvolging afgehandeld",
    "follow_up_move": "Opvolging verzet",
    "follow_up_plan": "Opvolging gepland",
    "follow_up_undo": "Opvolging weer geopend",
    "follow_ups_read": "Opvolgingen om te verzetten bekeken",
    "feedback_read": "Terugmelding gelezen",
    "feedback_write": "Terugmelding geschreven",
    "guidance_move": "Begeleiding overgegaan naar een andere organisatie",
    "handover_accept": "Overdracht geaccepteerd",
    "handover_coach": "Klantmanager van een overdracht gekozen",
    "handover_offer": "Overdracht aangeboden",
    "handover_read": "Overdracht bekeken",
    "handover_return": "Overdracht teruggestuurd",
    "handovers_read": "Overdrachten bekeken",
    "handover_talk": "Gezamenlijk gesprek van een overdracht vastgelegd",
    "handover_withdraw": "Overdracht ingetrokken",
    "nobody_read": "Lijst van niemand bekeken",
    "heading_save": "Ondersteuningsvraag of activering gewijzigd",
    "headings_read": "Ondersteuning en activering bekeken",
    "household_save": "Gezinslid vastgelegd",
    "letter_read": "Brief Wie helpt u waarmee gemaakt",
    "log_export": "Logboek uitgedraaid",
    "log_patterns_read": "Opvallend in het logboek bekeken",
    "log_read": "Logboek bekeken",
    "log_verify": "Logboek nagerekend",
    "looked_read": "Bekeken wie het dossier inzag",
    "message_form": "Berichtformulier geopend",
    "message_leave": "Bericht achtergelaten",
    "message_read": "Bericht gelezen",
    "nightly": "Oude gegevens verwijderd",
    "norms_change": "Normen van de gemeente gewijzigd",
    "organisation_change": "Organisatie gewijzigd",
    "outline_retire": "Sjabloon uit gebruik genomen",
    "outline_save": "Sjabloon opgeslagen",
    "password_change": "Wachtwoord veranderd",
    "pension_note": "Afspraak over AOW vastgelegd",
    "policy_explain": "Gevraagd wie wat ziet",
    "preparation_read": "Voorbereiding van een gesprek bekeken",
    "profile_decide": "Klantprofiel vastgesteld",
    "question_answer": "Vraag over een gesprek beantwoord",
    "question_ask": "Vraag over een gesprek gesteld",
    "question_settle": "Vraag over een gesprek afgehandeld",
    "questionnaire_complete": "Vragenlijst afgerond",
    "questionnaire_discard": "Vragenlijst weggegooid",
    "questionnaire_form": "Vragenlijst geopend",
    "questionnaire_outcome": "Uitkomst van vragenlijst bekeken",
    "questionnaire_start": "Vragenlijst begonnen",
    "questionnaires_read": "Lijst met vragenlijsten bekeken",
    "questions_read": "Vragen over een gesprek bekeken",
    "reference_announce": "Wettelijke grond toegevoegd",
    "reference_retire": "Wettelijke grond beëindigd",
    "report_add": "Gespreksverslag aangevuld",
    "report_add_form": "Formulier voor aanvulling geopend",
    "report_dossiers_read": "Dossiers achter een cijfer bekeken",
    "report_read": "Rapportage bekeken",
    "rest_decision_read": "Rustbesluit voorbereid",
    "screening_add": "Dossiers aan screening toegevoegd",
    "screening_open": "Screeningsronde geopend",
    "search": "Gezocht",
    "session_end": "Uitgelogd",
    "sign_in": "Ingelogd",
    "signal_answer": "Uitkomst van maatregelsignaal vastgelegd",
    "signal_answered": "Uitkomst van maatregelsignaal vastgelegd",
    "signal_draft": "Maatregelsignaal voorbereid",
    "signal_read": "Maatregelsignaal bekeken",
    "signal_returned": "Maatregelsignaal teruggestuurd",
    "signal_seen": "Uitkomst van maatregelsignaal gezien",
    "signal_sent": "Maatregelsignaal verstuurd",
    "signal_withdrawn": "Maatregelsignaal ingetrokken",
    "signal_submit": "Maatregelsignaal voorgelegd",
    "signals_read": "Lijst met maatregelsignalen bekeken",
    "subgroup_end": "Subgroep beëindigd",
    "subgroup_set": "Subgroep vastgelegd",
    "track_change": "Traject gewijzigd",
    "track_correct": "Traject gecorrigeerd",
    "profile_correct": "Klantprofiel gecorrigeerd",
    "correction_seen": "Correctie gezien",
    "transfer_change": "Overgang van begeleiding gewijzigd",
    "transfer_choose": "Dossiers voor een overgang gekozen",
    "transfer_confirmed": "Overgang van begeleiding bevestigd",
    "transfer_divide": "Consulenten bij een overgang gekozen",
    "transfer_drafted": "Overgang van begeleiding voorbereid",
    "transfer_executed": "Overgang van begeleiding uitgevoerd",
    "transfer_offered": "Overgang van begeleiding voorgelegd",
    "transfer_read": "Overgang van begeleiding bekeken",
    "transfer_returned": "Overgang van begeleiding teruggestuurd",
    "transfer_withdrawn": "Overgang van begeleiding ingetrokken",
    "user_close": "Account gesloten",
    "user_create": "Account gemaakt",
    "user_phone": "Telefoonnummer van gebruiker gewijzigd",
    "user_password_reset": "Nieuw wachtwoord uitgegeven",
    "user_roles": "Rollen gewijzigd",
    "version_add": "Versie van de vragenlijst toegevoegd",
    "version_force": "Versie van de vragenlijst in gebruik genomen",
    "welfare_count_record": "Aantal huishoudens vastgelegd",
    "who_does_what_read": "Gezocht in wie doet wat",
    "worklist_read": "Werkvoorraad bekeken",
}
"""Every act that is logged, with its words in the log."""


LOOKS = frozenset(code for code in ACTS if code.endswith(("_read", "_form", "_reveal", "_outcome")))
"""The acts by which somebody saw something; the others changed something."""


class AuditEntry(Base):
    """
    One act: who looked at or changed what, when and why.

    Fields follow the Dutch standard Logboek Dataverwerkingen (trace, span, processing activity,
    encrypted subjects, start, end, status) plus actor, roles, relation and reason.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_municipality", "municipality_id", "id"),
        Index("ix_audit_entry_moment", "municipality_id", "started_at"),
        Index("ix_audit_entry_user", "user_id", "id"),
        Index("ix_audit_entry_dossier", "dossier_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The place in the chain: 1, 2, 3 ... without holes."""
    trace_id: Mapped[str]
    span_id: Mapped[str]
    activity: Mapped[str]
    action: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    status: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    roles: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"))
    relation: Mapped[str]
    reason: Mapped[str]
    subjects_sealed: Mapped[bytes | None]
    """Client ids as a JSON list, encrypted."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Ids and codes only, never names or typed text."""
    hash: Mapped[str]
    """Keyed hash over this entry and the hash of the one before."""


class AuditHead(Base):
    """The last link of the chain: one row, locked last in every transaction that logs."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    last_id: Mapped[int]
    last_hash: Mapped[str]


def canonical(columns: dict[str, Any]) -> str:
    """Return the columns of an entry (without its hash) in one fixed spelling."""
    return json.dumps({k: columns[k] for k in sorted(columns)}, default=_spell, sort_keys=True)


def link(previous: str, columns: dict[str, Any]) -> str:
    """Return the hash of an entry that follows the hash ``previous``."""
    return vault.keyed_hash(previous + canonical(columns), purpose="audit")


def _spell(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot log a {type(value).__name__}")
