"""One turn of reading a mailbox: store and commit, tell the server, parse, become a record.

A crash anywhere leaves a message on the server or stored, and stored ones are found by the
next turn: none is lost, and the key under which each is stored lets none in twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from ..tasks import Services, Task
from .drivers import Driver, Fetched, MailboxUnreachable, open_mailbox
from .parse import Parsed, Unreadable, parse
from .reports import read_report

log = logging.getLogger(__name__)

# Classes of SQLSTATE that say nothing about the message: connection, resources, conflicts.
PASSING = ("08", "25", "40", "53", "55", "57", "58", "XX")


GROUP = 50
GROUP_BYTES = 4 * 1024 * 1024
"""What is stored in one transaction: a crash repeats at most so much."""


@dataclass(slots=True)
class Turn:
    """What one turn did."""

    ran: bool = False
    stored: int = 0
    done: int = 0
    skipped: int = 0
    quarantined: int = 0
    more: bool = False
    error: str | None = field(default=None)
    hint: str | None = None
    """What to do about the error."""


async def poll(task: Task, services: Services) -> None:
    """Read the mailbox that the task names; its errors are kept with the mailbox."""
    turn = await read_mailbox(services.pool, int(task.payload["mailbox"]), services.settings.home)
    if turn.error is not None:
        log.warning("mailbox %s: %s", task.payload["mailbox"], turn.error)


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
    turn.ran = True
    wait = 0.0
    try:
        try:
            await _Batch(pool, mailbox, token, definition, turn).read(home)
        except MailboxUnreachable as error:
            # Messages stored before need no server.
            turn.error, wait = str(error), error.after or 0.0
        await _become_records(pool, mailbox, int(definition["batch_size"]), turn)
    except Exception as error:
        # A fault of a driver as well: told where people look, and the mailbox is free again.
        log.warning("mailbox %s", mailbox, exc_info=not isinstance(error, psycopg.Error | OSError))
        turn.error, turn.hint = _words(error)
    async with pool.connection() as conn:
        await conn.execute(
            "select mail.end_reading(%s, %s, %s, %s, %s, %s)",
            (mailbox, token, turn.more, turn.error, timedelta(seconds=wait), turn.hint),
        )
    return turn


class _Batch:
    """What one turn takes from the server."""

    def __init__(
        self,
        pool: AsyncConnectionPool,
        mailbox: int,
        token: UUID,
        definition: Mapping[str, Any],
        turn: Turn,
    ) -> None:
        self.pool, self.mailbox, self.token, self.turn = pool, mailbox, token, turn
        self.definition = definition

    async def read(self, home: Path) -> None:
        """List, store, tell the server, keep the cursor: in this order."""
        driver = await asyncio.to_thread(open_mailbox, self.definition, home)
        try:
            await self._read(driver)
        finally:
            await asyncio.to_thread(driver.close)

    async def _read(self, driver: Driver) -> None:
        limit = int(self.definition["batch_size"])
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
        told = known + await self._store(
            driver, [key for key, stored in listed[:limit] if not stored], listing.epoch
        )
        await self._settle(driver, told, None if more else listing.cursor)

    async def _store(self, driver: Driver, keys: Sequence[str], epoch: str | None) -> list[str]:
        """Store messages in groups, and tell the server after each; gives the keys stored."""
        told: list[str] = []
        messages = driver.fetch(keys)
        while True:
            group = await asyncio.to_thread(_group, messages)
            if not group:
                return told
            read = [(found.key, found.raw) for found in group if found.raw is not None]
            async with self.pool.connection() as conn:
                for found in group:
                    if found.error is not None:
                        log.warning("mailbox %s: %s: %s", self.mailbox, found.key, found.error)
                        await conn.execute(
                            "select mail.set_aside(%s, %s, %s, %s)",
                            (self.mailbox, self.token, found.key, found.error.replace("\0", "")),
                        )
                        self.turn.quarantined += 1
                if read:
                    self.turn.stored += await _scalar(
                        conn,
                        "select mail.store_received(%s, %s, %s, %b, %s)",
                        self.mailbox,
                        self.token,
                        [key for key, _ in read],
                        [raw for _, raw in read],
                        epoch,
                    )
            done = [key for key, _ in read]
            if done:
                await asyncio.to_thread(driver.after_read, done)
                told += done

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
        size += len(found.raw or b"")
        if size > GROUP_BYTES or len(group) >= GROUP:
            break
    return group


async def _become_records(pool: AsyncConnectionPool, mailbox: int, limit: int, turn: Turn) -> None:
    after = 0
    for _ in range(limit):
        async with pool.connection() as conn:
            cursor = await conn.execute(
                "select id, raw, received from mail.begin_message(%s, %s)",
                (mailbox, after),
                binary=True,
            )
            row = await cursor.fetchone()
        if row is None:
            return
        after = row[0]
        state = await become_record(pool, *row)
        if state in ("done", "skipped", "quarantined"):
            setattr(turn, state, getattr(turn, state) + 1)
    turn.more = True


async def become_record(
    pool: AsyncConnectionPool, received_id: int, raw: bytes, received: datetime
) -> str:
    """Parse a stored message and make it a record, in one transaction; gives its state."""
    try:
        parsed = await asyncio.to_thread(parse, raw, received)
    except Unreadable as error:
        return await _quarantine(pool, received_id, str(error), error.parts)
    except Exception as error:
        log.warning("received message %s cannot be parsed", received_id, exc_info=True)
        return await _quarantine(pool, received_id, f"{type(error).__name__}: {error}", {})
    try:
        async with pool.connection() as conn:
            return await _accept(conn, received_id, parsed, raw)
    except psycopg.Error as error:
        if error.sqlstate is None or error.sqlstate.startswith(PASSING):
            raise
        reason = f"{error.sqlstate} {error.diag.message_primary}"
        return await _quarantine(pool, received_id, reason, parsed.parts)


async def _accept(conn: AsyncConnection[Any], received_id: int, parsed: Parsed, raw: bytes) -> str:
    parts: dict[str, Any] = dict(parsed.parts)
    if parsed.skip == "delivery report" and (report := read_report(raw)) is not None:
        parts["report"] = report
    files = [
        await _scalar(
            conn, "select core.store_file(%s, %s, %b)", part.name, part.media_type, part.content
        )
        for part in parsed.attachments
    ]
    state: str = await _scalar(
        conn,
        "select mail.accept(%s, %s, %s, %s)",
        received_id,
        Jsonb(parts),
        files,
        parsed.skip,
    )
    return state


async def _quarantine(
    pool: AsyncConnectionPool, received_id: int, reason: str, parts: Mapping[str, str]
) -> str:
    known = {key: value for key, value in parts.items() if key not in ("text", "html")}
    async with pool.connection() as conn:
        await conn.execute(
            "select mail.quarantine(%s, %s, %s)",
            (received_id, reason.replace("\0", ""), Jsonb(known)),
        )
    return "quarantined"


def _words(error: Exception) -> tuple[str, str | None]:
    """What an error says, and what it says about mending it."""
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        return f"{error.sqlstate} {error.diag.message_primary}", error.diag.message_hint
    return f"{type(error).__name__}: {error}".strip(": ").replace("\0", ""), None


async def _scalar(conn: AsyncConnection[Any], query: str, *arguments: Any) -> Any:
    cursor = await conn.execute(query.encode(), arguments)
    row = await cursor.fetchone()
    return None if row is None else row[0]
