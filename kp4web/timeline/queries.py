"""
Reading one dossier: the head, the people around the resident, and its timeline.

Three statements whatever the length of the history; what the actor may not see is not selected,
or is left out here. Templates get the frozen view objects and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kp4web.clients.models import ContactPreference, HouseholdRelation
from kp4web.clients.queries import masked_bsn, name_of
from kp4web.domain.actor import Actor
from kp4web.domain.attempts import signal_words
from kp4web.domain.bands import band
from kp4web.domain.dates import add_months, distance, whole_years
from kp4web.domain.due import ABOUT_QUESTIONS, DueKind
from kp4web.domain.due_words import DueGroup, explain, group
from kp4web.domain.errors import NotFound
from kp4web.domain.exemptions import until_words
from kp4web.domain.names import display_name
from kp4web.domain.policy import (
    Access,
    Action,
    Field,
    Relation,
    access,
    may,
    opened_by_reason,
    relations,
    shown_as_hidden,
    visible_fields,
)
from kp4web.domain.talks import (
    TalkHow,
    TalkPlan,
    follow_up_label,
    follow_up_words,
    moved_words,
)
from kp4web.domain.tracks import Subgroup, TrackKind
from kp4web.dossiers.queries import NO_DOSSIER, reach_of
from kp4web.extensions import AnyRow, rows_of
from kp4web.needs.queries import writes_headings
from kp4web.organisations.models import norms_in
from kp4web.organisations.queries import desk_of, guide_of
from kp4web.timeline.entries import Year, by_year, first_page
from kp4web.timeline.events import Kind, events_of
from kp4web.timeline.parameters import NO_DAY, NO_ID
from kp4web.timeline.pieces import (
    AgreementLine,
    Around,
    Born,
    Bsn,
    ContactLine,
    Due,
    Head,
    Member,
    Partner,
    Person,
    Profile,
    Rights,
    WhoDoesWhat,
)
from kp4web.timeline.standing import agreements_of, headings_of
from kp4web.timeline.statements import AROUND, HEAD

NO_LEAD = "Nog niet toegewezen"
PAGE_ENTRIES = 12
"""Entries on one page of the timeline; an entry can hold several events."""
ROWS_READ = 60
"""Events read to fill a page."""
ROWS_WHOLE = 5000
"""Events on the whole timeline; beyond it a page says that there is more."""
FIRST_DAY = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the timeline to begin: the events before this one."""

    on: date = NO_DAY
    sort: int = 99
    id: int = NO_ID

    @property
    def is_newest(self) -> bool:
        """Return whether this is the top of the timeline."""
        return self.on == NO_DAY

    def __str__(self) -> str:
        return f"{self.on.isoformat()}_{self.sort}_{self.id}"


def place_from(text: str) -> Place:
    """Return the place that an address names (a day, or an event), or the top of the timeline."""
    day, _, rest = text[:40].partition("_")
    sort, _, row = rest.partition("_")
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return Place()
    if not (sort.isdecimal() and row.isdecimal() and sort.isascii() and row.isascii()):
        return Place(on)
    return Place(on, min(int(sort), 99), min(int(row), NO_ID))


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the timeline is asked for; no kinds are all kinds."""

    kinds: frozenset[Kind] = frozenset()
    since: date | None = None
    until: date | None = None
    """The last day of the period."""
    whole: bool = False
    """Everything at once, each report in full: to print, or to read without paging."""

    def starting(self, place: Place) -> Place:
        """Return where to begin: the place, but not after the period."""
        if self.until is None or place.on <= self.until:
            return place
        return Place(self.until)


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of the timeline, or the whole of it."""

    choice: Choice
    years: tuple[Year, ...]
    place: Place
    earlier: Place | None
    """Where the next page begins, when there is one."""

    @property
    def count(self) -> int:
        """Return how many entries there are on this page."""
        return sum(len(year.entries) for year in self.years)

    @property
    def days(self) -> tuple[date, date] | None:
        """Return the first and the last day on this page."""
        if not self.years:
            return None
        return self.years[-1].entries[-1].day, self.years[0].entries[0].day


def head_for(session: Session, actor: Actor, number: str, *, today: date) -> Head:
    """Return the head of the dossier; raises ``NotFound`` out of reach, or ``Forbidden``."""
    row = rows_of(session, HEAD, {"number": number, **reach_of(actor)}).one_or_none()
    if row is None:
        raise NotFound(NO_DOSSIER)
    held = relations(actor, lead_id=row.lead_id, dossier_id=row.id)
    sees, opens = visible_fields(held), opened_by_reason(held)
    late = row.kind is TrackKind.REST and row.planned_end is not None and row.planned_end < today
    return Head(
        id=row.id, number=row.number, client_id=row.client_id, relations=held, sees=sees,
        municipality_id=row.municipality_id, household_id=row.household_id,
        place=row.municipality if actor.municipality_id is None else "",
        rights=_rights(actor, held, row.kind),
        person=_person(row) if Field.PERSON in sees else None,
        born=_born(row, today) if Field.BIRTH in sees else None,
        approach=row.approach if Field.APPROACH in sees else "",
        bsn=_bsn(row) if Field.BSN in sees else None,
        kind=row.kind, since=row.track_since, planned_end=row.planned_end, decides_late=late,
        stop_reason=row.stop_reason, reason=row.reason, avoid=row.avoid,
        exemption=_exemption(row, today) if Field.EXEMPTION in sees else None,
        exemption_is_due=row.exemption_id is None or (row.ends_on or NO_DAY) < today,
        lead=(row.lead or NO_LEAD) if Field.ASSIGNMENT in sees else None,
        who=_who(row) if row.kind.active and Field.ASSIGNMENT in sees else None,
        last_contact_on=row.last_contact_on,
        last_contact=distance(row.last_contact_on, today) if row.last_contact_on else "",
        unreached=signal_words(row.attempts_since_contact), opened_on=row.opened_on,
        profile=Profile(row.profile, row.profile_on, row.profile_by)
        if row.profile and Field.PROFILE in sees else None,
        opens=tuple(field.label for field in opens),
        hidden=tuple(field.label for field in shown_as_hidden(held) if field not in opens),
        aow_on=row.pension_on, norms=norms_in(row),
    )  # fmt: skip


def _exemption(row: AnyRow, today: date) -> str:
    return "Geen ontheffing" if row.exemption_id is None else until_words(row.ends_on, today)


def _who(row: AnyRow) -> WhoDoesWhat:
    return WhoDoesWhat(guide_of(row), row.guided_since, row.lead_since, desk_of(row, "payer"))


def _person(row: AnyRow) -> Person:
    preference: ContactPreference | None = row.contact_preference
    town = " ".join(part for part in (row.postcode, row.town) if part)
    return Person(
        name=name_of(row),
        given_name=row.given_name, address=tuple(line for line in (row.street, town) if line),
        phone=row.phone, email=row.email, interpreter=row.interpreter,
        contact_preference=preference.label if preference else "",
    )  # fmt: skip


def _born(row: AnyRow, today: date) -> Born:
    age = whole_years(row.birth_date, today)
    return Born(row.birth_date, age, row.pension_on, row.pension_provisional)


def _rights(actor: Actor, held: frozenset[Relation], kind: TrackKind) -> Rights:
    def writes(action: Action, field: Field, level: Access = Access.WRITE) -> bool:
        return may(actor, action) and access(held, field) >= level

    return Rights(
        change_person=writes(Action.CLIENT_CHANGE, Field.PERSON),
        change_household=writes(Action.CLIENT_CHANGE, Field.BIRTH),
        change_contacts=writes(Action.CLIENT_CHANGE, Field.CONTACTS),
        reveal_bsn=writes(Action.BSN_REVEAL, Field.BSN, Access.READ),
        record=writes(Action.CONVERSATION_RECORD, Field.OWN_ENTRY),
        leave_message=may(actor, Action.MESSAGE_LEAVE) and Relation.COLLEAGUE in held,
        ask_question=kind.active
        and writes(Action.QUESTION_ASK, Field.QUESTIONS)
        and Relation.LEAD not in held,
        change_track=writes(Action.TRACK_CHANGE, Field.TRACK),
        assign=kind.active and writes(Action.DOSSIER_ASSIGN, Field.ASSIGNMENT),
        read_questionnaires=writes(Action.QUESTIONNAIRE_FILL_IN, Field.OUTCOME, Access.READ),
        write_headings=writes_headings(actor, held),
        read_signal=writes(Action.SIGNAL_READ, Field.SANCTION_SIGNAL, Access.READ),
        prepare_access=writes(Action.ACCESS_REQUEST_PREPARE, Field.ACCESS_REQUEST),
        read_looked=writes(Action.LOOKED_READ, Field.LOOKED, Access.READ),
        plan_follow_up=kind.active and writes(Action.FOLLOW_UP_CHANGE, Field.FOLLOW_UP_WHAT),
    )


def _bsn(row: AnyRow) -> Bsn:
    return Bsn(masked_bsn(row))


def around_for(session: Session, actor: Actor, head: Head, *, today: date) -> Around:
    """Return what stands around a dossier whose head this actor has read; one query."""
    parts: dict[str, list[AnyRow]] = {}
    for row in rows_of(session, AROUND, keys_of(actor, head) | reach_of(actor)):
        parts.setdefault(row.part, []).append(row)
    agreements = agreements_of(parts.get("agreement", ()), actor, head)
    due = sorted(_once(parts.get("due", ())), key=lambda row: (row.day, row.row_id))
    tracks = sorted(parts["track"], key=lambda row: row.day)
    contacts = sorted(parts.get("contact", ()), key=lambda row: (row.until is not None, row.text))
    return Around(
        due=tuple(_due(row, actor, head, agreements, today) for row in due),
        agreements=tuple(
            line
            for line in agreements.values()
            if not any(row.code == DueKind.AGREEMENT and row.ref == line.id for row in due)
        ),
        subgroups=tuple(sorted(Subgroup(row.code).label for row in parts.get("subgroup", ()))),
        partners=tuple(_partner(row, today) for row in parts.get("partner", ())),
        members=tuple(
            _member(row, today) for row in sorted(parts.get("member", ()), key=_oldest_first)
        ),
        contacts=tuple(_contact(row, today) for row in contacts)
        if Field.CONTACTS in head.sees
        else None,
        headings=headings_of(parts.get("heading", ()), head.kind)
        if Field.SUPPORT_NEEDS in head.sees
        else None,
        band=band(((TrackKind(row.code), row.day, row.until) for row in tracks), today),
        starts_on=tracks[0].day,
    )


def _once(rows: Sequence[AnyRow]) -> list[AnyRow]:
    """Leave out that the coordinator waits for an answer where it says who is to give it."""
    asked = {row.ref for row in rows if row.code == DueKind.QUESTION}
    return [row for row in rows if row.code != DueKind.QUESTION_ASKED or row.ref not in asked]


def _oldest_first(row: AnyRow) -> tuple[date, str]:
    return row.other_day or NO_DAY, row.text


def keys_of(actor: Actor, head: Head) -> dict[str, Any]:
    """Return the parameters of every statement: which dossier, and what may be read."""
    return {
        "dossier_id": head.id, "client_id": head.client_id, "household_id": head.household_id,
        "actor_id": actor.id,
        "reads_reports": Field.REPORTS in head.sees,
        "reads_needs": Field.SUPPORT_NEEDS in head.sees,
        "reads_questions": Field.QUESTIONS in head.sees,
        "reads_what": Field.FOLLOW_UP_WHAT in head.sees,
        "reads_birth": Field.BIRTH in head.sees,
        "reads_dates": Field.FOLLOW_UP_DATE in head.sees,
        "reads_contacts": Field.CONTACTS in head.sees,
        "reads_handover": Field.HANDOVER in head.sees,
        "reads_questionnaires": Field.QUESTIONNAIRES in head.sees,
        "reads_outcome": Field.OUTCOME in head.sees,
        "reads_exemption": Field.EXEMPTION in head.sees,
        "reads_why_exempt": Field.EXEMPTION_JUSTIFICATION in head.sees,
        "reads_signal": Field.SANCTION_SIGNAL in head.sees,
    }  # fmt: skip


def _due(
    row: AnyRow, actor: Actor, head: Head, agreements: Mapping[int, AgreementLine], today: date
) -> Due:
    kind = DueKind(row.code)
    agreement = agreements.get(row.ref) if kind is DueKind.AGREEMENT else None
    is_follow_up, is_message = kind is DueKind.FOLLOW_UP, kind is DueKind.MESSAGE
    words = explain(
        kind, due_on=row.day, today=today, track=head.kind, track_since=head.since,
        last_contact_on=head.last_contact_on, planned_end=head.planned_end,
        aow_on=head.aow_on, norms=head.norms,
    )  # fmt: skip
    own = row.note == str(actor.id)
    called = follow_up_label(row.at) if is_follow_up else kind.label

    def writes(action: Action, field: Field) -> bool:
        return may(actor, action) and (own or access(head.relations, field) >= Access.WRITE)

    return Due(
        kind=kind.value, label=agreement.title if agreement else called,
        what=agreement.what if agreement else _planned(row) if is_follow_up else "",
        at=row.at, moved=moved_words(row.moves or 0),
        why="" if is_follow_up or is_message else words.why,
        due_on=row.day, distance=distance(row.day, today),
        is_late=group(row.day, today) is DueGroup.LATE, is_today=row.day == today,
        is_far=row.day > add_months(today, 12), for_whom=row.more or "",
        follow_up_id=row.ref if is_follow_up else None,
        may_move=is_follow_up and writes(Action.FOLLOW_UP_CHANGE, Field.FOLLOW_UP_DATE),
        may_complete=is_follow_up and writes(Action.FOLLOW_UP_CHANGE, Field.FOLLOW_UP_WHAT),
        message_id=row.ref if is_message else None,
        may_settle_message=is_message and writes(Action.DUE_ITEM_SETTLE, Field.REPORTS),
        agreement_id=agreement.id if agreement else None,
        may_settle_agreement=agreement is not None and agreement.may_settle,
        question_id=row.ref if kind in ABOUT_QUESTIONS and Field.QUESTIONS in head.sees else None,
        postpones=kind is DueKind.PENSION_REACHED,
        may_settle_pension=_is_pension_due(kind, row.day, today)
        and writes(Action.DUE_ITEM_SETTLE, Field.TRACK),
    )  # fmt: skip


def _planned(row: AnyRow) -> str:
    """Return what a follow-up is about, with how and where of a planned talk."""
    talk = row.how and TalkPlan(row.at, TalkHow(row.how), row.minutes, row.place)
    return follow_up_words(
        row.text or "", talk, is_activation=row.extra is not None, activation_reason=row.extra or ""
    )


def _is_pension_due(kind: DueKind, due_on: date, today: date) -> bool:
    return kind in {DueKind.PENSION_APPROACHING, DueKind.PENSION_REACHED} and due_on <= today


def _partner(row: AnyRow, today: date) -> Partner:
    name = display_name(surname=row.text, prefix=row.more, initials=row.extra, given_name=row.code)
    return Partner(name, row.other_day, whole_years(row.other_day, today), row.note or "")


def _member(row: AnyRow, today: date) -> Member:
    born = row.other_day
    return Member(
        row.row_id, row.text, HouseholdRelation(row.code).label, born,
        whole_years(born, today) if born else None,
        row.until if row.until and row.until <= today else None,
    )  # fmt: skip


def _contact(row: AnyRow, today: date) -> ContactLine:
    return ContactLine(
        row.row_id, row.text, ", ".join(part for part in (row.more, row.extra) if part),
        row.code, row.day, row.until, row.other_day,
        is_past=row.until is not None and row.until < today,
    )  # fmt: skip


def timeline_for(
    session: Session,
    actor: Actor,
    head: Head,
    *,
    choice: Choice | None = None,
    place: Place | None = None,
    started: int | None = None,
) -> Timeline:
    """
    Return one page of the timeline of a dossier whose head this actor has read; one query.

    ``started``: the year whose heading already stands above this page.
    """
    choice, place = choice or Choice(), place or Place()
    begin = choice.starting(place)
    read, size = (ROWS_WHOLE, ROWS_WHOLE) if choice.whole else (ROWS_READ, PAGE_ENTRIES)
    keys = keys_of(actor, head) | {
        "on": begin.on, "sort": begin.sort, "id": begin.id, "rows": read,
        "since": choice.since or FIRST_DAY, "whole": choice.whole,
    }  # fmt: skip
    rows = rows_of(session, events_of(choice.kinds), keys).all()
    shown = first_page(rows, size)
    last = shown[-1] if len(shown) < len(rows) or len(rows) == read else None
    return Timeline(
        choice=choice, years=by_year(shown, started=started), place=place,
        earlier=Place(last.day, last.sort, last.id) if last else None,
    )  # fmt: skip
