"""How many bytes of messages a runner holds at once, in and out: the rest waits its turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from psycopg_pool import AsyncConnectionPool

LIMIT = 32 * 1024 * 1024


class Room:
    """So many bytes may be held; one that is larger than all of it is held alone."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self.held = 0
        self.most = 0
        self._changed = asyncio.Condition()

    async def take(self, size: int) -> None:
        """Wait until there is room for so many bytes, and hold them."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.held == 0 or self.held + size <= self.limit)
            self.held += size
            self.most = max(self.most, self.held)

    async def give_back(self, size: int) -> None:
        """Hold them no longer."""
        async with self._changed:
            self.held -= size
            self._changed.notify_all()

    @asynccontextmanager
    async def hold(self, size: int) -> AsyncIterator[None]:
        """Hold bytes for a block."""
        await self.take(size)
        try:
            yield
        finally:
            await self.give_back(size)


@dataclass(frozen=True, slots=True)
class Rooms:
    """Mail that waits for slow servers takes no room from what is read."""

    incoming: Room = field(default_factory=Room)
    outgoing: Room = field(default_factory=Room)


_rooms: WeakKeyDictionary[AsyncConnectionPool, Rooms] = WeakKeyDictionary()


def rooms_of(pool: AsyncConnectionPool) -> Rooms:
    """The rooms of a runner."""
    return _rooms.setdefault(pool, Rooms())
