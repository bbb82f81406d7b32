"""What stands in the world beside its places so that every form has something to be about."""

from datetime import date

from sqlalchemy import select

from kp4web.accounts.models import User
from kp4web.domain.actor import Role
from kp4web.domain.sanctions import SignalState
from kp4web.domain.tracks import TrackKind
from kp4web.extensions import db
from kp4web.handovers.commands import write_feedback
from kp4web.handovers.models import Handover, HandoverState
from kp4web.reports.commands import AskQuestion, ask_question
from tests.conftest import TODAY
from tests.factories import (
    actor,
    at,
    make_access_request,
    make_application,
    make_departure,
    make_dossier,
    make_exemption,
    make_follow_up,
    make_handover,
    make_questionnaire,
    make_signal,
    make_transfer,
    make_user,
)
from tests.world import Place, World, recalled

SUBJECTS = "subjects"
TEXT = "Een gewone zin."


def subjects_of(world: World) -> dict[str, object]:
    """Return what forms name, found where the database holds it (``@pytest.mark.forms``)."""
    return recalled(SUBJECTS) or make_subjects(world)


def make_subjects(world: World) -> dict[str, object]:
    """Make what every form can be about in West Betuwe; return the ids and numbers by name."""
    here, there = world.places["West Betuwe"], world.places["Buren"]
    lead, intake = world.users["lead"], world.users["intake"]
    coach = world.users["job coach"]
    return {
        "user_id": make_user(Role.COORDINATOR, name="doelwit").id,
        "other": make_dossier(lead=lead).number,
        "second_transfer": make_transfer(world.users["coordinator"]).id,
        "colleague": world.users["colleague"].id, "buren": there.dossier.number,
        "talked_about": make_follow_up(here.dossier, lead, due_on=TODAY).id,
        "buren_follow_up": there.follow_up.id, "buren_lead": world.users["buren lead"].id,
        "undecided": make_application(by=intake).id,
        "second_handover": make_handover(by=intake).id,
        "third_handover": make_handover(by=intake).id,
        "to_offer": make_dossier(lead=lead, track=TrackKind.KP3).number,
        "to_choose": make_departure(lead).id, "told": told(world),
        "guided": make_departure(lead, HandoverState.ACCEPTED, coach=coach).id,
        "coach": coach.id,
        "returned": returned_in(here.handover.municipality_id),
        "new_application": make_application(by=intake).id,
        "fresh_dossier": make_dossier(lead=lead).number,
        "second_questionnaire": make_questionnaire(make_dossier(lead=lead), lead).id,
        "open_application": make_application(by=intake).id,
        "municipality": here.dossier.municipality_id,
        "team": here.dossier.holder_id, "planned": with_plan(lead),
        "unexempted": make_dossier(lead=lead).number,
        "to_end": exempted(lead), "to_extend": exempted(lead),
        **{
            name: make_signal(make_dossier(lead=lead), lead, state).id
            for name, state in (
                ("draft", SignalState.DRAFTED), ("judged", SignalState.SUBMITTED),
                ("returned_signal", SignalState.SUBMITTED), ("seen", SignalState.ANSWERED),
            )
        },
        "to_release": requested(world), "to_return": requested(world),
        "open_question": ask_about(here, world.users["coordinator"]),
    }  # fmt: skip


def exempted(lead: User) -> str:
    """Return a dossier with an exemption that began a month ago."""
    dossier = make_dossier(lead=lead)
    make_exemption(dossier, lead, today=date(2026, 10, 18))
    return dossier.number


def with_plan(lead: User) -> str:
    """Return a dossier of a single parent: an exemption with a plan to come."""
    dossier = make_dossier(lead=lead)
    make_exemption(dossier, lead, ground="9a", requested_on=TODAY, child_born_on=date(2024, 1, 1))
    return dossier.number


def requested(world: World) -> int:
    """Return an access request that waits for the privacy officer."""
    dossier = make_dossier(lead=world.users["lead"])
    return make_access_request(dossier, world.users["coordinator"]).id


def ask_about(here: Place, coordinator: User) -> int:
    """Ask something about the conversation of this place that nobody has answered."""
    number, about, asked = here.dossier.number, here.conversation_id, AskQuestion(TEXT)
    row = ask_question(
        db.session(), actor(coordinator), number, about, asked, now=at(TODAY), today=TODAY
    )
    db.session.commit()
    return row.id


def told(world: World) -> int:
    """Return a hand-over to the work agency about which the job coach reported back."""
    coach = world.users["job coach"]
    handover = make_departure(world.users["lead"], HandoverState.ACCEPTED, coach=coach)
    write_feedback(db.session(), actor(coach), handover.id, TEXT, now=at(TODAY), today=TODAY)
    db.session.commit()
    return handover.id


def returned_in(municipality_id: int) -> int:
    """Return the application that came back from this municipality."""
    query = select(Handover.application_id).where(
        Handover.municipality_id == municipality_id, Handover.state == HandoverState.RETURNED
    )
    return db.session.scalars(query).one()
