"""The command line: what it prints, and with which exit code it ends."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runner import __version__
from runner.apply import head
from tests.fix_database import Database, new_database
from tests.fix_server import TestServer

ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def pgears(tmp_path: Path) -> Run:
    """Run a command in an empty folder; settings are given by name."""

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
        given = {f"PGEARS_{name.upper()}": value for name, value in settings.items()}
        return subprocess.run(
            [sys.executable, "-m", "runner", *arguments],
            cwd=tmp_path,
            env={**clean, **given, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_version_and_usage(pgears: Run) -> None:
    """--version prints one line; an unknown command is wrong usage, exit code 2."""
    assert pgears("--version").stdout == f"pgears {__version__}\n"
    wrong = pgears("nonsense")
    assert wrong.returncode == 2
    assert "nonsense" in wrong.stderr


def test_error_is_two_lines(pgears: Run) -> None:
    """What failed and what mends it on stderr, exit code 1, no traceback."""
    failed = pgears("status", database_url="postgresql://127.0.0.1:1/none")
    assert failed.returncode == 1
    assert failed.stdout == ""
    first, second = failed.stderr.splitlines()
    assert first.startswith("error: ")
    assert "127.0.0.1" in first
    assert second.startswith("hint: ")


def test_debug_shows_the_traceback(pgears: Run) -> None:
    """PGEARS_DEBUG is for those who look for the place."""
    failed = pgears("status", database_url="postgresql://127.0.0.1:1/none", debug="1")
    assert failed.returncode == 1
    assert "Traceback" in failed.stderr


def test_init_installs_and_repeats(pgears: Run, server: TestServer) -> None:
    """The first init installs, the second finds all there; the environment is what was set."""
    with new_database(server) as database:
        first = pgears("init", database_url=database.url, environment="test")
        assert first.returncode == 0, first.stderr
        assert f"installed at revision {head()}" in first.stdout
        second = pgears("init", database_url=database.url)
        assert second.returncode == 0, second.stderr
        assert f"was there at {head()}" in second.stdout
        with database.connect() as conn:
            assert conn.execute("select core.environment()").fetchone() == ("test",)


def test_upgrade_wants_an_instance(pgears: Run, server: TestServer) -> None:
    """upgrade never installs into a database that was named by mistake."""
    with new_database(server) as database:
        refused = pgears("upgrade", database_url=database.url)
        assert refused.returncode == 1
        assert "pgears init" in refused.stderr
        with database.connect() as conn:
            assert conn.execute("select to_regnamespace('core')").fetchone() == (None,)


def test_status(pgears: Run, database: Database) -> None:
    """For people and as JSON."""
    state = json.loads(pgears("status", "--json", database_url=database.url).stdout)
    assert state["revision"] == state["newest_revision"] == head()
    assert state["environment"] == "development"
    text = pgears("status", database_url=database.url)
    assert text.returncode == 0, text.stderr
    assert "development" in text.stdout


def test_status_without_instance(pgears: Run, server: TestServer) -> None:
    """An empty database has a server's state and no revision."""
    with new_database(server) as database:
        state = json.loads(pgears("status", "--json", database_url=database.url).stdout)
    assert state["revision"] is None
    assert "environment" not in state


def test_no_instance_is_said(pgears: Run, server: TestServer, tmp_path: Path) -> None:
    """In the wrong folder no server is made; in the wrong database a hint says what is missing."""
    for command in (["status"], ["model", "list"], ["mail", "list"], ["url"], ["run", "--once"]):
        lost = pgears(*command)
        assert lost.returncode == 1
        assert f"there is no instance in {tmp_path / '.pgears'}" in lost.stderr
        assert "PGEARS_HOME" in lost.stderr
    assert not list(tmp_path.iterdir())
    with new_database(server) as database:
        bare = pgears("model", "list", database_url=database.url)
    assert bare.returncode == 1
    assert "hint: Is pgears of this version in that database?" in bare.stderr


@pytest.mark.parametrize("name", ["web", "sink"])
def test_up_starts_nothing_that_cannot_listen(
    pgears: Run, database: Database, tmp_path: Path, name: str
) -> None:
    """Where another instance listens, its web service would answer for this one, unnoticed."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        addresses = {"web_listen": "127.0.0.1:0", "sink_listen": "127.0.0.1:0"}
        refused = pgears(
            "up", **{**addresses, f"{name}_listen": address}, database_url=database.url
        )
    assert refused.returncode == 1
    assert f"error: {name} cannot listen at {address}: Address already in use" in refused.stderr
    assert f"PGEARS_{name.upper()}_LISTEN" in refused.stderr
    assert not list(tmp_path.glob(".pgears/*.pid"))


def test_doctor_finds(pgears: Run, database: Database) -> None:
    """Each finding has its state; the test server's fsync = off is wrong, with what mends it."""
    done = pgears("doctor", "--json", database_url=database.url)
    found = {finding["check"]: finding for finding in json.loads(done.stdout)}
    for check in ("connection", "version", "instance", "privileges", "clock", "notifications"):
        assert found[check]["state"] == "fine", found[check]
    assert found["fsync"]["state"] == "wrong"
    assert "fsync = on" in found["fsync"]["mend"]
    assert done.returncode == 1


def test_doctor_without_connection(pgears: Run) -> None:
    """The one finding is that there is no connection."""
    done = pgears("doctor", database_url="postgresql://127.0.0.1:1/none")
    assert done.returncode == 1
    assert "connection" in done.stdout
    assert "PGEARS_DATABASE_URL" in done.stdout


def test_url(pgears: Run) -> None:
    """The URL as set, or for another login without the password."""
    url = "postgresql://own:secret@db.example:5433/shop"
    assert pgears("url", database_url=url).stdout == url + "\n"
    account = pgears("url", "--account", "jo", database_url=url).stdout
    assert account == "postgresql://jo@db.example:5433/shop\n"


def test_down_without_server(pgears: Run) -> None:
    """Nothing to stop is no error."""
    done = pgears("down")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "runner was not running",
        "sink was not running",
        "web was not running",
        "server was not running",
    ]
