"""One turn of reading a mailbox: store and commit, tell the server; meanwhile they become records.

A crash anywhere leaves a message on the server or stored, and stored ones are found by the
next turn: none is lost, and the key under which each is stored lets none in twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from ..hiding import hide
from ..tasks import Services, Task
from ..texts import storable
from .drivers import MailboxUnreachable
from .flow import Flow, Turn
from .records import PASSING, become_records, finish_earlier
from .taking import Batch

log = logging.getLogger(__name__)


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
        Batch(pool, mailbox, token, definition, turn, flow).read(home),
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


def _words(error: Exception) -> tuple[str, str | None]:
    """What an error says, and what it says about mending it."""
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        return f"{error.sqlstate} {error.diag.message_primary}", error.diag.message_hint
    return hide(storable(f"{type(error).__name__}: {error}".strip(": "))), None


async def _scalar(conn: AsyncConnection[Any], query: str, *arguments: Any) -> Any:
    cursor = await conn.execute(query.encode(), arguments)
    row = await cursor.fetchone()
    return None if row is None else row[0]
