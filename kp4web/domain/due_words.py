"""
Due items in Dutch: why one is on the list, what makes it disappear, which group it is in.

Used for list, badge and overview alike. Sentences say only what is so: a new follow-up date is
named as a way out only while it still can be one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kp4web.domain.dates import (
    add_months,
    add_weeks,
    count_of,
    distance,
    dutch_date,
    week_end,
)
from kp4web.domain.due import DueKind, Norms
from kp4web.domain.tracks import TrackKind


class DueGroup(StrEnum):
    """Where an item stands on the work list."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return _GROUP_LABELS[self]


_GROUP_LABELS = {
    DueGroup.LATE: "Te laat",
    DueGroup.TODAY: "Vandaag",
    DueGroup.WEEK: "Deze week",
    DueGroup.LATER: "Later",
}


@dataclass(frozen=True, slots=True)
class QuickPick:
    """A follow-up date at one touch."""

    label: str
    on: date


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an item is on the list, and what makes it disappear: two Dutch sentences."""

    why: str
    disappears: str


def group(due_on: date, today: date) -> DueGroup:
    """Return the group of an item; "deze week" runs to Sunday."""
    if due_on < today:
        return DueGroup.LATE
    if due_on == today:
        return DueGroup.TODAY
    return DueGroup.WEEK if due_on <= week_end(today) else DueGroup.LATER


def quick_picks(today: date) -> tuple[QuickPick, ...]:
    """Return the follow-up dates offered at one touch."""
    return (
        QuickPick("+1 week", add_weeks(today, 1)),
        QuickPick("+2 weken", add_weeks(today, 2)),
        QuickPick("+1 maand", add_months(today, 1)),
        QuickPick("+3 maanden", add_months(today, 3)),
    )


def explain(
    kind: DueKind,
    *,
    due_on: date,
    today: date,
    track: TrackKind,
    track_since: date,
    last_contact_on: date | None,
    planned_end: date | None,
    aow_on: date | None,
    norms: Norms,
    what: str | None = None,
) -> Explanation:
    """Return the two sentences; ``what``: what it is about, where it may be read."""
    match kind:
        case DueKind.FOLLOW_UP:
            why = f"Afgesproken: {_sentence(what)}" if what else _WHY[kind]
        case DueKind.AGREEMENT:
            why = _sentence(what) if what else _WHY[kind]
        case DueKind.QUESTION | DueKind.QUESTION_ASKED if what:
            why = f"Over een gespreksverslag: {_sentence(what)}"
        case DueKind.CONTACT:
            why = _contact(track, track_since, last_contact_on, today, norms)
        case DueKind.TWELVE_MONTHS:
            months = count_of(norms.floor_months, "maand", "maanden")
            why = f"{_last_contact(last_contact_on, today)}, norm {months}."
        case DueKind.REST_DECISION:
            why = _rest(planned_end, today, norms)
        case DueKind.PENSION_APPROACHING:
            why = _pension(aow_on, aow_on, today)
        case DueKind.PENSION_REACHED:
            why = _pension(due_on, aow_on, today)
        case DueKind.EXEMPTION_END:
            why = _exemption_end(due_on, today, norms)
        case _:
            why = _WHY[kind].format(
                since=dutch_date(track_since),
                classify=count_of(norms.classify_weeks, "week", "weken"),
                arrange=count_of(norms.arrange_handover_weeks, "week", "weken"),
                assign=count_of(norms.assign_days, "dag", "dagen"),
                review=count_of(norms.review_handover_days, "dag", "dagen"),
                feedback=count_of(norms.feedback_months, "maand", "maanden"),
                signal=count_of(norms.review_signal_days, "dag", "dagen"),
                due=dutch_date(due_on),
            )
    return Explanation(why, _way_out(kind, due_on, today, norms))


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith(("?", "!")) else f"{text.rstrip('. ')}."


_WHY: Mapping[DueKind, str] = {
    DueKind.FOLLOW_UP: "Er is een opvolging afgesproken.",
    DueKind.CLASSIFY: "Nog in onderzoek sinds {since}, norm {classify}.",
    DueKind.ARRANGE_HANDOVER: "KP3 sinds {since}, overdracht binnen {arrange}.",
    DueKind.ASSIGN: "Nog geen vaste consulent, norm {assign} na opening.",
    DueKind.REVIEW_HANDOVER: "Aangeboden overdracht, beoordelen binnen {review}.",
    DueKind.AWAIT_HANDOVER: "Aangeboden aan Werkzaak, antwoord verwacht binnen {review}.",
    DueKind.READ_FEEDBACK: "Na een overdracht vertelt de klantmanager hoe het ging, na {feedback}.",
    DueKind.WRITE_FEEDBACK: "Terugmelding aan de laatste consulent, {feedback} na de overdracht.",
    DueKind.MESSAGE: "Een collega heeft iets voor u vastgelegd.",
    DueKind.PROFILE_CORRECTED: "Werkzaak corrigeerde het klantprofiel, met een reden.",
    DueKind.AGREEMENT: "Er is een afspraak gemaakt.",
    DueKind.EXEMPTION_PLAN: "Bij deze ontheffing hoort een plan, uiterlijk op {due}.",
    DueKind.EXEMPTION_REVIEW: "Deze ontheffing wordt beoordeeld, uiterlijk op {due}.",
    DueKind.SIGNAL_REVIEW: "Een consulent legde een maatregelsignaal voor, norm {signal}.",
    DueKind.SIGNAL_RETURNED: "De coördinator stuurde uw maatregelsignaal terug, met een reden.",
    DueKind.SIGNAL_OUTCOME: "Werkzaak heeft de uitkomst van uw maatregelsignaal gemeld.",
    DueKind.QUESTION: "De coördinator vraagt iets over een gespreksverslag.",
    DueKind.QUESTION_ASKED: "Er is iets gevraagd over een gespreksverslag.",
    DueKind.ANSWER: "De vraag over een gespreksverslag is beantwoord.",
}

_DISAPPEARS: Mapping[DueKind, str] = {
    DueKind.FOLLOW_UP: "Verdwijnt als u de opvolging afhandelt of verzet.",
    DueKind.CONTACT: "Verdwijnt na een gesprek met de inwoner.",
    DueKind.TWELVE_MONTHS: "Verdwijnt na een gesprek met de inwoner.",
    DueKind.CLASSIFY: "Verdwijnt als u een ander traject kiest.",
    DueKind.REST_DECISION: "Verdwijnt als u de rust verlengt of een ander traject kiest.",
    DueKind.ARRANGE_HANDOVER: (
        "Verdwijnt als u de overdracht aanbiedt of een ander traject kiest."
    ),
    DueKind.PENSION_APPROACHING: "Verdwijnt als u aangeeft dat u dit hebt gezien.",
    DueKind.PENSION_REACHED: (
        "Verdwijnt als u het traject stopt. U kunt ook uitstellen tot een datum."
    ),
    DueKind.ASSIGN: "Verdwijnt als u het dossier toewijst.",
    DueKind.REVIEW_HANDOVER: "Verdwijnt als u de overdracht accepteert of terugstuurt.",
    DueKind.AWAIT_HANDOVER: "Verdwijnt als Werkzaak antwoordt, of als u de overdracht intrekt.",
    DueKind.READ_FEEDBACK: "Verdwijnt als de terugmelding er is en u die hebt gelezen.",
    DueKind.WRITE_FEEDBACK: "Verdwijnt als u de terugmelding schrijft.",
    DueKind.MESSAGE: "Verdwijnt als u het bericht als gelezen markeert.",
    DueKind.PROFILE_CORRECTED: "Verdwijnt als u bij het verloop aangeeft dat u dit hebt gezien.",
    DueKind.AGREEMENT: "Verdwijnt als u vastlegt hoe de afspraak is afgelopen.",
    DueKind.EXEMPTION_END: (
        "Verdwijnt als u de ontheffing verlengt, beëindigt of vastlegt dat zij afloopt."
    ),
    DueKind.EXEMPTION_PLAN: "Verdwijnt als u vastlegt dat het plan er is.",
    DueKind.EXEMPTION_REVIEW: "Verdwijnt als u de beoordeling vastlegt.",
    DueKind.SIGNAL_REVIEW: "Verdwijnt als u het signaal goedkeurt of terugstuurt.",
    DueKind.SIGNAL_RETURNED: "Verdwijnt als u het signaal opnieuw voorlegt of intrekt.",
    DueKind.SIGNAL_OUTCOME: "Verdwijnt als u aangeeft dat u dit hebt gezien.",
    DueKind.QUESTION: "Verdwijnt als u antwoord geeft.",
    DueKind.QUESTION_ASKED: "Verdwijnt na een antwoord, of als u de vraag intrekt.",
    DueKind.ANSWER: "Verdwijnt als u het antwoord als gelezen markeert.",
}


def _way_out(kind: DueKind, due_on: date, today: date, norms: Norms) -> str:
    """Return what makes it disappear; contact also by a follow-up soon enough after the norm."""
    latest = add_weeks(due_on, norms.follow_up_slack_weeks)
    if kind is DueKind.CONTACT and latest >= today:
        return (
            "Verdwijnt na een gesprek met de inwoner, "
            f"of met een opvolgdatum uiterlijk op {dutch_date(latest)}."
        )
    return _DISAPPEARS[kind]


def _contact(
    track: TrackKind, track_since: date, last_contact_on: date | None, today: date, norms: Norms
) -> str:
    """Return why contact is due: counted from the later of last contact and start of the track."""
    if track is TrackKind.UNDER_INVESTIGATION:
        norm = count_of(norms.investigation_contact_weeks, "week", "weken")
    else:
        norm = count_of(norms.support_contact_months, "maand", "maanden")
    if last_contact_on is None or last_contact_on < track_since:
        return (
            f"Nog geen contact sinds de start van dit traject op {dutch_date(track_since)}, "
            f"norm {norm}."
        )
    return f"{_last_contact(last_contact_on, today)}, norm {norm}."


def _last_contact(last_contact_on: date | None, today: date) -> str:
    if last_contact_on is None:
        return "Nog geen contact sinds de opening"
    return f"Laatste contact {distance(last_contact_on, today)}"


def _rest(planned_end: date | None, today: date, norms: Norms) -> str:
    if planned_end is None:
        return "Rust zonder einddatum."
    if planned_end < today:
        return f"Besluit te laat: de rust was bedoeld tot {dutch_date(planned_end)}."
    weeks = count_of(norms.rest_decision_weeks, "week", "weken")
    return f"Rust tot {dutch_date(planned_end)}, besluit {weeks} van tevoren."


def _exemption_end(due_on: date, today: date, norms: Norms) -> str:
    """Return until when the exemption reaches: the item is due so many weeks before its end."""
    ends_on = add_weeks(due_on, norms.exemption_notice_weeks)
    if ends_on < today:
        return f"De ontheffing is verlopen op {dutch_date(ends_on)}."
    weeks = count_of(norms.exemption_notice_weeks, "week", "weken")
    return f"De ontheffing loopt tot en met {dutch_date(ends_on)}, besluit {weeks} van tevoren."


def _pension(due_on: date | None, aow_on: date | None, today: date) -> str:
    if aow_on is None:
        return "AOW-datum nog onbekend."
    if aow_on > today:
        return f"AOW-leeftijd op {dutch_date(aow_on)}, {distance(aow_on, today)}."
    reached = f"AOW-leeftijd bereikt op {dutch_date(aow_on)}"
    if due_on is not None and due_on != aow_on:
        return f"{reached}, stoppen uitgesteld tot {dutch_date(due_on)}."
    return f"{reached}."
