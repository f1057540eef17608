"""What the instance talks to: a mail server and an HTTP target that misbehave when told to."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Coroutine
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Mood = Literal["well", "slow", "busy", "deaf"]
"""As it should be; late; refusing for now (4xx, 5xx); takes it and says nothing (a lost answer)."""

LATE = 2.0


class Loop:
    """An event loop in a thread of its own, for servers on loopback."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something there and give its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def stop(self) -> None:
        """End the loop with all that is in it."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)


class MailServer:
    """Keeps the number of times that each subject was taken, by Message-ID."""

    def __init__(self, loop: Loop) -> None:
        self.mood: Mood = "well"
        self.got: Counter[str] = Counter()
        self.refused = 0
        server = loop.run(asyncio.start_server(self._talk, "127.0.0.1", 0))
        self.port = int(server.sockets[0].getsockname()[1])

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._converse(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            return  # the client was killed: what it has sent by halves is no mail
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 books ESMTP\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 go ahead\r\n")
                content = (await reader.readuntil(b"\r\n.\r\n")).decode(errors="replace")
                if not await self._taken(content, writer):
                    return
            elif word == b"EHLO":
                writer.write(b"250-books\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
            elif word == b"RCPT" and self.mood == "busy":
                self.refused += 1
                writer.write(b"451 4.3.0 later\r\n")
            else:
                writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            await writer.drain()

    async def _taken(self, content: str, writer: asyncio.StreamWriter) -> bool:
        head = content.replace("\r\n ", " ").split("\r\n\r\n", 1)[0]
        named = {k.lower(): v.strip() for k, _, v in (h.partition(":") for h in head.split("\r\n"))}
        self.got[named["message-id"]] += 1
        if self.mood == "deaf":
            return False
        if self.mood == "slow":
            await asyncio.sleep(LATE)
        writer.write(b"250 2.0.0 taken\r\n")
        return True


class Quiet(ThreadingHTTPServer):
    """Says nothing about clients that were killed."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Such a request is repeated by its sender."""


class Ledger:
    """An HTTP target that knows idempotency keys: an entry is made once for each."""

    def __init__(self) -> None:
        self.mood: Mood = "well"
        self.entries: dict[str, str] = {}
        self.repeated = 0
        self.refused = 0
        lock, ledger = threading.Lock(), self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                status = 200
                with lock:
                    if ledger.mood == "busy":
                        status, ledger.refused = 503, ledger.refused + 1
                    elif (key := self.headers["idempotency-key"]) in ledger.entries:
                        ledger.repeated += 1
                    else:
                        ledger.entries[key] = self.path
                if ledger.mood == "slow":
                    time.sleep(2 * LATE)  # more than the target's time-out
                if ledger.mood == "deaf":
                    self.close_connection = True
                    return
                try:
                    self.send_response(status)
                    self.send_header("content-length", "2")
                    self.end_headers()
                    self.wfile.write(b"{}")
                except OSError:
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
