"""What a dossier can wait for, in one word each."""

from collections.abc import Mapping
from enum import StrEnum


class DueKind(StrEnum):
    """What somebody has to do by a date."""

    FOLLOW_UP = "follow_up"
    CONTACT = "contact"
    CLASSIFY = "classify"
    REST_DECISION = "rest_decision"
    ARRANGE_HANDOVER = "arrange_handover"
    PENSION_APPROACHING = "pension_approaching"
    PENSION_REACHED = "pension_reached"
    ASSIGN = "assign"
    REVIEW_HANDOVER = "review_handover"
    TWELVE_MONTHS = "twelve_months"
    MESSAGE = "message"
    AGREEMENT = "agreement"
    EXEMPTION_END = "exemption_end"
    EXEMPTION_PLAN = "exemption_plan"
    EXEMPTION_REVIEW = "exemption_review"
    SIGNAL_REVIEW = "signal_review"
    SIGNAL_RETURNED = "signal_returned"
    SIGNAL_OUTCOME = "signal_outcome"
    QUESTION = "question"
    QUESTION_ASKED = "question_asked"
    ANSWER = "answer"
    AWAIT_HANDOVER = "await_handover"
    READ_FEEDBACK = "read_feedback"
    WRITE_FEEDBACK = "write_feedback"
    PROFILE_CORRECTED = "profile_corrected"

    @property
    def label(self) -> str:
        """Return the Dutch word for the screen."""
        return DUE_LABELS[self]


DUE_LABELS: Mapping[DueKind, str] = {
    DueKind.FOLLOW_UP: "Opvolging",
    DueKind.CONTACT: "Contact",
    DueKind.CLASSIFY: "Indelen",
    DueKind.REST_DECISION: "Rustbesluit",
    DueKind.ARRANGE_HANDOVER: "Overdracht regelen",
    DueKind.PENSION_APPROACHING: "AOW nadert",
    DueKind.PENSION_REACHED: "AOW-besluit",
    DueKind.ASSIGN: "Toewijzen",
    DueKind.REVIEW_HANDOVER: "Overdracht beoordelen",
    DueKind.TWELVE_MONTHS: "Jaarlijks contact",
    DueKind.MESSAGE: "Bericht van collega",
    DueKind.AGREEMENT: "Afspraak",
    DueKind.EXEMPTION_END: "Ontheffing loopt af",
    DueKind.EXEMPTION_PLAN: "Plan bij ontheffing",
    DueKind.EXEMPTION_REVIEW: "Ontheffing beoordelen",
    DueKind.SIGNAL_REVIEW: "Maatregelsignaal beoordelen",
    DueKind.SIGNAL_RETURNED: "Maatregelsignaal teruggestuurd",
    DueKind.SIGNAL_OUTCOME: "Uitkomst maatregelsignaal",
    DueKind.QUESTION: "Vraag van coördinator",
    DueKind.QUESTION_ASKED: "Wacht op antwoord",
    DueKind.ANSWER: "Antwoord op vraag",
    DueKind.AWAIT_HANDOVER: "Overdracht wacht op antwoord",
    DueKind.READ_FEEDBACK: "Terugmelding",
    DueKind.WRITE_FEEDBACK: "Terugmelding schrijven",
    DueKind.PROFILE_CORRECTED: "Klantprofiel gecorrigeerd",
}


SIGNAL_KINDS = frozenset({DueKind.SIGNAL_REVIEW, DueKind.SIGNAL_RETURNED, DueKind.SIGNAL_OUTCOME})
"""Kinds of which even the existence is kept from who may not read signals."""
ABOUT_QUESTIONS = frozenset({DueKind.QUESTION, DueKind.QUESTION_ASKED, DueKind.ANSWER})
"""What is about a coordinator's question at a report."""
