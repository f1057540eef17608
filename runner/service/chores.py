"""What every runner does now and then: take over from the dead, keep tables small."""

from __future__ import annotations

import asyncio
import logging
import random

from ..losses import LOSSES, words
from ..tasks import Chore, Services

log = logging.getLogger("pgears.runner")


async def sweep(services: Services) -> None:
    """Take over the tasks of runners whose lease ran out."""
    async with services.pool.connection() as conn:
        row = await (await conn.execute("select queue.sweep()")).fetchone()
    if row is not None and row[0]:
        log.warning("took over from %s lost runners", row[0])


async def unblock(services: Services) -> None:
    """Let the next task of keys go on that was left blocked."""
    async with services.pool.connection() as conn:
        await conn.execute("select queue.unblock()")


async def maintain(services: Services) -> None:
    """Make and drop partitions of finished tasks."""
    async with services.pool.connection() as conn:
        await conn.execute("select queue.maintain()")


async def prune_feed(services: Services) -> None:
    """Delete changes that every reader has read."""
    async with services.pool.connection() as conn:
        await conn.execute("select feed.prune()")


async def prune_files(services: Services) -> None:
    """Delete files and contents that columns let go of."""
    async with services.pool.connection() as conn:
        await conn.execute("select core.prune_files()")


async def prune_answers(services: Services) -> None:
    """Delete answers that the web service kept for repeated requests."""
    async with services.pool.connection() as conn:
        await conn.execute("select web.prune_answers()")


CHORES = (
    Chore("sweep", sweep, 5),
    Chore("unblock", unblock, 5),
    Chore("maintain", maintain, 600),
    Chore("prune feed", prune_feed, 600),
    Chore("prune files", prune_files, 600),
    Chore("prune answers", prune_answers, 600),
)


async def do(chore: Chore, services: Services, known: str | None = None) -> str | None:
    """One turn of a chore; gives the loss of the server that ended it, logged unless known."""
    try:
        await chore.run(services)
    except LOSSES as error:
        if (said := words(error)) != known:
            log.warning("%s: %s", chore.name, said)
        return said
    except Exception:
        log.exception("%s failed", chore.name)
    return None


async def repeat(chore: Chore, services: Services) -> None:
    """Do a chore for ever; not at the same moments as other runners."""
    trouble: str | None = None
    while True:
        before, trouble = trouble, await do(chore, services, trouble)
        if before is not None and trouble is None:
            log.info("%s: goes on", chore.name)
        await asyncio.sleep(chore.every * random.uniform(0.9, 1.1))
