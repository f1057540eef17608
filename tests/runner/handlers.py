"""Handlers for runners under test: each says in table `act` what it did, and may then block."""

from __future__ import annotations

import asyncio

from runner.tasks import SETTLED, GiveUp, Handler, Outcome, Retry, Services, Task


async def _record(task: Task, services: Services) -> None:
    async with services.pool.connection() as conn:
        await conn.execute(
            "insert into act (task, attempt) values (%s, %s)", (task.id, task.attempts)
        )


async def act(task: Task, services: Services) -> None:
    """Do it."""
    await _record(task, services)
    await asyncio.sleep(0.002)


async def hold(task: Task, services: Services) -> None:
    """Block before the act, in the first attempt."""
    if task.attempts == 1:
        async with services.pool.connection() as conn:
            await conn.execute("insert into begun (task) values (%s)", (task.id,))
        await asyncio.sleep(1000)
    await _record(task, services)


async def block(task: Task, services: Services) -> None:
    """Block after the act, in the first attempt."""
    await _record(task, services)
    if task.attempts == 1:
        async with services.pool.connection() as conn:
            await conn.execute("insert into begun (task) values (%s)", (task.id,))
        await asyncio.sleep(1000)


async def once(task: Task, services: Services) -> Outcome:
    """Act and settle in one transaction; the first attempt blocks inside it, or after it."""
    async with services.pool.connection() as conn, conn.transaction():
        await conn.execute(
            "insert into act (task, attempt) values (%s, %s)", (task.id, task.attempts)
        )
        if task.attempts == 1 and task.payload.get("block") == "before":
            async with services.pool.connection() as other:
                await other.execute("insert into begun (task) values (%s)", (task.id,))
            await asyncio.sleep(1000)
        row = await (
            await conn.execute("select queue.settle_one(%s, %s)", (task.id, task.token))
        ).fetchone()
        if row is None or not row[0]:
            raise Retry("the lease is lost")
    if task.payload.get("block") == "after":
        async with services.pool.connection() as conn:
            await conn.execute("insert into begun (task) values (%s)", (task.id,))
        await asyncio.sleep(1000)
    return SETTLED


async def gate(task: Task, services: Services) -> None:
    """Do it, and end when the test opens the gate."""
    await _record(task, services)
    async with services.pool.connection() as conn:
        while (await (await conn.execute("select from gate")).fetchone()) is None:
            await conn.commit()
            await asyncio.sleep(0.02)


async def slow(task: Task, services: Services) -> None:
    """Take as long as the payload says, and record the end."""
    async with services.pool.connection() as conn:
        await conn.execute("insert into begun (task) values (%s)", (task.id,))
    await asyncio.sleep(task.payload["seconds"])
    await _record(task, services)


async def fail(task: Task, services: Services) -> None:
    """Fail as the payload says."""
    match task.payload["how"]:
        case "give up":
            raise GiveUp("never again")
        case "retry":
            raise Retry("later")
        case "bytes":
            raise ValueError("no file \udcff")  # as names that are no UTF-8 come from the system
        case how:
            raise ValueError(f"broken \0 {how}")


HANDLERS = {
    "act": Handler(act),
    "hold": Handler(hold, parallel=1),
    "block": Handler(block),
    "once": Handler(once),
    "slow": Handler(slow, parallel=2),
    "gate": Handler(gate),
    "fail": Handler(fail),
}
