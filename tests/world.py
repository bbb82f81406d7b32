"""
A small world with somebody in every role, two municipalities and a canary in every field.

A canary is a word that stands in one field of one dossier and nowhere else: whoever finds it on a
page has been shown that field.
"""

import json
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, get_type_hints

from sqlalchemy import Column, MetaData, Table, Text, inspect, select

from kp4web.accounts.models import User
from kp4web.applications.commands import CloseApplication, Member, close_application
from kp4web.applications.models import Application
from kp4web.caseload.commands import AssignDossiers, assign_dossiers
from kp4web.caseload.models import Assignment
from kp4web.clients.models import Contact, HouseholdMember, HouseholdRelation
from kp4web.corrections.commands import Statement, correct_assignment
from kp4web.corrections.models import Corrected, Correction
from kp4web.corrections.queries import assignment_for
from kp4web.decisions.commands import CorrectProfile, DecideProfile, Measured, correct_profile
from kp4web.decisions.queries import decision_for
from kp4web.domain.actor import Role
from kp4web.domain.agreements import Party
from kp4web.domain.applications import KP4, Closing, DecisionBasis
from kp4web.domain.corrections import AssignmentContent, AssignmentCorrection
from kp4web.domain.headings import Heading
from kp4web.domain.questionnaire.definition import DataClass
from kp4web.domain.sanctions import SignalState
from kp4web.domain.stretches import Verdict
from kp4web.domain.talks import TalkHow, TalkPlan
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier, SanctionSignal, TrackPeriod
from kp4web.extensions import Base, db
from kp4web.handovers.commands import (
    AcceptHandover,
    ReturnHandover,
    accept_handover,
    return_handover,
    write_feedback,
)
from kp4web.handovers.models import Handover, HandoverState
from kp4web.needs.commands import WriteHeading, write_heading
from kp4web.outlines.commands import SaveOutline, add_outline
from kp4web.outlines.models import Outline
from kp4web.questionnaires.commands import DiscardQuestionnaire, discard_questionnaire
from kp4web.questionnaires.models import Questionnaire
from kp4web.reports.commands import (
    AdditionKind,
    AddToReport,
    AskQuestion,
    add_to_report,
    answer_question,
    ask_question,
)
from kp4web.residents.commands import ContactInput, MemberInput, save_contact, save_member
from kp4web.worklist.commands import LeaveMessage, MakeAgreement, leave_message
from kp4web.worklist.models import Agreement, FollowUp, Message
from tests.conftest import TODAY
from tests.factories import (
    a_bsn,
    a_number,
    actor,
    at,
    decide,
    make_access_request,
    make_agency,
    make_application,
    make_conversation,
    make_departure,
    make_dossier,
    make_exemption,
    make_follow_up,
    make_handover,
    make_held,
    make_operator,
    make_person,
    make_questionnaire,
    make_signal,
    make_team,
    make_transfer,
    make_user,
    make_version,
    skip_numbers,
)
from tests.questionnaires import canary_text

MEMORY = Table(
    "world_of_the_tests", MetaData(),
    Column("about", Text, primary_key=True), Column("told", Text, nullable=False),
)  # fmt: skip
"""The table that says what is what; only a database that holds the world has it."""
PERSONAS = {  # name: (municipality or None for the others, role)
    "lead": ("West Betuwe", Role.CONSULTANT),
    "colleague": ("West Betuwe", Role.CONSULTANT),
    "coordinator": ("West Betuwe", Role.COORDINATOR),
    "policy": ("West Betuwe", Role.POLICY_OFFICER),
    "fg": ("West Betuwe", Role.DATA_PROTECTION_OFFICER),
    "privacy": ("West Betuwe", Role.PRIVACY_OFFICER),
    "administrator": ("West Betuwe", Role.ADMINISTRATOR),
    "buren lead": ("Buren", Role.CONSULTANT),
    "buren coordinator": ("Buren", Role.COORDINATOR),
    "buren policy": ("Buren", Role.POLICY_OFFICER),
    "buren fg": ("Buren", Role.DATA_PROTECTION_OFFICER),
    "intake": (None, Role.INTAKE),
    "job coach": (None, Role.JOB_COACH),
    "agency coordinator": (None, Role.AGENCY_COORDINATOR),
    "income": (None, Role.INCOME_OFFICER),
    "agency team": (None, Role.COORDINATOR),
    "operator": (None, Role.ADMINISTRATOR),
}


HELD = "Werkzaak"
"""Stands in the canaries of the dossier of West Betuwe that the work agency holds."""


@dataclass
class Place:
    """One municipality of the world: a dossier with something of everything."""

    dossier: Dossier
    outline: Outline
    conversation_id: int
    agreement_id: int
    question_id: int
    """Asked by the coordinator and answered by the lead; not yet read."""
    follow_up: FollowUp
    message: Message
    contact: Contact
    member: HouseholdMember
    handover: Handover
    bsn: str
    application: Application
    """With a questionnaire that is open; another one was returned, one accepted, one closed."""
    questionnaire: Questionnaire
    """A reassessment in the dossier, open."""
    signal_id: int
    """Sent to the work agency, of the dossier that was handed over."""
    correction_id: int
    """Of a klantprofiel, by intake, in the dossier that opened by it."""
    access_request_id: int
    """Prepared by the coordinator, waiting for the privacy officer."""
    transfer_id: int
    """Of every dossier to the work agency, in preparation."""


@dataclass
class World:
    """Everybody by persona, and the places by name."""

    users: dict[str, User] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)


def canary(place: str, what: str) -> str:
    """Return the word that stands in this field: letters only, so that a search can find it."""
    return f"Kanarie{what.replace('_', '').capitalize()}{place.replace(' ', '')}"


def make_world() -> World:
    """Return the world: found where the database holds it (``@pytest.mark.world``), else built."""
    memory = recalled("world")
    if memory is None:
        return build_world()
    known, kinds = {row.id: row for row in db.session.scalars(select(User))}, get_type_hints(Place)
    places = {
        name: Place(**{what: _found(kinds[what], value) for what, value in place.items()})
        for name, place in memory["places"].items()
    }
    return World({name: known[key] for name, key in memory["users"].items()}, places)


def _found(kind: type, value: object) -> Any:
    return db.session.get_one(kind, value) if issubclass(kind, Base) else value


def remember(world: World) -> None:
    """Note in the database who is who, for ``make_world`` in a copy of it; commits."""
    MEMORY.create(db.session.connection())
    places = {
        name: {
            what: value.id if isinstance(value, Base) else value
            for what, value in vars(place).items()
            if not what.startswith("_")
        }
        for name, place in world.places.items()
    }
    users = {name: user.id for name, user in world.users.items()}
    note("world", {"users": users, "places": places})


def note(about: str, told: dict[str, Any]) -> None:
    """Note what was made, for ``recalled`` in a copy of this database; commits."""
    text = json.dumps({"told": told, "number": a_number()})
    db.session.execute(MEMORY.insert().values(about=about, told=text))
    db.session.commit()


def recalled(about: str) -> Any:
    """Return what was noted when the database was made, or ``None``."""
    if not inspect(db.session.connection()).has_table(MEMORY.name):
        return None
    text = db.session.scalar(select(MEMORY.c.told).where(MEMORY.c.about == about))
    if text is None:
        return None
    memory = json.loads(text)
    skip_numbers(memory["number"])
    return memory["told"]


def build_world() -> World:
    """Build the world through the real commands, and commit it."""
    teams = [make_team(name) for name in ("West Betuwe", "Buren")]
    make_version(*teams, make_agency(), content=canary_text(), today=date(2026, 1, 1))
    operator = make_operator()
    world = World()
    for persona, (municipality, role) in PERSONAS.items():
        place = {"operator": operator, "agency": make_agency()}.get(persona.split()[0])
        world.users[persona] = make_user(
            role, municipality=municipality or "West Betuwe", organisation=place, name=persona
        )
    world.users["buren colleague"] = make_user(municipality="Buren", name="buren colleague")
    world.places["West Betuwe"] = _place(world, "West Betuwe", "lead", "colleague", "coordinator")
    world.places["Buren"] = _place(
        world, "Buren", "buren lead", "buren colleague", "buren coordinator"
    )
    world.users["agency lead"] = make_user(organisation=make_agency(), name="agency lead")
    _held(world.users["lead"], world.users["agency lead"])
    return world


def _held(before: User, lead: User) -> None:
    """Let the work agency hold a dossier that somebody of Team Sociaal had."""
    person = make_person(
        surname=canary(HELD, "naam"), approach=canary(HELD, "aanpak"),
        street=canary(HELD, "straat"),
    )  # fmt: skip
    dossier = make_dossier(lead=before, person=person, reason=canary(HELD, "traject"))
    make_conversation(dossier, before, report=canary(HELD, "verslag"), follow_up_on=None)
    make_held(dossier, lead)
    make_follow_up(dossier, lead, due_on=date(2026, 11, 19), what=canary(HELD, "opvolging"))


def _place(
    world: World, name: str, lead_name: str, colleague_name: str, coordinator_name: str
) -> Place:
    lead, colleague = world.users[lead_name], world.users[colleague_name]
    day, bsn = date(2026, 9, 1), a_bsn()
    person = make_person(
        surname=canary(name, "naam"), bsn=bsn, approach=canary(name, "aanpak"),
        street=canary(name, "straat"), phone="06 00000000",
    )  # fmt: skip
    dossier = make_dossier(
        lead=lead,
        person=person,
        municipality=name,
        track=TrackKind.SUPPORT,
        reason=canary(name, "traject"),
    )
    conversation = make_conversation(
        dossier,
        lead,
        today=day,
        report=canary(name, "verslag"),
        follow_up_on=None,
        agreements=(MakeAgreement(canary(name, "afspraak"), Party.RESIDENT, date(2026, 11, 20)),),
    )
    for heading, *texts in (
        (Heading.SUPPORT_NEED, "oudevraag", "hulpvraag"), (Heading.ACTIVATION, "activering"),
    ):  # fmt: skip
        for version, text in enumerate(texts):
            write_heading(
                db.session(), actor(lead), dossier.number,
                WriteHeading(heading, canary(name, text), version), now=at(day), today=day,
            )  # fmt: skip
    follow_up = make_follow_up(
        dossier, lead, due_on=date(2026, 11, 17), what=canary(name, "opvolging"), today=day,
        talk=TalkPlan(time(10, 30), TalkHow.HOME, place=canary(name, "plaats")),
        is_activation=True, activation_reason=canary(name, "rustreden"),
    )  # fmt: skip
    session, number = db.session(), dossier.number
    message = leave_message(
        session, actor(colleague), number, LeaveMessage(canary(name, "bericht")),
        now=at(day), today=day,
    )  # fmt: skip
    contact = save_contact(
        session, actor(lead), number, ContactInput(canary(name, "betrokkene")),
        now=at(day), today=day,
    )  # fmt: skip
    member = save_member(
        session, actor(lead), number,
        MemberInput(canary(name, "kind"), HouseholdRelation.CHILD, date(2015, 3, 1)),
        now=at(day), today=day,
    )  # fmt: skip
    _correct_assignment(dossier, world.users[coordinator_name], canary(name, "correctie"))
    make_exemption(
        dossier,
        lead,
        today=day,
        ends_on=date(2027, 1, 15),
        justification=canary(name, "ontheffing"),
    )
    question_id = _after(conversation.id, number, name, lead, world.users[coordinator_name], day)
    handover = _offered(name, world.users["intake"])
    _handed_over(world, name, lead)
    session.commit()
    application = _applications(world, name, lead, world.users[coordinator_name])
    questionnaire = make_questionnaire(dossier, lead, answers=_answers(name, "antwoord"))
    outline = add_outline(
        session, actor(world.users[coordinator_name]),
        SaveOutline(f"Sjabloon {name}", (f"Kop {name}",)), now=at(day),
    )  # fmt: skip
    session.commit()
    return Place(
        dossier, outline, conversation.id, _agreement_of(dossier), question_id, follow_up,
        message, contact, member, handover, bsn, application, questionnaire, _signal_of(dossier),
        _profile_correction(dossier),
        make_access_request(
            dossier, world.users[coordinator_name], note=canary(name, "identiteit")
        ).id,
        make_transfer(
            world.users[coordinator_name], municipality=name, note=canary(name, "overgang")
        ).id,
    )  # fmt: skip


def _correct_assignment(dossier: Dossier, coordinator: User, why: str) -> None:
    """Correct the reason of the assignment."""
    session, who = db.session(), actor(coordinator)
    held = assignment_for(session, who, dossier.number, _known_id(Assignment, dossier))
    content = AssignmentContent(held.stretch.content.user_id, "Past het best.")
    said = AssignmentCorrection(Verdict.CHANGED, held.stretch.span.valid_from, content=content)
    correct_assignment(
        session, who, dossier.number, held.id, said, Statement(why, held.basis),
        now=at(TODAY, 9), today=TODAY,
    )  # fmt: skip


def _after(entry_id: int, number: str, name: str, lead: User, coordinator: User, day: date) -> int:
    """Add to the report in every way, ask about it and answer; return the question."""
    session, moments = db.session(), {"now": at(day), "today": day}
    for kind in AdditionKind:
        added = AddToReport(kind, canary(name, kind.value), canary(name, f"reden{kind.value}"))
        add_to_report(session, actor(lead), number, entry_id, added, **moments)
    asked = AskQuestion(canary(name, "vraagstelling"))
    question = ask_question(session, actor(coordinator), number, entry_id, asked, **moments)
    answer_question(session, actor(lead), question.id, canary(name, "repliek"), **moments)
    return question.id


def _handed_over(world: World, name: str, lead: User) -> None:
    """Hand a dossier over to the work agency, with feedback."""
    coach, person = world.users["job coach"], make_person(surname=canary(name, "vertrokkene"))
    dossier = make_dossier(lead=lead, person=person, municipality=name, track=TrackKind.KP3)
    handover = make_departure(
        lead, HandoverState.ACCEPTED, coach=coach, dossier=dossier,
        note=canary(name, "overdrachtsverslag"),
    )  # fmt: skip
    write_feedback(
        db.session(), actor(coach), handover.id, canary(name, "terugmelding"),
        now=at(TODAY), today=TODAY,
    )  # fmt: skip


def _offered(name: str, intake: User) -> Handover:
    """Offer an applicant with answers; an earlier questionnaire was thrown away."""
    session = db.session()
    application = make_application(municipality=name, by=intake, surname=canary(name, "aanvrager"))
    thrown = make_questionnaire(application, intake, answers=_answers(name, "weggegooid"))
    reason = DiscardQuestionnaire(canary(name, "weggooireden"))
    discard_questionnaire(session, actor(intake), thrown.id, reason, now=at(TODAY, 9), today=TODAY)
    asked = make_questionnaire(
        application, intake, answers=_answers(name, "aangeboden"), completed=True
    )
    decision = decide(
        application, intake, questionnaire=asked,
        justification=canary(name, "motivering"), note=canary(name, "overdracht"),
    )  # fmt: skip
    return session.scalars(select(Handover).where(Handover.decision_id == decision.id)).one()


def _signal_of(dossier: Dossier) -> int:
    query = select(SanctionSignal.id)
    return db.session.scalars(
        query.where(SanctionSignal.municipality_id == dossier.municipality_id)
    ).one()


def _profile_correction(dossier: Dossier) -> int:
    query = select(Correction.id).where(Correction.subject == Corrected.PROFILE)
    return db.session.scalars(
        query.where(Correction.municipality_id == dossier.municipality_id)
    ).one()


def _correct_profile(intake: User, decision_id: int, place: str) -> None:
    """Correct what was determined, once the municipality guides."""
    session, who = db.session(), actor(intake)
    subject = decision_for(session, who, decision_id)
    said = DecideProfile(
        KP4, canary(place, "betermotivering"), DecisionBasis.CONVERSATION,
        basis_reason=canary(place, "grondslag"),
    )  # fmt: skip
    correct_profile(
        session, who, decision_id, CorrectProfile(TODAY, said),
        Statement(canary(place, "profielcorrectie"), subject.basis), now=at(TODAY, 12), today=TODAY,
    )  # fmt: skip


def _agreement_of(dossier: Dossier) -> int:
    return db.session.scalars(select(Agreement.id).where(Agreement.dossier_id == dossier.id)).one()


def _applications(world: World, name: str, lead: User, coordinator: User) -> Application:
    """Make one application that runs, one returned, one accepted and one closed."""
    intake = world.users["intake"]
    running = make_application(
        municipality=name, by=intake, surname=canary(name, "kandidaat"),
        members=(Member(canary(name, "gezinslid"), HouseholdRelation.CHILD),),
    )  # fmt: skip
    make_questionnaire(running, intake, answers=_answers(name, "intake"))
    returned = make_handover(municipality=name, by=intake, surname=canary(name, "teruggekomen"))
    session, who = db.session(), actor(coordinator)
    return_handover(
        session, who, returned.id, ReturnHandover(canary(name, "terugreden")),
        now=at(TODAY), today=TODAY,
    )  # fmt: skip
    accepted = make_application(municipality=name, by=intake, surname=canary(name, "overgedragene"))
    asked = make_questionnaire(
        accepted, intake, answers=_answers(name, "overgedragen"), completed=True
    )
    decision = decide(
        accepted, intake, questionnaire=asked, justification=canary(name, "oudemotivering")
    )
    offered = session.scalars(select(Handover).where(Handover.decision_id == decision.id)).one()
    dossier = accept_handover(
        session, who, offered.id, AcceptHandover(), now=at(TODAY, 11), today=TODAY
    )
    giving = AssignDossiers((dossier.number,), lead.id, "Nieuw")
    assign_dossiers(session, who, giving, now=at(TODAY, 11), today=TODAY)
    _correct_profile(intake, decision.id, name)
    session.commit()
    make_signal(dossier, lead, SignalState.SENT, explanation=canary(name, "signaal"))
    closed = make_application(municipality=name, by=intake, surname=canary(name, "afgesloten"))
    measured = Measured(
        canary(name, "instrument"), TODAY, profile=2, reference=canary(name, "kenmerk")
    )
    decide(closed, intake, profile=2, measured=measured)
    ended = make_application(municipality=name, by=intake, surname=canary(name, "gestopt"))
    why = CloseApplication(Closing.OTHER, canary(name, "sluitreden"))
    close_application(session, actor(intake), ended.id, why, now=at(TODAY), today=TODAY)
    session.commit()
    return running


def _answers(place: str, what: str) -> dict[str, str]:
    """Return a canary in the answer to the question of every class."""
    return {f"kanarie_{kind}": canary(place, f"{what}{kind}") for kind in DataClass}


def paths_of(world: World, place: str) -> dict[str, object]:
    """Return a value for every name that stands in an address."""
    here = world.places[place]
    return {
        "number": here.dossier.number, "conversation_id": here.conversation_id,
        "agreement_id": here.agreement_id, "question_id": here.question_id,
        "follow_up_id": here.follow_up.id, "message_id": here.message.id,
        "contact_id": here.contact.id, "member_id": here.member.id,
        "handover_id": here.handover.id, "user_id": world.users["colleague"].id,
        "session_id": 2**31 - 1, "filter_id": 2**31 - 1, "draft_id": 2**31 - 1,
        "application_id": here.application.id,
        "questionnaire_id": here.questionnaire.id, "area": "gezondheid",
        "version_id": here.questionnaire.version_id, "heading": "activering",
        "outline_id": here.outline.id,
        "organisation_id": here.dossier.holder_id,
        "track_id": _known_id(TrackPeriod, here.dossier),
        "assignment_id": _known_id(Assignment, here.dossier),
        "kind": "reden", "signal_id": here.signal_id,
        "decision_id": here.handover.decision_id, "correction_id": here.correction_id,
        "access_request_id": here.access_request_id,
        "transfer_id": here.transfer_id,
    }  # fmt: skip


def _known_id(fact: type[TrackPeriod] | type[Assignment], dossier: Dossier) -> int:
    """Return the one row of this kind that is known now."""
    return db.session.scalars(
        select(fact.id).where(fact.dossier_id == dossier.id, fact.superseded_at.is_(None))
    ).one()
