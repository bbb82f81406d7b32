"""What is stored is compared with the facts, and tampering with either or the log is found."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from kp4web.accounts.commands import start_session
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState
from kp4web.domain.drafts import DraftRule
from kp4web.drafts.commands import claim_form, save_draft
from kp4web.extensions import db
from kp4web.handovers.commands import (
    AcceptHandover,
    ReturnHandover,
    accept_handover,
    return_handover,
)
from kp4web.handovers.models import Handover
from kp4web.upkeep import queries
from kp4web.upkeep.commands import forget_old
from kp4web.worklist.commands import LeaveMessage, leave_message
from tests.conftest import TODAY
from tests.factories import (
    a_coordinator,
    actor,
    at,
    decide,
    make_agency,
    make_application,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_handover,
    make_questionnaire,
    make_user,
    make_version,
)
from tests.queries import count_queries

NOW = at(TODAY)


@pytest.fixture
def command(app):
    """Run a command as an operator does: its exit code and what it printed."""

    def run(*arguments):
        db.session.commit()
        result = app.test_cli_runner().invoke(args=arguments)
        return result.exit_code, result.output

    return run


def a_little_of_everything():
    """Return a dossier with every kind of due item around it."""
    lead, colleague = make_user(), make_user()
    dossier = make_dossier(lead=lead)
    make_conversation(dossier, lead)
    make_follow_up(dossier, lead, due_on=TODAY + timedelta(days=5))
    leave_message(
        db.session(), actor(colleague), dossier.number, LeaveMessage("Bel even."), now=NOW,
        today=TODAY,
    )  # fmt: skip
    make_dossier(lead=lead, track="rest")
    make_dossier(track="under_investigation")
    make_dossier(lead=lead, track="stopped")
    make_dossier(municipality="Buren")
    make_handover()
    return dossier


def tamper(statement, **values):
    changed = db.session.execute(text(statement), values)
    assert changed.rowcount == 1
    db.session.commit()


def test_the_work_list_of_real_commands_has_no_differences(app, command):
    a_little_of_everything()
    assert command("worklist", "verify") == (
        0, "5 dossiers, 1 overdrachten, 1 aanvragen, 0 verschillen.\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "kp3"),
        ("track_since", "2020-01-01"),
        ("planned_end", "2027-01-01"),
        ("lead_id", None),
        ("last_contact_on", "2020-01-01"),
        ("next_due_on", None),
    ],
)
def test_a_projection_that_contradicts_the_facts_is_found(app, command, column, value):
    dossier = a_little_of_everything()
    cast = "DATE" if column.endswith(("since", "end", "_on")) and db.engine.name != "sqlite" else ""
    given = f"CAST(:value AS {cast})" if cast else ":value"
    tamper(f"UPDATE dossier SET {column} = {given} WHERE id = :id", value=value, id=dossier.id)  # noqa: S608 -- columns of this test
    code, output = command("worklist", "verify")
    assert code == 1
    assert f"{dossier.number}: {column} is {value}, de feiten zeggen " in output


def test_a_dossier_at_the_wrong_organisation_is_found(app, command):
    dossier = a_little_of_everything()
    other = make_user(municipality="Buren").organisation_id
    tamper("UPDATE dossier SET holder_id = :other WHERE id = :id", other=other, id=dossier.id)
    code, output = command("worklist", "verify")
    assert code == 1
    assert f"{dossier.number}: holder_id is {other}" in output


def test_a_lead_of_another_organisation_than_the_holder_is_found(app, command):
    dossier = make_dossier(lead=make_user())
    other = make_user(municipality="Buren")
    for table, column in (("dossier", "lead_id"), ("assignment", "user_id")):
        tamper(f"UPDATE {table} SET {column} = :id", id=other.id)  # noqa: S608 -- names of this test
    code, output = command("worklist", "verify")
    assert code == 1
    assert f"{dossier.number}: lead_id is {other.id}, van een andere organisatie" in output


def test_a_due_item_that_is_gone_is_found(app, command):
    dossier = a_little_of_everything()
    tamper("DELETE FROM due_item WHERE dossier_id = :id AND kind = 'message'", id=dossier.id)
    code, output = command("worklist", "verify")
    assert code == 1
    assert f"{dossier.number}: message 2026-11-18" in output
    assert "ontbreekt" in output
    assert "1 verschillen." in output


@pytest.mark.parametrize("change", ["due_on = '2030-01-01'", "user_id = NULL", "subject_id = 77"])
def test_a_due_item_that_was_changed_is_found(app, command, change):
    dossier = a_little_of_everything()
    tamper(
        f"UPDATE due_item SET {change} WHERE dossier_id = :id AND kind = 'follow_up'",  # noqa: S608
        id=dossier.id,
    )
    code, output = command("worklist", "verify")
    assert code == 1
    assert output.count(dossier.number) >= 2  # one missing, one too many


def test_a_due_item_that_is_there_twice_is_found(app, command):
    dossier = a_little_of_everything()
    tamper(
        "INSERT INTO due_item (dossier_id, municipality_id, organisation_id, kind, due_on, user_id)"
        " SELECT dossier_id, municipality_id, organisation_id, kind, due_on, user_id FROM due_item"
        " WHERE dossier_id = :id AND kind = 'pension_reached'",
        id=dossier.id,
    )
    code, output = command("worklist", "verify")
    assert code == 1
    assert "hoort er niet te zijn" in output


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM due_item WHERE handover_id IS NOT NULL",
        "UPDATE due_item SET due_on = '2020-01-01' WHERE handover_id IS NOT NULL",
    ],
)
def test_a_hand_over_that_nobody_has_to_review_is_found(app, command, statement):
    handover = make_handover()
    tamper(statement)
    code, output = command("worklist", "verify")
    assert code == 1
    assert f"overdracht {handover.id}: review_handover" in output


def an_application_in_every_state():
    """Return an application per state, by real commands."""
    intake, coordinator = make_user(Role.INTAKE), a_coordinator()
    make_version(make_agency())
    session, clock = db.session(), {"now": at(TODAY, 12), "today": TODAY}
    running, waiting = make_application(by=intake), make_application(by=intake)
    make_questionnaire(running, intake)
    make_questionnaire(waiting, intake, completed=True)
    closed = make_application(by=intake)
    decide(closed, intake, profile=2)
    sent = {name: make_handover(by=intake) for name in ("offered", "returned", "accepted")}
    return_handover(session, coordinator, sent["returned"].id, ReturnHandover("Nog niet."), **clock)
    accepted = make_application(by=intake)
    asked = make_questionnaire(accepted, intake, completed=True)
    decision = decide(accepted, intake, questionnaire=asked)
    offered = session.scalars(select(Handover).where(Handover.decision_id == decision.id)).one()
    accept_handover(session, coordinator, offered.id, AcceptHandover(), **clock)
    accept_handover(session, coordinator, sent["accepted"].id, AcceptHandover(), **clock)
    session.commit()
    return {
        "open": make_application(by=intake).id, "running": running.id, "waiting": waiting.id,
        "closed": closed.id, "offered": sent["offered"].application_id,
        "returned": sent["returned"].application_id, "accepted": accepted.id,
    }  # fmt: skip


def test_applications_of_real_commands_have_no_differences(app, command):
    assert set(an_application_in_every_state()) == set(ApplicationState)
    assert command("worklist", "verify") == (
        0, "2 dossiers, 4 overdrachten, 8 aanvragen, 0 verschillen.\n",
    )  # fmt: skip


@pytest.mark.parametrize("state", ApplicationState)
def test_an_application_that_stands_elsewhere_than_the_facts_say_is_found(app, command, state):
    wrong = "waiting" if state is ApplicationState.OPEN else "open"
    application = an_application_in_every_state()[state]
    tamper("UPDATE application SET state = :wrong WHERE id = :id", wrong=wrong, id=application)
    code, output = command("worklist", "verify")
    assert code == 1
    assert f"aanvraag {application}: state is {wrong}, de feiten zeggen {state}" in output
    assert "1 verschillen." in output


def test_a_questionnaire_that_did_not_go_along_is_found(app, command):
    application = an_application_in_every_state()["accepted"]
    tamper("UPDATE questionnaire SET dossier_id = NULL WHERE application_id = :id", id=application)
    code, output = command("worklist", "verify")
    assert code == 1
    assert f"aanvraag {application}: een vragenlijst ging niet mee naar het dossier" in output


def test_batches_of_applications_take_one_query_each(app):
    an_application_in_every_state()
    with count_queries() as statements:
        sizes = [one.compared for one in queries.verify_applications(db.session(), batch=3)]
    assert sizes == [3, 3, 2]
    assert len(statements) == 4


def test_the_number_of_queries_does_not_grow_with_the_dossiers_of_a_batch(app):
    def queries_for(number):
        while db.session.scalar(text("SELECT count(*) FROM dossier")) < number:
            make_dossier(lead=lead)
        db.session.commit()
        with count_queries() as statements:
            assert sum(batch.compared for batch in queries.verify_dossiers(db.session())) == number
        return len(statements)

    lead = make_user()
    assert queries_for(1) == queries_for(6)


def test_batches_together_hold_every_dossier_once(app):
    lead = make_user()
    for _ in range(5):
        make_dossier(lead=lead)
    sizes = [batch.compared for batch in queries.verify_dossiers(db.session(), batch=2)]
    assert sizes == [2, 2, 1]


# ---------------------------------------------------------------------- the log


def test_a_log_that_nobody_touched_has_no_faults(app, command):
    a_little_of_everything()
    code, output = command("audit", "verify")
    assert code == 0
    assert output.endswith(" regels, 0 fouten.\n")
    assert not output.startswith("0 regels")


@pytest.mark.parametrize(
    "change",
    [
        "action = 'nothing_happened'",
        "user_id = NULL",
        "reason = 'x'",
        "detail = '{\"lead\": 99}'",
        "subjects_sealed = NULL",
        "started_at = '2020-01-01 00:00:00+00'",
    ],
)
def test_an_entry_that_was_changed_is_found(app, command, change):
    a_little_of_everything()
    tamper(f"UPDATE audit_entry SET {change} WHERE id = 3")  # noqa: S608 -- texts of this test
    code, output = command("audit", "verify")
    assert code == 1
    assert "regel 3 is veranderd" in output


def test_an_entry_that_was_removed_from_the_middle_is_found(app, command):
    a_little_of_everything()
    tamper("DELETE FROM audit_entry WHERE id = 3")
    code, output = command("audit", "verify")
    assert code == 1
    assert "regel 3 tot en met 3 ontbreekt" in output


def test_the_last_entry_being_removed_is_found(app, command):
    a_little_of_everything()
    last = db.session.scalar(text("SELECT max(id) FROM audit_entry"))
    tamper("DELETE FROM audit_entry WHERE id = :last", last=last)
    code, output = command("audit", "verify")
    assert code == 1
    assert f"de keten eindigt bij {last - 1}, vastgelegd is {last}" in output


def test_the_last_entry_being_removed_with_the_head_set_back_is_found(app, command):
    """The head holds the hash of the last entry too; without the key it cannot be made fit."""
    a_little_of_everything()
    last = db.session.scalar(text("SELECT max(id) FROM audit_entry"))
    tamper("DELETE FROM audit_entry WHERE id = :last", last=last)
    tamper("UPDATE audit_head SET last_id = :last", last=last - 1)
    assert command("audit", "verify")[0] == 1


def test_an_entry_that_was_inserted_is_found(app, command):
    a_little_of_everything()
    last = db.session.scalar(text("SELECT max(id) FROM audit_entry"))
    columns = (
        "trace_id, span_id, activity, action, started_at, ended_at, status, user_id, roles,"
        " organisation_id, municipality_id, dossier_id, relation, reason, subjects_sealed, detail,"
        " hash"
    )
    tamper(
        f"INSERT INTO audit_entry (id, {columns})"  # noqa: S608 -- columns of this test
        f" SELECT :new, {columns} FROM audit_entry WHERE id = 2",
        new=last + 1,
    )
    code, output = command("audit", "verify")
    assert code == 1
    assert f"regel {last + 1} is veranderd" in output


# ---------------------------------------------------------------------- what the night forgets

DRAFT = DraftRule("gesprek", "Gesprek vastleggen", "conversations.new")


def test_the_night_forgets_what_is_over_for_thirty_days_and_nothing_else(app):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    other = make_dossier(lead=lead)
    long_ago, lately = NOW - timedelta(days=31), NOW - timedelta(days=29)
    for then, about in ((long_ago, dossier), (lately, other)):
        start_session(db.session(), lead, now=then)
        save_draft(db.session(), actor(lead), DRAFT, about.id, {"report": ["Half af"]}, now=then)
        claim_form(db.session(), actor(lead), str(about.id), "", now=then)
        db.session.execute(
            text(
                "INSERT INTO sign_in_attempt (account_hash, address_hash, at, succeeded)"
                " VALUES ('a', 'b', :then, false)"
            ),
            {"then": then.astimezone(UTC).replace(tzinfo=None)},
        )
    forgotten = forget_old(db.session(), now=NOW)
    assert (forgotten.drafts, forgotten.sessions, forgotten.attempts) == (1, 1, 1)
    assert db.session.scalar(text("SELECT count(*) FROM draft")) == 1
    assert db.session.scalar(text("SELECT count(*) FROM sent_form")) == 1
    assert db.session.scalar(text("SELECT count(*) FROM user_session")) == 1


def test_the_nightly_command_says_what_it_deleted_and_logs_it(app, command):
    start_session(db.session(), make_user(Role.COORDINATOR), now=datetime(2020, 1, 1, tzinfo=UTC))
    told = "Verwijderd: 0 concepten, 1 sessies, 0 inlogpogingen.\n1 regels, 0 fouten.\n"
    assert command("nightly") == (0, told)
    acts = db.session.scalars(text("SELECT action FROM audit_entry ORDER BY id"))
    assert acts.all() == ["nightly", "log_verify"]
    assert command("audit", "verify")[0] == 0
    tamper("UPDATE audit_entry SET reason = 'x' WHERE id = 1")
    code, output = command("nightly")
    assert (code, "regel 1 is veranderd" in output) == (1, True)
    last = db.session.execute(text("SELECT action, status FROM audit_entry ORDER BY id DESC"))
    assert tuple(last.first()) == ("log_verify", "fault")
