"""What goes from the reader of a mailbox to whoever makes records, and what a turn has done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO


@dataclass(slots=True)
class Turn:
    """What one turn of reading did."""

    mailbox: str = ""
    """Its name, once the turn has begun."""
    ran: bool = False
    stored: int = 0
    done: int = 0
    skipped: int = 0
    quarantined: int = 0
    more: bool = False
    error: str | None = field(default=None)
    hint: str | None = None
    """What to do about the error."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A stored message whose attempt is counted."""

    id: int
    received: datetime
    raw: bytes | IO[bytes]
    """A large one is a file."""
    size: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that were stored together."""

    messages: Sequence[Begun]
    told: asyncio.Future[bool]
    """Whether the server could be told that they were read, once that is known."""

    @property
    def size(self) -> int:
        """Bytes of all."""
        return sum(message.size for message in self.messages)

    def close(self) -> None:
        """Let go of files."""
        for message in self.messages:
            if not isinstance(message.raw, bytes):
                message.raw.close()


class Flow:
    """What is stored on its way to whoever makes records of it; a little at a time."""

    def __init__(self) -> None:
        self._batches: asyncio.Queue[Batch | None] = asyncio.Queue(maxsize=1)
        self._ended = False
        self._through = asyncio.Event()

    async def put(self, messages: Sequence[Begun]) -> asyncio.Future[bool]:
        """Hand messages on; whoever tells the server sets the future."""
        told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        await self._batches.put(Batch(messages, told))
        return told

    async def end(self) -> None:
        """Nothing more comes in this turn: wait until what came is through."""
        if not self._ended:
            self._ended = True
            await self._batches.put(None)
        await self._through.wait()

    async def take(self) -> AsyncIterator[Batch]:
        """All that comes."""
        while (batch := await self._batches.get()) is not None:
            yield batch

    def through(self) -> None:
        """All that came is a record, or left for later."""
        self._through.set()
