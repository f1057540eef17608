"""Processes that live on when the command ends: runner and sink of one home folder.

A process holds a lock on its file as long as it lives, however it ends; the file has its
number. So a number that the system gave to somebody else is never taken for ours.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import UserError

STOP_SECONDS = 20.0
CHECK_SECONDS = 0.05


@dataclass(frozen=True)
class Background:
    """One process of a home folder, by name: its lock and its log lie there."""

    home: Path
    name: str
    cwd: Path | None = None
    """Folder it runs in, whose pgears.toml it reads; that of the caller when left out."""

    @property
    def log(self) -> Path:
        """What the process prints."""
        return self.home / f"{self.name}.log"

    @property
    def _lock(self) -> Path:
        return self.home / f"{self.name}.pid"

    def pid(self) -> int | None:
        """Number of the process; None when it does not run."""
        if not self._lock.exists():
            return None
        with self._lock.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read() or 0) or None
        return None

    def start(self, arguments: Sequence[str]) -> bool:
        """Start `pgears <arguments>` and leave it alone; False when it runs already."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock.open("a+") as lock, self.log.open("a") as log:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            process = subprocess.Popen(
                [sys.executable, "-m", __package__, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.cwd,
                start_new_session=True,
                pass_fds=[lock.fileno()],  # the lock is the child's from here on
                env={**os.environ, "PGEARS_HOME": str(self.home)},
            )
            lock.truncate(0)
            lock.write(str(process.pid))
            process.returncode = 0  # nobody waits for it: it outlives this command
        return True

    def stop(self) -> bool:
        """Ask the process to end and wait for it; False when it did not run."""
        pid = self.pid()
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self.pid() is not None:
            if time.monotonic() > deadline:
                raise UserError(f"{self.name} (process {pid}) does not end", f"kill -9 {pid}")
            time.sleep(CHECK_SECONDS)
        return True
