"""What the loss of the server looks like, and how to outlast it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import psycopg
from psycopg_pool import PoolClosed

log = logging.getLogger("pgears.runner")

LOSSES = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.ReadOnlySqlTransaction,
)
"""A connection that is lost, a pool without any, or a server that writes nothing for now."""
PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0)

Result = TypeVar("Result")


def pause(failures: int) -> float:
    """Seconds to wait after the given number of failures in a row."""
    return PAUSES[min(failures, len(PAUSES)) - 1]


def words(error: object) -> str:
    """The first line of what an error says."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


async def outlast(do: Callable[[], Awaitable[Result]], what: str) -> Result:
    """Record what has been done outside, however long the server is away.

    Only for what may be repeated: its token says whether it is still to be recorded.
    """
    failures = 0
    while True:
        try:
            return await do()
        except PoolClosed:
            raise
        except LOSSES as error:
            failures += 1
            if failures in (1, 10) or failures % 100 == 0:
                log.warning("%s cannot be recorded yet: %s", what, words(error))
            await asyncio.sleep(pause(failures))
