"""Stored messages become records: begun and committed, parsed, accepted in one transaction.

Many go together, and while the server makes records of some the next are parsed. One whose
reading was begun before and never ended goes alone, so that it ends nobody but itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from ..texts import storable
from .drivers.contract import LARGE
from .flow import Batch, Begun, Flow, Turn
from .large import Attachment, accept_large, read_large, stored
from .parse import Attached, Parsed, Unreadable, parse
from .reports import read_report
from .room import rooms_of

log = logging.getLogger(__name__)

# Classes of SQLSTATE that say nothing about the message: connection, resources, conflicts.
PASSING = ("08", "25", "40", "53", "55", "57", "58", "XX")

GROUP = 200
GROUP_BYTES = 4 * 1024 * 1024
"""What is begun, parsed and accepted together."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What parsing made of a message: parts and files, or the reason why it cannot be read."""

    id: int
    parts: Mapping[str, Any]
    files: Sequence[Attached] = ()
    skip: str | None = None
    error: str | None = None
    large: Sequence[Attachment] | None = None
    """Instead of files, of a message that went through a file."""


async def finish_earlier(pool: AsyncConnectionPool, mailbox: int, limit: int, turn: Turn) -> None:
    """Make records of what an earlier turn has stored and not ended, up to a limit."""
    after = 0
    while limit > 0:
        begun = await _begin(pool, mailbox, after, min(limit, GROUP))
        if not begun:
            return
        after, limit = begun[-1].id, limit - len(begun)
        told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        told.set_result(False)
        batch = Batch(begun, told)
        await rooms_of(pool).incoming.take(batch.size)
        await _work(pool, mailbox, batch, None, turn)
    turn.more = True


async def become_records(pool: AsyncConnectionPool, mailbox: int, flow: Flow, turn: Turn) -> None:
    """Make records of what comes, in its order; after an error what comes is left for later."""
    try:
        await _become_records(pool, mailbox, flow, turn)
    finally:
        flow.through()


async def _become_records(pool: AsyncConnectionPool, mailbox: int, flow: Flow, turn: Turn) -> None:
    """Parse one batch while the one before is being accepted."""
    failed = False
    running: list[asyncio.Task[None]] = []
    try:
        async for batch in flow.take():
            if len(running) > 1:
                await asyncio.wait(running[:-1])
            failed = failed or any(task.done() and task.exception() for task in running)
            if failed:
                batch.close()
            else:
                # Here and not in the task: a later batch must not hold what an earlier waits for.
                await rooms_of(pool).incoming.take(batch.size)
                before = running[-1] if running else None
                running = [
                    *running[-1:],
                    asyncio.create_task(_work(pool, mailbox, batch, before, turn)),
                ]
    except BaseException:
        for task in running:
            task.cancel()
        raise
    finally:
        ended = await asyncio.gather(*running, return_exceptions=True)
    for error in ended:
        if error is not None:
            raise error


async def _work(
    pool: AsyncConnectionPool,
    mailbox: int,
    batch: Batch,
    before: asyncio.Task[None] | None,
    turn: Turn,
) -> None:
    """Parse a batch and accept it behind the one before; then its room is free."""
    try:
        readings = await asyncio.to_thread(read_all, batch.messages)
        told = await batch.told
        if before is not None:
            await before
        await _finish(pool, mailbox, readings, told, turn)
    finally:
        batch.close()
        await rooms_of(pool).incoming.give_back(batch.size)


async def _begin(
    pool: AsyncConnectionPool, mailbox: int, after: int, limit: int
) -> Sequence[Begun]:
    async with pool.connection() as conn:
        cursor = await conn.execute(
            "select id, received, raw, size from mail.begin_messages(%s, %s, %s, %s, %s)",
            (mailbox, after, limit, GROUP_BYTES, LARGE),
            binary=True,
        )
        rows = await cursor.fetchall()
        await conn.commit()
        return [
            Begun(id, received, await stored(conn, id) if raw is None else raw, size)
            for id, received, raw, size in rows
        ]


def read_all(begun: Sequence[Begun]) -> list[Reading]:
    """Parse messages, one after the other."""
    return [read(message) for message in begun]


def read(message: Begun) -> Reading:
    """Parse a message; whatever goes wrong with it is said and stops nobody."""
    try:
        if not isinstance(message.raw, bytes):
            large = read_large(message.raw, message.received)
            return Reading(message.id, large.parts, (), large.skip, large=large.files)
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
    except (psycopg.Error, Unreadable) as error:
        if isinstance(error, psycopg.Error) and _passes(error):
            raise
        if len(readings) == 1:
            (only,) = readings
            reason = str(error)
            if isinstance(error, psycopg.Error):
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
    """Large ones each for itself, those between them together."""
    states: list[str] = []
    for is_large, neighbours in groupby(readings, lambda reading: reading.large is not None):
        if not is_large:
            states += await _accept_many(conn, mailbox, list(neighbours), told)
            continue
        for reading in neighbours:
            states.append(
                await accept_large(
                    conn, reading.id, reading.parts, reading.large or (), reading.skip, told=told
                )
            )
    return states


async def _accept_many(
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
        (reading.id, storable(reading.error or ""), Jsonb(known)),
    )
