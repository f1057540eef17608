"""Waiting for servers to announce messages (IDLE), so that a mailbox is read at once.

One runner listens to each mailbox that wants it; the schedule of the mailbox goes on, so an
announcement that is lost costs time and no message.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from ..losses import LOSSES, words
from ..tasks import Services
from .drivers.contract import MailboxUnreachable

log = logging.getLogger(__name__)

LOOK = 5.0
"""Seconds between two looks at which mailboxes there are."""
WAIT = 240.0
"""Seconds of one IDLE: servers and firewalls end longer silences."""
RETRY = (1.0, 5.0, 15.0, 60.0)


async def listen(services: Services) -> None:
    """Listen to mailboxes until the runner stops; each has a task of its own that reconnects."""
    me = uuid4()
    tasks: dict[int, tuple[Mapping[str, Any], asyncio.Task[None]]] = {}
    try:
        while True:
            try:
                wanted = await _wanted(services, me)
            except LOSSES as error:
                log.warning("push: %s", words(error))
                wanted = {id: definition for id, (definition, _) in tasks.items()}
            for id, (definition, task) in list(tasks.items()):
                if wanted.get(id) != definition or task.done():
                    await _end(task)
                    del tasks[id]
            for id in wanted.keys() - tasks.keys():
                task = asyncio.create_task(_listen(services, id, wanted[id]))
                tasks[id] = (wanted[id], task)
            await asyncio.sleep(LOOK)
    finally:
        for _, task in tasks.values():
            await _end(task)


async def _wanted(services: Services, me: Any) -> dict[int, Mapping[str, Any]]:
    async with services.pool.connection() as conn:
        cursor = await conn.execute("select id, definition from mail.listen_mailboxes(%s)", (me,))
        return dict(await cursor.fetchall())


async def _listen(services: Services, id: int, definition: Mapping[str, Any]) -> None:
    # It waits for minutes: not in one of the threads that all share.
    thread = ThreadPoolExecutor(1, thread_name_prefix="push")
    try:
        await _listen_in(thread, services, id, definition)
    finally:
        thread.shutdown(wait=False)


async def _listen_in(
    thread: ThreadPoolExecutor, services: Services, id: int, definition: Mapping[str, Any]
) -> None:
    from .drivers.imap import Imap

    loop = asyncio.get_running_loop()
    failures = 0
    while True:
        # Read-only: listening changes nothing in the folder.
        driver = Imap({**definition, "after_read": "keep"})
        try:
            # What came while nobody listened.
            await loop.run_in_executor(thread, driver.connect)
            await _ring(services, id)
            while True:
                heard = await loop.run_in_executor(thread, driver.wait, WAIT)
                failures = 0
                if heard:
                    await _ring(services, id)
        except (MailboxUnreachable, *LOSSES) as error:
            delay = RETRY[min(failures, len(RETRY) - 1)]
            failures += 1
            log.warning("push of mailbox %s: %s; again in %.0f s", id, error, delay)
            await asyncio.sleep(delay)
        finally:
            # Ends a wait that is under way in its thread, too, which then closes it.
            driver.cut()
            thread.submit(driver.close)


async def _ring(services: Services, id: int) -> None:
    async with services.pool.connection() as conn:
        await conn.execute("select mail.ring_mailbox(%s)", (id,))


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("push ended", exc_info=error)
