"""Alembic's way into the application: same engine, same metadata, batch mode on SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext
from flask import current_app
from sqlalchemy import Connection

from kp4web.extensions import Base
from kp4web.registry import import_models

import_models()


def run() -> None:
    """Run the migrations over the application's own engine."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection, tables_replaceable(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            transaction_per_migration=True,
            on_version_apply=check_references,
        )
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def tables_replaceable(connection: Connection) -> Iterator[None]:
    """
    Let SQLite drop a table that others refer to, for it is replaced by its successor.

    A connection obeys these settings only outside a transaction, hence beneath SQLAlchemy, which
    would begin one.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys = ON")


def check_references(ctx: MigrationContext, *_: Any, **_named: Any) -> None:
    """Raise ``RuntimeError``, before the commit, when a row of SQLite refers to nothing."""
    connection = ctx.connection
    if connection is None or connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        found = sorted({f"{table} -> {target}" for table, _, target, _ in broken})
        raise RuntimeError(f"References without a row: {', '.join(found)}.")


run()
