"""Processes that are killed and come back: PostgreSQL, runner, web service."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg

from runner.binaries import binaries, copy_programs
from runner.cluster import OWNER, Cluster, free_port, identity, reaches
from runner.errors import UserError

ROOT = Path(__file__).parents[2]
START = 60.0
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_locks_per_transaction": "256",
}
PASSWORD = "books"


class Server:
    """A PostgreSQL of one's own, durable: what it has acknowledged survives a kill."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o755)
        programs = binaries(None)
        if not reaches(programs / "postgres"):
            programs = copy_programs(programs, folder)
        self._cluster = Cluster(folder / "postgres", programs)
        self.port = free_port()
        self._cluster.create(PASSWORD)
        self._cluster.configure({**SETTINGS, "port": str(self.port)})
        self.url = self.through(self.port)
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def through(self, port: int) -> str:
        """URL of its database by another port."""
        return f"postgresql://{OWNER}:{PASSWORD}@127.0.0.1:{port}/postgres"

    def start(self) -> None:
        """Start, and wait until it has recovered."""
        deadline = time.monotonic() + START
        while True:
            if self._process is None or self._process.poll() is not None:
                # Children of a killed one hold the shared memory for a moment: try again.
                with self._cluster.log.open("ab") as log:
                    self._process = subprocess.Popen(
                        [self._cluster.bin / "postgres", "-D", self._cluster.data],
                        cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                        start_new_session=True, **identity(),
                    )  # fmt: skip
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise UserError(f"the server does not start: {self._cluster.log}") from None
                time.sleep(0.1)
            else:
                return

    def kill(self) -> None:
        """kill -9 of its main process; the others notice and go."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def crash(self) -> None:
        """kill -9 of one session: the server ends all sessions and recovers by itself."""
        with psycopg.connect(self.url, autocommit=True) as conn:
            row = conn.execute(
                "select pid from pg_stat_activity where backend_type = 'client backend'"
                " and pid <> pg_backend_pid() order by random() limit 1"
            ).fetchone()
        if row is not None:
            with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(row[0], signal.SIGKILL)

    def stop(self) -> None:
        """An orderly end."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(START)


class Program:
    """`pgears run` or `pgears serve`, started again whenever it is not there."""

    def __init__(self, folder: Path, command: Sequence[str], settings: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-m", "runner", *command]
        clean = {name: value for name, value in os.environ.items() if "PGEARS_" not in name}
        self._environment = {**clean, **settings, "PYTHONPATH": str(ROOT)}
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self.log = folder / f"{command[0]}.log"
        self.ended = 0
        """Times that it ended by itself: a supervisor starts it again, as systemd does."""
        self._process: subprocess.Popen[bytes] | None = None

    def ensure(self) -> None:
        """Start it unless it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        if self._process is not None and self._process.returncode != -signal.SIGKILL:
            self.ended += 1
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, env=self._environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """SIGTERM, and -9 when that does not help."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
