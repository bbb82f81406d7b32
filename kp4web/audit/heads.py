"""
The head of the chain outside the database: a file that only grows.

Whoever can write to the database, or puts back an older copy of it, can make a chain that ends
earlier and is sound in itself. Each commit that logs therefore leaves one line elsewhere: the
number of its last entry, the hash, and the moment. Put the file where the database
administrator cannot write (docs/operations.md).
"""

import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

logger = logging.getLogger("kp4web.audit")
_LINE = re.compile(r"(\d{1,18}) ([0-9a-f]{64}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00)")
TAIL = 4096
"""Bytes from the end in which the last line is looked for."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ended at a moment: the number and the hash of the last entry."""

    id: int
    hash: str
    at: datetime

    def line(self) -> str:
        """Return the head as the file holds it."""
        return f"{self.id} {self.hash} {self.at.astimezone(UTC).isoformat(timespec='microseconds')}"


class Heads:
    """The file with heads; several processes write to it at once."""

    def __init__(self) -> None:
        self.path: Path | None = None
        """Where; ``None``: nothing is written (tests)."""

    def open(self, path: Path | None) -> None:
        """Use this file from now on; it is made by the first head."""
        self.path = path

    def append(self, head: Head) -> None:
        """
        Add a head, never failing: what it is about has been committed already.

        One write to the end of the file, which the system keeps apart from those of others. The
        line break comes first, so that a line that broke off on a full disk spoils no other. It
        is not forced to the disk: a power cut can cost the last lines, which makes the check of
        those entries weaker but never wrong, and every page would wait for it.
        """
        if self.path is None:
            return
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, f"\n{head.line()}".encode("ascii"))
            finally:
                os.close(file)
        except OSError as error:
            logger.error("audit head not written", extra={"error": type(error).__name__})

    def size(self) -> int:
        """Return how many bytes were written until now."""
        return self.path.stat().st_size if self.path and self.path.exists() else 0

    def read(self, until: int) -> Iterator[Head | None]:
        """Yield the heads among the first bytes as written, ``None`` for a line that broke off."""
        if self.path is None:
            return
        with self.path.open("rb") as lines:
            for line in lines:
                if line.strip():
                    yield _parsed(line.decode("ascii", errors="replace"))
                until -= len(line)
                if until <= 0:
                    return

    def last(self) -> Head | None:
        """Return the head furthest on among the last lines, or ``None`` when there is none."""
        if self.path is None or not self.path.exists():
            return None
        with self.path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            lines = file.read().decode("ascii", errors="replace").splitlines()
        found = [head for head in map(_parsed, lines) if head is not None]
        return max(found, key=lambda head: head.id, default=None)


def _parsed(line: str) -> Head | None:
    found = _LINE.fullmatch(line.strip())
    return found and Head(int(found[1]), found[2], datetime.fromisoformat(found[3]))


heads = Heads()
