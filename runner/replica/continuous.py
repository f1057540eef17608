"""Replication as a service: each subscription is followed by one runner at a time.

The lease of a subscription is taken anew whenever the turn was lost; whoever has it asks the
peer again after POLL seconds, and less often, down to every IDLE seconds, while the peer has
nothing. A question costs the peer one look at the end of an index.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import psycopg
from psycopg import AsyncConnection

from ..db import connect_async, database_url
from ..errors import NotFound
from ..tasks import GiveUp, Retry, Services, Task
from .peer import PeerUnreachable
from .turn import Result, Turn

log = logging.getLogger("pgears.runner")

LOOK = 1.0
"""Seconds between two looks for subscriptions that nobody reads."""
POLL = 0.3
"""Seconds until the next question to a peer that had something."""
IDLE = 0.8
"""Most seconds between two questions: what a write waits at the peer stays below a second."""
PAUSES = (1.0, 2.0, 5.0, 15.0)


async def replicate(task: Task, services: Services) -> None:
    """Do a task: read one subscription until nothing is left."""
    name = task.payload.get("subscription")
    if name is None:
        raise GiveUp("the task names no subscription")
    try:
        async with _connection(services) as conn:
            cursor = await conn.execute("select replica.subscription_id(%s)", (str(name),))
            (id,) = await cursor.fetchone() or (0,)
            async with Turn(conn, id) as turn:
                if turn.result.ran:
                    await turn.catch_up()
    except NotFound as error:
        raise GiveUp(str(error)) from error
    except PeerUnreachable as error:
        raise Retry(str(error)) from error


def next_pause(pause: float, rows: int) -> float:
    """Seconds until the next question, after a pause and the rows that were written since."""
    return POLL if rows else min(IDLE, pause * 1.25)


async def read(url: str, subscription: str, *, once: bool) -> Result:
    """Read a subscription of the instance at `url`: once, or until it is cancelled.

    The result says ran: false where it is switched off, has no peer, or another reads it.
    Raises NotFound (PG801) and PeerUnreachable.
    """
    async with await connect_async(url, autocommit=True, name="pgears replicate") as conn:
        conn.prepare_threshold = None
        cursor = await conn.execute("select replica.subscription_id(%s)", (subscription,))
        (id,) = await cursor.fetchone() or (0,)
        async with Turn(conn, id) as turn:
            pause = POLL
            while turn.result.ran:
                pause = next_pause(pause, await turn.catch_up())
                if once:
                    break
                await asyncio.sleep(pause)
            return turn.result


async def follow(services: Services) -> None:
    """Follow every subscription that nobody reads, until the runner stops."""
    tasks: dict[int, asyncio.Task[None]] = {}
    pauses: dict[int, float] = {}
    try:
        while True:
            for id, task in list(tasks.items()):
                if task.done():
                    await _end(id, task)
                    del tasks[id]
            with contextlib.suppress(psycopg.OperationalError):
                for id in await _due(services):
                    if id not in tasks:
                        tasks[id] = asyncio.create_task(_follow(services, id, pauses))
            await asyncio.sleep(LOOK)
    finally:
        for id, task in tasks.items():
            task.cancel()
            await _end(id, task)


async def prune(services: Services) -> None:
    """Delete conflicts that were resolved long ago."""
    async with services.pool.connection() as conn:
        await conn.execute("select replica.prune()")


@contextlib.asynccontextmanager
async def _connection(services: Services) -> AsyncIterator[AsyncConnection[Any]]:
    """A connection of its own: a turn that lasts takes none from the pool of the handlers."""
    async with await connect_async(
        database_url(services.settings), autocommit=True, name="pgears replication"
    ) as conn:
        conn.prepare_threshold = None
        yield conn


async def _due(services: Services) -> list[int]:
    async with services.pool.connection() as conn:
        cursor = await conn.execute("select replica.due()")
        return [int(row[0]) for row in await cursor.fetchall()]


async def _follow(services: Services, id: int, pauses: dict[int, float]) -> None:
    """Read one subscription for as long as that goes well; then wait, longer each time."""
    try:
        async with _connection(services) as conn, Turn(conn, id) as turn:
            pause = POLL
            while turn.result.ran:
                pause = next_pause(pause, await turn.catch_up())
                pauses.pop(id, None)
                await asyncio.sleep(pause)
    except (PeerUnreachable, psycopg.Error) as error:
        pauses[id] = next((p for p in PAUSES if p > pauses.get(id, 0)), PAUSES[-1])
        log.warning("replication %s: %s; again in %.0f s", id, str(error).strip(), pauses[id])
        await asyncio.sleep(pauses[id])


async def _end(id: int, task: asyncio.Task[None]) -> None:
    await asyncio.wait([task])
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("replication %s ended", id, exc_info=error)
