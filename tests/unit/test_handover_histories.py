"""
Random histories of an application by the real commands: its state is always what happened to it.

A step that the rules refuse must leave everything as it was; so it is checked after those too.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from kp4web.applications.commands import CloseApplication, close_application
from kp4web.applications.models import Application, ApplicationDecision
from kp4web.decisions.commands import DecideProfile, decide_profile
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState, Closing, DecisionBasis
from kp4web.domain.errors import DomainError, Forbidden, NotFound
from kp4web.extensions import db
from kp4web.handovers.commands import (
    AcceptHandover,
    ReturnHandover,
    accept_handover,
    offer_again,
    return_handover,
)
from kp4web.handovers.models import Handover, HandoverState
from kp4web.questionnaires.commands import (
    DiscardQuestionnaire,
    SaveAnswer,
    complete_questionnaire,
    discard_questionnaire,
    save_answer,
    start_for_application,
)
from kp4web.questionnaires.models import Answer, Questionnaire, QuestionnaireState
from kp4web.upkeep.queries import verify_applications, verify_handovers
from tests.conftest import TODAY
from tests.factories import (
    a_bsn,
    actor,
    at,
    make_agency,
    make_application,
    make_team,
    make_user,
    make_version,
)

HANDOVERS = select(Handover).order_by(Handover.id.desc())
REFUSED = (DomainError, Forbidden, NotFound)


@dataclass
class World:
    """Two applications of one couple, the people around them, and the time it is."""

    users: dict
    applications: list
    first_id: int
    now: datetime

    @property
    def clock(self):
        """Return the next minute: two acts never happen at the same moment."""
        self.now += timedelta(minutes=1)
        return {"now": self.now, "today": TODAY}


def who_is(world, who):
    return actor(world.users[who])


def start(world, which):
    start_for_application(db.session(), who_is(world, "intake"), which, **world.clock)


def answer(world, which, text):
    value = SaveAnswer("werk_wens", text, revision_of(which))
    now = world.clock["now"]
    save_answer(db.session(), who_is(world, "intake"), last_questionnaire(which), value, now=now)


def complete(world, which):
    complete_questionnaire(
        db.session(), who_is(world, "intake"), last_questionnaire(which), **world.clock
    )


def discard(world, which):
    command = DiscardQuestionnaire("Verkeerde persoon.")
    discard_questionnaire(
        db.session(), who_is(world, "intake"), last_questionnaire(which), command, **world.clock
    )


def decide(world, which, profile, with_questionnaire):
    basis = DecisionBasis.QUESTIONNAIRE if with_questionnaire else DecisionBasis.CONVERSATION
    command = DecideProfile(
        profile=profile, justification="Daarom.", basis=basis, note="Bel eerst.",
        basis_reason="" if with_questionnaire else "Het gesprek was genoeg.",
        questionnaire_id=last_questionnaire(which) if with_questionnaire else None,
    )  # fmt: skip
    decide_profile(db.session(), who_is(world, "intake"), which, command, **world.clock)


def send_back(world, which, reason):
    return_handover(
        db.session(), who_is(world, "coordinator"), last_handover(which), ReturnHandover(reason),
        **world.clock,
    )  # fmt: skip


def accept(world, which):
    accept_handover(
        db.session(), who_is(world, "coordinator"), last_handover(which),
        AcceptHandover(reopen=""), **world.clock,
    )  # fmt: skip


def offer(world, which, note):
    offer_again(db.session(), who_is(world, "intake"), which, note, **world.clock)


def close(world, which):
    command = CloseApplication(Closing.WITHDRAWN)
    close_application(db.session(), who_is(world, "intake"), which, command, **world.clock)


def last_handover(which):
    found = db.session.scalars(HANDOVERS.where(Handover.application_id == which)).first()
    return found.id if found else 2**31 - 1


def last_questionnaire(which):
    query = select(func.max(Questionnaire.id)).where(Questionnaire.application_id == which)
    return db.session.scalar(query) or 2**31 - 1


def revision_of(which):
    query = select(Answer.revision).where(Answer.questionnaire_id == last_questionnaire(which))
    return db.session.scalar(query) or 0


TEXTS = st.sampled_from(["Er mist iets.", "Bel eerst.", "Nog een keer.", " "])
WHICH = st.sampled_from([False, False, True])
STEPS = st.one_of(
    st.tuples(st.just(start)),
    st.tuples(st.just(answer), TEXTS),
    st.tuples(st.just(complete)),
    st.tuples(st.just(discard)),
    st.tuples(st.just(complete)),
    st.tuples(st.just(decide), st.just(4), st.booleans()),
    st.tuples(st.just(decide), st.sampled_from([4, 4, 4, 2]), st.booleans()),
    st.tuples(st.just(send_back), TEXTS),
    st.tuples(st.just(send_back), TEXTS),
    st.tuples(st.just(offer), TEXTS),
    st.tuples(st.just(accept)),
    st.tuples(st.just(close)),
)


def count(query):
    return db.session.scalar(select(func.count()).select_from(query.subquery()))


def check(world):
    """The stored states are those of the facts; nothing is open twice, nothing half answered."""
    session = db.session()
    found = [d for batch in verify_applications(session, after=world.first_id - 1) for d in
             batch.differences]  # fmt: skip
    found += [d for batch in verify_handovers(session) for d in batch.differences]
    assert found == []
    for which in world.applications:
        application = session.get_one(Application, which, populate_existing=True)
        of_it = select(Handover).where(Handover.application_id == which)
        kept = count(of_it.where(Handover.state != HandoverState.RETURNED))
        open_ones = count(of_it.where(Handover.state == HandoverState.OFFERED))
        running = count(
            select(Questionnaire).where(
                Questionnaire.application_id == which,
                Questionnaire.state == QuestionnaireState.OPEN,
            )
        )
        assert kept <= 1
        assert open_ones == (application.state is ApplicationState.OFFERED)
        assert running == (application.state is ApplicationState.RUNNING)
        if application.state is ApplicationState.ACCEPTED:
            dossier_id = session.scalars(HANDOVERS.where(Handover.application_id == which)).first()
            decisions = select(ApplicationDecision).where(
                ApplicationDecision.application_id == which, ApplicationDecision.profile == 4
            )
            assert dossier_id.dossier_id is not None
            assert count(decisions) >= 1


@pytest.mark.parametrize(("engine", "examples"), [("sqlite", 40), ("postgres", 5)])
def test_after_every_step_an_application_stands_where_the_facts_say(app_on, engine, examples):
    app = app_on(engine)
    reached, accepted_steps = set(), 0

    @settings(
        max_examples=examples, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    @given(steps=st.lists(st.tuples(WHICH, STEPS), min_size=20, max_size=40))
    def any_history(steps):
        nonlocal accepted_steps
        names = {"surname": a_bsn(), "birth_date": date(1980, 1, 1)}
        first = make_application(by=users["intake"], **names)
        second = make_application(by=users["intake"], partner_of=first, surname=a_bsn())
        world = World(users, [first.id, second.id], first.id, at(TODAY, 8))
        for of_partner, (step, *arguments) in steps:
            try:
                step(world, world.applications[of_partner], *arguments)
                db.session.commit()
                accepted_steps += 1
            except REFUSED:
                db.session.rollback()
            check(world)
            reached.update(db.session.get_one(Application, one).state for one in world.applications)

    with app.app_context():
        make_team()
        users = {"intake": make_user(Role.INTAKE), "coordinator": make_user(Role.COORDINATOR)}
        make_version(make_agency())
        any_history()
        assert accepted_steps > 3 * examples
        if engine == "sqlite":
            assert reached == set(ApplicationState)
        db.session.remove()
        db.engine.dispose()
