"""Migrations go up, down and up again, keep the data, and make exactly what the models say."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import column, delete, func, insert, inspect, select, table, text, update

import kp4web
from kp4web.accounts.models import User, UserRole
from kp4web.accounts.queries import user_by_email
from kp4web.corrections.commands import see_correction
from kp4web.domain.actor import Role
from kp4web.domain.due import DueKind
from kp4web.domain.handovers import HandoverKind, HandoverState
from kp4web.dossiers.models import (
    Corrected,
    Correction,
    Dossier,
    Exemption,
    SanctionEvidence,
    SanctionSignal,
    SanctionStep,
)
from kp4web.extensions import Base, db
from kp4web.handovers.commands import withdraw_handover
from kp4web.handovers.models import Handover
from kp4web.reports.commands import settle_question
from kp4web.worklist.commands import AgreementEnding, refresh_due_items, settle_agreement
from kp4web.worklist.models import Agreement, DueItem, ReportQuestion
from tests.conftest import TODAY, short_lived
from tests.databases import Databases
from tests.factories import actor

VERSIONS = Path(kp4web.__file__).parent / "migrations/versions"
REVISIONS = sorted(path.name[:4] for path in VERSIONS.glob("0*.py"))
NEW_TABLES = {
    "access_request",
    "agreement", "answer", "application_decision", "application_member", "correction",
    "digest_sent", "digest_setting", "elsewhere_score", "exemption", "exemption_reason",
    "feedback_report", "heading_version", "legal_duty", "legal_ground", "name_key", "outline",
    "planned_talk", "profile_suggestion", "questionnaire", "questionnaire_version", "reason_grant",
    "report_addition", "report_question", "report_text", "sanction_evidence", "sanction_signal",
    "sanction_step", "sanction_warning", "saved_filter", "sent_form", "transfer",
    "transfer_dossier", "transfer_step", "version_in_force",
}  # fmt: skip
MOVED_TABLES = {
    "application", "conversation", "dossier", "draft", "follow_up", "follow_up_move", "handover",
    "organisation", "user_account",
}  # fmt: skip
FOLLOWING = "report_index"
"""What SQLite keeps beside a table and is no table of its own, with all that belongs to it."""
MOMENT = "2026-03-02 09:00:00.000000"
EMPTY = dict.fromkeys(
    ("initials", "given_name", "prefix", "street", "postcode", "town", "phone", "email",
     "interpreter", "approach"), "",
)  # fmt: skip


# ---------------------------------------------------------------------- what a database holds


def tables() -> set[str]:
    names = inspect(db.engine).get_table_names()
    return {n for n in names if n != "alembic_version" and not n.startswith(FOLLOWING)}


def dump(names: set[str] | None = None) -> dict[str, list[str]]:
    """Return every row of the tables; the order of columns and of rows is no difference."""
    with db.engine.connect() as connection:
        return {
            name: sorted(str(sorted(row.items())) for row in connection.execute(query).mappings())
            for name in names or tables()
            for query in [select(text("*")).select_from(table(name))]
        }


def read(name: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return these columns of all rows, dates and moments as text, in the order of the id."""
    query = select(*map(column, columns)).select_from(table(name)).order_by(column("id"))
    with db.engine.connect() as connection:
        return [
            tuple(value if isinstance(value, int | None) else str(value)[:16] for value in row)
            for row in connection.execute(query)
        ]


def described() -> dict[str, dict[str, Any]]:
    """Return the columns, constraints and indexes of every table, by name."""
    inspector = inspect(db.engine)
    columns, keys = inspector.get_multi_columns(), inspector.get_multi_pk_constraint()
    references, unique = (
        inspector.get_multi_foreign_keys(),
        inspector.get_multi_unique_constraints(),
    )
    checks, indexes = inspector.get_multi_check_constraints(), inspector.get_multi_indexes()
    return {
        name: {
            "columns": {
                each["name"]: (str(each["type"]), each["nullable"], each["default"])
                for each in columns[None, name]
            },
            "primary key": keys[None, name],
            "foreign keys": {str(each["name"]): each for each in references[None, name]},
            "unique": {each["name"]: each["column_names"] for each in unique[None, name]},
            "checks": {each["name"]: each["sqltext"] for each in checks[None, name]},
            "indexes": {
                each["name"]: (each["column_names"], each["unique"], _where(each))
                for each in indexes[None, name]
            },
        }
        for name in tables()
    }


def _where(index: Any) -> str:
    options = index.get("dialect_options", {})
    return str(options.get("sqlite_where", options.get("postgresql_where", "")))


def constraint_names() -> set[str]:
    """Return the names of constraints as the database itself keeps them."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            made = connection.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'table'"))
            names = re.findall(r"CONSTRAINT (\w+)", "\n".join(filter(None, made)))
        else:
            query = "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
            names = list(connection.scalars(text(f"{query} AND contype <> 'n'")))
    assert len(names) == len(set(names))
    return set(names) - {"alembic_version_pkc"}


def followers() -> set[str]:
    """Return what SQLite is told to keep beside the tables, without its line breaks."""
    if db.engine.dialect.name != "sqlite":
        return set()
    query = "SELECT sql FROM sqlite_master WHERE type = 'trigger' OR sql LIKE 'CREATE VIRTUAL%'"
    with db.engine.connect() as connection:
        return {" ".join(sql.split()) for sql in connection.scalars(text(query))}


# ---------------------------------------------------------------------- a database of before


def add(name: str, /, **row: Any) -> None:
    with db.engine.begin() as connection:
        connection.execute(insert(table(name, *map(column, row))).values(row))


def add_application(number: int, surname: str, **row: Any) -> None:
    add(
        "application", id=number, municipality_id=1, organisation_id=2, surname=surname,
        registered_on="2026-03-01", registered_at=MOMENT, registered_by_id=1, seal=f"seal{number}",
        birth_date="1970-05-06", justification=row.pop("justification", ""), **(EMPTY | row),
    )  # fmt: skip


def add_handover(number: int, application: int, **row: Any) -> None:
    add(
        "handover", id=number, application_id=application, municipality_id=1,
        from_organisation_id=2, to_organisation_id=1, note="Graag bellen.", offered_by_id=2,
        offered_on="2026-03-09", offered_at=MOMENT, **row,
    )  # fmt: skip


def fill_at_0001() -> None:
    """Fill a database of 0001: offered, accepted, undecided, klantprofiel 2, never offered."""
    add("municipality", id=1, slug="west-betuwe", name="West Betuwe")
    add("organisation", id=1, kind="municipality", name="Team", team="Team", municipality_id=1)
    add("organisation", id=2, kind="work_agency", name="Werkzaak", team="Intake")
    for number, organisation in ((1, 2), (2, 2), (3, 1)):
        add(
            "user_account", id=number, organisation_id=organisation, email=f"u{number}@x.nl",
            name="Naam", password_hash="x", password_set_at=MOMENT, password_is_initial=False,
            created_at=MOMENT,
        )  # fmt: skip
    add("household", id=1, municipality_id=1)
    add(
        "client", id=1, municipality_id=1, household_id=1, pension_on="2037-05-06",
        pension_provisional=True, search_name="obrien", sort_name="obrien", surname="O'Brien",
        birth_date="1970-05-06", seal="seal", **EMPTY,
    )  # fmt: skip
    add(
        "dossier", id=1, number="KP4-2026-0001", client_id=1, municipality_id=1,
        opened_on="2026-03-16", origin="handover", opening_reason="", recorded_at=MOMENT,
        recorded_by_id=3, holder_id=1, kind="under_investigation", track_since="2026-03-16",
    )  # fmt: skip
    decided = {"decided_on": "2026-03-05", "decided_by_id": 2}
    add_application(11, "Jansen", profile=4, justification="Geen werk.", **decided)
    add_application(
        12, "O'Brien", profile=4, justification="Ziek.", bsn_sealed=b"\x00\xff", bsn_hash="h",
        contact_preference="letter", **decided,
    )  # fmt: skip
    add_application(13, "Kaya")
    add_application(14, "Bos", profile=2, justification="Kan werken.", **decided)
    add_application(15, "Vos", profile=4, justification="Nog aanbieden.", **decided)
    add_handover(21, 11, state="offered")
    add_handover(
        22, 12, state="accepted", ended_on="2026-03-16", ended_at=MOMENT, ended_by_id=3,
        dossier_id=1,
    )  # fmt: skip
    due = {"municipality_id": 1, "organisation_id": 1}
    add("due_item", id=31, handover_id=21, kind="review_handover", due_on="2026-03-23", **due)
    add("due_item", id=32, dossier_id=1, kind="assign", due_on="2026-03-18", **due)


@pytest.fixture
def database_of_0001(empty_database: str) -> Iterator[str]:
    """Give an application on a database of 0001 with some rows; returns the database's address."""
    with short_lived(empty_database):
        flask_migrate.upgrade(revision="0001")
        fill_at_0001()
        yield empty_database


# ---------------------------------------------------------------------- what they make


def test_every_step_down_leaves_what_the_step_up_to_it_made(empty_database: str) -> None:
    with short_lived(empty_database):
        made = []
        for revision in REVISIONS:
            flask_migrate.upgrade(revision=revision)
            made.append((revision, described(), constraint_names()))
        assert set(made[-1][1]) == set(Base.metadata.tables)
        for revision, description, names in reversed(made):
            flask_migrate.downgrade(revision=revision)
            assert described() == description
            assert constraint_names() == names
        flask_migrate.downgrade(revision="base")
        assert tables() == set()
        flask_migrate.upgrade()
        assert described() == made[-1][1]
        head = db.session.execute(text("SELECT id, last_id FROM audit_head")).one()
        assert tuple(head) == (1, 0)


def test_the_tables_are_those_of_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_name": _is_ours, "include_object": _is_here},
        )
        assert compare_metadata(context, Base.metadata) == []


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not str(name).startswith(FOLLOWING)


def _is_here(thing: Any, _name: object, kind: str, *_rest: object) -> bool:
    """Leave out the index that only PostgreSQL has: Alembic does not ask ``ddl_if``."""
    return kind != "index" or not thing.dialect_kwargs.get("postgresql_using") or _on_postgres()


def _on_postgres() -> bool:
    return db.engine.dialect.name == "postgresql"


@pytest.fixture
def left_as_it_is(engine_name: str, engines: Callable[[str], Databases]) -> Iterator[None]:
    """Let the next test have a fresh database, whatever this one makes of it."""
    yield
    engines(engine_name).fresh(None)


def test_constraints_and_indexes_are_those_of_the_models_word_for_word(
    left_as_it_is: None, app: Flask, engine_name: str, engines: Callable[[str], Databases]
) -> None:
    made, names, beside = described(), constraint_names(), followers()
    db.engine.dispose()
    engines(engine_name).fresh(None)
    Base.metadata.create_all(db.engine)
    for name, description in described().items():
        assert made[name] == description
    assert constraint_names() == names
    assert followers() == beside
    assert {name for name in names if name.startswith("ck_application_")} >= {
        "ck_application_applicationstate", "ck_application_contactpreference",
        "ck_application_closed_whole", "ck_application_decision_decisionbasis",
    }  # fmt: skip


# ---------------------------------------------------------------------- what they keep


def test_applications_get_a_handler_and_a_state(database_of_0001: str) -> None:
    flask_migrate.upgrade()
    columns = ("id", "surname", "handler_id", "state", "state_since", "closing", "closed_on")
    assert read("application", *columns) == [
        (11, "Jansen", 1, "offered", "2026-03-09", None, None),
        (12, "O'Brien", 1, "accepted", "2026-03-16", None, None),
        (13, "Kaya", 1, "open", "2026-03-01", None, None),
        (14, "Bos", 1, "closed", "2026-03-05", "profile", "2026-03-05"),
        (15, "Vos", 1, "open", "2026-03-05", None, None),
    ]
    assert read("application", "closed_at", "closed_by_id")[3] == ("2026-03-02 09:00", 2)
    assert read("application", "bsn_hash", "contact_preference")[1] == ("h", "letter")


def test_what_was_decided_becomes_a_row_that_the_handover_names(database_of_0001: str) -> None:
    flask_migrate.upgrade()
    columns = ("application_id", "profile", "justification", "decided_on", "decided_by_id")
    assert read("application_decision", *columns) == [
        (11, 4, "Geen werk.", "2026-03-05", 2),
        (12, 4, "Ziek.", "2026-03-05", 2),
        (14, 2, "Kan werken.", "2026-03-05", 2),
        (15, 4, "Nog aanbieden.", "2026-03-05", 2),
    ]
    assert set(read("application_decision", "organisation_id", "decided_at", "basis")) == {
        (2, "2026-03-02 09:00", "conversation")
    }
    with db.engine.connect() as connection:
        assert set(connection.scalars(text("SELECT basis_reason FROM application_decision"))) == {
            "Vastgesteld voordat de vragenlijst in dit systeem stond."
        }
        pairs = connection.execute(
            text(
                "SELECT h.id, d.application_id FROM handover h"
                " JOIN application_decision d ON d.id = h.decision_id ORDER BY h.id"
            )
        )
        assert pairs.all() == [(21, 11), (22, 12)]
    assert read("handover", "state", "return_reason") == [("offered", ""), ("accepted", "")]
    assert read("due_item", "id", "handover_id", "dossier_id") == [(31, 21, None), (32, None, 1)]


def test_down_to_0001_and_up_again_gives_the_same_rows(database_of_0001: str) -> None:
    before = dump()
    flask_migrate.upgrade()
    after = dump()
    flask_migrate.downgrade(revision="0001")
    assert dump() == before
    flask_migrate.upgrade()
    assert dump() == after


def test_the_last_decision_goes_down_and_a_returned_handover_does_not(
    database_of_0001: str,
) -> None:
    flask_migrate.upgrade()
    with db.engine.begin() as connection:
        handover = table("handover", *map(column, ("id", "state", "return_reason", "ended_at")))
        returned = {"state": "returned", "return_reason": "Kan nog werken.", "ended_at": MOMENT}
        connection.execute(update(handover).where(handover.c.id == 21).values(returned))
    decision = {
        "application_id": 13, "organisation_id": 2, "decided_on": "2026-04-01", "decided_by_id": 1,
        "basis": "conversation", "basis_reason": "Gesprek.", "instrument": "", "reference": "",
    }  # fmt: skip
    for number, profile, at in ((91, 3, "2026-04-01 12:00"), (92, 1, "2026-04-01 11:00")):
        add(
            "application_decision", id=number, profile=profile, decided_at=at,
            recorded_at=at,
            justification=f"Besluit {number}", **decision,
        )  # fmt: skip
    flask_migrate.downgrade(revision="0001")
    assert read("handover", "id", "application_id") == [(22, 12)]
    assert read("due_item", "id") == [(32,)]
    assert read("application", "id", "profile", "justification", "decided_by_id")[:3] == [
        (11, 4, "Geen werk.", 2),
        (12, 4, "Ziek.", 2),
        (13, 3, "Besluit 91", 1),
    ]
    flask_migrate.upgrade()
    assert read("application", "id", "state", "state_since")[:3] == [
        (11, "open", "2026-03-05"),
        (12, "accepted", "2026-03-16"),
        (13, "closed", "2026-04-01"),
    ]


def _settle_agreements(app: Flask) -> None:
    """End every open agreement through its command, as its lead would."""
    session = db.session()
    query = select(Agreement.id, Dossier.lead_id).where(Agreement.ended_at.is_(None))
    for agreement_id, lead_id in session.execute(query.join(Dossier)).all():
        lead = actor(session.get_one(User, lead_id))
        settle_agreement(
            session, lead, agreement_id, AgreementEnding.KEPT, now=datetime.now(UTC), today=TODAY
        )
    session.commit()


def _settle_questions(app: Flask) -> None:
    """Take every open question off the list, as the coordinator would who has the dossier now."""
    session = db.session()
    asked = (
        select(ReportQuestion.id, func.min(UserRole.user_id))
        .join(Dossier, Dossier.id == ReportQuestion.dossier_id)
        .join(User, User.organisation_id == Dossier.holder_id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(ReportQuestion.ended_at.is_(None), UserRole.role == Role.COORDINATOR)
        .group_by(ReportQuestion.id)
    )
    for question_id, by_id in session.execute(asked).all():
        coordinator = actor(session.get_one(User, by_id))
        settle_question(session, coordinator, question_id, now=datetime.now(UTC), today=TODAY)
    session.commit()


def _take_back_departures() -> None:
    """Withdraw what is offered to the work agency, and ask for no feedback of what it accepted."""
    session = db.session()
    query = select(Handover.id, Handover.offered_by_id).where(
        Handover.kind == HandoverKind.KP3, Handover.state == HandoverState.OFFERED
    )
    for handover_id, by_id in session.execute(query).all():
        sender = actor(session.get_one(User, by_id))
        withdraw_handover(session, sender, handover_id, now=datetime.now(UTC), today=TODAY)
    left = select(Handover.id).where(Handover.kind == HandoverKind.KP3)
    asks = DueItem.kind.in_((DueKind.READ_FEEDBACK, DueKind.WRITE_FEEDBACK))
    session.execute(delete(DueItem).where(asks | DueItem.handover_id.in_(left)))
    session.commit()


def _see_corrections() -> None:
    """Note that every corrected klantprofiel was seen, as the coordinator would."""
    session = db.session()
    coordinator = user_by_email(session, "coordinator@westbetuwe.example")
    assert coordinator is not None
    query = select(Correction.id).where(
        Correction.subject == Corrected.PROFILE, Correction.dossier_id.is_not(None)
    )
    for correction_id in session.scalars(query).all():
        see_correction(session, actor(coordinator), correction_id, now=datetime.now(UTC))
    session.commit()


def _forget_the_law() -> None:
    """Remove every exemption and sanction signal, with what the work list asks about them."""
    session = db.session()
    for kind in (SanctionEvidence, SanctionStep, SanctionSignal, Exemption):
        session.execute(delete(kind))
    refresh_due_items(session, session.scalars(select(Dossier.id)).all())
    session.commit()


@pytest.mark.history
def test_the_history_goes_down_and_up(left_as_it_is: None, app: Flask) -> None:
    kept = set(Base.metadata.tables) - NEW_TABLES - MOVED_TABLES
    _settle_agreements(app)  # the way down cannot keep them
    _forget_the_law()  # nor these
    _settle_questions(app)
    _take_back_departures()
    _see_corrections()
    before = dump(kept)
    assert len(before["track_period"]) > 100
    flask_migrate.downgrade(revision="0001")
    assert dump(kept) == before
    at_0001 = dump()
    flask_migrate.upgrade()
    after = dump()
    flask_migrate.downgrade(revision="0001")
    assert dump() == at_0001
    flask_migrate.upgrade()
    assert dump() == after
    verified = app.test_cli_runner().invoke(args=["worklist", "verify"])
    assert verified.exit_code == 0, verified.output


# ---------------------------------------------------------------------- references on SQLite


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_row_that_refers_to_nothing_stops_the_migration(
    database_of_0001: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = described()
    with db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        connection.execute(text("UPDATE due_item SET handover_id = 99 WHERE id = 31"))
        connection.commit()
        driver.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(SystemExit):
        flask_migrate.upgrade()
    assert "References without a row: due_item -> handover." in caplog.text
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
    assert described() == before


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_references_are_guarded_again_after_a_migration(database_of_0001: str) -> None:
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
