"""One runner from start to end: who it is, what runs in it, and how it stops.

The first SIGTERM or SIGINT ends claiming; what runs may end, the rest is released. The
second does not wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from ..apply import head
from ..config import Settings
from ..correlation import CorrelatedConnection
from ..db import connect, database_url, direct_url, noticing
from ..instance import check_process
from ..losses import LOSSES, words
from ..tasks import Services
from .chores import CHORES, do, repeat
from .claims import Claims
from .database import DatabaseTasks
from .dispatch import Dispatch, Line
from .identity import LEASE, Identity
from .notify import notify
from .observation import observe
from .registry import Registry, load_registry
from .settlement import Settlement
from .threads import Threads
from .wakeup import Wakeup

log = logging.getLogger("pgears.runner")

GRACE = 10.0
"""Seconds that running handlers have after the first signal."""
POOL = 20


def serve(settings: Settings, *, name: str | None = None, once: bool = False) -> int:
    """Run until a signal comes, or with once until nothing is ready; gives the tasks settled."""
    registry = load_registry(settings.handlers)
    with connect(database_url(settings), name="pgears run") as conn:
        check_process(conn, settings.environment)
        conn.execute("select core.check_place()")
    runner = Runner(settings, registry, name or socket.gethostname())
    try:
        return asyncio.run(runner.drain() if once else runner.run())
    except BaseExceptionGroup as group:
        raise _first(group) from group


class Runner:
    """The parts of one runner."""

    def __init__(self, settings: Settings, registry: Registry, name: str) -> None:
        self.settings = settings
        self.registry = registry
        self.name = name

    async def run(self) -> int:
        """Work until a signal comes."""
        async with self._parts(), asyncio.TaskGroup() as group:
            parts = [
                observe(self.settings, self.identity, self.dispatch),
                self.wakeup.listen(),
                self.wakeup.probe(),
                *(repeat(chore, self.services) for chore in (*CHORES, *self.registry.chores)),
            ]
            tasks = self._common(group) + [group.create_task(part) for part in parts]
            claiming = group.create_task(self.claims.run())
            notify("READY=1")
            await self.stop.wait()
            notify("STOPPING=1")
            log.info("stopping: %s tasks in hand", self.dispatch.held)
            await _end([claiming])
            await self._stop_work()
            await _end(tasks)
        return self.settlement.settled

    async def drain(self) -> int:
        """Do each chore once, then tasks until nothing is ready."""
        async with self._parts(), asyncio.TaskGroup() as group:
            tasks = self._common(group)
            for chore in (*CHORES, *self.registry.chores):
                if not chore.lasting:
                    await do(chore, self.services)
            draining = group.create_task(self.claims.drain())
            stopping = group.create_task(self.stop.wait())
            await asyncio.wait({draining, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await _end([draining, stopping])
            await self._stop_work()
            await _end(tasks)
        return self.settlement.settled

    @contextlib.asynccontextmanager
    async def _parts(self) -> AsyncIterator[None]:
        url = database_url(self.settings)
        self.stop = asyncio.Event()
        self.hurry = asyncio.Event()
        pool: AsyncConnectionPool[psycopg.AsyncConnection] = AsyncConnectionPool(
            noticing(url),
            min_size=1,
            max_size=POOL,
            open=False,
            kwargs={"application_name": "pgears runner", "prepare_threshold": None},
            connection_class=CorrelatedConnection,
        )
        async with pool:
            self.services = Services(pool, self.settings)
            self.identity = Identity(pool, self.name)
            self.wakeup = Wakeup(direct_url(self.settings), self.identity)
            self.settlement = Settlement(url)
            self.dispatch = Dispatch(self.registry.handlers, self.services, self.settlement)
            self.dispatch.reopened = self.wakeup.rung.set
            self.dispatch.may_begin = lambda: self.identity.valid
            self.claims = Claims(url, self.identity, self.dispatch, self.wakeup)
            loop = asyncio.get_running_loop()
            loop.set_default_executor(Threads())
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._signal)
            try:
                await self.identity.start()
                await self._learn_kinds()
                yield
            finally:
                with contextlib.suppress(TimeoutError, *LOSSES):
                    await self.identity.stop()

    def _common(self, group: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        parts: list[Coroutine[Any, Any, None]] = [
            self.settlement.run(),
            self.dispatch.watch(),
            self._live(),
        ]
        log.info("kinds: %s", ", ".join(sorted(self.dispatch.lines)) or "none")
        return [group.create_task(part) for part in parts]

    def _signal(self) -> None:
        if self.stop.is_set():
            self.hurry.set()
        self.stop.set()

    async def _stop_work(self) -> None:
        hurry = asyncio.create_task(self.hurry.wait())
        ending = asyncio.create_task(self.dispatch.stop(GRACE))
        await asyncio.wait({hurry, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not ending.done():
            ending.cancel()
            await self.dispatch.stop(0)
        hurry.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await self.settlement.idle.wait()

    async def _live(self) -> None:
        """Heartbeat, and what kinds there are."""
        while True:
            await asyncio.sleep(LEASE / 3)
            notify("WATCHDOG=1")  # it turns: a server that is away is no reason to start anew
            try:
                if not await self.identity.beat():
                    self.claims.begin_anew = True
                    self.wakeup.rung.set()
                await self._learn_kinds()
                await self._check_place()
            except LOSSES as error:
                log.warning("heartbeat: %s", words(error))

    async def _check_place(self) -> None:
        """End this runner with the error where the instance has become another one."""
        async with self.services.pool.connection() as conn:
            await conn.execute("select core.check_place()")
            await conn.execute(
                "select core.check_process(%s, %s)", (head(), self.settings.environment)
            )

    async def _learn_kinds(self) -> None:
        async with self.services.pool.connection() as conn:
            cursor = await conn.execute(
                "select kind, timeout_seconds, in_database from queue.kinds()"
            )
            kinds = await cursor.fetchall()
        for kind, timeout, in_database in kinds:
            line = self.dispatch.lines.get(kind)
            if in_database and line is None:
                line = Line(kind, DatabaseTasks(timeout).handler)
                line.timeout = float("inf")
                self.dispatch.lines[kind] = line
            elif line is not None and not in_database:
                line.timeout = timeout


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What ended the parts of a runner first, which is what there is to mend."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
