"""Facts as the databases keep them: nothing is lost, and what was known stays known."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from kp4web.domain import periods
from kp4web.domain.dates import end_of_day
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import TrackPeriod
from kp4web.extensions import db
from tests.factories import at, make_dossier, make_user

START = date(2026, 6, 1)
KINDS = (TrackKind.SUPPORT, TrackKind.UNDER_INVESTIGATION, TrackKind.KP3)


def store(dossier, user, plan, kind):
    key = {"dossier_id": dossier.id, "municipality_id": dossier.municipality_id}
    content = {"kind": kind, "planned_end": None, "stop_reason": None, "reason": "r", "avoid": ""}
    TrackPeriod.store(db.session(), plan, key=key, content=content, recorded_by_id=user.id)


def answer(dossier, day, known_at):
    """What the database itself says was true on a day, as known at a moment."""
    rows = db.session.scalars(
        select(TrackPeriod.kind).where(
            TrackPeriod.dossier_id == dossier.id, TrackPeriod.valid_on(day, known_at)
        )
    ).all()
    assert len(rows) <= 1
    return rows[0] if rows else None


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.booleans(), st.integers(0, 60), st.integers(1, 30), st.sampled_from(KINDS)),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_every_earlier_answer_stays_the_same(app, steps):
    user, dossier = make_user(), make_dossier(opened_on=START, today=START)
    today, seen = START + timedelta(days=90), {}
    for number, (is_correction, offset, length, kind) in enumerate(steps):
        moment = at(today + timedelta(days=number))
        rows = TrackPeriod.history(db.session(), dossier_id=dossier.id)
        start = START + timedelta(days=offset)
        if is_correction:
            end = start + timedelta(days=length)
            plan = periods.correct(rows, start, end, today=today, at=moment)
        else:
            running = periods.current(rows)
            plan = periods.change(rows, max(start, running.valid_from), today=today, at=moment)
        store(dossier, user, plan, kind)
        db.session.expire_all()
        for (day, known_at), was in seen.items():
            assert answer(dossier, day, known_at) == was
        known_at = end_of_day(today + timedelta(days=number))
        for day in (START + timedelta(days=d) for d in range(0, 95, 7)):
            seen[day, known_at] = answer(dossier, day, known_at)
            assert seen[day, known_at] is not None
    known = TrackPeriod.history(db.session(), dossier_id=dossier.id)
    assert not periods.overlaps(known)
    assert not periods.gaps(known)


def test_the_database_refuses_a_second_running_row(app):
    user, dossier = make_user(), make_dossier(opened_on=START)
    plan = periods.Plan((), (), periods.Span(date(2026, 7, 1)), at(date(2026, 7, 1)))
    with pytest.raises(IntegrityError):
        store(dossier, user, plan, TrackKind.KP3)


@pytest.mark.parametrize(
    "wrong",
    [
        "valid_to = valid_from",
        "superseded_at = '2001-01-01 00:00:00+00'",
        "planned_end = '2030-01-01'",
        "stop_reason = 'moved'",
        "reason = ''",
        "kind = 'holiday'",
    ],
)
def test_the_database_refuses_what_must_never_be(app, wrong):
    make_dossier(opened_on=START)
    with pytest.raises(IntegrityError):
        db.session.execute(text(f"UPDATE track_period SET {wrong}"))  # noqa: S608


def test_a_moment_without_a_zone_is_refused(app):
    rows = db.session.scalars(select(TrackPeriod)).all()
    assert rows == []
    naive = at(START).replace(tzinfo=None)
    with pytest.raises(Exception, match="time zone"):
        db.session.execute(select(TrackPeriod).where(TrackPeriod.recorded_at == naive))
