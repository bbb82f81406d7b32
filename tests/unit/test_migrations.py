"""Migrations go up, down and up again, and make exactly the tables of the models."""

import flask_migrate
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from kp4web.extensions import Base, db
from tests.conftest import short_lived


def tables():
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_up_down_up(empty_database):
    with short_lived(empty_database):
        flask_migrate.upgrade()
        made = tables()
        assert made == set(Base.metadata.tables)
        flask_migrate.downgrade(revision="base")
        assert tables() == set()
        flask_migrate.upgrade()
        assert tables() == made
        head = db.session.execute(text("SELECT id, last_id FROM audit_head")).one()
        assert tuple(head) == (1, 0)


def test_the_tables_are_those_of_the_models(empty_database):
    with short_lived(empty_database):
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
