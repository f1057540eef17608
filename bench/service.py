"""The runner under test: one process of `pgears run`, its handlers, its log."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from runner.errors import UserError

WAIT = 120.0


@dataclass(frozen=True)
class Process:
    """A runner at work."""

    pid: int
    log: Path

    def lines(self) -> list[str]:
        """What its handlers wrote."""
        return self.log.read_text().splitlines()

    def calls(self) -> dict[int, float]:
        """Times of the first no-op task and of every thousandth."""
        return {int(count): float(at) for count, at in map(str.split, self.lines())}

    def wait_for_call(self, count: int) -> dict[int, float]:
        """Wait until that many no-op tasks have begun."""
        deadline = time.monotonic() + WAIT
        while count not in (calls := self.calls()):
            if time.monotonic() > deadline:
                raise UserError(f"the runner began {max(calls, default=0)} of {count} tasks")
            time.sleep(0.05)
        return calls


@contextmanager
def runner(url: str) -> Iterator[Process]:
    """Run one runner for a block; it is at work when the block begins."""
    with tempfile.TemporaryDirectory(prefix="pgears-bench-") as folder:
        log, output = Path(folder, "calls"), Path(folder, "output")
        log.touch()
        with output.open("w") as file, psycopg.connect(url, autocommit=True) as conn:
            process = subprocess.Popen(
                [sys.executable, "-m", "runner", "run"],
                env={
                    **os.environ,
                    "PGEARS_DATABASE_URL": url,
                    "PGEARS_HANDLERS": "bench.handlers",
                    "BENCH_LOG": str(log),
                },
                stdout=file,
                stderr=file,
            )
            try:
                _wait_registered(conn, process, output)
                yield Process(process.pid, log)
                if process.poll() is not None:
                    raise UserError(f"the runner ended: {output.read_text()[-500:]}")
            finally:
                process.terminate()
                process.wait(30)


def _wait_registered(
    conn: psycopg.Connection[Any], process: subprocess.Popen[bytes], output: Path
) -> None:
    deadline = time.monotonic() + WAIT
    while conn.execute("select exists (select from queue.runner)").fetchone() == (False,):
        if process.poll() is not None or time.monotonic() > deadline:
            raise UserError(f"the runner did not start: {output.read_text()[-500:]}")
        time.sleep(0.02)


def register_kinds(url: str, *, keep: str = "0 seconds") -> None:
    """Make the kinds of bench.handlers known; finished tasks are kept that long."""
    with psycopg.connect(url, autocommit=True) as conn:
        for kind in ("bench.noop", "bench.clock"):
            conn.execute("select queue.register_kind(%s, p_keep => %s::interval)", (kind, keep))


def enqueue_many(url: str, count: int) -> None:
    """Enqueue no-op tasks in one transaction, as a rule does it."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(
            """
            insert into queue.task (kind, payload)
            select 'bench.noop', jsonb_build_object('i', i) from generate_series(1, %s) as i
            """,
            (count,),
        )
        conn.execute("select queue.ring()")


def empty_queue(url: str) -> None:
    """Drop what waits, so that a round begins like the first."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("truncate queue.task")
        conn.execute("vacuum analyze queue.task")
