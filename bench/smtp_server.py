"""A mail server that takes everything and keeps nothing: `python -m bench.smtp_server`.

Prints its port, and serves until its standard input ends. Plain asyncio, answering what a
client sends in one piece, so that both sides of the comparison wait for the client.
"""

from __future__ import annotations

import asyncio
import sys

ANSWERS = {
    b"EHLO": b"250-bench\r\n250-SIZE 100000000\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
    b"DATA": b"354 go ahead\r\n",
    b"QUIT": b"221 bye\r\n",
}


class Taker(asyncio.Protocol):
    """One conversation."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.waiting = bytearray()
        self.in_content = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 bench ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while True:
            end = b"\r\n.\r\n" if self.in_content else b"\r\n"
            found = self.waiting.find(end)
            if found < 0:
                return
            line = bytes(self.waiting[: found + len(end)])
            del self.waiting[: found + len(end)]
            if self.in_content:
                self.in_content = False
                self.transport.write(b"250 2.0.0 taken\r\n")
            else:
                word = line[:4].upper()
                self.in_content = word == b"DATA"
                self.transport.write(ANSWERS.get(word, b"250 2.0.0 ok\r\n"))


async def main() -> None:
    """Serve."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Taker, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
