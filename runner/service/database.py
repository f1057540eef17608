"""Database tasks: kinds whose function does them in the transaction that settles them.

Those that come together are done by one call and one commit. When that takes too long, all
of it is undone, and each is done by itself with the time-out of its kind.
"""

from __future__ import annotations

import asyncio
from contextvars import Context
from uuid import UUID

import psycopg

from ..tasks import SETTLED, Handler, Outcome, Retry, Services, Task

PARALLEL = 100
"""Most tasks in one commit."""

Waiting = tuple[Task, "asyncio.Future[str | None]"]


class DatabaseTasks:
    """Collects the tasks of one kind and has the database do them."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self.waiting: dict[UUID, list[Waiting]] = {}
        self.runs: asyncio.Task[None] | None = None

    @property
    def handler(self) -> Handler:
        """What the dispatch calls; the time-out is kept by the server."""
        return Handler(self.run, PARALLEL)

    async def run(self, task: Task, services: Services) -> Outcome | None:
        """Do one task together with others that wait."""
        future: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(task.token, []).append((task, future))
        if self.runs is None or self.runs.done():
            # Many requests' tasks: the database knows to which each belongs.
            self.runs = asyncio.create_task(self._run_waiting(services), context=Context())
        error = await future
        if error is not None:
            raise Retry(error)
        return SETTLED

    async def _run_waiting(self, services: Services) -> None:
        while self.waiting:
            token = next(iter(self.waiting))
            batch = self.waiting.pop(token)
            try:
                errors = await self._run_many(services, token, [task.id for task, _ in batch])
            except psycopg.errors.QueryCanceled:
                errors = {
                    task.id: error
                    for task, _ in batch
                    if (error := await self._run_one(services, task)) is not None
                }
            except psycopg.Error as error:
                errors = {task.id: f"{type(error).__name__}: {error}" for task, _ in batch}
            for task, future in batch:
                if not future.done():
                    future.set_result(errors.get(task.id))

    async def _run_many(self, services: Services, token: UUID, ids: list[int]) -> dict[int, str]:
        async with services.pool.connection() as conn, conn.transaction():
            await self._limit(conn)
            cursor = await conn.execute(
                "select id, error from queue.run_many(%s::bigint[], %s)", (ids, token)
            )
            return dict(await cursor.fetchall())

    async def _run_one(self, services: Services, task: Task) -> str | None:
        try:
            async with services.pool.connection() as conn, conn.transaction():
                await self._limit(conn)
                await conn.execute("select queue.run(%s, %s)", (task.id, task.token))
        except psycopg.errors.QueryCanceled:
            return f"time-out after {self.timeout:g} s"
        except psycopg.Error as error:
            return f"{error.sqlstate or type(error).__name__}: {error}"
        return None

    async def _limit(self, conn: psycopg.AsyncConnection) -> None:
        await conn.execute(
            "select set_config('statement_timeout', %s, true)",
            (f"{max(1, round(self.timeout * 1000))}ms",),
        )
