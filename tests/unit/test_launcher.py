"""The launcher says in one sentence what to do, and does no work twice."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).parents[2] / "kp4"
BLOCKER = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name == "ensurepip":
            raise ImportError(name)
sys.meta_path.insert(0, Blocker())
"""


@pytest.fixture
def checkout(tmp_path):
    """A checkout with the launcher and locks that ask for nothing."""
    shutil.copy(LAUNCHER, tmp_path / "kp4")
    (tmp_path / "requirements").mkdir()
    for lock in ("app", "dev"):
        (tmp_path / "requirements" / f"{lock}.txt").write_text(f"# {lock}\n")
    return tmp_path


@pytest.fixture
def start(checkout):
    """Run the launcher as a user does; every ending is a sentence, never a traceback."""

    def _start(*arguments, **environment):
        command = [sys.executable, checkout / "kp4", *arguments]
        settings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment}
        done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return done

    return _start


@pytest.fixture
def kp4(checkout, monkeypatch):
    """The launcher as a module, with the slow steps replaced by notes in ``kp4.steps``."""
    loader = SourceFileLoader("kp4", str(checkout / "kp4"))
    module = module_from_spec(spec_from_loader("kp4", loader))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    module.steps = []

    def make_venv():
        module.steps.append("venv")
        shutil.rmtree(module.VENV, ignore_errors=True)
        (module.VENV / "bin").mkdir(parents=True)
        module.PYTHON.symlink_to(sys.executable)
        (module.VENV / "kp4-python").write_text(module.python_of_venv())

    def install(lock):
        time.sleep(0.05)
        module.steps.append(lock)

    monkeypatch.setattr(module, "make_venv", make_venv)
    monkeypatch.setattr(module, "install", install)
    return module


@pytest.fixture
def taken_port():
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        yield busy.getsockname()[1]


# ---------------------------------------------------------------------- what the user reads


def test_without_a_command_the_usage_is_shown(start):
    done = start()
    assert done.returncode == 2
    assert done.stderr.startswith("Gebruik: ./kp4 <opdracht>")
    assert start("onzin").stderr == done.stderr
    assert start("--help").returncode == 0


def test_a_taken_port_is_told_before_any_work(start, checkout, taken_port):
    done = start("demo", KP4WEB_BIND=f"127.0.0.1:{taken_port}")
    assert done.returncode == 1
    assert f"Het adres 127.0.0.1:{taken_port} is al in gebruik." in done.stderr
    other = re.search(r"KP4WEB_BIND=127\.0\.0\.1:(\d+) ./kp4 demo", done.stderr)
    assert int(other[1]) > taken_port
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("address", ["8000", "127.0.0.1", "127.0.0.1:web", "127.0.0.1:70000"])
def test_a_malformed_address_is_told(start, address):
    done = start("demo", KP4WEB_BIND=address)
    assert done.returncode == 1
    assert "zoals 127.0.0.1:8000" in done.stderr


def test_an_address_of_another_computer_is_told(start):
    done = start("demo", KP4WEB_BIND="192.0.2.1:8000")
    assert done.returncode == 1
    assert "Het adres 192.0.2.1 is niet van deze computer" in done.stderr


def test_a_python_without_its_venv_module_is_told(start, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(BLOCKER)
    done = start("flask", PYTHONPATH=str(blocked))
    assert done.returncode == 1
    assert "sudo apt-get install python3-venv" in done.stderr


def test_packages_out_of_reach_are_told_and_the_half_made_environment_is_known(start, checkout):
    lock = checkout / "requirements/app.txt"
    lock.write_text(f"flask==3.1.3 --hash=sha256:{64 * '0'}\n")
    done = start("flask", PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert done.returncode == 1
    assert "Controleer de verbinding met internet" in done.stderr
    assert (checkout / ".venv/kp4-busy").exists()


def test_an_older_python_is_told(kp4, monkeypatch, capsys):
    monkeypatch.setattr(kp4, "MINIMUM", (99, 0))
    monkeypatch.setattr(sys, "argv", ["kp4", "demo"])
    assert kp4.main() == 1
    assert "Python 3.11 of nieuwer" in capsys.readouterr().err


def test_a_folder_that_may_not_be_written_is_told(kp4, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["kp4", "bench"])
    (kp4.ROOT / ".setup.lock").mkdir()
    assert kp4.main() == 1
    assert ".setup.lock" in capsys.readouterr().err


# ---------------------------------------------------------------------- the environment


def test_the_environment_is_made_once(kp4):
    kp4.ensure_environment("app")
    kp4.ensure_environment("app")
    assert kp4.steps == ["venv", "app"]


def test_the_environment_of_the_tests_serves_the_application_too(kp4):
    kp4.ensure_environment("dev")
    kp4.ensure_environment("app")
    assert kp4.steps == ["venv", "dev"]


def test_a_changed_lock_is_installed_in_the_same_environment(kp4):
    kp4.ensure_environment("app")
    (kp4.ROOT / "requirements/app.txt").write_text("# newer\n")
    kp4.ensure_environment("app")
    assert kp4.steps == ["venv", "app", "app"]


@pytest.mark.parametrize("trace", ["kp4-busy", "kp4-python"])
def test_an_environment_left_half_made_is_made_anew(kp4, trace):
    kp4.ensure_environment("app")
    (kp4.VENV / "kp4-app").unlink()
    (kp4.VENV / trace).write_text("")
    kp4.ensure_environment("app")
    assert kp4.steps == ["venv", "app", "venv", "app"]


def test_an_environment_without_a_python_is_made_anew(kp4):
    kp4.ensure_environment("app")
    kp4.PYTHON.unlink()
    kp4.ensure_environment("app")
    assert kp4.steps == ["venv", "app", "venv", "app"]


def test_two_callers_wait_for_each_other(kp4):
    callers = [threading.Thread(target=kp4.ensure_environment, args=["app"]) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert kp4.steps == ["venv", "app"]


# ---------------------------------------------------------------------- the demo's own settings


def test_the_keys_of_the_demo_are_made_once_and_for_the_owner_only(kp4):
    first, second = kp4.demo_environment(), kp4.demo_environment()
    assert first == second
    assert len(first["KP4WEB_SECRET_KEY"]) == 64
    assert first["KP4WEB_ENCRYPTION_KEYS"].startswith("k1:")
    assert first["KP4WEB_DEMO"] == "1"
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in kp4.INSTANCE.iterdir()}
    assert modes == dict.fromkeys(("secret-key", "encryption-keys", "demo-password"), "0o600")


def test_a_given_password_replaces_the_kept_one(kp4, monkeypatch):
    made = kp4.demo_environment()["KP4WEB_DEMO_PASSWORD"]
    assert len(made) >= 12
    monkeypatch.setenv("KP4WEB_DEMO_PASSWORD", "vier losse paardenkrachten")
    assert kp4.demo_environment()["KP4WEB_DEMO_PASSWORD"] == "vier losse paardenkrachten"
    monkeypatch.delenv("KP4WEB_DEMO_PASSWORD")
    assert kp4.demo_environment()["KP4WEB_DEMO_PASSWORD"] == "vier losse paardenkrachten"


def test_a_given_key_is_used_and_not_kept(kp4, monkeypatch):
    monkeypatch.setenv("KP4WEB_SECRET_KEY", 40 * "x")
    assert kp4.demo_environment()["KP4WEB_SECRET_KEY"] == 40 * "x"
    assert not (kp4.INSTANCE / "secret-key").exists()
