"""Processes that live on: started once, found again, stopped, and never mistaken."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.background import Background


@pytest.fixture
def sleeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Background]:
    """A background process that does nothing, ended afterwards."""
    module = tmp_path / "sleeper.py"
    module.write_text("import time\nprint('up', flush=True)\ntime.sleep(60)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("runner.background.__package__", "sleeper")
    process = Background(tmp_path / "home", "sleeper")
    yield process
    process.stop()


def test_started_once_and_stopped(sleeper: Background) -> None:
    """A second start does nothing; after stop it does not run, and can be started again."""
    assert sleeper.pid() is None
    assert sleeper.start([])
    pid = sleeper.pid()
    assert pid is not None
    assert not sleeper.start([])
    assert sleeper.pid() == pid
    assert sleeper.stop()
    assert not sleeper.stop()
    assert sleeper.start([])
    assert sleeper.pid() != pid


def test_a_killed_process_does_not_run(sleeper: Background) -> None:
    """Its number is in the file still, and may be somebody else's by now."""
    sleeper.start([])
    pid = sleeper.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert sleeper.pid() is None
    assert not sleeper.stop()


def test_the_log_has_what_it_printed(sleeper: Background) -> None:
    """Standard output and errors go to <name>.log."""
    sleeper.start([])
    deadline = time.monotonic() + 10
    while "up" not in sleeper.log.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert sleeper.log.read_text() == "up\n"
