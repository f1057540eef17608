"""What every runner does for jobs and dates: makes rows of the slots that have come."""

from __future__ import annotations

import logging

import psycopg

from ..tasks import Services

log = logging.getLogger("pgears.runner")


class Schedule:
    """Slots of jobs; the jobs of the service's start once in the life of this process."""

    def __init__(self) -> None:
        self.started = False

    async def run(self, services: Services) -> None:
        """Start what is due."""
        async with services.pool.connection() as conn:
            if not self.started:
                await conn.execute("select flow.start_jobs()")
                self.started = True
            await conn.execute("select flow.schedule_jobs()")


async def fire_dates(services: Services) -> None:
    """Have rules by date act."""
    async with services.pool.connection() as conn:
        conn.add_notice_handler(_tell)
        try:
            row = await (await conn.execute("select flow.fire_dates()")).fetchone()
        finally:
            conn.remove_notice_handler(_tell)
    if row is not None and row[0]:
        log.info("rules by date act for %s records", row[0])


def _tell(notice: psycopg.errors.Diagnostic) -> None:
    """Rules that fail are warnings of the server: the others act all the same."""
    if notice.severity_nonlocalized == "WARNING":
        log.warning("%s", notice.message_primary)
