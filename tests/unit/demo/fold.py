"""The demo history played into plain dictionaries: what the application should end up with."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from kp4web.demo.events import (
    AcceptHandover,
    Assign,
    ChangeTrack,
    CompleteFollowUp,
    DossierEvent,
    EndSubgroup,
    Event,
    ExtendRest,
    FollowUpPlan,
    LeaveMessage,
    MoveFollowUp,
    OfferHandover,
    OpenDossier,
    Person,
    RecordConversation,
    RecordPensionSeen,
    ReopenDossier,
    SetSubgroup,
    SettleMessage,
    StopDossier,
)
from kp4web.demo.story import DEFAULT_SEED, history
from kp4web.domain.tracks import StopReason, Subgroup, TrackKind

STOPPED = TrackKind.STOPPED


@cache
def story(today: date, seed: int = DEFAULT_SEED) -> tuple[Event, ...]:
    return history(seed, today)


@dataclass
class Row:
    valid_from: date
    kind: TrackKind
    planned_end: date | None = None
    stop_reason: StopReason | None = None


@dataclass
class Dossier:
    key: str
    number: str
    person: Person
    opened_on: date
    rows: list[Row] = field(default_factory=list)
    lead: str | None = None
    events: list[DossierEvent] = field(default_factory=list)
    open: dict[str, date] = field(default_factory=dict)
    unread: dict[str, date] = field(default_factory=dict)
    subgroups: list[tuple[Subgroup, date, date | None]] = field(default_factory=list)
    contacts: list[date] = field(default_factory=list)
    pension_seen: bool = False

    @property
    def kind(self) -> TrackKind:
        return self.rows[-1].kind

    def kind_on(self, day: date) -> TrackKind | None:
        running = [row.kind for row in self.rows if row.valid_from <= day]
        return running[-1] if running else None

    def in_group(self, subgroup: Subgroup, day: date) -> bool:
        return any(
            group is subgroup and since <= day and (until is None or until > day)
            for group, since, until in self.subgroups
        )


def play(events: tuple[Event, ...]) -> dict[str, Dossier]:
    """Return the dossiers by key; a follow-up that is not open cannot be closed: KeyError."""
    dossiers: dict[str, Dossier] = {}
    offered: dict[str, OfferHandover] = {}
    for event in events:
        match event:
            case OfferHandover():
                offered[event.handover] = event
            case OpenDossier() | AcceptHandover():
                dossiers[event.dossier] = opened(event, offered)
            case Assign():
                for key in event.dossiers:
                    dossiers[key].lead = event.user
            case DossierEvent():
                follow(dossiers[event.dossier], event)
        if isinstance(event, DossierEvent):
            dossiers[event.dossier].events.append(event)
    return dossiers


def opened(event: OpenDossier | AcceptHandover, offered: dict[str, OfferHandover]) -> Dossier:
    if isinstance(event, OpenDossier):
        person, on = event.person, event.opened_on
    else:
        person, on = offered.pop(event.handover).person, event.day
    row = Row(on, TrackKind.UNDER_INVESTIGATION)
    return Dossier(event.dossier, event.number, person, on, [row])


def follow(dossier: Dossier, event: DossierEvent) -> None:
    change_track(dossier, event)
    change_list(dossier, event)


def change_track(dossier: Dossier, event: DossierEvent) -> None:
    match event:
        case ChangeTrack():
            dossier.rows.append(Row(event.valid_from, event.kind, event.planned_end))
            if event.kind is TrackKind.REST:
                dossier.open = {key: dossier.open[key] for key in event.keep}
        case ExtendRest():
            dossier.rows.append(Row(event.day, TrackKind.REST, event.planned_end))
        case StopDossier():
            dossier.rows.append(Row(event.valid_from, STOPPED, None, event.stop_reason))
            dossier.open.clear()
            dossier.unread.clear()
        case ReopenDossier():
            dossier.rows.append(Row(event.valid_from, event.kind, event.planned_end))
        case SetSubgroup():
            dossier.subgroups.append((event.subgroup, event.valid_from, None))
        case EndSubgroup():
            dossier.subgroups = [
                (group, since, event.valid_to if group is event.subgroup else until)
                for group, since, until in dossier.subgroups
            ]


def change_list(dossier: Dossier, event: DossierEvent) -> None:
    match event:
        case RecordConversation():
            talk(dossier, event)
        case MoveFollowUp():
            assert dossier.open[event.follow_up]
            dossier.open[event.follow_up] = event.due_on
        case CompleteFollowUp():
            del dossier.open[event.follow_up]
        case LeaveMessage():
            dossier.unread[event.message] = event.day
        case SettleMessage():
            del dossier.unread[event.message]
        case RecordPensionSeen():
            dossier.pension_seen = True


def talk(dossier: Dossier, event: RecordConversation) -> None:
    for key in event.done:
        del dossier.open[key]
    plan: FollowUpPlan | None = event.follow_up
    if plan is not None:
        dossier.open[plan.key] = plan.due_on
    if event.message is not None:
        dossier.unread[event.message] = event.day
    if event.outcome == "held" and "resident" in event.participants:
        dossier.contacts.append(event.held_on)


def kinds_on(dossiers: dict[str, Dossier], day: date, prefix: str = "wb-") -> Counter[str]:
    """Return the number of dossiers of a municipality per track on a day."""
    found = (d.kind_on(day) for key, d in dossiers.items() if key.startswith(prefix))
    return Counter(kind.value for kind in found if kind is not None)
