"""Who this process is to the queue: an identity per start, kept alive by a heartbeat.

After a claim whose answer was lost, and after being declared dead, the process goes on under
a new identity: what it knows to hold is carried over, all else is given to others when the
old lease runs out.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

log = logging.getLogger("pgears.runner")

LEASE = 30.0
MARGIN = 5.0


def clock() -> float:
    """Seconds that go on while the machine is suspended, where there is such a clock."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Identity:
    """The runner's row; `id` changes when it has to begin anew."""

    def __init__(self, pool: AsyncConnectionPool[Any], name: str) -> None:
        self.pool = pool
        self.name = name
        self.id = UUID(int=0)
        self.lease_until = 0.0
        self.listening = "unknown"

    @property
    def valid(self) -> bool:
        """Whether what it holds is its own for sure: no other can have been given it."""
        return clock() < self.lease_until - MARGIN

    async def start(self, held: Sequence[int] = ()) -> set[int]:
        """Begin under a new identity; gives the ids, of those held, that came along."""
        before, begun = self.id, clock()
        async with self.pool.connection() as conn:
            row = await (
                await conn.execute(
                    "select queue.start_runner(%s, make_interval(secs => %s))", (self.name, LEASE)
                )
            ).fetchone()
            assert row is not None
            new: UUID = row[0]
            kept: set[int] = set()
            if held:
                moved = await (
                    await conn.execute(
                        "select queue.adopt(%s, %s, %s::bigint[])", (before, new, list(held))
                    )
                ).fetchone()
                assert moved is not None
                kept = set(moved[0])
        self.id, self.lease_until = new, begun + LEASE
        log.info("runner %s is %s", self.name, self.id)
        return kept

    async def beat(self) -> bool:
        """Say that it lives; false when it was declared dead."""
        begun, who = clock(), self.id
        async with self.pool.connection() as conn:
            row = await (
                await conn.execute(
                    "select queue.beat(%s, make_interval(secs => %s), %s)",
                    (who, LEASE, self.listening),
                )
            ).fetchone()
        assert row is not None
        if row[0] and who == self.id:
            self.lease_until = begun + LEASE
        return bool(row[0]) or who != self.id

    async def report(self, listening: str) -> None:
        """Say whether it hears the doorbell."""
        if listening != self.listening:
            self.listening = listening
            if self.id.int:
                await self.beat()

    async def stop(self) -> None:
        """Sign off; what it still holds is ready again at once."""
        async with asyncio.timeout(5), self.pool.connection() as conn:
            await conn.execute("select queue.stop_runner(%s)", (self.id,))
        log.info("runner %s has signed off", self.name)
