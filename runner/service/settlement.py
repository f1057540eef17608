"""Settles attempts: done ones many at once by array, the others each with its error.

What cannot be settled because the connection is lost stays here and is tried again; the
lease token makes that harmless.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import psycopg

from ..tasks import Task
from ..texts import storable
from .link import Connection, Link, lost

log = logging.getLogger("pgears.runner")


@dataclass(frozen=True, slots=True)
class Settling:
    """How attempts under one token ended."""

    token: UUID
    ids: list[int]
    outcome: str = "done"
    error: str | None = None
    after: timedelta | None = None


class Settlement:
    """Takes ends of attempts and writes them down, in the order of their coming."""

    def __init__(self, url: str) -> None:
        self.link = Link(url, "pgears settlement")
        self.finished: dict[UUID, list[int]] = {}
        self.others: list[Settling] = []
        self.waiting = asyncio.Event()
        self.idle = asyncio.Event()
        self.idle.set()
        self.settled = 0
        self.failed = 0

    def done(self, task: Task) -> None:
        """The task is done."""
        ids = self.finished.get(task.token)
        if ids is None:
            self.finished[task.token] = [task.id]
            self.idle.clear()
            self.waiting.set()
        else:
            ids.append(task.id)

    def end(
        self, task: Task, outcome: str, error: str | None = None, after: timedelta | None = None
    ) -> None:
        """The attempt ended as retry, dead or release."""
        text = None if error is None else storable(error)[:10_000]
        self._add(Settling(task.token, [task.id], outcome, text, after))
        self.failed += outcome != "release"

    def release(self, tasks: Iterable[Task]) -> None:
        """The tasks were not begun: they are ready again, and it was no attempt."""
        by_token: dict[UUID, list[int]] = {}
        for task in tasks:
            by_token.setdefault(task.token, []).append(task.id)
        for token, ids in by_token.items():
            self._add(Settling(token, ids, "release"))

    def _add(self, settling: Settling) -> None:
        self.others.append(settling)
        self.idle.clear()
        self.waiting.set()

    async def run(self) -> None:
        """Settle for ever."""
        async with self.link:
            while True:
                await self.waiting.wait()
                self.waiting.clear()
                finished, self.finished = self.finished, {}
                others, self.others = self.others, []
                batch = [Settling(token, ids) for token, ids in finished.items()]
                await self._write([*batch, *others])
                if not self.finished and not self.others:
                    self.idle.set()

    async def _write(self, batch: list[Settling]) -> None:
        while batch:
            connection = await self.link.get()
            try:
                if len(batch) == 1:
                    await self._settle(connection, batch[0])
                else:
                    async with connection.transaction():
                        for settling in batch:
                            await self._settle(connection, settling)
                self.link.worked()
                return
            except psycopg.Error as error:
                if lost(error, connection):
                    await self.link.failed(error)
                elif len(batch) > 1:
                    for settling in batch:
                        await self._write([settling])
                    return
                else:
                    log.exception("tasks %s could not be settled", batch[0].ids)
                    return

    async def _settle(self, connection: Connection, settling: Settling) -> None:
        row = await (
            await connection.execute(
                "select queue.settle(%b, %b::bigint[], %b, %b, %b)",
                (
                    settling.token,
                    settling.ids,
                    settling.outcome,
                    settling.error,
                    settling.after,
                ),
            )
        ).fetchone()
        gone = row[0] if row is not None else settling.ids
        self.settled += len(settling.ids) - len(gone)
        if gone:
            log.warning("lease lost, or settled before: tasks %s", gone[:20])
