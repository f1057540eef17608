"""The lease of a run, moved on in the background for as long as its process lives."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import psycopg

from ..errors import SyncLeaseLost

log = logging.getLogger("pgears.sync")

EVERY = 30.0
"""Seconds between two beats; the lease lasts two minutes."""


Told = Callable[[str, int], None]
"""Hears what a run is doing (reading, sending) and how many rows are done."""


class Stopped(Exception):
    """The process is to stop: what was begun is given back."""


class Lease:
    """Beats until it is left; `check` says whether the work may go on."""

    def __init__(
        self, url: str, run: int, token: UUID, stop: threading.Event, told: Told | None = None
    ) -> None:
        self._told = told
        self._url, self._run, self._token, self._stop = url, run, token, stop
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"lease of sync run {run}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def check(self, doing: str, rows: int) -> None:
        """Raise Stopped when the process is to end; to be called for each batch, with its place."""
        if self._stop.is_set():
            raise Stopped
        if self._told is not None:
            self._told(doing, rows)

    def confirm(self, conn: psycopg.Connection[Any]) -> None:
        """Raise SyncLeaseLost when another process has taken the run over: just before a commit."""
        row = conn.execute("select sync.beat(%s, %s)", (self._run, self._token)).fetchone()
        if row is None or not row[0]:
            raise SyncLeaseLost(f"the lease of run {self._run} is lost")

    def _beat(self) -> None:
        while not self._over.wait(EVERY):
            try:
                with psycopg.connect(self._url, autocommit=True) as conn:
                    conn.execute("select sync.beat(%s, %s)", (self._run, self._token))
            except psycopg.Error as error:
                log.warning("the lease of sync run %s was not moved on: %s", self._run, error)
