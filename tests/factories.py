"""
Small builders through the real commands: every argument has a default, so that a test names
only what it is about. All of them commit.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import count

from sqlalchemy import select

from kp4web.accessrequests.commands import PrepareRequest, prepare_request
from kp4web.accessrequests.models import AccessRequest
from kp4web.accounts.models import User
from kp4web.accounts.queries import actor_of
from kp4web.applications.commands import Member, RegisterApplication, register_application
from kp4web.applications.models import Application, ApplicationDecision
from kp4web.caseload.commands import AssignDossiers, assign_dossiers
from kp4web.caseload.models import Assignment
from kp4web.clients.commands import Person
from kp4web.conversations.commands import RecordConversation, record_conversation
from kp4web.conversations.models import AttemptOutcome, Channel, ContactAttempt
from kp4web.decisions.commands import DecideProfile, Measured, decide_profile
from kp4web.domain.accessrequests import IdentityCheck
from kp4web.domain.actor import Actor, OrganisationKind, Role
from kp4web.domain.applications import DecisionBasis
from kp4web.domain.bsn import demo_numbers
from kp4web.domain.dates import AMSTERDAM, add_months
from kp4web.domain.exemptions import Wanted
from kp4web.domain.periods import change
from kp4web.domain.questionnaire.definition import Value
from kp4web.domain.sanctions import SignalGround, SignalOutcome, SignalState
from kp4web.domain.tracks import StopReason, TrackChange, TrackKind
from kp4web.domain.transfers import TransferState
from kp4web.dossiers.models import Dossier, Exemption, GuidancePeriod, SanctionSignal
from kp4web.exemptions.commands import ExemptionInput, grant_exemption
from kp4web.extensions import db
from kp4web.grounds.commands import load_reference
from kp4web.handovers.commands import (
    AcceptDossier,
    OfferDossier,
    ReturnHandover,
    accept_dossier,
    assign_coach,
    offer_dossier,
    return_handover,
    withdraw_handover,
)
from kp4web.handovers.models import Handover, HandoverState
from kp4web.organisations.commands import add_municipality, add_organisation
from kp4web.organisations.models import Municipality, Organisation
from kp4web.questionnaires.commands import (
    SaveAnswer,
    complete_questionnaire,
    save_answer,
    start_for_application,
    start_for_dossier,
)
from kp4web.questionnaires.models import Questionnaire
from kp4web.signals.commands import (
    AnswerSignal,
    SaveSignal,
    answer_signal,
    approve_signal,
    save_signal,
)
from kp4web.tracks.commands import OpenDossier, change_track, open_dossier
from kp4web.transfers.commands import Choice, Decision, prepare_transfer, take_step
from kp4web.transfers.models import Transfer
from kp4web.users.commands import add_user
from kp4web.versions.commands import add_version, put_in_force
from kp4web.versions.models import QuestionnaireVersion
from kp4web.worklist.commands import PlanFollowUp, plan_follow_up, refresh_due_items
from kp4web.worklist.models import FollowUp
from tests.conftest import TODAY
from tests.questionnaires import example_text

PASSWORD = "vier losse paardenkrachten"
_number = count(1)
AGENCY_ROLES = {
    Role.INTAKE, Role.JOB_COACH, Role.AGENCY_COORDINATOR, Role.INCOME_OFFICER,
}  # fmt: skip


@cache
def bsns() -> list[str]:
    return list(demo_numbers())


def a_number() -> int:
    """Return a number that no earlier call returned."""
    return next(_number)


def skip_numbers(last: int) -> None:
    """Leave out the numbers up to this one: whoever filled the database has used them."""
    while next(_number) < last:
        pass


def a_bsn() -> str:
    """Return a BSN of the 9999 series that no earlier call returned."""
    return bsns()[a_number() % len(bsns())]


def at(day: date, hour: int = 10) -> datetime:
    """Return a moment on that day in the Netherlands."""
    return datetime.combine(day, time(hour), AMSTERDAM).astimezone(UTC)


def make_municipality(name: str = "West Betuwe") -> Municipality:
    slug = name.lower().replace(" ", "-")
    found = db.session.scalar(select(Municipality).where(Municipality.slug == slug))
    if found is None:
        found = add_municipality(db.session(), slug=slug, name=name)
        db.session.commit()
    return found


def make_team(municipality: str = "West Betuwe") -> Organisation:
    """Return the municipality as an organisation with its Team Sociaal."""
    home = make_municipality(municipality)
    found = db.session.scalar(select(Organisation).where(Organisation.municipality_id == home.id))
    if found is None:
        found = add_organisation(
            db.session(), kind=OrganisationKind.MUNICIPALITY, name=f"Gemeente {home.name}",
            team="Team Sociaal", municipality_id=home.id,
        )  # fmt: skip
        db.session.commit()
    return found


def make_agency() -> Organisation:
    """Return the work agency; it serves the municipalities that exist when it is made."""
    kind = OrganisationKind.WORK_AGENCY
    found = db.session.scalar(select(Organisation).where(Organisation.kind == kind))
    if found is None:
        make_team()
        found = add_organisation(
            db.session(), kind=kind, name="Werkzaak Rivierenland",
            serves=list(db.session.scalars(select(Municipality.id))),
        )  # fmt: skip
        db.session.commit()
    return found


def make_operator() -> Organisation:
    """Return the organisation that runs the system."""
    kind = OrganisationKind.OPERATOR
    found = db.session.scalar(select(Organisation).where(Organisation.kind == kind))
    if found is None:
        found = add_organisation(db.session(), kind=kind, name="Beheer")
        db.session.commit()
    return found


def make_user(
    *roles: Role,
    municipality: str = "West Betuwe",
    organisation: Organisation | None = None,
    name: str | None = None,
    email: str | None = None,
) -> User:
    """Return a user (a consultant unless told otherwise) in the organisation that has the role."""
    chosen = roles or (Role.CONSULTANT,)
    if organisation is None:
        organisation = make_agency() if set(chosen) & AGENCY_ROLES else make_team(municipality)
    number = a_number()
    user = add_user(
        db.session(), email=email or f"user{number}@kp4web.example",
        name=name or f"{chosen[0].label} {number}", organisation_id=organisation.id,
        roles=chosen, password=PASSWORD, now=at(date(2019, 1, 1)),
    )  # fmt: skip
    db.session.commit()
    return user


def actor(user: User) -> Actor:
    return actor_of(db.session(), user.id)


def a_coordinator(municipality: str = "West Betuwe") -> Actor:
    """Return some coordinator of the municipality, made when there is none."""
    email = f"coordinator.{municipality.lower().replace(' ', '-')}@factory.example"
    user = db.session.scalar(select(User).where(User.email == email))
    return actor(user or make_user(Role.COORDINATOR, municipality=municipality, email=email))


def make_person(**given: object) -> Person:
    known = {"surname": f"Voorbeeld {a_number()}", "initials": "A.",
             "birth_date": date(1975, 5, 17), "bsn": a_bsn()}  # fmt: skip
    return Person(**(known | given))  # type: ignore[arg-type]


def make_dossier(
    *,
    track: TrackKind | str = TrackKind.SUPPORT,
    lead: User | None = None,
    municipality: str = "West Betuwe",
    opened_on: date = date(2026, 6, 1),
    since: date | None = None,
    planned_end: date | None = None,
    stop_reason: StopReason = StopReason.MOVED,
    reason: str = "Zo begon het.",
    person: Person | None = None,
    partner_of: str | None = None,
    today: date = TODAY,
    **names: object,
) -> Dossier:
    """Open a dossier on this track (since its opening) with this lead; names go to the person."""
    kind, since = TrackKind(track), since or opened_on
    coordinator = a_coordinator(municipality)
    stopped = kind is TrackKind.STOPPED
    if kind is TrackKind.REST and planned_end is None:
        planned_end = add_months(since, 12)
    first = TrackChange(
        TrackKind.SUPPORT if stopped else kind, opened_on if stopped else since, reason,
        planned_end=planned_end,
    )  # fmt: skip
    dossier = open_dossier(
        db.session(), coordinator,
        OpenDossier(
            person=person or make_person(**names), opened_on=opened_on, track=first,
            reason="Bestaand dossier.", partner_of=partner_of,
        ),
        now=at(today, 8), today=today,
    )  # fmt: skip
    if lead is not None:
        make_assignment(dossier, lead, today=today)
    if stopped:
        change_track(
            db.session(), coordinator, dossier.number,
            TrackChange(kind, max(since, opened_on), reason, stop_reason=stop_reason),
            now=at(today, 9), today=today,
        )  # fmt: skip
    db.session.commit()
    return dossier


def make_assignment(dossier: Dossier, lead: User, *, today: date = TODAY) -> None:
    home = db.session.get_one(Municipality, dossier.municipality_id).name
    command = AssignDossiers((dossier.number,), lead.id, "Past in deze caseload.")
    assign_dossiers(db.session(), a_coordinator(home), command, now=at(today, 8), today=today)
    db.session.commit()


def make_held(dossier: Dossier, lead: User, *, today: date = TODAY) -> None:
    """Let the organisation of this consultant hold the dossier from today, with this lead."""
    session, key = db.session(), {"dossier_id": dossier.id}
    where = key | {"municipality_id": dossier.municipality_id}
    for fact, content in (
        (GuidancePeriod, {"organisation_id": lead.organisation_id}),
        (Assignment, {"user_id": lead.id, "reason": "De begeleiding ging over."}),
    ):
        plan = change(fact.history(session, **key), today, today=today, at=at(today, 12))
        fact.store(session, plan, key=where, content=content, recorded_by_id=lead.id)
    dossier.holder_id, dossier.lead_id = lead.organisation_id, lead.id
    session.flush()
    refresh_due_items(session, [dossier.id])
    session.commit()


def make_conversation(
    dossier: Dossier, author: User, *, today: date = TODAY, **given: object
) -> object:
    """Record a conversation (or with ``attempt`` an attempt) by the author, today."""
    known = {"held_on": today, "channel": Channel.FACE_TO_FACE, "report": "Gesproken."}
    command = RecordConversation(**(known | given))  # type: ignore[arg-type]
    row = record_conversation(
        db.session(), actor(author), dossier.number, command, now=at(today), today=today
    )
    db.session.commit()
    return row


def make_follow_up(
    dossier: Dossier,
    lead: User,
    *,
    due_on: date,
    what: str = "Bellen.",
    today: date = TODAY,
    **planned: object,
) -> FollowUp:
    """Plan a follow-up; with a ``talk`` it is a planned talk."""
    command = PlanFollowUp(due_on, what, **planned)  # type: ignore[arg-type]
    row = plan_follow_up(
        db.session(), actor(lead), dossier.number, command, now=at(today), today=today
    )
    db.session.commit()
    return row


def make_grounds() -> None:
    """Fill the legal reference data from the file."""
    load_reference(db.session(), now=at(date(2019, 1, 1)))
    db.session.commit()


def an_exemption(**given: object) -> ExemptionInput:
    """Return what a good form about an exemption says; days go to what is wanted."""
    days = {name: given.pop(name) for name in [*given] if name in Wanted.__dataclass_fields__}
    wanted = Wanted(**({"starts_on": TODAY, "ends_on": add_months(TODAY, 12)} | days))  # type: ignore[arg-type]
    known = {
        "ground": "9-2", "reason": "zorgtaken", "justification": "Zorgt dag en nacht.",
        "organisation_id": make_team().id, "wanted": wanted,
    }  # fmt: skip
    return ExemptionInput(**(known | given))  # type: ignore[arg-type]


def make_exemption(
    dossier: Dossier, lead: User, *, today: date = TODAY, **given: object
) -> Exemption:
    """Record an exemption from today for a year; the grounds come with it."""
    make_grounds()
    home = db.session.get_one(Municipality, dossier.municipality_id).name
    known = {"organisation_id": make_team(home).id, "starts_on": today,
             "ends_on": add_months(today, 12)}  # fmt: skip
    row = grant_exemption(
        db.session(), actor(lead), dossier.number, an_exemption(**(known | given)),
        now=at(today, 12), today=today,
    )  # fmt: skip
    db.session.commit()
    return row


def make_attempts(dossier: Dossier, lead: User, *, today: date = TODAY, number: int = 3) -> None:
    for _ in range(number):
        make_conversation(dossier, lead, today=today, report="", attempt=AttemptOutcome.NO_ANSWER)


def a_signal(dossier: Dossier, **given: object) -> SaveSignal:
    """Return what a good form of a signal says, with every attempt of the dossier."""
    query = select(ContactAttempt.id).where(ContactAttempt.dossier_id == dossier.id)
    known = {
        "ground": SignalGround.REFUSES_CONTACT, "explanation": "Reageert niet.",
        "culpability": "Kon opnemen.", "urgent_reasons": "Geen.", "heard_on": TODAY,
        "attempts": frozenset(db.session.scalars(query)), "submits": True,
    }  # fmt: skip
    return SaveSignal(**(known | given))  # type: ignore[arg-type]


def make_signal(
    dossier: Dossier, lead: User, state: SignalState = SignalState.DRAFTED, **given: object
) -> SanctionSignal:
    """Draft a signal today after three attempts, and take it to this state by the commands."""
    make_grounds()
    make_attempts(dossier, lead)
    session, submits = db.session(), state is not SignalState.DRAFTED
    command = a_signal(dossier, **({"submits": submits} | given))
    times = {"now": at(TODAY, 13), "today": TODAY}
    signal = save_signal(session, actor(lead), dossier.number, command, **times)
    home = db.session.get_one(Municipality, dossier.municipality_id).name
    if state.is_sent:
        approve_signal(session, a_coordinator(home), signal.id, "", **times)
    if state is SignalState.ANSWERED:
        officer = actor(make_user(Role.INCOME_OFFICER))
        outcome = AnswerSignal(SignalOutcome.NOT_APPLIED, TODAY, "Gesproken.")
        answer_signal(session, officer, signal.id, outcome, **times)
    session.commit()
    return signal


def make_access_request(
    dossier: Dossier, by: User, *, received_on: date = TODAY, note: str = "Paspoort gezien."
) -> AccessRequest:
    """Prepare an access request as a coordinator does."""
    asked = PrepareRequest(received_on, IdentityCheck.IN_PERSON, note)
    request = prepare_request(
        db.session(), actor(by), dossier.number, asked, now=at(TODAY), today=TODAY
    )
    db.session.commit()
    return request


def make_application(
    *,
    municipality: str = "West Betuwe",
    by: User | None = None,
    partner_of: Application | None = None,
    members: tuple[Member, ...] = (),
    today: date = TODAY,
    **names: object,
) -> Application:
    """Register an application at the work agency."""
    make_team(municipality)
    intake = by or make_user(Role.INTAKE)
    row = register_application(
        db.session(), actor(intake),
        RegisterApplication(
            person=make_person(**names), municipality_id=make_municipality(municipality).id,
            registered_on=today, members=members, partner_of=partner_of and partner_of.id,
        ),
        now=at(today, 7), today=today,
    )  # fmt: skip
    db.session.commit()
    return row


def decide(
    application: Application,
    by: User,
    *,
    profile: int = 4,
    justification: str = "Geen reëel perspectief binnen twee jaar.",
    note: str = "Graag eerst bellen.",
    questionnaire: Questionnaire | None = None,
    measured: Measured | None = None,
    today: date = TODAY,
) -> ApplicationDecision:
    """Determine the klantprofiel, from a questionnaire when one is given."""
    basis = DecisionBasis.QUESTIONNAIRE if questionnaire else DecisionBasis.CONVERSATION
    basis = DecisionBasis.ELSEWHERE if measured else basis
    without = basis is DecisionBasis.CONVERSATION
    row = decide_profile(
        db.session(), actor(by), application.id,
        DecideProfile(
            profile=profile, justification=justification, basis=basis, note=note,
            questionnaire_id=questionnaire and questionnaire.id, measured=measured,
            basis_reason="Het gesprek was genoeg." if without else "",
        ),
        now=at(today, 8), today=today,
    )  # fmt: skip
    db.session.commit()
    return row


def make_handover(
    *,
    municipality: str = "West Betuwe",
    by: User | None = None,
    justification: str = "Geen reëel perspectief binnen twee jaar.",
    note: str = "Graag eerst bellen.",
    today: date = TODAY,
    **names: object,
) -> Handover:
    """Offer an applicant with klantprofiel 4 to the municipality."""
    make_team(municipality)
    intake = by or make_user(Role.INTAKE)
    application = make_application(municipality=municipality, by=intake, today=today, **names)
    decision = decide(application, intake, justification=justification, note=note, today=today)
    return db.session.scalars(select(Handover).where(Handover.decision_id == decision.id)).one()


def make_departure(
    lead: User,
    state: HandoverState = HandoverState.OFFERED,
    *,
    coach: User | None = None,
    dossier: Dossier | None = None,
    note: str = "Kan met begeleiding werken.",
    today: date = TODAY,
) -> Handover:
    """Return a dossier in a KP3 track that was offered to the work agency, and how that ended."""
    session, agency = db.session(), make_agency()
    dossier = dossier or make_dossier(lead=lead, track=TrackKind.KP3)
    coach = coach or make_user(Role.JOB_COACH, organisation=agency)
    when = {"now": at(today), "today": today}
    handover = offer_dossier(session, actor(lead), dossier.number, OfferDossier(note), **when)
    assign_coach(session, actor(coach), handover.id, None, now=at(today))
    if state is HandoverState.ACCEPTED:
        accept_dossier(session, actor(coach), handover.id, AcceptDossier("Past."), **when)
    if state is HandoverState.RETURNED:
        return_handover(session, actor(coach), handover.id, ReturnHandover("Te vroeg."), **when)
    if state is HandoverState.WITHDRAWN:
        withdraw_handover(session, actor(lead), handover.id, **when)
    session.commit()
    return handover


def make_transfer(
    giver: User,
    receiver: User | None = None,
    *,
    state: TransferState = TransferState.DRAFTED,
    effective_on: date = TODAY,
    tracks: frozenset[TrackKind] = frozenset(),
    municipality: str = "West Betuwe",
    note: str = "",
    today: date = TODAY,
) -> Transfer:
    """Prepare that all dossiers of a municipality go to the other organisation, up to a state."""
    session, when = db.session(), {"now": at(today, 12), "today": today}
    make_agency()
    transfer = prepare_transfer(
        session, actor(giver), make_municipality(municipality).id,
        Decision(date(2026, 9, 1), effective_on, "Raadsbesluit 2026-114", note), Choice(tracks),
        **when,
    )  # fmt: skip
    for step, by in ((TransferState.OFFERED, giver), (TransferState.CONFIRMED, receiver)):
        if by is not None and list(TransferState).index(step) <= list(TransferState).index(state):
            take_step(session, actor(by), transfer.id, step, "", **when)
    session.commit()
    return transfer


def make_version(
    *organisations: Organisation, content: str | None = None, today: date = TODAY
) -> QuestionnaireVersion:
    """Add a questionnaire (the example), and put it in force for these organisations."""
    session = db.session()
    operator = make_user(Role.ADMINISTRATOR, organisation=make_operator())
    version = add_version(
        session, actor(operator), content or example_text(), now=at(today), today=today
    )
    for organisation in organisations:
        put_in_force(
            session, actor(operator), organisation.id, version.id, today,
            now=at(today), today=today,
        )  # fmt: skip
    session.commit()
    return version


def make_questionnaire(
    subject: Application | Dossier,
    by: User,
    *,
    answers: Mapping[str, Value] | None = None,
    completed: bool = False,
    today: date = TODAY,
) -> Questionnaire:
    """Start a questionnaire (the version in force must exist), answer it, maybe complete it."""
    session, who, now = db.session(), actor(by), at(today, 9)
    if isinstance(subject, Dossier):
        row = start_for_dossier(session, who, subject.number, now=now, today=today)
    else:
        row = start_for_application(session, who, subject.id, now=now, today=today)
    for question, value in (answers or {}).items():
        save_answer(session, who, row.id, SaveAnswer(question, value, 0), now=now)
    if completed:
        complete_questionnaire(session, who, row.id, now=at(today, 10), today=today)
    session.commit()
    return row
