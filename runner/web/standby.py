"""A streaming replica for reads: used while it is fresh, and never behind one's own writes.

How far it is behind is not asked of its clock: positions of the primary's log are noted with
the time at which they were read, and the replica has everything until the newest of these
that it has replayed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from ..config import Settings
from ..db import noticing

log = logging.getLogger("pgears.web")

LOOK_SECONDS = 0.25
RETRY_SECONDS = 1.0
CONNECT_SECONDS = 2
POSITION = "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
REPLAYED = "select pg_last_wal_replay_lsn() - '0/0'::pg_lsn"


class Standby:
    """The replica of a running service; without a URL it is never used."""

    def __init__(self, settings: Settings, primary: AsyncConnectionPool[Any]) -> None:
        url = settings.web_replica_url
        self._url = None if url is None else noticing(url)
        self._most = settings.web_replica_lag
        self._primary = primary
        self._noted: deque[tuple[float, float]] = deque(maxlen=int(self._most / LOOK_SECONDS) + 40)
        self._until = float("-inf")
        self._writes: dict[str, float] = {}
        self._used: bool | None = None
        self.pool: AsyncConnectionPool[Any] | None = None
        if self._url is not None:
            self.pool = AsyncConnectionPool(
                self._url,
                open=False,
                min_size=1,
                max_size=settings.web_pool,
                timeout=1.0,
                kwargs={
                    "autocommit": True,
                    "application_name": "pgears serve",
                    "prepare_threshold": None,
                    "connect_timeout": CONNECT_SECONDS,
                },
            )

    def pool_for(self, role: str) -> AsyncConnectionPool[Any] | None:
        """Its connections, when it is fresh and has what the account has written."""
        if self.pool is None or time.monotonic() - self._until > self._most:
            return None
        return self.pool if self._until > self._writes.get(role, float("-inf")) else None

    def wrote(self, role: str) -> None:
        """An account has written just now."""
        if self.pool is not None:
            self._writes[role] = time.monotonic()

    def lost(self) -> None:
        """It did not answer: it is not used before it has been looked at again."""
        self._until = float("-inf")

    async def watch(self) -> None:
        """Look how far it is, for ever."""
        if self.pool is None or self._url is None:
            return
        await self.pool.open(wait=False)
        try:
            while True:
                try:
                    async with await psycopg.AsyncConnection.connect(
                        self._url,
                        autocommit=True,
                        application_name="pgears serve",
                        connect_timeout=CONNECT_SECONDS,
                    ) as conn:
                        while True:
                            await self._look(conn)
                            await asyncio.sleep(LOOK_SECONDS)
                except (psycopg.Error, PoolTimeout, OSError) as error:
                    self.lost()
                    self._say(str(error).strip().splitlines()[0])
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            await self.pool.close()

    async def _look(self, conn: psycopg.AsyncConnection[Any]) -> None:
        now = time.monotonic()
        async with self._primary.connection() as primary:
            self._noted.append((now, await _number(primary, POSITION)))
        replayed = await _number(conn, REPLAYED)
        while self._noted and self._noted[0][1] <= replayed:
            self._until = self._noted.popleft()[0]
        for role, at in list(self._writes.items()):
            if at < self._until:
                del self._writes[role]
        behind = time.monotonic() - self._until
        self._say("" if behind <= self._most else f"it is {behind:.0f} s behind")

    def _say(self, trouble: str) -> None:
        if self._used == (not trouble):
            return
        self._used = not trouble
        if trouble:
            log.warning("the replica is not used: %s", trouble)
        else:
            log.info("the replica is used")


async def _number(conn: psycopg.AsyncConnection[Any], query: str) -> float:
    row = await (await conn.execute(query.encode())).fetchone()
    if row is None or row[0] is None:
        raise psycopg.OperationalError("it is no replica: it does not replay a log")
    return float(row[0])
