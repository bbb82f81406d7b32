"""What is missing on a machine is installed, or told in one sentence; never skipped."""

import pytest

from tests import machine


@pytest.fixture
def installed(monkeypatch):
    """The packages that were asked for, instead of installing them."""
    packages = []
    monkeypatch.setattr(machine, "install", packages.append)
    monkeypatch.setattr(machine.shutil, "which", lambda name: f"/usr/bin/{name}")
    return packages


def test_what_is_there_is_not_installed(installed):
    assert machine.require(lambda: "/usr/bin/chromium", "chromium", "Chromium")
    assert installed == []


def test_root_gets_the_package_by_its_debian_name(installed, monkeypatch):
    monkeypatch.setattr(machine.os, "geteuid", lambda: 0)
    found = machine.require(lambda: installed and "/usr/bin/chromium", "chromium", "Chromium")
    assert found == "/usr/bin/chromium"
    assert installed == ["chromium"]


def test_somebody_else_is_told_what_to_install(installed, monkeypatch):
    monkeypatch.setattr(machine.os, "geteuid", lambda: 1000)
    with pytest.raises(machine.MissingError, match="sudo apt-get install postgresql"):
        machine.require(lambda: None, "postgresql", "PostgreSQL")
    assert installed == []


def test_a_package_that_does_not_bring_the_program_is_told(installed, monkeypatch):
    monkeypatch.setattr(machine.os, "geteuid", lambda: 0)
    with pytest.raises(machine.MissingError, match="nog niet te vinden"):
        machine.require(lambda: None, "postgresql", "PostgreSQL")


def test_the_newest_server_that_is_new_enough_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "POSTGRES_FOLDER", tmp_path)
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    for version in ("9", "14", "15", "17", "common"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    assert machine.postgres_folder() == tmp_path / "17" / "bin"


def test_an_old_server_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "POSTGRES_FOLDER", tmp_path)
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    (tmp_path / "14" / "bin").mkdir(parents=True)
    (tmp_path / "14" / "bin" / "initdb").touch()
    assert machine.postgres_folder() is None
