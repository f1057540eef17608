"""What every runner does for workflows and jobs now and then."""

from __future__ import annotations

import logging

from ..tasks import Services

log = logging.getLogger("pgears.runner")


async def fail_stranded(services: Services) -> None:
    """Mark instances and runs as failed whose task gave up."""
    async with services.pool.connection() as conn:
        row = await (await conn.execute("select flow.fail_stranded()")).fetchone()
    if row is not None and row[0]:
        log.warning("%s workflow instances or runs of jobs failed: their tasks gave up", row[0])


async def prune_events(services: Services) -> None:
    """Delete events and links that are long over."""
    async with services.pool.connection() as conn:
        await conn.execute("select flow.prune_events(), flow.prune_links()")
