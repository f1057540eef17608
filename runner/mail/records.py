"""Stored messages become records: begun and committed, parsed, accepted in one transaction.

Many go together, and while the server makes records of some the next are parsed. One whose
reading was begun before and never ended goes alone, so that it ends nobody but itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from .parse import Attached, Parsed, Unreadable, parse
from .reports import read_report

log = logging.getLogger(__name__)

# Classes of SQLSTATE that say nothing about the message: connection, resources, conflicts.
PASSING = ("08", "25", "40", "53", "55", "57", "58", "XX")

GROUP = 200
GROUP_BYTES = 4 * 1024 * 1024
"""What is begun, parsed and accepted together."""


@dataclass(slots=True)
class Turn:
    """What one turn of reading did."""

    ran: bool = False
    stored: int = 0
    done: int = 0
    skipped: int = 0
    quarantined: int = 0
    more: bool = False
    error: str | None = field(default=None)
    hint: str | None = None
    """What to do about the error."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A stored message whose attempt is counted."""

    id: int
    received: datetime
    raw: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that were stored together."""

    messages: Sequence[Begun]
    told: asyncio.Future[bool]
    """Whether the server could be told that they were read, once that is known."""


class Flow:
    """What is stored on its way to whoever makes records of it; a little at a time."""

    def __init__(self) -> None:
        self._batches: asyncio.Queue[Batch | None] = asyncio.Queue(maxsize=1)
        self._ended = False
        self._through = asyncio.Event()

    async def put(self, messages: Sequence[Begun]) -> asyncio.Future[bool]:
        """Hand messages on; whoever tells the server sets the future."""
        told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        await self._batches.put(Batch(messages, told))
        return told

    async def end(self) -> None:
        """Nothing more comes in this turn: wait until what came is through."""
        if not self._ended:
            self._ended = True
            await self._batches.put(None)
        await self._through.wait()

    async def take(self) -> AsyncIterator[Batch]:
        """All that comes."""
        while (batch := await self._batches.get()) is not None:
            yield batch

    def through(self) -> None:
        """All that came is a record, or left for later."""
        self._through.set()


@dataclass(frozen=True, slots=True)
class Reading:
    """What parsing made of a message: parts and files, or the reason why it cannot be read."""

    id: int
    parts: Mapping[str, Any]
    files: Sequence[Attached] = ()
    skip: str | None = None
    error: str | None = None


async def finish_earlier(pool: AsyncConnectionPool, mailbox: int, limit: int, turn: Turn) -> None:
    """Make records of what an earlier turn has stored and not ended, up to a limit."""
    after = 0
    while limit > 0:
        begun = await _begin(pool, mailbox, after, min(limit, GROUP))
        if not begun:
            return
        after, limit = begun[-1].id, limit - len(begun)
        await _finish(pool, mailbox, await asyncio.to_thread(read_all, begun), False, turn)
    turn.more = True


async def become_records(pool: AsyncConnectionPool, mailbox: int, flow: Flow, turn: Turn) -> None:
    """Make records of what comes, in its order; after an error what comes is left for later."""
    try:
        await _become_records(pool, mailbox, flow, turn)
    finally:
        flow.through()


async def _become_records(pool: AsyncConnectionPool, mailbox: int, flow: Flow, turn: Turn) -> None:
    failed: Exception | None = None
    accepting: asyncio.Task[None] | None = None
    async for batch in flow.take():
        if failed is not None:
            continue
        try:
            readings = await asyncio.to_thread(read_all, batch.messages)
            told = await batch.told
            if accepting is not None:
                await accepting
        except Exception as error:  # noqa: BLE001 - raised below, when all that comes is taken
            accepting, failed = None, error
        else:
            accepting = asyncio.create_task(_finish(pool, mailbox, readings, told, turn))
    if accepting is not None:
        await accepting
    if failed is not None:
        raise failed


async def _begin(
    pool: AsyncConnectionPool, mailbox: int, after: int, limit: int
) -> Sequence[Begun]:
    async with pool.connection() as conn:
        cursor = await conn.execute(
            "select id, received, raw from mail.begin_messages(%s, %s, %s, %s)",
            (mailbox, after, limit, GROUP_BYTES),
            binary=True,
        )
        return [Begun(*row) for row in await cursor.fetchall()]


def read_all(begun: Sequence[Begun]) -> list[Reading]:
    """Parse messages, one after the other."""
    return [read(message) for message in begun]


def read(message: Begun) -> Reading:
    """Parse a message; whatever goes wrong with it is said and stops nobody."""
    try:
        parsed: Parsed = parse(message.raw, message.received)
        parts: dict[str, Any] = dict(parsed.parts)
        if parsed.skip == "delivery report":
            report = read_report(message.raw)
            if report is not None:
                parts["report"] = report
    except Unreadable as error:
        return Reading(message.id, error.parts, error=str(error))
    except Exception as error:
        log.warning("received message %s cannot be parsed", message.id, exc_info=True)
        return Reading(message.id, {}, error=f"{type(error).__name__}: {error}")
    return Reading(message.id, parts, parsed.attachments, parsed.skip)


async def _finish(
    pool: AsyncConnectionPool, mailbox: int, readings: Sequence[Reading], told: bool, turn: Turn
) -> None:
    """Accept or quarantine, in one commit; each alone where the commit fails."""
    try:
        states = await settle(pool, mailbox, readings, told)
    except psycopg.Error as error:
        if _passes(error):
            raise
        if len(readings) == 1:
            (only,) = readings
            reason = f"{error.sqlstate} {error.diag.message_primary}"
            await settle(pool, mailbox, [Reading(only.id, only.parts, error=reason)], told)
            states = ["quarantined"]
        else:
            for reading in readings:
                await _finish(pool, mailbox, [reading], told, turn)
            return
    for state in states:
        if state in ("done", "skipped", "quarantined"):
            setattr(turn, state, getattr(turn, state) + 1)


def _passes(error: psycopg.Error) -> bool:
    return error.sqlstate is None or error.sqlstate.startswith(PASSING)


async def settle(
    pool: AsyncConnectionPool, mailbox: int, readings: Sequence[Reading], told: bool
) -> list[str]:
    """Make records and quarantine what could not be read, in one transaction; gives the states."""
    states: list[str] = []
    good = [reading for reading in readings if reading.error is None]
    async with pool.connection() as conn:
        for reading in readings:
            if reading.error is not None:
                await _quarantine(conn, reading)
                states.append("quarantined")
        if good:
            states += await _accept(conn, mailbox, good, told)
    return states


async def _accept(
    conn: AsyncConnection[Any], mailbox: int, readings: Sequence[Reading], told: bool
) -> list[str]:
    files = [(reading.id, file) for reading in readings for file in reading.files]
    cursor = await conn.execute(
        """
        select state from mail.accept_many(
          %s, %s::bigint[], %s, %s::text[], %s, %s::bigint[], %s::text[], %s::text[], %b::bytea[]
        )
        """,
        (
            mailbox,
            [reading.id for reading in readings],
            Jsonb([reading.parts for reading in readings]),
            [reading.skip for reading in readings],
            told,
            [id for id, _ in files],
            [file.name for _, file in files],
            [file.media_type for _, file in files],
            [file.content for _, file in files],
        ),
    )
    return [state for (state,) in await cursor.fetchall()]


async def _quarantine(conn: AsyncConnection[Any], reading: Reading) -> None:
    known = {key: value for key, value in reading.parts.items() if key not in ("text", "html")}
    await conn.execute(
        "select mail.quarantine(%s, %s, %s)",
        (reading.id, (reading.error or "").replace("\0", ""), Jsonb(known)),
    )
