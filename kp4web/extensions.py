"""Unbound Flask extensions, the declarative base, and how transactions begin."""

import sqlite3
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Executable,
    MetaData,
    Row,
    Select,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 10000",
)
AnyRow = Row[*tuple[Any, ...]]
"""A row of any columns; the type checker wants them spelled out otherwise."""
AnySelect = Select[*tuple[Any, ...]]
reading: ContextVar[bool] = ContextVar("reading", default=False)
"""True while a transaction will only read; the default is to begin as a writer (SQLite)."""


def rows_of(
    session: Session, statement: Executable, parameters: Mapping[str, Any] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """
    Run a statement that asks for columns, never entities, past the loader of objects.

    It sees what this transaction changed. Half the time of ``session.execute`` for a few rows.
    """
    session.flush()
    return session.connection().execute(statement, parameters)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: stored in UTC, comes back aware (SQLite keeps no offset); refuses naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; raise ``ValueError`` for a moment without an offset."""
        if value is not None and value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back what SQLite forgot."""
        return value and (value if value.tzinfo else value.replace(tzinfo=UTC))


class Base(DeclarativeBase):
    """Declarative base: constraint names Alembic can address, enums stored by value."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime,
            StrEnum: Enum(
                StrEnum,
                native_enum=False,
                create_constraint=True,
                length=40,
                values_callable=lambda kind: [member.value for member in kind],
            ),
        },
    )


db = SQLAlchemy(model_class=Base)
csrf = CSRFProtect()
login = LoginManager()
migrate = Migrate()


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Give every SQLite connection the four settings, and leave BEGIN to us."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Begin as a writer unless told otherwise: a late upgrade of a read fails under load."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if reading.get() else "BEGIN IMMEDIATE")
