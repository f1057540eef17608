"""One id from a request to the tasks it leads to, and to the mails and calls those make.

The id is a context variable here and the setting pgears.correlation in transactions, where
defaults of tables read it. Requests bring or get it; tasks hand it on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from psycopg import AsyncConnection, AsyncCursor, AsyncTransaction, Connection, Transaction
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

SETTING = "pgears.correlation"
LONGEST = 200
"""Most characters of a request's id."""
TELL = f"select set_config('{SETTING}', %s, true)"

current: ContextVar[str | None] = ContextVar("correlation", default=None)
"""Id of the request or task that this code works for."""


def correlation_of(text: str) -> str:
    """The id under which a request is found: its own if that is a UUID, else one made of it.

    Ids of 32 hexadecimal digits, as proxies make them, are UUIDs.
    """
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, f"x-request-id:{text}"))


def acceptable(text: str | None) -> bool:
    """Whether an id that somebody sent may go into logs and answers."""
    return text is not None and 0 < len(text) <= LONGEST and text.isascii() and text.isprintable()


class CorrelatedConnection(AsyncConnection[TupleRow]):
    """Tells each of its transactions what it is done for; without an id it does nothing more."""

    async def execute(self, *arguments: Any, **options: Any) -> AsyncCursor[TupleRow]:
        """As of AsyncConnection."""
        if not self.autocommit:
            await self._tell()
        return await super().execute(*arguments, **options)

    @asynccontextmanager
    async def transaction(self, *arguments: Any, **options: Any) -> AsyncIterator[AsyncTransaction]:
        """As of AsyncConnection."""
        begins = self.info.transaction_status == TransactionStatus.IDLE
        async with super().transaction(*arguments, **options) as transaction:
            if begins and (id := current.get()) is not None:
                await super().execute(TELL, (id,))
            yield transaction

    async def _tell(self) -> None:
        id = current.get()
        if id is not None and self.info.transaction_status == TransactionStatus.IDLE:
            await super().execute(TELL, (id,))


class CorrelatedThread(Connection[TupleRow]):
    """The same for work in a thread: of its explicit transactions."""

    @contextmanager
    def transaction(self, *arguments: Any, **options: Any) -> Iterator[Transaction]:
        """As of Connection."""
        begins = self.info.transaction_status == TransactionStatus.IDLE
        with super().transaction(*arguments, **options) as transaction:
            if begins and (id := current.get()) is not None:
                self.execute(TELL, (id,))
            yield transaction
