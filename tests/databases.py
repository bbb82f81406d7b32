"""A fresh database for every test, on both engines: a copy of a template made once per run.

The templates are shared by the workers of a run; each worker has one database of its own, with one
fixed address, that is thrown away and copied again before every test. A copy takes a few
milliseconds on SQLite and some forty on PostgreSQL.
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


class Databases(Protocol):
    """What a test needs of an engine."""

    uri: str

    def exists(self, template: str) -> bool:
        """Return whether the template was made, by this worker or another."""

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

    @cached_property
    def admin(self) -> psycopg.Connection:
        """Return a connection to the server, started when it did not run."""
        with only_one(self.server.folder.parent, "postgres"):
            if not self.server.folder.exists():
                self.server.start()
        return psycopg.connect(
            host=str(self.server.folder), user="kp4web", dbname="postgres", autocommit=True
        )

    def exists(self, template: str) -> bool:
        query = "select 1 from pg_database where datname = %s"
        return self.admin.execute(query, [f"template_{template}"]).fetchone() is not None

    def fresh(self, template: str | None) -> None:
        self.admin.execute(f"drop database if exists {self.name} with (force)")
        source = f"template_{template}" if template else "template0"
        self.admin.execute(f"create database {self.name} template {source}")

    def keep(self, template: str) -> None:
        self.admin.execute(f"alter database {self.name} rename to template_{template}")

    def close(self) -> None:
        self.admin.close()


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
