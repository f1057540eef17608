"""Real runner processes in tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from .fix_database import Database

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait until a condition holds and give its value; a minute is a failure."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        time.sleep(0.02)
    return value


class RunnerProcess:
    """`pgears run` with the handlers of tests/runner/handlers.py."""

    def __init__(self, folder: Path, url: str, name: str, *options: str, **settings: str) -> None:
        clean = {key: value for key, value in os.environ.items() if "PGEARS_" not in key}
        given = {"database_url": url, "handlers": "tests.runner.handlers", **settings}
        self.name = name
        self.log = folder / f"{name}-{time.monotonic_ns()}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "runner", "run", "--name", name, *options],
                cwd=folder,
                env={
                    **clean,
                    **{f"PGEARS_{key.upper()}": value for key, value in given.items()},
                    "PYTHONPATH": str(ROOT),
                },
                stderr=log,
            )

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> str:
        """SIGTERM, a clean end, and the log."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.log.read_text()
        return self.log.read_text()


class Workplace:
    """A database with the tables of the test handlers, and its runners."""

    def __init__(self, database: Database, conn: psycopg.Connection[Any], folder: Path) -> None:
        self.database = database
        self.conn = conn
        self.folder = folder
        self.runners: list[RunnerProcess] = []
        conn.execute("create table act (task bigint, attempt integer)")
        conn.execute("create table begun (task bigint)")
        conn.execute("create table gate (open boolean)")
        for kind in ("act", "hold", "block", "once", "slow", "fail", "gate"):
            conn.execute("select queue.register_kind(%s)", (kind,))

    def start(
        self, name: str = "r", *options: str, listening: str | None = "ok", **settings: str
    ) -> RunnerProcess:
        """Start a runner and wait until it knows whether it hears."""
        begun = self.one("select now()")
        runner = RunnerProcess(self.folder, self.database.url, name, *options, **settings)
        self.runners.append(runner)
        if listening is not None:
            until(
                lambda: runner.process.poll() is not None or self._listening(begun),
                "a runner at work",
            )
            assert self._listening(begun) == listening, runner.log.read_text()
        return runner

    def _listening(self, begun: datetime) -> str | None:
        row = self.conn.execute(
            """
            select listening from queue.runner_status
            where started >= %s and listening <> 'unknown'
            """,
            (begun,),
        ).fetchone()
        return None if row is None else str(row[0])

    def one(self, query: str, *values: object) -> Any:
        """The single value of a query."""
        row = self.conn.execute(query.encode(), values).fetchone()
        assert row is not None
        return row[0]

    def count(self, query: str, *values: object) -> int:
        """The single number of a query."""
        return int(self.one(query, *values))

    def enqueue(self, kind: str, payload: str = "{}") -> int:
        """Store a task in a transaction of its own."""
        return self.count("select queue.enqueue(%s, %s)", kind, payload)

    def state(self, id: int) -> str:
        """State of a task."""
        return str(self.one("select state from queue.task_list where id = %s", id))

    def attempts_recorded(self, id: int) -> list[int]:
        """Attempts in which the act was done."""
        rows = self.conn.execute("select attempt from act where task = %s order by 1", (id,))
        return [row[0] for row in rows]

    def wait_for(self, *ids: int, state: str = "done") -> None:
        """Until tasks have a state."""
        for id in ids:
            until(partial(self._is, id, state), f"task {id} to be {state}")

    def _is(self, id: int, state: str) -> bool:
        return self.state(id) == state

    def wait_begun(self, *ids: int) -> None:
        """Until handlers say that they have begun."""
        for id in ids:
            until(partial(self.count, "select count(*) from begun where task = %s", id), "begin")

    def wait_asleep(self, number: int = 1) -> None:
        """Until so many runners sleep."""
        until(
            lambda: (
                self.count("select count(*) from queue.runner_status where state = 'asleep'")
                == number
            ),
            "sleep",
        )

    def let_leases_run_out(self) -> None:
        """A minute goes by."""
        self.conn.execute("select core.set_clock(core.now() + '1 minute'::interval)")


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Iterator[Workplace]:
    """A database and runners, which are killed in the end if they still run."""
    with ExitStack() as stack:
        conn = stack.enter_context(database.connect())
        place = Workplace(database, conn, tmp_path)
        try:
            yield place
        finally:
            for runner in place.runners:
                runner.kill()
