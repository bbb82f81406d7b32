"""From the rows of the timeline to what stands on the screen: a title, an icon, the text."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby
from typing import Any, NamedTuple

from kp4web.conversations.models import AdditionKind, AttemptOutcome, Channel, Participant
from kp4web.corrections.models import Corrected
from kp4web.domain.agreements import AgreementEnding, Party, agreed_title
from kp4web.domain.dates import count_of, dutch_date
from kp4web.domain.exemptions import Act
from kp4web.domain.handovers import HandoverKind, HandoverState
from kp4web.domain.headings import Heading
from kp4web.domain.participation import touched
from kp4web.domain.sanctions import SignalOutcome, SignalState
from kp4web.domain.talks import TalkHow, activation_words
from kp4web.domain.tracks import StopReason, Subgroup, TrackKind
from kp4web.dossiers.models import Origin
from kp4web.extensions import AnyRow
from kp4web.questionnaires.models import QuestionnaireState
from kp4web.worklist.models import FollowUpEnding


@dataclass(frozen=True, slots=True)
class Entry:
    """One event on the timeline; what the actor may not read is not in it."""

    kind: str
    day: date
    title: str
    icon: str
    tone: str = "neutral"
    at: time | None = None
    author: str = ""
    text: str = ""
    details: tuple[str, ...] = ()
    is_cut: bool = False
    """There is more of the text than stands here."""
    conversation_id: int | None = None
    """The conversation to open for the whole report, when this actor may read it."""
    asked: int | None = None
    """How many questions there are about this conversation, when they are for this actor."""
    talk_id: int | None = None
    """The conversation that can be asked about."""
    questionnaire_id: int | None = None
    """The questionnaire to open, when this actor may read its outcome."""
    is_open: bool = False
    """That questionnaire is still being filled in."""

    @property
    def is_minor(self) -> bool:
        """Return whether it is book-keeping: shown smaller than what happened to the resident."""
        return self.kind in _MINOR


@dataclass(frozen=True, slots=True)
class Year:
    """The entries of one year, the newest first."""

    year: int
    entries: tuple[Entry, ...]
    continues: bool = False
    """The year began on an earlier part of the timeline: no second heading."""


TRACK_ICONS: Mapping[TrackKind, str] = {
    TrackKind.REST: "moon",
    TrackKind.SUPPORT: "lifebuoy",
    TrackKind.KP3: "trending-up",
    TrackKind.UNDER_INVESTIGATION: "zoom-question",
    TrackKind.STOPPED: "circle-minus",
}
_MINOR = frozenset(
    {"planned", "moved", "ended", "agreed", "agreement_ended", "assignment", "assignment_end",
     "correction", "subgroup", "subgroup_end"}
)  # fmt: skip
_SPOKEN: Mapping[Channel, tuple[str, str]] = {
    Channel.FACE_TO_FACE: ("Gesprek op kantoor", "message"),
    Channel.PHONE: ("Telefonisch gesprek", "phone"),
    Channel.HOME_VISIT: ("Huisbezoek", "home-heart"),
    Channel.VIDEO: ("Videogesprek", "video"),
    Channel.IN_WRITING: ("Schriftelijk contact", "mail"),
}


_ENDINGS: Mapping[AgreementEnding, tuple[str, str]] = {
    AgreementEnding.KEPT: ("check", "ok"),
    AgreementEnding.NOT_KEPT: ("x", "warn"),
    AgreementEnding.DROPPED: ("circle-minus", "neutral"),
}


class Words(NamedTuple):
    """What an event is called, how it looks, and lines under its text."""

    title: str
    icon: str
    tone: str = "neutral"
    details: tuple[str, ...] = ()


def by_year(rows: Sequence[AnyRow], *, started: int | None = None) -> tuple[Year, ...]:
    """Return the rows as entries per year; ``started`` is the year that has its heading."""
    return tuple(
        Year(year, tuple(of_year), continues=year == started)
        for year, of_year in groupby(_folded(rows), key=lambda entry: entry.day.year)
    )


def first_page(rows: Sequence[AnyRow], size: int) -> Sequence[AnyRow]:
    """Return the rows of whole days, at least one, that together make at most ``size`` entries."""
    count = end = 0
    for _day, of_day in groupby(rows, key=lambda row: row.day):
        day = list(of_day)
        hosts = _hosts(day)
        count += sum(_host(row, hosts) is None for row in day)
        if end and count > size:
            break
        end += len(day)
    return rows[:end]


def _folded(rows: Sequence[AnyRow]) -> Iterable[Entry]:
    """Yield the entries; what was planned or settled in a conversation stands with it."""
    hosts = _hosts(rows)
    guests: dict[int, list[str]] = {}
    for row in rows:
        if (host := _host(row, hosts)) is not None:
            words = _MAKERS[row.kind](row)
            said = f"{words.title}: {row.text}" if row.text else words.title
            guests.setdefault(host, []).append(". ".join((said.rstrip("."), *words.details)))
    for row in rows:
        if _host(row, hosts) is None:
            yield _entry(row, guests.get(row.id, ()) if row.kind == "conversation" else ())


def _hosts(rows: Sequence[AnyRow]) -> dict[Any, int]:
    """Return the conversations by their id, and by day and author."""
    hosts: dict[Any, int] = {}
    for row in rows:
        if row.kind == "conversation":
            hosts[row.id] = row.id
            hosts.setdefault((row.day, row.author_id), row.id)
    return hosts


def _host(row: AnyRow, hosts: Mapping[Any, int]) -> int | None:
    """Return the conversation that this row stands with, if it is among the rows."""
    if row.kind in {"planned", "agreed"}:
        return hosts.get(row.ref)
    settles = row.kind in {"ended", "agreement_ended"}
    return hosts.get((row.day, row.author_id)) if settles else None


def _entry(row: AnyRow, more: Iterable[str]) -> Entry:
    words = _MAKERS[row.kind](row)
    text = (row.text or "").strip()
    is_cut = bool(text) and len(row.text) < (row.size or 0)
    if is_cut:  # between two words
        text = f"{text.rsplit(maxsplit=1)[0].rstrip(',.;:')} …"
    is_talk = row.kind == "conversation"
    opens = row.id if is_talk and row.size is not None else None
    if row.kind == "addition":
        opens = row.ref
    return Entry(
        row.kind, row.day, words.title, words.icon, words.tone, at=row.at,
        author=row.author or "", text=text, details=(*words.details, *more), is_cut=is_cut,
        conversation_id=opens, asked=row.asked,
        talk_id=row.id if is_talk else None,
        questionnaire_id=row.id if _has_outcome(row) else None,
        is_open=row.kind == "questionnaire_begun",
    )  # fmt: skip


def _has_outcome(row: AnyRow) -> bool:
    """Return whether there is a questionnaire to open that this actor may read."""
    completed = row.kind == "questionnaire" and row.code == QuestionnaireState.COMPLETED
    return row.kind == "questionnaire_begun" or (completed and row.note is not None)


def _conversation(row: AnyRow) -> Words:
    title, icon = _SPOKEN[Channel(row.code)]
    present = [Participant(value).label for value in json.loads(row.more or "[]")]
    beside = [name for name in present if name != Participant.RESIDENT.label]
    if present and len(beside) == len(present):
        title += " zonder de inwoner"
    details = (f"Erbij: {', '.join(beside).lower()}",) if beside else ()
    about = touched(json.loads(row.extra or "[]"), int(row.note) if row.note else None)
    added = f"{count_of(row.ref or 0, 'aanvulling', 'aanvullingen')} bij dit verslag"
    return Words(title, icon, "info", (*details, *about, *([added] if row.ref else ())))


def _addition(row: AnyRow) -> Words:
    kind = AdditionKind(row.code)
    reason = (f"Reden: {row.note}",) if row.note else ()
    icon = "message" if kind is AdditionKind.RESPONSE else "pencil"
    about = f"op het verslag van {dutch_date(row.until)}"
    if kind is AdditionKind.ADDITION:
        about = f"bij het verslag van {dutch_date(row.until)}"
    return Words(f"{kind.label} {about}", icon, details=reason)


def _attempt(row: AnyRow) -> Words:
    outcome = AttemptOutcome(row.more).label.lower()
    how = Channel(row.code).label.lower()
    return Words(f"Contactpoging, {how}: {outcome}", "x", "warn")


def _message(row: AnyRow) -> Words:
    return Words("Bericht van een collega", "message-plus", "warn")


def _planned(row: AnyRow) -> Words:
    whom = f" voor {row.more}" if row.more else ""
    title = f"{_called(row.extra)} gepland op {dutch_date(row.until)}{_at(row.extra)}{whom}"
    place = ", ".join(part for part in (row.code and TalkHow(row.code).label, row.place) if part)
    purpose = activation_words(row.note) if row.note is not None else ""
    return Words(title, "calendar-event", details=tuple(t for t in (place, purpose) if t))


def _moved(row: AnyRow) -> Words:
    days = (
        f"{dutch_date(row.other_day)}{_at(row.extra)} naar {dutch_date(row.until)}{_at(row.more)}"
    )
    place = () if row.place is None else (f"Plaats: {row.place or 'niet meer ingevuld'}",)
    return Words(f"{_called(row.extra)} verzet van {days}", "calendar-due", details=place)


def _ended(row: AnyRow) -> Words:
    ending = FollowUpEnding(row.code).label.lower()
    return Words(f"{_called(row.extra)} {ending}", "check", "ok")


def _called(at: str | None) -> str:
    """Return what a follow-up is called: with a time it is a planned talk."""
    return "Gesprek" if at else "Opvolging"


def _at(at: str | None) -> str:
    """Return the time as it stands after a date; both databases begin with ``10:30``."""
    return f" om {at[:5]}" if at else ""


def _agreed(row: AnyRow) -> Words:
    ending = AgreementEnding(row.code) if row.code else None
    return Words(agreed_title(Party(row.more), row.until, ending), "note")


def _agreement_ended(row: AnyRow) -> Words:
    ending = AgreementEnding(row.code)
    icon, tone = _ENDINGS[ending]
    return Words(agreed_title(Party(row.more), ending=ending), icon, tone)


def _pension(row: AnyRow) -> Words:
    if row.until is None:
        return Words("AOW nadert: gezien", "cake")
    return Words(f"Stoppen bij AOW uitgesteld tot {dutch_date(row.until)}", "cake")


def _track(row: AnyRow) -> Words:
    kind = TrackKind(row.code)
    before = TrackKind(row.more) if row.more else None
    details = (f"Liever vermijden: {row.extra}",) if row.extra else ()
    return Words(_track_title(row, kind, before), TRACK_ICONS[kind], "info", details)


def _track_title(row: AnyRow, kind: TrackKind, before: TrackKind | None) -> str:
    if kind is TrackKind.STOPPED:
        return f"Dossier gestopt: {StopReason(row.note).label.lower()}"
    name = kind.label
    if kind is TrackKind.REST:
        name = f"Rust tot {dutch_date(row.until)}"
        if before is kind:
            return f"Rust verlengd tot {dutch_date(row.until)}"
    if before is None:
        return f"Eerste traject: {name}"
    return f"Dossier heropend: {name}" if before is TrackKind.STOPPED else f"Traject: {name}"


def _subgroup(row: AnyRow) -> Words:
    return Words(f"Subgroep: {Subgroup(row.code).label}", "flag")


def _subgroup_end(row: AnyRow) -> Words:
    return Words(f"Niet meer in subgroep: {Subgroup(row.code).label}", "flag")


def _profile(row: AnyRow) -> Words:
    return Words(f"Klantprofiel {row.ref} vastgesteld door {row.more}", "clipboard-list")


def _questionnaire(row: AnyRow) -> Words:
    if row.code == QuestionnaireState.DISCARDED:
        return Words("Vragenlijst weggegooid", "trash")
    title = f"Vragenlijst ingevuld bij {row.more}" if row.more else "Vragenlijst ingevuld"
    if row.note is None:  # the suggestion is not for this actor
        return Words(title, "list-check")
    suggestion = f"Voorstel: klantprofiel {row.ref}" if row.ref else "Geen voorstel"
    example = " (voorbeeldinhoud, niet gevalideerd)" if row.note == "example" else ""
    return Words(title, "list-check", details=(suggestion + example,))


def _questionnaire_begun(row: AnyRow) -> Words:
    return Words("Vragenlijst begonnen, nog niet af", "list-check", "warn")


def _handover(row: AnyRow) -> Words:
    if row.code == HandoverKind.KP3:
        tone = "ok" if row.note == HandoverState.ACCEPTED else "warn"
        label = HandoverState(row.note).label.lower()
        return Words(f"Overdracht aan Werkzaak {label}", "arrows-exchange", tone)
    return Words(f"Overdracht van {row.more} geaccepteerd", "arrows-exchange")


def _guidance(row: AnyRow) -> Words:
    decided = (f"Besluit van de raad: {row.note}",) if row.note else ()
    title = f"Begeleiding overgegaan van {row.more} naar {row.extra}"
    return Words(title, "arrows-exchange", details=decided)


def _opening(row: AnyRow) -> Words:
    taken_over = Origin(row.code) is Origin.TAKEN_OVER
    return Words(
        "Bestaand dossier overgenomen" if taken_over else "Dossier geopend na overdracht",
        "folder",
    )


def _assignment(row: AnyRow) -> Words:
    return Words(f"Toegewezen aan {row.more}", "user-plus")


def _heading(row: AnyRow) -> Words:
    done = "opgeschreven" if row.ref == 1 else "gewijzigd" if row.size else "leeggemaakt"
    return Words(f"{Heading(row.code).label} {done}", "heart")


def _assignment_end(row: AnyRow) -> Words:
    return Words(f"Niet meer toegewezen aan {row.more}", "user")


def _correction(row: AnyRow) -> Words:
    subject = Corrected(row.code)
    by = " door Werkzaak" if subject is Corrected.PROFILE else ""
    return Words(f"{subject.label} gecorrigeerd{by}", "pencil")


def _exemption(row: AnyRow) -> Words:
    reach = f" tot en met {dutch_date(row.until)}" if row.until else ", geen einddatum"
    since = f"vanaf {dutch_date(row.other_day)}{reach}"
    return Words(Act(row.code).label, "shield", "info", (f"{row.more} ({row.extra}), {since}",))


def _signal(row: AnyRow) -> Words:
    state = SignalState(row.code)
    title = f"Maatregelsignaal: {state.label.lower()}"
    if state is SignalState.ANSWERED and row.more:
        title = f"Maatregelsignaal: {SignalOutcome(row.more).label.lower()}"
    return Words(title, "flag", "warn")


_MAKERS: Mapping[str, Callable[[AnyRow], Words]] = {
    "conversation": _conversation,
    "addition": _addition,
    "attempt": _attempt,
    "message": _message,
    "planned": _planned,
    "moved": _moved,
    "ended": _ended,
    "agreed": _agreed,
    "agreement_ended": _agreement_ended,
    "pension": _pension,
    "track": _track,
    "subgroup": _subgroup,
    "subgroup_end": _subgroup_end,
    "profile": _profile,
    "questionnaire": _questionnaire,
    "questionnaire_begun": _questionnaire_begun,
    "guidance": _guidance,
    "handover": _handover,
    "handover_offered": lambda _: Words("Aangeboden aan Werkzaak", "send"),
    "opening": _opening,
    "assignment": _assignment,
    "assignment_end": _assignment_end,
    "heading": _heading,
    "correction": _correction,
    "exemption": _exemption,
    "signal": _signal,
}
