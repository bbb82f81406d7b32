"""What comes from others is locked by hash, and names no address to fetch it from."""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = sorted((ROOT / "requirements").iterdir())
LOCKS = [path for path in REQUIREMENTS if path.suffix == ".txt"]
VENDOR_FOLDERS = [ROOT / "kp4web/static/vendor", ROOT / "tests/vendor"]
UNLISTED = {"VENDOR.toml", "licences"}


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def loose(lock: str) -> Iterator[str]:
    """Yield what a lock leaves open: a requirement without an exact version or without a hash."""
    unfolded = re.sub(r"#.*", "", lock.replace("\\\n", " "))
    for line in filter(None, map(str.strip, unfolded.splitlines())):
        exact = re.match(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==\S+ ", line)
        if not exact or not re.search(r"--hash=sha256:[0-9a-f]{64}\b", line):
            yield line


def pinned(lock: Path) -> set[str]:
    return set(re.findall(r"^[a-z0-9-]+(?:\[.*\])?==\S+", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("path", REQUIREMENTS, ids=name_of)
def test_no_address_is_named(path):
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("path", LOCKS, ids=name_of)
def test_every_requirement_is_locked(path):
    assert list(loose(path.read_text(encoding="utf-8"))) == []


def test_the_packages_for_tests_include_those_of_the_application():
    app, dev = (pinned(ROOT / f"requirements/{name}.txt") for name in ("app", "dev"))
    assert app
    assert app <= dev


@pytest.mark.parametrize(
    "line",
    ["flask", "flask>=3 --hash=sha256:" + 64 * "0", "flask==3.1.3", "flask==3.1.3 --hash=md5:0"],
)
def test_a_loose_requirement_is_caught(line):
    assert list(loose(line))


@pytest.mark.parametrize("folder", VENDOR_FOLDERS, ids=name_of)
def test_a_vendored_file_is_the_one_that_was_taken_in(folder):
    entries = tomllib.loads((folder / "VENDOR.toml").read_text(encoding="utf-8"))["file"]
    found = {path.name for path in folder.iterdir()} - UNLISTED
    assert found == {entry["name"] for entry in entries}
    for entry in entries:
        assert entry["version"] in entry["name"]
        assert entry["origin"]
        assert entry["licence"]
        assert hashlib.sha256((folder / entry["name"]).read_bytes()).hexdigest() == entry["sha256"]
