"""Calls that come while one is under way go together in the next: one round trip, one commit.

One that the database refuses is found out: then each goes alone, and the others stand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from psycopg_pool import AsyncConnectionPool

from ..losses import LOSSES

Item = TypeVar("Item")
Answer = TypeVar("Answer")

MOST = 200


class Batch(Generic[Item, Answer]):
    """Collects items and has them done together; each gets its own answer."""

    def __init__(
        self, do: Callable[[AsyncConnectionPool, Sequence[Item]], Awaitable[Sequence[Answer]]]
    ) -> None:
        self.do = do
        self.waiting: list[tuple[Item, asyncio.Future[Answer]]] = []
        self.work: asyncio.Task[None] | None = None

    async def add(self, pool: AsyncConnectionPool, item: Item) -> Answer:
        """Do one item together with those that wait; raises what the call raised."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.waiting.append((item, future))
        if self.work is None or self.work.done():
            # What goes together need not belong to one request.
            self.work = asyncio.create_task(self._work(pool), context=Context())
        return await future

    async def _work(self, pool: AsyncConnectionPool) -> None:
        while self.waiting:
            together, self.waiting = self.waiting[:MOST], self.waiting[MOST:]
            await self._do(pool, together)

    async def _do(
        self, pool: AsyncConnectionPool, together: Sequence[tuple[Item, asyncio.Future[Answer]]]
    ) -> None:
        try:
            answers = await self.do(pool, [item for item, _ in together])
        except Exception as error:  # noqa: BLE001 - whose it is gets it
            if len(together) > 1 and not isinstance(error, LOSSES):
                for one in together:
                    await self._do(pool, [one])
                return
            for _, future in together:
                if not future.done():
                    future.set_exception(error)
        else:
            for (_, future), answer in zip(together, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
