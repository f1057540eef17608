"""A runner under a service manager: secrets in files, readiness and life told, health asked."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from runner.service.notify import notify
from tests.fix_database import Database

ROOT = Path(__file__).parents[2]


def pgears(folder: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """A command with an environment of its own."""
    clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
    return subprocess.Popen(
        [sys.executable, "-m", "runner", *arguments],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT), **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def answer(process: subprocess.Popen[str]) -> tuple[int, str]:
    """How a command ended, and what it said."""
    said, _ = process.communicate(timeout=60)
    return process.returncode, said


def test_life_of_a_service(database: Database, tmp_path: Path) -> None:
    """READY when it works, WATCHDOG while it lives, STOPPING at SIGTERM; the check agrees."""
    secret = tmp_path / "database-url"
    secret.write_text(database.url + "\n")
    settings = {"PGEARS_DATABASE_URL_FILE": str(secret)}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        address = tmp_path / "notify"
        manager.bind(str(address))
        manager.settimeout(60)
        runner = pgears(tmp_path, "run", "--name", "one", NOTIFY_SOCKET=str(address), **settings)
        try:
            assert manager.recv(100) == b"READY=1"
            code, said = answer(pgears(tmp_path, "run", "--check", "--name", "one", **settings))
            assert (code, said.startswith("one is a")) == (0, True)
            code, said = answer(pgears(tmp_path, "run", "--check", "--name", "two", **settings))
            assert (code, "no runner two is alive" in said) == (1, True)
            assert manager.recv(100) == b"WATCHDOG=1"
            runner.send_signal(signal.SIGTERM)
            heard = manager.recv(100)
            while heard == b"WATCHDOG=1":
                heard = manager.recv(100)
            assert heard == b"STOPPING=1"
            assert answer(runner)[0] == 0
        finally:
            runner.kill()
            runner.communicate()
    code, said = answer(pgears(tmp_path, "run", "--check", "--name", "one", **settings))
    assert (code, "no runner one is alive" in said) == (1, True)


def test_abstract_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service manager may listen without a file."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0pgears-test-notify")
        monkeypatch.setenv("NOTIFY_SOCKET", "@pgears-test-notify")
        notify("READY=1")
        assert manager.recv(100) == b"READY=1"


def test_without_a_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Started by hand, nothing is told to anybody."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")


def test_a_secret_that_is_not_there(tmp_path: Path) -> None:
    """One line and a hint, as for every wrong setting."""
    code, said = answer(pgears(tmp_path, "status", PGEARS_DATABASE_URL_FILE="/none/here"))
    assert code == 1
    assert said.splitlines()[0] == (
        "error: the file /none/here of PGEARS_DATABASE_URL_FILE cannot be read"
    )
