"""Connections of clients: refuses what is no HTTP, closes those that wait for a slow client."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from ..config import Settings
from .problem import Problem

HEAD_BYTES = 65_536
"""Most bytes of a request line with its headers; of a line of a chunked body, too."""

GRACE = 5.0
"""Seconds that a request has to be answered as too slow before its connection is closed."""

IDLE = 5
"""Seconds that a connection is kept after an answer."""


class Joined(h11.Connection):
    """Gives the head of an answer out together with the first of its body: one packet, not two."""

    _head = b""

    def send(self, event: h11.Event) -> bytes:  # type: ignore[override]
        """The bytes to send for an event."""
        data = super().send(event) or b""
        if isinstance(event, h11.Response):
            self._head = data
            return b""
        if self._head:
            data, self._head = self._head + data, b""
        return data


class Connection(H11Protocol):
    """Uvicorn's connection, whose refusals have the form of all others."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.conn = Joined(h11.SERVER, HEAD_BYTES)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP and close, or only close where an answer was begun."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return
        rest, _ = self.conn.trailing_data
        hint = "Send a well-formed request."
        if len(rest) > HEAD_BYTES:
            message = f"the head of the request has more than {HEAD_BYTES} bytes"
            problem = Problem(431, "PG611", message, hint=hint)
        else:
            problem = Problem(400, "PG611", "the request is not well-formed HTTP", hint=hint)
        status = problem.status
        body = problem.body()
        headers = [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"proxy-status", b"pgears; error=PG611"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        response = h11.Response(status_code=status, headers=headers, reason=STATUS_PHRASES[status])
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event))
        self.transport.close()
        if self.cycle is not None:
            # Whoever still reads the body of this request learns that there is no more of it.
            self.cycle.disconnected = True
            self.cycle.message_event.set()


class Patrol:
    """Looks at all connections now and then, and closes those that wait for a slow client.

    What a connection waits for has a key; while the key stays the same the time runs. So a
    request pays nothing for being watched, and single bytes do not buy time.
    """

    def __init__(self, settings: Settings, now: Callable[[], float] = time.monotonic) -> None:
        self._head = settings.web_head_timeout
        self._body = settings.web_request_timeout + GRACE
        self._now = now
        self._since: dict[Any, tuple[Hashable, float]] = {}

    def look(self, connections: Iterable[Any]) -> None:
        """Close what has waited too long."""
        now = self._now()
        seen: dict[Any, tuple[Hashable, float]] = {}
        for connection in connections:
            waits = self._waits(connection)
            if waits is None:
                continue
            key, limit = waits
            known, since = self._since.get(connection, (None, now))
            if known != key:
                since = now
            if now - since >= limit:
                connection.transport.abort()
            else:
                seen[connection] = (key, since)
        self._since = seen

    def _waits(self, connection: Any) -> tuple[Hashable, float] | None:
        """What a connection waits for, and how long it may; None while the service works."""
        unsent = connection.transport.get_write_buffer_size()
        if unsent:
            return ("taken", unsent), self._head
        cycle, state = connection.cycle, connection.conn.their_state
        if state is h11.SEND_BODY:
            answered = cycle.response_complete
            return ("body", cycle, answered), self._head if answered else self._body
        if cycle is None or state is h11.IDLE:
            return ("head", cycle), self._head
        return None


class Server(uvicorn.Server):
    """Uvicorn with a patrol."""

    def __init__(self, config: uvicorn.Config, patrol: Patrol) -> None:
        super().__init__(config)
        self._patrol = patrol

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second; the patrol goes once in two of them."""
        if counter % 5 == 0:
            self._patrol.look(list(self.server_state.connections))
        return await super().on_tick(counter)
