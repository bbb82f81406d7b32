"""The demo history played into plain dictionaries: what the application should end up with."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from kp4web.demo.answers import example
from kp4web.demo.cast import pension_on
from kp4web.demo.events import (
    AcceptHandover,
    AgreementPlan,
    Assign,
    ChangeTrack,
    CompleteFollowUp,
    CorrectTrack,
    DossierEvent,
    EndSubgroup,
    Event,
    ExtendRest,
    FollowUpPlan,
    LeaveMessage,
    MoveFollowUp,
    OfferHandover,
    OpenDossier,
    OpenWithReason,
    Person,
    RecordConversation,
    RecordPensionSeen,
    ReopenDossier,
    SetSubgroup,
    SettleMessage,
    StopDossier,
)
from kp4web.demo.intake_events import (
    CloseApplication,
    CompleteQuestionnaire,
    DetermineProfile,
    DiscardQuestionnaire,
    GiveAnswers,
    RegisterApplicant,
    ReturnHandover,
    StartQuestionnaire,
)
from kp4web.demo.story import DEFAULT_SEED, history
from kp4web.domain.applications import ApplicationState, state_of
from kp4web.domain.pension import months_until
from kp4web.domain.questionnaire.definition import Value
from kp4web.domain.questionnaire.outcome import Facts, outcome
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
    agreements: list[AgreementPlan] = field(default_factory=list)

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
        case CorrectTrack():
            dossier.rows[-1] = replace(dossier.rows[-1], valid_from=event.valid_from)
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
        case LeaveMessage() | OpenWithReason():
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
    dossier.agreements += event.agreements
    if event.message is not None:
        dossier.unread[event.message] = event.day
    if event.outcome == "held" and "resident" in event.participants:
        dossier.contacts.append(event.held_on)


def kinds_on(dossiers: dict[str, Dossier], day: date, prefix: str = "wb-") -> Counter[str]:
    """Return the number of dossiers of a municipality per track on a day."""
    found = (d.kind_on(day) for key, d in dossiers.items() if key.startswith(prefix))
    return Counter(kind.value for kind in found if kind is not None)


# ---------------------------------------------------------------------- intake


@dataclass
class Asked:
    key: str
    day: date
    by: str
    application: str
    dossier: str
    answers: dict[str, Value] = field(default_factory=dict)
    is_complete: bool = False
    is_discarded: bool = False


@dataclass
class Decided:
    profile: int
    municipality: str
    questionnaire: str
    suggested: int | None


@dataclass
class Applied:
    registered: RegisterApplicant
    all_asked: list[Asked] = field(default_factory=list)
    decided_after: int = 0
    """How many questionnaires there were at the last decision."""
    offered: bool = False
    accepted: bool = False
    returned: bool = False
    closed: bool = False

    @property
    def completed(self) -> list[Asked]:
        return [asked for asked in self.all_asked if asked.is_complete]

    @property
    def running(self) -> Asked | None:
        left = [a for a in self.all_asked if not a.is_complete and not a.is_discarded]
        return left[0] if left else None

    @property
    def state(self) -> ApplicationState:
        return state_of(
            closed=self.closed, offered=self.offered, accepted=self.accepted,
            returned=self.returned, running=self.running is not None,
            undecided_outcome=len(self.completed) > self.decided_after,
        )  # fmt: skip


@dataclass
class Desk:
    applications: dict[str, Applied] = field(default_factory=dict)
    questionnaires: dict[str, Asked] = field(default_factory=dict)
    handovers: dict[str, str] = field(default_factory=dict)
    decided: list[Decided] = field(default_factory=list)

    def of_dossiers(self) -> list[Asked]:
        return [asked for asked in self.questionnaires.values() if asked.dossier]

    def completed_of(self, handover: str) -> list[Asked]:
        key = self.handovers.get(handover)
        return self.applications[key].completed if key else []

    def earlier(self, asked: Asked) -> list[Asked]:
        """Return the completed ones of the same dossier before it, those of intake among them."""
        mine = {f"{asked.dossier}-a"}
        return [
            one for one in self.questionnaires.values()
            if one.is_complete and one.day < asked.day
            and (one.dossier == asked.dossier or one.application in mine)
        ]  # fmt: skip

    def born(self, dossier: str, events: tuple[Event, ...]) -> date:
        return play(events)[dossier].person.birth_date

    def answers(self) -> dict[str, dict[str, Value]]:
        return {key: asked.answers for key, asked in self.questionnaires.items()}


def intake(events: tuple[Event, ...]) -> Desk:
    """Return what the desk of intake should look like; a wrong order is a KeyError."""
    desk = Desk()
    for event in events:
        ask(desk, event)
        decide(desk, event)
    return desk


def ask(desk: Desk, event: Event) -> None:
    match event:
        case RegisterApplicant():
            desk.applications[event.application] = Applied(event)
        case StartQuestionnaire():
            asked = Asked(
                event.questionnaire, event.day, event.by, event.application, event.dossier
            )
            desk.questionnaires[event.questionnaire] = asked
            if event.application:
                assert desk.applications[event.application].running is None
                desk.applications[event.application].all_asked.append(asked)
        case GiveAnswers():
            desk.questionnaires[event.questionnaire].answers |= dict(event.answers)
        case CompleteQuestionnaire():
            desk.questionnaires[event.questionnaire].is_complete = True
        case DiscardQuestionnaire():
            desk.questionnaires[event.questionnaire].is_discarded = True


def decide(desk: Desk, event: Event) -> None:
    match event:
        case DetermineProfile():
            decided(desk, event, event.profile).closed = True
        case OfferHandover() if event.application:
            desk.handovers[event.handover] = event.application
            decided(desk, event, 4).offered = True
        case AcceptHandover() if event.handover in desk.handovers:
            one = desk.applications[desk.handovers[event.handover]]
            one.offered, one.accepted = False, True
        case ReturnHandover():
            one = desk.applications[desk.handovers[event.handover]]
            one.offered, one.returned = False, True
        case CloseApplication():
            desk.applications[event.application].closed = True


def decided(desk: Desk, event: DetermineProfile | OfferHandover, profile: int) -> Applied:
    one = desk.applications[event.application]
    assert one.running is None
    suggestion = None
    if event.questionnaire:
        asked = desk.questionnaires[event.questionnaire]
        assert asked.is_complete
        months = months_until(pension_on(one.registered.person.birth_date), asked.day)
        suggestion = outcome(example(), asked.answers, Facts(months_to_pension=months)).profile
    desk.decided.append(
        Decided(profile, one.registered.municipality, event.questionnaire, suggestion)
    )
    one.decided_after = len(one.completed)
    return one
