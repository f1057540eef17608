"""What one turn takes from the server of a mailbox: listed, stored, told, settled, in this order.

Messages go on to those who make records of them as soon as they are stored.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from ..texts import storable
from .drivers import Driver, Fetched, open_mailbox
from .flow import Begun, Flow, Turn
from .large import pieces_of, upload

log = logging.getLogger(__name__)

GROUP = 200
GROUP_BYTES = 4 * 1024 * 1024
"""What is stored in one transaction: a crash repeats at most so much."""


class Batch:
    """What one turn takes from the server."""

    def __init__(
        self,
        pool: AsyncConnectionPool,
        mailbox: int,
        token: UUID,
        definition: Mapping[str, Any],
        turn: Turn,
        flow: Flow,
    ) -> None:
        self.pool, self.mailbox, self.token, self.turn = pool, mailbox, token, turn
        self.flow = flow
        self.definition = definition

    async def read(self, home: Path) -> None:
        """List, store, tell the server, keep the cursor: in this order."""
        try:
            driver = await asyncio.to_thread(open_mailbox, self.definition, home)
            try:
                await self._read(driver)
            except asyncio.CancelledError:
                driver.cut()
                raise
            finally:
                await asyncio.to_thread(driver.close)
        finally:
            await self.flow.end()

    async def _read(self, driver: Driver) -> None:
        limit = int(self.definition["batch_size"])
        untold: list[str] = self.definition["untold"]
        if untold:
            await asyncio.to_thread(driver.after_read, untold)
        unfetched: list[str] = self.definition["unfetched"][:limit]
        if unfetched:
            await self._store(driver, unfetched, None)
            async with self.pool.connection() as conn:
                await self._gone(conn, unfetched)
        listing = await asyncio.to_thread(driver.listing, self.definition["cursor"], limit)
        async with self.pool.connection() as conn:
            cursor = await conn.execute(
                "select key, stored from mail.listed(%s, %s)", (self.mailbox, list(listing.keys))
            )
            listed = await cursor.fetchall()
        more = len(listed) > limit
        self.turn.more = self.turn.more or more or listing.more
        known = [key for key, stored in listed[:limit] if stored]
        if known:
            await asyncio.to_thread(driver.after_read, known)
        told = (
            untold
            + known
            + await self._store(
                driver, [key for key, stored in listed[:limit] if not stored], listing.epoch
            )
        )
        # Until then they are locked by those who make records of them.
        await self.flow.end()
        await self._settle(driver, told, None if more else listing.cursor)

    async def _store(self, driver: Driver, keys: Sequence[str], epoch: str | None) -> list[str]:
        """Store messages in groups, and tell the server after each; gives the keys stored."""
        told: list[str] = []
        messages = driver.fetch(keys)
        while True:
            group = await asyncio.to_thread(_group, messages)
            if not group:
                return told
            read = {found.key: found for found in group if found.raw is not None}
            stored = await self._keep(group, read, epoch)
            waiting = await self.flow.put(stored) if stored else None
            for found in group:
                if all(found.raw is not message.raw for message in stored):
                    found.close()
            try:
                if read:
                    await asyncio.to_thread(driver.after_read, list(read))
                    told += read
            finally:
                if waiting is not None:
                    waiting.set_result(set(read) <= set(told))

    async def _keep(
        self, group: Sequence[Fetched], read: Mapping[str, Fetched], epoch: str | None
    ) -> Sequence[Begun]:
        """Store a group in one commit; gives those that are new."""
        stored: list[Begun] = []
        async with self.pool.connection() as conn:
            for found in group:
                if found.error is not None:
                    log.warning("mailbox %s: %s: %s", self.turn.mailbox, found.key, found.error)
                    await conn.execute(
                        "select mail.set_aside(%s, %s, %s, %s)",
                        (self.mailbox, self.token, found.key, storable(found.error)),
                    )
                    self.turn.quarantined += 1
            for id, key, received in await self._insert(conn, read, epoch):
                found = read[key]
                assert found.raw is not None
                stored.append(Begun(id, received, found.raw, found.size))
        self.turn.stored += len(stored)
        return stored

    async def _insert(
        self, conn: AsyncConnection[Any], read: Mapping[str, Fetched], epoch: str | None
    ) -> Sequence[tuple[Any, ...]]:
        """In the order in which they came: a large one for itself, those between together."""
        rows: list[tuple[Any, ...]] = []
        for is_small, some in groupby(read.values(), lambda found: isinstance(found.raw, bytes)):
            found = list(some)
            if is_small:
                cursor = await conn.execute(
                    "select id, key, received from mail.store_received(%s, %s, %s, %b, %s)",
                    (
                        self.mailbox,
                        self.token,
                        [one.key for one in found],
                        [one.raw for one in found],
                        epoch,
                    ),
                )
                rows += await cursor.fetchall()
                continue
            for one in found:
                assert one.raw is not None
                assert not isinstance(one.raw, bytes)
                number = await upload(conn, pieces_of(one.raw))
                cursor = await conn.execute(
                    "select id, key, received from mail.store_spooled(%s, %s, %s, %s, %s)",
                    (self.mailbox, self.token, one.key, number, epoch),
                )
                rows += await cursor.fetchall()
        return rows

    async def _settle(
        self, driver: Driver, told: Sequence[str], cursor: Mapping[str, Any] | None
    ) -> None:
        async with self.pool.connection() as conn:
            await conn.execute(
                "select mail.settle_batch(%s, %s, %s, %s, %s)",
                (
                    self.mailbox,
                    self.token,
                    list(told),
                    None if cursor is None else Jsonb(cursor),
                    driver.secret_expires,
                ),
            )

    async def _gone(self, conn: AsyncConnection[Any], keys: Sequence[str]) -> None:
        """Messages that were to be asked for again and are not there any more."""
        await conn.execute(
            "select mail.give_up_unfetched(%s, %s, %s)", (self.mailbox, self.token, list(keys))
        )


def _group(messages: Iterator[Fetched]) -> list[Fetched]:
    """The next messages, to be stored together: many small ones, or a large one."""
    group: list[Fetched] = []
    size = 0
    for found in messages:
        group.append(found)
        size += found.size
        if size > GROUP_BYTES or len(group) >= GROUP:
            break
    return group
