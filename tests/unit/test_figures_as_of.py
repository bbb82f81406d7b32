"""The figures on a day, as known then or now, on real databases."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, insert, select, text

from kp4web.caseload.commands import AssignDossiers, assign_dossiers
from kp4web.caseload.models import Assignment
from kp4web.clients.models import Client
from kp4web.domain.actor import Role
from kp4web.domain.dates import AMSTERDAM
from kp4web.domain.periods import correct
from kp4web.domain.tracks import StopReason, Subgroup, TrackChange, TrackKind
from kp4web.dossiers.models import Dossier, SubgroupPeriod, TrackPeriod
from kp4web.extensions import db
from kp4web.figures.behind import dossiers_behind
from kp4web.figures.commands import RecordWelfareCount, record_welfare_count
from kp4web.figures.queries import Question, report_for
from kp4web.tracks.commands import change_subgroup, change_track
from tests.factories import a_coordinator, actor, at, make_assignment, make_dossier, make_user
from tests.queries import count_queries

NOTE_DAY = date(2020, 11, 2)
KP3, REST, SUPPORT = TrackKind.KP3, TrackKind.REST, TrackKind.SUPPORT
STOPPED = TrackKind.STOPPED


def counts(day, known_on=None, *, with_stopped=False, reader=None):
    """Return the tracks that are not empty, with their counts, and check the partition."""
    db.session.commit()
    report = report_for(
        db.session(), reader or a_coordinator(), Question(day, known_on, with_stopped)
    )
    assert report.figures.adds_up
    return {cell.kind: cell.count for cell in report.figures.cells if cell.count}


def move(dossier, kind, on, *, recorded, reason="Zo is het gegaan.", **more):
    """Change the track from a day on, recorded at a moment."""
    change_track(
        db.session(), a_coordinator(), dossier.number, TrackChange(kind, on, reason, **more),
        now=recorded, today=recorded.astimezone(AMSTERDAM).date(),
    )  # fmt: skip
    db.session.commit()


def in_2020(month=6, day=1):
    return date(2020, month, day)


# ---------------------------------------------------------------------- when it was true


@pytest.mark.usefixtures("app")
def test_a_track_counts_from_its_first_day_up_to_but_not_on_its_last():
    dossier = make_dossier(track="support", opened_on=in_2020(), today=in_2020())
    move(dossier, KP3, date(2020, 9, 1), recorded=at(date(2020, 9, 1)))
    assert counts(date(2020, 5, 31)) == {}
    assert counts(date(2020, 6, 1)) == {SUPPORT: 1}
    assert counts(date(2020, 8, 31)) == {SUPPORT: 1}
    assert counts(date(2020, 9, 1)) == {KP3: 1}


@pytest.mark.usefixtures("app")
def test_the_leap_day_is_a_day():
    dossier = make_dossier(track="support", opened_on=date(2020, 2, 28), today=date(2020, 2, 28))
    move(dossier, KP3, date(2020, 2, 29), recorded=at(date(2020, 2, 29)))
    assert counts(date(2020, 2, 28)) == {SUPPORT: 1}
    assert counts(date(2020, 2, 29)) == {KP3: 1}
    assert counts(date(2020, 3, 1)) == {KP3: 1}


@pytest.mark.usefixtures("app")
def test_a_stopped_dossier_only_counts_when_asked_for():
    dossier = make_dossier(track="support", opened_on=in_2020(), today=in_2020())
    move(
        dossier, STOPPED, date(2020, 9, 1), recorded=at(date(2020, 9, 1)),
        stop_reason=StopReason.MOVED,
    )  # fmt: skip
    assert counts(date(2020, 8, 31), with_stopped=True) == {SUPPORT: 1}
    assert counts(date(2020, 9, 1)) == {}
    assert counts(date(2020, 9, 1), with_stopped=True) == {STOPPED: 1}


@pytest.mark.usefixtures("app")
def test_rest_whose_decision_is_late_still_counts_as_rest():
    make_dossier(track="rest", opened_on=in_2020(), today=in_2020(), planned_end=date(2020, 10, 1))
    assert counts(NOTE_DAY) == {REST: 1}


@pytest.mark.usefixtures("app")
def test_another_municipality_counts_for_itself():
    make_dossier(track="support", opened_on=in_2020(), today=in_2020())
    make_dossier(track="rest", municipality="Buren", opened_on=in_2020(), today=in_2020())
    assert counts(NOTE_DAY) == {SUPPORT: 1}
    assert counts(NOTE_DAY, reader=a_coordinator("Buren")) == {REST: 1}


# ---------------------------------------------------------------------- when it was known


@pytest.mark.usefixtures("app")
def test_what_was_recorded_later_does_not_change_what_was_known():
    dossier = make_dossier(track="support", opened_on=in_2020(), today=in_2020())
    move(dossier, KP3, date(2020, 11, 1), recorded=at(date(2020, 12, 5)))
    assert counts(NOTE_DAY, date(2020, 11, 24)) == {SUPPORT: 1}
    assert counts(NOTE_DAY, date(2020, 12, 4)) == {SUPPORT: 1}
    assert counts(NOTE_DAY, date(2020, 12, 5)) == {KP3: 1}
    assert counts(NOTE_DAY) == {KP3: 1}


@pytest.mark.usefixtures("app")
def test_a_correction_of_the_past_leaves_the_report_of_then_as_it_was():
    dossier = make_dossier(track="support", opened_on=in_2020(), today=in_2020())
    move(dossier, KP3, date(2020, 10, 1), recorded=at(date(2020, 10, 1)))
    rows = TrackPeriod.history(db.session(), dossier_id=dossier.id)
    plan = correct(
        rows, date(2020, 7, 1), date(2020, 11, 10), today=date(2021, 1, 15),
        at=at(date(2021, 1, 15)),
    )  # fmt: skip
    TrackPeriod.store(
        db.session(), plan,
        key={"dossier_id": dossier.id, "municipality_id": dossier.municipality_id},
        content={"kind": REST, "planned_end": date(2021, 7, 1), "stop_reason": None,
                 "reason": "Verkeerd ingevoerd.", "avoid": ""},
        recorded_by_id=a_coordinator().id,
    )  # fmt: skip
    assert counts(NOTE_DAY, date(2020, 11, 24)) == {KP3: 1}
    assert counts(NOTE_DAY, date(2021, 1, 14)) == {KP3: 1}
    assert counts(NOTE_DAY, date(2021, 1, 15)) == {REST: 1}
    assert counts(NOTE_DAY) == {REST: 1}
    assert counts(date(2020, 11, 10)) == {KP3: 1}


@pytest.mark.usefixtures("app")
def test_a_dossier_that_was_recorded_later_was_not_known_yet():
    make_dossier(track="support", opened_on=in_2020(), today=date(2020, 12, 1))
    assert counts(NOTE_DAY, date(2020, 11, 30)) == {}
    assert counts(NOTE_DAY, date(2020, 12, 1)) == {SUPPORT: 1}


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "known_on",
    [date(2020, 11, 24), date(2020, 10, 25), date(2021, 3, 28), date(2024, 2, 29),
     date(2020, 12, 31)],
)  # fmt: skip
def test_a_day_of_knowledge_ends_at_midnight_in_amsterdam(known_on):
    before = datetime(known_on.year, known_on.month, known_on.day, 23, 59, tzinfo=AMSTERDAM)
    next_day = known_on + timedelta(days=1)
    after = datetime(next_day.year, next_day.month, next_day.day, 0, 0, tzinfo=AMSTERDAM)
    for moment in (before, after):
        dossier = make_dossier(track="support", opened_on=in_2020(), today=in_2020())
        move(dossier, KP3, date(2020, 10, 1), recorded=moment)
    assert counts(date(2020, 10, 2), known_on) == {SUPPORT: 1, KP3: 1}
    assert counts(date(2020, 10, 2), next_day) == {KP3: 2}


@pytest.mark.usefixtures("app")
def test_what_was_superseded_the_same_second_was_never_known():
    dossier = make_dossier(track="support", opened_on=in_2020(), today=in_2020())
    move(dossier, KP3, in_2020(), recorded=at(in_2020(), 8))
    assert counts(NOTE_DAY, in_2020()) == {KP3: 1}


# ---------------------------------------------------------------------- whose, and what else


@pytest.mark.usefixtures("app")
def test_a_consultant_counts_the_dossiers_led_that_day_as_known_then():
    before, after = make_user(), make_user()
    dossier = make_dossier(track="support", lead=before, opened_on=in_2020(), today=in_2020())
    make_dossier(track="rest", lead=after, opened_on=in_2020(), today=in_2020())
    make_assignment(dossier, after, today=date(2020, 11, 10))
    first, second = actor(before), actor(after)
    assert counts(NOTE_DAY, reader=first) == {SUPPORT: 1}
    assert counts(NOTE_DAY, reader=second) == {REST: 1}
    assert counts(date(2020, 11, 10), reader=first) == {}
    assert counts(date(2020, 11, 10), reader=second) == {SUPPORT: 1, REST: 1}
    assert counts(date(2020, 11, 10), date(2020, 11, 9), reader=first) == {SUPPORT: 1}


@pytest.mark.usefixtures("app")
def test_a_consultant_does_not_see_the_figure_from_outside():
    lead = make_user()
    make_dossier(track="support", lead=lead, opened_on=in_2020(), today=in_2020())
    welfare(date(2020, 7, 1), 449)
    assert report_for(db.session(), actor(lead), Question(NOTE_DAY)).households is None
    assert report_for(db.session(), a_coordinator(), Question(NOTE_DAY)).households is not None


def welfare(counted_on, number, *, recorded=None, municipality="West Betuwe"):
    recorded = recorded or at(counted_on)
    record_welfare_count(
        db.session(), a_coordinator(municipality),
        RecordWelfareCount(counted_on, number, "Werkzaak"), now=recorded,
        today=recorded.astimezone(AMSTERDAM).date(),
    )  # fmt: skip
    db.session.commit()


@pytest.mark.usefixtures("app")
def test_the_latest_count_of_households_on_or_before_the_day_is_shown():
    welfare(date(2020, 1, 1), 470)
    welfare(date(2020, 7, 1), 445)
    welfare(date(2020, 7, 1), 449, recorded=at(date(2020, 7, 20)))
    welfare(date(2020, 12, 1), 430)
    welfare(date(2020, 7, 1), 900, municipality="Buren")

    def shown(day, known_on=None):
        found = report_for(db.session(), a_coordinator(), Question(day, known_on)).households
        return found and (found.counted_on, found.number)

    assert shown(date(2019, 12, 31)) is None
    assert shown(date(2020, 6, 30)) == (date(2020, 1, 1), 470)
    assert shown(date(2020, 7, 1)) == (date(2020, 7, 1), 449)
    assert shown(NOTE_DAY) == (date(2020, 7, 1), 449)
    assert shown(NOTE_DAY, date(2020, 7, 19)) == (date(2020, 7, 1), 445)
    assert shown(date(2020, 12, 1)) == (date(2020, 12, 1), 430)


@pytest.mark.usefixtures("app")
def test_subgroups_count_by_themselves_stopped_dossiers_too():
    policy = actor(make_user(Role.POLICY_OFFICER))
    for number in range(6):
        dossier = make_dossier(
            track="stopped" if number == 0 else "support", opened_on=in_2020(), today=in_2020()
        )
        for group in (Subgroup.IMPROVED, *([Subgroup.LANGUAGE] if number < 4 else [])):
            join(dossier, group, date(2020, 8, 1))

    def shown(day, reader):
        rows = report_for(db.session(), reader, Question(day)).subgroups
        return {row.subgroup: (row.shown, row.share) for row in rows}

    assert shown(date(2020, 7, 31), a_coordinator())[Subgroup.IMPROVED] == ("0", "0%")
    exact = shown(NOTE_DAY, a_coordinator())
    assert exact[Subgroup.IMPROVED] == ("6", "100%")
    assert exact[Subgroup.LANGUAGE] == ("4", "67%")
    guarded = shown(NOTE_DAY, policy)
    assert guarded[Subgroup.LANGUAGE] == ("<5", None)
    assert guarded[Subgroup.NEAR_PENSION][0] == "0"


@pytest.mark.usefixtures("app")
def test_a_share_does_not_give_away_a_hidden_total():
    policy = actor(make_user(Role.POLICY_OFFICER))
    for track in (*["rest"] * 8, "stopped", "stopped"):
        dossier = make_dossier(track=track, opened_on=in_2020(), today=in_2020())
        join(dossier, Subgroup.IMPROVED, in_2020())
    report = report_for(db.session(), policy, Question(NOTE_DAY))
    assert report.everything_shown == "afgeschermd"
    assert report.subgroups[-2].shown == "10"
    assert all(row.share is None for row in report.subgroups)


# ---------------------------------------------------------------------- how it is read


def join(dossier, subgroup, since, municipality="West Betuwe"):
    """Put a dossier in a subgroup, recorded that day."""
    change_subgroup(
        db.session(), a_coordinator(municipality), dossier.number, subgroup, member=True,
        since=since, now=at(since, 12), today=since,
    )  # fmt: skip
    db.session.commit()


def crowd(number):
    """Give another municipality many dossiers: copies of one, with its facts."""
    lead = make_user(municipality="Buren")
    first = make_dossier(
        track="support", municipality="Buren", lead=lead, opened_on=in_2020(), today=in_2020()
    )
    join(first, Subgroup.LANGUAGE, in_2020(), "Buren")
    ids = range(1_000_000, 1_000_000 + number)
    for table, is_first, own in (
        (Client, Client.id == first.client_id, lambda n: {"bsn_hash": None, "bsn_sealed": None}),
        (Dossier, Dossier.id == first.id, lambda n: {"client_id": n, "number": f"KP4-{n}"}),
        (TrackPeriod, TrackPeriod.dossier_id == first.id, lambda n: {"dossier_id": n}),
        (SubgroupPeriod, SubgroupPeriod.dossier_id == first.id, lambda n: {"dossier_id": n}),
        (Assignment, Assignment.dossier_id == first.id, lambda n: {"dossier_id": n}),
    ):
        row = dict(db.session.execute(select(table.__table__).where(is_first)).mappings().one())
        db.session.execute(insert(table), [row | {"id": n} | own(n) for n in ids])
    db.session.commit()
    if db.engine.dialect.name == "postgresql":  # by itself it does so every minute
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def plans(engine_name, run):
    """Return the plans of every statement that ``run`` sends."""
    sent = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    run()
    event.remove(db.engine, "before_cursor_execute", note)
    word, column = ("EXPLAIN", 0) if engine_name == "postgres" else ("EXPLAIN QUERY PLAN", 3)
    connection = db.session.connection()
    return [
        "\n".join(str(row[column]) for row in connection.exec_driver_sql(f"{word} {asked}", values))
        for asked, values in sent
        if "SELECT" in asked
    ]


@pytest.mark.parametrize("known_on", [None, date(2020, 11, 24)])
def test_another_municipality_of_any_size_is_not_read(app, engine_name, known_on):
    lead = make_user()
    for track in ("support", "rest"):
        dossier = make_dossier(track=track, lead=lead, opened_on=in_2020(), today=in_2020())
        join(dossier, Subgroup.DISABILITY, in_2020())
    crowd(2000)
    question = Question(NOTE_DAY, known_on)
    for reader in (a_coordinator(), actor(lead)):
        counting, *others = plans(
            engine_name,
            lambda reader=reader: (
                report_for(db.session(), reader, question),
                dossiers_behind(db.session(), reader, question, (SUPPORT,), order="naam", page=1),
            ),
        )
        for plan in (counting, *others):
            for table in ("track_period", "assignment", "subgroup_period", "dossier"):
                assert f"SCAN {table}" not in plan, plan
                assert f"Seq Scan on {table}" not in plan, plan
        if not reader.has(Role.CONSULTANT):
            assert "ix_track_period_report" in counting


@pytest.mark.usefixtures("app")
def test_the_number_of_queries_does_not_grow_with_the_dossiers():
    coordinator, asked = a_coordinator(), []
    for number in (1, 30):
        for _ in range(number):
            make_dossier(track="support", opened_on=in_2020(), today=in_2020())
        with count_queries() as statements:
            report_for(db.session(), coordinator, Question(NOTE_DAY))
            dossiers_behind(
                db.session(), coordinator, Question(NOTE_DAY), (SUPPORT,), order="nummer", page=1
            )
        asked.append(len(statements))
    assert asked == [5, 5]


@pytest.mark.usefixtures("app")
def test_a_list_tells_since_when_and_until_when_that_track_ran():
    dossier = make_dossier(
        track="rest", opened_on=in_2020(), today=in_2020(), planned_end=date(2020, 9, 1)
    )
    move(dossier, REST, date(2020, 8, 20), recorded=at(date(2020, 8, 20)),
         planned_end=date(2021, 2, 1))  # fmt: skip
    move(dossier, SUPPORT, date(2020, 12, 1), recorded=at(date(2020, 12, 1)))
    found = {
        known_on: dossiers_behind(
            db.session(), a_coordinator(), Question(NOTE_DAY, known_on), (REST,), order="nummer",
            page=1,
        ).rows[0]
        for known_on in (None, date(2020, 11, 24))
    }  # fmt: skip
    assert {row.since for row in found.values()} == {in_2020()}  # extending does not restart it
    assert found[None].until == date(2020, 12, 1)
    assert found[date(2020, 11, 24)].until is None
    assert found[date(2020, 11, 24)].planned_end == date(2021, 2, 1)


@pytest.mark.usefixtures("app")
def test_who_assigned_when_does_not_matter_to_the_municipality():
    dossier = make_dossier(track="support", opened_on=in_2020(), today=in_2020())
    assign_dossiers(
        db.session(), a_coordinator(), AssignDossiers((dossier.number,), make_user().id, "Past."),
        now=at(in_2020(7)), today=in_2020(7),
    )  # fmt: skip
    assert counts(NOTE_DAY) == {SUPPORT: 1}
    assert db.session.scalar(select(TrackPeriod.id)) is not None
