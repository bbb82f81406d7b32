"""Assigning: dated, with history, all or none."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kp4web.caseload.commands import (
    AT_ONCE,
    AssignDossiers,
    TakeOverDossier,
    assign_dossiers,
    end_assignment,
    take_over_dossier,
)
from kp4web.caseload.models import Assignment
from kp4web.caseload.overview import overview_for
from kp4web.caseload.queries import held_by
from kp4web.domain.actor import Role
from kp4web.domain.errors import Forbidden, InvalidInput, NotFound
from kp4web.domain.periods import known, overlaps
from kp4web.domain.tracks import TrackChange, TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import dossier_ref
from kp4web.extensions import db
from kp4web.worklist.models import DueItem
from tests.conftest import TODAY
from tests.factories import a_coordinator, actor, at, make_dossier, make_person, make_user

START = date(2026, 6, 1)


def assign(*dossiers, to, by=None, reason="Past hier.", today=TODAY, hour=11):
    command = AssignDossiers(tuple(d.number for d in dossiers), to.id, reason)
    by = by or a_coordinator()
    return assign_dossiers(db.session(), by, command, now=at(today, hour), today=today)


def history(dossier):
    return Assignment.history(db.session(), dossier_id=dossier.id)


def kinds_due(dossier):
    query = select(DueItem.kind).where(DueItem.dossier_id == dossier.id)
    return {kind.value for kind in db.session.scalars(query)}


def test_assigning_settles_the_item_of_the_coordinator(app):
    dossier = make_dossier()
    assert "assign" in kinds_due(dossier)
    assign(dossier, to=make_user())
    assert "assign" not in kinds_due(dossier)


def test_the_items_of_a_dossier_move_to_the_new_lead(app):
    first, second = make_user(), make_user()
    dossier = make_dossier(lead=first)
    assign(dossier, to=second)
    users = set(db.session.scalars(select(DueItem.user_id).where(DueItem.dossier_id == dossier.id)))
    assert users - {None} == {second.id}


def test_the_result_says_from_whom_each_came(app):
    first, second = make_user(), make_user()
    held, free = make_dossier(lead=first), make_dossier()
    results = {r.number: r for r in assign(held, free, to=second)}
    assert results[held.number].earlier_lead_id == first.id
    assert results[free.number].earlier_lead_id is None
    assert not assign(held, to=second)[0].changed


def test_on_the_same_day_the_last_choice_counts(app):
    first, second = make_user(), make_user()
    dossier = make_dossier(lead=first)
    assign(dossier, to=second)
    (row,) = known(history(dossier))
    assert (row.user_id, row.valid_from, row.valid_to) == (second.id, TODAY, None)


def test_all_or_none(app):
    own, foreign, lead = make_dossier(), make_dossier(municipality="Buren"), make_user()
    with pytest.raises(NotFound):
        assign(own, foreign, to=lead)
    db.session.rollback()
    assert db.session.get_one(Dossier, own.id).lead_id is None
    assert history(own) == []


def test_a_consultant_may_not_assign(app):
    consultant = make_user()
    with pytest.raises(Forbidden):
        assign(make_dossier(), to=consultant, by=actor(consultant))


@pytest.mark.parametrize(
    ("numbers", "reason", "field"),
    [
        ((), "x", "dossier"),
        (tuple(f"KP4-2026-{i:04d}" for i in range(AT_ONCE + 1)), "x", "dossier"),
        (("KP4-2026-0001",), "  ", "reason"),
        (("KP4-2026-0001",), "a" * 501, "reason"),
    ],
)
def test_a_command_that_cannot_be_right_is_refused_at_its_field(app, numbers, reason, field):
    command = AssignDossiers(numbers, make_user().id, reason)
    with pytest.raises(InvalidInput) as refused:
        assign_dossiers(db.session(), a_coordinator(), command, now=at(TODAY), today=TODAY)
    assert refused.value.field == field


@pytest.mark.parametrize("closed", [True, False])
def test_who_left_or_lost_the_role_gets_nothing(app, closed):
    user = make_user(Role.POLICY_OFFICER)
    if closed:
        user = make_user()
        user.closed_at, user.closed_by_id = user.created_at, user.id
    with pytest.raises(InvalidInput, match="eigen team"):
        assign(make_dossier(), to=user)


STEPS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=40),  # days since the last step
        st.sampled_from([0, 1, 2, None]),  # to whom; None: nobody
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_assignments_never_overlap_and_what_was_known_stays(app, steps):
    users = [make_user() for _ in range(3)]
    dossier = make_dossier(opened_on=START, today=START)
    coordinator, today, seen = a_coordinator(), START, []
    for hour_of_day, (days, who) in enumerate(steps):
        today += timedelta(days=days)
        moment = at(today, 8) + timedelta(minutes=hour_of_day)
        ref = dossier_ref(db.session(), coordinator, dossier.number)
        if who is None:
            end_assignment(db.session(), coordinator, ref, now=moment, today=today)
        else:
            command = AssignDossiers((dossier.number,), users[who].id, "Reden.")
            assign_dossiers(db.session(), coordinator, command, now=moment, today=today)
        db.session.commit()
        seen.append((moment, _spells(known(history(dossier), moment))))
        running = [row for row in known(history(dossier)) if row.valid_to is None]
        expected = None if who is None else users[who].id
        assert [row.user_id for row in running] == ([] if expected is None else [expected])
        assert db.session.get_one(Dossier, dossier.id).lead_id == expected
    rows = history(dossier)
    for moment, spells in seen:
        assert _spells(known(rows, moment)) == spells
        assert overlaps(rows, moment) == ()


def _spells(rows):
    return [(row.user_id, row.valid_from, row.valid_to) for row in rows]


def test_the_history_is_read_newest_first_without_what_was_superseded(app):
    first, second, third = (make_user(name=name) for name in ("Een", "Twee", "Drie"))
    dossier = make_dossier(opened_on=START, today=START, lead=first)
    assign(dossier, to=second, today=date(2026, 9, 1))
    assign(dossier, to=third, today=date(2026, 9, 1), hour=12)
    held = held_by(db.session(), a_coordinator(), dossier.number, today=TODAY)
    assert [(s.name, s.valid_from, s.valid_to) for s in held.spells] == [
        ("Drie", date(2026, 9, 1), None),
        ("Een", START, date(2026, 9, 1)),
    ]


def test_the_totals_are_the_sum_of_consultants_and_unassigned(app):
    leads = [make_user(), make_user(), None]
    for number, kind in enumerate(TrackKind):
        make_dossier(track=kind, lead=leads[number % 3], opened_on=START)
        make_dossier(track=kind, opened_on=START)
    overview = overview_for(db.session(), a_coordinator(), today=TODAY)
    parts = [*overview.consultants, overview.unassigned]
    assert overview.total.active == sum(part.active for part in parts) == 8
    assert overview.total.weight == sum(part.weight for part in parts)


# ---------------------------------------------------------------------- taking over


def taking_over(**given):
    known_fields = {
        "person": make_person(), "opened_on": START, "reason": "Al in beeld.",
        "track": TrackChange(TrackKind.SUPPORT, START, "Al in beeld."),
    }  # fmt: skip
    return TakeOverDossier(**(known_fields | given))


def test_nothing_is_opened_when_the_chosen_consultant_cannot_have_it(app):
    with pytest.raises(InvalidInput) as refused:
        take_over_dossier(
            db.session(), a_coordinator(), taking_over(user_id=2**31 - 1), now=at(TODAY),
            today=TODAY,
        )  # fmt: skip
    assert refused.value.field == "user"
    assert db.session.scalar(select(Dossier.id)) is None


def test_a_consultant_may_not_take_over(app):
    with pytest.raises(Forbidden):
        take_over_dossier(
            db.session(), actor(make_user()), taking_over(), now=at(TODAY), today=TODAY
        )
