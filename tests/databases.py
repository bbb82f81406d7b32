"""A fresh database for every test, on both engines: a copy of a template made once per run.

The templates are shared by the workers of a run; each worker has one database of its own, with one
fixed address. Before every test it is copied again: a few milliseconds on SQLite, where it is one
file. On PostgreSQL a copy costs some hundred milliseconds, most of them in the cold start of the
new connection, so there the database is emptied instead for as long as it stays small.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Protocol

import psycopg

from tests.machine import PostgresServer

Fill = Callable[[str], None]

SMALL_TABLE = 131_072  # bytes
TABLES = (
    "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
)
DELETE = 'delete from "{}"'
SEQUENCES = "select quote_literal(schemaname || '.' || sequencename), last_value from pg_sequences"
GROWN = f"{TABLES} and pg_relation_size(oid) > %s"


class Databases(Protocol):
    """What a test needs of an engine."""

    uri: str

    def exists(self, template: str) -> bool:
        """Return whether the template was made, by this worker or another."""

    def reset(self, template: str) -> bool:
        """Bring the worker's database back to the template under open connections, if that goes."""

    def fresh(self, template: str | None) -> None:
        """Make the worker's database anew: a copy of the template, or empty for ``None``."""

    def keep(self, template: str) -> None:
        """Make the worker's database, as it is now, the template of that name."""

    def close(self) -> None:
        """Let go of what is held open between tests."""


class SqliteDatabases:
    """Databases as files in the folder of the run."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.folder = folder
        self.file = folder / f"{worker}.sqlite"
        self.uri = f"sqlite:///{self.file}"

    def exists(self, template: str) -> bool:
        return self._template(template).exists()

    def reset(self, template: str) -> bool:
        return False  # a file is copied sooner than emptied

    def fresh(self, template: str | None) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{self.file}{ending}").unlink(missing_ok=True)
        if template:
            shutil.copyfile(self._template(template), self.file)

    def keep(self, template: str) -> None:
        if Path(f"{self.file}-wal").exists():
            raise RuntimeError("A connection is still open: the file is not complete.")
        self.file.rename(self._template(template))

    def close(self) -> None:
        pass  # a file needs no connection to be copied

    def _template(self, name: str) -> Path:
        return self.folder / f"template-{name}.sqlite"


class PostgresDatabases:
    """Databases on the server of the run; whoever comes first starts it."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.name = f"test_{worker}"
        self.server = PostgresServer(folder / "postgres")
        self.uri = self.server.url(self.name)
        self.template: str | None = None
        self.inside: Emptier | None = None

    @cached_property
    def admin(self) -> psycopg.Connection:
        """Return a connection to the server, started when it did not run."""
        with only_one(self.server.folder.parent, "postgres"):
            if not self.server.folder.exists():
                self.server.start()
        return self._connect("postgres")

    def exists(self, template: str) -> bool:
        query = "select 1 from pg_database where datname = %s"
        return self.admin.execute(query, [f"template_{template}"]).fetchone() is not None

    def reset(self, template: str) -> bool:
        return self.template == template and self.inside is not None and self.inside.empty()

    def fresh(self, template: str | None) -> None:
        self._leave()
        self.admin.execute(f"drop database if exists {self.name} with (force)")
        source = f"template_{template}" if template else "template0"
        self.admin.execute(f"create database {self.name} template {source}")
        self.template = template
        if template:
            self.inside = Emptier(self._connect(self.name))

    def keep(self, template: str) -> None:
        self._leave()
        self.admin.execute(f"alter database {self.name} rename to template_{template}")

    def close(self) -> None:
        self._leave()
        self.admin.close()

    def _leave(self) -> None:
        self.template = None
        if self.inside:
            self.inside.connection.close()
            self.inside = None

    def _connect(self, name: str) -> psycopg.Connection:
        folder = str(self.server.folder)
        return psycopg.connect(host=folder, user="kp4web", dbname=name, autocommit=True)


class Emptier:
    """Brings a database back to the few rows it had; made when nothing has touched it yet."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.connection.execute("set session_replication_role = replica")  # no triggers, any order
        self.connection.execute("set lock_timeout = '2s'")
        self.tables = [name for (name,) in connection.execute(TABLES)]
        self.large = bool(self._grown())
        self.rows = {} if self.large else {name: self._copy(name) for name in self.tables}
        self.restart = "; ".join(
            f"select setval({name}, {last or 1}, {last is not None})"
            for name, last in connection.execute(SEQUENCES)
        )

    def empty(self) -> bool:
        """Bring the rows back; return ``False`` when a table stays large or somebody holds one."""
        try:
            if self.large:
                return False
            self.connection.execute("; ".join(map(DELETE.format, self.tables)))
            for name in self._grown():  # emptied tables keep their size, which plans are made from
                self.connection.execute(f'vacuum "{name}"')
            if self._grown():
                return False
        except psycopg.Error:
            return False
        for name, rows in self.rows.items():
            if rows:
                with self.connection.cursor().copy(f'copy "{name}" from stdin') as copy:
                    copy.write(rows)
        self.connection.execute(self.restart)
        return True

    def _copy(self, name: str) -> bytes:
        with self.connection.cursor().copy(f'copy "{name}" to stdout') as copy:
            return b"".join(bytes(block) for block in copy)

    def _grown(self) -> list[str]:
        return [name for (name,) in self.connection.execute(GROWN, [SMALL_TABLE])]


ENGINES: dict[str, Callable[[Path, str], Databases]] = {
    "sqlite": SqliteDatabases,
    "postgres": PostgresDatabases,
}


@contextmanager
def only_one(folder: Path, name: str) -> Iterator[None]:
    """Let one worker at a time through."""
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure_template(
    databases: Databases, folder: Path, name: str, fill: Fill, *, base: str | None = None
) -> None:
    """Make the template once per run: a copy of ``base``, or nothing, worked on by ``fill``."""
    with only_one(folder, f"{type(databases).__name__}-{name}"):
        if not databases.exists(name):
            databases.fresh(base)
            fill(databases.uri)
            databases.keep(name)
