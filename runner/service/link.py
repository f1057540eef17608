"""A connection of one purpose that comes back after every loss."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType

import psycopg
from psycopg.rows import TupleRow

from ..db import connect_async
from ..losses import LOSSES, pause, words

log = logging.getLogger("pgears.runner")

Connection = psycopg.AsyncConnection[TupleRow]


def lost(error: psycopg.Error, connection: psycopg.AsyncConnection[TupleRow] | None) -> bool:
    """Whether an error is of the connection or the moment, so that trying again makes sense."""
    broken = connection is not None and connection.closed
    return broken or isinstance(error, LOSSES)


class Link:
    """Autocommit connection for one coroutine; get() gives a live one, however long it takes."""

    def __init__(self, url: str, name: str) -> None:
        self.url = url
        self.name = name
        self.connection: Connection | None = None
        self.failures = 0

    async def get(self) -> Connection:
        """The open connection, or a new one as soon as the server can be reached."""
        while self.connection is None or self.connection.closed:
            try:
                self.connection = await connect_async(self.url, autocommit=True, name=self.name)
                # Functions carry their own plans; poolers need not know our statements.
                self.connection.prepare_threshold = None
            except psycopg.OperationalError as error:
                await self.failed(error)
        return self.connection

    def worked(self) -> None:
        """Note that a statement succeeded: a connection alone may be one to a read-only server."""
        if self.failures:
            log.info("%s: connected again", self.name)
        self.failures = 0

    async def failed(self, error: psycopg.Error) -> None:
        """Note a failure and wait, longer each time until something succeeds."""
        self.failures += 1
        if self.failures in (1, 10) or self.failures % 100 == 0:
            log.warning("%s: %s", self.name, words(error))
        if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
            await self.close()  # another server, or another setting, is met by connecting anew
        await asyncio.sleep(pause(self.failures))

    async def close(self) -> None:
        """Close what is open."""
        if self.connection is not None:
            await self.connection.close()
            self.connection = None

    async def __aenter__(self) -> Link:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
