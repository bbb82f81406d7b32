"""What the tests need from the machine: a Chromium and a PostgreSQL server.

``python -m tests.machine`` looks for both, installs what is missing by its Debian package name
when it may (root, with apt-get), and otherwise says in one sentence what to do. A missing program
is an error: no test is ever skipped for it.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
POSTGRES_FOLDER = Path("/usr/lib/postgresql")  # Debian keeps the server's programs off the PATH
POSTGRES_MINIMUM = 15
MEMORY_FOLDER = Path("/dev/shm")
MEMORY_NEEDED = 1_500_000_000  # bytes
POSTGRES_SETTINGS = {
    "listen_addresses": "",  # no port, only the socket
    "autovacuum": "off",  # no background work while a plan is looked at
    # a test server may lose everything in a power cut
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}


class MissingError(Exception):
    """A program the tests need is not on this machine; the message is Dutch and says what to do."""


def browser_path() -> str | None:
    """Return where Chromium is, or ``None``: Playwright's own if there, else the system's."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def postgres_folder() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres`` of the newest server, or ``None``."""
    versions = {
        int(folder.name): folder / "bin"
        for folder in POSTGRES_FOLDER.glob("*")
        if folder.name.isdigit() and (folder / "bin" / "initdb").exists()
    }
    if newest := max((v for v in versions if v >= POSTGRES_MINIMUM), default=None):
        return versions[newest]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def require(find: Callable[[], Any], package: str, name: str) -> Any:
    """Return what ``find`` finds, after installing the Debian package when it found nothing.

    Raises ``MissingError`` when the package may not or cannot be installed here.
    """
    if found := find():
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise MissingError(
            f"{name} ontbreekt op deze computer en is nodig voor de tests. "
            f"Installeer het pakket en probeer het opnieuw: sudo apt-get install {package}"
        )
    print(f"{name} wordt geïnstalleerd (pakket {package}) ...", flush=True)  # noqa: T201
    install(package)
    if found := find():
        return found
    raise MissingError(f"{name} is na het installeren van het pakket {package} nog niet te vinden.")


def install(package: str) -> None:
    """Install a Debian package; raise ``MissingError`` when apt-get cannot."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        done = subprocess.run(["apt-get", "--quiet=2", *step], env=quiet, check=False)
        if done.returncode:
            raise MissingError(
                f"Het pakket {package} kon niet worden geïnstalleerd. Controleer de verbinding "
                "met internet en de pakketbronnen van apt, en probeer het opnieuw."
            )


def require_browser() -> str:
    """Return where Chromium is; install it when missing; raise ``MissingError``."""
    return str(require(browser_path, "chromium", "Chromium"))


def require_postgres() -> Path:
    """Return the folder of PostgreSQL's programs; install when missing; raise ``MissingError``."""
    return Path(require(postgres_folder, "postgresql", "PostgreSQL"))


class PostgresServer:
    """A throw-away PostgreSQL server with only a socket, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Take a new or existing folder; its path must be short enough for a socket's name."""
        self.folder = folder
        self.data = folder / "data"

    def url(self, database: str) -> str:
        """Return the address of a database on this server."""
        return f"postgresql+psycopg://kp4web@/{database}?host={self.folder}"

    def start(self) -> None:
        """Make the server and start it; raise ``MissingError`` with what PostgreSQL said."""
        programs = require_postgres()
        self.folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(self.folder, *self._account())
        settings = {**POSTGRES_SETTINGS, "unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
        self._run(programs / "initdb", "--username=kp4web", "--auth=trust", *locale, "--no-sync")
        self._run(programs / "pg_ctl", "start", "--wait", "-l", self.folder / "log", "-o", options)

    def stop(self) -> None:
        """Stop the server at once; its data is of no use to anybody."""
        self._run(require_postgres() / "pg_ctl", "stop", "--mode=immediate")

    def _run(self, program: Path, *arguments: object) -> None:
        done = subprocess.run(
            [str(program), *map(str, arguments)],
            env={"PATH": os.environ["PATH"], "PGDATA": str(self.data), "LC_ALL": "C.UTF-8"},
            cwd="/",
            stdout=subprocess.DEVNULL,  # a pipe would stay open in the server
            stderr=subprocess.DEVNULL if program.name == "pg_ctl" else subprocess.PIPE,
            check=False,
            **self._identity(),
        )
        if done.returncode:
            log = self.folder / "log"
            said = log.read_text(errors="replace") if log.exists() else str(done.stderr)
            raise MissingError(f"{program.name} van PostgreSQL is mislukt: {said[-2000:]}")

    def _identity(self) -> dict[str, Any]:
        """Return the account to run as: PostgreSQL refuses root."""
        if os.geteuid() != 0:
            return {}
        user, group = self._account()
        return {"user": user, "group": group, "extra_groups": []}

    @staticmethod
    def _account() -> tuple[int, int]:
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return entry.pw_uid, entry.pw_gid
        raise MissingError(
            "PostgreSQL start niet als root, en er is geen account postgres of nobody."
        )


def make_run_folder() -> Path:
    """Return a new folder for the databases of one run; another account may enter it.

    In memory when there is room: a database on disk is some 300 new files per test. The path is
    short, because the name of a socket may have only 107 characters.
    """
    roomy = MEMORY_FOLDER.is_dir() and shutil.disk_usage(MEMORY_FOLDER).free > MEMORY_NEEDED
    folder = Path(tempfile.mkdtemp(prefix="kp4web-", dir=MEMORY_FOLDER if roomy else "/tmp"))
    folder.chmod(0o711)
    return folder


def main() -> None:
    """Find or install both programs; end with the Dutch sentence when that is not possible."""
    try:
        require_browser()
        require_postgres()
    except MissingError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
