"""What a pool says of a server that is away: a line when it goes, and one when it is back.

psycopg's pool warns at every attempt of every connection. It does not name itself when one
succeeds; its workers do, which are the tasks that connect.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging

from .losses import words

LOGGER = "psycopg.pool"
FAILED = "error connecting in "
OF_ONE = ("reconnection attempt in pool ", "discarding broken ", "discarding closed ")
"""Of each connection that an outage takes; the pool goes on when somebody wants another one."""
CONNECTED = "adding new connection to the pool"


class Outages(logging.Filter):
    """Lets the first failure of a pool through and the first connection after it."""

    def __init__(self) -> None:
        super().__init__()
        self._away: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged; what is worth a line is said in our words."""
        if record.msg.startswith(FAILED) and isinstance(record.args, tuple):
            name, error = str(record.args[0]), record.args[1]
            self._away[name] = self._away.get(name, 0) + 1
            record.msg = "the database cannot be reached, which is tried again: %s"
            record.args = (words(error),)
            return self._away[name] == 1
        if record.msg.startswith(OF_ONE):
            return False
        if record.msg == CONNECTED and (name := _pool()) in self._away:
            record.msg = "the database is back after %s failed attempts"
            record.args = (self._away.pop(name),)
            return True
        return record.levelno >= logging.WARNING


def _pool() -> str:
    """Name of the pool whose worker runs now."""
    task = None
    with contextlib.suppress(RuntimeError):
        task = asyncio.current_task()
    return "" if task is None else task.get_name().rpartition("-worker-")[0]
