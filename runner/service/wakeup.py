"""The doorbell: LISTEN as a hint to look; the table says what there is to do.

The runner rings for itself on connecting and every minute, on another connection. When it
hears nothing, the way is deaf (a pooler in transaction mode, a standby): it says so and the
wait becomes short polling.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging

import psycopg

from ..losses import LOSSES, words
from .identity import Identity
from .link import Link

log = logging.getLogger("pgears.runner")

NET = 1.0
"""Seconds that a sleeping runner waits at most before it looks."""
NET_DEAF = 0.05
PROBE_EVERY = 60.0
PROBE_WAIT = 2.0


class Wakeup:
    """Waits for a ring, at most as long as the net allows."""

    def __init__(self, url: str, identity: Identity) -> None:
        self.link = Link(url, "pgears listener")
        self.identity = identity
        self.rung = asyncio.Event()
        self.heard = asyncio.Event()
        self.connected = asyncio.Event()
        self.connections = 0

    @property
    def net(self) -> float:
        """The longest wait."""
        return NET if self.identity.listening == "ok" else NET_DEAF

    async def wait(self, seconds: float) -> bool:
        """Wait for a ring; false when none came in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self.rung.wait()
        rung = self.rung.is_set()
        self.rung.clear()
        return rung

    async def listen(self) -> None:
        """Read notifications for ever; whatever was sent while nobody listened is a ring."""
        async with self.link:
            while True:
                connection = await self.link.get()
                try:
                    await connection.execute("listen pgears_queue")
                    self.link.worked()
                    self.connections += 1
                    self.connected.set()
                    self.rung.set()
                    async for note in connection.notifies():
                        if note.payload == "":
                            self.rung.set()
                        elif note.payload == str(self.identity.id):
                            self.heard.set()
                except psycopg.Error as error:
                    await self.link.close()
                    await self.link.failed(error)
                self.connected.clear()

    async def probe(self) -> None:
        """Try for ever whether the doorbell is heard, and report it."""
        while True:
            heard = await self._listening()
            seen = self.connections
            heard = heard and await self.probe_once()
            if not heard and self.identity.listening == "ok":
                log.warning("the doorbell fell silent, listening anew")
                await self._renew()
                heard = await self.probe_once()
            try:
                await self._report("ok" if heard else "deaf")
            except LOSSES as error:
                log.warning("listening state not reported: %s", words(error))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PROBE_EVERY):
                    await self._connected_since(seen)

    async def probe_once(self) -> bool:
        """Ring for oneself and hear it."""
        self.heard.clear()
        try:
            async with self.identity.pool.connection() as conn:
                await conn.execute("select queue.probe(%s)", (self.identity.id,))
            async with asyncio.timeout(PROBE_WAIT):
                await self.heard.wait()
        except (TimeoutError, *LOSSES):
            return False
        return True

    async def _report(self, listening: str) -> None:
        if listening == "deaf" and self.identity.listening != "deaf":
            log.warning(
                "the doorbell is not heard: polling every %.0f ms; "
                "PGEARS_DATABASE_DIRECT_URL should lead past the pooler",
                NET_DEAF * 1000,
            )
        await self.identity.report(listening)

    async def _renew(self) -> None:
        connection = self.link.connection
        self.connected.clear()
        if connection is not None:
            await connection.close()
        await self._listening()

    async def _listening(self) -> bool:
        try:
            async with asyncio.timeout(PROBE_WAIT):
                await self.connected.wait()
        except TimeoutError:
            return False
        return True

    async def _connected_since(self, connections: int) -> None:
        while self.connections == connections:
            await asyncio.sleep(0.2)
