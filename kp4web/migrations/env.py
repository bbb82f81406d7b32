"""Alembic's way into the application: same engine, same metadata, batch mode on SQLite."""

from alembic import context
from flask import current_app

from kp4web.extensions import Base
from kp4web.registry import import_models

import_models()


def run() -> None:
    """Run the migrations over the application's own engine."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
