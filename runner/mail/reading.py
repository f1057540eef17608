"""One turn of reading a mailbox: store and commit, tell the server, parse, become a record.

A crash anywhere leaves a message on the server or stored, and stored ones are found by the
next turn: none is lost, and the key under which each is stored lets none in twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from ..tasks import Services, Task
from .drivers import Driver, MailboxUnreachable, open_mailbox
from .parse import Parsed, Unreadable, parse
from .reports import read_report

log = logging.getLogger(__name__)

# Classes of SQLSTATE that say nothing about the message: connection, resources, conflicts.
PASSING = ("08", "25", "40", "53", "55", "57", "58", "XX")


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
    async with pool.connection() as conn:
        definition = await _scalar(conn, "select mail.begin_reading(%s, %s)", mailbox, token)
    if definition is None:
        return turn
    turn.ran = True
    try:
        driver = await asyncio.to_thread(open_mailbox, definition, home)
        await _fetch(pool, mailbox, token, driver, int(definition["batch_size"]), turn)
        await _become_records(pool, mailbox, int(definition["batch_size"]), turn)
    except (MailboxUnreachable, psycopg.Error, OSError) as error:
        turn.error = str(error).strip() or type(error).__name__
    async with pool.connection() as conn:
        await conn.execute(
            "select mail.end_reading(%s, %s, %s, %s)", (mailbox, token, turn.more, turn.error)
        )
    return turn


async def _fetch(
    pool: AsyncConnectionPool, mailbox: int, token: UUID, driver: Driver, limit: int, turn: Turn
) -> None:
    keys = list(await asyncio.to_thread(driver.keys))
    if driver.lists_read:
        async with pool.connection() as conn:
            keys = await _scalar(conn, "select mail.new_keys(%s, %s)", mailbox, keys)
    turn.more = len(keys) > limit
    for key in keys[:limit]:
        raw = await asyncio.to_thread(driver.fetch, key)
        if raw is None:
            continue
        async with pool.connection() as conn:
            if await _scalar(
                conn, "select mail.store_received(%s, %s, %s, %b)", mailbox, token, key, raw
            ):
                turn.stored += 1
        await asyncio.to_thread(driver.after_read, key)


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


async def _scalar(conn: AsyncConnection[Any], query: str, *arguments: Any) -> Any:
    cursor = await conn.execute(query.encode(), arguments)
    row = await cursor.fetchone()
    return None if row is None else row[0]
