"""Tasks that call other systems: claim and commit, call, settle and commit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from ..errors import CallTakenOver
from ..losses import outlast
from ..secrets import SecretMissing
from ..tasks import SETTLED, Outcome, Services, Task
from .attempt import Progress, Result, attempt
from .clients import IDLE_SECONDS, Clients

log = logging.getLogger(__name__)

_clients: WeakKeyDictionary[AsyncConnectionPool, Clients] = WeakKeyDictionary()


def clients_of(services: Services) -> Clients:
    """The clients of a runner."""
    return _clients.setdefault(services.pool, Clients())


async def make_call(task: Task, services: Services) -> Outcome:
    """Make the call that the task names; the task is settled with its outcome."""
    what = f"call {task.payload['call']}"
    beginning = asyncio.ensure_future(outlast(lambda: _begin(task, services), what))
    progress = Progress()
    try:
        call, body = await asyncio.shield(beginning)
        if call["outcome"] != "send":
            return SETTLED
        result = await _attempt(call, body, services, progress)
    except asyncio.CancelledError:
        # Time is up, or the runner stops: what is known is recorded, and that ends the task.
        call, body = await beginning
        if call["outcome"] != "send":
            return SETTLED
        result = progress.broken("the attempt was broken off by the runner")
    await outlast(lambda: _settle(task, services, result), what)
    return SETTLED


async def _attempt(
    call: Mapping[str, Any], body: bytes | None, services: Services, progress: Progress
) -> Result:
    clients = clients_of(services)
    try:
        kept = clients.of(call)
    except SecretMissing as error:
        return progress.ended(Result("failed", str(error)))
    kept.calls += 1
    try:
        return await attempt(call, body, kept.client, clients.tokens, progress)
    finally:
        kept.calls -= 1


async def _begin(task: Task, services: Services) -> tuple[Mapping[str, Any], bytes | None]:
    async with services.pool.connection() as conn:
        cursor = await conn.execute(
            "select details, body from http.begin_call(%s, %s, %s)",
            (task.payload["call"], task.id, task.token),
            binary=True,
        )
        row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1]


async def _settle(task: Task, services: Services, result: Result) -> None:
    try:
        async with services.pool.connection() as conn:
            cursor = await conn.execute(
                "select http.settle_call(%s, %s, %s, %s, %s)",
                (
                    task.payload["call"],
                    task.id,
                    task.token,
                    Jsonb(result.as_json()),
                    result.body,
                ),
            )
            row = await cursor.fetchone()
    except CallTakenOver:
        # Recorded already, where only the answer was lost. Or the other attempt has found this
        # one under way and decided by the target's policy.
        log.warning("call %s: the lease was lost, the outcome is not kept", task.payload["call"])
        return
    if row is not None and row[0] in ("refused", "unknown", "dead"):
        what = result.error or f"answered {result.status}"
        log.warning("call %s is %s: %s", task.payload["call"], row[0], what)


async def wake(services: Services) -> None:
    """Let calls go on that wait for nothing any more."""
    async with services.pool.connection() as conn:
        await conn.execute("select http.wake()")


async def sweep(services: Services) -> None:
    """Settle calls whose task is gone, and delete those kept long enough."""
    async with services.pool.connection() as conn:
        await conn.execute("select http.sweep()")
        await conn.execute("select http.prune()")


async def hang_up(services: Services) -> None:
    """Close connections of targets that nobody has called for a while."""
    await clients_of(services).close(IDLE_SECONDS)
