"""How far a run is: told to the database by a connection of its own, and to whoever watches.

The transaction that does the work shows nothing until it commits, so this one says that
the process is alive.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType

import psycopg

log = logging.getLogger("pgears.runner")

Watch = Callable[[str, int, int | None], None]
"""Called with phase, how much is done and of how much."""

EVERY = 1.0


class Stopped(Exception):
    """The run was told to stop: nothing of it is kept."""


class Progress:
    """Phase and amount of one run; a context whose thread tells them every second."""

    def __init__(self, url: str, kind: str, run: int, watch: Watch | None = None) -> None:
        self.url = url
        self.kind = kind
        self.run = run
        self.watch = watch
        self.state: tuple[str, int, int | None] = ("loading", 0, None)
        self.stopping = threading.Event()
        self.over = threading.Event()
        self.thread = threading.Thread(
            target=self._tell, name=f"progress {kind} {run}", daemon=True
        )

    def set(self, phase: str, done: int, total: int | None = None) -> None:
        """Say how far the run is; raises Stopped when it is to stop."""
        if self.stopping.is_set():
            raise Stopped
        self.state = (phase, done, total)
        if self.watch is not None:
            self.watch(phase, done, total)

    def _tell(self) -> None:
        while not self.over.wait(EVERY):
            try:
                with psycopg.connect(
                    self.url, autocommit=True, application_name="pgears progress"
                ) as conn:
                    while not self.over.wait(EVERY):
                        conn.execute(
                            "select batch.beat(%s, %s, %s, %s, %s)",
                            (self.kind, self.run, *self.state),
                        )
            except psycopg.Error as error:
                log.warning("progress of %s %s is not told: %s", self.kind, self.run, error)

    def __enter__(self) -> Progress:
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self.thread.join()
