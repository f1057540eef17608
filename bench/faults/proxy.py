"""The network between a process and PostgreSQL: a TCP proxy whose connections can be cut."""

from __future__ import annotations

import asyncio
import contextlib

from .peers import Loop


class Proxy:
    """Forwards a port of loopback to another one."""

    def __init__(self, loop: Loop, target: int) -> None:
        self._loop = loop
        self._target = target
        self._open: set[asyncio.StreamWriter] = set()
        server = loop.run(asyncio.start_server(self._connect, "127.0.0.1", 0))
        self.port = int(server.sockets[0].getsockname()[1])

    def cut(self) -> int:
        """Break every connection off, with whatever is under way in it; gives their number."""
        return int(self._loop.run(self._cut()))

    async def _cut(self) -> int:
        for writer in self._open:
            writer.transport.abort()
        return len(self._open) // 2

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, back}
        self._open |= ends
        try:
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        finally:
            self._open -= ends

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()
