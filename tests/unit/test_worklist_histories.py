"""
Random histories by the real commands: after every step the stored work list is the computed one.

A step that the rules refuse must leave everything as it was; so it is checked after those too.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from kp4web.audit.queries import verify_chain
from kp4web.caseload.commands import AssignDossiers, assign_dossiers
from kp4web.conversations.commands import RecordConversation, record_conversation
from kp4web.conversations.models import AttemptOutcome, Channel, Participant
from kp4web.domain.actor import Role
from kp4web.domain.dates import add_months
from kp4web.domain.errors import DomainError
from kp4web.domain.tracks import StopReason, TrackChange, TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from kp4web.residents.commands import change_client
from kp4web.tracks.commands import change_track
from kp4web.upkeep.queries import verify_dossiers
from kp4web.worklist.commands import (
    LeaveMessage,
    NotePension,
    PlanFollowUp,
    complete_follow_up,
    leave_message,
    move_follow_up,
    note_pension,
    plan_follow_up,
    settle_message,
)
from kp4web.worklist.models import DueItem, FollowUp, Message
from tests.conftest import TODAY
from tests.factories import actor, at, make_dossier, make_person, make_user

PEOPLE = ("lead", "colleague", "coordinator")


@dataclass
class World:
    """One dossier, the people around it, and the day it is."""

    users: dict
    first_id: int
    dossier: Dossier
    today: date = TODAY
    steps: list = field(default_factory=list)

    @property
    def number(self):
        return self.dossier.number

    @property
    def clock(self):
        return {"now": at(self.today), "today": self.today}


def wait(world, days):
    world.today += timedelta(days=days)


def assign(world, who):
    command = AssignDossiers((world.number,), world.users[who].id, "Verdeling.")
    assign_dossiers(db.session(), actor(world.users["coordinator"]), command, **world.clock)


def change(world, who, kind, back, months):
    since = world.today - timedelta(days=back)
    track = TrackChange(
        kind, since, "Zo past het.",
        planned_end=add_months(since, months) if kind is TrackKind.REST else None,
        stop_reason=StopReason.MOVED if kind is TrackKind.STOPPED else None,
    )  # fmt: skip
    keep = frozenset(open_follow_ups(world)[::2]) if months % 2 else None
    change_track(
        db.session(), actor(world.users[who]), world.number, track, keep=keep, **world.clock
    )


def talk(world, who, back, attempt, alone, follow_up):
    command = RecordConversation(
        held_on=world.today - timedelta(days=back), channel=Channel.PHONE, report="Gesproken.",
        attempt=AttemptOutcome.NO_ANSWER if attempt else None,
        participants=(Participant.PARTNER,) if alone else (Participant.RESIDENT,),
        follow_up_on=world.today + timedelta(days=follow_up) if follow_up else None,
        done=frozenset(open_follow_ups(world)[:1]) if follow_up % 2 else frozenset(),
    )  # fmt: skip
    record_conversation(db.session(), actor(world.users[who]), world.number, command, **world.clock)


def plan(world, who, days, named):
    named_id = world.users["colleague"].id if named else None
    command = PlanFollowUp(world.today + timedelta(days=days), "Bellen", user_id=named_id)
    plan_follow_up(db.session(), actor(world.users[who]), world.number, command, **world.clock)


def move(world, who, which, days):
    for row_id in chosen(open_follow_ups(world), which):
        day = world.today + timedelta(days=days)
        move_follow_up(db.session(), actor(world.users[who]), row_id, day, **world.clock)


def complete(world, who, which):
    for row_id in chosen(open_follow_ups(world), which):
        complete_follow_up(db.session(), actor(world.users[who]), row_id, **world.clock)


def leave(world, who):
    message = LeaveMessage("Bel even.")
    leave_message(db.session(), actor(world.users[who]), world.number, message, **world.clock)


def read(world, who, which):
    query = select(Message.id).where(Message.dossier_id == world.dossier.id).order_by(Message.id)
    for row_id in chosen(db.session.scalars(query).all(), which):
        settle_message(db.session(), actor(world.users[who]), row_id, now=at(world.today))


def pension(world, who, days):
    day = world.today + timedelta(days=days) if days else None
    note = NotePension("Besproken.", day)
    note_pension(db.session(), actor(world.users[who]), world.number, note, **world.clock)


def correct_birth_date(world, who, years):
    person = make_person(birth_date=date(1955 + years, 3, 1), bsn=None)
    change_client(db.session(), actor(world.users[who]), world.number, person, **world.clock)


def open_follow_ups(world):
    return db.session.scalars(
        select(FollowUp.id)
        .where(FollowUp.dossier_id == world.dossier.id, FollowUp.ended_at.is_(None))
        .order_by(FollowUp.id)
    ).all()


def chosen(ids, which):
    return [ids[which % len(ids)]] if ids else []


who, which = st.sampled_from(PEOPLE), st.integers(0, 3)
back, ahead = st.sampled_from([0, 0, 0, 1, 30, 200]), st.sampled_from([-1, 0, 1, 20, 90, 400])
STEPS = st.one_of(
    st.tuples(st.just(wait), st.sampled_from([1, 7, 40, 200])),
    st.tuples(st.just(assign), st.sampled_from(PEOPLE)),
    st.tuples(st.just(change), who, st.sampled_from(TrackKind), back, st.integers(1, 13)),
    st.tuples(st.just(change), who, st.sampled_from(TrackKind), st.just(0), st.integers(1, 12)),
    st.tuples(st.just(talk), who, back, st.booleans(), st.booleans(), st.sampled_from([0, 9, 90])),
    st.tuples(st.just(plan), who, ahead, st.booleans()),
    st.tuples(st.just(move), who, which, ahead),
    st.tuples(st.just(complete), who, which),
    st.tuples(st.just(leave), who),
    st.tuples(st.just(read), who, which),
    st.tuples(st.just(pension), who, st.sampled_from([0, 0, 30, 300])),
    st.tuples(st.just(correct_birth_date), who, st.integers(0, 12)),
)


def check(world):
    """The stored items and projections are those of the facts; who is active is never lost."""
    found = [d for batch in verify_dossiers(db.session(), after=world.first_id) for d in
             batch.differences]  # fmt: skip
    assert found == []
    dossier = db.session.get_one(Dossier, world.dossier.id, populate_existing=True)
    items = db.session.scalars(select(DueItem).where(DueItem.dossier_id == dossier.id)).all()
    if dossier.kind is TrackKind.STOPPED:
        assert (items, dossier.next_due_on) == ([], None)
        return
    assert dossier.next_due_on == min(item.due_on for item in items)
    owners = {item.user_id for item in items}
    assert owners - {world.users["colleague"].id, None} <= {dossier.lead_id}
    assert dossier.lead_id in owners or (dossier.lead_id is None and owners)


@pytest.mark.parametrize(("engine", "examples"), [("sqlite", 25), ("postgres", 4)])
def test_after_every_step_the_work_list_is_what_the_facts_say(app_on, engine, examples):
    app = app_on(engine)

    @settings(
        max_examples=examples, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(steps=st.lists(STEPS, min_size=8, max_size=20))
    def any_history(steps):
        first_id = db.session.scalar(select(func.coalesce(func.max(Dossier.id), 0)))
        world = World(users, first_id, make_dossier(lead=users["lead"], opened_on=date(2026, 1, 1)))
        for step, *arguments in steps:
            try:
                step(world, *arguments)
                db.session.commit()
            except DomainError:
                db.session.rollback()
            check(world)

    with app.app_context():
        users = {
            "lead": make_user(),
            "colleague": make_user(),
            "coordinator": make_user(Role.COORDINATOR),
        }
        any_history()
        report = verify_chain(db.session())
        assert report.faults == ()
        assert report.entries > 3 * examples
        db.session.remove()
        db.engine.dispose()
