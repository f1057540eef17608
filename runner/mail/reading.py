"""One turn of reading a mailbox: store and commit, tell the server; meanwhile they become records.

A crash anywhere leaves a message on the server or stored, and stored ones are found by the
next turn: none is lost, and the key under which each is stored lets none in twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from ..hiding import hide
from ..tasks import Services, Task
from ..texts import storable
from .drivers import Driver, Fetched, MailboxUnreachable, open_mailbox
from .flow import Begun, Flow, Turn
from .large import pieces_of, upload
from .records import PASSING, become_records, finish_earlier

log = logging.getLogger(__name__)

GROUP = 200
GROUP_BYTES = 4 * 1024 * 1024
"""What is stored in one transaction: a crash repeats at most so much."""


async def poll(task: Task, services: Services) -> None:
    """Read the mailbox that the task names; its errors are kept with the mailbox."""
    turn = await read_mailbox(services.pool, int(task.payload["mailbox"]), services.settings.home)
    if turn.error is not None:
        log.warning("mailbox %s: %s", turn.mailbox or task.payload["mailbox"], turn.error)


async def enqueue_polls(services: Services) -> None:
    """Store a task for each mailbox that is due."""
    async with services.pool.connection() as conn:
        await conn.execute("select mail.enqueue_polls()")


async def read_mailbox(pool: AsyncConnectionPool, mailbox: int, home: Path) -> Turn:
    """Read at most one batch; nothing is done while another reader is at work."""
    turn = Turn()
    token = uuid4()
    try:
        async with pool.connection() as conn:
            definition = await _scalar(conn, "select mail.begin_reading(%s, %s)", mailbox, token)
    except psycopg.Error as error:
        if error.sqlstate is None or error.sqlstate.startswith(PASSING):
            raise
        turn.ran, (turn.error, turn.hint) = True, _words(error)
        arguments = mailbox, turn.error, turn.hint
        async with pool.connection() as conn:
            await conn.execute("select mail.fail_reading(%s, %s, %s)", arguments)
        return turn
    if definition is None:
        return turn
    turn.ran, turn.mailbox = True, definition["name"]
    wait = 0.0
    try:
        # What was stored before needs no server, and comes before what the server has.
        await finish_earlier(pool, mailbox, int(definition["batch_size"]), turn)
        if not turn.more:
            wait = await _read(pool, mailbox, token, definition, home, turn)
    except asyncio.CancelledError:
        # Time is up, or the runner stops: the mailbox is free for the next at once.
        turn.more = True
        await _end(pool, mailbox, token, turn, 0.0)
        raise
    except Exception as error:
        # A fault of a driver as well: told where people look, and the mailbox is free again.
        seen = isinstance(error, psycopg.Error | OSError)
        log.warning("mailbox %s", turn.mailbox, exc_info=not seen)
        turn.error, turn.hint = _words(error)
    await _end(pool, mailbox, token, turn, wait)
    return turn


async def _end(
    pool: AsyncConnectionPool, mailbox: int, token: UUID, turn: Turn, wait: float
) -> None:
    async with pool.connection() as conn:
        await conn.execute(
            "select mail.end_reading(%s, %s, %s, %s, %s, %s)",
            (mailbox, token, turn.more, turn.error, timedelta(seconds=wait), turn.hint),
        )


async def _read(
    pool: AsyncConnectionPool,
    mailbox: int,
    token: UUID,
    definition: Mapping[str, Any],
    home: Path,
    turn: Turn,
) -> float:
    """Take a batch from the server, make records of it; gives the wait that the server wants."""
    flow = Flow()
    ended = await asyncio.gather(
        _Batch(pool, mailbox, token, definition, turn, flow).read(home),
        become_records(pool, mailbox, flow, turn),
        return_exceptions=True,
    )
    wait = 0.0
    for error in ended:
        if isinstance(error, MailboxUnreachable):
            turn.error, turn.hint = hide(storable(str(error))), error.hint
            wait = error.after or 0.0
        elif error is not None:
            raise error
    return wait


class _Batch:
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


def _words(error: Exception) -> tuple[str, str | None]:
    """What an error says, and what it says about mending it."""
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        return f"{error.sqlstate} {error.diag.message_primary}", error.diag.message_hint
    return hide(storable(f"{type(error).__name__}: {error}".strip(": "))), None


async def _scalar(conn: AsyncConnection[Any], query: str, *arguments: Any) -> Any:
    cursor = await conn.execute(query.encode(), arguments)
    row = await cursor.fetchone()
    return None if row is None else row[0]
